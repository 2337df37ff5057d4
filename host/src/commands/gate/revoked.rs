//! Certificates of the store's revocation lists, as a gate knows them.

use std::collections::BTreeSet;

use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::pack::{MAX_REVOKED, REVOKED};
use soat::pki::certificate::Name;
use soat::pki::revocation::digest;
use soat::pki::{Certificate, TrustStore};

use crate::error::{Error, Result};

/// Digests of all certificates that a list of the chosen anchors' authorities has, sorted. A hold counts as revoked: a gate does not learn
/// that it was lifted before its next pack.
///
/// # Errors
/// That there are more than a pack has room for.
pub fn digests(store: &TrustStore, anchors: &[Certificate]) -> Result<Vec<[u8; REVOKED]>> {
    let is_chosen = |name: &Name| anchors.iter().any(|anchor| anchor.subject.matches(name));
    let mut digests = BTreeSet::new();
    for crl in store.revocation_lists() {
        let list = crl.list();
        let signed_by = &crl.issuer().certificate.subject;
        let names: Vec<_> = [list.issuer(), signed_by].into_iter().chain(list.issuer_alternatives()).collect();
        if !names.iter().any(|name| is_chosen(name)) {
            continue;
        }
        for (serial, _) in list.entries() {
            // Under each name by which a certificate may call its issuer.
            digests.extend(names.iter().map(|name| digest(name, serial, &RustCrypto)));
        }
    }
    if digests.len() > MAX_REVOKED {
        let error = Error::usage("gate-pack-too-many").with("what", "revoked");
        return Err(error.with("count", digests.len()).with("most", MAX_REVOKED));
    }
    Ok(digests.into_iter().collect())
}
