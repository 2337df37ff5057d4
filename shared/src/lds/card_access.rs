//! EF.CardAccess: what PACE offers, readable before anything is opened and unsigned (ICAO 9303-10 §3.11.3).

use super::{LdsError, SecurityInfos, in_file, outermost};
use crate::dossier::FileId;
use crate::tlv::asn1::SET;

/// Reads EF.CardAccess.
///
/// # Errors
/// Where its elements are torn or it is not a set of security infos.
pub fn parse(bytes: &[u8]) -> Result<SecurityInfos, LdsError> {
    outermost(bytes, SET).and_then(|set| SecurityInfos::read(&set)).map_err(in_file(FileId::CardAccess))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::crypto::Cipher;
    use crate::lds::protocol::{KeyAgreement, PaceMapping, PaceProtocol};
    use crate::lds::{LdsErrorReason, SecurityInfo};
    use crate::tlv::{Tag, TlvErrorKind};
    use alloc::vec;
    use alloc::vec::Vec;
    use hex::decode;
    use proptest::prelude::*;

    /// EF.CardAccess of every Vietnamese card.
    const VIETNAM: &str =
        "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d";

    #[test]
    fn the_vietnamese_constant() {
        let infos = parse(&decode(VIETNAM).unwrap()).unwrap();
        let pace = infos.pace().next().unwrap();
        assert_eq!((pace.version, pace.parameter_id), (2, Some(13)));
        let expected = PaceProtocol { agreement: KeyAgreement::Ecdh, mapping: PaceMapping::Generic, cipher: Cipher::Aes128 };
        assert_eq!(pace.kind(), Some(expected));
        let variant = infos.chip_authentication().next().unwrap();
        assert_eq!((variant.version, variant.key_id, variant.kind().unwrap().cipher), (1, None, Cipher::Aes128));
        assert!(matches!(&infos.infos[0], SecurityInfo::TerminalAuthentication(ta) if ta.version == 1));
        assert_eq!(infos.infos.len(), 3);
    }

    #[test]
    fn unknown_and_malformed_infos_stand_beside_good_ones() {
        let mut bytes = decode("310030050603550403").unwrap();
        // PACE without version
        bytes.extend(decode("300c060a04007f00070202040202").unwrap());
        bytes.extend(decode("3012060a04007f0007020204020202010202010d").unwrap());
        bytes[1] = u8::try_from(bytes.len() - 2).unwrap();
        let infos = parse(&bytes).unwrap().infos;
        assert!(
            matches!(&infos[0], SecurityInfo::Unknown { protocol, raw } if protocol.to_string() == "2.5.4.3" && raw.len() == 7)
        );
        assert!(
            matches!(&infos[1], SecurityInfo::Malformed { error, .. } if error.kind == TlvErrorKind::Truncated && error.position == 23)
        );
        assert!(matches!(&infos[2], SecurityInfo::Pace(_)));
    }

    #[test]
    fn an_identifier_that_is_not_read_hides_nothing() {
        // 2.999, the arc of examples, before the Vietnamese PACE
        let bytes = decode("311c3006060488 37c8573012060a04007f0007020204020202010202010d".replace(' ', "")).unwrap();
        let infos = parse(&bytes).unwrap().infos;
        assert!(matches!(&infos[0], SecurityInfo::Unreadable { raw, error } if raw.len() == 8 && error.position == 6));
        assert!(matches!(&infos[1], SecurityInfo::Pace(_)));
    }

    #[test]
    fn what_is_no_card_access() {
        let reason = |bytes: &[u8]| parse(bytes).unwrap_err().reason;
        assert_eq!(reason(&[]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
        let mut wrong = decode(VIETNAM).unwrap();
        wrong[2] = 0x04;
        let unexpected = TlvErrorKind::Unexpected { expected: Tag(0x30), found: Tag(0x04) };
        assert_eq!(reason(&wrong), LdsErrorReason::Tlv(unexpected));
        assert_eq!(reason(&wrong[..20]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }

    use alloc::string::ToString;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80), at in 0_usize..54, to in any::<u8>()) {
            let _ = parse(&bytes);
            let mut infos = decode(VIETNAM).unwrap();
            infos[at] = to;
            let _ = parse(&infos);
            let whole: Vec<u8> = [vec![0x31, u8::try_from(bytes.len()).unwrap()], bytes].concat();
            let _ = parse(&whole);
        }
    }
}
