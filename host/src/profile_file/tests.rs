#![allow(clippy::unwrap_used)]

use super::*;
use crate::messages::{Language, Messages};
use soat::crypto::DigestAlgorithm;
use soat::inspection::{Floors, Weight};

const EXAMPLE: &str = include_str!("../../profiles/branch.toml");

fn read_text(text: &str) -> Result<Profile> {
    parse(&Source { name: "p.toml".to_owned(), text: text.to_owned() })
}

#[test]
fn the_example_is_what_its_comments_say() {
    let profile = read_text(EXAMPLE).unwrap();
    assert_eq!(profile.name.as_str(), "branch");
    assert_eq!((profile.revocation, profile.card_expiry), (Weight::Optional, Weight::Mandatory));
    assert_eq!((profile.access_protocol, profile.chip_authenticity_not_offered), (Weight::Mandatory, Weight::Mandatory));
    assert!(!profile.refuses_findings);
    assert_eq!(profile.signature_floors, Floors { digest: DigestAlgorithm::Sha256, ..Floors::BITS_112 });
    assert_eq!(profile.chip_floors, Floors { ec: 224, ..Floors::LOWEST });
    assert_eq!(profile.revocation_list_days, Some(30));
    assert_eq!(profile.released.fields().count(), 8);
    assert!(profile.released.has(IdentityField::Photo) && !profile.released.has(IdentityField::Residence));
}

#[test]
fn what_a_file_does_not_say_is_of_its_base() {
    for base in Profile::ALL {
        let profile = read_text(&format!("base = \"{}\"\nname = \"mine\"", base.name)).unwrap();
        assert_eq!(Profile { name: base.name, ..profile }, base);
    }
    let plain = read_text("name = \"mine\"").unwrap();
    assert_eq!(Profile { name: Profile::OPERATIONAL.name, ..plain }, Profile::OPERATIONAL);
}

/// The error of a file, its line and its column, in both languages.
fn refused(text: &str) -> (&'static str, String) {
    let error = read_text(text).unwrap_err();
    let place = |language| {
        let message = error.message(&Messages::new(language));
        assert!(!message.contains("{ $") && !error.remedy(&Messages::new(language)).is_empty(), "{message}");
        let numbers: Vec<&str> = message.split(|letter: char| !letter.is_ascii_digit()).filter(|word| !word.is_empty()).collect();
        numbers.get(..2).unwrap().join(":")
    };
    assert_eq!(place(Language::En), place(Language::Vi));
    (error.id(), place(Language::En))
}

#[test]
fn errors_say_line_and_column() {
    let head = "name = \"mine\"\n";
    let with = |rest: &str| refused(&format!("{head}{rest}"));
    for (found, id, place) in [
        (refused("name = mine"), "profile-syntax", "1:8"),
        (with("base = \"bank"), "profile-syntax", "2:13"),
        (with("name = \"other\""), "profile-syntax", "2:1"),
        (refused("# Bộ quy tắc\nbase = \"bank\""), "profile-name-missing", "1:1"),
        (refused("name = \"Bank\""), "profile-name-invalid", "1:8"),
        (refused("name = \"bank\""), "profile-name-taken", "1:8"),
        (refused("name = 7"), "profile-not-text", "1:8"),
        (with("base = \"lax\""), "profile-value-unknown", "2:8"),
        (with("findigns = \"noted\""), "profile-key-unknown", "2:1"),
        (with("findings = \"some\""), "profile-value-unknown", "2:12"),
        (with("revocation_list_days = 0"), "profile-number-range", "2:24"),
        (with("revocation_list_days = \"30d\""), "profile-not-number", "2:24"),
        (with("release = \"photo\""), "profile-not-list", "2:11"),
        (with("release = [\"photo\",\n  \"fingerprints\"]"), "profile-value-unknown", "3:3"),
        (with("release = [\"photo\", 1]"), "profile-not-text", "2:21"),
        (with("checks = 1"), "profile-not-table", "2:10"),
        (with("\n[checks]\n  revocation = \"often\""), "profile-value-unknown", "4:16"),
        (with("[checks]\nfingerprints = \"mandatory\""), "profile-key-unknown", "3:1"),
        (with("[checks]\nsod_signature = \"optional\""), "profile-check-fixed", "3:17"),
        (with("[checks]\ndeviation_list = \"mandatory\""), "profile-check-fixed", "3:18"),
        (with("[checks]\nchip_authenticity = \"evaluatory\""), "profile-value-unknown", "3:21"),
        (with("[floors]\nrsa = 512"), "profile-number-range", "3:7"),
        (with("[floors]\ndigest = \"md5\""), "profile-value-unknown", "3:10"),
        (with("[chip_floors]\naes = 128"), "profile-key-unknown", "3:1"),
    ] {
        assert_eq!(found, (id, place.to_owned()));
    }
}

#[test]
fn no_check_of_passive_authentication_can_be_turned_off() {
    for name in ["sod_signature", "sod_content", "file_hash", "chain", "validity", "issuing_state"] {
        for weight in ["optional", "evaluatory"] {
            let text = format!("name = \"mine\"\n[checks]\n{name} = \"{weight}\"");
            assert_eq!(refused(&text).0, "profile-check-fixed", "{name}");
        }
        assert!(read_text(&format!("name = \"mine\"\n[checks]\n{name} = \"mandatory\"")).is_ok());
    }
}

#[test]
fn fields_are_released_only_where_the_profile_does() {
    let fields = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    let narrowed = releasing(Profile::BANK, &fields("full_name,photo")).unwrap();
    assert!(narrowed.released.fields().eq([IdentityField::FullName, IdentityField::Photo]));
    assert_eq!(releasing(Profile::OPERATIONAL, &fields("full_name,religion")).unwrap_err().id(), "release-withheld");
    // A bank gets it where it asks for it by name; a file that is built on it has said all that it wants.
    assert!(releasing(Profile::BANK, &fields("full_name,religion")).unwrap().released.has(IdentityField::Religion));
    let built = read_text("name = \"mine\"\nbase = \"bank\"\nrelease = [\"full_name\"]").unwrap();
    assert_eq!(releasing(built, &fields("religion")).unwrap_err().id(), "release-withheld");
    assert_eq!(releasing(Profile::BANK, &fields("name")).unwrap_err().id(), "usage-value-unknown");
    let naming = read_text("name = \"mine\"\nrelease = [\"religion\"]").unwrap();
    assert!(releasing(naming, &fields("religion")).is_ok());
}

#[test]
fn names_and_files_are_told_apart() {
    assert_eq!(choose("bank").unwrap(), Profile::BANK);
    assert_eq!(choose("lax").unwrap_err().id(), "usage-value-unknown");
    assert_eq!(choose("missing.toml").unwrap_err().id(), "file-unreadable");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        choose(path.to_str().unwrap())
    };
    assert_eq!(file("good.toml", EXAMPLE.as_bytes()).unwrap().name.as_str(), "branch");
    let error = file("latin.toml", b"name = \"a\"\n# \xe9").unwrap_err();
    assert_eq!(error.id(), "profile-not-utf8");
    assert!(error.message(&Messages::new(Language::En)).contains("line 2, column 3"));
    assert_eq!(file("long.toml", &vec![b'#'; 70_000]).unwrap_err().id(), "profile-too-large");
}
