//! The trust store: import of a real master list, search among many anchors, a store full of one name, and opening a large store.
//!
//! Prints the figures that the README and the budgets speak of; each line says what was measured.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use card_fixtures::authority::{Authority, CertificateOptions, CrlOptions, CurveEncoding, Signer, ldif};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::time::Time;
use criterion::{Criterion, criterion_group, criterion_main};
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::chain::{Chain, find_anchor};
use soat::pki::master_list::{MemberSignature, SignerRoot};
use soat::pki::{Certificate, CscaMasterList, Provenance, TrustStore};
use soat_tests::{command, crowd, real_data};

/// How often a whole command is run for one figure.
const RUNS: usize = 15;

fn signer(curve: &str, seed: &str) -> Signer {
    Signer::ecdsa(Curve::named(curve).unwrap(), Hash::Sha256, seed).with_curve_encoding(CurveEncoding::Named)
}

fn store(certificates: impl IntoIterator<Item = Vec<u8>>) -> TrustStore {
    let mut store = TrustStore::new();
    for der in certificates {
        let certificate = Certificate::from_der(&der).unwrap();
        store.add(certificate, Provenance::Operator { source: "bench".into() }, true, &RustCrypto);
    }
    store
}

/// The German list of 2025-06-25: parsed, its own signature checked, and that of each of its 559 members.
fn master_list(criterion: &mut Criterion) {
    let Some(data) = real_data::folder() else { return };
    let bytes = std::fs::read(data.join("master-lists/DE_ML_2025-06-25-09-31-57.ml")).unwrap();
    let root_file = data.join("master-lists/DE_ROOT_CA_CSCA07.cer");
    let root = Certificate::from_der(&std::fs::read(&root_file).unwrap()).unwrap();
    let import = || {
        let list = CscaMasterList::verify(&bytes, SignerRoot::Certificate(&root), &TrustStore::new(), &RustCrypto).unwrap();
        let signatures = list.check_members(&TrustStore::new(), &RustCrypto);
        assert_eq!(signatures.len(), 559);
        assert!(!signatures.contains(&MemberSignature::Invalid));
        signatures
    };
    let mut group = criterion.benchmark_group("master list of 559");
    group.sample_size(10);
    group.bench_function("every signature checked", |bencher| bencher.iter(import));
    group.finish();

    let folder = tempfile::tempdir().unwrap();
    let list = data.join("master-lists/DE_ML_2025-06-25-09-31-57.ml");
    let mut run = 0;
    let median = median(|| {
        run += 1;
        let trust = folder.path().join(run.to_string());
        let line = [list.as_os_str(), "--signer".as_ref(), root_file.as_os_str(), "--trust".as_ref(), trust.as_os_str()];
        let mut import = std::process::Command::new(command::release_binary());
        import.args(["trust", "import"]).args(line);
        assert!(import.output().unwrap().status.success());
    });
    println!("soat trust import, 559 members into an empty store, the whole command: {median:.1?}");
}

/// What 1,500 anchors cost beside one: 100 states with 15 keys of one name each.
fn chain_search(criterion: &mut Criterion) {
    let key = |state: usize, number: usize| signer("secp256r1", &format!("key {number} of state {state}"));
    let country = |state: usize| format!("{}{}", char::from(b'A' + (state / 10) as u8), char::from(b'A' + (state % 10) as u8));
    let authority = |state: usize, number: usize| Authority::new(&country(state), key(state, number), signer("secp256r1", "ds"));
    let own = authority(42, 7);
    let document_signer = Certificate::from_der(&own.document_signer_certificate().der).unwrap();
    let one = store([own.csca_certificate()]);
    let many = store(
        (0..100)
            .flat_map(|state| (0..15).map(move |number| (state, number)))
            .map(|(state, number)| authority(state, number).csca_certificate()),
    );
    assert_eq!(many.anchors().len(), 1500);
    let mut group = criterion.benchmark_group("chain search");
    for (name, store) in [("1 anchor", &one), ("1,500 anchors", &many)] {
        assert!(matches!(find_anchor(&document_signer, store, &RustCrypto), Chain::Trusted(_)));
        group.bench_function(name, |bencher| bencher.iter(|| find_anchor(black_box(&document_signer), store, &RustCrypto)));
    }
    group.finish();
    // The difference of two figures of some hundred microseconds: taken in turns, so that whatever else the machine does meets both.
    let mut differences: Vec<f64> = (0..2000)
        .map(|_| {
            let time = |store| {
                let start = Instant::now();
                black_box(find_anchor(black_box(&document_signer), store, &RustCrypto));
                start.elapsed().as_secs_f64() * 1e6
            };
            let (one, many) = (time(&one), time(&many));
            many - one
        })
        .collect();
    differences.sort_by(f64::total_cmp);
    println!("chain search: 1,500 anchors add {:.1} µs to a card (median of 2,000 pairs)", differences[1000]);
}

