//! A gate at a serial port of this computer: its core and its service on the board of [`crate::gate_board`], the port a pseudo-terminal.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rand_core::CryptoRng;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider as _};
use soat::gate::enrolled::Enrolled;
use soat::gate::image::{ImageError, ImageHeader, LONGEST_HEADER};
use soat::gate::journal::{self, Head, JournalKey, Kind, Reason};
use soat::gate::link::LinkKey;
use soat::gate::link::message::{Entries, Entry, Fault, PackStatus, Part, Refusal, Status, Tested};
use soat::gate::pack::access_list::AccessList;
use soat::gate::pack::{GatePack, LONGEST_PACK, Settings};
use soat::gate::provisioning::Provisioning;
use soat::gate::sealing::{DeviceKey, ONE_TIME};
use soat::inspection::PseudonymKey;
use soat::pki::TrustStore;
use soat::time::Timestamp;
use soat_firmware::gate::decision::Rule;
use soat_firmware::gate::{Gate, Notice};
use soat_firmware::port::{ByteLink, Clock as _};
use soat_firmware::service::{Desk, Event, Keeper, Service, of_pack_error};

use crate::gate_board::{Simulated, World};
use crate::seeded::SeededRng;

/// The device's end of a pseudo-terminal.
pub struct PtyWire {
    ours: File,
    came: VecDeque<u8>,
}

impl PtyWire {
    /// A wire, and the port at its other end.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> std::io::Result<(Self, PathBuf)> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let port = PathBuf::from(ptsname(&ours, Vec::new())?.to_string_lossy().into_owned());
        // What the device says before anybody listens would come back as an echo.
        let theirs = rustix::fs::open(&port, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
        let mut settings = tcgetattr(&theirs)?;
        settings.make_raw();
        tcsetattr(&theirs, OptionalActions::Now, &settings)?;
        rustix::fs::fcntl_setfl(&ours, OFlags::NONBLOCK)?;
        Ok((Self { ours: ours.into(), came: VecDeque::new() }, port))
    }
}

impl PtyWire {
    /// Sends what finds room: where nobody is at the port, the rest is lost as on a wire.
    pub fn offer(&mut self, bytes: &[u8]) {
        let _ = self.ours.write(bytes);
    }
}

impl ByteLink for PtyWire {
    fn receive(&mut self) -> Option<u8> {
        if self.came.is_empty() {
            let mut part = [0; 4096];
            // Nobody is at the port: the system calls that an error.
            let count = self.ours.read(&mut part).unwrap_or(0);
            self.came.extend(part.iter().take(count));
        }
        self.came.pop_front()
    }

    fn send(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        for _ in 0..2000 {
            match self.ours.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(1)),
                Err(_) => return,
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    fn set_speed(&mut self, _: u32) {}
}

/// The board of which it is a stand-in, and the bytes that its image may have.
const BOARD: &str = "stm32f405";
const LONGEST_IMAGE: usize = 512 * 1024;

/// Keys, pack, images and journal of a gate, in memory.
pub struct Kept {
    device: DeviceKey,
    world: Rc<World>,
    /// Whether the jumper is set.
    pub jumper: bool,
    /// The number under which the next provisioning counts.
    pub one_time: [u8; ONE_TIME],
    /// The record that was kept last.
    pub record: Option<Vec<u8>>,
    /// The pack that is in force.
    pub pack: Option<Vec<u8>>,
    /// The version of the image that runs.
    pub image: u32,
    /// The image that was taken, to be tried with the next start.
    pub next_image: Option<Vec<u8>>,
    /// The entries of the journal.
    pub journal: Vec<Vec<u8>>,
    coming: Option<(usize, [u8; 32], Vec<u8>)>,
    gate: Gate<Simulated>,
    rng: SeededRng,
}

impl Kept {
    /// Writes so many entries into a journal that begins anew, or another gate's.
    pub fn write_journal(&mut self, key: &[u8; 32], entries: u64) {
        let (mut chain, mut head) = (JournalKey::new(key).chain(&RustCrypto), Head::EMPTY);
        let entries = (0..entries).map(|sequence| {
            let reason = Reason::new("gate.no_code");
            let time = self.world.time();
            let entry = journal::Entry { sequence, time, kind: Kind::Refused, month: 679, person: None, count: 0, reason };
            let (bytes, next) = entry.write(&head, &chain, &RustCrypto);
            chain.evolve(&RustCrypto);
            head = next;
            bytes.to_vec()
        });
        self.journal = entries.collect();
    }

