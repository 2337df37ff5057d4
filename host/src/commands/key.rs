//! The access key of a read: from the arguments, from standard input (`-`), or asked for at a terminal without being shown.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use soat::chip::AccessKey;
use soat::chip::access_key::AccessKeyError;
use soat::dossier::{PasswordKind, PrintedData};
use soat::mrz::{Field, MrzError};
use soat::vietnam::qr::{Qr, QrError};
use soat::vietnam::{CardExpiry, Code, Seeming};
use zeroize::Zeroizing;

use crate::abandon::Patience;
use crate::command_line::{ASKED, Key, Scanner};
use crate::commands::Session;
use crate::error::{Error, Result};
use crate::messages::Messages;
use crate::scan::watch::Console;
use crate::scan::{Content, Scan, source};

/// What is no longer is meant to be digits, however many of them there are.
const LONGEST_DIGITS: usize = 20;

/// Longest text that is read as a key.
const LONGEST_INPUT: u64 = 4096;

/// What opens the chip, and the print on the card that it came from, which is compared with the chip once it is open.
#[derive(Clone)]
pub struct Given {
    /// The key.
    pub key: AccessKey,
    /// The QR code or the MRZ, as it was scanned or typed.
    pub printed: Option<(PrintedData, Content)>,
}

impl Given {
    /// The code of one card.
    ///
    /// # Errors
    /// That there is none, or several.
    pub fn of_scan(scan: &Scan, messages: &Messages) -> Result<Self> {
        let (content, code) = scan.card(messages)?;
        let key = AccessKey::from_number(code.personal_number.as_str()).map_err(|error| explain(error, messages))?;
        Ok(Self { key, printed: Some((PrintedData::QrCode, content)) })
    }

    /// The text of a code, as it was entered.
    fn of_content(content: Content, messages: &Messages) -> Result<Self> {
        Self::of_scan(&Scan { source: messages.text("desk-entry"), contents: vec![content] }, messages)
    }

    /// What was typed, or what a scanner typed: six digits, twelve digits, the text of a code or an MRZ.
    ///
    /// # Errors
    /// What is wrong with it; of another code, what it seems to be.
    pub fn of_text(text: &str, messages: &Messages) -> Result<Self> {
        let seems_zone = match Code::from_bytes(text.as_bytes()) {
            Code::Other(Seeming::Mrz) => true,
            Code::Other(Seeming::Unknown) => text.contains('<'),
            _ => false,
        };
        if !seems_zone && text.trim().len() > LONGEST_DIGITS {
            return Self::of_content(content_of(text.trim()), messages);
        }
        let key = recognise(text).map_err(|error| explain(error, messages))?;
        let is_zone = key.kind() == PasswordKind::Mrz;
        Ok(Self { key, printed: is_zone.then(|| (PrintedData::Mrz, content_of(text))) })
    }

