//! Anchors: the keys that an operator decided to trust (ICAO 9303-12 §6.1.1). Held in memory; files are the host's business.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use der::asn1::ObjectIdentifier;

use super::certificate::{Certificate, Name};
use super::cms::SignerIdentifier;
use super::deviation_list::DeviationList;
use super::revocation::{self, VerifiedCrl};
use crate::crypto::{Digest, Provider};
use crate::sorting;

/// Where an anchor came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The operator confirmed this certificate by its fingerprint.
    Operator {
        /// Name of the file that it was read from, or another hint for people.
        source: String,
    },
    /// A master list brought it, whose signature was verified.
    MasterList {
        /// Name of the list's file.
        source: String,
        /// SHA-256 of the certificate that the list's signature hangs on.
        root: Digest,
    },
    /// A link certificate, signed by an anchor that was there before.
    Link {
        /// Name of its file.
        source: String,
        /// SHA-256 of the anchor that signed it.
        issuer: Digest,
    },
}

/// A CSCA certificate whose key is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The certificate.
    pub certificate: Certificate,
    /// SHA-256 of the certificate.
    pub sha256: Digest,
    /// Where it came from.
    pub provenance: Provenance,
    /// Whether it is a key for demonstrations, whose private half anyone can compute: it marks every report that rests on it.
    pub demonstration: bool,
}

/// How many certificates of one issuer and serial number, or of one key identifier, are looked at.
const MAX_SAME_SIGNERS: usize = 16;

/// Document signers that are known from elsewhere than their documents and are too many to be held: a folder with an index.
pub trait SignerDirectory: fmt::Debug + Send + Sync {
    /// The certificates that a signer identifier may mean, as far as they are quickly found. They are trusted no more for coming from
    /// here, and those that it does not mean are passed over.
    fn signers_named(&self, identifier: &SignerIdentifier) -> Vec<Certificate>;

    /// All of them, whatever it costs: asked for where none of those above signed, so that what an index leaves out decides nothing.
    fn all_signers_named(&self, identifier: &SignerIdentifier) -> Vec<Certificate> {
        self.signers_named(identifier)
    }
}

/// The folded form of a name, by which anchors are found.
pub(super) type NameKey = Vec<(ObjectIdentifier, String)>;

/// All anchors, found by key identifier, by name and by country. Issuers re-key under one name, so that each index has many.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    anchors: Vec<Arc<Anchor>>,
    by_fingerprint: BTreeMap<Vec<u8>, usize>,
    by_key_identifier: BTreeMap<Vec<u8>, Vec<usize>>,
    by_name: BTreeMap<NameKey, Vec<usize>>,
    by_country: BTreeMap<String, Vec<usize>>,
    /// Names that belong to one authority, each with the number of their group.
    authorities: BTreeMap<NameKey, usize>,
    revocation_lists: Vec<VerifiedCrl>,
    /// [`revocation::digest`] of certificates that are revoked, where there is no room for lists.
    revoked: BTreeSet<[u8; 16]>,
    /// By the group of the issuer's name.
    lists_of_authority: BTreeMap<usize, Vec<usize>>,
    deviation_lists: Vec<DeviationList>,
    signers: Vec<Certificate>,
    signers_by_serial: BTreeMap<(NameKey, Vec<u8>), Vec<usize>>,
    signers_by_key_identifier: BTreeMap<Vec<u8>, Vec<usize>>,
    signer_directory: Option<Arc<dyn SignerDirectory>>,
}

