//! The index of document signers: altered, stale, torn, deleted, or lying, the verdict is the same.

use std::fs;

use card_fixtures::authority::{Authority, CertificateOptions, SignatureOptions, Signer, SodOptions, ldif};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::personalise;

use crate::desk::{Desk, NOW, fingerprint, own};

const INDEX: &str = "trust/signers.index";

/// A card whose security object leaves its signer's certificate to the directory, and a directory with strangers in it.
fn desk() -> Desk {
    let desk = Desk::trusting();
    let own = own();
    let card = personalise("vietnam-2024").unwrap();
    let groups: Vec<(u8, &[u8])> = [1_u8, 2, 13, 14, 15]
        .into_iter()
        .filter_map(|group| Some((group, card.application_files.get(&(0x0100 | u16::from(group)))?.as_slice())))
        .collect();
    let options = SodOptions {
        signature: SignatureOptions { include_certificates: false, ..SignatureOptions::default() },
        ..SodOptions::default()
    };
    desk.write("raw/EF_SOD.bin", &own.security_object(groups.iter().copied(), &options));
    for (group, bytes) in &groups {
        desk.write(&format!("raw/DG{group}.bin"), bytes);
    }
    let mut signers = vec![own.document_signer_certificate().der];
    for serial in 1..20 {
        let stranger = CertificateOptions { serial: vec![serial, 0x11], ..own.document_signer_options() };
        signers.push(own.document_signer_certificate_with(&stranger).der);
    }
    let entries = signers.into_iter().map(|der| ("o=dsc,c=VN", vec![("userCertificate;binary", der)]));
    desk.write("signers.ldif", ldif(&entries.collect::<Vec<_>>()).as_bytes());
    desk
}

/// How the signature of the security object ended, and the reason.
fn verdict(desk: &Desk) -> (String, String) {
    let report = desk.json(&format!("verify raw --now {NOW}"));
    let row = report["checks"].as_array().unwrap().iter().find(|row| row["check"] == "sod_signature").unwrap().clone();
    (row["outcome"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap_or("–").to_owned())
}

fn good() -> (String, String) {
    ("successful".to_owned(), "–".to_owned())
}

fn unknown() -> (String, String) {
    ("undetermined".to_owned(), "sod.signer_certificate_missing".to_owned())
}

fn own_file(desk: &Desk) -> std::path::PathBuf {
    let name = fingerprint(&own().document_signer_certificate().der).to_lowercase();
    desk.path("trust/signers").join(name).with_extension("der")
}

#[test]
fn a_signer_is_found_whatever_happened_to_the_index() {
    let desk = desk();
    assert_eq!(verdict(&desk), unknown());
    desk.good("trust import signers.ldif");
    assert_eq!(verdict(&desk), good());
    let whole = desk.read(INDEX);
    for place in [0, 20, 60, 100, whole.len() / 2, whole.len() - 1] {
        let mut altered = whole.clone();
        altered[place] ^= 1;
        fs::write(desk.path(INDEX), altered).unwrap();
        assert_eq!(verdict(&desk), good(), "byte {place}");
        assert_eq!(desk.read(INDEX), whole, "it is made anew");
        fs::write(desk.path(INDEX), whole.split_at(place).0).unwrap();
        assert_eq!(verdict(&desk), good(), "torn at {place}");
        assert_eq!(desk.read(INDEX), whole, "it is made anew");
    }
    fs::remove_file(desk.path(INDEX)).unwrap();
    assert_eq!(verdict(&desk), good());
    assert_eq!(desk.read(INDEX), whole);
    // Where it cannot be written, all is read each time.
    fs::remove_file(desk.path(INDEX)).unwrap();
    fs::create_dir(desk.path(INDEX)).unwrap();
    assert_eq!(verdict(&desk), good());
}

#[test]
fn a_stale_index_is_made_anew() {
    let desk = desk();
    desk.good("trust import signers.ldif");
    assert_eq!(verdict(&desk), good());
    let with_all = desk.read(INDEX);
    desk.good(&format!("trust remove {}", fingerprint(&own().document_signer_certificate().der)));
    assert_eq!(verdict(&desk), unknown());
    assert_ne!(desk.read(INDEX), with_all);
    // An index of another state of the folder, whole in itself.
    fs::write(desk.path(INDEX), &with_all).unwrap();
    assert_eq!(verdict(&desk), unknown());
    desk.good("trust import signers.ldif");
    assert_eq!(verdict(&desk), good());
}

/// Whoever can write the index can seal it anew. It says then that another file is the signer's, or none.
#[test]
fn an_index_that_lies_and_is_whole_in_itself_changes_no_verdict() {
    const HEADER: usize = 16;
    const ROW: usize = 80;
    const KEYS: std::ops::Range<usize> = 48..80;
    let desk = desk();
    desk.good("trust import signers.ldif");
    assert_eq!(verdict(&desk), good());
    let whole = desk.read(INDEX);
    let rows = whole[HEADER..whole.len() - 32].chunks(ROW).count();
    assert_eq!((rows, whole.len()), (20, HEADER + 20 * ROW + 32));
    let own_name = Hash::Sha256.digest(&own().document_signer_certificate().der);
    let place = (0..rows).find(|row| whole[HEADER + row * ROW..].starts_with(&own_name)).unwrap();
    let other = (place + 1) % rows;
    let sealed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut content = whole[..whole.len() - 32].to_vec();
        change(&mut content);
        let digest = Hash::Sha256.digest(&content);
        [content, digest].concat()
    };
    let keys = |row: usize| HEADER + row * ROW + KEYS.start..HEADER + row * ROW + KEYS.end;
    let nowhere = sealed(&|content| content[keys(place)].fill(0));
    let elsewhere = sealed(&|content| {
        let (own, others) = (content[keys(place)].to_vec(), content[keys(other)].to_vec());
        content[keys(place)].copy_from_slice(&others);
        content[keys(other)].copy_from_slice(&own);
    });
    for lying in [nowhere, elsewhere] {
        fs::write(desk.path(INDEX), &lying).unwrap();
        assert_eq!(verdict(&desk), good());
        assert_eq!(desk.read(INDEX), lying, "the index was used");
    }
}

