//! The path from a signer to an anchor: exactly one certificate long (ICAO 9303-12 §2).
//!
//! Issuers re-key under one name, leave key identifiers out and get them wrong: 98 of 588 certificates of one public list. So the anchor
//! is the one whose key verifies the signature. A link certificate is never a step of a path: it is what makes a new key an anchor.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::algorithm::{SignatureFindings, verify_signature};
use super::certificate::{Certificate, Name};
use super::trust_store::{Anchor, TrustStore};
use crate::crypto::{CryptoError, Provider, PublicKey, SignatureScheme};
use crate::time::Timestamp;

/// How many signatures are checked for one certificate at most: bounds the work that a crafted name, or a store full of anchors of one
/// name, can cause. The longest series of keys under one name in public lists has eleven.
const SIGNATURE_BUDGET: usize = 24;

/// What these signatures may cost together, by [`effort`]: 24 checks of the slowest keys would keep a gate busy for half a second. The
/// first is always checked.
const EFFORT_BUDGET: usize = 16_000;

/// How many anchors are looked at for it, be it only to see that they hold a key that was tried, or of another kind.
const CANDIDATE_BUDGET: usize = 2048;

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
    /// The named anchor's key is not supported.
    Unsupported,
    /// The certificate's signature algorithm is none that ICAO 9303-12 §4.1.6 permits.
    NotPermitted,
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
    let Ok(scheme) = certificate.signature_scheme() else {
        return Chain::NotPermitted;
    };
    let signed = Signed {
        issuer: &certificate.issuer,
        key_identifier: certificate.extensions.authority_key_identifier.as_deref(),
        since: certificate.validity.not_before,
        scheme,
        message: certificate.tbs(),
        signature: &certificate.signature,
    };
    match signed.find_issuer(store, provider) {
        Issuer::Found(anchor, signature) => {
            let anchor = root_of_key(anchor, certificate, store);
            Chain::Trusted(TrustedPath { anchor: Arc::clone(anchor), findings: findings(certificate, anchor, signature) })
        }
        Issuer::SignatureInvalid => Chain::SignatureInvalid,
        Issuer::Unsupported => Chain::Unsupported,
        Issuer::Unknown => Chain::IssuerUnknown { name_known: store.with_name(&certificate.issuer).next().is_some() },
    }
}

/// Something that an authority signed: a certificate or a revocation list.
pub(super) struct Signed<'a> {
    pub(super) issuer: &'a Name,
    pub(super) key_identifier: Option<&'a [u8]>,
    /// When it was signed, as far as it says: anchors that held then are tried before the others of the name.
    pub(super) since: Timestamp,
    pub(super) scheme: SignatureScheme,
    pub(super) message: &'a [u8],
    pub(super) signature: &'a [u8],
}

/// What became of the search for who signed something.
pub(super) enum Issuer<'a> {
    /// This anchor's key did.
    Found(&'a Arc<Anchor>, SignatureFindings),
    /// The anchor that is named by key identifier and country did not.
    SignatureInvalid,
    /// The named anchor's key is not supported.
    Unsupported,
    /// No anchor did.
    Unknown,
}

impl Signed<'_> {
    /// The anchor whose key verifies the signature. A key is tried once, whichever certificates hold it, and no more than
    /// [`SIGNATURE_BUDGET`] of them: those that the key identifier names first, then those of the name that held when it was signed.
    pub(super) fn find_issuer<'s>(&self, store: &'s TrustStore, provider: &dyn Provider) -> Issuer<'s> {
        let country = self.issuer.country().unwrap_or_default();
        let held = |anchor: &&Arc<Anchor>| anchor.certificate.validity.contains(self.since);
        let by_key = self.key_identifier.into_iter().flat_map(|identifier| store.with_key_identifier(identifier));
        let candidates = by_key
            .chain(store.with_name(self.issuer).filter(held))
            .chain(store.with_name(self.issuer).filter(|anchor| !held(anchor)))
            .chain(store.of_country(&country));
        let mut tried: Vec<&Arc<Anchor>> = Vec::new();
        let (mut named_key_failed, mut unsupported, mut spent) = (false, false, 0_usize);
        for anchor in candidates.take(CANDIDATE_BUDGET) {
            if tried.iter().any(|known| known.certificate.public_key_info == anchor.certificate.public_key_info) {
                continue;
            }
            let is_named = self.key_identifier.is_some()
                && anchor.certificate.extensions.subject_key_identifier.as_deref() == self.key_identifier
                && anchor.certificate.subject.country().unwrap_or_default() == country;
            let key = anchor.certificate.public_key();
            // A key of another kind cannot have signed: saying so costs nothing.
            if !is_named && key.as_ref().is_ok_and(|key| !self.scheme.fits(key)) {
                continue;
            }
            spent = spent.saturating_add(key.as_ref().map_or(0, effort));
            if tried.len() >= SIGNATURE_BUDGET || (spent > EFFORT_BUDGET && !tried.is_empty()) {
                break;
            }
            tried.push(anchor);
            match key.and_then(|key| verify_signature(provider, &key, &self.scheme, self.message, self.signature)) {
                Ok(signature) => return Issuer::Found(anchor, signature),
                Err(CryptoError::Unsupported(_)) => unsupported |= is_named,
                Err(_) => named_key_failed |= is_named,
            }
        }
        if named_key_failed {
            Issuer::SignatureInvalid
        } else if unsupported {
            Issuer::Unsupported
        } else {
            Issuer::Unknown
        }
    }
}

/// What checking one signature with a key costs, in microseconds of a desk's processor, rounded up generously.
fn effort(key: &PublicKey) -> usize {
    match key {
        PublicKey::Ec(key) => match key.curve().bits() {
            ..=256 => 300,
            257..=384 => 1000,
            _ => 1400,
        },
        // Squarings and multiplications of the exponent's bits, each of the modulus's square.
        PublicKey::Rsa(key) => {
            let (words, exponent) = (key.bits().div_ceil(1024), key.exponent().len().saturating_mul(8));
            words.saturating_mul(words).saturating_mul(exponent).max(50)
        }
        key => key.bits().div_ceil(1024).saturating_mul(key.bits().div_ceil(1024)).saturating_mul(512),
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
