//! The vault: keys, floors and small settings by their types, in the flash of the microcontroller.
//!
//! Nothing in it goes back: floors rise, the journal's key evolves, a generation follows another. What was replaced is wiped
//! ([`super::records`]). Read-out protection keeps it from everybody but a laboratory.
//!
//! Sectors of 16 KiB stand 10,000 erases. Most writes are those of the journal's head, 80 bytes an entry: some 190 fill a sector beside the
//! other values, and two sectors take turns, so that it lasts for 3.8 million entries, ten years at a thousand a day. An erase takes 0.4 to
//! 0.8 s, in which the microcontroller stands still: once in 190 entries.

use alloc::vec::Vec;

use embedded_storage::nor_flash::MultiwriteNorFlash;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::enrolled::Enrolled;
use soat::gate::journal::{CODE, ChainKey, Head, JournalKey, PersonKey, keys};
use soat::time::Timestamp;
use zeroize::Zeroizing;

use super::records::{Records, RecordsError};
use crate::update::approval::{Approval, Approvals, Unreadable};

const PROVISIONING: u8 = 1;
const DEVICE_KEY: u8 = 2;
const FLOORS: u8 = 3;
const ACTIVE_PACK: u8 = 4;
const JOURNAL_HEAD: u8 = 5;
const JOURNAL_SEAL: u8 = 6;
const JOURNAL_PERSONS: u8 = 7;
const PANEL_KEY: u8 = 8;
const PANEL_LINE: u8 = 9;
const IMAGES: u8 = 10;
const ENROLLED: u8 = 11;

/// What a gate is provisioned with.
pub struct Provisioned<'a> {
    /// The record of the desk, at most [`super::records::LONGEST`] bytes. The journal's key is not to stand in it: a gate that keeps the
    /// first key could be made to write its past anew.
    pub record: &'a [u8],
    /// The device's own private key, 32 bytes.
    pub device_key: &'a [u8; 32],
    /// The key of the desk from which those of the journal follow.
    pub journal_key: &'a JournalKey,
    /// A key that was drawn just now, for what lies in the chip beside the microcontroller.
    pub seal_key: &'a [u8; 32],
    /// The time, where it is known: under whose month people are written from now on.
    pub now: Option<Timestamp>,
}

/// What never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floors {
    /// The latest version of a pack that was taken over.
    pub pack: u64,
    /// The latest version of an image that was confirmed.
    pub image: u64,
    /// No clock is right before that, in seconds since 1970.
    pub time: u64,
}

/// Which pack is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivePack {
    /// Where it lies: 0 or 1.
    pub slot: u8,
    /// Its length in bytes.
    pub length: u32,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
    /// Its version.
    pub version: u64,
}

/// How far the journal has come.
pub struct JournalHead {
    /// The end of the journal.
    pub head: Head,
    /// Counts starts: a number is never sealed twice under one.
    pub start: u32,
    /// The key of the next entry.
    pub key: ChainKey,
}

/// The vault.
pub struct Vault<F> {
    records: Records<F>,
}

impl<F: MultiwriteNorFlash> Vault<F> {
    /// Opens a vault that was filled before.
    ///
    /// # Errors
    /// [`RecordsError`]: a gate without a vault lets nobody in.
    pub fn open(flash: F) -> Result<Self, RecordsError> {
        Ok(Self { records: Records::open(flash)? })
    }

