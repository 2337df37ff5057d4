//! Revocation of who signed EF.CardSecurity, apart from who signed EF.SOD.

use card_fixtures::authority::{CertificateOptions, CrlOptions, SodOptions};
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Overall, Profile, Report, inspect};
use soat::pki::{CertificateList, VerifiedCrl};

use crate::issued::{GOOD, Issued, NOW, ended, failed};

/// A card with chip authentication mapping; its EF.SOD is signed under a certificate of its own.
fn issued() -> Issued {
    let issued = Issued::new("pace-cam-bp256-aes128");
    let certificate = CertificateOptions { serial: vec![0x33, 0x44], ..issued.authority.document_signer_options() };
    issued.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() })
}

fn judged(issued: &Issued, revoked: Vec<u8>) -> Report {
    let mut store = issued.trust();
    let crl = issued.authority.revocation_list(&CrlOptions {
        revoked: vec![(revoked, Time::midnight(2025, 4, 1))],
        this_update: Time::midnight(2025, 5, 1),
        next_update: Some(Time::midnight(2025, 8, 1)),
        ..CrlOptions::default()
    });
    let crl = VerifiedCrl::verify(CertificateList::from_der(&crl).unwrap(), &store, &RustCrypto).unwrap();
    store.add_revocation_list(crl);
    inspect(&issued.dossier(), &store, &Profile::OPERATIONAL, NOW, &RustCrypto)
}

#[test]
fn a_revoked_signer_of_card_security_proves_no_chip() {
    let issued = issued();
    let clean = judged(&issued, vec![0x11]);
    assert_eq!(ended(&clean, CheckKind::ChipAuthenticationMapping), GOOD);
    assert_eq!(clean.overall, Overall::Successful, "{:#?}", clean.checks);

    let revoked = judged(&issued, issued.authority.document_signer_options().serial);
    assert_eq!(ended(&revoked, CheckKind::Revocation), GOOD, "the signer of EF.SOD is another");
    assert_eq!(ended(&revoked, CheckKind::ChipAuthenticationMapping), failed("chip.pace_cam_signer_revoked"));
    assert_eq!(revoked.overall, Overall::Failed);

    let authority = judged(&issued, issued.authority.csca_options().serial);
    assert_eq!(ended(&authority, CheckKind::ChipAuthenticationMapping), failed("chip.pace_cam_signer_revoked"));
    assert_eq!(ended(&authority, CheckKind::Revocation), failed("csca.revoked"));
}
