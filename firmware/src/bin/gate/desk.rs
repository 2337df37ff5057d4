//! The serial link at UART4: what this board answers a desk, with keys and a pack, without a pack, and before it has keys.

use alloc::string::String;
use alloc::vec::Vec;

use rand_core::{CryptoRng, Rng as _};
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::enrolled::Enrolled;
use soat::gate::journal::{ENTRY, Event as Entry, JournalKey, Kind};
use soat::gate::link::LinkKey;
use soat::gate::link::message::{self, Entries, Fault, PackStatus, Part, Refusal, Status, Tested};
use soat::gate::provisioning::Provisioning;
use soat::gate::sealing::{DeviceKey, ONE_TIME};
use soat::time::Timestamp;
use soat_firmware::gate::Gate;
use soat_firmware::keeping::packs::{Authority, Packs, TakeError};
use soat_firmware::keeping::time_floor::settable;
use soat_firmware::keeping::vault::{Provisioned, Vault};
use soat_firmware::port::Clock;
use soat_firmware::service::{Desk, Keeper, of_pack_error, self_test};
use soat_firmware::update::incoming::{Last, UpdateError};
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::images::{self, Images};
use crate::machine::{self, Slots};
use crate::memory;
use crate::start::Keep;
use crate::time::BoardClock;
use crate::{Jumper, ThisBoard};

/// Entries of the journal that find room in a message.
const AT_ONCE: usize = 900 / ENTRY;

/// Who this board is, whatever it keeps.
pub struct Identity {
    seed: Zeroizing<[u8; 32]>,
    device: DeviceKey,
    one_time: [u8; ONE_TIME],
    jumper: Jumper,
    /// What it was told, where it was.
    told: Option<Known>,
    /// The pack in force.
    pub pack: Option<PackStatus>,
    /// The image that comes.
    pub images: Images,
    /// Whether the case is open.
    pub is_open: bool,
}

struct Known {
    link_key: LinkKey,
    name: String,
    authority: Authority,
}

impl Identity {
    /// A board without keys; its own are drawn now, and kept once it is provisioned.
    pub fn new(jumper: Jumper, images: Images, entropy: &mut Entropy) -> Option<Self> {
        let (mut seed, mut one_time) = (Zeroizing::new([0; 32]), [0; ONE_TIME]);
        entropy.fill_bytes(seed.as_mut_slice());
        entropy.fill_bytes(&mut one_time);
        let device = DeviceKey::from_seed(&seed, &RustCrypto).ok()?;
        Some(Self { seed, device, one_time, jumper, told: None, pack: None, images, is_open: false })
    }

    /// The same with what the vault says.
    pub fn learn(&mut self, keep: &mut Keep) {
        if let Ok(seed) = keep.vault.device_key()
            && let Ok(device) = DeviceKey::from_seed(&seed, &RustCrypto)
        {
            (self.seed, self.device) = (seed, device);
        }
        self.images.learn(keep);
        let record = keep.vault.provisioning().ok();
        self.told = record.and_then(|record| Provisioning::parse(&record, &RustCrypto)).map(|told| Known {
            link_key: told.link_key,
            name: told.name,
            authority: Authority { operator: told.operator, least_version: told.least_version },
        });
    }
}

/// What the board has beside it.
pub enum Place<'a> {
    /// A gate.
    Gate(&'a mut Gate<ThisBoard>, &'a mut Packs<Slots>),
    /// Keys, and no pack.
    Keys(&'a mut Keep, &'a mut Packs<Slots>, &'a mut Entropy, &'a BoardClock),
    /// Nothing.
    Bare(&'a mut Entropy, &'a BoardClock),
}

/// What the service speaks for.
pub struct Caretaker<'a> {
    /// Who.
    pub identity: &'a mut Identity,
    /// With what.
    pub place: Place<'a>,
}

impl Place<'_> {
    fn keep(&mut self) -> Option<&mut Keep> {
        match self {
            Self::Gate(gate, _) => Some(gate.journal()),
            Self::Keys(keep, ..) => Some(keep),
            Self::Bare(..) => None,
        }
    }
}

