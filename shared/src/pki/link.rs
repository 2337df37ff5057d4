//! CSCA link certificates (ICAO 9303-12 §4.1.4.3): how a re-keyed authority hands trust from its old key to its new one.
//!
//! A link certificate is no step of a path. Where the operator imports one, the old key's signature makes the new key an anchor of its
//! own; where the old one is revoked later, the new one falls with it (§4.1.5.1).

use alloc::string::String;
use alloc::sync::Arc;

use super::certificate::Certificate;
use super::chain::{Issuer, Signed};
use super::revocation::{self, RevocationStatus};
use super::trust_store::{Anchor, Provenance, TrustStore};
use crate::crypto::{CryptoError, Provider};

/// Why a certificate does not carry trust from an anchor to a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// It does not say that its key signs certificates.
    #[error("the certificate is not one of a certification authority")]
    NotAuthority,
    /// It has a critical extension that is not known here.
    #[error("the certificate has an unknown critical extension")]
    UnknownCritical,
    /// The algorithm inside the signed part is not the one beside the signature.
    #[error("the certificate names two different signature algorithms for itself")]
    AlgorithmMismatch,
    /// It is signed with the key that it certifies: a root, which nothing but its fingerprint confirms.
    #[error("the certificate is signed with its own key, it is a root and links nothing")]
    SelfSigned,
    /// Issuer and subject are of different states.
    #[error("issuer and subject of the certificate are of different states")]
    OtherState,
    /// Issuer and subject have different names, and nothing says that one authority changed its name: a subordinate authority's
    /// certificate looks so.
    #[error("issuer and subject of the certificate have different names, and it does not say that the name changed")]
    OtherName,
    /// The signature cannot be checked.
    #[error("the signature of the certificate: {0}")]
    Crypto(#[from] CryptoError),
    /// No anchor signed it.
    #[error("no anchor signed the certificate")]
    IssuerUnknown,
    /// The anchor that signed it has another name than its issuer.
    #[error("the anchor that signed the certificate has another name than its issuer")]
    IssuerMismatch,
    /// The anchor that signed it was not valid, or its key not in use, when the new key's time began.
    #[error("the anchor was not in force when it signed the certificate")]
    IssuerNotInForce,
    /// The anchor that signed it is revoked, or the certificate itself.
    #[error("the anchor that signed the certificate, or the certificate itself, is revoked")]
    Revoked,
}

/// A link certificate that an anchor signed. It cannot be made in any other way than [`VerifiedLink::verify`].
#[derive(Clone, Debug)]
pub struct VerifiedLink {
    certificate: Certificate,
    issuer: Arc<Anchor>,
}

impl VerifiedLink {
    /// Looks for the anchor that signed the certificate, and checks that it may hand its trust on.
    ///
    /// # Errors
    /// The first rule that the certificate breaks.
    pub fn verify(certificate: Certificate, store: &TrustStore, provider: &dyn Provider) -> Result<Self, LinkError> {
        let extensions = &certificate.extensions;
        if !extensions.is_certificate_authority() || extensions.key_usage.is_some_and(|usage| !usage.key_cert_sign()) {
            return Err(LinkError::NotAuthority);
        }
        if !extensions.unknown_critical.is_empty() {
            return Err(LinkError::UnknownCritical);
        }
        if !certificate.algorithms_agree() {
            return Err(LinkError::AlgorithmMismatch);
        }
        if certificate.issuer.country() != certificate.subject.country() {
            return Err(LinkError::OtherState);
        }
        let key = certificate.public_key()?;
        if certificate.verify_signed_by(&key, provider).is_ok() {
            return Err(LinkError::SelfSigned);
        }
        let signed = Signed {
            issuer: &certificate.issuer,
            key_identifier: extensions.authority_key_identifier.as_deref(),
            since: certificate.validity.not_before,
            scheme: certificate.signature_scheme()?,
            message: certificate.tbs(),
            signature: &certificate.signature,
        };
        let issuer = match signed.find_issuer(store, provider) {
            Issuer::Found(anchor, _) => Arc::clone(anchor),
            Issuer::SignatureInvalid => return Err(LinkError::Crypto(CryptoError::SignatureInvalid)),
            Issuer::Unsupported => return Err(LinkError::Crypto(CryptoError::Unsupported("the authority's key"))),
            Issuer::Unknown => return Err(LinkError::IssuerUnknown),
        };
        let issuing = &issuer.certificate;
        // The name is what keeps the authorities of one state apart.
        if !issuing.subject.matches(&certificate.issuer) {
            return Err(LinkError::IssuerMismatch);
        }
        // The path length of 0 that a root has leaves room for no authority below it (ICAO 9303-12 table 6 and §7.1.1.5).
        if !certificate.is_self_issued() && !extensions.name_change {
            return Err(LinkError::OtherName);
        }
        // A document signer that an operator added by mistake must not make authorities.
        if !issuing.extensions.is_certificate_authority() {
            return Err(LinkError::NotAuthority);
        }
        if !issuing.validity.contains(certificate.validity.not_before) {
            return Err(LinkError::IssuerNotInForce);
        }
        match revocation::status(&certificate, &issuer, store, certificate.validity.not_before) {
            RevocationStatus::Revoked(_) | RevocationStatus::AuthorityRevoked(_) => return Err(LinkError::Revoked),
            RevocationStatus::Unknown | RevocationStatus::NotRevoked | RevocationStatus::Stale { .. } => {}
        }
        Ok(Self { certificate, issuer })
    }

    /// The certificate of the new key.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The anchor that signed it.
    pub fn issuer(&self) -> &Anchor {
        &self.issuer
    }
}

impl TrustStore {
    /// Makes the new key of a link certificate an anchor, as dependable as the one that signed it. `false` where it is there already.
    pub fn add_link(&mut self, link: VerifiedLink, source: String, provider: &dyn Provider) -> bool {
        let provenance = Provenance::Link { source, issuer: link.issuer.sha256 };
        self.add(link.certificate, provenance, link.issuer.demonstration, provider)
    }
}
