//! Dates of six characters, of which some may be unknown.

use core::fmt;

use zeroize::Zeroize;

use crate::time::Date;

/// `YYMMDD` as printed, where unknown parts are `<<` (ICAO 9303-3 §4.8). It has no century of its own. Personal: shows nothing in
/// `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MrzDate([u8; 6]);

impl MrzDate {
    /// A date from its six characters, where year, month and day are two digits or two fillers and month and day exist.
    pub fn new(text: &str) -> Option<Self> {
        let date = Self(text.as_bytes().try_into().ok()?);
        date.is_plausible().then_some(date)
    }

    /// A date of which nothing is known.
    pub fn unknown() -> Self {
        Self([b'<'; 6])
    }

    /// Whatever six characters a zone has there.
    pub(super) fn from_slice(text: &str) -> Self {
        Self(text.as_bytes().try_into().unwrap_or([b'<'; 6]))
    }

    /// The six characters.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether each part is a number in its range, or unknown.
    pub fn is_plausible(&self) -> bool {
        let part =
            |text: &str, range: core::ops::RangeInclusive<u8>| text == "<<" || number(text).is_some_and(|n| range.contains(&n));
        let (year, month, day) = self.parts();
        part(year, 0..=99) && part(month, 1..=12) && part(day, 1..=31)
    }

    /// The last two digits of the year, unless unknown.
    pub fn year_of_century(&self) -> Option<u8> {
        number(self.parts().0)
    }

    /// The month, 1–12, unless unknown.
    pub fn month(&self) -> Option<u8> {
        number(self.parts().1).filter(|month| (1..=12).contains(month))
    }

    /// The day, 1–31, unless unknown.
    pub fn day(&self) -> Option<u8> {
        number(self.parts().2).filter(|day| (1..=31).contains(day))
    }

    /// The date as one of birth: the latest that is not after `today`. `None` where a part is unknown or the day does not exist.
    pub fn birth(&self, today: Date) -> Option<Date> {
        self.centuries(today).rev().find(|date| *date <= today)
    }

    /// The date as one of expiry: the one nearest to `today`, within fifty years before and after. `None` where a part is unknown or the
    /// day does not exist.
    pub fn expiry(&self, today: Date) -> Option<Date> {
        self.centuries(today).min_by_key(|date| (date.days_since_epoch() - today.days_since_epoch()).abs())
    }

    fn centuries(&self, today: Date) -> impl DoubleEndedIterator<Item = Date> {
        let known = self.year_of_century().zip(self.month()).zip(self.day());
        let century = today.year() / 100 * 100;
        [century.saturating_sub(100), century, century.saturating_add(100)].into_iter().filter_map(move |century| {
            let ((year, month), day) = known?;
            Date::new(century + u16::from(year), month, day)
        })
    }

    fn parts(&self) -> (&str, &str, &str) {
        let text = self.as_str();
        (text.get(..2).unwrap_or_default(), text.get(2..4).unwrap_or_default(), text.get(4..).unwrap_or_default())
    }
}

fn number(two_digits: &str) -> Option<u8> {
    two_digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| two_digits.parse().ok()).flatten()
}

impl Zeroize for MrzDate {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for MrzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzDate")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(year: u16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn a_birth_is_never_in_the_future() {
        let today = day(2026, 11, 22);
        assert_eq!(MrzDate::new("261122").unwrap().birth(today), Some(today));
        assert_eq!(MrzDate::new("261123").unwrap().birth(today), Some(day(1926, 11, 23)));
        assert_eq!(MrzDate::new("990101").unwrap().birth(today), Some(day(1999, 1, 1)));
    }

    #[test]
    fn an_expiry_is_the_nearest() {
        let today = day(2026, 11, 22);
        assert_eq!(MrzDate::new("390101").unwrap().expiry(today), Some(day(2039, 1, 1)));
        assert_eq!(MrzDate::new("991231").unwrap().expiry(today), Some(day(1999, 12, 31)));
        assert_eq!(MrzDate::new("050101").unwrap().expiry(day(2095, 1, 1)), Some(day(2105, 1, 1)));
    }

    #[test]
    fn unknown_parts_are_kept_apart_from_impossible_ones() {
        let partial = MrzDate::new("99<<<<").unwrap();
        assert_eq!((partial.year_of_century(), partial.month(), partial.day()), (Some(99), None, None));
        assert_eq!(partial.birth(day(2026, 1, 1)), None);
        for impossible in ["991301", "990132", "990100", "99A101", "9901<1", "99010", "9901011", "+10101"] {
            assert!(MrzDate::new(impossible).is_none(), "{impossible}");
        }
        assert_eq!(MrzDate::new("990231").unwrap().birth(day(2026, 1, 1)), None);
    }
}
