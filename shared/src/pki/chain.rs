//! The path from a signer to an anchor: exactly one certificate long (ICAO 9303-12 §2).
//!
//! Issuers re-key under one name, leave key identifiers out and get them wrong: 98 of 588 certificates of one public list. So the anchor
//! is the one whose key verifies the signature. A link certificate is never a step of a path: it is what makes a new key an anchor.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::algorithm::SignatureFindings;
use super::certificate::Certificate;
use super::trust_store::{Anchor, TrustStore};
use crate::crypto::{CryptoError, Provider};

/// How many signatures are checked for one certificate at most: bounds the work that a crafted name can cause.
const SIGNATURE_BUDGET: usize = 48;

/// What became of the search for an anchor.
#[derive(Clone, Debug)]
pub enum Chain {
    /// An anchor's key signed the certificate.
    Trusted(TrustedPath),
    /// The anchor that the certificate names by key identifier and country did not sign it.
    SignatureInvalid,
    /// No anchor signed it: its issuer is not known here.
    IssuerUnknown {
        /// Whether there are anchors of the issuer's name, none of which signed it: the issuer was re-keyed.
        name_known: bool,
    },
    /// The certificate's signature algorithm, or the named anchor's key, is not supported.
    Unsupported,
}

/// A way in which a path bends the standard while its signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainFinding {
    /// authorityKeyIdentifier is not the anchor's subjectKeyIdentifier.
    KeyIdentifierMismatch,
    /// The issuer's name is not the anchor's subject.
    NameMismatch,
    /// The anchor does not say that it is a certification authority.
    AnchorNotAuthority,
    /// The anchor's point lies on another curve than the one declared.
    CurveCorrected,
    /// An integer of the ECDSA signature has needless leading zeros.
    IntegerNotMinimal,
}

/// A certificate and the anchor that signed it. It cannot be made in any other way than [`find_anchor`].
#[derive(Clone, Debug)]
pub struct TrustedPath {
    anchor: Arc<Anchor>,
    findings: Vec<ChainFinding>,
}

impl TrustedPath {
    /// The anchor.
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// In which ways the path bends the standard.
    pub fn findings(&self) -> &[ChainFinding] {
        &self.findings
    }
}

/// Looks for the anchor that signed `certificate`: by key identifier, by the issuer's name, by its country.
pub fn find_anchor(certificate: &Certificate, store: &TrustStore, provider: &dyn Provider) -> Chain {
    if certificate.signature_scheme().is_err() {
        return Chain::Unsupported;
    }
    let country = certificate.issuer.country().unwrap_or_default();
    let identifier = certificate.extensions.authority_key_identifier.as_deref();
    let mut tried: Vec<&Arc<Anchor>> = Vec::new();
    let (mut named_key_failed, mut unsupported) = (false, false);
    let by_key = identifier.into_iter().flat_map(|identifier| store.with_key_identifier(identifier));
    let candidates = by_key.chain(store.with_name(&certificate.issuer)).chain(store.of_country(&country));
    for anchor in candidates {
        if tried.iter().any(|known| known.certificate.public_key_info == anchor.certificate.public_key_info) {
            continue;
        }
        if tried.len() >= SIGNATURE_BUDGET {
            break;
        }
        tried.push(anchor);
        let result = anchor.certificate.public_key().and_then(|key| certificate.verify_signed_by(&key, provider));
        let is_named = identifier.is_some()
            && anchor.certificate.extensions.subject_key_identifier.as_deref() == identifier
            && anchor.certificate.subject.country().unwrap_or_default() == country;
        match result {
            Ok(signature) => {
                let anchor = root_of_key(anchor, certificate, store);
                return Chain::Trusted(TrustedPath {
                    anchor: Arc::clone(anchor),
                    findings: findings(certificate, anchor, signature),
                });
            }
            Err(CryptoError::Unsupported(_)) => unsupported |= is_named,
            Err(_) => named_key_failed |= is_named,
        }
    }
    if named_key_failed {
        Chain::SignatureInvalid
    } else if unsupported {
        Chain::Unsupported
    } else {
        Chain::IssuerUnknown { name_known: store.with_name(&certificate.issuer).next().is_some() }
    }
}

/// Among the anchors that hold one key, the one whose name is the issuer's, and of those the self-issued one: a store holds link
/// certificates beside the roots.
fn root_of_key<'a>(found: &'a Arc<Anchor>, certificate: &Certificate, store: &'a TrustStore) -> &'a Arc<Anchor> {
    let same_key = |anchor: &&Arc<Anchor>| anchor.certificate.public_key_info == found.certificate.public_key_info;
    store
        .with_name(&certificate.issuer)
        .filter(same_key)
        .max_by_key(|anchor| anchor.certificate.is_self_issued() && anchor.certificate.extensions.authority_key_matches_own())
        .unwrap_or(found)
}

fn findings(certificate: &Certificate, anchor: &Anchor, signature: SignatureFindings) -> Vec<ChainFinding> {
    let named = certificate.extensions.authority_key_identifier.as_deref();
    let own = anchor.certificate.extensions.subject_key_identifier.as_deref();
    let bent = [
        (named.is_some_and(|named| own.is_some_and(|own| own != named)), ChainFinding::KeyIdentifierMismatch),
        (!anchor.certificate.subject.matches(&certificate.issuer), ChainFinding::NameMismatch),
        (!anchor.certificate.extensions.is_certificate_authority(), ChainFinding::AnchorNotAuthority),
        (signature.curve_corrected, ChainFinding::CurveCorrected),
        (signature.integer_not_minimal, ChainFinding::IntegerNotMinimal),
    ];
    bent.into_iter().filter(|(is_bent, _)| *is_bent).map(|(_, finding)| finding).collect()
}
