//! When a Vietnamese card expires: some never do.

use super::name::without_diacritics;
use crate::mrz::MrzDate;
use crate::time::Date;

/// The expiry of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardExpiry {
    /// "Không thời hạn": MRZ date 991231, which is never compared with today.
    Never,
    /// The last day on which the card is valid.
    On(Date),
}

impl CardExpiry {
    /// From the date in the MRZ; `today` settles the century. `None` where it is no whole date.
    pub fn from_mrz(date: &MrzDate, today: Date) -> Option<Self> {
        if date.as_str() == "991231" {
            return Some(Self::Never);
        }
        date.expiry(today).map(Self::On)
    }

    /// From the text in DG13: `DD/MM/YYYY` or "Không thời hạn". `None` where it is neither.
    pub fn from_text(text: &str) -> Option<Self> {
        if without_diacritics(text) == "KHONG THOI HAN" {
            return Some(Self::Never);
        }
        day_month_year(text).map(Self::On)
    }

    /// Whether the card has expired on `today`. It is valid on its last day.
    pub fn has_passed(self, today: Date) -> bool {
        match self {
            Self::Never => false,
            Self::On(last) => last < today,
        }
    }
}

/// A whole date written `DD/MM/YYYY`; `None` where a part is missing or the day does not exist.
pub fn day_month_year(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let mut number = |len: usize| {
        let part = parts.next()?;
        (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten()
    };
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(year: u16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn a_card_without_expiry_never_passes() {
        let expiry = CardExpiry::from_mrz(&MrzDate::new("991231").unwrap(), day(2026, 11, 22)).unwrap();
        assert_eq!(expiry, CardExpiry::Never);
        assert!(!expiry.has_passed(day(2100, 1, 1)));
        for text in ["Không thời hạn", "KHÔNG THỜI HẠN", "Kho\u{0302}ng tho\u{031B}\u{0300}i ha\u{0323}n"] {
            assert_eq!(CardExpiry::from_text(text), Some(CardExpiry::Never));
        }
    }

    #[test]
    fn the_last_day_is_valid() {
        let expiry = CardExpiry::from_mrz(&MrzDate::new("390101").unwrap(), day(2026, 11, 22)).unwrap();
        assert_eq!(expiry, CardExpiry::On(day(2039, 1, 1)));
        assert!(!expiry.has_passed(day(2039, 1, 1)));
        assert!(expiry.has_passed(day(2039, 1, 2)));
        assert_eq!(CardExpiry::from_text("01/01/2039"), Some(expiry));
    }

    #[test]
    fn what_is_no_expiry() {
        for text in ["", "2039", "31/02/2039", "1/1/2039", "01/01/2039/", "01-01-2039", "/01/2039", "+1/01/2039"] {
            assert_eq!(CardExpiry::from_text(text), None, "{text}");
        }
    }
}
