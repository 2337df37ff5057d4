//! What is said to programs: each event's payload. Of a card that did not pass there is the error alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use soat::dossier::{DataGroup, FileContent, FileId, PrintedData};
use soat::inspection::identity::VietnameseDetails;
use soat::inspection::{Disclosure, IdentityField, Outcome, Released, VerifiedIdentity};
use soat::mrz::Sex;
use soat::time::{Date, Timestamp};
use soat::vietnam::CardExpiry;

use crate::commands::judging::Judged;
use crate::messages::Messages;
use crate::render::reasons::explain;
use crate::render::{screen, sheet};

/// The name of the event that all of these but [`info`] are.
pub const EVENT: &str = "/event";
/// The event that a program gets on connecting.
pub const INFO: &str = "/info";

/// What the reader is.
pub fn info(now: Timestamp) -> Value {
    json!({ "version": env!("CARGO_PKG_VERSION"), "serial_nfc": "soat", "serial_device": "soat", "date": now.to_string() })
}

/// A card is about to be read.
pub fn new_card() -> Value {
    json!({ "id": 1, "message": "new card!" })
}

/// Why there is no identity.
pub fn failure(message: &str) -> Value {
    json!({ "id": 3, "message": message })
}

/// The verdict on a card that did not pass, with its reasons. No personal data: reasons are about files and certificates.
pub fn verdict(judged: &Judged, messages: &Messages) -> String {
    let of = |outcome| judged.report.checks.iter().filter(move |check| check.counts() && check.outcome == outcome);
    let deciding: Vec<_> = match of(Outcome::Failed).collect::<Vec<_>>() {
        failed if failed.is_empty() => of(Outcome::Undetermined).collect(),
        failed => failed,
    };
    let causes = deciding
        .iter()
        .filter_map(|check| check.reason.map(|reason| explain(reason.as_str(), screen::file_of(check.kind), messages).cause));
    let mut verdict = messages.text(screen::verdict_id(&judged.report));
    if judged.demonstration {
        verdict = format!("{verdict} — {}", messages.text("demonstration"));
    }
    causes.fold(verdict, |text, cause| format!("{text} · {cause}"))
}

/// The texts of a verified identity that the profile releases; what it withholds, or the card does not say, is empty. `None` where the
/// card did not pass.
pub fn texts(judged: &Judged) -> Option<Value> {
    let identity = judged.report.identity()?;
    let details = identity.vietnamese();
    let written = |pick: fn(VietnameseDetails<'_>) -> Option<&str>| details.and_then(pick).map(ToOwned::to_owned);
    let sensitive = identity.sensitive();
    let sex = || {
        identity.sex().map(|sex| match sex {
            Sex::Male => "Nam".to_owned(),
            Sex::Female => "Nữ".to_owned(),
            Sex::Unspecified => String::new(),
        })
    };
    let expiry = identity.expiry().map(|expiry| match expiry {
        CardExpiry::Never => "Không thời hạn".to_owned(),
        CardExpiry::On(day) => day_month_year(day),
    });
    let code =
        judged.dossier.printed.get(&PrintedData::QrCode).filter(|_| released(identity).covers_printed(PrintedData::QrCode));
    let code = code.and_then(|content| match content {
        FileContent::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
        FileContent::Digests { .. } => None,
    });
    let fields = [
        ("idCode", identity.personal_number().map(ToOwned::to_owned)),
        ("oldIdCode", written(|details| details.old_number())),
        ("personName", identity.full_name()),
        ("dateOfBirth", identity.birth().map(day_month_year).or_else(|| written(|details| details.birth_as_written()))),
        ("gender", written(|details| details.sex_as_written()).or_else(sex)),
        ("nationality", written(|details| details.nationality()).or_else(|| identity.nationality().map(ToOwned::to_owned))),
        ("race", sensitive.and_then(|sensitive| sensitive.ethnicity).map(ToOwned::to_owned)),
        ("religion", sensitive.and_then(|sensitive| sensitive.religion).map(ToOwned::to_owned)),
        ("originPlace", written(|details| details.place_of_origin())),
        ("residencePlace", written(|details| details.residence())),
        ("personalIdentification", written(|details| details.identifying_marks())),
        ("issueDate", identity.issue().map(day_month_year)),
        ("expiryDate", expiry),
        ("fatherName", written(|details| details.father())),
        ("motherName", written(|details| details.mother())),
        ("wifeName", written(|details| details.spouse())),
        ("qr", code),
    ];
    let data: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default().into())).collect();
    // Whoever shows the message says at least that.
    let marked = if judged.demonstration { "read card successfully! DEMONSTRATION" } else { "read card successfully!" };
    Some(json!({ "id": 2, "message": marked, "data": data }))
}

/// The face, decoded and encoded anew, and the files of which the profile releases all. `None` where the card did not pass.
pub fn files(judged: &Judged) -> Option<Value> {
    let identity = judged.report.identity()?;
    let released = released(identity);
    let everything = IdentityField::ALL.into_iter().all(|field| identity.releases(field));
    // Under `Evidence` a dossier leaves only encrypted and signed.
    let is_let_out = |file: FileId| {
        judged.disclosure == Disclosure::Report
            && match file {
                FileId::DataGroup(DataGroup::DG1) => identity.mrz().is_some(),
                FileId::DataGroup(group @ (DataGroup::DG2 | DataGroup::DG13)) => released.covers(group),
                // Hashes of values that can be guessed; keys that no other card has.
                _ => everything,
            }
    };
    let file = |file: FileId| judged.dossier.bytes(file).filter(|_| is_let_out(file)).map(|bytes| STANDARD.encode(bytes));
    let group = |group: DataGroup| file(FileId::from(group)).unwrap_or_default();
    let face = judged.face().and_then(sheet::picture).map(|photo| STANDARD.encode(photo.jpeg));
    let data = json!({
        "img_data": face.unwrap_or_default(),
        "dg1": group(DataGroup::DG1),
        "dg2": group(DataGroup::DG2),
        "dg13": group(DataGroup::DG13),
        "dg14": group(DataGroup::DG14),
        "dg15": group(DataGroup::DG15),
        "sod": file(FileId::Sod).unwrap_or_default(),
    });
    Some(json!({ "id": 4, "message": "Read raw data successfully!", "data": data }))
}

fn released(identity: &VerifiedIdentity) -> Released {
    IdentityField::ALL.into_iter().filter(|field| identity.releases(*field)).collect()
}

fn day_month_year(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}
