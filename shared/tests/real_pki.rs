//! Data of real issuers: certificates, security objects, master lists. None of it is part of this project; where it is not there, each
//! test says so loudly and checks nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CryptoError, Digest, NamedCurve, PublicKey};
use soat::pki::chain::{Chain, find_anchor};
use soat::pki::cms::CmsFinding;
use soat::pki::deviation_list::{Candidate, Deviation, Match};
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CmsError, CscaMasterList, DeviationList, ListError, Provenance, SignedData, TrustStore};

fn data(relative: &str) -> Option<PathBuf> {
    let base = std::env::var_os("SOAT_REAL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = base.join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED, NOTHING CHECKED: {} is not there; set SOAT_REAL_DATA", path.display());
    None
}

fn read(relative: &str) -> Option<Vec<u8>> {
    data(relative).map(|path| fs::read(path).unwrap())
}

fn certificate(bytes: &[u8]) -> Certificate {
    let der = match bytes.strip_prefix(b"-----BEGIN CERTIFICATE-----") {
        Some(_) => {
            let text = std::str::from_utf8(bytes).unwrap();
            let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
            decode_base64(&body)
        }
        None => bytes.to_vec(),
    };
    Certificate::from_der(&der).unwrap()
}

fn decode_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.bytes().filter(|character| !character.is_ascii_whitespace() && *character != b'=') {
        let value = ALPHABET.iter().position(|&known| known == character).unwrap();
        bits = bits << 6 | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap());
        }
    }
    bytes
}

fn fingerprint(hexadecimal: &str) -> Digest {
    Digest::new(&hex::decode(hexadecimal).unwrap()).unwrap()
}

fn store<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> TrustStore {
    let mut store = TrustStore::new();
    for certificate in certificates {
        store.add(certificate.clone(), Provenance::Operator { source: "test".into() }, false, &RustCrypto);
    }
    store
}

/// What hangs a list on a root, and how many certificates it brings. The roots that are named by fingerprint stand in the Dutch list.
const LISTS: [(&str, Root, usize); 4] = [
    ("DE_ML_2024-08-07-07-38-24.ml", Root::Fingerprint("66b09a816ff5c76d3d6ef10f035ded4a8ac4b961b75955f1d5926dc3c63ecb5b"), 541),
    ("DE_ML_2025-06-25-09-31-57.ml", Root::File("DE_ROOT_CA_CSCA07.cer"), 559),
    ("NL_ML_2026-02-16.ml", Root::File("NL_ROOT_CA.cer"), 392),
    ("ICAO_ml_September2023.ml", Root::Fingerprint("920693cd1283824ffdf48a3579fc35528122f3de46bab2ecdaef402db6d92e4e"), 394),
];