impl Caretaker<'_> {
    fn keep(&mut self) -> Option<&mut Keep> {
        self.place.keep()
    }

    fn held(&mut self) -> Result<u32, Refusal> {
        let Self { identity, place } = self;
        let keep = place.keep().ok_or(Refusal::NotProvisioned)?;
        identity.images.held(keep).map_err(|error| images::refusal(&error))
    }

    fn image_refused(&mut self, error: &UpdateError) -> Refusal {
        let time = self.clock().time();
        self.note(&Entry::because(Kind::ImageRefused, images::reason(error)), time);
        images::refusal(error)
    }

    /// An image on trial that works is one that stays. Clock and pack are not its doing.
    pub fn confirm(&mut self) -> Option<Last> {
        if !self.identity.images.is_due {
            return None;
        }
        let works = self_test::run(self).iter().all(|tested| tested.works || matches!(tested.part, Part::Clock | Part::Pack));
        if works {
            self.shut();
        }
        let Self { identity, place } = self;
        let last = place.keep().filter(|_| works).and_then(|keep| identity.images.confirm(keep).ok())?;
        let time = self.clock().time();
        match last {
            Last::Stays(version) => self.note(&Entry::because(Kind::ImageConfirmed, &alloc::format!("{version}")), time),
            Last::TakenBack(_) => self.note(&Entry::because(Kind::ImageRefused, "image.taken_back"), time),
            Last::Nothing => {}
        }
        Some(last)
    }

    /// While flash is erased everything stands still, and a lock that is open would stay so.
    pub fn shut(&mut self) {
        if let Place::Gate(gate, _) = &mut self.place {
            gate.drive_lock(None);
        }
    }

    /// With what begins now the gate would start anew, which takes back an image on trial.
    fn not_on_trial(&self) -> Result<(), Refusal> {
        if self.identity.images.on_trial { Err(Refusal::ImageOnTrial) } else { Ok(()) }
    }

    fn clock(&self) -> &BoardClock {
        match &self.place {
            Place::Gate(gate, _) => gate.clock(),
            Place::Keys(.., clock) | Place::Bare(_, clock) => clock,
        }
    }

    /// Whether the clock shows a time that can be.
    fn knows_time(&self) -> bool {
        match &self.place {
            Place::Gate(gate, _) => gate.knows_time(),
            Place::Keys(.., clock) | Place::Bare(_, clock) => clock.time().is_some(),
        }
    }

    /// Lets a moment pass.
    pub fn rest(&self) {
        self.clock().rest();
    }

    /// Writes down what a desk did; a journal that fails is told by the gate.
    fn note(&mut self, event: &Entry, time: Option<Timestamp>) {
        if let Some(keep) = self.keep() {
            let _ = keep.note(event, time);
        }
    }

    /// The packs, with the vault that says which is in force.
    fn packs(&mut self) -> Option<(&mut Packs<Slots>, &mut Keep)> {
        match &mut self.place {
            Place::Gate(gate, packs) => Some((packs, gate.journal())),
            Place::Keys(keep, packs, ..) => Some((packs, keep)),
            Place::Bare(..) => None,
        }
    }
}

