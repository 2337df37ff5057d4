//! Signed and time-stamped dossiers, as a user of the command makes and verifies them. OpenSSL makes keys and time-stamps; without it those
//! tests say that they were skipped.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

#[path = "desk/desk.rs"]
mod desk;

use desk::{Desk, fingerprint};

const CHALLENGE: &str = "0123456789ABCDEF";

impl Desk {
    /// The report on a file.
    fn report(&self, line: &str) -> Value {
        self.json(&format!("verify {line}"))
    }

    /// Asserts that a line ends in an error that says this.
    fn says(&self, line: &str, words: &str) {
        let finished = self.run(line);
        assert_eq!(finished.code, 2, "{line}: {}", finished.stdout);
        assert!(finished.stderr.contains(words), "{line}: {}", finished.stderr);
    }

    fn openssl(&self, line: &str) -> bool {
        let status = Command::new("openssl").args(line.split(' ')).current_dir(self.path(".")).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Believes the terminal of a public key in PEM.
    fn believe(&self, public: &str) {
        let text = fs::read(self.path(public)).unwrap();
        let spki = x509_parser::pem::parse_x509_pem(&text).unwrap().1.contents;
        self.good(&format!("trust add-terminal {public} --fingerprint {}", fingerprint(&spki)));
    }
}

fn row<'a>(report: &'a Value, check: &str) -> &'a Value {
    report["checks"].as_array().unwrap().iter().find(|row| row["check"] == check).unwrap_or(&Value::Null)
}

fn ended(report: &Value, check: &str) -> (String, String) {
    let text = |key: &str| row(report, check)[key].as_str().unwrap_or("–").to_owned();
    (text("outcome"), text("reason"))
}

fn skip_without_openssl(desk: &Desk) -> bool {
    let there = desk.openssl("version");
    if !there {
        eprintln!("SKIPPED: there is no openssl command");
    }
    !there
}

#[test]
fn a_terminal_signs_and_a_relying_party_asks() {
    let desk = Desk::trusting();
    let made = desk.good("key new desk.key");
    let public = fs::read(desk.path("desk.key.pub")).unwrap();
    let spki = x509_parser::pem::parse_x509_pem(&public).unwrap().1.contents;
    assert!(made.replace(' ', "").contains(&fingerprint(&spki)), "{made}");
    desk.says("key new desk.key", "exists already");
    desk.good(&format!("read --reader virtual --challenge {CHALLENGE} --save card.soat --sign desk.key"));

    let unknown = desk.report("card.soat");
    assert_eq!(ended(&unknown, "terminal_signature"), ("undetermined".into(), "evidence.terminal_unknown".into()));
    assert_eq!((&unknown["overall"], &unknown["terminal"]), (&"successful".into(), &Value::Null));
    assert_eq!(row(&unknown, "access_protocol")["provable"], "nobody");

    desk.believe("desk.key.pub");
    let report = desk.report(&format!("card.soat --challenge {CHALLENGE} --max-age 10m"));
    assert_eq!(report["overall"], "successful");
    for check in ["terminal_signature", "chip_authentication", "access_protocol", "challenge", "evidence_age"] {
        assert_eq!(ended(&report, check), ("successful".into(), "–".into()), "{check}");
    }
    assert_eq!(report["terminal"]["sha256"], fingerprint(&spki));
    assert_eq!(report["active_authentication"]["challenge"], CHALLENGE);
    for (check, provable) in [
        ("sod_signature", "anyone"),
        ("active_authentication", "anyone"),
        ("chip_authentication", "terminal"),
        ("access_protocol", "terminal"),
    ] {
        assert_eq!(row(&report, check)["provable"], provable, "{check}");
    }
    let screen = desk.good("verify card.soat");
    for words in [CHALLENGE, "desk.key.pub", "The terminal that signed the dossier attests this"] {
        assert!(screen.contains(words), "{screen}");
    }

    let other = desk.run("verify card.soat --challenge 0000000000000000");
    assert_eq!(other.code, 1, "{}", other.stdout);
    assert_eq!(
        ended(&desk.report("card.soat --challenge 0000000000000000"), "challenge"),
        ("failed".into(), "chip.challenge_mismatch".into())
    );
    let old = desk.report("card.soat --max-age 10m --now 2031-01-01T00:00:00Z");
    assert_eq!(ended(&old, "evidence_age"), ("failed".into(), "evidence.too_old".into()));
    assert_eq!(desk.refusal("verify card.soat --max-age soon"), "max-age-invalid");
    assert_eq!(desk.refusal("verify card.soat --challenge 12"), "challenge-invalid");

    // One byte of what was signed.
    let mut bytes = fs::read(desk.path("card.soat")).unwrap();
    let last = bytes.len() - 70;
    bytes[last] ^= 1;
    fs::write(desk.path("edited.soat"), bytes).unwrap();
    let edited = desk.run("verify edited.soat");
    assert!(matches!(edited.code, 1 | 2), "{}", edited.stdout);
}

