//! Where the fields stand in each format, as offsets into the lines put end to end.

use core::ops::Range;

/// The three sizes of travel documents (ICAO 9303-4, -5 and -6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Cards: 3 lines of 30.
    Td1,
    /// Larger cards: 2 lines of 36.
    Td2,
    /// Passports: 2 lines of 44.
    Td3,
}

impl Format {
    /// The format of a zone of so many characters.
    pub(super) fn of_length(characters: usize) -> Option<Self> {
        match characters {
            90 => Some(Self::Td1),
            72 => Some(Self::Td2),
            88 => Some(Self::Td3),
            _ => None,
        }
    }

    pub(super) const fn layout(self) -> Layout {
        match self {
            Self::Td1 => Layout {
                width: 30,
                name: 60..90,
                number: 5..14,
                number_digit: 14,
                optional: 15..30,
                optional_digit: None,
                birth: 30..36,
                birth_digit: 36,
                sex: 37..38,
                expiry: 38..44,
                expiry_digit: 44,
                nationality: 45..48,
                second_optional: Some(48..59),
                composite: [5..30, 30..37, 38..45, 48..59],
                composite_digit: 59,
            },
            Self::Td2 => Layout {
                width: 36,
                name: 5..36,
                number: 36..45,
                number_digit: 45,
                nationality: 46..49,
                birth: 49..55,
                birth_digit: 55,
                sex: 56..57,
                expiry: 57..63,
                expiry_digit: 63,
                optional: 64..71,
                optional_digit: None,
                second_optional: None,
                composite: [36..46, 49..56, 57..64, 64..71],
                composite_digit: 71,
            },
            Self::Td3 => Layout {
                width: 44,
                name: 5..44,
                number: 44..53,
                number_digit: 53,
                nationality: 54..57,
                birth: 57..63,
                birth_digit: 63,
                sex: 64..65,
                expiry: 65..71,
                expiry_digit: 71,
                optional: 72..86,
                optional_digit: Some(86),
                second_optional: None,
                composite: [44..54, 57..64, 65..72, 72..87],
                composite_digit: 87,
            },
        }
    }
}

pub(super) struct Layout {
    pub width: usize,
    pub name: Range<usize>,
    pub number: Range<usize>,
    pub number_digit: usize,
    pub optional: Range<usize>,
    /// Only TD3 has one.
    pub optional_digit: Option<usize>,
    pub birth: Range<usize>,
    pub birth_digit: usize,
    pub sex: Range<usize>,
    pub expiry: Range<usize>,
    pub expiry_digit: usize,
    pub nationality: Range<usize>,
    pub second_optional: Option<Range<usize>>,
    pub composite: [Range<usize>; 4],
    pub composite_digit: usize,
}
