//! The profiles of banks, hospitals and gates, and what is deleted in time, as people at desks use the command.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::time::{Duration, SystemTime};

#[path = "desk/desk.rs"]
mod desk;

use desk::Desk;
use serde_json::Value;

const NUMBER: &str = "001199000001";

#[test]
fn a_gate_is_told_allow_or_deny_and_a_pseudonym() {
    let desk = Desk::new();
    desk.good("key pseudonym site.key");
    let told = desk.json("read --reader virtual --profile gate --pseudonym site.key --purpose north");
    let members: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
    let all =
        "version decision overall exit_code demonstration profile judged_at time_chosen source online_confirmation pseudonym";
    assert_eq!(members, all.split(' ').collect::<Vec<_>>());
    assert_eq!(told["decision"], "allow");
    let pseudonym = told["pseudonym"].as_str().unwrap();
    // An independent HMAC: the card's side has its own SHA-256.
    assert_eq!(pseudonym, expected(&fs::read_to_string(desk.path("site.key")).unwrap(), "north"));
    let again = desk.json("read --reader virtual --profile gate --pseudonym site.key --purpose north");
    assert_eq!(again["pseudonym"], pseudonym, "the same at each visit");
    let other = desk.json("read --reader virtual --profile gate --pseudonym site.key --purpose south");
    assert_ne!(other["pseudonym"], pseudonym);

    let screen = desk.good("read --reader virtual --profile gate --pseudonym site.key --purpose north");
    assert!(
        screen.starts_with("ALLOW") && screen.contains(pseudonym) && screen.contains("not the online confirmation"),
        "{screen}"
    );
    let old = desk.json("read --reader virtual --profile gate --pseudonym site.key --purpose north --now 2043-01-01T00:00:00Z");
    assert_eq!((&old["decision"], &old["exit_code"], &old["pseudonym"]), (&"deny".into(), &1.into(), &Value::Null));
    for more in ["--save card.soat", "--photo face.png", "--tr03135 report.json", "--timings"] {
        assert_eq!(desk.refusal(&format!("read --reader virtual --profile gate {more}")), "disclosure-decision", "{more}");
    }
    assert_eq!(desk.refusal("read --reader virtual --profile gate --release full_name"), "release-withheld");
    let folder: Vec<_> = fs::read_dir(desk.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(folder, ["site.key"], "nothing else was written");
}

fn expected(key: &str, purpose: &str) -> String {
    let key: Vec<u8> =
        key.trim().as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    let pad = |byte: u8| (0..64).map(|at| byte ^ key.get(at).copied().unwrap_or(0)).collect::<Vec<u8>>();
    let digest = |bytes: Vec<u8>| card_fixtures::hash::Hash::Sha256.digest(&bytes).to_vec();
    let inner = digest([pad(0x36), format!("{purpose}{NUMBER}").into_bytes()].concat());
    digest([pad(0x5C), inner].concat()).iter().take(16).map(|byte| format!("{byte:02X}")).collect()
}

/// One is never written over, and one that others can read is named as what it is.
#[cfg(unix)]
#[test]
fn keys_of_pseudonyms_that_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.good("key pseudonym site.key");
    assert_eq!(desk.path("site.key").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let before = desk.read("site.key");
    desk.complains("key pseudonym site.key", "exists already", "đã có");
    assert_eq!(desk.read("site.key"), before);
    let line = |key: &str| format!("read --reader virtual --profile gate --purpose x --pseudonym {key}");
    fs::set_permissions(desk.path("site.key"), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(desk.refusal(&line("site.key")), "pseudonym-key-open");
    desk.complains(&line("site.key"), "chmod 600", "khóa tạo bí danh");
    fs::write(desk.path("short.key"), "00".repeat(31)).unwrap();
    fs::set_permissions(desk.path("short.key"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(desk.refusal(&line("short.key")), "pseudonym-key-invalid");
    assert_eq!(desk.refusal(&line("missing.key")), "pseudonym-key-unreadable");
    assert_eq!(desk.refusal("read --reader virtual --profile gate --pseudonym site.key"), "usage-argument-missing");
}

#[test]
fn a_hospital_gets_name_birth_sex_and_number() {
    let told = Desk::new().json("read --reader virtual --profile hospital");
    let mut fields: Vec<&str> = told["identity"].as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["birth", "full_name", "personal_number", "sex"]);
    assert_eq!((&told["overall"], &told["identity"]["personal_number"]), (&"successful".into(), &NUMBER.into()));
}

#[test]
fn a_bank_saves_evidence_or_nothing() {
    let desk = Desk::new();
    desk.good("key new desk.key");
    let key = age::x25519::Identity::generate();
    fs::write(desk.path("age.key"), age::secrecy::ExposeSecret::expose_secret(&key.to_string())).unwrap();
    let whole = format!("--recipient {} --sign desk.key --purpose account --consent 2026/42", key.to_public());
    let read = "read --reader virtual --profile bank --save";
    for missing in ["--recipient", "--consent"] {
        let at = whole.find(missing).unwrap();
        let rest = &whole[at..];
        let end = rest.match_indices(' ').nth(1).map_or(rest.len(), |(end, _)| end);
        let line = format!("{}{}", &whole[..at], rest[end..].trim_start());
        assert_eq!(desk.refusal(&format!("{read} card.soat {}", line.trim())), "disclosure-evidence", "{line}");
    }
    assert_eq!(desk.refusal("read --reader virtual --save a.soat --consent x --purpose y"), "usage-argument-missing");
    assert!(!desk.path("card.soat").exists());
    // Undecided for want of a revocation list, and saved all the same.
    assert_eq!(desk.run(&format!("{read} card.soat {whole}")).code, 3);
    let unknown = desk.json("verify card.soat --identity age.key");
    assert_eq!(unknown["statement"], Value::Null, "nobody knows the terminal");
    let public = fs::read(desk.path("desk.key.pub")).unwrap();
    let spki = x509_parser::pem::parse_x509_pem(&public).unwrap().1.contents;
    let fingerprint: String = card_fixtures::hash::Hash::Sha256.digest(&spki).iter().map(|byte| format!("{byte:02X}")).collect();
    desk.good(&format!("trust add-terminal desk.key.pub --fingerprint {fingerprint}"));
    let known = desk.json("verify card.soat --identity age.key");
    assert_eq!((&known["statement"]["purpose"], &known["statement"]["consent"]), (&"account".into(), &"2026/42".into()));
    let screen = desk.run("verify card.soat --identity age.key").stdout;
    assert!(screen.contains("Read for: account; consent: 2026/42"), "{screen}");
}

/// A desk where a bank's teller can practise: it trusts the synthetic issuer for demonstrations, and has its revocation list.
fn practising_bank() -> Desk {
    let desk = Desk::trusting();
    assert_eq!(desk.run("read --reader virtual --profile bank").code, 3, "no revocation list yet");
    desk.good("card vietnam-2024 --crl demo.crl");
    desk.good("trust import demo.crl");
    desk
}

#[test]
fn a_teller_of_a_bank_can_practise() {
    let desk = practising_bank();
    let told = desk.json("read --reader virtual --profile bank");
    assert_eq!((&told["overall"], &told["demonstration"]), (&"successful".into(), &true.into()));
    assert_eq!(told["identity"]["full_name"], "Nguyễn Thị Mẫu");
    // Another issuer's card is judged by its own issuer, without a list.
    assert_eq!(desk.run("read --reader virtual:passport-td3 --profile bank").code, 3);
}

#[test]
fn what_is_sensitive_a_bank_gets_by_name_alone() {
    let desk = practising_bank();
    let fields = |more: &str| desk.json(&format!("read --reader virtual --profile bank{more}"))["identity"].clone();
    let ordinary = fields("");
    assert!(ordinary["residence"].is_string() && ordinary["ethnicity"].is_null() && ordinary["religion"].is_null());
    let named = fields(" --release full_name,ethnicity");
    assert!(named["ethnicity"].is_string() && named["religion"].is_null());
    assert_eq!(desk.refusal("read --reader virtual --release ethnicity"), "release-withheld", "operational has no use for it");
}

#[test]
fn dossiers_are_deleted_in_time_and_nothing_else_is() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("kept/deep")).unwrap();
    fs::create_dir(desk.path("elsewhere")).unwrap();
    for name in ["kept/old.soat", "kept/deep/old.soat", "kept/new.soat", "elsewhere/old.soat"] {
        desk.good(&format!("read --reader virtual --save {name}"));
    }
    fs::write(desk.path("kept/notes.soat"), "notes").unwrap();
    fs::write(desk.path("kept/secret.txt"), "age-encryption.org/v1\n").unwrap();
    fs::write(desk.path("kept/secret.soat"), "age-encryption.org/v1\n").unwrap();
    let day = Duration::from_secs(86_400);
    let aged =
        ["kept/old.soat", "kept/deep/old.soat", "elsewhere/old.soat", "kept/notes.soat", "kept/secret.txt", "kept/secret.soat"];
    for name in aged {
        let file = fs::File::options().write(true).open(desk.path(name)).unwrap();
        file.set_modified(SystemTime::now() - 31 * day).unwrap();
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("kept/way")).unwrap();
        std::os::unix::fs::symlink(desk.path("elsewhere/old.soat"), desk.path("kept/link.soat")).unwrap();
        assert_eq!(desk.refusal_without_json("purge --older-than 30d kept/way"), 2);
    }
    let listed = desk.run("purge --older-than 30d kept");
    let expected = "kept/deep/old.soat\nkept/old.soat\nkept/secret.soat\n";
    assert_eq!((listed.code, listed.stdout.as_str()), (0, expected));
    assert!(listed.stderr.contains("Nothing was deleted") && desk.path("kept/old.soat").exists(), "{}", listed.stderr);
    let deleted = desk.run("purge --older-than 30d kept --yes");
    assert_eq!((deleted.code, deleted.stdout.as_str()), (0, expected));
    for name in aged {
        let is_gone = expected.lines().any(|line| line == name);
        assert_eq!(desk.path(name).exists(), !is_gone, "{name}");
    }
    assert!(desk.path("kept/new.soat").exists());
    assert!(desk.good("purge --older-than 30d kept --yes").is_empty());
    assert_eq!(desk.refusal_without_json("purge --older-than soon kept"), 2);
}

impl Desk {
    fn refusal_without_json(&self, line: &str) -> i32 {
        let finished = self.run(line);
        assert!(finished.stderr.starts_with("Error:"), "{}", finished.stderr);
        finished.code
    }
}
