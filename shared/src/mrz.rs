//! The machine-readable zone: TD1, TD2 and TD3 (ICAO 9303-3 to -6).
//!
//! A zone whose characters and length are right can be held even where its check digits are wrong: on a chip that is a finding, in what
//! somebody typed it is an error that names the field. Which of the two it is, the caller says: [`MachineReadableZone::parse`] or
//! [`MachineReadableZone::parse_typed`].

mod check_digit;
mod date;
mod layout;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use zeroize::Zeroizing;

use layout::Layout;

pub use check_digit::{CheckDigit, check_digit};
pub use date::MrzDate;
pub use layout::Format;

/// A field of the MRZ that something can be wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The document number.
    DocumentNumber,
    /// The date of birth.
    Birth,
    /// The date of expiry.
    Expiry,
    /// The optional data with a check digit of its own: TD3, and the 12-digit number of a Vietnamese TD1.
    OptionalData,
    /// The check digit over all of them.
    Composite,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentNumber => "document number",
            Self::Birth => "date of birth",
            Self::Expiry => "date of expiry",
            Self::OptionalData => "optional data",
            Self::Composite => "composite",
        })
    }
}

/// Why a text is no MRZ. Says where, never what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MrzError {
    /// Neither 3 × 30, 2 × 36 nor 2 × 44 characters.
    #[error("{found} characters: an MRZ has 90 (3 lines of 30), 72 (2 of 36) or 88 (2 of 44)")]
    Length {
        /// How many characters there are, line breaks and blanks left out.
        found: usize,
    },
    /// A character that an MRZ does not have.
    #[error("line {line}, character {column}: not one of A–Z, 0–9 and <")]
    Character {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// A date that is not made of digits and fillers, or whose month or day does not exist.
    #[error("the {0} is not a date")]
    Date(Field),
    /// A check digit that does not fit its field.
    #[error("the check digit of the {field} is wrong: {found} stands there, {computed} belongs there")]
    CheckDigit {
        /// Whose check digit.
        field: Field,
        /// What belongs there, 0–9.
        computed: u8,
        /// What stands there.
        found: char,
    },
}

/// Sex as printed (ICAO 9303-3 §4.1.1.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// `F`
    Female,
    /// `M`
    Male,
    /// `<` (or `X`): unspecified.
    Unspecified,
}

/// A machine-readable zone: 90, 72 or 88 characters of `A–Z`, `0–9` and `<`. It is wiped when dropped and shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct MachineReadableZone {
    format: Format,
    text: Zeroizing<String>,
}

