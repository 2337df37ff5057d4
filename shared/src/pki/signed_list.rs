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
    /// The anchor of the store with this SHA-256. What only the message or the list brings is never its own root.
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
    /// No anchor of the store has the given fingerprint.
    #[error("the store has no anchor with the given fingerprint")]
    RootUnknown,
    /// The pinned certificate did not issue the signer.
    #[error("the signer of the list does not hang on the given root")]
    SignerUntrusted,
    /// The signer, or what it hangs on, is on a revocation list of the store.
    #[error("the signer of the list is revoked")]
    SignerRevoked,
}

/// Who signed a list, and when.
#[derive(Clone, Debug)]
pub struct ListSignature {
    /// The certificate that signed the list.
    pub signer: Certificate,
    /// The pinned certificate that the signer hangs on.
    pub root: Certificate,
    /// When the list was signed.
    pub time: Timestamp,
}

/// A signed message of a content type.
pub(super) fn open(bytes: &[u8], content_type: ObjectIdentifier, provider: &dyn Provider) -> Result<VerifiedMessage, ListError> {
    Ok(SignedData::from_ber(bytes)?.verify(provider)?.holding(content_type)?)
}

/// Judges the signer of a message: its role, its path to the root, its validity at the time of signing, its revocation.
pub(super) fn judge_signer(
    message: &VerifiedMessage,
    usage: ObjectIdentifier,
    root: SignerRoot<'_>,
    store: &TrustStore,
    provider: &dyn Provider,
) -> Result<ListSignature, ListError> {
    let signer = message.signer();
    let usages = signer.extensions.extended_key_usage.as_deref().unwrap_or_default();
    if !usages.contains(&usage) || signer.extensions.key_usage.is_some_and(|usage| !usage.digital_signature()) {
        return Err(ListError::SignerUsage);
    }
    if !signer.extensions.unknown_critical.is_empty() {
        return Err(ListError::SignerExtension);
    }
    let signed = message.signing_time().ok_or(ListError::SigningTimeMissing)?;
    let root = find_root(signer, root, store, provider)?;
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
    Ok(ListSignature { signer: signer.clone(), root, time: signed })
}

/// The certificate that `root` means, if it issued the signer or is the signer.
fn find_root(
    signer: &Certificate,
    root: SignerRoot<'_>,
    store: &TrustStore,
    provider: &dyn Provider,
) -> Result<Certificate, ListError> {
    let pinned = match root {
        SignerRoot::Certificate(certificate) => certificate,
        SignerRoot::Fingerprint(sha256) => &store.find(&sha256).ok_or(ListError::RootUnknown)?.certificate,
        SignerRoot::Store => match chain::find_anchor(signer, store, provider) {
            Chain::Trusted(path) if !path.anchor().certificate.extensions.denies_authority() => {
                return Ok(path.anchor().certificate.clone());
            }
            _ => return Err(ListError::SignerUntrusted),
        },
    };
    let is_signer = pinned.as_der() == signer.as_der();
    let issued = || {
        !pinned.extensions.denies_authority()
            && pinned.public_key().is_ok_and(|key| signer.verify_signed_by(&key, provider).is_ok())
    };
    if is_signer || issued() { Ok(pinned.clone()) } else { Err(ListError::SignerUntrusted) }
}
