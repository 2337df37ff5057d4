//! EF.DG13 of a Vietnamese card: the personal data, in a layout that no published standard has.
//!
//! Fields go by their number, never by their place or the bytes before them. Unknown numbers are passed over and counted, missing fields
//! are missing, lengths may have any form.

use alloc::string::String;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::dossier::{DataGroup, FileId};
use crate::lds::{LdsError, in_file, outermost};
use crate::tlv::asn1::{SEQUENCE, SET};
use crate::tlv::{Cursor, Element, TlvError, TlvErrorKind};

/// The fields of DG13 as written; a field is `None` where it is missing or empty. Wiped when dropped; shows nothing in `Debug`.
///
/// ```asn1
/// DG13 ::= [APPLICATION 13] SEQUENCE {
///   version  INTEGER,             -- 1
///   type     OBJECT IDENTIFIER,
///   fields   SET OF SEQUENCE { number INTEGER, value ANY OPTIONAL } }
/// ```
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Dg13 {
    /// 1: personal number, 12 digits.
    pub personal_number: Option<String>,
    /// 2: full name with diacritics.
    pub name: Option<String>,
    /// 3: date of birth, `DD/MM/YYYY`; parts may be missing.
    pub birth: Option<String>,
    /// 4: `Nam` or `Nữ`.
    pub sex: Option<String>,
    /// 5: nationality.
    pub nationality: Option<String>,
    /// 6: ethnicity. Sensitive by law.
    pub ethnicity: Option<String>,
    /// 7: religion. Sensitive by law.
    pub religion: Option<String>,
    /// 8: place of origin, or of birth registration.
    pub place_of_origin: Option<String>,
    /// 9: residence at issue; it may have changed since.
    pub residence: Option<String>,
    /// 10: identifying marks.
    pub identifying_marks: Option<String>,
    /// 11: date of issue, `DD/MM/YYYY`.
    pub issue: Option<String>,
    /// 12: date of expiry, `DD/MM/YYYY` or "Không thời hạn": see [`super::CardExpiry::from_text`].
    pub expiry: Option<String>,
    /// 13: father's name.
    pub father: Option<String>,
    /// 13: mother's name.
    pub mother: Option<String>,
    /// 14: spouse's name.
    pub spouse: Option<String>,
    /// 15: number before 2021, 9 digits.
    pub old_number: Option<String>,
    /// 16: sixteen characters whose meaning is not published.
    pub opaque: Option<String>,
    /// Version of the layout; 1 is known.
    pub version: u32,
    /// How many fields have a number that is not known here.
    pub unknown_fields: usize,
    /// How many known fields are not text.
    pub unreadable_fields: usize,
}

opaque_debug!(Dg13);

impl Dg13 {
    /// The identifier that stands in the file: that of UTF-8 in ISO/IEC 10646.
    pub const TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.10646.1.0.8");

    /// Reads EF.DG13.
    ///
    /// # Errors
    /// Where its elements are torn, it is not such a structure, or a known field stands twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, LdsError> {
        let mut data = Self::default();
        data.read(bytes).map_err(in_file(FileId::DataGroup(DataGroup::DG13)))?;
        Ok(data)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), TlvError> {
        let mut content = outermost(bytes, DataGroup::DG13.tag())?.children()?.sequence()?;
        self.version = content.small_integer()?;
        content.object_identifier()?;
        let mut seen = 0_u32;
        for field in content.set()? {
            let field = field?;
            if field.tag != SEQUENCE {
                return Err(field.error(TlvErrorKind::Unexpected { expected: SEQUENCE, found: field.tag }));
            }
            let mut parts = field.children()?;
            let number = parts.small_integer()?;
            if !(1..=16).contains(&number) {
                self.unknown_fields += 1;
                continue;
            }
            if seen & 1 << number != 0 {
                return Err(field.invalid("a field stands twice"));
            }
            seen |= 1 << number;
            if self.set(number, parts).is_err() {
                self.unreadable_fields += 1;
            }
        }
        Ok(())
    }

    fn set(&mut self, number: u32, value: Cursor<'_>) -> Result<(), TlvError> {
        let field = match number {
            13 => {
                (self.father, self.mother) = read_parents(value)?;
                return Ok(());
            }
            1 => &mut self.personal_number,
            2 => &mut self.name,
            3 => &mut self.birth,
            4 => &mut self.sex,
            5 => &mut self.nationality,
            6 => &mut self.ethnicity,
            7 => &mut self.religion,
            8 => &mut self.place_of_origin,
            9 => &mut self.residence,
            10 => &mut self.identifying_marks,
            11 => &mut self.issue,
            12 => &mut self.expiry,
            14 => &mut self.spouse,
            15 => &mut self.old_number,
            _ => &mut self.opaque,
        };
        *field = first_text(value)?;
        Ok(())
    }
}

/// Father and mother: either `SEQUENCE{father}, SEQUENCE{mother}` or one `SEQUENCE{father, mother}`. An empty sequence or string keeps its
/// place, so that a mother is never taken for a father.
fn read_parents(value: Cursor<'_>) -> Result<(Option<String>, Option<String>), TlvError> {
    let parts = value.collect::<Result<Vec<_>, _>>()?;
    match parts.as_slice() {
        [both] if both.tag == SEQUENCE => {
            let mut names = both.children()?;
            Ok((next_text(&mut names)?, next_text(&mut names)?))
        }
        _ => {
            let mut parts = parts.iter().map(element_text);
            Ok((parts.next().transpose()?.flatten(), parts.next().transpose()?.flatten()))
        }
    }
}

/// The text of the first element, be it a string or a sequence around one.
fn first_text(mut value: Cursor<'_>) -> Result<Option<String>, TlvError> {
    next_text(&mut value)
}

fn next_text(elements: &mut Cursor<'_>) -> Result<Option<String>, TlvError> {
    elements.next().transpose()?.map_or(Ok(None), |element| element_text(&element))
}

fn element_text(element: &Element<'_>) -> Result<Option<String>, TlvError> {
    if matches!(element.tag, SEQUENCE | SET) {
        return first_text(element.children()?);
    }
    let text = core::str::from_utf8(element.value).map_err(|_| element.invalid("not UTF-8"))?.trim();
    Ok((!text.is_empty()).then(|| String::from(text)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
