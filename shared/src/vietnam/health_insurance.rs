//! The QR code of a health-insurance card (BHYT): unsigned, like that of the ID card.
//!
//! ```text
//! 1 code | 2 name, hex | 3 birth | 4 sex | 5 address, hex | 6 first facility | 7 valid from | 8 valid to | 9 issued | 10 manager |
//! 11 parent, hex | 12 area | 13 five years | 14 check | of the newer: 15 benefit | 16 place, hex | terminator $ or #
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::date::PartialDate;
use super::qr::decode;
use crate::mrz::Sex;
use crate::time::Date;

/// The fields of a code. `-` stands for what is missing. Strings are wiped when dropped; shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct HealthInsurance {
    /// The number of the card, or of the insurance.
    pub code: InsuranceCode,
    /// Full name.
    pub name: Zeroizing<String>,
    /// Date of birth, or its year.
    pub birth: PartialDate,
    /// Sex.
    pub sex: Sex,
    /// Address.
    pub address: Option<Zeroizing<String>>,
    /// Where treatment begins: province and facility, `01 - 001`.
    pub facility: Zeroizing<String>,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity.
    pub valid_to: Option<Date>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Code of the office that manages it.
    pub manager: Zeroizing<String>,
    /// Name of a parent or guardian.
    pub parent: Option<Zeroizing<String>>,
    /// The area of residence.
    pub area: Area,
    /// Since when the insurance has run for five years.
    pub five_years: Option<Date>,
    /// Opaque.
    pub check: Zeroizing<String>,
    /// Benefit, on the newer cards.
    pub benefit: Option<Zeroizing<String>>,
    /// Place, on the newer cards.
    pub place: Option<Zeroizing<String>>,
}

opaque_debug!(HealthInsurance, InsuranceCode);

/// The number of an insurance. Wiped when dropped; shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct InsuranceCode(Zeroizing<String>);

/// The area of residence, which settles what is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// None (4).
    None,
    /// K1 (5).
    K1,
    /// K2 (6).
    K2,
    /// K3 (7).
    K3,
}

/// The fields, as an error names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum InsuranceField {
    Code,
    Name,
    Birth,
    Sex,
    Address,
    ValidFrom,
    ValidTo,
    Issued,
    Parent,
    Area,
    FiveYears,
    Place,
}

/// Why a text is not the code of a health-insurance card. Says where, never what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthInsuranceError {
    /// An old code has 15 fields and ends in `$`, a new one 17 and ends in `#`.
    #[error("{found} fields: the code of a health-insurance card has 15 and ends in $, or 17 and ends in #")]
    FieldCount {
        /// How many there are.
        found: usize,
    },
    /// The terminator is missing, or that of the other kind.
    #[error("the end of the code is missing")]
    Terminator,
    /// A field that is not what belongs there.
    #[error("field {0:?} is not what belongs there")]
    Field(InsuranceField),
}

