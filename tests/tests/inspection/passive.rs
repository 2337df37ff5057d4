//! Passive authentication: attacks 2, 3, 9, 26, 28 and 30.

use card_fixtures::authority::{CertificateOptions, Scheme, SignatureDefect, SignatureOptions, Signer, SodOptions};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::data_groups;
use card_fixtures::rsa::RsaKey;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider};
use soat::dossier::{ActiveAuthenticationOutcome, Dossier, FileContent, FileId, FileRecord, Origin};
use soat::inspection::{CheckKind, Outcome, Overall, Profile, Weight, inspect};

use crate::issued::{
    GOOD, Issued, NOW, assert_genuine, assert_unbent, ended, failed, group, overwrite, row, trust, undetermined,
};

fn flipped() -> SodOptions {
    let signature = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    SodOptions { signature, ..SodOptions::default() }
}

/// Mutant: `SodSignature => Evaluatory` in `Profile::weight`.
#[test]
fn attack_02_no_profile_does_without_the_signatures() {
    let genuine = Issued::vietnam().signed(&SodOptions::default());
    assert_unbent(&genuine, CheckKind::SodSignature);
    let forged = Issued::vietnam().signed(&flipped());
    let certificate = CertificateOptions { corrupt_signature: true, ..genuine.authority.document_signer_options() };
    let unsigned = Issued::vietnam().signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
    let mut altered = genuine.dossier();
    let mut zone = altered.bytes(group(1)).unwrap().to_vec();
    *zone.last_mut().unwrap() = b'X';
    overwrite(&mut altered, group(1), zone);
    for profile in Profile::ALL {
        for kind in [CheckKind::SodSignature, CheckKind::Chain, CheckKind::FileHash(group(1))] {
            assert_eq!(profile.weight(kind), Weight::Mandatory, "{} {kind:?}", profile.name);
        }
        for (dossier, kind, reason) in [
            (forged.dossier(), CheckKind::SodSignature, "sod.signature_invalid"),
            (unsigned.dossier(), CheckKind::Chain, "chain.signature_invalid"),
            (altered.clone(), CheckKind::FileHash(group(1)), "dg1.hash_mismatch"),
        ] {
            let report = inspect(&dossier, &genuine.trust_with_list(), &profile, NOW, &RustCrypto);
            assert_eq!((ended(&report, kind), report.overall), (failed(reason), Overall::Failed), "{}", profile.name);
            assert!(report.identity().is_none());
        }
    }
}

/// There is no outcome between right and wrong that could stand for a bad signature. Mutant: any `row.failed` of `sod_signature.rs` made a
/// finding.
#[test]
fn attack_03_a_bad_signature_is_no_warning() {
    assert_genuine(&Issued::vietnam().signed(&SodOptions::default()));
    for report in Issued::vietnam().signed(&flipped()).read_and_judged() {
        let row = row(&report, CheckKind::SodSignature);
        assert_eq!((row.outcome, row.reason.unwrap().as_str()), (Outcome::Failed, "sod.signature_invalid"));
        assert!(row.findings.is_empty() && row.counts());
        assert_eq!(report.overall, Overall::Failed);
        assert!(report.identity().is_none());
    }
}

/// The document signer's certificate is signed in one way and EF.SOD in another; what SignerInfo says is what counts, parameters included.
/// Mutant: hash, mask hash or salt length of PSS taken as constants in `crypto/scheme.rs`.
#[test]
fn attack_09_the_algorithm_is_that_of_the_signer_info() {
    let key = RsaKey::named("rsa2048-a").unwrap();
    let pss = |hash, mask_hash, salt_len| Scheme::RsaPss { hash, mask_hash, salt_len };
    let signed = |signer: Signer, named: Option<Scheme>| {
        let mut issued = Issued::new("vietnam-2024");
        issued.authority.document_signer = signer;
        let signature_algorithm = named.map(Scheme::algorithm_identifier);
        let signature = SignatureOptions { signature_algorithm, ..SignatureOptions::default() };
        issued.signed(&SodOptions { signature, ..SodOptions::default() })
    };
    let own = |scheme| Signer::rsa_pkcs1(key, Hash::Sha256).with_scheme(scheme);
    let schemes = [
        pss(Hash::Sha256, Hash::Sha256, 32),
        pss(Hash::Sha256, Hash::Sha1, 32),
        pss(Hash::Sha256, Hash::Sha256, 20),
        pss(Hash::Sha256, Hash::Sha512, 0),
        pss(Hash::Sha512, Hash::Sha256, 64),
        Scheme::RsaPkcs1 { hash: Hash::Sha256, null: true },
    ];
    for scheme in schemes {
        // The CSCA of Vietnam signs certificates with ECDSA.
        assert_unbent(&signed(own(scheme), None), CheckKind::SodSignature);
        for other in schemes.into_iter().filter(|other| *other != scheme && other.hash() == scheme.hash()) {
            let report = signed(own(scheme), Some(other)).operational();
            assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.signature_invalid"), "{scheme:?} {other:?}");
            assert_eq!(report.overall, Overall::Failed);
        }
    }
}

