//! The report as one page for people: what stands on it. How it is laid out, `html` and `pdf` say.

pub mod html;
pub mod pdf;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use soat::inspection::{Outcome, Overall};

use super::moment;
use super::photo;
use super::reasons::explain;
use super::screen;
use crate::commands::judging::Judged;
use crate::commands::trust::Description;
use crate::messages::Messages;
use crate::printable::printable;

/// A light of the traffic lights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Passed.
    Green,
    /// Failed.
    Red,
    /// Undecided.
    Yellow,
    /// Says nothing.
    Grey,
}

/// All that stands on the page, in the reader's language. Nothing of it can steer whatever shows it.
pub struct Sheet {
    /// `vi` or `en`.
    pub language: &'static str,
    /// What the page is.
    pub title: String,
    /// The verdict, and its light.
    pub verdict: (Light, String),
    /// By what it was judged, and what it is not.
    pub notes: Vec<String>,
    /// The face as JPEG, decoded and encoded anew: nothing crafted reaches who looks at the page.
    pub photo: Option<Photo>,
    /// Heading of the identity, and its fields, or why there are none.
    pub identity: (String, Result<Vec<(String, String)>, String>),
    /// Heading of the checks, and the checks.
    pub checks: (String, Vec<Row>),
    /// Heading of the issuer, and the chain of its certificates.
    pub issuer: (String, Vec<String>),
    /// Heading of the evidence, its digest in hexadecimal, and what it is for.
    pub evidence: (String, String, String),
}

/// A picture.
pub struct Photo {
    /// JPEG, three components of eight bits.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A check.
pub struct Row {
    /// Its light.
    pub light: Light,
    /// What was checked.
    pub name: String,
    /// How it ended.
    pub outcome: String,
    /// Why, and what to do.
    pub reasons: Vec<String>,
}

impl Light {
    /// Red, green and blue.
    pub fn colour(self) -> [u8; 3] {
        match self {
            Self::Green => [0x1B, 0x7F, 0x3B],
            Self::Red => [0xC6, 0x28, 0x28],
            Self::Yellow => [0xB2, 0x6A, 0x00],
            Self::Grey => [0x75, 0x75, 0x75],
        }
    }

    /// What tells it from the others where there is no colour.
    pub fn symbol(self) -> char {
        match self {
            Self::Green => '✓',
            Self::Red => '✗',
            Self::Yellow => '?',
            Self::Grey => '–',
        }
    }
}

/// The page of a report.
pub fn of(judged: &Judged, messages: &Messages) -> Sheet {
    let report = &judged.report;
    let light = match report.overall {
        Overall::Successful => Light::Green,
        Overall::Failed => Light::Red,
        Overall::Undetermined => Light::Yellow,
        Overall::Aborted => Light::Grey,
    };
    let mut verdict = messages.text(screen::verdict_id(report));
    if judged.demonstration {
        verdict = format!("{verdict} — {}", messages.text("demonstration"));
    }
    let fields = judged.identity.as_ref().map(|fields| {
        let field = |field: &crate::commands::judging::Field| {
            (messages.text(&format!("field-{}", field.name)), screen::value(&field.value, messages))
        };
        fields.iter().map(field).collect()
    });
    Sheet {
        language: messages.language_code(),
        title: messages.text("sheet-title"),
        verdict: (light, verdict),
        notes: notes(judged, messages),
        photo: judged.face().and_then(picture),
        identity: (messages.text("report-identity"), fields.ok_or_else(|| messages.text("report-no-identity"))),
        checks: (messages.text("report-checks"), report.checks.iter().map(|check| row(check, messages)).collect()),
        issuer: (messages.text("sheet-issuer"), chain(judged, messages)),
        evidence: (messages.text("sheet-evidence"), hex::encode_upper(report.evidence), messages.text("sheet-evidence-use")),
    }
}

fn notes(judged: &Judged, messages: &Messages) -> Vec<String> {
    let mut notes = Vec::new();
    if judged.is_vietnamese {
        notes.push(messages.text("report-offline"));
    }
    if judged.demonstration {
        notes.push(messages.text("demonstration-meaning"));
    }
    let arguments = [("profile", judged.report.profile.to_string().into()), ("time", moment::moment(judged.at, messages).into())];
    notes.push(messages.format(if judged.time_chosen { "report-judged-chosen" } else { "report-judged" }, &arguments));
    if let Some(said) = &judged.statement {
        let arguments = [("purpose", said.purpose().to_owned().into()), ("consent", said.consent().to_owned().into())];
        notes.push(messages.format("report-statement", &arguments));
    }
    notes
}

/// A face decoded and encoded anew. `None` where it is no image that is decoded.
pub fn picture(face: &[u8]) -> Option<Photo> {
    let image = DynamicImage::ImageRgb8(photo::decode(face).ok()?.to_rgb8());
    let mut jpeg = Cursor::new(Vec::new());
    image.write_to(&mut jpeg, ImageFormat::Jpeg).ok()?;
    Some(Photo { jpeg: jpeg.into_inner(), width: image.width(), height: image.height() })
}

fn row(check: &soat::inspection::Check, messages: &Messages) -> Row {
    let light = match check.outcome {
        Outcome::Successful => Light::Green,
        Outcome::Failed => Light::Red,
        Outcome::Undetermined => Light::Yellow,
        Outcome::NotSupported | Outcome::Aborted => Light::Grey,
    };
    let file = screen::file_of(check.kind);
    let mut reasons = Vec::new();
    if let Some(reason) = check.reason {
        let explained = explain(reason.as_str(), file, messages);
        reasons.push(explained.cause);
        reasons.extend(explained.remedy.map(|remedy| format!("→ {remedy}")));
    }
    reasons.extend(check.findings.iter().map(|finding| explain(finding.code.as_str(), finding.file.or(file), messages).cause));
    let mut outcome = messages.text(screen::outcome_id(check.outcome));
    if check.weight == soat::inspection::Weight::Evaluatory && check.outcome != Outcome::Successful {
        outcome = format!("{outcome} {}", messages.text("report-not-counted"));
    }
    Row { light, name: screen::shown_name(check.kind, messages), outcome, reasons }
}

/// The certificates from the anchor down to whoever signed the card.
fn chain(judged: &Judged, messages: &Messages) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(anchor) = judged.report.anchor() {
        let arguments = [
            ("subject", printable(&Description::of(anchor.certificate.as_der()).subject).into()),
            ("fingerprint", hex::encode_upper(anchor.sha256).into()),
        ];
        lines.push(messages.format("sheet-anchor", &arguments));
    } else {
        lines.push(messages.text("sheet-no-anchor"));
    }
    if let Some(signer) = judged.report.signer() {
        let arguments = [
            ("subject", printable(&Description::of(signer.certificate.as_der()).subject).into()),
            ("from", signer.validity().not_before.to_string().into()),
            ("to", signer.validity().not_after.to_string().into()),
            ("fingerprint", hex::encode_upper(signer.sha256).into()),
        ];
        lines.push(messages.format("sheet-signer", &arguments));
    }
    lines
}
