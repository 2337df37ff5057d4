//! EF.CardSecurity: security infos under a signature (ICAO 9303-10 §3.11.4). The signature belongs to `pki`.

use der::asn1::ObjectIdentifier;

use super::{LdsError, SecurityInfos, in_file, outermost};
use crate::dossier::FileId;
use crate::tlv::asn1::{SEQUENCE, SET, context};
use crate::tlv::{Cursor, Rules, TlvError};

/// The file: a CMS SignedData whose content is a set of security infos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSecurity<'a> {
    /// The ContentInfo as received.
    pub cms: &'a [u8],
    /// eContentType; id-SecurityObject by the book.
    pub content_type: ObjectIdentifier,
    /// What the content offers. It proves nothing before the signature is verified.
    pub infos: SecurityInfos,
}

impl<'a> CardSecurity<'a> {
    /// id-SecurityObject: `bsi-de applications(3) eID(2) 1`.
    pub const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.2.1");

    /// Reads EF.CardSecurity.
    ///
    /// # Errors
    /// Where the elements are torn, or the content is not a set of security infos.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, LdsError> {
        Self::read(bytes).map_err(in_file(FileId::CardSecurity))
    }

    /// ```asn1
    /// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
    /// SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET, encapContentInfo SEQUENCE {
    ///   eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING }, … }
    /// ```
    fn read(bytes: &'a [u8]) -> Result<Self, TlvError> {
        let file = outermost(bytes, SEQUENCE)?;
        let mut content_info = file.children()?;
        content_info.object_identifier()?;
        let mut signed_data = content_info.expect(context(0, true))?.children()?.sequence()?;
        signed_data.small_integer()?;
        signed_data.expect(SET)?;
        let mut encapsulated = signed_data.sequence()?;
        let content_type = encapsulated.object_identifier()?;
        let wrapper = encapsulated.expect(context(0, true))?;
        let content = wrapper.children()?.octet_string()?;
        let set = Cursor::new(&content, Rules::Ber).expect(SET)?;
        Ok(Self { cms: file.raw, content_type, infos: SecurityInfos::read(&set)? })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::lds::build::{oid, tlv};
    use crate::tlv::{Tag, TlvErrorKind};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn file(content: &[u8]) -> Vec<u8> {
        let encapsulated = tlv(0x30, &[&oid("0.4.0.127.0.7.3.2.1"), &tlv(0xA0, &[&tlv(0x04, &[content])])]);
        let signed_data = tlv(0x30, &[&[2, 1, 3], &[0x31, 0], &encapsulated, &[0x31, 0]]);
        tlv(0x30, &[&oid("1.2.840.113549.1.7.2"), &tlv(0xA0, &[&signed_data])])
    }

    fn pace() -> Vec<u8> {
        tlv(0x31, &[&tlv(0x30, &[&oid("0.4.0.127.0.7.2.2.4.6.2"), &[2, 1, 2], &[2, 1, 13]])])
    }

    #[test]
    fn the_infos_in_the_content() {
        let bytes = file(&pace());
        let security = CardSecurity::parse(&bytes).unwrap();
        assert_eq!(security.cms, bytes);
        assert_eq!(security.content_type, CardSecurity::CONTENT_TYPE);
        assert_eq!(security.infos.pace().next().unwrap().parameter_id, Some(13));
    }

    #[test]
    fn what_is_no_card_security() {
        let error = CardSecurity::parse(&file(&[0x30, 0])).unwrap_err();
        let other = TlvErrorKind::Unexpected { expected: SET, found: Tag(0x30) };
        assert_eq!((error.file, error.reason), (FileId::CardSecurity, LdsErrorReason::Tlv(other)));
        let torn = CardSecurity::parse(&file(&pace())[..40]).unwrap_err();
        assert_eq!(torn.reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }

    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = file(&pace());
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = CardSecurity::parse(&bytes);
        }
    }
}
