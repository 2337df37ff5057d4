//! EF.DG11: additional personal details (ICAO 9303-10 §4.7.11). Lenient by field: one that cannot be read is missing.

use alloc::string::String;
use alloc::vec::Vec;

use super::text::{HolderName, parts, text};
use super::{FullDate, LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::{Element, Tag, TlvError};

/// The template around names that stand several times.
const OTHER_NAMES: Tag = Tag(0xA0);

/// Additional personal details. Every field may be missing; shows nothing in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dg11 {
    /// Full name in the national script.
    pub name: Option<HolderName>,
    /// Other names.
    pub other_names: Vec<HolderName>,
    /// Personal number.
    pub personal_number: Option<String>,
    /// Full date of birth.
    pub birth: Option<FullDate>,
    /// Place of birth in its parts.
    pub place_of_birth: Vec<String>,
    /// Permanent address in its parts.
    pub address: Vec<String>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// Profession.
    pub profession: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Personal summary.
    pub summary: Option<String>,
    /// Proof of citizenship: an image as it stands.
    pub proof_of_citizenship: Option<Vec<u8>>,
    /// Numbers of other valid travel documents.
    pub other_documents: Vec<String>,
    /// Custody information.
    pub custody: Option<String>,
}

opaque_debug!(Dg11);

impl Dg11 {
    /// Reads EF.DG11.
    ///
    /// # Errors
    /// Where its elements are torn.
    pub fn parse(bytes: &[u8]) -> Result<Self, LdsError> {
        let mut details = Self::default();
        details.read(bytes).map_err(in_file(FileId::DataGroup(DataGroup::DG11)))?;
        Ok(details)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), TlvError> {
        for element in outermost(bytes, DataGroup::DG11.tag())?.children()? {
            let element = element?;
            if element.tag == OTHER_NAMES {
                for name in element.children()? {
                    self.set(&name?);
                }
            } else {
                self.set(&element);
            }
        }
        Ok(())
    }

    fn set(&mut self, element: &Element<'_>) {
        let value = element.value;
        match element.tag.0 {
            0x5F0E => self.name = HolderName::read(value),
            0x5F0F => self.other_names.extend(HolderName::read(value)),
            0x5F10 => self.personal_number = text(value),
            0x5F11 => self.place_of_birth = parts(value),
            0x5F12 => self.telephone = text(value),
            0x5F13 => self.profession = text(value),
            0x5F14 => self.title = text(value),
            0x5F15 => self.summary = text(value),
            0x5F16 => self.proof_of_citizenship = (!value.is_empty()).then(|| value.to_vec()),
            0x5F17 => self.other_documents = parts(value),
            0x5F18 => self.custody = text(value),
            0x5F2B => self.birth = FullDate::read(value),
            0x5F42 => self.address = parts(value),
            // The tag list, the count of names, and what a later edition may add.
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::lds::build::tlv;
    use crate::tlv::TlvErrorKind;
    use proptest::prelude::*;

    fn file() -> Vec<u8> {
        tlv(
            0x6B,
            &[
                &tlv(0x5C, &[&[0x5F, 0x0E, 0x5F, 0x11, 0x5F, 0x2B]]),
                &tlv(0x5F0E, &["MẪU<<THỊ".as_bytes()]),
                &tlv(0xA0, &[&[2, 1, 2], &tlv(0x5F0F, &[b"ONE<<A"]), &tlv(0x5F0F, &[b"TWO"])]),
                &tlv(0x5F2B, &[&[0x19, 0x99, 0x01, 0x01]]),
                &tlv(0x5F11, &[b"HA NOI<VNM"]),
                &tlv(0x5F42, &[b"<<<"]),
                &tlv(0x5F13, &[b""]),
            ],
        )
    }

    #[test]
    fn fields_dates_and_fillers() {
        let details = Dg11::parse(&file()).unwrap();
        let name = details.name.unwrap();
        assert_eq!((name.primary.as_str(), name.secondary.as_str()), ("MẪU", "THỊ"));
        assert_eq!(details.other_names.len(), 2);
        assert_eq!(details.birth.unwrap().year, 1999);
        assert_eq!(details.place_of_birth, ["HA NOI", "VNM"]);
        assert_eq!((details.address.len(), details.profession), (0, None));
    }

    #[test]
    fn a_bad_field_is_missing_and_a_torn_file_is_refused() {
        let bad_date = tlv(0x6B, &[&tlv(0x5F2B, &[b"1 JAN 99"]), &tlv(0x5F14, &[b"DR"])]);
        let details = Dg11::parse(&bad_date).unwrap();
        assert!(details.birth.is_none());
        assert_eq!(details.title.unwrap(), "DR");
        let torn = Dg11::parse(&file()[..30]).unwrap_err();
        assert_eq!(torn.reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }

    #[test]
    fn nothing_personal_is_shown() {
        let shown = alloc::format!("{:?}", Dg11::parse(&file()).unwrap());
        assert_eq!(shown, "Dg11");
    }

    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = file();
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = Dg11::parse(&bytes);
        }
    }
}
