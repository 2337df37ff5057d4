//! About whom the portal is asked.

use soat::inspection::{IdentityField, VerifiedIdentity};
use soat::time::Date;
use soat::vietnam::PersonalNumber;
use soat::vietnam::expiry::day_month_year;
use soat::vietnam::name::without_diacritics;

use crate::error::{Error, Result};

/// A person as the portal knows people. Personal data: has no `Debug`.
pub struct Person {
    /// Twelve digits, or the code of an insurance card.
    pub number: String,
    /// Full name, with diacritics where they are known.
    pub name: String,
    /// Date of birth.
    pub birth: Birth,
    /// Whether a verified card says all this.
    pub verified: bool,
}

/// A date of birth: old papers know the year alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// The day.
    Day(Date),
    /// The year.
    Year(u16),
}

impl Birth {
    /// `01/01/1999` or `1999`; unknown days and months may be written as zeros.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(day) = day_month_year(text) {
            return Some(Self::Day(day));
        }
        let year = text.strip_prefix("00/00/").unwrap_or(text);
        let digits = year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit());
        year.parse().ok().filter(|_| digits).map(Self::Year)
    }

    /// As the portal takes it.
    pub fn written(self) -> String {
        match self {
            Self::Day(day) => format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
            Self::Year(year) => format!("{year:04}"),
        }
    }

    /// Whether both can be one day: where one side knows the year alone, the years are compared.
    pub fn agrees(self, other: Self) -> bool {
        let year = |birth| match birth {
            Self::Day(day) => day.year(),
            Self::Year(year) => year,
        };
        match (self, other) {
            (Self::Day(one), Self::Day(other)) => one == other,
            (one, other) => year(one) == year(other),
        }
    }
}

impl Person {
    /// The holder of a verified card.
    ///
    /// # Errors
    /// That the profile withholds what the portal must be told, or that the card does not say it.
    pub fn verified(identity: &VerifiedIdentity, profile: &str) -> Result<Self> {
        let withheld =
            |field: IdentityField| Error::usage("insurance-withheld").with("profile", profile).with("name", field.name());
        for field in [IdentityField::PersonalNumber, IdentityField::FullName, IdentityField::Birth] {
            if !identity.releases(field) {
                return Err(withheld(field));
            }
        }
        let written = || Birth::parse(identity.vietnamese()?.birth_as_written()?);
        let number = identity.personal_number().and_then(PersonalNumber::parse);
        let birth = identity.birth().map(Birth::Day).or_else(written);
        match (number, identity.full_name(), birth) {
            (Some(number), Some(name), Some(birth)) => {
                Ok(Self { number: number.as_str().to_owned(), name, birth, verified: true })
            }
            (None, ..) => Err(Error::usage("insurance-card-without").with("name", IdentityField::PersonalNumber.name())),
            (_, None, _) => Err(Error::usage("insurance-card-without").with("name", IdentityField::FullName.name())),
            (.., None) => Err(Error::usage("insurance-card-without").with("name", IdentityField::Birth.name())),
        }
    }

    /// Somebody whose card nobody has checked.
    ///
    /// # Errors
    /// Which of the three cannot be so, never what stands there.
    pub fn unverified(number: &str, name: &str, birth: &str) -> Result<Self> {
        let number = number.trim();
        if !is_code(number) {
            return Err(Error::usage("insurance-number-invalid"));
        }
        let name = name.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(Error::usage("insurance-name-missing"));
        }
        let birth = Birth::parse(birth).ok_or_else(|| Error::usage("insurance-birth-invalid"))?;
        Ok(Self { number: number.to_owned(), name: name.to_owned(), birth, verified: false })
    }

    /// Whether a name is this person's, however it is written.
    pub fn is_called(&self, name: &str) -> bool {
        without_diacritics(name) == without_diacritics(&self.name)
    }
}

/// A personal number (12 digits), a social-insurance number (10), or the code of an insurance card (2 letters and 13 digits).
fn is_code(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    match text.len() {
        10 | 12 => digits(text),
        15 => text
            .split_at_checked(2)
            .is_some_and(|(group, rest)| group.bytes().all(|letter| letter.is_ascii_uppercase()) && digits(rest)),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn births_are_days_or_years() {
        let day = Birth::parse("01/02/1999").unwrap();
        assert_eq!(day.written(), "01/02/1999");
        for year in ["1999", " 1999 ", "00/00/1999"] {
            let year = Birth::parse(year).unwrap();
            assert_eq!(year.written(), "1999");
            assert!(year.agrees(day) && day.agrees(year));
        }
        assert!(!day.agrees(Birth::parse("02/02/1999").unwrap()));
        assert!(!day.agrees(Birth::parse("2000").unwrap()));
        for text in ["", "99", "+999", "31/02/1999", "1999-02-01", "00/02/1999", "١٩٩٩"] {
            assert!(Birth::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_asked_about_is_named() {
        let id = |number, name, birth| Person::unverified(number, name, birth).err().unwrap().id();
        for number in ["", "00119900000", "0011990000012", "00119900000x", "dn4010012345678", "１２３４５６７８９０"] {
            assert_eq!(id(number, "A", "1999"), "insurance-number-invalid", "{number}");
        }
        assert_eq!(id("001199000001", " ", "1999"), "insurance-name-missing");
        assert_eq!(id("001199000001", "A", "99"), "insurance-birth-invalid");
        for number in ["001199000001", "0123456789", "DN4010123456789"] {
            assert!(Person::unverified(number, "A", "1999").is_ok(), "{number}");
        }
    }

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        let person = Person::unverified("001199000001", "Đặng Thị Mẫu", "1999").unwrap();
        assert!(person.is_called("DANG THI MAU") && person.is_called("ĐẶNG  THỊ MẪU"));
        assert!(!person.is_called("DANG THI MA"));
    }
}
