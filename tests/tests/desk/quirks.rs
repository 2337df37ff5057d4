//! Every row of `quirks.md`, by the command as a user runs it: the card is read under `operational` and saved, signed by the desk, and what
//! was saved is verified under `strict`. What the reading and the judging make of each in detail is tested without a daemon.

mod chips;
mod documents;

use std::fs;

use card_fixtures::authority::{Authority, CrlOptions, SodOptions};
use card_fixtures::chip::Quirks;
use card_fixtures::personalisation::{Personalisation, authority, personalise};
use card_fixtures::time::Time;
use serde_json::Value;
use soat_tests::command::run;

use super::{Desk, NOW, json};

/// A card with its issuer and its manners.
struct Odd {
    card: Personalisation,
    authority: Authority,
    quirks: Quirks,
    with_photo: bool,
}

impl Odd {
    fn new(name: &str) -> Self {
        let card = personalise(name).unwrap();
        Self { quirks: Quirks::of(&card), card, authority: authority(name).unwrap(), with_photo: false }
    }

    /// The Vietnamese card with a chip that behaves so.
    fn vietnam(quirks: Quirks) -> Self {
        Self { quirks, ..Self::new("vietnam-2024") }
    }

    /// The same card under an EF.SOD made in this way.
    fn signed(mut self, options: &SodOptions) -> Self {
        self.card.sign(&self.authority, options);
        self
    }

    /// Genuine with these findings in `operational`; in `strict` genuine too, or failed for this reason.
    fn expect(self, noted: &[&str], refused: Option<&str>) {
        let Some(desk) = Desk::new() else { return };
        self.expect_at(&desk, noted, refused);
    }

    fn expect_at(self, desk: &Desk, noted: &[&str], refused: Option<&str>) {
        self.trust(desk);
        let name = self.card.name.clone();
        let mut arguments = self.key();
        arguments.extend(["--json", "--save", "card.soat", "--sign", "desk.key"].map(str::to_owned));
        if !self.with_photo {
            arguments.push("--no-photo".into());
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let card = desk.lay(self.card, self.quirks);
        let read = run(&mut desk.read(&arguments));
        drop(card);
        let verified = run(&mut desk.soat(&["verify", "card.soat", "--json", "--profile", "strict", "--now", NOW]));
        fs::remove_file(desk.path("card.soat")).unwrap();
        for (finished, expected) in [(read, None), (verified, refused)] {
            let report = json(&finished);
            let rows = report["checks"].as_array().unwrap_or_else(|| panic!("{name}: {finished:?}"));
            let findings: Vec<&Value> = rows.iter().flat_map(|row| row["findings"].as_array().unwrap()).collect();
            for code in noted {
                assert!(findings.iter().any(|finding| finding["code"] == *code), "{name}: {code}: {report:#}");
            }
            let failed = rows.iter().find(|row| row["weight"] != "evaluatory" && row["outcome"] == "failed");
            assert_eq!(failed.map(|row| row["reason"].as_str().unwrap()), expected, "{name}: {report:#}");
            let overall = if expected.is_some() { "failed" } else { "successful" };
            assert_eq!((finished.code, &report["overall"]), (i32::from(expected.is_some()), &overall.into()), "{report:#}");
            assert_eq!(report["identity"].is_null(), expected.is_some(), "{name}");
        }
    }

    /// The issuer with its revocation list, and the desk itself.
    fn trust(&self, desk: &Desk) {
        desk.trust_certificate(&self.authority.csca_certificate());
        let list = CrlOptions {
            this_update: Time::midnight(2026, 10, 1),
            next_update: Some(Time::midnight(2027, 1, 1)),
            ..CrlOptions::default()
        };
        fs::write(desk.path("issuer.crl"), self.authority.revocation_list(&list)).unwrap();
        let imported = run(&mut desk.soat(&["trust", "import", "issuer.crl"]));
        assert_eq!(imported.code, 0, "{imported:?}");
        if !desk.path("desk.key").exists() {
            desk.trust_itself();
        }
    }

    fn key(&self) -> Vec<String> {
        match (&self.card.can, &self.card.mrz_key) {
            (Some(can), _) if !self.card.pace.is_empty() => vec!["--can".into(), can.clone()],
            (_, Some(key)) => vec![
                "--document-number".into(),
                key.document_number.clone(),
                "--birth".into(),
                key.birth.clone(),
                "--expiry".into(),
                key.expiry.clone(),
            ],
            _ => panic!("{} opens with nothing", self.card.name),
        }
    }
}
