//! Deviation lists: attack 15.

use card_fixtures::authority::{
    CertificateOptions, DeviantSigner, Deviation, DeviationListOptions, SignatureDefect, SignatureOptions, SodOptions,
};
use card_fixtures::time::Time;
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::Dossier;
use soat::inspection::{CheckKind, Overall, Profile, Report, inspect};
use soat::pki::deviation_list::DeviationList;
use soat::pki::master_list::SignerRoot;
use soat::pki::{CertificateList, CmsError, ListError, TrustStore, VerifiedCrl};

use crate::issued::{GOOD, Issued, NOW, ended, failed, findings, group, overwrite, row, undetermined};

const DG_HASH_WRONG: &str = "2.23.136.1.1.7.2.2";
const SOD_SIGNATURE_WRONG: &str = "2.23.136.1.1.7.2.3";
const KEY_COMPROMISED: &str = "2.23.136.1.1.7.1.4";

fn store_with(issued: &Issued, deviations: &[Deviation]) -> TrustStore {
    let mut store = issued.trust();
    let bytes = issued.authority.deviation_list(deviations, &DeviationListOptions::default());
    store.add_deviation_list(DeviationList::verify(&bytes, SignerRoot::Store, &store, &RustCrypto).unwrap());
    store
}

fn judge(dossier: &Dossier, store: &TrustStore) -> Report {
    inspect(dossier, store, &Profile::OPERATIONAL, NOW, &RustCrypto)
}

/// The card with its DG2 altered after it was signed.
fn altered(issued: &Issued) -> Dossier {
    let mut dossier = issued.dossier();
    let mut bytes = dossier.bytes(group(2)).unwrap().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    overwrite(&mut dossier, group(2), bytes);
    dossier
}

fn dg2() -> CheckKind {
    CheckKind::FileHash(group(2))
}

#[test]
fn attack_15_a_match_explains_a_failure_and_forgives_none() {
    let issued = Issued::vietnam();
    let store = store_with(&issued, &[Deviation::of(DG_HASH_WRONG, Some(2))]);
    let genuine = judge(&issued.dossier(), &store);
    assert_eq!(genuine.overall, Overall::Successful);
    assert_eq!(ended(&genuine, CheckKind::DeviationList), undetermined("deviation_list.match"));
    assert_eq!(ended(&judge(&altered(&issued), &issued.trust()), dg2()), failed("dg2.hash_mismatch"));
    let report = judge(&altered(&issued), &store);
    assert_eq!(ended(&report, dg2()), undetermined("dg2.hash_mismatch"));
    assert_eq!(findings(&report, dg2()), ["deviation_list.applied"]);
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(report.identity().is_none());
}

#[test]
fn attack_15_another_deviation_explains_nothing() {
    let issued = Issued::vietnam();
    let everything_else = [
        "2.23.136.1.1.7.1",
        "2.23.136.1.1.7.1.1",
        "2.23.136.1.1.7.1.2",
        "2.23.136.1.1.7.1.3",
        "2.23.136.1.1.7.2.1",
        SOD_SIGNATURE_WRONG,
        "2.23.136.1.1.7.2.4",
        "2.23.136.1.1.7.3",
        "2.23.136.1.1.7.3.1",
        "2.23.136.1.1.7.3.2",
        "2.23.136.1.1.7.4",
        "2.23.136.1.1.7.5",
        "2.23.136.1.1.7.9",
        "1.2.3",
    ];
    for kind in everything_else {
        let report = judge(&altered(&issued), &store_with(&issued, &[Deviation::of(kind, Some(2))]));
        assert_eq!(ended(&report, dg2()), failed("dg2.hash_mismatch"), "{kind}");
        assert_eq!(report.overall, Overall::Failed, "{kind}");
    }
    for place in [None, Some(1), Some(3), Some(20)] {
        let report = judge(&altered(&issued), &store_with(&issued, &[Deviation::of(DG_HASH_WRONG, place)]));
        assert_eq!(report.overall, Overall::Failed, "{place:?}");
    }
    // Any fault of the files covers it.
    let report = judge(&altered(&issued), &store_with(&issued, &[Deviation::of("2.23.136.1.1.7.2", None)]));
    assert_eq!(report.overall, Overall::Undetermined);
}

