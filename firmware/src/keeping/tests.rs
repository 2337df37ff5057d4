//! A device whose power can be cut anywhere, and what must hold of it whatever happens.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod attacks;
mod power_cuts;
mod settings;
mod takeover;

use std::collections::BTreeMap;
use std::rc::Rc;

use ed25519_dalek::{Signer, SigningKey};
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::{TerminalKey, TerminalSigner};
use soat::gate::journal::{Event, JournalKey, Kind, Run, Since, verify};
use soat::gate::pack::access_list::{AccessList, Entry as Person};
use soat::gate::pack::{Content, Settings};
use soat::time::Timestamp;

use super::flash_double::{FlashDouble, Power};
use super::journal::{Journal, JournalError};
use super::packs::{Authority, Mapped, Packs, TakeError};
use super::records::RecordsError;
use super::vault::{Floors, Provisioned, Vault};

const NOW: Timestamp = Timestamp(1_785_542_400);
const ENDS: Timestamp = Timestamp(NOW.0 + 86_400);
const RECORD: &[u8] = &[0x50; 104];
const JOURNAL_KEY: [u8; 32] = [0x4A; 32];

type VaultFlash = FlashDouble<1024, true>;
type ChipFlash = FlashDouble<1024, false>;

/// Two slots that can be looked at where they lie: as they are when one looks.
#[derive(Clone)]
struct Slots(FlashDouble<2048, false>);

impl ErrorType for Slots {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Slots {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        self.0.read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl NorFlash for Slots {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = 2048;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        self.0.erase(from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        self.0.write(offset, bytes)
    }
}

impl Mapped for Slots {
    fn slot(&mut self, slot: u8, length: usize) -> Option<&'static [u8]> {
        let bytes = self.0.bytes.borrow().get(usize::from(slot) * 2048..)?.get(..length)?.to_vec();
        (length <= 2048).then_some(bytes.leak())
    }
}

/// What remains of a device without power.
struct Device {
    power: Rc<Power>,
    vault: VaultFlash,
    chip: ChipFlash,
    slots: Slots,
}

impl Device {
    fn blank() -> Self {
        let power = Rc::<Power>::default();
        Self {
            vault: FlashDouble::new(2, &power),
            chip: FlashDouble::new(4, &power),
            slots: Slots(FlashDouble::new(2, &power)),
            power,
        }
    }

    fn provisioned() -> Self {
        let device = Self::blank();
        Vault::begin(device.vault.clone(), &given(&JournalKey::new(&JOURNAL_KEY))).unwrap();
        device
    }

    fn vault(&self) -> Result<Vault<VaultFlash>, RecordsError> {
        Vault::open(self.vault.clone())
    }

    fn journal(&self, vault: &mut Vault<VaultFlash>) -> Result<Journal<ChipFlash>, JournalError> {
        Journal::open(self.chip.clone(), vault)
    }

    /// Everything that the journal gives, verified as the desk does.
    fn read(&self, since: Since) -> Run {
        let mut vault = self.vault().unwrap();
        let mut journal = self.journal(&mut vault).unwrap();
        let from = match since {
            Since::Head(head) => head.sequence,
            Since::Sequence(from) => from,
            Since::Start => 0,
        };
        let mut bytes = Vec::new();
        journal
            .read(from, |entry| {
                bytes.extend_from_slice(entry);
                true
            })
            .unwrap();
        verify(&bytes, &JournalKey::new(&JOURNAL_KEY), since, &RustCrypto)
    }
}

fn given(journal_key: &JournalKey) -> Provisioned<'_> {
    Provisioned { record: RECORD, device_key: &[0x44; 32], journal_key, seal_key: &[0x53; 32], now: Some(NOW) }
}

/// Signs with a key that follows from a byte.
pub(crate) struct Operator(SigningKey, TerminalKey);

impl Operator {
    pub(crate) fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = TerminalKey::ed25519(key.verifying_key().as_bytes());
        Self(key, public)
    }
}

impl TerminalSigner for Operator {
    fn key(&self) -> &TerminalKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

fn authority() -> Authority {
    Authority { operator: Operator::new(1).key().fingerprint(&RustCrypto), least_version: 1 }
}

fn pack(version: u64) -> Vec<u8> {
    pack_by(&Operator::new(1), version, NOW, ENDS)
}

fn pack_by(operator: &Operator, version: u64, made_at: Timestamp, ends_at: Timestamp) -> Vec<u8> {
    let people = BTreeMap::from([([version as u8; 16], Person::ALWAYS)]);
    let content = Content {
        site: "cổng bắc".into(),
        zone_minutes: 420,
        settings: Settings::default(),
        anchors: Vec::new(),
        revoked: Vec::new(),
        list: AccessList::of(&people, Vec::new()),
    };
    content.signed(version, made_at, ends_at, operator, &RustCrypto).unwrap()
}

/// Sends a pack in pieces, and has it put in force.
fn take(packs: &mut Packs<Slots>, vault: &mut Vault<VaultFlash>, pack: &[u8]) -> Result<u64, TakeError> {
    packs.begin(vault, pack.len() as u32)?;
    for (index, piece) in pack.chunks(100).enumerate() {
        packs.data(index as u32 * 100, piece)?;
    }
    Ok(packs.end(vault, &authority(), NOW)?.header().version)
}
