//! What an attacker can bring to the command as files, codes and lists, and how it ends.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use card_fixtures::authority::{MasterListOptions, SignatureDefect, SignatureOptions, SodOptions};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::face::{ImageKind, dg2};
use card_fixtures::personalisation::{Personalisation, authority, personalise};
use serde_json::Value;
use soat_tests::command::{Finished, run, soat};
use soat_tests::real_data;

const NOW: &str = "2025-06-01T08:00:00Z";
/// A card whose files alone make it genuine: it offers nothing that a chip would have to prove.
const CARD: &str = "passive-only";
const EN_SOD: &str = "EF_SOD.bin";

/// A folder with a trust folder of its own.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Trusts the authority of the card.
    fn trusting(self) -> Self {
        let der = authority(CARD).unwrap().csca_certificate();
        fs::write(self.path("csca.der"), &der).unwrap();
        let fingerprint = hex::encode(Hash::Sha256.digest(&der));
        let added = run(&mut self.soat(&["trust", "add", "csca.der", "--demonstration", "--fingerprint", &fingerprint]));
        assert_eq!(added.code, 0, "{added:?}");
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn soat(&self, arguments: &[&str]) -> Command {
        let mut command = soat(arguments);
        command.env("SOAT_TRUST", self.path("trust")).current_dir(self.0.path());
        command
    }

    /// Lays the card's files into a folder, and judges them.
    fn verify(&self, card: &Personalisation, arguments: &[&str]) -> Finished {
        let folder = self.path("card");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        for (identifier, bytes) in &card.application_files {
            let name = match identifier {
                0x011D => EN_SOD.to_owned(),
                0x011E => "EF_COM.bin".to_owned(),
                group => format!("DG{}.bin", group & 0xFF),
            };
            fs::write(folder.join(name), bytes).unwrap();
        }
        run(&mut self.soat(&[&["verify", "card", "--now", NOW], arguments].concat()))
    }
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name}: {report:#}"))
}

/// The card with what a test changes, signed by its authority.
fn signed(options: &SodOptions, change: impl FnOnce(&mut Personalisation)) -> Personalisation {
    let mut card = personalise(CARD).unwrap();
    change(&mut card);
    card.sign(&authority(CARD).unwrap(), options);
    card
}

/// Red, exit code 1, no identity, and no word that would let a user go on.
#[test]
fn attack_03_a_bad_signature_is_shown_as_a_failure() {
    let desk = Desk::new().trusting();
    let genuine = signed(&SodOptions::default(), |_| ());
    let finished = desk.verify(&genuine, &[]);
    assert_eq!(finished.code, 0, "{finished:?}");
    assert!(finished.stdout.starts_with("GENUINE"), "{finished:?}");

    let signature = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    let forged = signed(&SodOptions { signature, ..SodOptions::default() }, |_| ());
    let shown = desk.verify(&forged, &[]);
    assert_eq!(shown.code, 1, "{shown:?}");
    assert!(shown.stdout.starts_with("NOT GENUINE"), "{shown:?}");
    for word in ["warning", "Warning", "GENUINE\n", "TRẦN", "Trần"] {
        assert!(!shown.stdout.contains(word) || word == "GENUINE\n", "{word}: {shown:?}");
    }
    let report = json(&desk.verify(&forged, &["--json"]));
    assert_eq!((&report["overall"], &report["exit_code"]), (&"failed".into(), &1.into()));
    let row = check(&report, "sod_signature");
    assert_eq!((&row["outcome"], &row["reason"]), (&"failed".into(), &"sod.signature_invalid".into()));
    assert!(report["identity"].is_null());
    let outcomes = ["successful", "failed", "undetermined", "not_supported", "aborted"];
    for row in report["checks"].as_array().unwrap() {
        assert!(outcomes.contains(&row["outcome"].as_str().unwrap()), "{row:#}");
    }
}

