//! Passive authentication of one dossier beside OpenSSL's verification of the same bytes, in the same run.
//!
//! Soát: `inspect` of EF.SOD and the data groups (two P-256 signatures, all hashes, all checks). OpenSSL: `CMS_verify` of the same
//! signed message with the same anchor (two P-256 signatures) and the same hashes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use card_fixtures::personalisation::{authority, issue, personalise};
use criterion::{Criterion, criterion_group, criterion_main};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::hash::{MessageDigest, hash};
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509, X509PurposeId};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{Dossier, FileId};
use soat::inspection::{Inspector, Outcome, Profile, inspect, report::CheckKind};
use soat::lds::sod;
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;

/// Document signer and CSCA both on P-256, keys by name so that OpenSSL takes them.
const CARD: &str = "sod-p256-named-sha256";
/// 2026-08-01
const NOW: Timestamp = Timestamp(1_785_542_400);

fn dossier() -> (Dossier, Vec<u8>, Vec<Vec<u8>>) {
    let card = personalise(CARD).unwrap();
    let mut files = Vec::new();
    let mut groups = Vec::new();
    for (&identifier, bytes) in &card.application_files {
        let file = FileId::all().find(|file| !file.is_master() && file.identifier() == identifier).unwrap();
        if matches!(file, FileId::DataGroup(_)) {
            groups.push(bytes.clone());
        }
        files.push((file, bytes.clone()));
    }
    let sod = card.application_files.get(&issue::SOD).unwrap().clone();
    (Dossier::from_raw_files(files).unwrap(), sod, groups)
}

fn passive_authentication(criterion: &mut Criterion) {
    let (dossier, sod, groups) = dossier();
    let csca = authority(CARD).unwrap().csca_certificate();
    let mut trust = TrustStore::new();
    trust.add(Certificate::from_der(&csca).unwrap(), Provenance::Operator { source: "bench".into() }, true, &RustCrypto);
    let report = inspect(&dossier, &trust, &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!(report.check(CheckKind::Chain).unwrap().outcome, Outcome::Successful, "{report:?}");

    let mut group = criterion.benchmark_group("passive authentication, two P-256 signatures");
    group.bench_function("soat", |bencher| {
        bencher.iter(|| inspect(black_box(&dossier), &trust, &Profile::OPERATIONAL, NOW, &RustCrypto));
    });
    let mut inspector = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto);
    group.bench_function("soat, document signer seen before", |bencher| {
        bencher.iter(|| inspector.inspect(black_box(&dossier), NOW));
    });

    let mut store = X509StoreBuilder::new().unwrap();
    store.add_cert(X509::from_der(&csca).unwrap()).unwrap();
    store.set_flags(X509VerifyFlags::NO_CHECK_TIME).unwrap();
    store.set_purpose(X509PurposeId::ANY).unwrap();
    let store = store.build();
    let cms = sod::cms(&sod).unwrap();
    group.bench_function("openssl", |bencher| {
        bencher.iter(|| {
            let mut message = CmsContentInfo::from_der(black_box(cms)).unwrap();
            let mut content = Vec::new();
            let certificates = Stack::<X509>::new().unwrap();
            message.verify(Some(&certificates), Some(&store), None, Some(&mut content), CMSOptions::empty()).unwrap();
            for group in &groups {
                black_box(hash(MessageDigest::sha256(), group).unwrap());
            }
            content
        });
    });
    group.finish();
}

criterion_group!(benches, passive_authentication);
criterion_main!(benches);
