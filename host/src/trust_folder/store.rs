//! The store for judging, out of the folder: anchors with what they signed, and whom the operator believes.

use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CertificateList, DeviationList, TrustStore, VerifiedCrl};

use super::signers::KnownSigners;
use super::{Anchor, Kind, Pinned, TrustFolder, fixture_authority};
use crate::error::{Error, Result};

impl TrustFolder {
    /// The anchors for judging with the lists that they signed, and whether one of them is the fixture authority's, which marks every report.
    ///
    /// # Errors
    /// As [`Self::anchors`], and that an anchor is not a certificate.
    pub fn store(&self) -> Result<(TrustStore, bool)> {
        let mut store = TrustStore::new();
        let mut demonstration = false;
        // A folder has thousands of files, and a list a hundred thousand entries: read at once, as far as there are cores.
        let (anchors, lists, signers) = thread::scope(|scope| {
            let lists = scope.spawn(|| self.readable_revocation_lists());
            let signers = scope.spawn(|| KnownSigners::open(self));
            let anchors = self.anchor_certificates();
            (anchors, joined(lists), joined(signers))
        });
        for (anchor, certificate) in anchors? {
            // The mark follows from the certificate itself: the file beside it could be edited.
            let is_demonstration = anchor.provenance.demonstration || fixture_authority::is_named_by(&certificate);
            demonstration |= is_demonstration;
            store.add(certificate, anchor.provenance.for_store(), is_demonstration, &RustCrypto);
        }
        // A list whose anchor is gone counts for nothing; `soat trust check` names it.
        for list in lists? {
            if let Ok(crl) = VerifiedCrl::verify(list, &store, &RustCrypto) {
                store.add_revocation_list(crl);
            }
        }
        for object in self.published(Kind::DeviationList)? {
            if let Ok(list) = DeviationList::verify(&object.bytes, SignerRoot::Store, &store, &RustCrypto) {
                store.add_deviation_list(list);
            }
        }
        store.look_up_signers_in(Arc::new(signers?));
        Ok((store, demonstration))
    }

    fn anchor_certificates(&self) -> Result<Vec<(Anchor, Certificate)>> {
        let parsed = self.anchors()?.into_iter().map(|anchor| {
            let certificate = Certificate::from_der(&anchor.der).map_err(|cause| {
                let path = self.file(Pinned::Anchor, anchor.fingerprint, "der").display().to_string();
                let error = Error::usage("trust-anchor-invalid").with("path", path).with("cause", cause.to_string());
                error.with("fingerprint", anchor.fingerprint.hex())
            })?;
            Ok((anchor, certificate))
        });
        parsed.collect()
    }

    fn readable_revocation_lists(&self) -> Result<Vec<CertificateList>> {
        let objects = self.published(Kind::RevocationList)?;
        Ok(objects.iter().filter_map(|object| CertificateList::from_der(&object.bytes).ok()).collect())
    }
}

/// What a thread gives back; its panic is this one's.
fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