/// Where the document does not tell its state, its signer does. A list of another state says nothing of it.
#[test]
fn attack_15_a_document_whose_zone_was_not_read() {
    let issued = Issued::vietnam();
    let other = Issued::new("passport-td3");
    let mut dossier = altered(&issued);
    dossier.files.remove(&group(1));
    let own = store_with(&issued, &[Deviation::of(DG_HASH_WRONG, Some(2))]);
    assert_eq!(ended(&judge(&dossier, &own), dg2()), undetermined("dg2.hash_mismatch"));
    let mut foreign = store_with(&other, &[Deviation::of(DG_HASH_WRONG, Some(2))]);
    for anchor in issued.trust().anchors() {
        foreign.add(anchor.certificate.clone(), anchor.provenance.clone(), true, &RustCrypto);
    }
    let report = judge(&dossier, &foreign);
    assert_eq!(ended(&report, dg2()), failed("dg2.hash_mismatch"));
    assert_eq!(ended(&report, CheckKind::DeviationList).1, Some("deviation_list.not_evaluated"));
    assert!(!row(&report, CheckKind::DeviationList).ran);
}

#[test]
fn what_a_list_says() {
    let issued = Issued::vietnam();
    let deviations = [
        Deviation { numbers: Some(vec!["B".into(), "A".into()]), ..Deviation::of(DG_HASH_WRONG, Some(2)) },
        Deviation { document_type: Some("ID"), ..Deviation::of(SOD_SIGNATURE_WRONG, None) },
    ];
    let store = store_with(&issued, &deviations);
    let list = store.deviation_lists().next().unwrap();
    let entries = list.entries().iter().map(|entry| (entry.documents.numbers(), entry.descriptions.len()));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable();
    assert_eq!(entries, [(None, 1), (Some(2), 1)]);
    assert_eq!(list.signature().root.as_der(), issued.authority.csca_certificate());
}

#[test]
fn attack_15_only_the_documents_that_are_meant() {
    let issued = Issued::vietnam();
    let certificate = issued.authority.document_signer_certificate();
    let other = issued
        .authority
        .document_signer_certificate_with(&CertificateOptions { serial: vec![5], ..issued.authority.document_signer_options() });
    let mrz = soat::lds::dg1::parse(issued.dossier().bytes(group(1)).unwrap()).unwrap();
    let number = mrz.document_number().trim_end_matches('<').to_owned();
    let signer = |signer| Deviation { signer: Some(signer), ..Deviation::of(DG_HASH_WRONG, Some(2)) };
    let numbers = |numbers: &[&str]| Deviation {
        numbers: Some(numbers.iter().map(|number| (*number).to_owned()).collect()),
        ..Deviation::of(DG_HASH_WRONG, Some(2))
    };
    let code = |code| Deviation { document_type: Some(code), ..Deviation::of(DG_HASH_WRONG, Some(2)) };
    let issued_in = |first, last| Deviation { issued: Some((first, last)), ..Deviation::of(DG_HASH_WRONG, Some(2)) };
    let cases = [
        (signer(DeviantSigner::IssuerAndSerialNumber(certificate.clone())), true),
        (signer(DeviantSigner::IssuerAndSerialNumber(other.clone())), false),
        (signer(DeviantSigner::SubjectKeyIdentifier(certificate.key_identifier.clone())), true),
        (signer(DeviantSigner::SubjectKeyIdentifier(vec![1; 20])), false),
        (signer(DeviantSigner::digest_of(&certificate.der)), true),
        (signer(DeviantSigner::digest_of(&other.der)), false),
        (numbers(&["000000001", &number, "ZZZZZZZZZ"]), true),
        (numbers(&["000000001", "ZZZZZZZZZ"]), false),
        (numbers(&[]), false),
        (code("ID"), true),
        (code("P<"), false),
        // Nothing says on which day: that it may be meant explains nothing.
        (issued_in(Time::midnight(1990, 1, 1), Time::midnight(1991, 1, 1)), false),
    ];
    for (deviation, met) in cases {
        let report = judge(&altered(&issued), &store_with(&issued, std::slice::from_ref(&deviation)));
        let expected = if met { Overall::Undetermined } else { Overall::Failed };
        assert_eq!(report.overall, expected, "{deviation:?}");
    }
    // All conditions at once.
    let both = Deviation { numbers: Some(vec!["000000001".into()]), ..code("ID") };
    assert_eq!(judge(&altered(&issued), &store_with(&issued, &[both])).overall, Overall::Failed);
}

