//! The command at a desk: a real pcscd with a virtual reader, the strict chip on it, and `soat` as a user runs it.
//!
//! Each test starts its own daemon; where none can run, it says so and checks nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod bad_input;
mod counter;
mod keys;
mod quirks;
mod reading;
mod tools;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use card_fixtures::chip::{Quirks, VirtualChip};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::{Personalisation, authority, personalise};
use card_fixtures::plug::pcscd::{Pcscd, SOCKET_VARIABLE};
use serde_json::Value;
use soat_tests::command::{Finished, run, soat};
use soat_tests::plugged::PluggedCard;
use soat_tests::real_data::skip;

/// The first of vpcd's two readers, on which the cards lie.
const READER: &str = "Virtual PCD 00 00";
const NOW: &str = "2026-11-22T08:00:00Z";

/// A daemon and a folder: what a desk has.
struct Desk {
    daemon: Pcscd,
    folder: tempfile::TempDir,
}

impl Desk {
    /// `None`, with a loud line, where no daemon can run.
    fn new() -> Option<Self> {
        match Pcscd::start() {
            Ok(daemon) => Some(Self { daemon, folder: tempfile::tempdir().unwrap() }),
            Err(error) => {
                skip(&format!("this test needs pcscd with vpcd: {error}"));
                None
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command at this desk, its trust folder empty until [`Self::trust`].
    fn soat(&self, arguments: &[&str]) -> Command {
        let mut command = soat(arguments);
        command.env(SOCKET_VARIABLE, self.daemon.socket()).env("SOAT_TRUST", self.path("trust")).current_dir(self.folder.path());
        command
    }

    /// `soat read` from the first reader.
    fn read(&self, arguments: &[&str]) -> Command {
        self.soat(&[&["read", "--reader", READER, "--now", NOW], arguments].concat())
    }

    /// Trusts the issuer of a card of the catalogue, as an operator does.
    fn trust(&self, card: &str) {
        self.trust_certificate(&authority(card).unwrap().csca_certificate());
    }

    fn trust_certificate(&self, der: &[u8]) {
        fs::write(self.path("csca.der"), der).unwrap();
        let fingerprint = hex::encode(Hash::Sha256.digest(der));
        let added = run(&mut self.soat(&["trust", "add", "csca.der", "--demonstration", "--fingerprint", &fingerprint]));
        assert_eq!(added.code, 0, "{added:?}");
    }

    /// Makes a key with which this desk signs what it reads, and believes it.
    fn trust_itself(&self) {
        let made = run(&mut self.soat(&["key", "new", "desk.key"]));
        assert_eq!(made.code, 0, "{made:?}");
        let public = openssl::pkey::PKey::public_key_from_pem(&fs::read(self.path("desk.key.pub")).unwrap()).unwrap();
        let fingerprint = hex::encode(Hash::Sha256.digest(&public.public_key_to_der().unwrap()));
        let added = run(&mut self.soat(&["trust", "add-terminal", "desk.key.pub", "--fingerprint", &fingerprint]));
        assert_eq!(added.code, 0, "{added:?}");
    }

    fn lay(&self, card: Personalisation, quirks: Quirks) -> PluggedCard {
        PluggedCard::new(VirtualChip::with_quirks(card, 7, quirks), self.daemon.address())
    }

    /// Lays a card of the catalogue on the reader, as it is.
    fn lay_genuine(&self, name: &str) -> PluggedCard {
        self.lay(personalise(name).unwrap(), Quirks::default())
    }
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

/// Starts a command whose end is waited for later.
fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Finished {
    Finished::from(child.wait_with_output().unwrap())
}

/// Waits for a moment of the test itself: bounded, so that a fault ends in a message.
fn wait_until(what: &str, mut reached: impl FnMut() -> bool) {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what} was not reached");
        thread::sleep(Duration::from_millis(5));
    }
}
