//! The gate's image verifies on the microcontroller as the desk does, in QEMU.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::Command;

use card_fixtures::authority::SodOptions;
use card_fixtures::personalisation::{authority, issue, personalise};
use soat::dossier::{DataGroup, Dossier, FileContent, FileId, FileRecord};
use soat_tests::image::{self, Image};

/// 2026-08-01
const NOW: i64 = 1_785_542_400;
const CARDS: [&str; 2] = ["sod-p256-sha256", "sod-rsa2048-pkcs1-sha256"];

fn dossier(card: &str, change: impl Fn(FileId, &mut Vec<u8>)) -> Vec<u8> {
    let authority = authority(card).unwrap();
    let mut card = personalise(card).unwrap();
    // From a file nothing proves the chip: a card that offers no chip authentication shows the passive part alone.
    for group in [3, 14, 15] {
        card.application_files.remove(&issue::data_group(group));
    }
    card.list("0107", &[]);
    card.sign(&authority, &SodOptions::default());
    let files = card.application_files.iter().filter_map(|(&identifier, bytes)| {
        let file = match identifier {
            issue::SOD => FileId::Sod,
            issue::COM => FileId::Com,
            _ => FileId::DataGroup(DataGroup::new(u8::try_from(identifier & 0xFF).unwrap())?),
        };
        let mut bytes = bytes.clone();
        change(file, &mut bytes);
        Some((file, bytes))
    });
    let mut dossier = Dossier::from_raw_files(files).unwrap();
    // A gate does not hold the face: it hashes DG2 while it streams.
    let face = FileId::from(DataGroup::DG2);
    if let Some(bytes) = dossier.bytes(face) {
        let algorithm = soat::crypto::DigestAlgorithm::Sha256;
        let digest = soat::crypto::Provider::digest(&soat::crypto::rustcrypto::RustCrypto, algorithm, &[bytes]);
        let length = u32::try_from(bytes.len()).unwrap();
        let record = FileRecord::Read(FileContent::Digests { length, digests: vec![(algorithm, digest)] });
        dossier.files.insert(face, record);
    }
    dossier.to_cbor()
}

/// Exit code and output of the image.
fn run(image: &Path, dossier: &[u8], anchor: &[u8]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dossier.soat"), dossier).unwrap();
    fs::write(folder.path().join("anchor.der"), anchor).unwrap();
    fs::write(folder.path().join("now.txt"), NOW.to_string()).unwrap();
    let output = Command::new("qemu-system-arm")
        .args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "none", "-no-reboot"])
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(image)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn the_image_decides_as_the_desk_does() {
    let Some(image) = image::in_qemu(Image::PassiveAuthenticationBesideGate) else { return };
    for card in CARDS {
        let anchor = authority(card).unwrap().csca_certificate();
        let stranger = authority("vietnam-2024").unwrap().csca_certificate();
        assert_eq!(run(&image, &dossier(card, |_, _| ()), &anchor), (0, "Successful\n".into()), "{card}");
        assert_eq!(run(&image, &dossier(card, |_, _| ()), &stranger), (3, "Undetermined\n".into()), "{card}: no anchor");
        let altered = dossier(card, |file, bytes| {
            if file == FileId::from(DataGroup::DG1) {
                *bytes.last_mut().unwrap() ^= 1;
            }
        });
        assert_eq!(run(&image, &altered, &anchor), (1, "Failed\n".into()), "{card}: DG1 altered");
    }
    assert_eq!(run(&image, b"no dossier", b"").0, 2);
}
