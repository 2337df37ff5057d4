//! Time-stamps of dossiers (RFC 3161). OpenSSL is the authority and the second opinion.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CryptoError, Provider, PublicKey};
use soat::dossier::Dossier;
use soat::evidence::{SavedDossier, Witnesses};
use soat::inspection::{CheckKind, Demands, Inspector, Outcome, Overall, Profile, Report, evidence_digest};
use soat::pki::Certificate;
use soat::pki::time_stamp::{TimeStamp, TimeStampError, request, token_of_response};
use soat::time::Timestamp;
use soat_tests::openssl_ts::StandIn;
use soat_tests::provider::{Asking, Signatures};

use crate::issued::{GOOD, Issued, ended, failed, findings, undetermined};
use crate::signed::Desk;

fn now() -> Timestamp {
    Timestamp(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap())
}

fn read(issued: &Issued) -> Dossier {
    let mut dossier = issued.dossier();
    dossier.read_at = Some(Timestamp(now().0 - 30));
    dossier
}

fn token_over(dossier: &Dossier, authority: &StandIn) -> Vec<u8> {
    let answer = authority.answer(&request(&evidence_digest(dossier, &RustCrypto)).unwrap());
    token_of_response(&answer).unwrap().to_vec()
}

fn stamped(dossier: &Dossier, token: &[u8]) -> SavedDossier {
    let saved = SavedDossier::unsigned(dossier).unwrap().time_stamped(token.to_vec());
    SavedDossier::from_cbor(&saved.to_cbor()).unwrap()
}

fn believing(names: &[&str], authority: &StandIn) -> Witnesses {
    let mut witnesses = Witnesses::new();
    for name in names {
        let certificate = Certificate::from_der(&authority.certificate(name)).unwrap();
        witnesses.add_time_stamp_authority(certificate, (*name).into(), &RustCrypto);
    }
    witnesses
}

fn judge(issued: &Issued, saved: &SavedDossier, witnesses: &Witnesses, max_age: Option<u32>, time: Timestamp) -> Report {
    let demands = Demands { max_age, ..Demands::default() };
    let trust = issued.trust();
    let inspector = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto).believing(witnesses);
    inspector.demanding(demands).inspect_saved(saved, time)
}

#[test]
fn a_request_is_the_one_that_openssl_makes_and_its_answer_holds_for_both() {
    let Some(authority) = StandIn::new() else { return };
    let issued = Issued::vietnam();
    let dossier = read(&issued);
    let digest = evidence_digest(&dossier, &RustCrypto);
    let hex = hex::encode(digest);
    assert!(authority.openssl(&format!("ts -query -digest {hex} -sha256 -cert -no_nonce -out theirs.tsq")));
    assert_eq!(request(&digest).unwrap(), fs::read(authority.path("theirs.tsq")).unwrap());

    let saved = stamped(&dossier, &token_over(&dossier, &authority));
    assert!(authority.openssl(&format!("ts -verify -digest {hex} -in answer.tsr -CAfile ca.pem")));
    for believed in [&["ca"][..], &["tsa"], &["tsa", "ca"]] {
        let report = judge(&issued, &saved, &believing(believed, &authority), None, now());
        assert_eq!((ended(&report, CheckKind::TimeStamp), report.overall), (GOOD, Overall::Successful));
        assert!((now().0 - report.time_stamped_at().unwrap().0).abs() < 120);
        assert!(!findings(&report, CheckKind::ValidityToday).contains(&"evidence.time_unproven"));
    }
    // Whom nobody confirmed proves nothing, and takes nothing away.
    let report = judge(&issued, &saved, &Witnesses::new(), None, now());
    assert_eq!(ended(&report, CheckKind::TimeStamp), undetermined("evidence.time_stamp_authority_unknown"));
    assert_eq!((report.time_stamped_at(), report.overall), (None, Overall::Successful));
    assert!(findings(&report, CheckKind::ValidityToday).contains(&"evidence.time_unproven"));
}

#[test]
fn a_stamp_of_another_dossier_or_an_edited_one() {
    let Some(authority) = StandIn::new() else { return };
    let (issued, other) = (Issued::vietnam(), Issued::new("vietnam-2021"));
    let dossier = read(&issued);
    let token = token_over(&dossier, &authority);
    let believed = believing(&["ca"], &authority);
    assert_eq!(judge(&issued, &stamped(&dossier, &token), &believed, None, now()).overall, Overall::Successful);

    let mismatch = failed("evidence.time_stamp_mismatch");
    let foreign = token_over(&read(&other), &authority);
    let report = judge(&issued, &stamped(&dossier, &foreign), &believed, None, now());
    assert_eq!((ended(&report, CheckKind::TimeStamp), report.overall), (mismatch, Overall::Failed));
    let mut edited = dossier.clone();
    edited.read_at = Some(now());
    let report = judge(&issued, &stamped(&edited, &token), &believed, None, now());
    assert_eq!((ended(&report, CheckKind::TimeStamp), report.overall), (mismatch, Overall::Failed));
    let report = judge(&issued, &stamped(&dossier, b"\x30\x00"), &believed, None, now());
    assert_eq!(ended(&report, CheckKind::TimeStamp), failed("evidence.time_stamp_invalid"));
}

