//! What verified revocation lists say of a document signer and its authority (ICAO 9303-12 §4.1.5, §6.1.2 and appendix D.1.2).
//!
//! A list is signed with the authority's newest key and covers what its earlier keys signed too, so that list and certificate may hang
//! on different anchors. Appendix D.1.2.3 b takes the country alone for "the same authority". Some states have two: Vietnam one for
//! identity cards and one for passports. Here it is the name, or names that the list or a link certificate says are of one authority.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::certificate::{Certificate, Name};
use super::chain::{Issuer, Signed};
use super::crl::{CertificateList, CrlError, Revocation, RevocationReason, minimal};
use super::trust_store::{Anchor, NameKey, Provenance, TrustStore};
use crate::crypto::{CryptoError, DigestAlgorithm, Provider, SignatureScheme};
use crate::time::Timestamp;

/// A revocation list that an anchor signed. It cannot be made in any other way than [`VerifiedCrl::verify`].
#[derive(Clone, Debug)]
pub struct VerifiedCrl {
    list: CertificateList,
    issuer: Arc<Anchor>,
    scheme: SignatureScheme,
}

impl VerifiedCrl {
    /// Looks for the anchor that signed the list, whichever of the authority's keys it is, and verifies it.
    ///
    /// # Errors
    /// Where no anchor signed it, or one that may not.
    pub fn verify(list: CertificateList, store: &TrustStore, provider: &dyn Provider) -> Result<Self, CrlError> {
        let scheme = list.signature_algorithm().signature_scheme(None)?;
        let signed = Signed {
            issuer: list.issuer(),
            key_identifier: list.authority_key_identifier(),
            since: list.this_update(),
            scheme,
            message: list.tbs(),
            signature: list.signature(),
        };
        let issuer = match signed.find_issuer(store, provider) {
            Issuer::Found(anchor, _) => Arc::clone(anchor),
            Issuer::SignatureInvalid => return Err(CrlError::Crypto(CryptoError::SignatureInvalid)),
            Issuer::Unsupported => return Err(CrlError::Crypto(CryptoError::Unsupported("the authority's key"))),
            Issuer::Unknown => return Err(CrlError::IssuerUnknown),
        };
        let extensions = &issuer.certificate.extensions;
        if extensions.key_usage.is_some_and(|usage| !usage.crl_sign()) {
            return Err(CrlError::IssuerUsage);
        }
        // Otherwise one state could revoke the signers of another.
        if list.issuer().country() != issuer.certificate.subject.country() {
            return Err(CrlError::IssuerMismatch);
        }
        Ok(Self { list, issuer, scheme })
    }

    /// The list.
    pub fn list(&self) -> &CertificateList {
        &self.list
    }

    /// The anchor that signed it.
    pub fn issuer(&self) -> &Anchor {
        &self.issuer
    }

    /// How the list is signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Whether the list is of a later state than another of the same key: later thisUpdate, or the same with a higher number.
    pub fn supersedes(&self, other: &Self) -> bool {
        let rank = |crl: &Self| {
            let number = crl.list.number().unwrap_or_default();
            (crl.list.this_update(), number.len(), number.to_vec())
        };
        rank(self) > rank(other)
    }

    /// Whether both lists are signed with one key.
    pub fn has_key_of(&self, other: &Self) -> bool {
        self.issuer.certificate.public_key_info == other.issuer.certificate.public_key_info
    }

    /// Whether it covers what the anchor's key signed: it is signed with that key, or with one that came later.
    fn covers(&self, anchor: &Anchor) -> bool {
        let (own, other) = (&self.issuer.certificate, &anchor.certificate);
        own.public_key_info == other.public_key_info || own.validity.not_before >= other.validity.not_before
    }
}

/// By what a gate knows a revoked certificate: the first 16 bytes of SHA-256 over its issuer's name, folded as for any comparison, and its
/// serial number without needless octets in front: list and certificate need not agree on them. A gate has no room for whole lists.
pub fn digest(issuer: &Name, serial: &[u8], provider: &dyn Provider) -> [u8; 16] {
    digest_of(issuer.folded(), serial, provider)
}

fn digest_of(issuer: &[(ObjectIdentifier, String)], serial: &[u8], provider: &dyn Provider) -> [u8; 16] {
    let mut hasher = provider.hasher(DigestAlgorithm::Sha256);
    let mut put = |part: &[u8]| {
        hasher.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hasher.update(part);
    };
    for (kind, value) in issuer {
        put(kind.as_bytes());
        put(value.as_bytes());
    }
    put(minimal(serial));
    let mut digest = [0; 16];
    digest.iter_mut().zip(hasher.finish().as_ref()).for_each(|(place, byte)| *place = *byte);
    digest
}

/// The [`digest`]s of all that the store's lists revoke for these anchors, as [`status`] finds it there: under each name of their
/// authorities, since a list has one of them and a certificate may have another; holds among them while the latest list has them. An
/// anchor whose authority is revoked stands there itself.
pub fn digests(anchors: &[Certificate], store: &TrustStore, provider: &dyn Provider) -> BTreeSet<[u8; 16]> {
    let mut digests = BTreeSet::new();
    let mut done = BTreeSet::new();
    for anchor in anchors {
        let lists = store.revocation_lists_of([&anchor.subject, &anchor.subject]);
        let known = store.find(&anchor.fingerprint(provider));
        if known.and_then(|anchor| of_authority(anchor, store, |holder| entry(&lists, &holder.serial))).is_some() {
            digests.insert(digest(&anchor.issuer, &anchor.serial, provider));
        }
        let names: Vec<&NameKey> = store.names_of_authority(&anchor.subject).collect();
        // An authority has many anchors, and its lists may be long.
        if !names.first().is_some_and(|first| done.insert(*first)) {
            continue;
        }
        let serials: BTreeSet<&[u8]> = lists.iter().flat_map(|crl| crl.list().entries()).map(|(serial, _)| serial).collect();
        for serial in serials.into_iter().filter(|serial| entry(&lists, serial).is_some()) {
            digests.extend(names.iter().map(|name| digest_of(name, serial, provider)));
        }
    }
    digests
}

