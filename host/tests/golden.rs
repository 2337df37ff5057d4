//! What the command prints, compared with files in `tests/golden`: every word that a user reads has been read before.
//!
//! `SOAT_BLESS=1 cargo test -p soat-host --test golden` writes the files anew; look at the difference before it is committed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use card_fixtures::personalisation::authority;

/// A folder that goes away with the test, and the command run in it.
struct Desk {
    folder: tempfile::TempDir,
    language: &'static str,
}

struct Finished {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new(language: &'static str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), language }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    fn run(&self, line: &str) -> Finished {
        let output = Command::new(env!("CARGO_BIN_EXE_soat"))
            .args(line.split(' ').skip(1))
            .current_dir(self.folder.path())
            .env_clear()
            .env("LANG", self.language)
            .env("SOAT_TRUST", "trust")
            .env("PCSCLITE_CSOCK_NAME", self.path("no-pcscd"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Finished {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Saves the virtual card of a name.
    fn save(&self, card: &str, file: &str) {
        fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        let finished = self.run(&format!("soat read --reader virtual:{card} --now {NOW} --save {file}"));
        assert_eq!(finished.code, 0, "{}", finished.stderr);
    }
}

const NOW: &str = "2026-11-22T08:00:00Z";

/// Runs the lines one after the other and compares all that they print.
fn compare(name: &str, desk: &Desk, lines: &[&str]) {
    let mut told = String::new();
    for line in lines {
        let Finished { code, stdout, stderr } = desk.run(line);
        told += &format!("$ {line}\n{stdout}");
        for line in stderr.lines() {
            told += &format!("! {line}\n");
        }
        told += &format!("= {code}\n\n");
    }
    let folder = desk.folder.path().display().to_string();
    let told: String = told.replace(&folder, "FOLDER").lines().map(without_chance).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.txt"));
    if std::env::var_os("SOAT_BLESS").is_some() {
        fs::write(path, told).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(told.lines()).position(|(expected, told)| expected != told);
    assert!(expected == told, "{} differs at line {differs:?}; told:\n{told}", path.display());
}

/// A line without what differs from run to run: the chip's random numbers in the evidence, and the clock in a provenance.
fn without_chance(line: &str) -> String {
    let key = |name: &str| line.trim_start().starts_with(&format!("\"{name}\":"));
    if key("evidence_sha256") || key("added_at") {
        return format!("{}: …\n", line.split(": ").next().unwrap_or_default());
    }
    for name in ["csca.der", "link.der", "first.ml", "second.ml", "directory.ldif"] {
        if let Some((before, after)) = line.split_once(&format!(" {name}, ")) {
            return format!("{before} {name}, …{}\n", after.split_at("2026-11-22T08:00:00Z".len()).1);
        }
    }
    // Drawn by the reader, where nobody gave one.
    for word in ["Challenge ", "Mã thách thức "] {
        let rest = line.strip_prefix(word).and_then(|rest| rest.split_at_checked(16));
        if let Some((_, after)) = rest.filter(|(_, after)| after.starts_with(',')) {
            return format!("{word}…{after}\n");
        }
    }
    format!("{line}\n")
}

fn csca(card: &str) -> Vec<u8> {
    authority(card).unwrap().csca_certificate()
}

#[test]
fn help_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "help-en"), ("vi_VN.UTF-8", "help-vi")] {
        let lines = [
            "soat",
            "soat --help",
            "soat read --help",
            "soat desk --help",
            "soat verify --help",
            "soat trust --help",
            "soat trust add --help",
            "soat serve --help",
            "soat gate --help",
            "soat gate image --help",
            "soat gate flash --help",
            "soat gate load --help",
            "soat gate pack --help",
            "soat gate provision --help",
            "soat gate status --help",
        ];
        compare(name, &Desk::new(language), &lines);
    }
}

#[test]
fn wrong_usage_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "usage-en"), ("vi_VN.UTF-8", "usage-vi")] {
        let desk = Desk::new(language);
        desk.write("there.soat", b"x");
        desk.write("torn.toml", "# Bộ quy tắc\nname = \"mine\"\nbase = bank\n".as_bytes());
        desk.write("wrong.toml", b"name = \"mine\"\n\n[checks]\nsod_signature = \"evaluatory\"\n");
        let lines = [
            "soat raed",
            "soat read --cna 123456",
            "soat read --can 12345",
            "soat read --can 12345x",
            "soat read --pin 1234",
            "soat read --puk 1234567x",
            "soat read --pin",
            "soat read --number 00119900000",
            "soat read --qr nothing",
            "soat read --can 123456 --number 001199000001",
            "soat read --mrz IDVNM1990000014001199000001<<59901018F3901015VNM<<<<<<<<<<<2",
            "soat read --document-number 199000001 --birth 1999-13-01 --expiry 2039-01-01",
            "soat read --document-number 199000001 --birth 1999-01-01",
            "soat read --reader virtual --challenge 0011",
            "soat read --reader virtual --type {number}{tab}{nmae}",
            "soat read --reader virtual --type {birth:dd-mon}",
            "soat read --reader virtual --type {number}{residence} --profile hospital",
            "soat serve --reader virtual --allow-programs",
            "soat serve --hn212 --reader virtual --allow-origin https://desk.example.vn/page",
            "soat serve --hn212 --reader virtual --allow-programs --listen 0.0.0.0:8000",
            "soat read --reader virtual --save there.soat",
            "soat read --reader virtual --save new.soat --recipient age1nothing",
            "soat read --reader virtual --photo face.gif",
            "soat read --reader virtual --profile lax",
            "soat read --reader virtual --profile missing.toml",
            "soat read --reader virtual --profile torn.toml",
            "soat read --reader virtual --profile wrong.toml",
            "soat read --reader virtual --release full_name,religion",
            "soat read --reader virtual --release name",
            "soat read --reader virtual:nothing",
            "soat read --can 123456",
            "soat readers",
            "soat trust",
        ];
        compare(name, &desk, &lines);
    }
}