impl MachineReadableZone {
    /// Reads a zone, with or without line breaks. Lower case is raised, blanks are left out. Check digits are not looked at: see
    /// [`MachineReadableZone::mismatches`].
    ///
    /// # Errors
    /// [`MrzError::Length`] and [`MrzError::Character`].
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let text = without_blanks(text, 0, 0);
        let found = text.chars().count();
        let format = Format::of_length(found).ok_or(MrzError::Length { found })?;
        let allowed = |character: &char| matches!(character, 'A'..='Z' | '0'..='9' | '<');
        if let Some(position) = text.chars().position(|character| !allowed(&character)) {
            let width = format.layout().width;
            return Err(MrzError::Character { line: position / width + 1, column: position % width + 1 });
        }
        Ok(Self { format, text })
    }

    /// Reads what somebody typed or scanned: check digits must be right. Lines that open no chip may be left out: the two first of TD1 or
    /// the second of TD2 or TD3 suffice.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn parse_typed(text: &str) -> Result<Self, MrzError> {
        let whole = match text.chars().filter(|character| !character.is_whitespace()).count() {
            60 => without_blanks(text, 0, 30),
            count @ (36 | 44) => without_blanks(text, count, 0),
            _ => without_blanks(text, 0, 0),
        };
        let zone = Self::parse(&whole)?;
        for (field, date) in [(Field::Birth, zone.birth()), (Field::Expiry, zone.expiry())] {
            if !date.is_plausible() {
                return Err(MrzError::Date(field));
            }
        }
        match zone.mismatches().into_iter().next() {
            Some(CheckDigit { field, computed, found }) => Err(MrzError::CheckDigit { field, computed, found }),
            None => Ok(zone),
        }
    }

    /// Which of the three formats it has.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The lines in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let width = self.layout().width;
        (0..self.text.len() / width).map(move |line| self.slice(line * width..(line + 1) * width))
    }

    /// Document code without fillers: `P`, `ID`.
    pub fn document_code(&self) -> &str {
        self.slice(0..2).trim_end_matches('<')
    }

    /// Issuing state or organisation without fillers: `VNM`, `D`.
    pub fn issuing_state(&self) -> &str {
        self.slice(2..5).trim_end_matches('<')
    }

    /// Nationality without fillers.
    pub fn nationality(&self) -> &str {
        self.slice(self.layout().nationality).trim_end_matches('<')
    }

    /// The whole document number without fillers at its end, a long one put together from both places (ICAO 9303-5 §4.2.2, note j).
    pub fn document_number(&self) -> Zeroizing<String> {
        let principal = self.slice(self.layout().number);
        let number = match self.long_number() {
            Some((rest, _)) => [principal, rest].concat(),
            None => String::from(principal.trim_end_matches('<')),
        };
        Zeroizing::new(number)
    }

    /// Date of birth.
    pub fn birth(&self) -> MrzDate {
        MrzDate::from_slice(self.slice(self.layout().birth))
    }

    /// Date of expiry.
    pub fn expiry(&self) -> MrzDate {
        MrzDate::from_slice(self.slice(self.layout().expiry))
    }

    /// Sex.
    pub fn sex(&self) -> Sex {
        match self.slice(self.layout().sex) {
            "F" => Sex::Female,
            "M" => Sex::Male,
            _ => Sex::Unspecified,
        }
    }

    /// The sign for the sex as printed.
    pub fn sex_as_printed(&self) -> &str {
        self.slice(self.layout().sex)
    }

    /// Optional data without fillers at the end; without the rest of a long document number, if that stands there.
    pub fn optional_data(&self) -> &str {
        let optional = self.slice(self.layout().optional);
        let own = match self.long_number() {
            Some((rest, _)) => optional.get(rest.len() + 1..).unwrap_or_default(),
            None => optional,
        };
        own.trim_matches('<')
    }

    /// The second optional data, which only TD1 has, without fillers at the end.
    pub fn second_optional_data(&self) -> &str {
        self.layout().second_optional.map_or("", |range| self.slice(range)).trim_end_matches('<')
    }

    /// The 12-digit personal number of a Vietnamese TD1: `…001199000001<<5` in the optional data.
    pub fn vietnamese_number(&self) -> Option<&str> {
        self.vietnamese_optional_data().map(|(number, _)| number)
    }

    /// Primary identifier (surname) as printed, single fillers as blanks.
    pub fn primary_name(&self) -> Zeroizing<String> {
        spaced(self.names().0)
    }

    /// Secondary identifier (given names) as printed, single fillers as blanks; empty where there is none.
    pub fn secondary_name(&self) -> Zeroizing<String> {
        spaced(self.names().1)
    }

    /// Whether the name fills its field to the last character, so that it may have been cut (ICAO 9303-3 §4.6).
    pub fn name_may_be_cut(&self) -> bool {
        !self.slice(self.layout().name).ends_with('<')
    }

    /// Every check digit with what was found and what belongs there.
    pub fn check_digits(&self) -> Vec<CheckDigit> {
        let layout = self.layout();
        let mut digits = Vec::new();
        digits.push(match self.long_number() {
            Some((rest, found)) => CheckDigit::new(Field::DocumentNumber, &[self.slice(layout.number), rest], found),
            None => CheckDigit::new(Field::DocumentNumber, &[self.slice(layout.number)], self.character(layout.number_digit)),
        });
        digits.push(CheckDigit::new(Field::Birth, &[self.slice(layout.birth)], self.character(layout.birth_digit)));
        digits.push(CheckDigit::new(Field::Expiry, &[self.slice(layout.expiry)], self.character(layout.expiry_digit)));
        if let Some(position) = layout.optional_digit {
            digits.push(CheckDigit::new(Field::OptionalData, &[self.slice(layout.optional)], self.character(position)));
        }
        if let Some((number, found)) = self.vietnamese_optional_data() {
            digits.push(CheckDigit::new(Field::OptionalData, &[number], found));
        }
        let composite: Vec<&str> = layout.composite.iter().map(|range| self.slice(range.clone())).collect();
        digits.push(CheckDigit::new(Field::Composite, &composite, self.character(layout.composite_digit)));
        digits
    }

    /// The check digits that do not fit, in the order of the fields.
    pub fn mismatches(&self) -> Vec<CheckDigit> {
        self.check_digits().into_iter().filter(|digit| !digit.matches()).collect()
    }

    fn layout(&self) -> Layout {
        self.format.layout()
    }

    /// The rest of a long document number and its check digit: the place of the check digit holds `<`, and the optional data begin with
    /// the rest, the check digit and a `<` (TD1 and TD2 only).
    fn long_number(&self) -> Option<(&str, char)> {
        let layout = self.layout();
        if layout.optional_digit.is_some() || self.character(layout.number_digit) != '<' {
            return None;
        }
        let (rest, _) = self.slice(layout.optional).split_once('<')?;
        let digit = rest.chars().next_back().filter(char::is_ascii_digit)?;
        Some((rest.get(..rest.len() - 1)?, digit))
    }

    fn vietnamese_optional_data(&self) -> Option<(&str, char)> {
        if self.format != Format::Td1 || self.issuing_state() != "VNM" {
            return None;
        }
        let (number, after) = self.slice(self.layout().optional).split_at_checked(12)?;
        let found = after.strip_prefix("<<")?.chars().next()?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some((number, found))
    }

    fn names(&self) -> (&str, &str) {
        let name = self.slice(self.layout().name).trim_end_matches('<');
        name.split_once("<<").unwrap_or((name, ""))
    }

    /// The text is ASCII and as long as its format says, and ranges come from the same format: nothing is ever cut.
    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn character(&self, position: usize) -> char {
        self.text.as_bytes().get(position).map_or('<', |&byte| char::from(byte))
    }
}

impl fmt::Debug for MachineReadableZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MachineReadableZone({:?})", self.format)
    }
}

/// The text in capitals without blanks, between fillers. Room is made at once, so that no piece is left behind by a string that grew.
fn without_blanks(text: &str, fillers_before: usize, fillers_after: usize) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(String::with_capacity(fillers_before + text.len() + fillers_after));
    whole.extend(core::iter::repeat_n('<', fillers_before));
    whole.extend(text.chars().filter(|character| !character.is_whitespace()).map(|character| character.to_ascii_uppercase()));
    whole.extend(core::iter::repeat_n('<', fillers_after));
    whole
}

fn spaced(name: &str) -> Zeroizing<String> {
    let words: Vec<&str> = name.split('<').filter(|word| !word.is_empty()).collect();
    Zeroizing::new(words.join(" "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