impl Keeper for Caretaker<'_> {
    fn entropy(&mut self) -> &mut dyn CryptoRng {
        match &mut self.place {
            Place::Gate(gate, _) => gate.entropy(),
            Place::Keys(_, _, entropy, _) | Place::Bare(entropy, _) => *entropy,
        }
    }

    fn desk(&mut self) -> Option<&mut dyn Desk> {
        match &mut self.place {
            Place::Gate(gate, _) => Some(*gate),
            _ => None,
        }
    }

    fn device(&self) -> &DeviceKey {
        &self.identity.device
    }

    fn image(&self) -> u32 {
        self.identity.images.version
    }

    fn has_jumper(&self) -> bool {
        self.identity.jumper.is_high()
    }

    fn one_time(&self) -> [u8; ONE_TIME] {
        self.identity.one_time
    }

    fn set_one_time(&mut self, number: [u8; ONE_TIME]) -> Result<(), Refusal> {
        self.identity.one_time = number;
        Ok(())
    }

    fn link_key(&self) -> Option<LinkKey> {
        self.identity.told.as_ref().map(|told| told.link_key.clone())
    }

    fn provision(&mut self, record: &[u8]) -> Result<(), Refusal> {
        self.not_on_trial()?;
        let told = Provisioning::parse(record, &RustCrypto).ok_or(Refusal::ProvisioningInvalid)?;
        let kept = Provisioning::without_journal_key(record, &RustCrypto).ok_or(Refusal::ProvisioningInvalid)?;
        let mut seal_key = Zeroizing::new([0; 32]);
        self.entropy().fill_bytes(seal_key.as_mut_slice());
        let seed = self.identity.seed.clone();
        let provisioned = Provisioned {
            record: kept.as_slice(),
            device_key: &seed,
            journal_key: &JournalKey::new(&told.journal_key),
            seal_key: &seal_key,
            now: self.clock().time(),
        };
        match self.keep() {
            Some(keep) => keep.vault.provision(&provisioned),
            None => {
                let flash = machine::vault().ok_or(Refusal::Storage)?;
                Vault::begin(flash, &provisioned).map(|_| ())
            }
        }
        .map_err(|_| Refusal::Storage)
    }

    fn status(&mut self, now: u64) -> Status {
        let time = self.clock().time();
        let pack = self.identity.pack;
        let works = if let Place::Gate(gate, _) = &self.place { gate.has_reader() } else { true };
        let knows_time = self.knows_time();
        let enrolled = self.keep().map(|keep| keep.vault.enrolled());
        let journal = self.keep().map(|keep| keep.journal().map(|journal| (journal.head().sequence, journal.has_failed())));
        let has_ended = pack.zip(time).is_some_and(|(pack, time)| time.0 >= pack.ends_at);
        let faults = [
            (Fault::Reader, !works),
            (Fault::Clock, !knows_time),
            (Fault::Tamper, self.identity.is_open),
            (Fault::Storage, matches!(enrolled, Some(Err(_)))),
            (Fault::NoPack, pack.is_none()),
            (Fault::PackEnded, has_ended),
            (Fault::Journal, matches!(journal, Some(Err(_) | Ok((_, true))))),
        ];
        Status {
            image: self.identity.images.version,
            name: self.identity.told.as_ref().map(|told| told.name.clone()).unwrap_or_default(),
            time: time.map(|time| time.0),
            milliseconds: now,
            pack,
            journal_next: journal.and_then(Result::ok).map_or(0, |(next, _)| next),
            heap: memory::most_of_heap(),
            stack: memory::most_of_stack(),
            enrolled: enrolled.and_then(Result::ok).map_or(0, |cards| count(&cards)),
            faults: faults.into_iter().filter(|(_, is_so)| *is_so).map(|(fault, _)| fault.bit()).sum(),
        }
    }

    fn set_time(&mut self, time: Timestamp) -> Result<(), Refusal> {
        if let Some(keep) = self.keep() {
            let known = keep.known();
            let ends_at = self.identity.pack.map(|pack| Timestamp(pack.ends_at));
            if time < settable(&known, ends_at) {
                return Err(Refusal::TimeBeforeFloor);
            }
        }
        let before = self.clock().time();
        if !self.clock().set_time(time) {
            return Err(Refusal::Storage);
        }
        let before = before.map(|time| alloc::format!("{}", time.0)).unwrap_or_default();
        self.note(&Entry::because(Kind::TimeSet, &before), Some(time));
        Ok(())
    }

    fn enrol(&mut self, cards: &Enrolled) -> Result<(), Refusal> {
        self.shut();
        let keep = self.keep().ok_or(Refusal::NotProvisioned)?;
        keep.vault.set_enrolled(cards).map_err(|_| Refusal::Storage)?;
        if let Place::Gate(gate, _) = &mut self.place {
            gate.enrol(cards);
        }
        let time = self.clock().time();
        self.note(&Entry { count: count(cards), ..Entry::of(Kind::Enrolled) }, time);
        Ok(())
    }

    fn self_test(&mut self) -> Vec<Tested> {
        let clock = self.knows_time();
        let has_pack = self.identity.pack.is_some();
        let mut tested = Vec::new();
        if let Place::Gate(gate, _) = &self.place {
            tested.push(Tested { part: Part::Reader, works: gate.has_reader() });
        }
        tested.extend([Tested { part: Part::Clock, works: clock }, Tested { part: Part::Pack, works: has_pack }]);
        if let Some(keep) = self.keep() {
            tested.push(Tested { part: Part::Storage, works: keep.vault.floors().is_ok() });
            tested.push(Tested { part: Part::Journal, works: keep.journal().is_ok_and(|journal| !journal.has_failed()) });
        }
        tested
    }

    fn journal(&mut self, from: u64) -> Result<Entries, Refusal> {
        let keep = self.keep().ok_or(Refusal::NotProvisioned)?;
        let journal = keep.journal().map_err(|_| Refusal::Storage)?;
        let mut found = Entries { first: from, next: journal.head().sequence, entries: Vec::new() };
        let read = journal.read(from, |bytes| {
            let sequence = bytes.first_chunk().map_or(0, |number| u64::from_be_bytes(*number));
            // The one before comes too.
            if sequence >= from {
                if found.entries.is_empty() {
                    found.first = sequence;
                }
                found.entries.push(message::Entry(bytes.to_vec()));
            }
            found.entries.len() < AT_ONCE
        });
        read.map_err(|_| Refusal::Storage)?;
        Ok(found)
    }

    fn pack_begin(&mut self, length: u32, _: &[u8; 32]) -> Result<(), Refusal> {
        self.not_on_trial()?;
        self.shut();
        let (packs, keep) = self.packs().ok_or(Refusal::NotProvisioned)?;
        packs.begin(&mut keep.vault, length).map_err(pack_refusal)
    }

    fn pack_data(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        let (packs, _) = self.packs().ok_or(Refusal::NotProvisioned)?;
        packs.data(offset, bytes).map_err(pack_refusal)
    }

    /// The pack says by its signature that it is whole.
    fn pack_end(&mut self) -> Result<(), Refusal> {
        let authority = self.identity.told.as_ref().map(|told| told.authority).ok_or(Refusal::NotProvisioned)?;
        let time = self.clock().time();
        let (packs, keep) = self.packs().ok_or(Refusal::NotProvisioned)?;
        let taken = packs.end(&mut keep.vault, &authority, time.ok_or(Refusal::TimeUnknown)?).map(|pack| pack.header().version);
        // Where it is in force and a floor could not be written any more, it is taken: what the gate reads yet is the next one's place.
        let in_force = keep.vault.active_pack().ok().flatten().map(|active| active.version);
        let is_another = in_force != self.identity.pack.map(|pack| pack.version);
        match taken.or_else(|error| in_force.filter(|_| is_another).ok_or(error)) {
            Ok(version) => {
                self.note(&Entry::because(Kind::PackTaken, &alloc::format!("{version}")), time);
                Ok(())
            }
            Err(error) => {
                self.note(&Entry::because(Kind::PackRefused, error.code()), time);
                Err(pack_refusal(error))
            }
        }
    }

    fn image_begin(&mut self, length: u32, _: &[u8; 32]) -> Result<(), Refusal> {
        // An image is taken from who signs the packs: a gate without keys knows nobody.
        self.identity.told.as_ref().ok_or(Refusal::NotProvisioned)?;
        self.identity.images.begin(length).map_err(|error| images::refusal(&error))
    }

    fn image_data(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        let operator = self.identity.told.as_ref().map(|told| told.authority.operator).ok_or(Refusal::NotProvisioned)?;
        let held = self.held()?;
        let done = self.identity.images.data(offset, bytes, operator, held);
        done.map_err(|error| self.image_refused(&error))
    }

    /// The header says by its signature what the image is.
    fn image_end(&mut self) -> Result<(), Refusal> {
        let held = self.held()?;
        self.shut();
        let Self { identity, place } = self;
        let keep = place.keep().ok_or(Refusal::NotProvisioned)?;
        match identity.images.end(held, keep) {
            Ok(version) => {
                let time = self.clock().time();
                self.note(&Entry::because(Kind::ImageTaken, &alloc::format!("{version}")), time);
                Ok(())
            }
            Err(error) => Err(self.image_refused(&error)),
        }
    }
}

fn count(cards: &Enrolled) -> u32 {
    u32::try_from(cards.len()).unwrap_or(u32::MAX)
}

fn pack_refusal(error: TakeError) -> Refusal {
    match error {
        TakeError::Torn => Refusal::TransferOutOfOrder,
        TakeError::TooLarge => Refusal::PackTooLarge,
        TakeError::Pack(error) => of_pack_error(error),
        TakeError::None | TakeError::Damaged => Refusal::PackDamaged,
        _ => Refusal::Storage,
    }
}
