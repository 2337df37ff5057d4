//! The command `soat` and a gate at a serial port: keys, images, packs, clock and journal over the protected link, and cards read through the gate.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod care;
mod flashing;
mod images;
mod packs;
mod provisioning;
mod reading;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use card_fixtures::chip::VirtualChip;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::{authority, personalise};
use serde_json::Value;
use soat::time::Timestamp;
use soat_tests::command::{Finished, run, soat};
use soat_tests::gate_at_port::GateAtPort;

/// 2026-08-01, a Saturday, 07:00 in Vietnam.
const NOW: Timestamp = Timestamp(1_785_542_400);
const NOW_TEXT: &str = "2026-08-01T00:00:00Z";
const CARD: &str = "vietnam-2024";
const NUMBER: &str = "001199000001";
const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

/// A desk with an operator's key, and a gate at one of its ports.
struct Site {
    folder: tempfile::TempDir,
    gate: GateAtPort,
}

impl Site {
    /// A gate without keys, its jumper set.
    fn new(seed: u64) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), gate: GateAtPort::start(seed, Some(NOW)).unwrap() };
        site.gate.at(|device| device.kept.jumper = true);
        let made = site.run(&["key", "new", "operator.key"]);
        assert_eq!(made.code, 0, "{made:?}");
        site
    }

    /// The same with keys, the jumper taken off again.
    fn provisioned(seed: u64) -> Self {
        let site = Self::new(seed);
        let done = site.provision(&[]);
        assert_eq!(done.code, 0, "{done:?}");
        site.gate.at(|device| device.kept.jumper = false);
        site
    }

    /// The same, trusting the authority of the card.
    fn trusting(self) -> Self {
        let der = authority(CARD).unwrap().csca_certificate();
        fs::write(self.path("csca.der"), &der).unwrap();
        let fingerprint = hex::encode(Hash::Sha256.digest(&der));
        let added = self.run(&["trust", "add", "csca.der", "--demonstration", "--fingerprint", &fingerprint]);
        assert_eq!(added.code, 0, "{added:?}");
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn port(&self) -> String {
        self.gate.port.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = soat(arguments);
        command.env("SOAT_TRUST", self.path("trust")).current_dir(self.folder.path());
        command.env_remove("SOAT_SITE").env_remove("SOAT_LINK_KEY");
        command
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        run(&mut self.command(arguments))
    }

    /// `soat gate ARGUMENTS --device PORT --site site.toml`
    fn at_gate(&self, arguments: &[&str]) -> Finished {
        let port = self.port();
        self.run(&[&["gate"], arguments, &["--device", &port, "--site", "site.toml"]].concat())
    }

    fn provision(&self, arguments: &[&str]) -> Finished {
        let new = ["--operator", "operator.key.pub", "--site-name", "cổng bắc"];
        let new = if self.path("site.toml").exists() { &new[..2] } else { &new[..] };
        self.at_gate(&[&["provision", "--name", "cổng bắc 1"], new, arguments].concat())
    }

    /// Reads the card in front of the gate.
    fn read(&self, arguments: &[&str]) -> Finished {
        let reader = format!("serial:{}", self.port());
        self.run(&[&["read", "--reader", &reader, "--qr", CODE, "--now", NOW_TEXT], arguments].concat())
    }
}

fn genuine() -> VirtualChip {
    VirtualChip::new(personalise(CARD).unwrap(), 1)
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}