#[test]
fn what_no_profile_releases_is_not_saved_in_clear() {
    let desk = Desk::trusting();
    let holds =
        |file: &str, text: &str| fs::read(desk.path(file)).unwrap().windows(text.len()).any(|window| window == text.as_bytes());
    let read: Value = serde_json::from_str(&desk.good("read --reader virtual --save card.soat --json")).unwrap();
    let name = read["identity"]["full_name"].as_str().unwrap();
    // DG1 has the name in capitals of the MRZ, DG13 as it is written, beside ethnicity and religion.
    assert!(!holds("card.soat", name) && !holds("card.soat", "Kinh"));
    assert_eq!(desk.report("card.soat")["evidence_sha256"], read["evidence_sha256"]);
    let said = desk.run("read --reader virtual --save other.soat").stderr;
    assert!(said.contains("DG13 saved as a digest alone"), "{said}");

    let key = age::x25519::Identity::generate();
    fs::write(desk.path("age.key"), age::secrecy::ExposeSecret::expose_secret(&key.to_string())).unwrap();
    desk.good(&format!("read --reader virtual --save whole.soat --recipient {}", key.to_public()));
    assert_eq!(desk.report("whole.soat --identity age.key")["identity"]["full_name"], read["identity"]["full_name"]);
}

#[test]
fn a_dossier_that_nobody_signed() {
    let desk = Desk::trusting();
    desk.good("read --reader virtual --save card.soat");
    let report = desk.report("card.soat --max-age 10m");
    assert_eq!(ended(&report, "evidence_age"), ("undetermined".into(), "evidence.time_unproven".into()));
    assert_eq!(report["overall"], "undetermined");
    assert_eq!(row(&report, "terminal_signature"), &Value::Null);
    let screen = desk.good("verify card.soat");
    assert!(screen.contains("How the chip was opened is only what the file claims."), "{screen}");
}

#[test]
fn keys_that_are_refused() {
    let desk = Desk::trusting();
    desk.good("key new desk.key");
    fs::write(desk.path("text.key"), b"hello").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(desk.path("text.key"), fs::Permissions::from_mode(0o600)).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(desk.path("desk.key"), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(desk.refusal("read --reader virtual --save card.soat --sign desk.key"), "signing-key-open");
        }
        let said = desk.run("read --reader virtual --save card.soat --sign desk.key").stderr;
        assert!(said.contains("chmod 600 'desk.key'"), "{said}");
    }
    assert_eq!(desk.refusal("read --reader virtual --save card.soat --sign text.key"), "signing-key-invalid");
    assert_eq!(desk.refusal("read --reader virtual --save card.soat --sign missing.key"), "signing-key-unreadable");
    assert_eq!(desk.refusal("read --reader virtual --sign desk.key"), "usage-argument-missing");
    desk.says("trust add-terminal desk.key", "is not a public key");
    desk.says("trust add-terminal desk.key.pub", "fingerprint");
    let zeros = "00".repeat(32);
    desk.says(&format!("trust add-terminal desk.key.pub --fingerprint {zeros}"), "SHA-256");
    assert!(!desk.path("card.soat").exists());
}

