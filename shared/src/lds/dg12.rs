//! EF.DG12: additional document details (ICAO 9303-10 §4.7.12). Lenient by field: one that cannot be read is missing.

use alloc::string::String;
use alloc::vec::Vec;

use super::text::{HolderName, text};
use super::{FullDate, LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::{Element, Tag, TlvError};

/// The template around persons that stand several times.
const OTHER_PERSONS: Tag = Tag(0xA0);

/// Additional document details. Every field may be missing; shows nothing in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dg12 {
    /// Issuing authority.
    pub authority: Option<String>,
    /// Date of issue.
    pub issue: Option<FullDate>,
    /// Other persons on the document.
    pub other_persons: Vec<HolderName>,
    /// Endorsements and observations.
    pub endorsements: Option<String>,
    /// Tax or exit requirements.
    pub requirements: Option<String>,
    /// Image of the front, as it stands.
    pub front: Option<Vec<u8>>,
    /// Image of the rear, as it stands.
    pub rear: Option<Vec<u8>>,
    /// Day of the personalisation; its time of day is left out.
    pub personalisation: Option<FullDate>,
    /// Serial number of the personalisation system.
    pub personalisation_system: Option<String>,
}

opaque_debug!(Dg12);

impl Dg12 {
    /// Reads EF.DG12.
    ///
    /// # Errors
    /// Where its elements are torn.
    pub fn parse(bytes: &[u8]) -> Result<Self, LdsError> {
        let mut details = Self::default();
        details.read(bytes).map_err(in_file(FileId::DataGroup(DataGroup::DG12)))?;
        Ok(details)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), TlvError> {
        for element in outermost(bytes, DataGroup::DG12.tag())?.children()? {
            let element = element?;
            if element.tag == OTHER_PERSONS {
                for person in element.children()? {
                    self.set(&person?);
                }
            } else {
                self.set(&element);
            }
        }
        Ok(())
    }

    fn set(&mut self, element: &Element<'_>) {
        let value = element.value;
        let image = || (!value.is_empty()).then(|| value.to_vec());
        match element.tag.0 {
            0x5F19 => self.authority = text(value),
            0x5F1A => self.other_persons.extend(HolderName::read(value)),
            0x5F1B => self.endorsements = text(value),
            0x5F1C => self.requirements = text(value),
            0x5F1D => self.front = image(),
            0x5F1E => self.rear = image(),
            0x5F26 => self.issue = FullDate::read(value),
            // YYYYMMDDhhmmss: 14 digits, or 7 bytes of binary-coded decimal.
            0x5F55 => self.personalisation = value.get(..if value.len() == 7 { 4 } else { 8 }).and_then(FullDate::read),
            0x5F56 => self.personalisation_system = text(value),
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::build::tlv;
    use proptest::prelude::*;

    fn file() -> Vec<u8> {
        tlv(
            0x6C,
            &[
                &tlv(0x5C, &[&[0x5F, 0x19, 0x5F, 0x26]]),
                &tlv(0x5F19, &[b"AUTHORITY"]),
                &tlv(0x5F26, &[b"20210315"]),
                &tlv(0xA0, &[&[2, 1, 1], &tlv(0x5F1A, &[b"CHILD<<A"])]),
                &tlv(0x5F55, &[&[0x20, 0x21, 0x03, 0x15, 0x12, 0x00, 0x00]]),
                &tlv(0x5F1B, &[b""]),
            ],
        )
    }

    #[test]
    fn fields_and_dates_of_both_kinds() {
        let details = Dg12::parse(&file()).unwrap();
        let day = FullDate { year: 2021, month: Some(3), day: Some(15) };
        assert_eq!((details.issue, details.personalisation), (Some(day), Some(day)));
        assert_eq!((details.authority.as_deref(), details.endorsements.as_deref()), (Some("AUTHORITY"), None));
        assert_eq!(details.other_persons[0].secondary, "A");
        let text_time = Dg12::parse(&tlv(0x6C, &[&tlv(0x5F55, &[b"20210315120000"])])).unwrap();
        assert_eq!(text_time.personalisation, Some(day));
    }

    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = file();
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = Dg12::parse(&bytes);
        }
    }
}
