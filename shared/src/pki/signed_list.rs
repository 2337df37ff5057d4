//! What master lists and deviation lists have in common: a message whose signer hangs on a root that was pinned beforehand
//! (ICAO 9303-12 §9.1, §10.1).

use der::asn1::ObjectIdentifier;

use super::certificate::Certificate;
use super::chain::{self, Chain};
use super::cms::{CmsError, SignedData, VerifiedMessage};
use super::revocation::{self, RevocationStatus};
use super::trust_store::TrustStore;
use crate::crypto::{Digest, Provider};
use crate::time::Timestamp;
use crate::tlv::TlvError;

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

/// Why a list is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// The message is broken or its signature does not hold.
    #[error("the list: {0}")]
    Message(#[from] CmsError),
    /// The message holds something else than the list that was looked for.
    #[error("the message holds {0}, not the list that was looked for")]
    ContentType(ObjectIdentifier),
    /// The list's own structure is broken.
    #[error("the list is not readable: {0}")]
    Structure(#[from] TlvError),
    /// Longer than any list that is issued.
    #[error("the list is too long")]
    TooLong,
    /// The signer's certificate is not meant for such lists (ICAO 9303-12 §7.1.1.3).
    #[error("the signer's certificate is not one for such lists")]
    SignerUsage,
    /// The signer's certificate has critical extensions that are not known here.
    #[error("the signer's certificate has an unknown critical extension")]
    SignerExtension,
    /// The signer does not say when it signed, so that its validity cannot be judged.
    #[error("the list does not say when it was signed")]
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
    #[error("the signer of the list does not hang on the given root")]
    SignerUntrusted,
    /// The signer, or what it hangs on, is on a revocation list of the store.
    #[error("the signer of the list is revoked")]
    SignerRevoked,
}

/// A signed message of a content type.
pub(super) fn open(bytes: &[u8], content_type: ObjectIdentifier, provider: &dyn Provider) -> Result<VerifiedMessage, ListError> {
    let message = SignedData::from_ber(bytes)?.verify(provider)?;
    if message.content_type() == content_type { Ok(message) } else { Err(ListError::ContentType(message.content_type())) }
}

/// Judges the signer of a message: its role, its path to the root, its validity at the time of signing, its revocation. Returns the root
/// and that time.
pub(super) fn judge_signer(
    message: &VerifiedMessage,
    usage: ObjectIdentifier,
    listed: &[Certificate],
    root: SignerRoot<'_>,
    store: &TrustStore,
    provider: &dyn Provider,
) -> Result<(Certificate, Timestamp), ListError> {
    let signer = message.signer();
    let usages = signer.extensions.extended_key_usage.as_deref().unwrap_or_default();
    if !usages.contains(&usage) {
        return Err(ListError::SignerUsage);
    }
    if !signer.extensions.unknown_critical.is_empty() {
        return Err(ListError::SignerExtension);
    }
    let signed = message.signing_time().ok_or(ListError::SigningTimeMissing)?;
    let root = find_root(message, listed, root, store, provider).ok_or(ListError::SignerUntrusted)?;
    for certificate in [signer, &root] {
        let validity = certificate.validity;
        if !validity.contains(signed) {
            let (not_before, not_after) = (validity.not_before, validity.not_after);
            return Err(ListError::NotValidAtSigning { signed, not_before, not_after });
        }
    }
    if let Some(anchor) = store.find(&root.fingerprint(provider))
        && let RevocationStatus::Revoked(_) | RevocationStatus::AuthorityRevoked(_) =
            revocation::status(signer, anchor, store, signed)
    {
        return Err(ListError::SignerRevoked);
    }
    Ok((root, signed))
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
