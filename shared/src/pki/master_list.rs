//! CSCA master lists (ICAO 9303-12 §9): certificates that one state vouches for.
//!
//! A list proves nothing by itself. It counts only under a signer whose own issuer was pinned beforehand; a certificate that only the
//! list brings is never its anchor.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::certificate::extensions::MASTER_LIST_SIGNER;
use super::certificate::{Certificate, CertificateError};
use super::chain::{self, Chain};
use super::cms::{CmsError, SignedData, VerifiedMessage};
use super::trust_store::TrustStore;
use crate::crypto::{Digest, Provider};
use crate::time::Timestamp;
use crate::tlv::{Cursor, Rules, TlvError};

const ID_MASTER_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.2");

/// What a list's signature must hang on.
#[derive(Clone, Copy, Debug)]
pub enum SignerRoot<'a> {
    /// This certificate: the issuer of the list's signer, or the signer itself.
    Certificate(&'a Certificate),
    /// The certificate with this SHA-256, wherever it is found: in the message, in the list or in the store.
    Fingerprint(Digest),
    /// An anchor of the store.
    Store,
}

/// Why a master list is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MasterListError {
    /// The message is broken or its signature does not hold.
    #[error("the master list: {0}")]
    Message(#[from] CmsError),
    /// The message holds something else than a master list.
    #[error("the message holds {0}, not a master list")]
    ContentType(ObjectIdentifier),
    /// The list's own structure is broken.
    #[error("the master list is not readable: {0}")]
    Structure(#[from] TlvError),
    /// The signer's certificate is not meant for master lists (ICAO 9303-12 §7.1.1.3).
    #[error("the signer's certificate is not one for master lists")]
    SignerUsage,
    /// The signer's certificate has critical extensions that are not known here.
    #[error("the signer's certificate has an unknown critical extension")]
    SignerExtension,
    /// The signer does not say when it signed, so that its validity cannot be judged.
    #[error("the master list does not say when it was signed")]
    SigningTimeMissing,
    /// The signer, or what it hangs on, was not valid when the list was signed.
    #[error("the certificate {not_before} to {not_after} was not valid when the list was signed, {signed}")]
    NotValidAtSigning {
        /// When the list was signed.
        signed: Timestamp,
        /// The certificate's first moment.
        not_before: Timestamp,
        /// The certificate's last moment.
        not_after: Timestamp,
    },
    /// The pinned certificate did not issue the signer, or is not there.
    #[error("the signer of the master list does not hang on the given root")]
    SignerUntrusted,
}

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
    pub fn verify(
        bytes: &[u8],
        root: SignerRoot<'_>,
        store: &TrustStore,
        provider: &dyn Provider,
    ) -> Result<Self, MasterListError> {
        let message = SignedData::from_ber(bytes)?.verify(provider)?;
        if message.content_type() != ID_MASTER_LIST {
            return Err(MasterListError::ContentType(message.content_type()));
        }
        let mut fields = Cursor::new(message.content(), Rules::Ber).sequence()?;
        fields.small_integer()?;
        let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
        for element in fields.set()? {
            match Certificate::from_der(element?.raw) {
                Ok(certificate) => certificates.push(certificate),
                Err(error) => unreadable.push(error),
            }
        }

        let signer = message.signer();
        let usage = signer.extensions.extended_key_usage.as_deref().unwrap_or_default();
        if !usage.contains(&MASTER_LIST_SIGNER) {
            return Err(MasterListError::SignerUsage);
        }
        if !signer.extensions.unknown_critical.is_empty() {
            return Err(MasterListError::SignerExtension);
        }
        let signed = message.signing_time().ok_or(MasterListError::SigningTimeMissing)?;
        let root = find_root(&message, &certificates, root, store, provider).ok_or(MasterListError::SignerUntrusted)?;
        for certificate in [signer, &root] {
            let validity = certificate.validity;
            if !validity.contains(signed) {
                let (not_before, not_after) = (validity.not_before, validity.not_after);
                return Err(MasterListError::NotValidAtSigning { signed, not_before, not_after });
            }
        }
        Ok(Self { signer: signer.clone(), certificates, unreadable, root, signing_time: signed })
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

/// The certificate that `root` means, if it issued the signer or is the signer.
fn find_root(
    message: &VerifiedMessage,
    listed: &[Certificate],
    root: SignerRoot<'_>,
    store: &TrustStore,
    provider: &dyn Provider,
) -> Option<Certificate> {
    let signer = message.signer();
    let pinned = match root {
        SignerRoot::Certificate(certificate) => certificate,
        SignerRoot::Fingerprint(sha256) => message
            .certificates()
            .iter()
            .chain(store.anchors().map(|anchor| &anchor.certificate))
            .chain(listed)
            .find(|certificate| certificate.fingerprint(provider) == sha256)?,
        SignerRoot::Store => match chain::find_anchor(signer, store, provider) {
            Chain::Trusted(path) => return Some(path.anchor().certificate.clone()),
            _ => return None,
        },
    };
    let is_signer = pinned.as_der() == signer.as_der();
    let issued = || pinned.public_key().is_ok_and(|key| signer.verify_signed_by(&key, provider).is_ok());
    (is_signer || issued()).then(|| pinned.clone())
}
