//! EF.DG14: security options, signed by way of EF.SOD (ICAO 9303-10 §4.7.14).

use super::{LdsError, SecurityInfos, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::asn1::SET;

/// Reads EF.DG14.
///
/// # Errors
/// Where its elements are torn or it is not a set of security infos.
pub fn parse(bytes: &[u8]) -> Result<SecurityInfos, LdsError> {
    let file = DataGroup::DG14;
    outermost(bytes, file.tag())
        .and_then(|outer| outer.children()?.expect(SET))
        .and_then(|set| SecurityInfos::read(&set))
        .map_err(in_file(FileId::DataGroup(file)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::build::{oid, tlv};
    use crate::lds::protocol::{KeyAgreement, public_key_agreement};
    use crate::lds::{LdsErrorReason, SecurityInfo};
    use crate::tlv::{Tag, TlvErrorKind};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    const SPKI: [u8; 4] = [0x30, 2, 5, 0];

    fn file() -> Vec<u8> {
        let variant = tlv(0x30, &[&oid("0.4.0.127.0.7.2.2.3.2.2"), &[2, 1, 1], &[2, 2, 0, 200]]);
        let key = tlv(0x30, &[&oid("0.4.0.127.0.7.2.2.1.2"), &SPKI, &[2, 2, 0, 200]]);
        let active = tlv(0x30, &[&oid("2.23.136.1.1.5"), &[2, 1, 1], &oid("0.4.0.127.0.7.1.1.4.1.3")]);
        let domain = tlv(0x30, &[&oid("0.4.0.127.0.7.2.2.4.2"), &SPKI, &[2, 1, 40]]);
        let directory = tlv(0x30, &[&oid("2.23.136.1.1.13"), &[4, 2, 0x61, 0]]);
        tlv(0x6E, &[&tlv(0x31, &[&variant, &key, &active, &domain, &directory])])
    }

    #[test]
    fn every_kind_of_info() {
        let infos = parse(&file()).unwrap();
        let variant = infos.chip_authentication().next().unwrap();
        assert_eq!((variant.version, variant.key_id), (1, Some(200)));
        let key = infos.chip_authentication_keys().next().unwrap();
        assert_eq!((&*key.public_key, key.key_id), (&SPKI[..], Some(200)));
        assert_eq!(public_key_agreement(key.protocol), Some(KeyAgreement::Ecdh));
        let active = infos.active_authentication().unwrap();
        assert_eq!(active.signature_algorithm, der::asn1::ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.1.4.1.3"));
        assert!(matches!(&infos.infos[3], SecurityInfo::PaceDomainParameter(domain)
            if domain.parameter_id == Some(40) && domain.domain_parameter == SPKI));
        assert!(matches!(&infos.infos[4], SecurityInfo::EfDir { bytes } if bytes == &[0x61, 0]));
    }

    #[test]
    fn what_is_no_dg14() {
        let mut other = file();
        other[0] = 0x6F;
        let error = parse(&other).unwrap_err();
        assert_eq!(error.file, FileId::DataGroup(DataGroup::DG14));
        assert_eq!(error.reason, LdsErrorReason::Tlv(TlvErrorKind::Unexpected { expected: Tag(0x6E), found: Tag(0x6F) }));
        assert_eq!(parse(&[0x6E, 0]).unwrap_err().reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }

    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = file();
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = parse(&bytes);
        }
    }
}