#[test]
fn keys_that_openssl_made() {
    let desk = Desk::trusting();
    if skip_without_openssl(&desk) {
        return;
    }
    let kinds =
        [("ed25519", "-algorithm ed25519", "Ed25519"), ("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "P-256")];
    for (name, options, kind) in kinds {
        assert!(desk.openssl(&format!("genpkey {options} -out {name}.key")));
        assert!(desk.openssl(&format!("pkey -in {name}.key -pubout -out {name}.pub")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(desk.path(&format!("{name}.key")), fs::Permissions::from_mode(0o600)).unwrap();
        }
        desk.good(&format!("read --reader virtual --save {name}.soat --sign {name}.key"));
        desk.believe(&format!("{name}.pub"));
        let report = desk.report(&format!("{name}.soat"));
        assert_eq!(ended(&report, "terminal_signature"), ("successful".into(), "–".into()));
        assert_eq!(report["terminal"]["key"], kind);
    }
    // And the other way: OpenSSL reads the key that soat made.
    desk.good("key new own.key");
    assert!(desk.openssl("pkey -in own.key -pubout -out own.pub"));
    assert_eq!(fs::read(desk.path("own.pub")).unwrap(), fs::read(desk.path("own.key.pub")).unwrap());
}

#[test]
fn terminals_are_listed_shown_and_removed() {
    let desk = Desk::trusting();
    desk.good("key new desk.key");
    desk.believe("desk.key.pub");
    let list = desk.good("trust list");
    let listed: Value = serde_json::from_str(&desk.good("trust list --json")).unwrap();
    let sha256 = listed["terminals"][0]["sha256"].as_str().unwrap().to_owned();
    assert!(list.contains("Terminals\n") && list.contains(&sha256), "{list}");
    assert_eq!(
        (&listed["terminals"][0]["key"], &listed["terminals"][0]["provenance"]["source"]),
        (&"Ed25519".into(), &"desk.key.pub".into())
    );
    assert!(desk.good(&format!("trust show {}", &sha256[..8])).contains("Ed25519"));
    desk.good(&format!("trust remove {}", &sha256[..8]));
    assert!(!desk.good("trust list").contains(&sha256));
    desk.says(&format!("trust show {}", &sha256[..8]), "No anchor");
}

#[test]
fn a_dossier_is_time_stamped_by_files() {
    let desk = Desk::trusting();
    if skip_without_openssl(&desk) {
        return;
    }
    fs::write(
        desk.path("tsa.cnf"),
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\nsigner_digest = sha256\n\
         default_policy = 1.2.3.4.1\ndigests = sha256\n[stamper]\nextendedKeyUsage = critical, timeStamping\n[req]\ndistinguished_name = name\n[name]\n",
    )
    .unwrap();
    fs::write(desk.path("serial"), "01\n").unwrap();
    assert!(desk.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tsa.key"));
    assert!(desk.openssl(
        "req -new -x509 -config tsa.cnf -extensions stamper -key tsa.key -subj /C=VN/CN=Stand-in -days 3650 -out tsa.pem"
    ));
    desk.good("key new desk.key");
    desk.good("read --reader virtual --save card.soat --sign desk.key");
    desk.good("read --reader virtual --save other.soat");
    desk.good("timestamp request card.soat card.tsq");
    assert!(desk.openssl("ts -reply -config tsa.cnf -queryfile card.tsq -out card.tsr"));
    desk.says("timestamp attach card.soat card.tsr card.soat", "exists already");
    desk.says("timestamp attach other.soat card.tsr stamped.soat", "belongs to another dossier");
    desk.says("timestamp attach card.soat card.tsq stamped.soat", "is not a valid answer");
    assert!(desk.good("timestamp attach card.soat card.tsr stamped.soat").contains("not in your trust folder"));

    let unknown = desk.report("stamped.soat");
    assert_eq!(ended(&unknown, "time_stamp"), ("undetermined".into(), "evidence.time_stamp_authority_unknown".into()));
    assert_eq!((&unknown["overall"], &unknown["time_stamped_at"]), (&"successful".into(), &Value::Null));
    let pem = fs::read(desk.path("tsa.pem")).unwrap();
    let der = x509_parser::pem::parse_x509_pem(&pem).unwrap().1.contents;
    desk.good(&format!("trust add-time-stamper tsa.pem --fingerprint {}", fingerprint(&der)));
    assert!(desk.good("trust list").contains("Time-stamp authorities\n"));
    assert!(desk.good(&format!("trust show {}", &fingerprint(&der)[..8])).starts_with("Time-stamp authority\n"));
    let known = desk.report("stamped.soat");
    assert_eq!(ended(&known, "time_stamp"), ("successful".into(), "–".into()));
    assert!(known["time_stamped_at"].is_string());
    assert_eq!(known["evidence_sha256"], desk.report("card.soat")["evidence_sha256"]);
    assert_eq!(ended(&known, "terminal_signature").1, "evidence.terminal_unknown");
}
