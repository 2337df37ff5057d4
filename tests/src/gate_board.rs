//! A gate's board in this process: time that passes only when the gate waits, a PN532 that links may damage, a scanner, a door.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use card_fixtures::chip::VirtualChip;
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::{Modulation, Pn532};
use soat::gate::journal::{Event, Kind};
use soat::gate::pack::access_list::Person;
use soat::time::Timestamp;
use soat_firmware::gate::decision::{Decision, Refusal};
use soat_firmware::gate::{Gate, Notice};
use soat_firmware::port::{Board, ByteLink, Clock, Contact, Lamps, Lit, Lock, Ports, ReaderPort, Record, Recorded};

use crate::seeded::SeededRng;

/// Milliseconds between a command of the host and what the PN532 sends.
const LATENCY_MS: u64 = 2;

/// What a link does to bytes, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A byte is lost.
    Drop,
    /// A bit is turned.
    Flip(u8),
    /// A byte comes twice.
    Double,
    /// Everything from here on is lost, up to the end of the transfer.
    Cut,
    /// What follows in this transfer comes later.
    Delay(u16),
    /// The PN532 says nothing more until it is reset.
    Silence,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the PN532.
    Out,
    /// To the gate.
    In,
}

/// A fault at the n-th byte of a direction, counted from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Which way.
    pub direction: Direction,
    /// Bytes before it.
    pub after: u32,
    /// What happens.
    pub fault: Fault,
}

/// Everything outside the gate.
pub struct World {
    /// The reader chip.
    pub pn532: RefCell<Pn532>,
    now: Cell<u64>,
    latency: Cell<u64>,
    time: Cell<Option<Timestamp>>,
    to_gate: RefCell<VecDeque<(u64, u8)>>,
    from_scanner: RefCell<VecDeque<(u64, u8)>>,
    faults: RefCell<Vec<Planned>>,
    /// Bytes from the PN532 after which the card is taken away.
    take_after: Cell<Option<usize>>,
    /// Whether the lock has power, whenever it changed.
    pub lock: RefCell<Vec<(u64, bool)>>,
    /// What is lit.
    pub lit: Cell<Lit>,
    /// The contact of the door.
    pub contact: Cell<Contact>,
    /// From when until when the contact says open, whatever it says else.
    pub ajar: Cell<(u64, u64)>,
    /// The exit button.
    pub exit: Cell<bool>,
    /// What the gate wrote into its journal, and whether the lock had power then.
    pub journal: RefCell<Vec<(Event, bool)>>,
    /// Whom it let in by its journal, and when.
    admissions: RefCell<Vec<(Person, Timestamp)>>,
    /// What becomes of what it writes.
    pub recorded: Cell<Recorded>,
    passed_on_at: Cell<u64>,
}

impl World {
    /// At this time of day, with nothing on the reader.
    pub fn new(time: Option<Timestamp>) -> Rc<World> {
        Rc::new(World {
            pn532: RefCell::new(Pn532::new()),
            now: Cell::new(0),
            latency: Cell::new(LATENCY_MS),
            time: Cell::new(time),
            to_gate: RefCell::default(),
            from_scanner: RefCell::default(),
            faults: RefCell::default(),
            take_after: Cell::new(None),
            lock: RefCell::default(),
            lit: Cell::default(),
            contact: Cell::default(),
            ajar: Cell::default(),
            exit: Cell::new(false),
            journal: RefCell::default(),
            admissions: RefCell::default(),
            recorded: Cell::new(Recorded::Kept),
            passed_on_at: Cell::new(0),
        })
    }

    /// All ports of a gate in this world; session keys follow from the seed.
    pub fn ports(self: &Rc<World>, seed: u64) -> Ports<Simulated> {
        let world = || Wire(Rc::clone(self));
        Ports {
            reader: world(),
            scanner: ScannerWire(Rc::clone(self)),
            lock: world(),
            lamps: world(),
            clock: world(),
            entropy: SeededRng(seed),
            journal: world(),
        }
    }

    /// Milliseconds since the start.
    pub fn now(&self) -> u64 {
        self.now.get()
    }