#[test]
fn attack_15_a_wrong_signature_that_the_issuer_owns_up_to() {
    let defect = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    let issued = Issued::vietnam().signed(&SodOptions { signature: defect, ..SodOptions::default() });
    assert_eq!(judge(&issued.dossier(), &issued.trust()).overall, Overall::Failed);
    let report = judge(&issued.dossier(), &store_with(&issued, &[Deviation::of(SOD_SIGNATURE_WRONG, None)]));
    assert_eq!(ended(&report, CheckKind::SodSignature), undetermined("sod.signature_invalid"));
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(report.identity().is_none());
}

#[test]
fn attack_15_a_compromised_key_of_the_chip() {
    let issued = Issued::vietnam();
    let report = judge(&issued.dossier(), &store_with(&issued, &[Deviation::of(KEY_COMPROMISED, None)]));
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed("chip.key_compromised"));
    assert_eq!(report.overall, Overall::Failed);
    // The list of another state says nothing of this card.
    let other = Issued::new("passport-td3");
    let mut store = store_with(&other, &[Deviation::of(KEY_COMPROMISED, None)]);
    for anchor in issued.trust().anchors() {
        store.add(anchor.certificate.clone(), anchor.provenance.clone(), true, &RustCrypto);
    }
    let report = judge(&issued.dossier(), &store);
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(ended(&report, CheckKind::DeviationList).1, Some("deviation_list.not_evaluated"));
    assert!(!row(&report, CheckKind::DeviationList).ran);
}

#[test]
fn attack_15_a_list_that_does_not_have_the_document() {
    let issued = Issued::vietnam();
    let deviation = Deviation { numbers: Some(vec!["000000001".into()]), ..Deviation::of(KEY_COMPROMISED, None) };
    let report = judge(&issued.dossier(), &store_with(&issued, &[deviation]));
    assert_eq!(ended(&report, CheckKind::DeviationList), GOOD);
    assert_eq!(report.overall, Overall::Successful);
}

#[test]
fn attack_15_what_refuses_a_list() {
    let issued = Issued::vietnam();
    let own = &issued.authority;
    let store = issued.trust();
    let verify = |options: &DeviationListOptions, store: &TrustStore| {
        let list = own.deviation_list(&[Deviation::of(DG_HASH_WRONG, Some(2))], options);
        DeviationList::verify(&list, SignerRoot::Store, store, &RustCrypto).map(drop)
    };
    assert_eq!(verify(&DeviationListOptions::default(), &store), Ok(()));
    let signed = |signature| DeviationListOptions { signature, ..DeviationListOptions::default() };
    let by = |certificate| DeviationListOptions { certificate: Some(certificate), ..DeviationListOptions::default() };
    let flipped = signed(SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() });
    let invalid = ListError::Message(CmsError::Signature(CryptoError::SignatureInvalid));
    assert_eq!(verify(&flipped, &store), Err(invalid));
    assert_eq!(verify(&by(own.master_list_signer_options()), &store), Err(ListError::SignerUsage));
    assert_eq!(verify(&DeviationListOptions::default(), &TrustStore::new()), Err(ListError::SignerUntrusted));
    let timeless = signed(SignatureOptions { signing_time: None, ..SignatureOptions::default() });
    assert_eq!(verify(&timeless, &store), Err(ListError::SigningTimeMissing));
    // A master list is no deviation list.
    let list = own.master_list(&[], &card_fixtures::authority::MasterListOptions::default());
    let other = DeviationList::verify(&list, SignerRoot::Store, &store, &RustCrypto).map(drop);
    assert!(matches!(other, Err(ListError::Message(CmsError::ContentType(_)))));
    // A signer that its authority revoked.
    let mut store = issued.trust();
    let revoked = vec![(own.deviation_list_signer_options().serial, Time::midnight(2025, 1, 1))];
    let crl = own.revocation_list(&card_fixtures::authority::CrlOptions { revoked, ..Default::default() });
    let crl = VerifiedCrl::verify(CertificateList::from_der(&crl).unwrap(), &store, &RustCrypto).unwrap();
    store.add_revocation_list(crl);
    assert_eq!(verify(&DeviationListOptions::default(), &store), Err(ListError::SignerRevoked));
}