    /// The key with which its journal begins.
    pub fn journal_key(&self) -> [u8; 32] {
        self.provisioning().map(|told| *told.journal_key).unwrap_or_default()
    }

    /// What was sent, if it is what was announced.
    fn whole(&mut self) -> Result<Vec<u8>, Refusal> {
        let (length, sha256, bytes) = self.coming.take().ok_or(Refusal::TransferOutOfOrder)?;
        let is_whole = bytes.len() == length && RustCrypto.digest(DigestAlgorithm::Sha256, &[&bytes]).as_ref() == sha256;
        if is_whole { Ok(bytes) } else { Err(Refusal::TransferDamaged) }
    }

    fn provisioning(&self) -> Option<Provisioning> {
        Provisioning::parse(self.record.as_deref()?, &RustCrypto)
    }
}

impl Keeper for Kept {
    fn entropy(&mut self) -> &mut dyn CryptoRng {
        &mut self.rng
    }

    fn desk(&mut self) -> Option<&mut dyn Desk> {
        Some(&mut self.gate)
    }

    fn device(&self) -> &DeviceKey {
        &self.device
    }

    fn image(&self) -> u32 {
        self.image
    }

    fn has_jumper(&self) -> bool {
        self.jumper
    }

    fn one_time(&self) -> [u8; ONE_TIME] {
        self.one_time
    }

    fn set_one_time(&mut self, number: [u8; ONE_TIME]) -> Result<(), Refusal> {
        self.one_time = number;
        Ok(())
    }

    fn link_key(&self) -> Option<LinkKey> {
        self.provisioning().map(|provisioning| provisioning.link_key)
    }

    fn provision(&mut self, record: &[u8]) -> Result<(), Refusal> {
        self.record = Some(record.to_vec());
        Ok(())
    }

    fn status(&mut self, now: u64) -> Status {
        let provisioning = self.provisioning();
        let pack = provisioning.as_ref().zip(self.pack.as_deref());
        let pack = pack.and_then(|(told, pack)| GatePack::verify(pack, &told.operator, &RustCrypto).ok());
        let pack = pack.map(|pack| PackStatus {
            version: pack.header().version,
            made_at: pack.header().made_at.0,
            ends_at: pack.header().ends_at.0,
        });
        let time = self.world.time();
        let fault = |is_so: bool, fault: Fault| if is_so { fault.bit() } else { 0 };
        Status {
            image: self.image(),
            name: provisioning.map(|provisioning| provisioning.name).unwrap_or_default(),
            time: time.map(|time| time.0),
            milliseconds: now,
            pack,
            journal_next: u64::try_from(self.journal.len()).unwrap_or_default(),
            heap: 0,
            stack: 0,
            enrolled: u32::try_from(self.gate.enrolled()).unwrap_or_default(),
            faults: fault(time.is_none(), Fault::Clock) | fault(pack.is_none(), Fault::NoPack),
        }
    }

    fn set_time(&mut self, time: Timestamp) -> Result<(), Refusal> {
        if self.world.time().is_some_and(|before| time < before) {
            return Err(Refusal::TimeBeforeFloor);
        }
        self.world.set_time(Some(time));
        Ok(())
    }

    fn enrol(&mut self, cards: &Enrolled) -> Result<(), Refusal> {
        self.record.as_ref().ok_or(Refusal::NotProvisioned)?;
        self.gate.enrol(cards);
        Ok(())
    }

    fn self_test(&mut self) -> Vec<Tested> {
        vec![Tested { part: Part::Clock, works: self.world.time().is_some() }]
    }

