//! EF.DG7: the displayed signature or usual mark (ICAO 9303-10 §4.7.7).

use alloc::vec::Vec;

use super::{LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::{Tag, TlvError};

const IMAGE: Tag = Tag(0x5F43);

/// The images in EF.DG7, borrowed. They are JPEG or JPEG 2000.
///
/// # Errors
/// Where the elements are torn.
pub fn parse(bytes: &[u8]) -> Result<Vec<&[u8]>, LdsError> {
    read(bytes).map_err(in_file(FileId::DataGroup(DataGroup::DG7)))
}

fn read(bytes: &[u8]) -> Result<Vec<&[u8]>, TlvError> {
    let mut images = Vec::new();
    for element in outermost(bytes, DataGroup::DG7.tag())?.children()? {
        let element = element?;
        if element.tag == IMAGE {
            images.push(element.value);
        }
    }
    Ok(images)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::lds::build::tlv;
    use crate::tlv::TlvErrorKind;
    use proptest::prelude::*;

    #[test]
    fn every_image() {
        let file = tlv(0x67, &[&[2, 1, 2], &tlv(0x5F43, &[b"one"]), &tlv(0x5F43, &[b"two"])]);
        assert_eq!(parse(&file).unwrap(), [b"one", b"two"]);
        assert_eq!(parse(&[0x67, 4, 0x5F, 0x43]).unwrap_err().reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }
    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = tlv(0x67, &[&[2, 1, 1], &tlv(0x5F43, &[b"one"])]);
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = parse(&bytes);
        }
    }
}