/// A card whose issuer's name is that of a store full of other keys: how long until it is said that the issuer is not known.
fn crowded_store(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("store full of one name");
    group.sample_size(10);
    for kind in crowd::KINDS {
        let (store, certificate) = crowd::crowd(kind);
        assert!(matches!(find_anchor(&certificate, &store, &RustCrypto), Chain::IssuerUnknown { .. }), "{kind:?}");
        group.bench_function(format!("{kind:?}"), |bencher| {
            bencher.iter(|| find_anchor(black_box(&certificate), &store, &RustCrypto))
        });
    }
    group.finish();
}

/// A store of 1,500 anchors, 5,000 document signers and revocation lists of 100,000 entries together: the whole command that verifies one
/// dossier with it, beside the same without.
fn opening(_: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let soat = |line: &str| {
        let mut command = std::process::Command::new(command::release_binary());
        command.args(line.split(' ')).current_dir(folder.path()).env("SOAT_TRUST", "trust").env("LANG", "en_US.UTF-8");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
    };
    let own = Authority::new("VN", signer("secp256r1", "csca"), signer("secp256r1", "ds"));
    let others = (0..1499)
        .map(|number| Authority::new("UT", signer("secp256r1", &format!("other {number}")), own.document_signer.clone()));
    let members: Vec<Vec<u8>> =
        std::iter::once(own.csca_certificate()).chain(others.map(|other| other.csca_certificate())).collect();
    std::fs::write(path("all.ml"), own.master_list(&members, &Default::default())).unwrap();
    std::fs::write(path("csca.der"), own.csca_certificate()).unwrap();
    let revoked =
        (0..100_000_u32).map(|serial| ([&[0x11], serial.to_be_bytes().as_slice()].concat(), Time::midnight(2024, 8, 1)));
    let crl = CrlOptions {
        revoked: revoked.collect(),
        this_update: Time::midnight(2026, 7, 1),
        next_update: Some(Time::midnight(2027, 1, 1)),
        ..CrlOptions::default()
    };
    std::fs::write(path("own.crl"), own.revocation_list(&crl)).unwrap();
    let signers = (0..5000_u32).map(|serial| {
        let options =
            CertificateOptions { serial: [&[0x22], serial.to_be_bytes().as_slice()].concat(), ..own.document_signer_options() };
        ("o=dsc,c=VN", vec![("userCertificate;binary", own.document_signer_certificate_with(&options).der)])
    });
    std::fs::write(path("signers.ldif"), ldif(&signers.collect::<Vec<_>>())).unwrap();
    let groups: [(u8, &[u8]); 1] = [(1, &[0x61, 0])];
    std::fs::write(path("lone.sod"), own.security_object(groups, &Default::default())).unwrap();
    for line in ["trust import all.ml --demonstration --signer csca.der", "trust import own.crl", "trust import signers.ldif"] {
        let start = Instant::now();
        let (code, told) = soat(line);
        assert_eq!(code, Some(0), "{line}: {told}");
        println!("soat {line}: {:.1?}", start.elapsed());
    }
    let verify = |trust: &str| {
        let line = format!("verify lone.sod --now 2026-08-01T00:00:00Z --trust {trust}");
        median(|| assert_eq!(soat(&line).0, Some(3)))
    };
    let (without, with) = (verify("empty"), verify("trust"));
    println!("soat verify, empty store: {without:.1?}; 1,500 anchors, 5,000 signers, 100,000 revoked: {with:.1?}");
    println!("opening the store: {:.1?}", with.saturating_sub(without));
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

criterion_group!(benches, master_list, chain_search, crowded_store, opening);
criterion_main!(benches);
