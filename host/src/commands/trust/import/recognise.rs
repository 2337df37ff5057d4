//! What a file is, by its content: its name says nothing.

use soat::pki::{SignedData, ldif};
use soat::tlv::asn1::{GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME};
use soat::tlv::{Cursor, Rules};

/// eContentType, ICAO 9303-12 §9.1 and §10.1.
const MASTER_LIST: &str = "2.23.136.1.1.2";
const DEVIATION_LIST: &str = "2.23.136.1.1.7";

/// What can be imported, in DER or BER.
pub enum Content {
    /// A CSCA master list.
    MasterList(Vec<u8>),
    /// An ICAO deviation list.
    DeviationList(Vec<u8>),
    /// A revocation list.
    RevocationList(Vec<u8>),
    /// A certificate.
    Certificate(Vec<u8>),
    /// LDIF of a directory.
    Directory,
}

/// Recognises a file; of PEM the first block.
pub fn content(bytes: &[u8]) -> Option<Content> {
    if ldif::looks_like(bytes) {
        return Some(Content::Directory);
    }
    if bytes.first() == Some(&0x30) {
        return of_der(bytes.to_vec());
    }
    let block = x509_parser::pem::Pem::iter_from_buffer(bytes).next()?.ok()?;
    of_der(block.contents)
}

fn of_der(bytes: Vec<u8>) -> Option<Content> {
    if let Ok(message) = SignedData::from_ber(&bytes) {
        return match message.content_type().to_string().as_str() {
            MASTER_LIST => Some(Content::MasterList(bytes)),
            DEVIATION_LIST => Some(Content::DeviationList(bytes)),
            _ => None,
        };
    }
    if is_revocation_list(&bytes) { Some(Content::RevocationList(bytes)) } else { Some(Content::Certificate(bytes)) }
}

/// Whether a time stands third in the signed part, where a certificate has its validity (RFC 5280 §5.1).
fn is_revocation_list(bytes: &[u8]) -> bool {
    let time = || {
        let mut fields = Cursor::new(bytes, Rules::Der).sequence().ok()?.sequence().ok()?;
        fields.optional(INTEGER).ok()?;
        fields.expect(SEQUENCE).ok()?;
        fields.expect(SEQUENCE).ok()?;
        fields.peek()
    };
    matches!(time(), Some(UTC_TIME | GENERALIZED_TIME))
}
