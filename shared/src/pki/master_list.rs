//! CSCA master lists (ICAO 9303-12 §9): certificates that one state vouches for.
//!
//! A list proves nothing by itself. It counts only under a signer whose own issuer was pinned beforehand; a certificate that only the
//! list brings is never its anchor.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::certificate::extensions::MASTER_LIST_SIGNER;
use super::certificate::{Certificate, CertificateError};
use super::signed_list;
use super::trust_store::TrustStore;
use crate::crypto::Provider;
use crate::time::Timestamp;
use crate::tlv::{Cursor, Rules};

pub use super::signed_list::{ListError, SignerRoot};

const ID_MASTER_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.2");

/// A master list whose signature was verified up to a pinned root. It cannot be made in any other way.
///
/// ```text
/// CscaMasterList ::= SEQUENCE { version INTEGER (0), certList SET OF Certificate }
/// ```
#[derive(Clone, Debug)]
pub struct CscaMasterList {
    certificates: Vec<Certificate>,
    unreadable: Vec<CertificateError>,
    signer: Certificate,
    root: Certificate,
    signing_time: Timestamp,
}

impl CscaMasterList {
    /// Reads a list and verifies it: its signature, the signer's role, validity at the time of signing, and the path to the root.
    ///
    /// # Errors
    /// The first rule that the list breaks.
    pub fn verify(bytes: &[u8], root: SignerRoot<'_>, store: &TrustStore, provider: &dyn Provider) -> Result<Self, ListError> {
        let message = signed_list::open(bytes, ID_MASTER_LIST, provider)?;
        let mut fields = Cursor::new(message.content(), Rules::Ber).sequence()?;
        fields.small_integer()?;
        let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
        for element in fields.set()? {
            match Certificate::from_der(element?.raw) {
                Ok(certificate) => certificates.push(certificate),
                Err(error) => unreadable.push(error),
            }
        }

        let (root, signing_time) = signed_list::judge_signer(&message, MASTER_LIST_SIGNER, &certificates, root, store, provider)?;
        Ok(Self { signer: message.signer().clone(), certificates, unreadable, root, signing_time })
    }

    /// The certificates that the list brings.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Takes the certificates out.
    pub fn into_certificates(self) -> Vec<Certificate> {
        self.certificates
    }

    /// Why members of the list could not be read.
    pub fn unreadable(&self) -> &[CertificateError] {
        &self.unreadable
    }

    /// The certificate that signed the list.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The pinned certificate that the signer hangs on.
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// When the list was signed.
    pub fn signing_time(&self) -> Timestamp {
        self.signing_time
    }
}