    /// Fills a vault for the first time, or over one that is damaged: whatever stood there is gone, with its floors.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn begin(flash: F, provisioned: &Provisioned<'_>) -> Result<Self, RecordsError> {
        let values = filling(provisioned, 0);
        Ok(Self { records: Records::begin(flash, &borrowed(&values))? })
    }

    /// Provisions anew, all at once. Floors stay; the journal begins anew, and what it held can no longer be opened: read it out before.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn provision(&mut self, provisioned: &Provisioned<'_>) -> Result<(), RecordsError> {
        let start = self.journal_head()?.start;
        let filling = filling(provisioned, start);
        // What a panel had set, and which cards need no code, is of the life before.
        let dropped = [(PANEL_KEY, &[][..]), (PANEL_LINE, &[]), (ENROLLED, &[])];
        self.records.replace_all(&borrowed(&filling).into_iter().chain(dropped).collect::<Vec<_>>())
    }

    /// The record of the desk.
    ///
    /// # Errors
    /// [`RecordsError`]; [`RecordsError::Damaged`] where there is none.
    pub fn provisioning(&mut self) -> Result<Zeroizing<Vec<u8>>, RecordsError> {
        self.records.value(PROVISIONING)?.ok_or(RecordsError::Damaged)
    }

    /// The device's private key.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn device_key(&mut self) -> Result<Zeroizing<[u8; 32]>, RecordsError> {
        self.fixed(DEVICE_KEY)?.ok_or(RecordsError::Damaged)
    }

    /// What never goes back.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn floors(&mut self) -> Result<Floors, RecordsError> {
        let Some(bytes) = self.fixed::<24>(FLOORS)? else { return Ok(Floors::default()) };
        let ([pack, image, time], _) = bytes.as_chunks::<8>() else { return Err(RecordsError::Damaged) };
        Ok(Floors { pack: u64::from_be_bytes(*pack), image: u64::from_be_bytes(*image), time: u64::from_be_bytes(*time) })
    }

    /// Raises what is higher here, and lowers nothing.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn raise(&mut self, to: Floors) -> Result<(), RecordsError> {
        let now = self.floors()?;
        let raised = [now.pack.max(to.pack), now.image.max(to.image), now.time.max(to.time)];
        self.records.replace(FLOORS, raised.map(u64::to_be_bytes).as_flattened())
    }

    /// The pack in force.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn active_pack(&mut self) -> Result<Option<ActivePack>, RecordsError> {
        let Some(bytes) = self.fixed::<45>(ACTIVE_PACK)? else { return Ok(None) };
        let read = || {
            let ([slot], rest) = bytes.split_first_chunk::<1>()?;
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let (sha256, version) = rest.split_first_chunk::<32>()?;
            let (length, version) = (u32::from_be_bytes(*length), u64::from_be_bytes(*version.first_chunk()?));
            (*slot <= 1).then_some(ActivePack { slot: *slot, length, sha256: *sha256, version })
        };
        read().map(Some).ok_or(RecordsError::Damaged)
    }

    /// Puts a pack in force that is later than the one before; its version is a floor from then on.
    ///
    /// # Errors
    /// [`RecordsError`]; [`RecordsError::Unfit`] for a version that is not later.
    pub fn put_in_force(&mut self, pack: &ActivePack) -> Result<(), RecordsError> {
        if self.active_pack()?.is_some_and(|now| pack.version <= now.version) || pack.slot > 1 {
            return Err(RecordsError::Unfit);
        }
        let [slot, length, version] = [&[pack.slot][..], &pack.length.to_be_bytes(), &pack.version.to_be_bytes()];
        self.records.replace(ACTIVE_PACK, &[slot, length, &pack.sha256, version].concat())
    }

    /// Which images may be started; `None` before the first update.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn images(&mut self) -> Result<Option<Approval>, RecordsError> {
        let Some(bytes) = self.records.value(IMAGES)? else { return Ok(None) };
        Approval::from_bytes(&bytes).map(Some).ok_or(RecordsError::Damaged)
    }

    /// Says which images may be started.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn set_images(&mut self, approval: &Approval) -> Result<(), RecordsError> {
        self.records.replace(IMAGES, &approval.to_bytes())
    }

    /// How far the journal has come.
    ///
    /// # Errors
    /// [`RecordsError`]; [`RecordsError::Damaged`] where there is none.
    pub fn journal_head(&mut self) -> Result<JournalHead, RecordsError> {
        let bytes = self.fixed::<60>(JOURNAL_HEAD)?.ok_or(RecordsError::Damaged)?;
        let read = || {
            let (sequence, rest) = bytes.split_first_chunk::<8>()?;
            let (start, rest) = rest.split_first_chunk::<4>()?;
            let (code, key) = rest.split_first_chunk::<CODE>()?;
            let head = Head { sequence: u64::from_be_bytes(*sequence), code: *code };
            Some(JournalHead { head, start: u32::from_be_bytes(*start), key: ChainKey::new(key.first_chunk()?) })
        };
        read().ok_or(RecordsError::Damaged)
    }

    /// The journal has come further; the key of what was before is gone.
    ///
    /// # Errors
    /// [`RecordsError`]; [`RecordsError::Unfit`] where it went back.
    pub(super) fn set_journal_head(&mut self, to: &JournalHead) -> Result<(), RecordsError> {
        let now = self.journal_head()?;
        if to.head.sequence < now.head.sequence || to.start < now.start {
            return Err(RecordsError::Unfit);
        }
        self.records.replace(JOURNAL_HEAD, head_bytes(to).as_slice())
    }

    /// The key under which entries are sealed.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub(super) fn seal_key(&mut self) -> Result<Zeroizing<[u8; 32]>, RecordsError> {
        self.fixed(JOURNAL_SEAL)?.ok_or(RecordsError::Damaged)
    }

    /// The key of the month under which people are written.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub(super) fn person_key(&mut self) -> Result<PersonKey, RecordsError> {
        let bytes = self.fixed::<34>(JOURNAL_PERSONS)?.ok_or(RecordsError::Damaged)?;
        let (month, key) = bytes.split_first_chunk::<2>().ok_or(RecordsError::Damaged)?;
        Ok(PersonKey::new(key.first_chunk().ok_or(RecordsError::Damaged)?, u16::from_be_bytes(*month)))
    }

    /// A month has passed; its key is gone.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub(super) fn set_person_key(&mut self, key: &PersonKey) -> Result<(), RecordsError> {
        self.records.replace(JOURNAL_PERSONS, person_bytes(key).as_slice())
    }

    /// The key that a control panel has set, if one has.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn panel_key(&mut self) -> Result<Option<Zeroizing<[u8; 16]>>, RecordsError> {
        self.fixed(PANEL_KEY)
    }

    /// Keeps what a control panel set with KEYSET.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn set_panel_key(&mut self, key: &[u8; 16]) -> Result<(), RecordsError> {
        self.records.replace(PANEL_KEY, key)
    }

    /// Address and bauds that a control panel has set, if one has.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn panel_line(&mut self) -> Result<Option<(u8, u32)>, RecordsError> {
        let bytes = self.fixed::<5>(PANEL_LINE)?;
        Ok(bytes.map(|bytes| {
            let [address, bauds @ ..] = *bytes;
            (address, u32::from_be_bytes(bauds))
        }))
    }

    /// Keeps what a control panel set with COMSET.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn set_panel_line(&mut self, address: u8, bauds: u32) -> Result<(), RecordsError> {
        self.records.replace(PANEL_LINE, &[&[address][..], &bauds.to_be_bytes()].concat())
    }

    /// Which cards need no code.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn enrolled(&mut self) -> Result<Enrolled, RecordsError> {
        let Some(bytes) = self.records.value(ENROLLED)? else { return Ok(Enrolled::default()) };
        Enrolled::from_bytes(&bytes).ok_or(RecordsError::Damaged)
    }

    /// Keeps which cards need no code.
    ///
    /// # Errors
    /// [`RecordsError`]
    pub fn set_enrolled(&mut self, cards: &Enrolled) -> Result<(), RecordsError> {
        if cards.is_empty() {
            self.records.replace_all(&[(ENROLLED, &[])])
        } else {
            self.records.replace(ENROLLED, cards.as_bytes())
        }
    }

    /// A value of a fixed length.
    fn fixed<const N: usize>(&mut self, number: u8) -> Result<Option<Zeroizing<[u8; N]>>, RecordsError> {
        let Some(value) = self.records.value(number)? else { return Ok(None) };
        <[u8; N]>::try_from(value.as_slice()).map(|bytes| Some(Zeroizing::new(bytes))).map_err(|_| RecordsError::Damaged)
    }
}

