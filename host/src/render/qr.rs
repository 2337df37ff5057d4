//! Scanned codes for people and for programs. A code is not signed, and every form of it says so.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use soat::mrz::Sex;
use soat::time::Date;
use soat::vietnam::health_insurance::{Area, HealthInsurance};
use soat::vietnam::personal_number::BirthPlace;
use soat::vietnam::qr::{Deformation, Qr, QrLayout};
use soat::vietnam::{Code, PartialDate};

use crate::error::Error;
use crate::messages::Messages;
use crate::printable::printable;
use crate::scan::kind_id;

const BOLD: Style = Style::new().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// A field of a code: its stable name, and what stands there.
struct Field {
    name: &'static str,
    value: FieldValue,
}

enum FieldValue {
    Text(String),
    Texts(Vec<String>),
    Date(PartialDate),
    Sex(Sex),
}

/// Whether it is a code whose fields are known: a card's, or a health insurance's.
pub fn has_fields(code: &Code) -> bool {
    matches!(code, Code::Card(_) | Code::HealthInsurance(_))
}

/// What the codes of one source are, for people.
pub fn screen(source: &str, codes: &[Code], messages: &Messages) -> String {
    let mut text = String::new();
    let source = if source == "-" { messages.text("code-standard-input") } else { printable(source) };
    for code in codes {
        let kind = capitalised(&messages.text(kind_id(code)));
        let _ = writeln!(text, "{BOLD}{kind}{BOLD:#}  {source}");
        let fields = fields(code);
        if fields.is_empty() {
            let remedy = messages.remedy(kind_id(code), &[]).unwrap_or_default();
            let _ = writeln!(text, "{remedy}");
            continue;
        }
        let _ = writeln!(text, "{YELLOW}{}{YELLOW:#}", messages.text("code-unsigned"));
        let names: Vec<String> = fields.iter().map(|field| messages.text(&format!("field-{}", field.name))).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (field, name) in fields.iter().zip(names) {
            let _ = writeln!(text, "  {name:width$}  {}", shown(&field.value, messages));
        }
        if let Code::Card(card) = code {
            let _ = writeln!(text, "  {}", place(card, messages));
            for &deformation in &card.deformations {
                let _ = writeln!(text, "  → {}", messages.text(&format!("deformation-{}", deformation_name(deformation))));
            }
        }
    }
    text
}