/// What is known of a certificate's revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// No list of the authority is at hand.
    Unknown,
    /// A current list does not have it.
    NotRevoked,
    /// It is on no list, and none of them is the current one.
    Stale {
        /// By when the latest should have been followed by another.
        next_update: Timestamp,
    },
    /// The certificate itself is revoked.
    Revoked(Revocation),
    /// Its authority's certificate is revoked, and so is everything that it signed (ICAO 9303-12 §4.1.5.1).
    AuthorityRevoked(Revocation),
}

/// What the store's lists say of a certificate that an anchor signed, at a moment.
///
/// Any list that has it revokes it, stale or not: what was revoked once stays so. Only a hold can be lifted, by a later list.
pub fn status(certificate: &Certificate, anchor: &Anchor, store: &TrustStore, moment: Timestamp) -> RevocationStatus {
    let names = [&certificate.issuer, &anchor.certificate.subject];
    let lists: Vec<&VerifiedCrl> = store.revocation_lists_of(names);
    if let Some(revocation) = of_authority(anchor, store, |holder| entry(&lists, &holder.serial)) {
        return RevocationStatus::AuthorityRevoked(revocation);
    }
    if let Some(revocation) = entry(&lists, &certificate.serial) {
        return RevocationStatus::Revoked(revocation);
    }
    let covering = || lists.iter().filter(|crl| crl.covers(anchor)).map(|crl| crl.list());
    if covering().any(|list| list.is_current(moment)) {
        return RevocationStatus::NotRevoked;
    }
    let latest = covering().map(CertificateList::next_update).max();
    match latest.or_else(|| lists.iter().map(|crl| crl.list().next_update()).max()) {
        Some(next_update) => RevocationStatus::Stale { next_update },
        None => RevocationStatus::Unknown,
    }
}

/// The lists that are current at a moment and cover what the anchor's key signed: on them it rests that a certificate is not revoked.
pub fn current_lists<'a>(
    certificate: &Certificate,
    anchor: &'a Anchor,
    store: &'a TrustStore,
    moment: Timestamp,
) -> impl Iterator<Item = &'a VerifiedCrl> {
    let lists = store.revocation_lists_of([&certificate.issuer, &anchor.certificate.subject]);
    lists.into_iter().filter(move |crl| crl.covers(anchor) && crl.list().is_current(moment))
}

/// Whether a certificate that an anchor signed is revoked by [`digest`], where there is no room for lists: under the name that it calls its
/// issuer by or the anchor's own, as [`status`] looks for lists.
pub fn is_revoked(certificate: &Certificate, anchor: &Anchor, store: &TrustStore, provider: &dyn Provider) -> bool {
    let names = [&certificate.issuer, &anchor.certificate.subject];
    names.into_iter().any(|issuer| store.is_revoked(issuer, &certificate.serial, provider))
}

/// Whether the authority behind an anchor is revoked by [`digest`], where there is no room for lists: as [`status`] finds it in lists.
pub fn is_authority_revoked(anchor: &Anchor, store: &TrustStore, provider: &dyn Provider) -> bool {
    let is_revoked = |holder: &Certificate| {
        // Nobody speaks for the authorities of another state, be it one that certified their key.
        holder.issuer.country() == holder.subject.country() && store.is_revoked(&holder.issuer, &holder.serial, provider)
    };
    of_authority(anchor, store, |holder| is_revoked(holder).then_some(())).is_some()
}

/// How many link certificates one after the other are followed back.
const LONGEST_SERIES: usize = 32;

/// What is found of a certificate of the anchor's key: the root, or a link to it; or of one of the anchor that the link hangs on: with the
/// old key falls the new one that it made trusted (ICAO 9303-12 §4.1.5.1).
fn of_authority<T>(anchor: &Anchor, store: &TrustStore, find: impl Fn(&Certificate) -> Option<T>) -> Option<T> {
    let mut current = Some(anchor);
    for _ in 0..LONGEST_SERIES {
        let holder = current?;
        let own = core::iter::once(holder);
        let same_key = store.with_key_of(&holder.certificate).map(AsRef::as_ref);
        if let Some(found) = own.chain(same_key).find_map(|holder| find(&holder.certificate)) {
            return Some(found);
        }
        current = match &holder.provenance {
            Provenance::Link { issuer, .. } => store.find(issuer),
            Provenance::Operator { .. } | Provenance::MasterList { .. } => None,
        };
    }
    None
}

/// The entry that a serial number has on any of the lists; a hold only where the latest list has it.
fn entry(lists: &[&VerifiedCrl], serial: &[u8]) -> Option<Revocation> {
    let latest = lists.iter().map(|crl| crl.list().this_update()).max();
    let counted = lists.iter().filter_map(|crl| {
        let revocation = crl.list().find(serial)?;
        (revocation.reason != RevocationReason::Hold || Some(crl.list().this_update()) == latest).then_some(revocation)
    });
    counted.min_by_key(|revocation| (revocation.reason == RevocationReason::Hold, revocation.since))
}