/// A vault as it was opened. Where nothing was ever written, what an engineer loaded may be started; where it is damaged, nothing may.
impl<F: MultiwriteNorFlash> Approvals for Result<Vault<F>, RecordsError> {
    fn approval(&mut self) -> Result<Option<Approval>, Unreadable> {
        match self {
            Ok(vault) => vault.approval(),
            Err(RecordsError::Blank) => Ok(None),
            Err(_) => Err(Unreadable),
        }
    }

    fn approve(&mut self, approval: &Approval) -> bool {
        self.as_mut().is_ok_and(|vault| vault.approve(approval))
    }
}

impl<F: MultiwriteNorFlash> Approvals for Vault<F> {
    fn approval(&mut self) -> Result<Option<Approval>, Unreadable> {
        self.images().map_err(|_| Unreadable)
    }

    fn approve(&mut self, approval: &Approval) -> bool {
        self.set_images(approval).is_ok()
    }
}

/// What a vault begins with.
fn filling(provisioned: &Provisioned<'_>, start: u32) -> [(u8, Zeroizing<Vec<u8>>); 5] {
    let head = JournalHead { head: Head::EMPTY, start, key: provisioned.journal_key.chain(&RustCrypto) };
    let mut persons = provisioned.journal_key.persons(&RustCrypto);
    if let Some(month) = provisioned.now.and_then(keys::month) {
        persons.evolve_to(month, &RustCrypto);
    }
    let kept = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
    [
        (PROVISIONING, kept(provisioned.record)),
        (DEVICE_KEY, kept(provisioned.device_key)),
        (JOURNAL_HEAD, kept(&head_bytes(&head)[..])),
        (JOURNAL_SEAL, kept(provisioned.seal_key)),
        (JOURNAL_PERSONS, kept(&person_bytes(&persons)[..])),
    ]
}

fn borrowed(values: &[(u8, Zeroizing<Vec<u8>>); 5]) -> [(u8, &[u8]); 5] {
    values.each_ref().map(|(number, value)| (*number, value.as_slice()))
}

fn head_bytes(head: &JournalHead) -> Zeroizing<[u8; 60]> {
    let (sequence, start) = (head.head.sequence.to_be_bytes(), head.start.to_be_bytes());
    filled(sequence.iter().chain(&start).chain(&head.head.code).chain(head.key.expose()))
}

fn person_bytes(key: &PersonKey) -> Zeroizing<[u8; 34]> {
    filled(key.month().to_be_bytes().iter().chain(key.expose()))
}

fn filled<'a, const N: usize>(bytes: impl Iterator<Item = &'a u8>) -> Zeroizing<[u8; N]> {
    let mut filled = Zeroizing::new([0; N]);
    filled.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    filled
}