impl TrustStore {
    /// A store that trusts nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts a certificate's key. `false` where the same certificate is there already; it then stays as it is.
    pub fn add(
        &mut self,
        certificate: Certificate,
        provenance: Provenance,
        demonstration: bool,
        provider: &dyn Provider,
    ) -> bool {
        let sha256 = certificate.fingerprint(provider);
        if self.find(&sha256).is_some() {
            return false;
        }
        let index = self.anchors.len();
        self.by_fingerprint.insert(sha256.as_ref().to_vec(), index);
        if let Some(identifier) = &certificate.extensions.subject_key_identifier {
            self.by_key_identifier.entry(identifier.clone()).or_default().push(index);
        }
        self.by_name.entry(certificate.subject.folded().to_vec()).or_default().push(index);
        if let Some(country) = certificate.subject.country() {
            self.by_country.entry(country).or_default().push(index);
        }
        if !certificate.is_self_issued() && certificate.issuer.country() == certificate.subject.country() {
            // A link certificate under which an authority changed its name (ICAO 9303-12 §7.1.1.5).
            self.join(&certificate.issuer, &certificate.subject);
        }
        let namesake = self.with_key_of(&certificate).next().map(Arc::clone);
        if let Some(namesake) = namesake {
            // Whoever has the key is the authority, under whichever name.
            self.join(&namesake.certificate.subject, &certificate.subject);
        }
        self.anchors.push(Arc::new(Anchor { certificate, sha256, provenance, demonstration }));
        true
    }

    /// Holds a verified revocation list. Of several with one key the latest counts; `false` where a later one, or the same, is there.
    pub fn add_revocation_list(&mut self, crl: VerifiedCrl) -> bool {
        let alternatives = crl.list().issuer_alternatives().to_vec();
        let issuer = crl.list().issuer().clone();
        for name in core::iter::once(&crl.issuer().certificate.subject.clone()).chain(&alternatives) {
            // Nobody speaks for the authorities of another state.
            if name.country() == issuer.country() {
                self.join(&issuer, name);
            }
        }
        let group = self.authority(&issuer);
        let of_group = self.lists_of_authority.entry(group).or_default();
        for &index in of_group.iter() {
            if let Some(known) = self.revocation_lists.get_mut(index)
                && known.has_key_of(&crl)
            {
                let is_later = crl.supersedes(known);
                if is_later {
                    *known = crl;
                }
                return is_later;
            }
        }
        of_group.push(self.revocation_lists.len());
        self.revocation_lists.push(crl);
        true
    }

    /// Holds that certificates are revoked, by [`revocation::digest`]. It says nothing of others: they are as unknown as before.
    pub fn revoke(&mut self, digests: impl IntoIterator<Item = [u8; 16]>) {
        self.revoked.extend(digests);
    }

    /// Whether one of those is the certificate that an issuer gave this serial number.
    pub(super) fn is_revoked(&self, issuer: &Name, serial: &[u8], provider: &dyn Provider) -> bool {
        !self.revoked.is_empty() && self.revoked.contains(&revocation::digest(issuer, serial, provider))
    }

    /// The revocation lists that count.
    pub fn revocation_lists(&self) -> impl ExactSizeIterator<Item = &VerifiedCrl> {
        self.revocation_lists.iter()
    }

    /// The revocation lists of the authorities with these names.
    pub(super) fn revocation_lists_of(&self, names: [&Name; 2]) -> Vec<&VerifiedCrl> {
        let mut indices: Vec<usize> = names
            .into_iter()
            .filter_map(|name| self.authorities.get(name.folded()))
            .filter_map(|group| self.lists_of_authority.get(group))
            .flatten()
            .copied()
            .collect();
        sorting::sort(&mut indices);
        indices.dedup();
        indices.into_iter().filter_map(|index| self.revocation_lists.get(index)).collect()
    }

    /// Holds a verified deviation list. Several of one state all count.
    pub fn add_deviation_list(&mut self, list: DeviationList) {
        self.deviation_lists.push(list);
    }

    /// The deviation lists.
    pub fn deviation_lists(&self) -> impl ExactSizeIterator<Item = &DeviationList> {
        self.deviation_lists.iter()
    }

    /// Knows a document signer's certificate from elsewhere than its documents, such as a directory. It is trusted no more for that: it
    /// hangs on an anchor or it does not.
    pub fn add_signer(&mut self, certificate: Certificate) {
        let index = self.signers.len();
        let key = (certificate.issuer.folded().to_vec(), certificate.serial.clone());
        self.signers_by_serial.entry(key).or_default().push(index);
        if let Some(identifier) = &certificate.extensions.subject_key_identifier {
            self.signers_by_key_identifier.entry(identifier.clone()).or_default().push(index);
        }
        self.signers.push(certificate);
    }