    fn journal(&mut self, from: u64) -> Result<Entries, Refusal> {
        let next = u64::try_from(self.journal.len()).unwrap_or_default();
        let number = |entry: &[u8]| entry.first_chunk().map_or(0, |number| u64::from_be_bytes(*number));
        let next = self.journal.last().map_or(0, |last| number(last) + 1).max(next);
        let entries: Vec<Entry> =
            self.journal.iter().filter(|entry| number(entry) >= from).take(3).map(|entry| Entry(entry.clone())).collect();
        let first = entries.first().map_or(from, |entry| number(&entry.0));
        Ok(Entries { first, next, entries })
    }

    fn pack_begin(&mut self, length: u32, sha256: &[u8; 32]) -> Result<(), Refusal> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > LONGEST_PACK {
            return Err(Refusal::PackTooLarge);
        }
        self.coming = Some((length, *sha256, Vec::new()));
        Ok(())
    }

    fn pack_data(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        match &mut self.coming {
            Some((_, _, pack)) if usize::try_from(offset) == Ok(pack.len()) => {
                pack.extend_from_slice(bytes);
                Ok(())
            }
            _ => Err(Refusal::TransferOutOfOrder),
        }
    }

    fn pack_end(&mut self) -> Result<(), Refusal> {
        let pack = self.whole()?;
        let told = self.provisioning().ok_or(Refusal::NotProvisioned)?;
        let found = GatePack::verify(&pack, &told.operator, &RustCrypto).map_err(of_pack_error)?;
        let held = self.pack.as_deref().and_then(|pack| GatePack::verify(pack, &told.operator, &RustCrypto).ok());
        let held = held.map(|pack| pack.header().version).max(told.least_version.checked_sub(1));
        found.may_follow(held, self.world.time().ok_or(Refusal::TimeUnknown)?).map_err(of_pack_error)?;
        self.pack = Some(pack);
        Ok(())
    }

    fn image_begin(&mut self, length: u32, sha256: &[u8; 32]) -> Result<(), Refusal> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > LONGEST_HEADER + LONGEST_IMAGE {
            return Err(Refusal::ImageTooLarge);
        }
        self.coming = Some((length, *sha256, Vec::new()));
        Ok(())
    }

    fn image_data(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Refusal> {
        self.pack_data(offset, bytes)
    }

    fn image_end(&mut self) -> Result<(), Refusal> {
        let file = self.whole()?;
        let operator = self.provisioning().ok_or(Refusal::NotProvisioned)?.operator;
        let refused = |error| match error {
            ImageError::OtherKey | ImageError::Signature(_) => Refusal::ImageSignature,
            ImageError::OtherBoard => Refusal::ImageOtherBoard,
            ImageError::NotNewer { .. } => Refusal::ImageNotNewer,
            _ => Refusal::ImageDamaged,
        };
        let (header, image) = ImageHeader::read(&file, Some(&operator), &RustCrypto).map_err(refused)?;
        header.may_follow(BOARD, self.image).map_err(refused)?;
        if !header.describes(image, &RustCrypto) {
            return Err(Refusal::ImageDamaged);
        }
        self.next_image = Some(image.to_vec());
        Ok(())
    }
}

/// The whole device, in its thread.
pub struct Device {
    /// Everything outside.
    pub world: Rc<World>,
    /// What it keeps.
    pub kept: Kept,
    /// What its service told.
    pub events: Vec<Event>,
    /// What its core told.
    pub notices: Vec<Notice>,
    service: Service<PtyWire>,
    seed: u64,
}

