//! Codes from photographs, cameras and scanners.

#[cfg(target_os = "linux")]
pub mod camera;
#[cfg(target_os = "linux")]
pub mod hid;
pub mod photograph;
pub mod serial;
pub mod source;
pub mod watch;

use soat::vietnam::{Code, Qr, Seeming};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::messages::Messages;

/// The content of a code, as bytes.
pub type Content = Zeroizing<Vec<u8>>;

/// What the codes of one picture, or of one scan, are.
pub struct Scan {
    /// File or device.
    pub source: String,
    /// The codes, at least one.
    pub contents: Vec<Content>,
}

impl Scan {
    /// What each is.
    pub fn codes(&self) -> Vec<Code> {
        self.contents.iter().map(|content| Code::from_bytes(content)).collect()
    }

    /// Refuses the codes of several cards: which of them was meant, nobody can tell.
    ///
    /// # Errors
    /// That there are several.
    pub fn check_one_person(&self) -> Result<()> {
        let codes = self.codes();
        let mut numbers: Vec<&str> = codes.iter().filter_map(card_of).map(|code| code.personal_number.as_str()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        match numbers.len() {
            0 | 1 => Ok(()),
            count => Err(Error::usage("qr-several-people").with("source", &self.source).with("count", count)),
        }
    }

    /// The code of the one card, which opens a chip.
    ///
    /// # Errors
    /// That there is none, or several.
    pub fn card(&self, messages: &Messages) -> Result<(Content, Qr)> {
        self.check_one_person()?;
        let mut codes = self.contents.iter().zip(self.codes());
        match codes.find_map(|(content, code)| Some((content.clone(), card_of(&code)?.clone()))) {
            Some(card) => Ok(card),
            None => Err(self.not_a_card(messages)),
        }
    }

    /// That no code is a card's, and what the first seems to be.
    pub fn not_a_card(&self, messages: &Messages) -> Error {
        let first = self.codes().into_iter().next().unwrap_or(Code::Other(Seeming::Unknown));
        match first {
            Code::Other(Seeming::Card(soat::vietnam::qr::QrError::InputMethod)) => {
                Error::usage("qr-input-method").with("source", &self.source)
            }
            Code::Other(Seeming::Card(_)) => Error::usage("qr-torn").with("source", &self.source),
            other => Error::usage("qr-not-a-card").with("source", &self.source).with("kind", messages.text(kind_id(&other))),
        }
    }
}

fn card_of(code: &Code) -> Option<&Qr> {
    match code {
        Code::Card(card) => Some(card),
        _ => None,
    }
}

/// The message that names the kind of a code.
pub fn kind_id(code: &Code) -> &'static str {
    match code {
        Code::Card(_) => "code-kind-card",
        Code::HealthInsurance(_) => "code-kind-health-insurance",
        Code::Other(Seeming::Card(_)) => "code-kind-torn-card",
        Code::Other(Seeming::HealthInsurance(_)) => "code-kind-torn-health-insurance",
        Code::Other(Seeming::VNeId) => "code-kind-vneid",
        Code::Other(Seeming::Url) => "code-kind-url",
        Code::Other(Seeming::Payment) => "code-kind-payment",
        Code::Other(Seeming::Mrz) => "code-kind-mrz",
        Code::Other(Seeming::Unknown) => "code-kind-unknown",
    }
}