enum Root {
    File(&'static str),
    Fingerprint(&'static str),
}

fn verify_list(name: &str, root: &Root, store: &TrustStore) -> Option<Result<CscaMasterList, ListError>> {
    let bytes = read(&format!("master-lists/{name}"))?;
    Some(match root {
        Root::File(file) => {
            let root = certificate(&read(&format!("master-lists/{file}"))?);
            CscaMasterList::verify(&bytes, SignerRoot::Certificate(&root), store, &RustCrypto)
        }
        Root::Fingerprint(digits) => {
            CscaMasterList::verify(&bytes, SignerRoot::Fingerprint(fingerprint(digits)), store, &RustCrypto)
        }
    })
}

fn lists() -> Option<Vec<CscaMasterList>> {
    let dutch = verify_list(LISTS[2].0, &LISTS[2].1, &TrustStore::new())?.unwrap();
    let known = store(dutch.certificates());
    LISTS
        .iter()
        .map(|(name, root, _)| verify_list(name, root, &known).map(|list| list.unwrap_or_else(|error| panic!("{name}: {error}"))))
        .collect()
}

#[test]
fn every_list_imports_under_its_root_with_every_key_usable() {
    let Some(lists) = lists() else { return };
    for (list, (name, _, count)) in lists.iter().zip(&LISTS) {
        assert!(list.unreadable().is_empty(), "{name}: {:?}", list.unreadable());
        assert_eq!(list.certificates().len(), *count, "{name}");
        for certificate in list.certificates() {
            if let Err(error) = certificate.public_key() {
                panic!("{name}: {} {}: {error}", certificate.subject, hex::encode(&certificate.serial));
            }
        }
    }
}

#[test]
fn a_root_is_taken_out_of_a_list_under_its_fingerprint() {
    let Some(bytes) = read("master-lists/ICAO_ml_September2023.ml") else { return };
    let Some(Root::Fingerprint(digits)) = LISTS.last().map(|(_, root, _)| root) else { panic!("the list has a root") };
    let root = fingerprint(digits);
    let verify = |store: &TrustStore| CscaMasterList::verify(&bytes, SignerRoot::Fingerprint(root), store, &RustCrypto);
    assert_eq!(verify(&TrustStore::new()).unwrap_err(), ListError::RootUnknown);
    let candidates = CscaMasterList::candidates(&bytes, &RustCrypto).unwrap();
    let found = candidates.iter().find(|candidate| candidate.fingerprint(&RustCrypto) == root).unwrap();
    assert_eq!(verify(&store([found])).unwrap().certificates().len(), 394);
}

#[test]
fn every_signature_of_the_members_is_checked() {
    use soat::pki::master_list::MemberSignature::{Invalid, Issuer, IssuerAbsent, Own};
    let Some(lists) = lists() else { return };
    for (list, (name, _, count)) in lists.iter().zip(&LISTS) {
        let found = list.check_members(&TrustStore::new(), &RustCrypto);
        let count_of = |kind| found.iter().filter(|&&member| member == kind).count();
        println!("{name}: {} roots, {} links, {} of absent issuers", count_of(Own), count_of(Issuer), count_of(IssuerAbsent));
        assert_eq!((found.len(), count_of(Invalid)), (*count, 0), "{name}");
    }
}

#[test]
fn every_certificate_of_the_lists_is_signed_by_itself_or_by_a_parent() {
    let Some(lists) = lists() else { return };
    let everyone = store(lists.iter().flat_map(CscaMasterList::certificates));
    let identifiers: Vec<_> = lists
        .iter()
        .flat_map(CscaMasterList::certificates)
        .filter_map(|certificate| certificate.extensions.subject_key_identifier.as_deref())
        .collect();
    // Self-signed ones; link certificates whose parent is in one of the lists; those whose parent is in none of them.
    let expected = [(358, 182, 1), (362, 197, 0), (392, 0, 0), (276, 118, 0)];
    for ((list, (name, _, _)), expected) in lists.iter().zip(&LISTS).zip(expected) {
        let (mut roots, mut links, mut orphans) = (0, 0, 0);
        for certificate in list.certificates() {
            let key = certificate.public_key().unwrap();
            if certificate.verify_signed_by(&key, &RustCrypto).is_ok() {
                roots += 1;
                continue;
            }
            match find_anchor(certificate, &everyone, &RustCrypto) {
                Chain::Trusted(_) => links += 1,
                Chain::IssuerUnknown { .. } => {
                    let parent = certificate.extensions.authority_key_identifier.as_deref().unwrap();
                    assert!(!identifiers.contains(&parent), "{name}: the parent of {} is there", certificate.subject);
                    orphans += 1;
                }
                other => panic!("{name}: {}: {other:?}", certificate.subject),
            }
        }
        assert_eq!((roots, links, orphans), expected, "{name}");
    }
}

#[test]
fn a_list_under_another_root_is_refused() {
    let (Some(bytes), Some(root)) = (read("master-lists/NL_ML_2026-02-16.ml"), read("master-lists/DE_ROOT_CA_CSCA07.cer")) else {
        return;
    };
    let root = certificate(&root);
    let refused = |root| CscaMasterList::verify(&bytes, root, &TrustStore::new(), &RustCrypto).unwrap_err();
    assert_eq!(refused(SignerRoot::Certificate(&root)), ListError::SignerUntrusted);
    assert_eq!(refused(SignerRoot::Store), ListError::SignerUntrusted);
    assert_eq!(refused(SignerRoot::Fingerprint(root.fingerprint(&RustCrypto))), ListError::RootUnknown);
}

#[test]
fn a_list_is_taken_under_an_anchor_of_the_store() {
    let (Some(bytes), Some(root)) = (read("master-lists/NL_ML_2026-02-16.ml"), read("master-lists/NL_ROOT_CA.cer")) else {
        return;
    };
    let known = store([&certificate(&root)]);
    let list = CscaMasterList::verify(&bytes, SignerRoot::Store, &known, &RustCrypto).unwrap();
    assert_eq!(list.signature().root.as_der(), certificate(&root).as_der());
}

#[test]
fn an_altered_list_is_refused() {
    let (Some(mut bytes), Some(root)) = (read("master-lists/NL_ML_2026-02-16.ml"), read("master-lists/NL_ROOT_CA.cer")) else {
        return;
    };
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let root = certificate(&root);
    let refused = CscaMasterList::verify(&bytes, SignerRoot::Certificate(&root), &TrustStore::new(), &RustCrypto).unwrap_err();
    assert_eq!(refused, ListError::Message(CmsError::MessageDigestMismatch));
}

#[test]
fn the_vietnamese_authorities_sign_themselves() {
    for (file, curve) in
        [("vn/csca_vietnam_card_2021.pem", NamedCurve::P384), ("vn/csca_epassport_vietnam_2022.cer", NamedCurve::BrainpoolP512r1)]
    {
        let Some(bytes) = read(file) else { return };
        let certificate = certificate(&bytes);
        let key = certificate.public_key().unwrap();
        assert!(matches!(&key, PublicKey::Ec(key) if key.curve() == curve), "{file}");
        certificate.verify_signed_by(&key, &RustCrypto).unwrap();
        assert_eq!(certificate.subject.country().as_deref(), Some("VN"));
        assert!(certificate.extensions.is_certificate_authority(), "{file}");
    }
}

#[test]
fn mock_pairs_chain_and_strangers_do_not() {
    let Some(folder) = data("mock-pki") else { return };
    let mut pairs = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (csca, signer) = (entry.as_ref().unwrap().path().join("mock_csca.pem"), entry.unwrap().path().join("mock_dsc.pem"));
        if csca.exists() {
            pairs.push((certificate(&fs::read(csca).unwrap()), certificate(&fs::read(signer).unwrap())));
        }
    }
    assert_eq!(pairs.len(), 10);
    for (csca, signer) in &pairs {
        let Chain::Trusted(path) = find_anchor(signer, &store([csca]), &RustCrypto) else {
            panic!("{}", signer.subject);
        };
        assert_eq!(path.anchor().certificate, *csca);
        let strangers = store(pairs.iter().map(|(other, _)| other).filter(|other| *other != csca));
        assert!(matches!(find_anchor(signer, &strangers, &RustCrypto), Chain::IssuerUnknown { .. }), "{}", signer.subject);
    }
}

#[test]
fn every_security_object_ends_as_its_name_says() {
    let Some(folder) = data("sods") else { return };
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        // EF.SOD is the message under the tag 77.
        let message = soat::tlv::Cursor::new(&bytes, soat::tlv::Rules::Ber).expect(soat::tlv::Tag(0x77)).unwrap();
        let result = SignedData::from_ber(message.value).and_then(|message| message.verify(&RustCrypto));
        match name.rsplit('.').nth(1).unwrap() {
            "valid" => {
                let message = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                // One issuer wrote version 2, which RFC 5652 §5.1 does not have.
                let bent: &[CmsFinding] = if name.starts_with("test-hjp-rsapss") { &[CmsFinding::Version] } else { &[] };
                assert_eq!(message.findings(), bent, "{name}");
            }
            "bad-signature" => assert_eq!(result.unwrap_err(), CmsError::Signature(CryptoError::SignatureInvalid), "{name}"),
            "bad-content" => assert_eq!(result.unwrap_err(), CmsError::MessageDigestMismatch, "{name}"),
            other => panic!("{name}: {other}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn the_deviation_list_of_estonia() {
    let Some(bytes) = read("deviation-lists/ee-2018.bin") else { return };
    let Some(lists) = lists() else { return };
    let store = store(lists.iter().flat_map(CscaMasterList::certificates));
    let list = DeviationList::verify(&bytes, SignerRoot::Store, &store, &RustCrypto).unwrap();
    assert_eq!(list.signature().root.subject.country().as_deref(), Some("EE"));
    assert_eq!(list.signature().time.date().map(|date| date.year()), Some(2018));
    let [entry] = list.entries() else { panic!("{} entries", list.entries().len()) };
    assert!(entry.documents.numbers().unwrap() > 150_000, "{:?}", entry.documents.numbers());
    assert_eq!(entry.descriptions.iter().map(|found| found.deviation).collect::<Vec<_>>(), [Deviation::SodSignature]);
    let matches = |number| {
        let document = Candidate { number: Some(number), ..Candidate::default() };
        list.matching(&document, &RustCrypto).map(|(certainty, _)| certainty).collect::<Vec<_>>()
    };
    assert_eq!(matches("BB0000001"), [Match::Yes]);
    assert_eq!(matches("BB0000001<<"), [Match::Yes]);
    assert!(matches("AA0000000").is_empty());
    let mut altered = bytes.clone();
    altered[1000] ^= 1;
    let refused = DeviationList::verify(&altered, SignerRoot::Store, &store, &RustCrypto).map(drop).unwrap_err();
    assert_eq!(refused, ListError::Message(CmsError::MessageDigestMismatch));
}