#[test]
fn cards_read_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "read-en"), ("vi_VN.UTF-8", "read-vi")] {
        let desk = Desk::new(language);
        let lines = [
            &format!("soat read --reader virtual --now {NOW}"),
            &format!("soat read --reader virtual:vietnam-no-expiry --now {NOW} --no-photo"),
            &format!("soat read --reader virtual:passport-td3 --now {NOW} --profile strict"),
            &format!("soat read --reader virtual --now {NOW} --can 999999"),
            &format!("soat read --reader virtual:vietnam-child --now {NOW} --photo face.png"),
            &"soat read --reader virtual --now 2043-01-01T00:00:00Z --profile bank".to_owned(),
        ];
        compare(name, &desk, &lines.map(String::as_str));
    }
}

/// But for the moment of judging, which is another in every run.
#[test]
fn the_readme_shows_what_the_command_prints() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let printed = Desk::new("en_US.UTF-8").run("soat read --reader virtual").stdout;
    let without_moment = |text: &str| text.lines().filter(|line| !line.starts_with("Profile ")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_moment(shown), without_moment(&printed));
}

#[test]
fn rarer_protocols_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "protocols-en"), ("vi_VN.UTF-8", "protocols-vi")] {
        let lines = [
            &format!("soat read --reader virtual:pace-cam-bp256-aes128 --now {NOW}"),
            &format!("soat read --reader virtual:pace-im-modp2048-256-aes256 --now {NOW}"),
            &format!("soat read --reader virtual:pace-pin --now {NOW} --pin 246810"),
            &format!("soat read --reader virtual:pace-pin --now {NOW} --pin 246811"),
            &format!("soat read --reader virtual:pace-pin --now {NOW} --puk 11111111"),
            &format!("soat read --reader virtual --now {NOW} --pin 123456"),
            &format!("soat read --reader virtual:passive-only --now {NOW} --puk 12345678"),
        ];
        compare(name, &Desk::new(language), &lines.map(String::as_str));
    }
}

#[test]
fn every_access_protocol_is_read_to_its_verdict() {
    let desk = Desk::new("en");
    for entry in card_fixtures::personalisation::catalogue() {
        if entry.name.starts_with("pace-") || entry.name.starts_with("ca-") {
            desk.save(entry.name, &format!("{}.soat", entry.name));
        }
    }
}

#[test]
fn a_card_read_as_json() {
    let line = format!("soat read --reader virtual --now {NOW} --challenge 0011223344556677 --json");
    compare("read-json", &Desk::new("en"), &[&line, "soat read --reader virtual --can 12 --json"]);
}

/// The page of all of them is compared beside its source.
#[test]
fn reasons_explained_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "explain-en"), ("vi_VN.UTF-8", "explain-vi")] {
        let lines = [
            "soat explain sod.signature_invalid",
            "soat explain dg2.hash_mismatch",
            "soat explain dgN.hash_mismatch",
            "soat explain card.resumed",
            "soat explain com.inconsistent --json",
            "soat explain sod.nothing",
            "soat explain sod.signature_invalid --page",
        ];
        compare(name, &Desk::new(language), &lines);
    }
}