    /// Keys for a card that offers no PACE, out of its QR code ([`AccessKey::guesses`]); none where no code was given.
    pub fn guesses(&self) -> Vec<(CardExpiry, AccessKey)> {
        match &self.printed {
            Some((PrintedData::QrCode, content)) => {
                Qr::from_bytes(content).map(|code| AccessKey::guesses(&code)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

impl From<AccessKey> for Given {
    fn from(key: AccessKey) -> Self {
        Self { key, printed: None }
    }
}

/// The key that the arguments name, or that a scanner brings. `None` where they name none.
///
/// # Errors
/// What is wrong with it: where, never what stands there.
pub fn from_arguments(key: Key, scanner: &Scanner, wait: Duration, session: &mut Session) -> Result<Option<Given>> {
    if let Some(scan) = source::device(scanner, &Patience::of(wait), &mut Console::new(&session.messages))? {
        return Given::of_scan(&scan, &session.messages).map(Some);
    }
    if let Some(path) = key.qr.as_deref().and_then(|text| text.strip_prefix('@')) {
        return Given::of_scan(&source::file(Path::new(path))?, &session.messages).map(Some);
    }
    let mut input = Input::default();
    let mut printed = None;
    let key = if let Some(can) = key.can {
        AccessKey::from_can(&input.argument(can)?)
    } else if let Some(pin) = key.pin {
        AccessKey::from_pin(&input.secret(pin, "key-question-pin", session)?)
    } else if let Some(puk) = key.puk {
        AccessKey::from_puk(&input.secret(puk, "key-question-puk", session)?)
    } else if let Some(number) = key.number {
        AccessKey::from_number(&input.argument(number)?)
    } else if let Some(text) = key.qr {
        let content = if text == "-" { input.bytes()? } else { content_of(&text) };
        return Given::of_content(content, &session.messages).map(Some);
    } else if let Some(lines) = key.mrz {
        let lines = if lines == "-" { input.everything()? } else { Zeroizing::new(lines) };
        // `\n` in an argument is a line break that the shell did not make one.
        let lines = Zeroizing::new(lines.replace("\\n", "\n"));
        printed = Some((PrintedData::Mrz, content_of(&lines)));
        AccessKey::from_mrz(&lines)
    } else if let Some(number) = key.document_number {
        let number = input.argument(number)?;
        let birth = input.argument(key.birth.unwrap_or_default())?;
        let expiry = input.argument(key.expiry.unwrap_or_default())?;
        AccessKey::from_fields(&number, &six_digits(&birth), &six_digits(&expiry))
    } else {
        return Ok(None);
    };
    key.map(|key| Some(Given { key, printed })).map_err(|error| explain(error, &session.messages))
}

/// An argument that says what may also come from standard input (`-`).
///
/// # Errors
/// That nothing comes.
#[cfg(feature = "insurance")]
pub fn argument(argument: String) -> Result<Zeroizing<String>> {
    Input::default().argument(argument)
}

/// Asks at the terminal; what is typed is not shown. Six digits, twelve digits, the text of the QR code or an MRZ on one line.
///
/// # Errors
/// That there is no terminal, or what is wrong with the answer.
pub fn ask(session: &Session) -> Result<Given> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::usage("key-missing"));
    }
    Given::of_text(&prompt("key-question", session)?, &session.messages)
}

fn content_of(text: &str) -> Content {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn prompt(question: &str, session: &Session) -> Result<Zeroizing<String>> {
    let answer = rpassword::prompt_password(session.messages.text(question)).map(Zeroizing::new);
    answer.map_err(|_| Error::usage("key-missing"))
}

/// The kind of key by its form, where it is no code.
fn recognise(text: &str) -> std::result::Result<AccessKey, AccessKeyError> {
    let text = text.trim();
    let digits = text.chars().all(|letter| letter.is_ascii_digit());
    match text.len() {
        12 if digits => AccessKey::from_number(text),
        0..=LONGEST_DIGITS => AccessKey::from_can(text),
        _ => AccessKey::from_mrz(text),
    }
}

/// A date as people write it, as `YYMMDD`: `1999-01-31`, `31/01/1999`; anything else is left as it is, to be judged by the key.
fn six_digits(date: &str) -> Zeroizing<String> {
    let parts: Vec<&str> = date.trim().split(['-', '/', '.']).collect();
    Zeroizing::new(match parts.as_slice() {
        [year, month, day] | [day, month, year] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
            format!("{}{month}{day}", year.get(2..).unwrap_or_default())
        }
        _ => date.trim().to_owned(),
    })
}

/// Standard input, a line for each `-`.
#[derive(Default)]
struct Input {
    rest: Option<Zeroizing<String>>,
}

impl Input {
    fn argument(&mut self, argument: String) -> Result<Zeroizing<String>> {
        if argument != "-" {
            return Ok(Zeroizing::new(argument));
        }
        let rest = match self.rest.take() {
            Some(rest) => rest,
            None => self.everything()?,
        };
        let (line, after) = rest.trim_start_matches('\n').split_once('\n').unwrap_or((&rest, ""));
        let line = Zeroizing::new(line.trim().to_owned());
        self.rest = Some(Zeroizing::new(after.to_owned()));
        if line.is_empty() { Err(Error::usage("key-missing")) } else { Ok(line) }
    }

    /// A secret that only its holder knows: `?` asks for it.
    fn secret(&mut self, argument: String, question: &str, session: &Session) -> Result<Zeroizing<String>> {
        if argument != ASKED {
            return self.argument(argument);
        }
        if !std::io::stdin().is_terminal() {
            return Err(Error::usage("key-missing"));
        }
        prompt(question, session)
    }

    fn everything(&mut self) -> Result<Zeroizing<String>> {
        Ok(Zeroizing::new(String::from_utf8_lossy(&self.bytes()?).into_owned()))
    }

    /// Everything as it comes: a scanner may send a code in another character set than UTF-8.
    fn bytes(&mut self) -> Result<Content> {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = std::io::stdin().take(LONGEST_INPUT).read_to_end(&mut bytes);
        read.map_err(|_| Error::usage("key-missing"))?;
        if bytes.iter().all(u8::is_ascii_whitespace) { Err(Error::usage("key-missing")) } else { Ok(bytes) }
    }
}

fn explain(error: AccessKeyError, messages: &Messages) -> Error {
    match error {
        AccessKeyError::CanLength { found } => Error::usage("key-can-length").with("found", found),
        AccessKeyError::SecretLength { kind, least, found } => {
            Error::usage("key-secret-length").with("password", kind).with("least", least).with("found", found)
        }
        AccessKeyError::NumberLength { found } => Error::usage("key-number-length").with("found", found),
        AccessKeyError::NotADigit { position } => Error::usage("key-not-a-digit").with("position", position),
        AccessKeyError::Qr(QrError::FieldCount { found }) => Error::usage("key-qr-fields").with("found", found),
        AccessKeyError::Qr(QrError::InputMethod) => Error::usage("qr-input-method").with("source", "--qr"),
        AccessKeyError::Qr(_) => Error::usage("key-qr-number"),
        AccessKeyError::Mrz(MrzError::Length { found }) => Error::usage("key-mrz-length").with("found", found),
        AccessKeyError::Mrz(MrzError::Character { line, column }) => {
            Error::usage("key-mrz-character").with("line", line).with("column", column)
        }
        AccessKeyError::Mrz(MrzError::Date(field)) => Error::usage("key-mrz-date").with("field", field_name(field, messages)),
        AccessKeyError::Mrz(MrzError::CheckDigit { field, .. }) => {
            Error::usage("key-mrz-check-digit").with("field", field_name(field, messages))
        }
        AccessKeyError::DocumentNumberLength { found } => Error::usage("key-document-number-length").with("found", found),
        AccessKeyError::DocumentNumberCharacter { position } => {
            Error::usage("key-document-number-character").with("position", position)
        }
        _ => Error::usage("key-invalid"),
    }
}

fn field_name(field: Field, messages: &Messages) -> String {
    messages.text(match field {
        Field::DocumentNumber => "mrz-field-document-number",
        Field::Birth => "mrz-field-birth",
        Field::Expiry => "mrz-field-expiry",
        Field::OptionalData => "mrz-field-optional-data",
        _ => "mrz-field-composite",
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::messages::Language;

    fn secret(text: &str) -> String {
        match Given::of_text(text, &Messages::new(Language::En)).unwrap().key {
            AccessKey::Can(can) => can.digits().to_owned(),
            AccessKey::Mrz(key) => key.information().to_owned(),
            other => panic!("a {}", other.kind()),
        }
    }

    #[test]
    fn the_form_tells_the_kind() {
        assert_eq!(secret(" 000001\n"), "000001");
        assert_eq!(secret("001199000001"), "000001");
        assert_eq!(secret("001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Hà Nội|15032021"), "000001");
        assert_eq!(secret("IDVNM1990000014001199000001<<5 9901018F3901016VNM<<<<<<<<<<<2"), "199000001499010183901016");
        let refusal = |text: &str| Given::of_text(text, &Messages::new(Language::En)).err().unwrap();
        assert_eq!(refusal("00001").id(), "key-can-length");
        assert_eq!(refusal("IDVNM1990000014001199000001<<5").id(), "key-mrz-length");
        // What is neither digits, nor a card's code, nor an MRZ is told by what it seems to be, never by what is wrong with it as one.
        for other in ["https://vneid.gov.vn/abcdefgh", "s001199000001|012345678|Mẫu|01011999|Nữ|Hà Nội|15032021"] {
            assert_eq!(refusal(other).id(), "qr-not-a-card", "{other}");
        }
    }

    #[test]
    fn a_code_gives_three_keys_at_most_for_a_chip_without_pace() {
        let given = |text: &str| Given {
            key: AccessKey::from_can("000001").unwrap(),
            printed: Some((PrintedData::QrCode, content_of(text))),
        };
        let information = |(_, key): (CardExpiry, AccessKey)| match key {
            AccessKey::Mrz(key) => key.information().to_owned(),
            other => panic!("a {}", other.kind()),
        };
        let code = "001199000001||Nguyễn Thị Mẫu|01011999|Nữ|Hà Nội|15032021";
        let guesses: Vec<String> = given(code).guesses().into_iter().map(information).collect();
        assert_eq!(guesses, ["199000001499010182401014", "199000001499010183901016", "199000001499010189912315"]);
        for (own, other) in [("01011999", "1999"), ("15032021", "")] {
            assert!(given(&code.replace(own, other)).guesses().is_empty());
        }
        assert!(Given::from(AccessKey::from_can("000001").unwrap()).guesses().is_empty());
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for text in ["1999-01-31", "31/01/1999", "31.01.1999", " 990131 "] {
            assert_eq!(six_digits(text).as_str(), "990131");
        }
        assert_eq!(six_digits("1/1/1999").as_str(), "1/1/1999");
    }
}
