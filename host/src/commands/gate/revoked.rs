//! Certificates of the store's revocation lists, as a gate knows them.

use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::pack::{MAX_REVOKED, REVOKED};
use soat::pki::{Certificate, TrustStore, revocation};

use crate::error::{Error, Result};

/// Digests of all that the store's lists revoke for the chosen anchors, sorted. A hold is among them: a gate does not learn that it was
/// lifted before its next pack.
///
/// # Errors
/// That there are more than a pack has room for.
pub fn digests(store: &TrustStore, anchors: &[Certificate]) -> Result<Vec<[u8; REVOKED]>> {
    let digests = revocation::digests(anchors, store, &RustCrypto);
    if digests.len() > MAX_REVOKED {
        let error = Error::usage("gate-pack-too-many").with("what", "revoked");
        return Err(error.with("count", digests.len()).with("most", MAX_REVOKED));
    }
    Ok(digests.into_iter().collect())
}
