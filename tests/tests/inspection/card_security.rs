//! EF.CardSecurity: who may sign it, when and for whom, and revocation apart from who signed EF.SOD.

use std::cell::Cell;

use card_fixtures::authority::{
    Authority, BasicConstraints, CARD_SECURITY, CertificateOptions, CrlOptions, Extension, LDS_SECURITY_OBJECT, Name,
    SignatureOptions, SodOptions, key_usage,
};
use card_fixtures::personalisation::{card_security_content, issue};
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CryptoError, NamedCurve, PublicKey};
use soat::dossier::{ChipMapping, ChipMappingOutcome, Dossier, FileId, FileRecord, Origin};
use soat::inspection::{CheckKind, Floors, Outcome, Overall, Profile, Report, inspect};
use soat::pki::{CertificateList, VerifiedCrl};
use soat_tests::provider::{Asking, Signatures};

use crate::issued::{GOOD, Issued, NOW, assert_genuine, ended, failed, trust, undetermined};

const MAPPING: CheckKind = CheckKind::ChipAuthenticationMapping;
const INVALID: (Outcome, Option<&str>) = failed("chip.pace_cam_card_security_invalid");

fn mapping() -> Issued {
    let issued = Issued::new("pace-cam-bp256-aes128");
    assert_genuine(&issued);
    issued
}

/// The card with EF.CardSecurity by this authority, under a certificate that says something else. Both authorities are trusted.
fn secured(
    authority: &Authority,
    content_type: &str,
    signature: &SignatureOptions,
    change: impl FnOnce(&mut CertificateOptions),
) -> Report {
    let mut issued = mapping();
    let mut certificate = authority.document_signer_options();
    change(&mut certificate);
    let file = authority.card_security_by(content_type, &card_security_content(&issued.card), &certificate, signature);
    issued.card.master_files.insert(issue::CARD_SECURITY, file);
    let store = trust([issued.authority.csca_certificate(), authority.csca_certificate()]);
    inspect(&issued.dossier(), &store, &Profile::OPERATIONAL, NOW, &RustCrypto)
}

/// The card with EF.CardSecurity by its own authority, under a certificate that says something else.
fn under(change: impl FnOnce(&mut CertificateOptions)) -> Report {
    secured(&mapping().authority, CARD_SECURITY, &SignatureOptions::default(), change)
}

/// Another authority of a state.
fn authority_of(state: &str) -> Authority {
    let own = mapping().authority;
    Authority { csca: own.document_signer.clone(), csca_name: Name::new(state, "Another", "Another"), ..own }
}

/// The rules of a document signer hold for who signs EF.CardSecurity under every profile, since that signature proves the chip.
#[test]
fn a_certificate_that_may_not_sign_card_security() {
    let extension = |critical| Extension { oid: "1.2.3.4", critical, value: vec![5, 0] };
    for report in [
        under(|_| {}),
        under(|options| options.key_usage = None),
        under(|options| options.further_extensions = vec![extension(false)]),
    ] {
        assert_eq!((ended(&report, MAPPING), report.overall), (GOOD, Overall::Successful));
    }
    for report in [
        under(|options| options.further_extensions = vec![extension(true)]),
        // ecdsa-with-SHA256 inside, under an authority that signs with SHA-384.
        under(|options| {
            options.inner_algorithm = Some(vec![0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]);
        }),
        under(|options| options.basic_constraints = Some(BasicConstraints { ca: true, path_length: Some(0) })),
        under(|options| options.extended_key_usage = Some("2.23.136.1.1.3")),
        under(|options| options.key_usage = Some(vec![key_usage::KEY_ENCIPHERMENT])),
        // The signature holds, and over something else.
        secured(&mapping().authority, LDS_SECURITY_OBJECT, &SignatureOptions::default(), |_| {}),
    ] {
        assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
        assert_eq!((ended(&report, MAPPING), report.overall), (INVALID, Overall::Failed));
    }
}

/// A trusted authority speaks for its own state, and so does its signer.
#[test]
fn card_security_of_another_state() {
    let ordinary = SignatureOptions::default();
    for (authority, subject, expected) in
        [("VN", "VN", GOOD), ("VN", "DE", INVALID), ("DE", "VN", INVALID), ("DE", "DE", INVALID), ("VN", "", INVALID)]
    {
        let report = secured(&authority_of(authority), CARD_SECURITY, &ordinary, |options| {
            options.subject.country = subject.into();
        });
        assert_eq!(ended(&report, CheckKind::Chain), GOOD);
        assert_eq!(ended(&report, MAPPING), expected, "{authority} {subject}");
    }
}

