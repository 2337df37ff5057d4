//! The fields of a verified identity that the profile releases to a desk.

use soat::inspection::identity::VietnameseDetails;
use soat::inspection::{IdentityField, VerifiedIdentity};
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

impl From<CardExpiry> for Value {
    fn from(expiry: CardExpiry) -> Self {
        match expiry {
            CardExpiry::Never => Self::NoExpiry,
            CardExpiry::On(day) => Self::Date(day),
        }
    }
}

/// The fields of an identity, those that are there and released.
pub fn of(identity: &VerifiedIdentity) -> Vec<Field> {
    let text = |value: &str| Some(value).filter(|value| !value.is_empty()).map(|value| Value::Text(value.to_owned()));
    let details = identity.vietnamese();
    let written = |pick: fn(VietnameseDetails<'_>) -> Option<&str>| details.and_then(pick).and_then(text);
    let sex = identity.sex().map(|sex| match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unspecified => "unspecified",
    });
    let birth = identity.birth().map(Value::Date).or_else(|| written(|details| details.birth_as_written()));
    let birth = birth.or_else(|| text(&identity.birth_as_printed()?));
    let expiry = identity.expiry().map(Value::from);
    use IdentityField as F;
    let fields = [
        (F::PersonalNumber, identity.personal_number().and_then(text)),
        (F::FullName, identity.full_name().and_then(|name| text(&name))),
        (F::Birth, birth),
        (F::Sex, sex.map(Value::Sex)),
        (F::Nationality, identity.nationality().and_then(text)),
        (F::DocumentType, identity.document_code().and_then(text)),
        (F::DocumentNumber, identity.document_number().and_then(|number| text(&number))),
        (F::IssuingState, identity.issuing_state().and_then(text)),
        (F::Issue, identity.issue().map(Value::Date)),
        (F::Expiry, expiry),
        (F::Origin, written(|details| details.place_of_origin())),
        (F::Residence, written(|details| details.residence())),
        (F::Marks, written(|details| details.identifying_marks())),
        (F::Father, written(|details| details.father())),
        (F::Mother, written(|details| details.mother())),
        (F::Spouse, written(|details| details.spouse())),
        (F::OldNumber, written(|details| details.old_number())),
        (F::Ethnicity, identity.sensitive().and_then(|sensitive| text(sensitive.ethnicity?))),
        (F::Religion, identity.sensitive().and_then(|sensitive| text(sensitive.religion?))),
    ];
    fields.into_iter().filter_map(|(field, value)| value.map(|value| Field { name: field.name(), value })).collect()
}