/// Lengths that are huge, negative, overlong or nested without end, in each file. Mutants: `MAX_DEPTH` in `tlv.rs` raised; the comparison
/// of a length with what is left taken out.
#[test]
fn attack_26_lengths_that_lie() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let nested = |count: usize| [[0x30, 0x80].repeat(count), vec![0; 2 * count]].concat();
    let lies: [Vec<u8>; 7] = [
        vec![0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        vec![0x84, 0x80, 0x00, 0x00, 0x00],
        vec![0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        vec![0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        vec![0xFF],
        [vec![0x80], nested(100_000)].concat(),
        vec![0x84, 0x7F, 0xFF, 0xFF, 0xFF],
    ];
    for lie in &lies {
        let file = |tag: u8| [vec![tag], lie.clone(), vec![0; 16]].concat();
        // EF.SOD: nothing is taken of it.
        let mut dossier = issued.dossier();
        overwrite(&mut dossier, FileId::Sod, file(0x77));
        let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
        assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.malformed"));
        assert_eq!(report.overall, Overall::Failed);
        // Signed by a careless issuer: the hash is right, and the content is refused all the same.
        for (number, tag, kind) in [(1, 0x61, CheckKind::IssuingState), (14, 0x6E, CheckKind::ChipAuthentication)] {
            let mut careless = Issued::vietnam();
            careless.card.put(number, file(tag));
            let careless = careless.signed(&SodOptions::default());
            let report = careless.operational();
            assert_eq!(ended(&report, CheckKind::FileHash(group(number))), GOOD);
            let reason = if number == 1 { "file.not_verified" } else { "file.malformed" };
            assert_eq!(ended(&report, kind), undetermined(reason), "DG{number} {lie:02X?}");
        }
        let mut careless = Issued::vietnam();
        careless.card.put(13, file(0x6D));
        let report = careless.signed(&SodOptions::default()).operational();
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), undetermined("file.malformed"));
        // What is not to be had of DG13 is had of the MRZ.
        assert_eq!(report.identity().unwrap().full_name().as_deref(), Some("NGUYEN THI MAU"));
    }
}

/// r = s = 0 verifies under any key where nobody looks at the range (CVE-2022-21449). Mutant: the refusal of zero in `crypto/ecdsa.rs`
/// and the curve crates' own.
#[test]
fn attack_28_a_signature_of_zeros() {
    for card in ["sod-p256-sha256", "sod-p224-sha224", "sod-bp320r1-sha384", "sod-bp512r1-sha512", "sod-p521-sha512"] {
        let issued = Issued::new(card);
        assert_genuine(&issued);
        let signature = SignatureOptions { defect: SignatureDefect::Zero, ..SignatureOptions::default() };
        let report = issued.signed(&SodOptions { signature, ..SodOptions::default() }).operational();
        assert_eq!(ended(&report, CheckKind::SodSignature), failed("sod.signature_invalid"), "{card}");
        assert_eq!(report.overall, Overall::Failed);
    }
    // The chip's own signature, plain and in DER: zeros, and the order of P-256, which is zero again.
    let issued = Issued::new("aa-p256-sha256");
    assert_genuine(&issued);
    let order = hex::decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").unwrap();
    let ActiveAuthenticationOutcome::Signature(genuine) = issued.dossier().active_authentication.unwrap().outcome else {
        panic!("it signs")
    };
    let (r, s) = genuine.split_at(32);
    let zero = vec![0; 32];
    for signature in [
        [&zero, &zero].map(Vec::as_slice).concat(),
        [&order, &order].map(Vec::as_slice).concat(),
        [&zero, s].concat(),
        [r, &zero].concat(),
        [r, &order].concat(),
        vec![0x30, 6, 2, 1, 0, 2, 1, 0],
    ] {
        let mut dossier = issued.dossier();
        dossier.active_authentication.as_mut().unwrap().outcome = ActiveAuthenticationOutcome::Signature(signature);
        let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed("chip.active_authentication_failed"));
        assert_eq!(report.overall, Overall::Failed);
    }
}

