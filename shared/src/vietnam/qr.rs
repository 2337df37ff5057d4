//! The QR code printed on a Vietnamese card: unsigned text, a key to the chip and never an identity.
//!
//! ```text
//! 1 personal number | 2 number before 2021 | 3 name | 4 birth | 5 sex | 6 residence | 7 issue | 8–11, of 2024: not published
//! ```
//!
//! Scanners, keyboards and messengers spoil it in known ways. What can be undone is undone and told as a [`Deformation`]; what cannot is
//! told too, and left out of every comparison.

mod text;
mod transmission;

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::date::PartialDate;
use super::name::without_diacritics;
use super::personal_number::PersonalNumber;
use crate::mrz::Sex;
use crate::sorting;

pub use text::decode;
pub use transmission::{LONGEST_TRANSMISSION, Transmission};

/// The fields of a code. Strings are wiped when dropped; shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Qr {
    /// 12 digits.
    pub personal_number: PersonalNumber,
    /// The number before 2021 as it stands there, 9 digits. `None` where it is empty.
    pub old_number: Option<Zeroizing<String>>,
    /// Full name with diacritics, as far as the scanner gave them: see [`Qr::name_is_intact`].
    pub name: Zeroizing<String>,
    /// Date of birth. `None` where it is empty or unreadable.
    pub birth: Option<PartialDate>,
    /// Sex. `None` where it is empty or unreadable.
    pub sex: Option<Sex>,
    /// Residence at issue.
    pub residence: Zeroizing<String>,
    /// Date of issue. `None` where it is empty or unreadable.
    pub issue: Option<PartialDate>,
    /// Fields 8 and up as they stand: their order is not published. By law they cover cancelled numbers and the names of parents.
    pub extra: Vec<Zeroizing<String>>,
    /// Which layout it has.
    pub layout: QrLayout,
    /// What had been done to the text, each once, ascending.
    pub deformations: Vec<Deformation>,
}

opaque_debug!(Qr);

/// The layouts, by their count of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrLayout {
    /// 7 fields: the front of a card of 2021.
    Of2021,
    /// 10 fields.
    Ten,
    /// 11 fields: the back of a card of 2024.
    Of2024,
    /// 6 fields, as messengers pass a code on: the number before 2021 or the date of issue is left out.
    ChatExport,
}

/// What had been done to the text of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deformation {
    /// It began with a byte order mark.
    ByteOrderMark,
    /// `;` or `~` stood in the place of `|`.
    OtherSeparator,
    /// Its UTF-8 was read as Windows-1252; undone.
    Windows1252,
    /// It came through a messenger: 6 fields, or dates as `DD/MM/YYYY`.
    ChatExport,
    /// Letters were typed through a Vietnamese input method, and some are lost or changed. Cannot be undone.
    InputMethod,
    /// Letters are lost. Cannot be undone.
    LettersLost,
    /// A date or the sex is there and cannot be read.
    FieldUnreadable,
}

/// Why a text is not the code of a Vietnamese card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// The code has 7, 10 or 11 fields.
    #[error("{found} fields: the code of a Vietnamese card has 7, 10 or 11, separated by |")]
    FieldCount {
        /// How many there are.
        found: usize,
    },
    /// The first field must be the personal number.
    #[error("the first field is not a number of 12 digits")]
    PersonalNumber,
    /// The digits of the first field came as letters and tones.
    #[error("the digits were typed through the Vietnamese keyboard of Windows and are lost")]
    InputMethod,
}