/// A kind as the head of what follows: in a sentence it begins with a small letter.
fn capitalised(kind: &str) -> String {
    let mut letters = kind.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The same for programs.
pub fn json(source: &str, codes: &[Code], messages: &Messages) -> Value {
    let codes: Vec<Value> = codes.iter().map(|code| json_code(code, messages)).collect();
    json!({ "source": source, "codes": codes })
}

/// A source that has no code to tell.
pub fn json_error(source: &str, error: &Error, messages: &Messages) -> Value {
    let error = json!({ "code": error.id(), "message": error.message(messages), "remedy": error.remedy(messages) });
    json!({ "source": source, "error": error })
}

fn json_code(code: &Code, messages: &Messages) -> Value {
    let mut document = json!({
        "kind": kind_id(code).trim_start_matches("code-kind-").replace('-', "_"),
        "signed": false,
        "meaning": messages.text("code-unsigned"),
    });
    if let (Code::Card(card), Some(document)) = (code, document.as_object_mut()) {
        document.insert("layout".into(), layout_name(card.layout).into());
        let deformations: Vec<&str> = card.deformations.iter().map(|&deformation| deformation_name(deformation)).collect();
        document.insert("deformations".into(), deformations.into());
        document.insert("name_is_intact".into(), card.name_is_intact().into());
    }
    let fields: serde_json::Map<String, Value> =
        fields(code).into_iter().map(|field| (field.name.into(), value(field.value))).collect();
    if !fields.is_empty()
        && let Some(document) = document.as_object_mut()
    {
        document.insert("fields".into(), fields.into());
    }
    document
}

fn fields(code: &Code) -> Vec<Field> {
    match code {
        Code::Card(card) => of_card(card),
        Code::HealthInsurance(card) => of_health_insurance(card),
        Code::Other(_) => Vec::new(),
    }
}

fn of_card(card: &Qr) -> Vec<Field> {
    let text = |value: &str| Some(FieldValue::Text(value.to_owned())).filter(|_| !value.is_empty());
    let extra: Vec<String> = card.extra.iter().map(|field| field.to_string()).collect();
    let extra = Some(extra).filter(|extra| extra.iter().any(|field| !field.is_empty()));
    named([
        ("personal_number", text(card.personal_number.as_str())),
        ("old_number", card.old_number.as_deref().and_then(|number| text(number))),
        ("full_name", text(&card.name)),
        ("birth", card.birth.map(FieldValue::Date)),
        ("sex", card.sex.map(FieldValue::Sex)),
        ("residence", text(&card.residence)),
        ("issue", card.issue.map(FieldValue::Date)),
        ("extra", extra.map(FieldValue::Texts)),
    ])
}

fn of_health_insurance(card: &HealthInsurance) -> Vec<Field> {
    let text = |value: &str| Some(FieldValue::Text(value.to_owned())).filter(|_| !value.is_empty());
    let day = |day: Date| FieldValue::Date(day.into());
    let area = match card.area {
        Area::None => None,
        Area::K1 => text("K1"),
        Area::K2 => text("K2"),
        Area::K3 => text("K3"),
    };
    named([
        ("insurance_code", text(card.code.as_str())),
        ("full_name", text(&card.name)),
        ("birth", Some(FieldValue::Date(card.birth))),
        ("sex", Some(FieldValue::Sex(card.sex))),
        ("address", card.address.as_deref().and_then(|value| text(value))),
        ("facility", text(&card.facility)),
        ("valid_from", Some(day(card.valid_from))),
        ("valid_to", card.valid_to.map(day)),
        ("issue", card.issued.map(day)),
        ("manager", text(&card.manager)),
        ("parent", card.parent.as_deref().and_then(|value| text(value))),
        ("area", area),
        ("five_years", card.five_years.map(day)),
        ("benefit", card.benefit.as_deref().and_then(|value| text(value))),
        ("place", card.place.as_deref().and_then(|value| text(value))),
    ])
}

fn named<const N: usize>(fields: [(&'static str, Option<FieldValue>); N]) -> Vec<Field> {
    fields.into_iter().filter_map(|(name, value)| Some(Field { name, value: value? })).collect()
}

fn shown(value: &FieldValue, messages: &Messages) -> String {
    match value {
        FieldValue::Text(text) => printable(text),
        FieldValue::Texts(texts) => printable(&texts.join(" | ")),
        FieldValue::Date(date) => {
            let parts = [date.day().map(|day| format!("{day:02}/")), date.month().map(|month| format!("{month:02}/"))];
            format!("{}{:04}", parts.into_iter().flatten().collect::<String>(), date.year())
        }
        FieldValue::Sex(sex) => messages.text(&format!("value-sex-{}", sex_name(*sex))),
    }
}

/// Dates as in ISO 8601, as far as they are known.
fn value(value: FieldValue) -> Value {
    match value {
        FieldValue::Text(text) => text.into(),
        FieldValue::Texts(texts) => texts.into(),
        FieldValue::Date(date) => {
            let parts = [date.month().map(|month| format!("-{month:02}")), date.day().map(|day| format!("-{day:02}"))];
            format!("{:04}{}", date.year(), parts.into_iter().flatten().collect::<String>()).into()
        }
        FieldValue::Sex(sex) => sex_name(sex).into(),
    }
}

fn sex_name(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unspecified => "unspecified",
    }
}

fn place(card: &Qr, messages: &Messages) -> String {
    match card.personal_number.birth_place() {
        BirthPlace::Province(name) => messages.format("code-place-province", &[("place", name.into())]),
        BirthPlace::Country(code) => messages.format("code-place-country", &[("code", format!("{code:03}").into())]),
        BirthPlace::Unknown(code) => messages.format("code-place-unknown", &[("code", format!("{code:03}").into())]),
    }
}

fn layout_name(layout: QrLayout) -> &'static str {
    match layout {
        QrLayout::Of2021 => "2021",
        QrLayout::Ten => "ten_fields",
        QrLayout::Of2024 => "2024",
        QrLayout::ChatExport => "chat_export",
    }
}

fn deformation_name(deformation: Deformation) -> &'static str {
    match deformation {
        Deformation::ByteOrderMark => "byte_order_mark",
        Deformation::OtherSeparator => "other_separator",
        Deformation::Windows1252 => "windows_1252",
        Deformation::ChatExport => "chat_export",
        Deformation::InputMethod => "input_method",
        Deformation::LettersLost => "letters_lost",
        Deformation::FieldUnreadable => "field_unreadable",
    }
}
