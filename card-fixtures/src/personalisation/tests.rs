#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::collections::BTreeSet;
use std::time::Instant;

use super::issue::{COM, SOD, data_group};
use super::*;
use crate::curve::Curve;
use crate::hash::Hash;

#[test]
fn every_card_can_be_made_and_names_are_single() {
    let mut names = BTreeSet::new();
    for entry in catalogue() {
        let start = Instant::now();
        let card = entry.personalise();
        eprintln!("{:5} ms {}", start.elapsed().as_millis(), entry.name);
        assert!(names.insert(entry.name), "{} stands twice", entry.name);
        assert_eq!(card.name, entry.name);
        assert!(card.application_files.contains_key(&SOD) && card.application_files.contains_key(&COM), "{}", entry.name);
        assert!(card.bac || !card.pace.is_empty(), "{} opens by nothing", entry.name);
        assert_eq!(card.pace.is_empty(), !card.master_files.contains_key(&issue::CARD_ACCESS), "{}", entry.name);
        assert_eq!(card.active_authentication.is_some(), card.application_files.contains_key(&data_group(15)), "{}", entry.name);
        assert_eq!(card.demonstration_anchors().len(), 1);
    }
    assert!(personalise("no such card").is_none());
}

#[test]
fn a_card_is_the_same_every_time() {
    let (left, right) = (personalise("vietnam-2024").unwrap(), personalise("vietnam-2024").unwrap());
    assert_eq!(left.application_files, right.application_files);
    assert_eq!(left.master_files, right.master_files);
}

#[test]
fn every_algorithm_and_curve_has_its_card() {
    let names: Vec<&str> = catalogue().iter().map(|entry| entry.name).collect();
    for curve in Curve::all() {
        let short = curve.name().replace("secp", "p").replace("brainpoolP", "bp");
        let short = if curve.name().starts_with("secp") { short.trim_end_matches("r1").to_owned() } else { short };
        assert!(names.iter().any(|name| name.starts_with(&format!("sod-{short}-sha"))), "{short}");
    }
    for hash in Hash::ALL {
        for scheme in ["rsa2048-pkcs1", "rsa2048-pss", "p256", "bp256r1-plain"] {
            assert!(names.contains(&format!("sod-{scheme}-{}", hash.name()).as_str()), "{scheme} {hash:?}");
        }
    }
    let offered: BTreeSet<u8> = catalogue()
        .iter()
        .filter(|entry| entry.name.starts_with("pace-"))
        .map(|entry| entry.personalise().pace[0].parameter_id)
        .collect();
    assert_eq!(offered, (0..=2).chain(8..=18).collect());
}

#[test]
fn the_reference_card_has_its_sizes() {
    for name in ["reference", "reference-1k", "reference-32k"] {
        let card = personalise(name).unwrap();
        let len = |file: u16| card.application_files[&file].len();
        assert_eq!(len(SOD), reference::SOD_LEN);
        assert_eq!(len(data_group(2)), reference::DG2_LEN);
        assert_eq!(len(data_group(13)), reference::DG13_LEN);
        assert_eq!(len(data_group(14)), reference::DG14_LEN);
        assert_eq!(len(data_group(15)), reference::DG15_LEN);
        assert_eq!(len(data_group(1)), 95);
    }
}

#[test]
fn vietnamese_com_has_the_order_of_the_cards() {
    let card = personalise("vietnam-2024").unwrap();
    assert!(card.application_files[&COM].ends_with(&[0x5C, 6, 0x61, 0x75, 0x63, 0x6D, 0x6F, 0x6E]));
    let dg13 = card.application_files[&data_group(13)].len();
    assert!((380..=520).contains(&dg13), "{dg13} bytes");
    assert!(!personalise("vietnam-child").unwrap().application_files.contains_key(&data_group(2)));
}

#[test]
fn fingerprints_are_those_of_the_catalogue() {
    let (mut certificates, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for entry in catalogue() {
        let authority = entry.authority();
        certificates.insert(hex::encode(Hash::Sha256.digest(&authority.csca_certificate())));
        for signer in [&authority.csca, &authority.document_signer, &authority.master_list_signer()] {
            keys.insert(hex::encode(Hash::Sha256.digest(&signer.key.public_key_bytes())));
        }
    }
    let list = |made: &BTreeSet<String>| made.iter().map(|hex| format!("    \"{hex}\",\n")).collect::<String>();
    assert!(
        FINGERPRINTS.iter().copied().eq(certificates.iter().map(String::as_str)),
        "FINGERPRINTS should be\n{}",
        list(&certificates)
    );
    assert!(KEY_FINGERPRINTS.iter().copied().eq(keys.iter().map(String::as_str)), "KEY_FINGERPRINTS should be\n{}", list(&keys));
}

#[test]
fn a_fixture_is_known_by_its_key_too() {
    let authority = authority("vietnam-2024").unwrap();
    let csca = authority.csca_certificate();
    assert!(is_fixture(&csca));
    let other = crate::authority::CertificateOptions { serial: vec![7], ..authority.csca_options() };
    assert!(is_fixture(&authority.csca_certificate_with(&other)), "another certificate over the same key");
    assert!(is_fixture(&authority.document_signer_certificate().der));
    let stranger = crate::authority::Signer::ecdsa(issue::curve("secp384r1"), Hash::Sha384, "a stranger");
    let stranger = crate::authority::Authority::new("VN", stranger.clone(), stranger);
    assert!(!is_fixture(&stranger.csca_certificate()));
    assert!(!is_fixture(&[]) && !is_fixture(&csca[..40]));
}

#[test]
fn the_specimen_has_the_keys_of_its_files() {
    let root =
        std::env::var("SOAT_REAL_DATA").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let folder = std::path::Path::new(&root).join("bsi-silver-2008");
    if !folder.is_dir() {
        eprintln!("SKIPPED: the_specimen_has_the_keys_of_its_files: no folder {} (SOAT_REAL_DATA)", folder.display());
        return;
    }
    let card = from_bsi_silver(&folder).unwrap();
    let key = &card.chip_keys[0];
    assert_eq!(key.curve, "brainpoolP224r1");
    let curve = Curve::named(key.curve).unwrap();
    let public = curve.encode(&curve.public_key(&key.private));
    let contains = |file: u16, bytes: &[u8]| card.application_files[&file].windows(bytes.len()).any(|window| window == bytes);
    assert!(contains(data_group(14), &public), "the private key of DG14 is another's");
    let Some(ActiveAuthenticationKey::Rsa { modulus, .. }) = &card.active_authentication else { panic!("no RSA key") };
    assert!(contains(data_group(15), &modulus.to_bytes_be()), "the private key of DG15 is another's");
    let mrz = card.mrz_key.unwrap();
    assert_eq!((mrz.document_number.as_str(), mrz.birth.as_str(), mrz.expiry.as_str()), ("C11T002JM", "960812", "231031"));
}
