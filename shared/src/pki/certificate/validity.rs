//! Times of a certificate (RFC 5280 §4.1.2.5).

use crate::time::{Date, Timestamp};
use crate::tlv::asn1::{GENERALIZED_TIME, UTC_TIME};
use crate::tlv::{Cursor, Element, TlvError};

/// 2050-01-01
const YEAR_2050: Timestamp = Timestamp(2_524_608_000);

/// ```text
/// Validity ::= SEQUENCE { notBefore Time, notAfter Time }
/// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: Timestamp,
    /// The last moment.
    pub not_after: Timestamp,
    /// Whether both are in the form that RFC 5280 §4.1.2.5 asks for: UTCTime through 2049, GeneralizedTime from 2050.
    pub canonical_form: bool,
}

impl Validity {
    pub(super) fn from_cursor(mut cursor: Cursor<'_>) -> Result<Self, TlvError> {
        let (first, last) = (cursor.read()?, cursor.read()?);
        cursor.finish()?;
        let (not_before, not_after) = (time(&first)?, time(&last)?);
        let canonical = |element: &Element<'_>, moment: Timestamp| (element.tag == UTC_TIME) == (moment < YEAR_2050);
        Ok(Self { not_before, not_after, canonical_form: canonical(&first, not_before) && canonical(&last, not_after) })
    }

    /// Whether a moment lies within it, both ends included.
    pub fn contains(&self, moment: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&moment)
    }
}

/// A UTCTime `YYMMDDHHMMSSZ` (1950–2049) or a GeneralizedTime `YYYYMMDDHHMMSSZ`: the only forms of DER.
///
/// # Errors
/// Where the element is neither, or names no moment.
pub fn time(element: &Element<'_>) -> Result<Timestamp, TlvError> {
    let invalid = element.invalid("not a time in UTC with seconds");
    let (year, rest) = match element.tag {
        UTC_TIME => {
            let (year, rest) = number(element.value, 2).ok_or(invalid)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => return generalized_time(element),
        _ => return Err(element.invalid("neither UTCTime nor GeneralizedTime")),
    };
    parts(year, rest).ok_or(invalid)
}

/// A GeneralizedTime under whichever tag.
pub(super) fn generalized_time(element: &Element<'_>) -> Result<Timestamp, TlvError> {
    let invalid = element.invalid("not a time in UTC with seconds");
    let (year, rest) = number(element.value, 4).ok_or(invalid)?;
    parts(year, rest).ok_or(invalid)
}

fn parts(year: u16, rest: &[u8]) -> Option<Timestamp> {
    let mut fields = [0_u8; 5];
    let mut rest = rest;
    for field in &mut fields {
        let (value, after) = number(rest, 2)?;
        (*field, rest) = (u8::try_from(value).ok()?, after);
    }
    let [month, day, hour, minute, second] = fields;
    if rest != b"Z" {
        return None;
    }
    Timestamp::new(Date::new(year, month, day)?, hour, minute, second)
}

fn number(text: &[u8], digits: usize) -> Option<(u16, &[u8])> {
    let (head, rest) = text.split_at_checked(digits)?;
    let mut value = 0_u16;
    for &digit in head {
        value = value * 10 + u16::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    Some((value, rest))
}
