//! Dates with a century, as the optional data groups have them.

use crate::time::Date;

/// A date whose month and day may be unknown. Personal: shows nothing in `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FullDate {
    /// The year, 0–9999.
    pub year: u16,
    /// The month, 1–12.
    pub month: Option<u8>,
    /// The day, 1–31.
    pub day: Option<u8>,
}

opaque_debug!(FullDate);

impl FullDate {
    /// Reads `YYYYMMDD` as eight digits, or as four bytes of binary-coded decimal, as older documents have it (`quirks.md` 23). Month and
    /// day are unknown where they are `00` or fillers. `None` where it is no date.
    pub fn read(value: &[u8]) -> Option<Self> {
        let mut digits = [0; 8];
        match value.len() {
            4 => {
                for (pair, &byte) in digits.chunks_exact_mut(2).zip(value) {
                    pair.copy_from_slice(&[byte >> 4, byte & 0x0F]);
                }
            }
            8 => {
                for (digit, &character) in digits.iter_mut().zip(value) {
                    *digit = match character {
                        b'0'..=b'9' => character - b'0',
                        b'<' | b' ' => 0,
                        _ => return None,
                    };
                }
            }
            _ => return None,
        }
        if digits.iter().any(|&digit| digit > 9) {
            return None;
        }
        let [a, b, c, d, m1, m2, d1, d2] = digits.map(u16::from);
        let (month, day) = (u8::try_from(m1 * 10 + m2).ok()?, u8::try_from(d1 * 10 + d2).ok()?);
        (month <= 12 && day <= 31).then_some(Self {
            year: a * 1000 + b * 100 + c * 10 + d,
            month: (month > 0).then_some(month),
            day: (day > 0).then_some(day),
        })
    }

    /// The day, where it is wholly known and exists.
    pub fn date(&self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_binary_coded_decimal() {
        let expected = FullDate { year: 1999, month: Some(1), day: Some(31) };
        assert_eq!(FullDate::read(b"19990131"), Some(expected));
        assert_eq!(FullDate::read(&[0x19, 0x99, 0x01, 0x31]), Some(expected));
        assert_eq!(expected.date(), Date::new(1999, 1, 31));
    }

    #[test]
    fn unknown_parts() {
        let year_only = FullDate { year: 1999, month: None, day: None };
        assert_eq!(FullDate::read(b"19990000"), Some(year_only));
        assert_eq!(FullDate::read(b"1999<<<<"), Some(year_only));
        assert_eq!(year_only.date(), None);
    }

    #[test]
    fn what_is_no_date() {
        for value in [&b""[..], b"1999", b"1999-1-1", b"19991301", b"19990132", &[0x1A, 0x99, 1, 1], b"199901011"] {
            assert_eq!(FullDate::read(value).filter(|date| date.year == 1999), None, "{value:?}");
        }
    }
}