    /// What the clock of the board shows.
    pub fn time(&self) -> Option<Timestamp> {
        self.time.get()
    }

    /// The clock of the board shows another time, or none.
    pub fn set_time(&self, time: Option<Timestamp>) {
        self.time.set(time);
    }

    /// From now on the PN532 takes so many milliseconds for everything.
    pub fn set_latency(&self, ms: u64) {
        self.latency.set(ms);
    }

    /// Plans faults.
    pub fn plan(&self, faults: impl IntoIterator<Item = Planned>) {
        self.faults.borrow_mut().extend(faults);
    }

    /// Faults that have not come yet.
    pub fn faults_left(&self) -> usize {
        self.faults.borrow().len()
    }

    /// No more faults.
    pub fn mend(&self) {
        self.faults.borrow_mut().clear();
    }

    /// Lays a card on the reader.
    pub fn lay(&self, chip: VirtualChip, modulation: Modulation) -> SharedChip {
        let chip = SharedChip::new(chip);
        self.pn532.borrow_mut().lay(chip.clone(), modulation);
        chip
    }

    /// Takes the card away.
    pub fn take(&self) {
        self.pn532.borrow_mut().take();
    }

    /// Takes the card away once the PN532 has sent so many bytes more.
    pub fn take_after(&self, bytes: usize) {
        self.take_after.set(Some(bytes));
    }

    /// A scanner sends this.
    pub fn scan(&self, text: &str) {
        self.scan_at(self.now(), text);
    }

    /// A scanner sends this at a time.
    pub fn scan_at(&self, at: u64, text: &str) {
        self.from_scanner.borrow_mut().extend(text.bytes().map(|byte| (at, byte)));
    }

    /// How often the lock was given power.
    pub fn openings(&self) -> usize {
        self.lock.borrow().iter().filter(|(_, open)| *open).count()
    }

    /// One transfer of bytes over the wire, with the faults that are due, and how much later it comes.
    fn carry(&self, direction: Direction, bytes: &[u8]) -> Vec<(u64, u8)> {
        let mut carried = Vec::new();
        let mut later = 0;
        for &byte in bytes {
            let due = {
                let mut faults = self.faults.borrow_mut();
                let mut due = None;
                for fault in faults.iter_mut().filter(|fault| fault.direction == direction) {
                    match fault.after.checked_sub(1) {
                        Some(after) => fault.after = after,
                        None => due = due.or(Some(*fault)),
                    }
                }
                faults.retain(|fault| Some(*fault) != due);
                due.map(|due| due.fault)
            };
            match due {
                None => carried.push((later, byte)),
                Some(Fault::Drop) => {}
                Some(Fault::Flip(bit)) => carried.push((later, byte ^ 1 << (bit % 8))),
                Some(Fault::Double) => carried.extend([(later, byte); 2]),
                Some(Fault::Cut) => break,
                Some(Fault::Delay(ms)) => {
                    later += u64::from(ms);
                    carried.push((later, byte));
                }
                Some(Fault::Silence) => {
                    self.pn532.borrow_mut().fall_silent();
                    break;
                }
            }
        }
        carried
    }
}

/// The types of this board.
pub struct Simulated;

impl Board for Simulated {
    type Reader = Wire;
    type Scanner = ScannerWire;
    type Lock = Wire;
    type Lamps = Wire;
    type Clock = Wire;
    type Entropy = SeededRng;
    type Journal = Wire;
}

/// A port of the board: to the PN532, to the door, to time.
pub struct Wire(Rc<World>);

impl ByteLink for Wire {
    fn receive(&mut self) -> Option<u8> {
        let mut bytes = self.0.to_gate.borrow_mut();
        bytes.front().filter(|(at, _)| *at <= self.0.now()).copied()?;
        bytes.pop_front().map(|(_, byte)| byte)
    }