/// The example profile stands in the repository.
#[test]
fn profiles_in_both_languages() {
    const SENSITIVE: &[u8] = b"name = \"counter\"\nrelease = [\"full_name\", \"ethnicity\"]\n\n[floors]\nec = 384\n";
    for (language, name) in [("en_US.UTF-8", "profiles-en"), ("vi_VN.UTF-8", "profiles-vi")] {
        let desk = Desk::new(language);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/branch.toml");
        fs::copy(example, desk.path("branch.toml")).unwrap();
        desk.write("counter.toml", SENSITIVE);
        desk.write("named.toml", SENSITIVE.split_at(53).0);
        let lines = [
            &format!("soat read --reader virtual --now {NOW} --profile bank"),
            &format!("soat read --reader virtual --now {NOW} --profile branch.toml --release full_name,birth"),
            &format!("soat read --reader virtual --now {NOW} --profile counter.toml"),
            &format!("soat read --reader virtual --now {NOW} --profile named.toml"),
            &format!("soat read --reader virtual --now {NOW} --release full_name --save new.soat --photo face.png"),
        ];
        compare(name, &desk, &lines.map(String::as_str));
    }
}

#[test]
fn files_verified_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "verify-en"), ("vi_VN.UTF-8", "verify-vi")] {
        let desk = Desk::new(language);
        desk.save("vietnam-2024", "cards/a.soat");
        desk.save("vietnam-2021", "cards/b.soat");
        let card = card_fixtures::personalisation::personalise("vietnam-2024").unwrap();
        let files = [(0x011D, "EF_SOD.bin"), (0x0101, "DG1.bin"), (0x010D, "ef010D.bin")];
        for (identifier, file) in files {
            let bytes = card.application_files.get(&identifier).unwrap();
            desk.write(&format!("raw/{file}"), bytes);
            let mut altered = bytes.clone();
            if identifier == 0x0101 {
                *altered.last_mut().unwrap() ^= 1;
            }
            desk.write(&format!("altered/{file}"), &altered);
        }
        desk.write("lone.sod", card.application_files.get(&0x011D).unwrap());
        desk.write("empty.soat", b"");
        desk.write("torn.soat", fs::read(desk.path("cards/a.soat")).unwrap().split_at(900).0);
        desk.write("nothing/notes.txt", b"x");
        let lines = [
            "soat verify cards/a.soat --now 2026-11-22T08:00:00Z",
            "soat verify raw --now 2026-11-22T08:00:00Z",
            "soat verify altered --now 2026-11-22T08:00:00Z",
            "soat verify lone.sod --now 2026-11-22T08:00:00Z",
            "soat verify cards --now 2026-11-22T08:00:00Z",
            "soat verify cards altered empty.soat torn.soat nothing missing --now 2026-11-22T08:00:00Z",
            "soat verify empty.soat",
            "soat verify torn.soat",
            "soat verify nothing",
            "soat verify missing",
        ];
        compare(name, &desk, &lines);
    }
}

#[test]
fn anchors_in_both_languages() {
    for (language, name) in [("en_US.UTF-8", "trust-en"), ("vi_VN.UTF-8", "trust-vi")] {
        let desk = Desk::new(language);
        desk.write("csca.der", &csca("vietnam-2024"));
        desk.write("ds.der", &authority("vietnam-2024").unwrap().document_signer_certificate().der);
        desk.write("text.pem", b"hello");
        desk.save("vietnam-2024", "card.soat");
        let fingerprint = fingerprint(&csca("vietnam-2024"));
        let other = "00".repeat(32);
        let lines = [
            "soat trust list".to_owned(),
            "soat trust add csca.der".to_owned(),
            "soat trust add csca.der --demonstration".to_owned(),
            format!("soat trust add csca.der --demonstration --fingerprint {other}"),
            "soat trust add csca.der --demonstration --fingerprint 12".to_owned(),
            "soat trust add ds.der".to_owned(),
            "soat trust add text.pem".to_owned(),
            format!("soat trust add csca.der --demonstration --fingerprint {fingerprint}"),
            format!("soat trust add csca.der --demonstration --fingerprint {fingerprint}"),
            "soat trust list".to_owned(),
            "soat trust list --json".to_owned(),
            format!("soat trust show {}", fingerprint.split_at(8).0),
            "soat trust show FFFF".to_owned(),
            "soat verify card.soat --now 2026-11-22T08:00:00Z".to_owned(),
            format!("soat trust remove {}", fingerprint.split_at(8).0),
            "soat trust list".to_owned(),
        ];
        compare(name, &desk, &lines.each_ref().map(String::as_str));
    }
}

