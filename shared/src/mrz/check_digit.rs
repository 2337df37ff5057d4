//! Check digits: weights 7, 3, 1 and modulus 10 (ICAO 9303-3 §4.9).

use super::Field;

/// One check digit of a zone. A single digit tells nothing of the holder, so that it may stand in errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckDigit {
    /// Whose it is.
    pub field: Field,
    /// What belongs there, 0–9.
    pub computed: u8,
    /// What stands there.
    pub found: char,
}

impl CheckDigit {
    pub(super) fn new(field: Field, parts: &[&str], found: char) -> Self {
        let computed = check_digit(parts.iter().flat_map(|part| part.bytes()));
        Self { field, computed, found }
    }

    /// Whether it fits. A filler stands for 0: an empty field need not have a digit (ICAO 9303-4 §4.2.2.2).
    pub fn matches(&self) -> bool {
        let found = if self.found == '<' { Some(0) } else { self.found.to_digit(10) };
        found == Some(u32::from(self.computed))
    }
}

/// The check digit, 0–9, over MRZ characters: digits count as themselves, `A` to `Z` as 10 to 35, fillers as 0.
pub fn check_digit(characters: impl IntoIterator<Item = u8>) -> u8 {
    let weights = [7_u32, 3, 1].into_iter().cycle();
    let sum = characters.into_iter().zip(weights).fold(0_u32, |sum, (character, weight)| {
        let value = match character {
            b'0'..=b'9' => character - b'0',
            b'A'..=b'Z' => character - b'A' + 10,
            _ => 0,
        };
        (sum + u32::from(value) * weight) % 10
    });
    u8::try_from(sum).unwrap_or_default()
}