/// What is used is what was verified: an unsigned file beside a genuine card, a second signed file, a digest in the place of a file.
/// Mutant: `Examination::file` gives what the dossier has.
#[test]
fn attack_30_what_was_not_verified_is_not_used() {
    let issued = Issued::new("passive-only");
    let stranger = data_groups::listed(0x6B, &[(0x5F0E, b"SOMEBODY<<ELSE".to_vec()), (0x5F10, b"000000000000".to_vec())]);
    let raw = |files: &dyn Fn(&mut Dossier)| {
        let mut dossier = Dossier::new(Origin::RawFiles);
        dossier.files = issued.dossier().files;
        files(&mut dossier);
        inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto)
    };
    let genuine = raw(&|_| ());
    assert_eq!(genuine.overall, Overall::Successful);
    let (name, number) = (genuine.identity().unwrap().full_name(), genuine.identity().unwrap().personal_number());

    // Laid beside them: refused by name, and the identity is as it was.
    let beside = raw(&|dossier| overwrite(dossier, group(11), stranger.clone()));
    assert_eq!(ended(&beside, CheckKind::FileHash(group(11))), failed("dg11.unlisted"));
    let identity = beside.identity().unwrap();
    assert!(identity.additional_personal_details().is_none());
    assert_eq!((identity.full_name(), identity.personal_number()), (name, number));
    // In the place of a signed one.
    for number in [1, 2, 13] {
        let exchanged = raw(&|dossier| overwrite(dossier, group(number), stranger.clone()));
        let reason = format!("dg{number}.hash_mismatch");
        let kind = CheckKind::FileHash(group(number));
        assert_eq!(ended(&exchanged, kind), (Outcome::Failed, Some(reason.as_str())));
        assert!(exchanged.identity().is_none());
    }
    // From the chip nothing unsigned is borne at all.
    let mut dossier = issued.dossier();
    overwrite(&mut dossier, group(11), stranger.clone());
    let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!((ended(&report, CheckKind::FileHash(group(11))), report.overall), (failed("dg11.unlisted"), Overall::Failed));

    // Bytes behind a signed file are not the file.
    let longer = raw(&|dossier| {
        let file = dossier.bytes(group(13)).unwrap().to_vec();
        overwrite(dossier, group(13), [file, stranger.clone()].concat());
    });
    assert_eq!(ended(&longer, CheckKind::FileHash(group(13))), failed("dg13.hash_mismatch"));
    // The right digest and no file: the hash is as signed, and there is nothing to show.
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[issued.dossier().bytes(group(13)).unwrap()]);
    let kept = raw(&|dossier| {
        let content = FileContent::Digests { length: 1, digests: vec![(DigestAlgorithm::Sha256, digest)] };
        dossier.files.insert(group(13), FileRecord::Read(content));
    });
    assert!(kept.identity().unwrap().vietnamese().is_none());
}

/// A certificate of the message that is not the one that is named verifies nothing, and says nothing.
#[test]
fn attack_30_a_second_certificate_in_the_message() {
    let issued = Issued::vietnam();
    let other = Issued::new("passport-td3").authority.document_signer_certificate().der;
    let both = Issued::vietnam().signed(&SodOptions { further_certificates: vec![other.clone()], ..SodOptions::default() });
    assert_unbent(&both, CheckKind::SodSignature);
    let report = both.operational();
    assert_eq!(report.signer().unwrap().certificate.as_der(), issued.authority.document_signer_certificate().der);
    // Named, it is the one that counts, and its key did not sign.
    let signature = SignatureOptions { names_another_certificate: true, ..SignatureOptions::default() };
    let misnamed =
        Issued::vietnam().signed(&SodOptions { signature, further_certificates: vec![other], ..SodOptions::default() });
    let store = trust([issued.authority.csca_certificate(), Issued::new("passport-td3").authority.csca_certificate()]);
    let report = inspect(&misnamed.dossier(), &store, &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!(ended(&report, CheckKind::SodSignature), undetermined("sod.signer_certificate_missing"));
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(report.identity().is_none());
}