#[test]
fn card_security_signed_when_nobody_might() {
    // Signed on 2024-09-15, and now it is 2025-06-01.
    assert_eq!(ended(&under(|options| options.not_after = Time::midnight(2024, 6, 1)), MAPPING), INVALID);
    assert_eq!(ended(&under(|options| options.not_after = Time::midnight(2025, 1, 1)), MAPPING), GOOD);
    let (own, other) = (mapping(), authority_of("VN"));
    let file = other.card_security(&card_security_content(&own.card), &SignatureOptions::default());
    let until = |not_after| {
        let mut issued = mapping();
        issued.card.master_files.insert(issue::CARD_SECURITY, file.clone());
        let options = CertificateOptions { not_after, ..other.csca_options() };
        let store = trust([own.authority.csca_certificate(), other.csca_certificate_with(&options)]);
        ended(&inspect(&issued.dossier(), &store, &Profile::OPERATIONAL, NOW, &RustCrypto), MAPPING)
    };
    assert_eq!((until(Time::midnight(2025, 1, 1)), until(Time::midnight(2024, 6, 1))), (GOOD, INVALID));
    // Without a time of signing: it was signed by now, and so under what was valid then where that is valid now.
    let timeless = SignatureOptions { signing_time: None, ..SignatureOptions::default() };
    let signed = |not_after| {
        let report = secured(&own.authority, CARD_SECURITY, &timeless, |options| options.not_after = not_after);
        ended(&report, MAPPING)
    };
    assert_eq!(signed(Time::midnight(2025, 7, 1)), GOOD);
    assert_eq!(signed(Time::midnight(2025, 1, 1)), undetermined("validity.signing_time_unknown"));
}

/// That there is no such file counts against a chip that said so. In a saved dossier anyone may have written it.
#[test]
fn card_security_that_is_not_there() {
    let issued = mapping();
    let without = |status| {
        let mut dossier = issued.dossier();
        dossier.files.insert(FileId::CardSecurity, FileRecord::Refused { status });
        dossier
    };
    let judge = |dossier| ended(&inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto), MAPPING);
    let missing = "chip.pace_cam_card_security_missing";
    assert_eq!(judge(without(0x6A82)), failed(missing));
    assert_eq!(judge(without(0x6985)), undetermined(missing));
    let (mut saved, read) = (Dossier::new(Origin::Saved), without(0x6A82));
    (saved.files, saved.access, saved.chip_mapping) = (read.files, read.access, read.chip_mapping);
    assert_eq!(judge(saved), undetermined("chip.not_proven"));
}

#[test]
fn the_mapping_by_a_key_at_the_floor_or_on_a_curve_that_the_provider_lacks() {
    let issued = mapping();
    for (bits, expected) in [(256, GOOD), (257, undetermined("chip.proof_below_floor"))] {
        let profile = Profile { chip_floors: Floors { ec: bits, ..Floors::LOWEST }, ..Profile::OPERATIONAL };
        assert_eq!(ended(&issued.report(profile), MAPPING), expected);
    }
    let lacking = Asking(|key: &PublicKey| match key {
        PublicKey::Ec(key) if key.curve() == NamedCurve::BrainpoolP256r1 => Err(CryptoError::Unsupported("this curve")),
        _ => Ok(Signatures::Checked),
    });
    let report = inspect(&issued.dossier(), &issued.trust(), &Profile::OPERATIONAL, NOW, &lacking);
    assert_eq!((ended(&report, MAPPING), report.overall), (undetermined("chip.pace_cam_unsupported"), Overall::Undetermined));
}

/// A multiplication takes as long as its scalar is: a chip that sends longer data than the standard has computes nothing here with them.
#[test]
fn the_mapping_with_data_of_another_length_is_not_multiplied() {
    let issued = mapping();
    let judge = |change: &dyn Fn(&mut Vec<u8>)| {
        let calls = Cell::new(0);
        let counting = Asking(|_: &PublicKey| {
            calls.set(calls.get() + 1);
            Ok(Signatures::Checked)
        });
        let mut dossier = issued.dossier();
        let Some(ChipMapping { outcome: ChipMappingOutcome::Data(data), .. }) = &mut dossier.chip_mapping else { panic!() };
        change(data);
        let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &counting);
        (ended(&report, MAPPING), calls.get())
    };
    let (genuine, calls) = judge(&|_| {});
    assert_eq!(genuine, GOOD);
    let wrong = failed("chip.pace_cam_failed");
    assert_eq!(judge(&|data| data[31] ^= 1), (wrong, calls));
    assert_eq!(judge(&|data| data.insert(0, 0)), (wrong, calls - 1));
    assert_eq!(judge(&|data| data.resize(60_000, 1)), (wrong, calls - 1));
    assert_eq!(judge(&|data| data.truncate(31)), (wrong, calls - 1));
}

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
