//! The fields of a verified identity that a desk is shown. What the law calls sensitive is not among them.

use soat::inspection::VerifiedIdentity;
use soat::inspection::identity::VietnameseDetails;
use soat::mrz::Sex;
use soat::time::Date;
use soat::vietnam::CardExpiry;

/// A field of the identity.
pub struct Field {
    /// Its stable name.
    pub name: &'static str,
    /// What stands there.
    pub value: Value,
}

/// What stands in a field.
pub enum Value {
    /// Text as the issuer wrote it.
    Text(String),
    /// A day.
    Date(Date),
    /// The card does not expire.
    NoExpiry,
    /// `female`, `male` or `unspecified`.
    Sex(&'static str),
}

/// The fields of an identity, those that are there.
pub fn of(identity: &VerifiedIdentity) -> Vec<Field> {
    let text = |value: &str| Some(value).filter(|value| !value.is_empty()).map(|value| Value::Text(value.to_owned()));
    let details = identity.vietnamese();
    let written = |pick: fn(VietnameseDetails<'_>) -> Option<&str>| details.and_then(pick).and_then(text);
    let sex = match identity.sex() {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unspecified => "unspecified",
    };
    let birth = identity.birth().map(Value::Date).or_else(|| written(|details| details.birth_as_written()));
    let birth = birth.or_else(|| text(&identity.birth_as_printed()));
    let expiry = identity.expiry().map(|expiry| match expiry {
        CardExpiry::Never => Value::NoExpiry,
        CardExpiry::On(day) => Value::Date(day),
    });
    let fields = [
        ("personal_number", identity.personal_number().and_then(text)),
        ("full_name", text(&identity.full_name())),
        ("birth", birth),
        ("sex", Some(Value::Sex(sex))),
        ("nationality", text(identity.nationality())),
        ("document_type", text(identity.document_code())),
        ("document_number", text(&identity.document_number())),
        ("issuing_state", text(identity.issuing_state())),
        ("issue", identity.issue().map(Value::Date)),
        ("expiry", expiry),
        ("origin", written(|details| details.place_of_origin())),
        ("residence", written(|details| details.residence())),
        ("marks", written(|details| details.identifying_marks())),
        ("father", written(|details| details.father())),
        ("mother", written(|details| details.mother())),
        ("spouse", written(|details| details.spouse())),
        ("old_number", written(|details| details.old_number())),
    ];
    fields.into_iter().filter_map(|(name, value)| value.map(|value| Field { name, value })).collect()
}
