//! Dates as Vietnamese cards and offices write them: the day first, and parts of it unknown for people whose birth was never registered.

use crate::time::Date;

/// A date of which month or day may be unknown. Personal: shows nothing in `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PartialDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

opaque_debug!(PartialDate);

impl PartialDate {
    /// Reads `DDMMYYYY`, `DD/MM/YYYY`, `MM/YYYY` or `YYYY`. A day or month of `00` is unknown. `None` where it is none of these, or a day
    /// that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, month, year) = match text.split('/').collect::<alloc::vec::Vec<_>>().as_slice() {
            [year] if year.len() == 4 => ("00", "00", *year),
            [digits] if digits.len() == 8 => (digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?),
            [month, year] => ("00", *month, *year),
            [day, month, year] => (*day, *month, *year),
            _ => return None,
        };
        let (day, month, year) = (number(day, 2)?, number(month, 2)?, number(year, 4)?);
        let known = |part: u16| u8::try_from(part).ok().filter(|part| *part > 0);
        let date = Self { year, month: known(month), day: known(day) };
        date.is_possible().then_some(date)
    }

    /// The year, 1–9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1–12, unless unknown.
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// The day, 1–31, unless unknown.
    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// The day, where it is wholly known.
    pub fn date(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?)
    }

    /// Whether no part that both know differs.
    pub fn agrees_with(self, other: Self) -> bool {
        let same = |one: Option<u8>, other: Option<u8>| one.zip(other).is_none_or(|(one, other)| one == other);
        self.year == other.year && same(self.month, other.month) && same(self.day, other.day)
    }

    /// A day without a month says nothing; the 29th of February of an unknown month cannot be refused.
    fn is_possible(self) -> bool {
        self.year > 0
            && match (self.month, self.day) {
                (None, None) => true,
                (None, Some(_)) => false,
                (Some(month), None) => month <= 12,
                (Some(month), Some(day)) => Date::new(self.year, month, day).is_some(),
            }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

fn number(digits: &str, len: usize) -> Option<u16> {
    (digits.len() == len && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_day_comes_first() {
        let whole = PartialDate::parse("31011999").unwrap();
        assert_eq!(whole.date(), Date::new(1999, 1, 31));
        assert_eq!(PartialDate::parse(" 31/01/1999 "), Some(whole));
        assert_eq!(PartialDate::from(Date::new(1999, 1, 31).unwrap()), whole);
    }

    #[test]
    fn parts_may_be_unknown() {
        let year = PartialDate::parse("1950").unwrap();
        assert_eq!((year.year(), year.month(), year.day(), year.date()), (1950, None, None, None));
        assert_eq!(PartialDate::parse("00001950"), Some(year));
        assert_eq!(PartialDate::parse("00/00/1950"), Some(year));
        let month = PartialDate::parse("06/1950").unwrap();
        assert_eq!((month.month(), month.day()), (Some(6), None));
        assert_eq!(PartialDate::parse("00061950"), Some(month));
        assert!(year.agrees_with(month) && month.agrees_with(PartialDate::parse("17061950").unwrap()));
        assert!(!month.agrees_with(PartialDate::parse("17071950").unwrap()));
        assert!(!year.agrees_with(PartialDate::parse("1951").unwrap()));
    }

    #[test]
    fn what_is_no_date() {
        for text in
            ["", "31021999", "1999-01-31", "1/1/1999", "00000000", "01001999", "13/1999", "19990131", "+1011999", "0101199９"]
        {
            assert!(PartialDate::parse(text).is_none(), "{text}");
        }
    }
}