/// The stand-in signs with RSA, which a provider may lack.
#[test]
fn a_stamp_that_cannot_be_checked_decides_nothing() {
    let Some(authority) = StandIn::new() else { return };
    let issued = Issued::vietnam();
    let dossier = read(&issued);
    let saved = stamped(&dossier, &token_over(&dossier, &authority));
    let (trust, believed) = (issued.trust(), believing(&["ca"], &authority));
    let judge = |provider: &dyn Provider| {
        Inspector::new(&trust, Profile::OPERATIONAL, provider).believing(&believed).inspect_saved(&saved, now())
    };
    let report = judge(&RustCrypto);
    assert_eq!((ended(&report, CheckKind::TimeStamp), report.overall), (GOOD, Overall::Successful));
    let without_rsa = Asking(|key: &PublicKey| match key {
        PublicKey::Rsa(_) => Err(CryptoError::Unsupported("RSA")),
        _ => Ok(Signatures::Checked),
    });
    let report = judge(&without_rsa);
    assert_eq!(ended(&report, CheckKind::TimeStamp), undetermined("evidence.time_stamp_unsupported"));
    assert_eq!((report.overall, report.time_stamped_at()), (Overall::Undetermined, None));
    assert!(report.identity().is_none());
}

/// A stamp shows that a reading is old, never that it is recent: anyone can have an old dossier stamped today.
#[test]
fn attack_17_a_fresh_stamp_on_a_dossier_makes_it_no_younger() {
    let Some(authority) = StandIn::new() else { return };
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let dossier = read(&issued);
    let token = token_over(&dossier, &authority);
    let mut believed = believing(&["ca"], &authority);
    let later = Timestamp(now().0 + 3600);
    let unsigned = stamped(&dossier, &token);
    let report = judge(&issued, &unsigned, &believed, Some(600), now());
    assert_eq!(ended(&report, CheckKind::EvidenceAge), undetermined("evidence.time_unproven"));
    assert_eq!(report.overall, Overall::Undetermined);
    let report = judge(&issued, &unsigned, &believed, Some(600), later);
    assert_eq!((ended(&report, CheckKind::EvidenceAge), report.overall), (failed("evidence.too_old"), Overall::Failed));
    // Under a terminal's signature too.
    believed.add_terminal(soat::evidence::TerminalSigner::key(&desk).clone(), "desk".into(), &RustCrypto);
    let signed = SavedDossier::signed(&dossier, &desk).unwrap().time_stamped(token);
    let signed = SavedDossier::from_cbor(&signed.to_cbor()).unwrap();
    let report = judge(&issued, &signed, &believed, Some(600), now());
    assert_eq!((ended(&report, CheckKind::EvidenceAge), report.overall), (GOOD, Overall::Successful));
}

#[test]
fn attack_33_clocks_that_contradict_each_other() {
    let Some(authority) = StandIn::new() else { return };
    let issued = Issued::vietnam();
    let believed = believing(&["ca"], &authority);
    let mut dossier = read(&issued);
    let token = token_over(&dossier, &authority);
    // The judging clock was set back behind the stamp.
    let report = judge(&issued, &stamped(&dossier, &token), &believed, None, Timestamp(now().0 - 86_400));
    assert_eq!(ended(&report, CheckKind::TimeStamp), undetermined("evidence.time_in_future"));
    assert_eq!((report.overall, report.time_stamped_at()), (Overall::Undetermined, None));
    // The terminal's clock ran ahead: stamped before it was read.
    dossier.read_at = Some(Timestamp(now().0 + 86_400));
    let token = token_over(&dossier, &authority);
    let report = judge(&issued, &stamped(&dossier, &token), &believed, None, Timestamp(now().0 + 2 * 86_400));
    assert_eq!(ended(&report, CheckKind::TimeStamp), undetermined("evidence.time_contradiction"));
    assert_eq!(report.overall, Overall::Undetermined);
}

