//! Document signers that a directory knows.

use std::sync::Arc;

use card_fixtures::authority::{Authority, CertificateOptions, SignatureOptions, SodOptions};
use card_fixtures::hash::Hash;
use soat::inspection::{CheckKind, Overall};
use soat::pki::Certificate;
use soat::pki::cms::SignerIdentifier;
use soat::pki::trust_store::SignerDirectory;

use super::{judge, operational, signer};
use crate::issued::{Issued, ended, failed, undetermined};

/// A directory whose index shows the one and hides the other.
#[derive(Debug)]
struct Hiding {
    shown: Vec<Certificate>,
    hidden: Vec<Certificate>,
}

impl SignerDirectory for Hiding {
    fn signers_named(&self, _: &SignerIdentifier) -> Vec<Certificate> {
        self.shown.clone()
    }

    fn all_signers_named(&self, _: &SignerIdentifier) -> Vec<Certificate> {
        [self.shown.clone(), self.hidden.clone()].concat()
    }
}

/// Found: of two document signers of one issuer and serial number the first decided, and a lying index said which is the first. It failed
/// a genuine card.
#[test]
fn attempt_two_signers_of_one_identifier() {
    let unlisted = SodOptions {
        signature: SignatureOptions { include_certificates: false, ..SignatureOptions::default() },
        ..SodOptions::default()
    };
    let issued = Issued::vietnam().signed(&unlisted);
    let own = Certificate::from_der(&issued.authority.document_signer_certificate().der).unwrap();
    let namesake = Authority { document_signer: signer("secp256r1", Hash::Sha256, "namesake"), ..issued.authority.clone() };
    let certificate =
        CertificateOptions { serial: issued.authority.document_signer_options().serial, ..namesake.document_signer_options() };
    let other = Certificate::from_der(&namesake.document_signer_certificate_with(&certificate).der).unwrap();
    let with = |shown: &[&Certificate], hidden: &[&Certificate]| {
        let mut store = issued.trust();
        let owned = |found: &[&Certificate]| found.iter().map(|found| (*found).clone()).collect();
        store.look_up_signers_in(Arc::new(Hiding { shown: owned(shown), hidden: owned(hidden) }));
        judge(&issued, &store, &operational())
    };
    for (shown, hidden) in
        [(vec![&own, &other], vec![]), (vec![&other, &own], vec![]), (vec![&other], vec![&own]), (vec![], vec![&other, &own])]
    {
        assert_eq!(with(&shown, &hidden).overall, Overall::Successful);
    }
    let report = with(&[&other], &[]);
    assert_eq!((ended(&report, CheckKind::SodSignature), report.overall), (failed("sod.signature_invalid"), Overall::Failed));
    assert_eq!(ended(&with(&[], &[]), CheckKind::SodSignature), undetermined("sod.signer_certificate_missing"));
    let mut held = issued.trust();
    held.add_signer(other);
    held.add_signer(own);
    assert_eq!(judge(&issued, &held, &operational()).overall, Overall::Successful);
}