impl Qr {
    /// Reads the bytes that a scanner sent.
    ///
    /// # Errors
    /// [`QrError`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, QrError> {
        Self::parse(&decode(bytes))
    }

    /// Reads the text of a code.
    ///
    /// # Errors
    /// [`QrError`]
    pub fn parse(text: &str) -> Result<Self, QrError> {
        let mut seen = Vec::new();
        let (text, had_mark) = text::trimmed(text);
        if had_mark {
            seen.push(Deformation::ByteOrderMark);
        }
        let separator = separator(text);
        if separator != '|' {
            seen.push(Deformation::OtherSeparator);
        }
        let fields: Vec<Zeroizing<String>> = text.split(separator).map(|field| mended(field, &mut seen)).collect();
        let mut fields = fields.into_iter();
        let mut next = || fields.next().unwrap_or_default();
        let number = next();
        let personal_number = match PersonalNumber::parse(&number) {
            Some(number) => number,
            None if text::is_typed_through_vietnamese_keyboard(&number) => return Err(QrError::InputMethod),
            // A text that is no such code at all is said to be so before its first field is blamed.
            None => return Err(layout_of(text, separator).err().unwrap_or(QrError::PersonalNumber)),
        };
        let layout = layout_of(text, separator)?;
        let mut rest: Vec<Zeroizing<String>> = fields.collect();
        if layout == QrLayout::ChatExport {
            seen.push(Deformation::ChatExport);
            // The date of birth tells which field is left out: the number before 2021 stands before the name, the issue at the end.
            let is_date = |index: usize| rest.get(index).is_some_and(|field| PartialDate::parse(field).is_some());
            let left_out = if is_date(1) && !is_date(2) { 0 } else { rest.len() };
            rest.insert(left_out, Zeroizing::default());
        }
        let mut rest = rest.into_iter();
        let mut next = || rest.next().unwrap_or_default();
        let (old_number, name, birth, sex, residence, issue) = (next(), next(), next(), next(), next(), next());
        let mut code = Self {
            personal_number,
            old_number: Some(old_number).filter(|number| !number.is_empty()),
            birth: date(&birth, &mut seen),
            sex: sex_of(&sex, &mut seen),
            issue: date(&issue, &mut seen),
            name,
            residence,
            extra: rest.collect(),
            layout,
            deformations: Vec::new(),
        };
        seen.extend(damage(&code.name, text::is_name(&code.name) || code.name.is_empty()));
        seen.extend(damage(&code.residence, !has_lost_letters(&code.residence)));
        sorting::sort(&mut seen);
        seen.dedup();
        code.deformations = seen;
        Ok(code)
    }

    /// Whether the name came through the scanner with all its letters, as far as can be seen.
    pub fn name_is_intact(&self) -> bool {
        text::is_name(&self.name) && !self.deformations.contains(&Deformation::InputMethod)
    }
}

/// What stands behind the number; `|` where that cannot be told.
fn separator(text: &str) -> char {
    let other = |letter: &char| [';', '~'].contains(letter) && text.split(*letter).count() >= FEWEST;
    if text.contains('|') { '|' } else { [';', '~'].into_iter().find(other).unwrap_or('|') }
}

/// Fields of a chat export, the fewest that a code has.
const FEWEST: usize = 6;

fn layout_of(text: &str, separator: char) -> Result<QrLayout, QrError> {
    match text.split(separator).count() {
        FEWEST => Ok(QrLayout::ChatExport),
        7 => Ok(QrLayout::Of2021),
        10 => Ok(QrLayout::Ten),
        11 => Ok(QrLayout::Of2024),
        found => Err(QrError::FieldCount { found }),
    }
}

/// A field with its letters put right, one by one, so that one that is beyond it spoils no other.
fn mended(field: &str, seen: &mut Vec<Deformation>) -> Zeroizing<String> {
    match text::undo_windows_1252(field) {
        Some(undone) => {
            seen.push(Deformation::Windows1252);
            Zeroizing::new(String::from(undone.trim()))
        }
        None => Zeroizing::new(String::from(field.trim_matches(' '))),
    }
}

fn date(field: &str, seen: &mut Vec<Deformation>) -> Option<PartialDate> {
    if field.contains('/') {
        seen.push(Deformation::ChatExport);
    }
    let date = PartialDate::parse(field);
    if date.is_none() && !field.is_empty() {
        seen.push(Deformation::FieldUnreadable);
    }
    date
}

/// `Nam` or `Nữ`. One that is neither tells how the text was spoilt: these words are always the same.
fn sex_of(field: &str, seen: &mut Vec<Deformation>) -> Option<Sex> {
    match without_diacritics(field).as_str() {
        "" => return None,
        "NAM" => return Some(Sex::Male),
        "NU" => return Some(Sex::Female),
        _ => {}
    }
    seen.push(Deformation::FieldUnreadable);
    seen.extend(damage(field, false));
    None
}

/// How letters that do not belong there came to be: what an input method leaves is letters, digits and tones; what a scanner leaves are
/// other signs.
fn damage(field: &str, is_whole: bool) -> Option<Deformation> {
    let is_typed =
        |letter: char| letter.is_ascii_alphanumeric() || text::is_name(letter.encode_utf8(&mut [0; 4])) || letter == ' ';
    if is_whole {
        None
    } else if !has_lost_letters(field) && field.chars().all(is_typed) {
        Some(Deformation::InputMethod)
    } else {
        Some(Deformation::LettersLost)
    }
}

/// Signs that stand where a letter was: the replacement character, `?`, and what is left of UTF-8 that was read as something else.
fn has_lost_letters(field: &str) -> bool {
    field.chars().any(|letter| matches!(letter, '\u{FFFD}' | '?' | '»' | 'º' | '¼' | '½' | '¾' | '\u{80}'..='\u{9F}'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