#[test]
fn published_lists_in_both_languages() {
    use card_fixtures::authority::{
        Authority, CrlOptions, CurveEncoding, Deviation, DeviationListOptions, MasterListOptions, Signer, ldif,
    };
    use card_fixtures::{curve::Curve, hash::Hash, time::Time};
    for (language, name) in [("en_US.UTF-8", "lists-en"), ("vi_VN.UTF-8", "lists-vi")] {
        let desk = Desk::new(language);
        let own = authority("vietnam-2024").unwrap();
        let curve = Curve::named("secp256r1").unwrap();
        let next = Signer::ecdsa(curve, Hash::Sha256, "the next key").with_curve_encoding(CurveEncoding::Named);
        let next = Authority { csca: next, ..own.clone() };
        let stranger = authority("passport-td3").unwrap();
        desk.save("vietnam-2024", "card.soat");
        desk.write("csca.der", &own.csca_certificate());
        desk.write("link.der", &own.link_certificate(&next));
        desk.write("root.der", &next.csca_certificate());
        let crl = |year| CrlOptions {
            this_update: Time::midnight(year, 10, 1),
            next_update: Some(Time::midnight(year + 1, 1, 1)),
            ..CrlOptions::default()
        };
        let revoked = vec![(own.document_signer_options().serial, Time::midnight(2026, 10, 1))];
        desk.write("old.crl", &own.revocation_list(&crl(2025)));
        desk.write("new.crl", &own.revocation_list(&CrlOptions { revoked, number: 2, ..crl(2026) }));
        desk.write("delta.crl", &own.revocation_list(&CrlOptions::delta(3)));
        desk.write("altered.crl", &own.revocation_list(&CrlOptions { corrupt_signature: true, ..crl(2026) }));
        desk.write("stranger.crl", &stranger.revocation_list(&crl(2026)));
        let deviation = Deviation::of("2.23.136.1.1.7.2.2", Some(2));
        desk.write("deviations.bin", &own.deviation_list(&[deviation], &DeviationListOptions::default()));
        let list = |members: &[Vec<u8>]| own.master_list(members, &MasterListOptions::default());
        desk.write("first.ml", &list(&[own.csca_certificate(), stranger.csca_certificate()]));
        desk.write("second.ml", &list(&[own.csca_certificate(), next.csca_certificate()]));
        let directory = ldif(&[
            ("o=crl,c=VN", vec![("certificateRevocationList;binary", own.revocation_list(&crl(2026)))]),
            ("o=crl,c=UT", vec![("certificateRevocationList;binary", vec![0x30, 0x00])]),
            ("o=dsc,c=VN", vec![("userCertificate;binary", own.document_signer_certificate().der)]),
            ("o=dsc,c=XX", vec![("userCertificate;binary", b"nothing".to_vec())]),
            ("o=ml,c=VN", vec![("pkdMasterListContent", list(&[own.csca_certificate()]))]),
        ]);
        desk.write("directory.ldif", directory.as_bytes());
        desk.write("torn.ldif", b"dn: c=VN\nuserCertificate:: *\n");
        desk.write("text.txt", b"hello");
        let fingerprint = fingerprint(&own.csca_certificate());
        let lines = [
            "soat trust import new.crl".to_owned(),
            format!("soat trust add csca.der --demonstration --fingerprint {fingerprint}"),
            "soat trust import old.crl".to_owned(),
            "soat trust import text.txt".to_owned(),
            "soat trust import delta.crl".to_owned(),
            "soat trust import altered.crl".to_owned(),
            "soat trust import stranger.crl".to_owned(),
            format!("soat trust check --now {NOW}"),
            "soat trust import deviations.bin".to_owned(),
            "soat trust import link.der".to_owned(),
            "soat trust import link.der --demonstration".to_owned(),
            "soat trust import root.der --demonstration".to_owned(),
            "soat trust import directory.ldif --demonstration".to_owned(),
            "soat trust import torn.ldif".to_owned(),
            format!("soat verify card.soat --now {NOW} --profile strict"),
            "soat trust import new.crl".to_owned(),
            "soat trust import old.crl".to_owned(),
            format!("soat verify card.soat --now {NOW}"),
            "soat trust import first.ml --demonstration".to_owned(),
            "soat trust import second.ml --demonstration".to_owned(),
            "soat trust list".to_owned(),
            format!("soat trust check --now {NOW} --within 9000d"),
            format!("soat trust check --now {NOW} --within soon"),
        ];
        compare(name, &desk, &lines.each_ref().map(String::as_str));
    }
}

fn fingerprint(der: &[u8]) -> String {
    card_fixtures::hash::Hash::Sha256.digest(der).iter().map(|byte| format!("{byte:02X}")).collect()
}

#[test]
fn the_virtual_cards() {
    compare(
        "card-list",
        &Desk::new("en"),
        &["soat card --list", "soat card vietnam-2024 --qr", "soat card passport-td3 --qr", "soat card nothing"],
    );
}