impl Device {
    fn new(wire: PtyWire, seed: u64, time: Option<Timestamp>) -> Self {
        let world = World::new(time);
        let byte = seed.to_le_bytes().first().copied().unwrap_or_default();
        let nobody = Rule {
            list: AccessList::default(),
            key: PseudonymKey::new([0; 32]),
            purpose: String::new(),
            zone_minutes: 0,
            from: Timestamp(0),
            until: Timestamp(0),
        };
        let gate = Gate::new(world.ports(seed), Settings::default(), nobody, TrustStore::new());
        let kept = Kept {
            device: DeviceKey::from_seed(&[byte; 32], &RustCrypto).expect("the provider has P-256"),
            world: Rc::clone(&world),
            jumper: false,
            one_time: [byte; ONE_TIME],
            record: None,
            pack: None,
            image: 7,
            next_image: None,
            journal: Vec::new(),
            coming: None,
            gate,
            rng: SeededRng(seed),
        };
        Self { world, kept, events: Vec::new(), notices: Vec::new(), service: Service::new(wire), seed }
    }

    /// Once around, as the main loop of a board does it.
    fn work(&mut self) {
        let now = self.world.now();
        let event = self.service.poll(now, &mut self.kept);
        self.kept.gate.keep_codes(self.kept.jumper);
        let code = self.kept.gate.take_code();
        let event = event.or_else(|| self.service.take_code(&code?, &mut self.kept));
        let notice = self.kept.gate.poll(now);
        if event == Some(Event::PackTaken) {
            self.go_by_the_pack();
        }
        if event.is_none() && notice.is_none() {
            self.kept.gate.clock().rest();
            thread::sleep(Duration::from_millis(1));
        }
        self.events.extend(event);
        self.notices.extend(notice);
    }

    /// The gate begins anew, with what it was told.
    fn go_by_the_pack(&mut self) {
        let (Some(told), Some(pack)) = (self.kept.provisioning(), self.kept.pack.clone()) else { return };
        // A board has it in flash.
        let pack = GatePack::verify(pack.leak(), &told.operator, &RustCrypto).expect("it was verified before it was taken over");
        let (header, content, trust) = pack.into_parts();
        let rule = Rule {
            list: content.list,
            key: told.site_key,
            purpose: content.site,
            zone_minutes: content.zone_minutes,
            from: header.made_at,
            until: header.ends_at,
        };
        self.kept.gate = Gate::new(self.world.ports(self.seed), content.settings, rule, trust);
    }

    /// Lines of a console, where nobody speaks at the wire.
    pub fn say(&mut self, text: &[u8]) {
        if let Some(console) = self.service.console() {
            console.send(text);
        }
    }
}

type Order = Box<dyn FnOnce(&mut Device) + Send>;

/// A device that works until it is dropped.
pub struct GateAtPort {
    /// Its port.
    pub port: PathBuf,
    orders: Sender<Order>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl GateAtPort {
    /// Starts a device without keys; its own key follows from the seed.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(seed: u64, time: Option<Timestamp>) -> std::io::Result<Self> {
        let (wire, port) = PtyWire::new()?;
        let (orders, received): (Sender<Order>, Receiver<Order>) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut device = Device::new(wire, seed, time);
            while !flag.load(Ordering::Relaxed) {
                received.try_iter().for_each(|order| order(&mut device));
                device.work();
            }
        });
        Ok(Self { port, orders, stop, thread: Some(thread) })
    }

    /// Does something at the device, between two rounds of its loop.
    ///
    /// # Panics
    /// Where its thread has panicked.
    pub fn at<T: Send + 'static>(&self, act: impl FnOnce(&mut Device) -> T + Send + 'static) -> T {
        let (sender, receiver) = channel();
        let order: Order = Box::new(move |device| {
            // Whoever asked waits for it.
            let _ = sender.send(act(device));
        });
        self.orders.send(order).expect("the device works");
        receiver.recv().expect("the device works")
    }

    /// Lets the device work until something is so, for a minute at most.
    pub fn until(&self, reached: impl Fn(&mut Device) -> bool + Send + Sync + 'static) -> bool {
        let reached = Arc::new(reached);
        (0..6000).any(|_| {
            let reached = Arc::clone(&reached);
            let is_so = self.at(move |device| reached(device));
            if !is_so {
                thread::sleep(Duration::from_millis(10));
            }
            is_so
        })
    }
}

impl Drop for GateAtPort {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}
