//! EF.COM: which data groups there are. Unsigned, so that it proves nothing (ICAO 9303-10 §4.6.1).

use alloc::vec::Vec;

use super::{LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::{Tag, TlvError};

const FILE: Tag = Tag(0x60);
const LDS_VERSION: Tag = Tag(0x5F01);
const UNICODE_VERSION: Tag = Tag(0x5F36);
const TAG_LIST: Tag = Tag(0x5C);

/// What EF.COM says. Its own elements may be missing; unknown ones are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Com {
    /// `aabb`: LDS version aa, update level bb; `0107` or `0108`.
    pub lds_version: Option<[u8; 4]>,
    /// `aabbcc`: major, minor and release of Unicode.
    pub unicode_version: Option<[u8; 6]>,
    /// The tags in their order, unknown ones too: some states list private tags (`quirks.md` 21).
    pub tags: Vec<u8>,
}

impl Com {
    /// Reads EF.COM.
    ///
    /// # Errors
    /// Where its elements are torn, or it has no tag list.
    pub fn parse(bytes: &[u8]) -> Result<Self, LdsError> {
        Self::read(bytes).map_err(in_file(FileId::Com))
    }

    fn read(bytes: &[u8]) -> Result<Self, TlvError> {
        let file = outermost(bytes, FILE)?;
        let mut com = Self::default();
        let mut listed = false;
        for element in file.children()? {
            let element = element?;
            match element.tag {
                LDS_VERSION => com.lds_version = element.value.try_into().ok(),
                UNICODE_VERSION => com.unicode_version = element.value.try_into().ok(),
                TAG_LIST => {
                    listed = true;
                    com.tags = element.value.to_vec();
                }
                _ => {}
            }
        }
        if listed { Ok(com) } else { Err(file.invalid("there is no tag list")) }
    }

    /// The data groups in the order of the list.
    pub fn data_groups(&self) -> impl Iterator<Item = DataGroup> {
        self.tags.iter().filter_map(|&tag| DataGroup::from_tag(Tag(u32::from(tag))))
    }

    /// The tags that are none of a data group.
    pub fn unknown_tags(&self) -> impl Iterator<Item = u8> {
        self.tags.iter().copied().filter(|&tag| DataGroup::from_tag(Tag(u32::from(tag))).is_none())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::tlv::TlvErrorKind;
    use hex::decode;
    use proptest::prelude::*;

    /// The order of a Vietnamese card, with a private tag behind it.
    const VIETNAM: &str = "60195f01043031303760000000";

    fn vietnam() -> Vec<u8> {
        decode("60195f0104303130375f36063034303030305c076175636d6f6e44").unwrap()
    }

    #[test]
    fn order_versions_and_unknown_tags_are_kept() {
        let com = Com::parse(&vietnam()).unwrap();
        assert_eq!(com.lds_version.as_ref(), Some(b"0107"));
        assert_eq!(com.unicode_version.as_ref(), Some(b"040000"));
        assert_eq!(com.data_groups().map(DataGroup::number).collect::<Vec<_>>(), [1, 2, 3, 13, 15, 14]);
        assert_eq!(com.unknown_tags().collect::<Vec<_>>(), [0x44]);
    }

    #[test]
    fn padding_is_passed_over_and_other_bytes_are_not() {
        let mut padded = vietnam();
        padded.extend([0; 9]);
        assert_eq!(Com::parse(&padded), Com::parse(&vietnam()));
        padded.push(1);
        let error = Com::parse(&padded).unwrap_err();
        assert_eq!((error.file, error.position), (FileId::Com, vietnam().len()));
        assert_eq!(error.reason, LdsErrorReason::Tlv(TlvErrorKind::Trailing));
    }

    #[test]
    fn what_is_no_com() {
        let torn = Com::parse(&vietnam()[..20]).unwrap_err();
        assert_eq!(torn.reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
        let no_list = Com::parse(&[0x60, 0]).unwrap_err();
        assert_eq!(no_list.reason, LdsErrorReason::Tlv(TlvErrorKind::Value("there is no tag list")));
        let torn_inside = Com::parse(&decode(VIETNAM).unwrap()).unwrap_err();
        assert_eq!(torn_inside.reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Com::parse(&bytes);
            bytes.insert(0, 0x60);
            let _ = Com::parse(&bytes);
        }
    }
}