    fn send(&mut self, bytes: &[u8]) {
        let carried: Vec<u8> = self.0.carry(Direction::Out, bytes).into_iter().map(|(_, byte)| byte).collect();
        let answer = self.0.pn532.borrow_mut().receive(&carried);
        match self.0.take_after.get().map(|bytes| bytes.checked_sub(answer.len())) {
            Some(None) => {
                self.0.take_after.set(None);
                self.0.take();
            }
            Some(left) => self.0.take_after.set(left),
            None => {}
        }
        // A serial wire keeps the order of its bytes.
        for (later, byte) in self.0.carry(Direction::In, &answer) {
            let at = (self.0.now() + self.0.latency.get() + later).max(self.0.passed_on_at.get());
            self.0.passed_on_at.set(at);
            self.0.to_gate.borrow_mut().push_back((at, byte));
        }
    }

    fn set_speed(&mut self, bauds: u32) {
        self.0.pn532.borrow_mut().set_host_speed(bauds);
    }
}

impl ReaderPort for Wire {
    fn hold_in_reset(&mut self, held: bool) {
        self.0.pn532.borrow_mut().hold_in_reset(held);
    }
}

impl Lock for Wire {
    fn set_open(&mut self, open: bool) {
        self.0.lock.borrow_mut().push((self.0.now(), open));
    }

    fn contact(&mut self) -> Contact {
        let (from, until) = self.0.ajar.get();
        if (from..until).contains(&self.0.now()) { Contact::Open } else { self.0.contact.get() }
    }

    fn exit_requested(&mut self) -> bool {
        self.0.exit.get()
    }
}

impl Record for Wire {
    fn record(&mut self, event: &Event, time: Option<Timestamp>) -> Recorded {
        let has_power = self.0.lock.borrow().last().is_some_and(|(_, open)| *open);
        if self.0.recorded.get() == Recorded::Kept {
            self.0.journal.borrow_mut().push((*event, has_power));
            let person = event.person.filter(|_| event.kind == Kind::Admitted);
            self.0.admissions.borrow_mut().extend(person.zip(time));
        }
        self.0.recorded.get()
    }

    fn was_admitted(&mut self, person: &Person, after: Timestamp) -> Option<bool> {
        let is_known = self.0.recorded.get() == Recorded::Kept;
        is_known.then(|| self.0.admissions.borrow().iter().any(|(admitted, at)| admitted == person && *at > after))
    }
}

impl Lamps for Wire {
    fn show(&mut self, lit: Lit) {
        self.0.lit.set(lit);
    }
}

impl Clock for Wire {
    fn milliseconds(&self) -> u64 {
        self.0.now()
    }

    fn time(&self) -> Option<Timestamp> {
        self.0.time.get()
    }

    fn rest(&self) {
        self.0.now.set(self.0.now() + 1);
    }
}

/// The port of the scanner.
pub struct ScannerWire(Rc<World>);

impl ByteLink for ScannerWire {
    fn receive(&mut self) -> Option<u8> {
        let now = self.0.now();
        self.0.from_scanner.borrow_mut().pop_front_if(|(at, _)| *at <= now).map(|(_, byte)| byte)
    }

    fn send(&mut self, _: &[u8]) {}

    fn set_speed(&mut self, _: u32) {}
}

/// Lets the gate work until it has decided, at most so many milliseconds; gives every notice before it too.
pub fn until_decided(gate: &mut Gate<Simulated>, world: &World, ms: u64) -> (Option<Decision>, Vec<Notice>) {
    let end = world.now() + ms;
    let mut notices = Vec::new();
    while world.now() < end {
        match gate.poll(world.now()) {
            Some(Notice::Decided(decision)) => return (Some(decision), notices),
            Some(notice) => notices.push(notice),
            None => gate.clock().rest(),
        }
    }
    (None, notices)
}

/// Lets the gate work for some milliseconds.
pub fn wait(gate: &mut Gate<Simulated>, world: &World, ms: u64) -> Vec<Notice> {
    let end = world.now() + ms;
    let mut notices = Vec::new();
    while world.now() < end {
        match gate.poll(world.now()) {
            Some(notice) => notices.push(notice),
            None => gate.clock().rest(),
        }
    }
    notices
}

/// The code of a refusal.
pub fn code(decision: Option<&Decision>) -> &'static str {
    match decision {
        Some(Decision::Refused(refusal)) => Refusal::code(refusal),
        Some(Decision::Admitted { .. }) => "admitted",
        None => "nothing",
    }
}
