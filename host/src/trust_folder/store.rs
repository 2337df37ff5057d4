//! The store for judging, out of the folder: anchors with what they signed, and whom the operator believes.

use std::sync::Arc;

use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CertificateList, DeviationList, TrustStore, VerifiedCrl};

use super::signers::KnownSigners;
use super::{Kind, Pinned, TrustFolder, fixture_authority};
use crate::error::{Error, Result};

impl TrustFolder {
    /// The anchors for judging with the lists that they signed, and whether one of them is the fixture authority's, which marks every report.
    ///
    /// # Errors
    /// As [`Self::anchors`], and that an anchor is not a certificate.
    pub fn store(&self) -> Result<(TrustStore, bool)> {
        let mut store = TrustStore::new();
        let mut demonstration = false;
        for anchor in self.anchors()? {
            let certificate = Certificate::from_der(&anchor.der).map_err(|cause| {
                let path = self.file(Pinned::Anchor, anchor.fingerprint, "der").display().to_string();
                let error = Error::usage("trust-anchor-invalid").with("path", path).with("cause", cause.to_string());
                error.with("fingerprint", anchor.fingerprint.hex())
            })?;
            // The mark follows from the certificate itself: the file beside it could be edited.
            let is_demonstration = anchor.provenance.demonstration || fixture_authority::is_named_by(&certificate);
            demonstration |= is_demonstration;
            store.add(certificate, anchor.provenance.for_store(), is_demonstration, &RustCrypto);
        }
        // A list whose anchor is gone counts for nothing; `soat trust check` names it.
        for object in self.published(Kind::RevocationList)? {
            let verified =
                CertificateList::from_der(&object.bytes).and_then(|list| VerifiedCrl::verify(list, &store, &RustCrypto));
            if let Ok(crl) = verified {
                store.add_revocation_list(crl);
            }
        }
        for object in self.published(Kind::DeviationList)? {
            if let Ok(list) = DeviationList::verify(&object.bytes, SignerRoot::Store, &store, &RustCrypto) {
                store.add_deviation_list(list);
            }
        }
        store.look_up_signers_in(Arc::new(KnownSigners::open(self)?));
        Ok((store, demonstration))
    }
}