/// Found: an index sealed anew that names one of two signers of one identifier failed the other's card.
#[test]
fn attempt_an_index_that_hides_one_of_two_signers() {
    const HEADER: usize = 16;
    const ROW: usize = 80;
    const KEYS: std::ops::Range<usize> = 48..80;
    let (desk, own) = (Desk::trusting(), own());
    let card = personalise("vietnam-2024").unwrap();
    let groups: Vec<(u8, &[u8])> = [1_u8, 2, 13, 14, 15]
        .into_iter()
        .map(|group| (group, card.application_files[&(0x0100 | u16::from(group))].as_slice()))
        .collect();
    let signature = SignatureOptions { include_certificates: false, ..SignatureOptions::default() };
    desk.write(
        "raw/EF_SOD.bin",
        &own.security_object(groups.iter().copied(), &SodOptions { signature, ..SodOptions::default() }),
    );
    for (group, bytes) in &groups {
        desk.write(&format!("raw/DG{group}.bin"), bytes);
    }
    let signer = Signer::ecdsa(Curve::named("secp256r1").unwrap(), Hash::Sha256, "namesake");
    let namesake = Authority { document_signer: signer, ..own.clone() };
    let options = CertificateOptions { serial: own.document_signer_options().serial, ..namesake.document_signer_options() };
    let signers = [own.document_signer_certificate().der, namesake.document_signer_certificate_with(&options).der];
    let entries: Vec<_> = signers.iter().map(|der| ("o=dsc,c=VN", vec![("userCertificate;binary", der.clone())])).collect();
    desk.write("signers.ldif", ldif(&entries).as_bytes());
    desk.good("trust import signers.ldif");
    let verdict = || {
        let report = desk.json(&format!("verify raw --now {NOW}"));
        let row = report["checks"].as_array().unwrap().iter().find(|row| row["check"] == "sod_signature").unwrap().clone();
        row["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(), "successful");
    let whole = desk.read("trust/signers.index");
    for hidden in 0..2 {
        let mut content = whole[..whole.len() - 32].to_vec();
        assert_eq!(content.len(), HEADER + 2 * ROW);
        content[HEADER + hidden * ROW..][KEYS].fill(0);
        let lying = [content.clone(), Hash::Sha256.digest(&content)].concat();
        fs::write(desk.path("trust/signers.index"), &lying).unwrap();
        assert_eq!(verdict(), "successful", "row {hidden} hidden");
        assert_eq!(desk.read("trust/signers.index"), lying, "the index was used");
    }
}

#[test]
fn an_altered_file_is_refused_with_the_index_as_without() {
    let desk = desk();
    desk.good("trust import signers.ldif");
    assert_eq!(verdict(&desk), good());
    let (file, bytes) = (own_file(&desk), own().document_signer_certificate().der);
    let mut altered = bytes.clone();
    altered[100] ^= 1;
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(&file, altered).unwrap();
    desk.complains(&format!("verify raw --now {NOW}"), "does not hold the certificate", "không chứa chứng thư");
    fs::remove_file(desk.path(INDEX)).unwrap();
    desk.complains(&format!("verify raw --now {NOW}"), "does not hold the certificate", "không chứa chứng thư");
    fs::write(&file, &bytes).unwrap();
    assert_eq!(verdict(&desk), good());
    fs::remove_file(file.with_extension("json")).unwrap();
    desk.complains(&format!("verify raw --now {NOW}"), "provenance is missing", "nguồn gốc bị thiếu");
}
