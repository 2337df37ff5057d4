//! When a Vietnamese card expires: some never do.

use alloc::vec::Vec;

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

impl CardExpiry {
    /// As the MRZ has it: `YYMMDD`, 991231 for a card that does not expire.
    pub fn to_mrz(self) -> MrzDate {
        let text = match self {
            Self::Never => alloc::string::String::from("991231"),
            Self::On(day) => alloc::format!("{:02}{:02}{:02}", day.year() % 100, day.month(), day.day()),
        };
        // The parts of a day are in their ranges.
        MrzDate::new(&text).unwrap_or_else(MrzDate::unknown)
    }

    /// The dates on which a card issued to a holder can expire, the likeliest first, at most three: the birthday at the next age of
    /// renewal, the one after, and never. The ages are 25, 40 and 60, and 14 besides for what was issued under the Identification law of
    /// 2023; a card issued within two years before such an age lasts to the next (its article 21). How well chips keep to this is not
    /// published: it is a guess to be tried, and no reason to refuse a card.
    pub fn candidates(birth: Date, issue: Date) -> Vec<Self> {
        let ages: &[u16] = if (issue.year(), issue.month()) < LAW_OF_2023 { &[25, 40, 60] } else { &[14, 25, 40, 60] };
        let birthdays = ages.iter().filter_map(|age| birthday(birth, *age)).filter(|birthday| *birthday > issue);
        let mut candidates: Vec<Self> = birthdays.take(2).map(Self::On).collect();
        let within_two_years =
            |expiry: &Self| matches!(expiry, Self::On(day) if birthday(issue, 2).is_some_and(|later| later >= *day));
        candidates.push(Self::Never);
        if candidates.first().is_some_and(within_two_years) {
            // Of the last age of renewal, the next is never.
            candidates.swap(0, 1);
        }
        candidates
    }

    /// Whether a card issued on a day expires as [`CardExpiry::candidates`] has it; without expiry, only from 58 years on.
    pub fn follows_rule(self, birth: Date, issue: Date) -> bool {
        let old_enough = || birthday(birth, 58).is_none_or(|birthday| birthday <= issue);
        Self::candidates(birth, issue).contains(&self) && (self != Self::Never || old_enough())
    }
}

/// Since this month cards are issued under the Identification law of 2023 (26/2023/QH15).
const LAW_OF_2023: (u16, u8) = (2024, 7);

/// The day on which somebody born on `birth` comes to an age. The 29th of February falls on the 28th in other years, as far as is known.
fn birthday(birth: Date, age: u16) -> Option<Date> {
    let year = birth.year().checked_add(age)?;
    Date::new(year, birth.month(), birth.day()).or_else(|| Date::new(year, 2, 28))
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

    /// Written out by hand from the law's ages.
    #[test]
    fn a_card_expires_at_an_age_of_renewal() {
        use CardExpiry::{Never, On};
        for (birth, issue, expected) in [
            // 22 years old: at 25, else at 40
            (day(1999, 1, 1), day(2021, 3, 15), &[On(day(2024, 1, 1)), On(day(2039, 1, 1)), Never][..]),
            // 25 and more: at 40, else at 60
            (day(1999, 1, 1), day(2024, 9, 15), &[On(day(2039, 1, 1)), On(day(2059, 1, 1)), Never]),
            // 23 and a half: within two years before 25, it lasts to 40
            (day(1999, 1, 1), day(2022, 6, 1), &[On(day(2039, 1, 1)), On(day(2024, 1, 1)), Never]),
            // Exactly two years before is within, a day earlier is not
            (day(1999, 1, 1), day(2022, 1, 1), &[On(day(2039, 1, 1)), On(day(2024, 1, 1)), Never]),
            (day(1999, 1, 1), day(2021, 12, 31), &[On(day(2024, 1, 1)), On(day(2039, 1, 1)), Never]),
            // 45: at 60, else never
            (day(1979, 5, 5), day(2024, 9, 15), &[On(day(2039, 5, 5)), Never]),
            // 59: never, else at 60
            (day(1965, 1, 1), day(2024, 1, 1), &[Never, On(day(2025, 1, 1))]),
            // 61: never
            (day(1960, 1, 1), day(2021, 3, 15), &[Never]),
            // A child: at 14 since the law of 2023; before, nobody under 14 had a card
            (day(2018, 2, 3), day(2024, 9, 15), &[On(day(2032, 2, 3)), On(day(2043, 2, 3)), Never]),
            (day(2009, 2, 3), day(2023, 9, 15), &[On(day(2034, 2, 3)), On(day(2049, 2, 3)), Never]),
            // Born on a leap day
            (day(2000, 2, 29), day(2021, 3, 15), &[On(day(2025, 2, 28)), On(day(2040, 2, 29)), Never]),
        ] {
            assert_eq!(CardExpiry::candidates(birth, issue), expected, "{birth} {issue}");
        }
        assert!(CardExpiry::candidates(day(9990, 1, 1), day(9999, 1, 1)).len() <= 3);
    }

    #[test]
    fn no_expiry_belongs_to_age() {
        assert!(CardExpiry::Never.follows_rule(day(1965, 1, 1), day(2023, 1, 1)));
        assert!(!CardExpiry::Never.follows_rule(day(1965, 1, 1), day(2022, 12, 31)));
        assert!(CardExpiry::On(day(2039, 1, 1)).follows_rule(day(1999, 1, 1), day(2021, 3, 15)));
        assert!(!CardExpiry::On(day(2039, 1, 2)).follows_rule(day(1999, 1, 1), day(2021, 3, 15)));
        assert!(!CardExpiry::On(day(2059, 1, 1)).follows_rule(day(1999, 1, 1), day(2021, 3, 15)));
    }

    #[test]
    fn an_expiry_in_the_zone() {
        assert_eq!(CardExpiry::Never.to_mrz().as_str(), "991231");
        assert_eq!(CardExpiry::On(day(2039, 1, 1)).to_mrz().as_str(), "390101");
    }

    #[test]
    fn what_is_no_expiry() {
        for text in ["", "2039", "31/02/2039", "1/1/2039", "01/01/2039/", "01-01-2039", "/01/2039", "+1/01/2039"] {
            assert_eq!(CardExpiry::from_text(text), None, "{text}");
        }
    }
}