    /// Looks document signers up here too, in the place of any other directory.
    pub fn look_up_signers_in(&mut self, directory: Arc<dyn SignerDirectory>) {
        self.signer_directory = Some(directory);
    }

    /// The known document signers that a signer identifier means: those that are held here and those that the directory quickly finds,
    /// then all that the directory has. Several may have one identifier, of which one signed.
    pub(crate) fn signers_named<'a>(&'a self, identifier: &'a SignerIdentifier) -> impl Iterator<Item = Certificate> + 'a {
        let indices = match identifier {
            SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
                self.signers_by_serial.get(&(issuer.folded().to_vec(), serial.clone()))
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => self.signers_by_key_identifier.get(identifier),
        };
        let held = indices.map(Vec::as_slice).unwrap_or_default().iter().filter_map(|&index| self.signers.get(index)).cloned();
        let meant = |found: Vec<Certificate>| {
            found.into_iter().filter(|certificate| identifier.means(certificate)).take(MAX_SAME_SIGNERS)
        };
        let quickly = self.signer_directory.iter().flat_map(move |directory| meant(directory.signers_named(identifier)));
        let wholly = self.signer_directory.iter().flat_map(move |directory| meant(directory.all_signers_named(identifier)));
        held.take(MAX_SAME_SIGNERS).chain(quickly).chain(wholly)
    }

    /// The names of the authority that has this one, if it is known to have others or lists.
    pub(super) fn names_of_authority(&self, name: &Name) -> impl Iterator<Item = &NameKey> {
        let group = self.authorities.get(name.folded());
        self.authorities.iter().filter(move |(_, other)| Some(*other) == group).map(|(name, _)| name)
    }

    /// The number of the group that a name belongs to, its own where it has none yet.
    fn authority(&mut self, name: &Name) -> usize {
        let fresh = self.authorities.len();
        *self.authorities.entry(name.folded().to_vec()).or_insert(fresh)
    }

    /// Says that two names are of one authority.
    fn join(&mut self, one: &Name, other: &Name) {
        let (kept, gone) = (self.authority(one), self.authority(other));
        if kept == gone {
            return;
        }
        for group in self.authorities.values_mut().filter(|group| **group == gone) {
            *group = kept;
        }
        if let Some(lists) = self.lists_of_authority.remove(&gone) {
            self.lists_of_authority.entry(kept).or_default().extend(lists);
        }
    }

    /// All anchors, in the order in which they were added.
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.anchors.iter().map(AsRef::as_ref)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The anchor with this SHA-256.
    pub fn find(&self, sha256: &Digest) -> Option<&Anchor> {
        self.by_fingerprint.get(sha256.as_ref()).and_then(|&index| self.anchors.get(index)).map(AsRef::as_ref)
    }

    pub(super) fn with_key_identifier(&self, identifier: &[u8]) -> impl Iterator<Item = &Arc<Anchor>> {
        self.at(self.by_key_identifier.get(identifier))
    }

    pub(super) fn with_name(&self, name: &Name) -> impl Iterator<Item = &Arc<Anchor>> {
        self.at(self.by_name.get(name.folded()))
    }

    /// The anchors of one state, or of one name where it names none, with the key of a certificate.
    pub(super) fn with_key_of(&self, certificate: &Certificate) -> impl Iterator<Item = &Arc<Anchor>> {
        let indices = match certificate.subject.country() {
            Some(country) => self.by_country.get(&country),
            None => self.by_name.get(certificate.subject.folded()),
        };
        self.at(indices).filter(|anchor| anchor.certificate.public_key_info == certificate.public_key_info)
    }

    pub(super) fn of_country(&self, country: &str) -> impl Iterator<Item = &Arc<Anchor>> {
        self.at(self.by_country.get(country))
    }

    fn at(&self, indices: Option<&Vec<usize>>) -> impl Iterator<Item = &Arc<Anchor>> {
        indices.map(Vec::as_slice).unwrap_or_default().iter().filter_map(|&index| self.anchors.get(index))
    }
}
