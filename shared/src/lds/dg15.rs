//! EF.DG15: the public key of active authentication (ICAO 9303-10 §4.7.15).

use super::{LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::asn1::SEQUENCE;

/// The SubjectPublicKeyInfo in EF.DG15, as received.
///
/// # Errors
/// Where the elements are torn, or there is something else.
pub fn parse(bytes: &[u8]) -> Result<&[u8], LdsError> {
    outermost(bytes, DataGroup::DG15.tag())
        .and_then(|file| file.children()?.expect(SEQUENCE))
        .map(|key| key.raw)
        .map_err(in_file(FileId::DataGroup(DataGroup::DG15)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::tlv::{Tag, TlvErrorKind};
    use proptest::prelude::*;

    #[test]
    fn the_key_as_received_or_a_reason() {
        assert_eq!(parse(&[0x6F, 4, 0x30, 2, 5, 0]).unwrap(), [0x30, 2, 5, 0]);
        let reason = |bytes: &[u8]| parse(bytes).unwrap_err().reason;
        assert_eq!(reason(&[0x6F, 4, 0x30, 3, 5, 0]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
        let other = TlvErrorKind::Unexpected { expected: SEQUENCE, found: Tag(4) };
        assert_eq!(reason(&[0x6F, 2, 4, 0]), LdsErrorReason::Tlv(other));
    }
    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = alloc::vec![0x6F, 4, 0x30, 2, 5, 0];
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = parse(&bytes);
        }
    }
}