/// A list is imported in two steps: its signer's root is pinned first, a certificate that came another way. Until then nothing of it is
/// kept, and the card stays undecided. Mutant: 13 of
/// `tests/mutants.json`.
#[test]
fn attack_13_a_list_is_imported_under_a_pinned_root_alone() {
    let (own, stranger) = (authority(CARD).unwrap(), authority("passport-td3").unwrap());
    let list = own.master_list(&[own.csca_certificate()], &MasterListOptions::default());
    let card = signed(&SodOptions::default(), |_| ());
    let fingerprint = |der: &[u8]| hex::encode(Hash::Sha256.digest(der));
    let verdict = |desk: &Desk| {
        let report = json(&desk.verify(&card, &["--json"]));
        let chain = check(&report, "chain");
        (report["overall"].clone(), chain["outcome"].clone(), chain["reason"].clone())
    };
    let unknown = ("undetermined".into(), "undetermined".into(), "chain.issuer_unknown".into());
    let import = |desk: &Desk, list: &[u8], arguments: &[&str]| {
        let _ = fs::remove_file(desk.path("list.ml"));
        fs::write(desk.path("list.ml"), list).unwrap();
        run(&mut desk.soat(&[&["trust", "import", "list.ml", "--demonstration"], arguments].concat()))
    };

    let desk = Desk::new();
    let pin = |desk: &Desk| {
        fs::write(desk.path("own.der"), own.csca_certificate()).unwrap();
        fs::write(desk.path("stranger.der"), stranger.csca_certificate()).unwrap();
    };
    pin(&desk);
    let taken = import(&desk, &list, &["--signer", "own.der"]);
    assert_eq!(taken.code, 0, "{taken:?}");
    assert_eq!(verdict(&desk), ("successful".into(), "successful".into(), Value::Null));

    let signature = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    let altered = own.master_list(&[own.csca_certificate()], &MasterListOptions { signature, ..MasterListOptions::default() });
    let foreign = stranger.master_list(&[own.csca_certificate()], &MasterListOptions::default());
    // The list brings its root; its fingerprint names an anchor of the store, and there is none.
    let root = fingerprint(&own.csca_certificate());
    for (list, arguments) in [
        (&list, &[][..]),
        (&list, &["--signer", "stranger.der"]),
        (&list, &["--signer", root.as_str()]),
        (&altered, &["--signer", "own.der"]),
        (&foreign, &["--signer", "own.der"]),
    ] {
        let desk = Desk::new();
        pin(&desk);
        let refused = import(&desk, list, arguments);
        assert_eq!(refused.code, 2, "{arguments:?}: {refused:?}");
        assert_eq!(verdict(&desk), unknown, "{arguments:?}");
    }
}

/// An image that asks a decoder for gigabytes. What is not as signed is not even looked at; what is signed is decoded within bounds.
/// Mutants: the check of the identity in `write_photo` taken out; `MOST_PIXELS` and `LARGEST_SIDE` in `render/photo.rs` raised.
#[test]
fn attack_25_an_image_that_asks_for_gigabytes() {
    let desk = Desk::new().trusting();
    let genuine = desk.verify(&signed(&SodOptions::default(), |_| ()), &["--photo", "face.png"]);
    assert_eq!(genuine.code, 0, "{genuine:?}");
    assert!(fs::read(desk.path("face.png")).unwrap().starts_with(b"\x89PNG"));
    fs::remove_file(desk.path("face.png")).unwrap();

    let mut siz = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 47, 0, 0];
    for size in [0x7FFF_FFFF_u32, 0x7FFF_FFFF, 0, 0, 0x7FFF_FFFF, 0x7FFF_FFFF, 0, 0] {
        siz.extend(size.to_be_bytes());
    }
    siz.extend([0, 3, 7, 1, 1, 7, 1, 1, 7, 1, 1]);
    let mut bombs = vec![siz];
    if let Some(folder) = real_data::folder() {
        bombs.push(fs::read(folder.join("faces/huge-allocation.jp2")).unwrap());
    }
    for bomb in bombs {
        let bomb = dg2(ImageKind::Jpeg2000, &bomb);
        // Laid over the genuine one: refused before anything is decoded.
        let mut altered = signed(&SodOptions::default(), |_| ());
        altered.put(2, bomb.clone());
        let refused = desk.verify(&altered, &["--photo", "face.png", "--json"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        let report = json(&refused);
        assert!(report["checks"].as_array().unwrap().iter().any(|row| row["reason"] == "dg2.hash_mismatch"), "{report:#}");
        assert!(!refused.stderr.contains("too large"), "it was looked at: {refused:?}");
        assert!(!desk.path("face.png").exists());
        // Signed by a careless issuer: the card is genuine, and its face is not to be had.
        let careless = signed(&SodOptions::default(), |card| card.put(2, bomb));
        let shown = desk.verify(&careless, &["--photo", "face.png"]);
        assert_eq!(shown.code, 4, "{shown:?}");
        assert!(shown.stdout.starts_with("GENUINE"), "{shown:?}");
        assert!(!shown.stderr.is_empty() && !desk.path("face.png").exists(), "{shown:?}");
    }
}

/// The code opens the chip and says nothing by itself. Here it is another person's, whose last six digits open this card too.
#[test]
fn attack_32_the_code_of_another_person() {
    let own = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";
    let other = "079203000001|987654321|Phạm Văn Khác|05062003|Nam|Số 9, Phường Khác, Quận 1, TP Hồ Chí Minh|10102023||||";
    let desk = Desk::new();
    let read = |code: &str| {
        run(&mut desk.soat(&["read", "--reader", "virtual:vietnam-2024", "--qr", code, "--no-photo", "--now", NOW, "--json"]))
    };
    let genuine = json(&read(own));
    let row = check(&genuine, "printed_data");
    assert_eq!((&genuine["overall"], &row["outcome"]), (&"successful".into(), &"successful".into()));

    let finished = read(other);
    let report = json(&finished);
    let row = check(&report, "printed_data");
    assert_eq!((&row["outcome"], &row["reason"]), (&"failed".into(), &"qr.contradicts_chip".into()));
    assert_eq!((finished.code, &report["failure"]), (1, &"other_card".into()));
    // Two cards: no identity, and nothing of the code.
    assert!(report["identity"].is_null(), "{finished:?}");
    for word in ["Phạm", "079203000001", "Quận 1"] {
        assert!(!finished.stdout.contains(word) && !finished.stderr.contains(word), "{word}: {finished:?}");
    }
}