impl HealthInsurance {
    /// Reads the bytes that a scanner sent.
    ///
    /// # Errors
    /// [`HealthInsuranceError`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HealthInsuranceError> {
        Self::parse(&decode(bytes))
    }

    /// Reads the text of a code. Some scanners send `~` for `|`.
    ///
    /// # Errors
    /// [`HealthInsuranceError`]
    pub fn parse(text: &str) -> Result<Self, HealthInsuranceError> {
        use InsuranceField as F;
        let fields = fields(text);
        let (rest, terminator) = match fields.as_slice() {
            [rest @ .., last] if matches!(rest.len(), 14 | 16) => (rest, *last),
            _ => return Err(HealthInsuranceError::FieldCount { found: fields.len() }),
        };
        let (own, newer) = rest.split_at(14);
        if terminator != if newer.is_empty() { "$" } else { "#" } {
            return Err(HealthInsuranceError::Terminator);
        }
        let field = |index: usize| own.get(index).copied().unwrap_or_default();
        let wrong = |field| move || HealthInsuranceError::Field(field);
        let required_day = |index, name| day(field(index)).ok().flatten().ok_or_else(wrong(name));
        let optional_day = |index, name| day(field(index)).map_err(|()| HealthInsuranceError::Field(name));
        let text = |value: &str| Zeroizing::new(String::from(value));
        Ok(Self {
            code: InsuranceCode::parse(field(0)).ok_or_else(wrong(F::Code))?,
            name: hex_text(field(1), F::Name)?.ok_or_else(wrong(F::Name))?,
            birth: PartialDate::parse(field(2)).ok_or_else(wrong(F::Birth))?,
            sex: match field(3) {
                "1" => Sex::Male,
                "2" => Sex::Female,
                _ => return Err(HealthInsuranceError::Field(F::Sex)),
            },
            address: hex_text(field(4), F::Address)?,
            facility: text(field(5)),
            valid_from: required_day(6, F::ValidFrom)?,
            valid_to: optional_day(7, F::ValidTo)?,
            issued: optional_day(8, F::Issued)?,
            manager: text(field(9)),
            parent: hex_text(field(10), F::Parent)?,
            area: match field(11) {
                "4" | "-" | "" => Area::None,
                "5" => Area::K1,
                "6" => Area::K2,
                "7" => Area::K3,
                _ => return Err(HealthInsuranceError::Field(F::Area)),
            },
            five_years: optional_day(12, F::FiveYears)?,
            check: text(field(13)),
            benefit: newer.first().copied().filter(|value| is_there(value)).map(text),
            place: newer.get(1).map_or(Ok(None), |value| hex_text(value, F::Place))?,
        })
    }

    /// Whether a text looks like such a code, right or torn: it begins with its number and is separated as it is.
    pub fn seems(text: &str) -> bool {
        let fields = fields(text);
        fields.len() > 1 && fields.first().is_some_and(|code| InsuranceCode::parse(code).is_some())
    }
}

impl InsuranceCode {
    /// 15 characters: group of two letters, benefit 1–5, province of two digits, ten digits; or the ten digits alone.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_code = match text.len() {
            10 => digits(text),
            15 => {
                let (group, benefit, rest) = (text.get(..2)?, text.get(2..3)?, text.get(3..)?);
                group.bytes().all(|letter| letter.is_ascii_uppercase())
                    && matches!(benefit, "1" | "2" | "3" | "4" | "5")
                    && digits(rest)
            }
            _ => false,
        };
        is_code.then(|| Self(Zeroizing::new(String::from(text))))
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The social-insurance number: the last ten digits.
    pub fn social_insurance_number(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(10)..).unwrap_or_default()
    }

    /// The benefit, 1–5, where the whole code is there.
    pub fn benefit(&self) -> Option<u8> {
        let benefit = self.0.get(2..3).filter(|_| self.0.len() == 15)?;
        benefit.parse().ok()
    }
}

fn fields(text: &str) -> Vec<&str> {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '\u{FEFF}');
    let separator = if text.contains('|') { '|' } else { '~' };
    text.split(separator).map(str::trim).collect()
}

fn is_there(value: &str) -> bool {
    !matches!(value, "" | "-")
}

/// A whole day, `None` where it is `-`.
fn day(field: &str) -> Result<Option<Date>, ()> {
    if !is_there(field) {
        return Ok(None);
    }
    PartialDate::parse(field).and_then(PartialDate::date).map(Some).ok_or(())
}

/// UTF-8 in hexadecimal, `None` where it is `-`.
fn hex_text(field: &str, name: InsuranceField) -> Result<Option<Zeroizing<String>>, HealthInsuranceError> {
    if !is_there(field) {
        return Ok(None);
    }
    let bytes = hex::decode(field).map_err(|_| HealthInsuranceError::Field(name))?;
    let text = String::from_utf8(bytes).map_err(|_| HealthInsuranceError::Field(name))?;
    Ok(Some(Zeroizing::new(text)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