/// Tokens that OpenSSL signs in the authority's name and that break one rule each.
#[test]
fn certificates_and_attributes_that_are_not_those_of_an_authority() {
    let Some(authority) = StandIn::new() else { return };
    for (name, section) in [("not_critical", "not_critical"), ("more", "more"), ("without", "without"), ("right", "right")] {
        assert!(authority.issue(name, section));
    }
    let issued = Issued::vietnam();
    let dossier = read(&issued);
    let digest = evidence_digest(&dossier, &RustCrypto);
    token_over(&dossier, &authority);
    assert!(authority.openssl("ts -reply -in answer.tsr -token_out -out token.der"));
    assert!(authority.openssl("cms -verify -noverify -binary -inform DER -in token.der -out info.der"));
    let pinned = Certificate::from_der(&authority.certificate("ca")).unwrap();
    let verify = |signer: &str, more: &str| {
        let line = format!(
            "cms -sign -binary -nodetach -outform DER -econtent_type 1.2.840.113549.1.9.16.1.4 -in info.der -signer {signer}.pem -inkey {signer}.key -md sha256 -out forged.der{more}"
        );
        assert!(authority.openssl(&line));
        let token = fs::read(authority.path("forged.der")).unwrap();
        TimeStamp::verify(&token, &digest, [&pinned], &RustCrypto)
    };
    // A second and a half, rounded up.
    assert_eq!(verify("right", " -cades").unwrap().accuracy(), 2);
    assert_eq!(verify("right", "").unwrap_err(), TimeStampError::SigningCertificate);
    for signer in ["not_critical", "more", "without"] {
        assert_eq!(verify(signer, " -cades").unwrap_err(), TimeStampError::SignerUsage, "{signer}");
    }
    // Another issuer of the same name.
    let Some(impostor) = StandIn::new() else { return };
    let other = Certificate::from_der(&impostor.certificate("ca")).unwrap();
    let token = fs::read(authority.path("token.der")).unwrap();
    assert!(TimeStamp::verify(&token, &digest, [&other, &pinned], &RustCrypto).is_ok());
    assert_eq!(TimeStamp::verify(&token, &digest, [&other], &RustCrypto).unwrap_err(), TimeStampError::AuthorityUnknown);
    // The issuer's name and key in a certificate that may issue none, and its key under another name.
    for (name, section, subject) in [("end", "right", "/C=VN/CN=Stand-in"), ("renamed", "authority", "/C=VN/CN=Another")] {
        let line = format!(
            "req -new -x509 -config tsa.cnf -extensions {section} -key ca.key -subj {subject} -days 36500 -out {name}.pem"
        );
        assert!(authority.openssl(&line));
        let same_key = Certificate::from_der(&authority.certificate(name)).unwrap();
        let verified = TimeStamp::verify(&token, &digest, [&same_key], &RustCrypto);
        assert_eq!(verified.unwrap_err(), TimeStampError::AuthorityUnknown, "{name}");
    }
    // An authority that refuses.
    let refusal = hex::decode("30053003020102").unwrap();
    assert_eq!(token_of_response(&refusal).unwrap_err(), TimeStampError::Refused(2));
}

/// Every byte of a token: it proves the same moment or none.
#[test]
fn a_changed_byte_of_a_stamp_proves_no_other_moment() {
    let Some(authority) = StandIn::new() else { return };
    let issued = Issued::vietnam();
    let dossier = read(&issued);
    let token = token_over(&dossier, &authority);
    let believed = believing(&["ca"], &authority);
    let saved = |token: &[u8]| stamped(&dossier, token);
    let proven = judge(&issued, &saved(&token), &believed, None, now()).time_stamped_at();
    assert!(proven.is_some());
    let digest = evidence_digest(&dossier, &RustCrypto);
    let authorities: Vec<_> = believed.time_stamp_authorities().iter().map(|authority| &authority.certificate).collect();
    let (mut found, mut harmless) = (0, 0);
    for position in 0..token.len() {
        let mut changed = token.clone();
        changed[position] ^= 1 << (position % 8);
        match TimeStamp::verify(&changed, &digest, authorities.iter().copied(), &RustCrypto) {
            Ok(stamp) => {
                assert_eq!(Some(stamp.time()), proven, "byte {position}");
                harmless += 1;
            }
            Err(_) => found += 1,
        }
    }
    println!("{} bytes of a token: {found} changes found, {harmless} in what is not signed", token.len());
    assert!(found > harmless);
    let mut changed = token;
    *changed.last_mut().unwrap() ^= 1;
    let report = judge(&issued, &saved(&changed), &believed, None, now());
    assert_eq!(ended(&report, CheckKind::TimeStamp), failed("evidence.time_stamp_invalid"));
    assert_eq!(ended(&report, CheckKind::SodSignature).0, Outcome::Successful);
}
