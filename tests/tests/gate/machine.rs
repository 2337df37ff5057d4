//! What a gate in a process of its own is given, and the desk that speaks to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use soat::evidence::TerminalSigner;
use soat::gate::pack::{Content, PackError};
use soat::gate::provisioning::{Given, Provisioning, Wiegand};
use soat_tests::command::{Finished, run, soat};
pub use soat_tests::gate_machine::{DECISION, Machine};
use soat_tests::seeds::SeedTerminal;

use super::*;

/// On the control panel's bus.
pub const ADDRESS: u8 = 5;
pub const JOURNAL_KEY: [u8; 32] = *b"the key that stays at the desk .";
pub const SCBK: [u8; 16] = *b"\x1f\x80 not SCBK-D \x07\x42";

/// What lies in the gate's storage.
pub struct Storage {
    pub pack: Vec<u8>,
    pub provisioning: Vec<u8>,
    pub now: i64,
}

pub fn pack_content() -> Content<'static> {
    let entry = Entry { credential: Some(CREDENTIAL), ..Entry::ALWAYS };
    Content {
        site: "cổng bắc".into(),
        zone_minutes: 420,
        settings: Settings::default(),
        anchors: vec![authority(CARD).unwrap().csca_certificate()],
        revoked: Vec::new(),
        list: AccessList::of(&BTreeMap::from([(person(NUMBER), entry)]), Vec::new()),
    }
}

pub fn pack(content: &Content<'_>) -> Result<Vec<u8>, PackError> {
    pack_of_version(content, 1)
}

pub fn pack_of_version(content: &Content<'_>, version: u64) -> Result<Vec<u8>, PackError> {
    content.signed(version, Timestamp(NOW.0 - 86_400), ENDS, &SeedTerminal::new(), &RustCrypto)
}

impl Storage {
    pub fn of(content: &Content<'_>) -> Self {
        let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
        let operator = operator.as_ref().try_into().unwrap();
        Self { pack: pack(content).unwrap(), provisioning: provisioning(&operator, 1), now: NOW.0 }
    }
}

impl Storage {
    /// What the gate finds at its start.
    pub fn hand_over(&self, folder: &Path) {
        fs::write(folder.join("pack.bin"), &self.pack).unwrap();
        fs::write(folder.join("provisioning.bin"), &self.provisioning).unwrap();
        fs::write(folder.join("now.txt"), self.now.to_string()).unwrap();
    }
}

pub fn provisioning(operator: &[u8; 32], least_version: u64) -> Vec<u8> {
    provisioning_with(operator, least_version, Wiegand::Off)
}

pub fn provisioning_with(operator: &[u8; 32], least_version: u64, wiegand: Wiegand) -> Vec<u8> {
    let given = Given {
        operator,
        site_key: &[0x5A; 32],
        least_version,
        osdp_address: ADDRESS,
        scbk: &SCBK,
        wiegand,
        link_key: &[0x4B; 32],
        journal_key: &JOURNAL_KEY,
        name: "cổng bắc",
    };
    Provisioning::write(&given, &RustCrypto).unwrap().to_vec()
}

/// Boots a program over this storage.
pub fn boot(image: &Path, storage: &Storage) -> Machine {
    let folder = tempfile::tempdir().unwrap();
    storage.hand_over(folder.path());
    Machine::boot_in(image, Arc::new(folder))
}

/// Starts a program anew over what another has left, an hour later: no clock is right before the last entry of the journal.
pub fn start_again(image: &Path, machine: Machine) -> Machine {
    let folder = Arc::clone(&machine.folder);
    drop(machine);
    let clock = folder.path().join("now.txt");
    if let Ok(time) = fs::read_to_string(&clock) {
        fs::write(&clock, (time.trim().parse::<i64>().unwrap() + 3600).to_string()).unwrap();
    }
    Machine::boot_in(image, folder)
}

/// The key of the link in [`provisioning`], and another.
const KEYS: [(&str, u8); 2] = [("link.key", 0x4B), ("other.key", 0x4C)];

/// `soat ARGUMENTS` in the machine's folder.
pub fn at_desk(machine: &Machine, arguments: &[&str]) -> Finished {
    let folder = machine.folder.path();
    for (name, byte) in KEYS {
        let path = folder.join(name);
        if !path.exists() {
            fs::write(&path, hex::encode([byte; 32])).unwrap();
            assert!(Command::new("chmod").arg("600").arg(&path).status().unwrap().success());
        }
    }
    let mut command = soat(arguments);
    command.current_dir(folder).env("SOAT_TRUST", folder.join("trust")).env_remove("SOAT_SITE").env_remove("SOAT_LINK_KEY");
    run(&mut command)
}

pub fn at_gate(machine: &Machine, arguments: &[&str]) -> Finished {
    let port = machine.port.display().to_string();
    at_desk(machine, &[&["gate"], arguments, &["--device", &port, "--link-key", "link.key"]].concat())
}

pub fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}
