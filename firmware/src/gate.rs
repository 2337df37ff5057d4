//! The gate: a card and its code come together, and one decision is made.
//!
//! ```text
//!           key                     card
//! Idle ───────────► key waits ────────────► reading ─► decision ─► until the card has gone ─► Idle
//!   └── card ─────► card waits ── key ────────┘
//! ```
//!
//! A key comes from the code at the scanner, or from the control panel ([`Gate::take_key`]); a card that waits is tried with the keys of those
//! that need none ([`Gate::enrol`]).
//!
//! [`Gate::poll`] is called as often as there is time, and told what time it is. Whatever takes long in it waits through the [`Clock`] of
//! the board, which lets door and lamps go on. Nothing opens a gate
//! but [`Decision::Admitted`], the exit button, and a control panel through [`Gate::drive_lock`].

pub mod decision;
mod desk;
mod enrolment;
pub mod passback;
mod presentation;

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::cell::RefCell;

use soat::chip::AccessKey;
use soat::gate::enrolled::Enrolled;
use soat::gate::journal::{Event as Entry, Kind};
use soat::gate::pack::Settings;
use soat::pki::TrustStore;
use soat::time::Timestamp;
use zeroize::Zeroizing;

use crate::card_keys::CardKeys;
use crate::door::{Door, DoorEvent};
use crate::osdp::{ReaderStatus, Status};
use crate::pn532::command::Target;
use crate::pn532::{Event, Fault, Pn532};
use crate::port::{Board, Clock, Contact, Ports, Record, Recorded};
use crate::scanner::{Code, Scanner};
use crate::signal::{Signal, Signals};
use decision::{Decision, Refusal, Rule};
use enrolment::Enrolment;
use passback::Passback;

/// How long the verdict is shown.
const SHOWN_MS: u64 = 3000;
/// Searches without a card after which it has gone: one may miss a card that lies there.
const SEARCHES_UNTIL_GONE: u8 = 2;

/// What happened, for whoever tells the controller. The journal has it already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A card and its code are together; the card is read and verified.
    Reading,
    /// A presentation has ended.
    Decided(Decision),
    /// A code was scanned that is not one of a Vietnamese card.
    CodeRefused,
    /// A code waited for its card in vain.
    CodeExpired,
    /// The reader failed, and is set up anew.
    ReaderFault(Fault),
    /// The reader is set up.
    ReaderReady,
    /// Something at the door.
    Door(DoorEvent),
}

/// A gate.
pub struct Gate<B: Board> {
    reader: Pn532<B::Reader>,
    scanner: Scanner<B::Scanner>,
    clock: B::Clock,
    entropy: B::Entropy,
    outputs: RefCell<Outputs<B>>,
    settings: Settings,
    rule: Rule,
    trust: TrustStore,
    passback: Passback,
    /// Keys that wait for their card, and since when.
    keys: Option<(CardKeys, u64)>,
    enrolment: Enrolment,
    stage: Stage,
    shown_until: u64,
    alarm: bool,
    /// What it knows as a desk's reader, while it is one.
    lent: Option<desk::Lent>,
    /// Whether codes that are none of a card are kept.
    keeps_codes: bool,
    /// The last code that was kept, for a desk or for whoever provisions.
    kept: Option<Zeroizing<Vec<u8>>>,
    journal: B::Journal,
    /// What became of the last event.
    recorded: Recorded,
    /// A reader that fails again and again is one fault in the journal.
    reader_failed: bool,
}

struct Outputs<B: Board> {
    door: Door<B::Lock>,
    signals: Signals<B::Lamps>,
    /// What happened at the door while a card was read, the oldest first.
    missed: VecDeque<DoorEvent>,
}

/// More does not happen at a door in the time of one reading.
const MISSED: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    /// A card lies there since then, without a code; so many of the enrolled keys were tried.
    CardWaits(u64, usize),
    /// Both are there.
    Together,
    /// The decision is made; so many searches found no card since.
    Decided(u8),
}

impl<B: Board> Gate<B> {
    /// A gate, shut and dark.
    pub fn new(ports: Ports<B>, settings: Settings, rule: Rule, trust: TrustStore) -> Self {
        let door = Door::new(ports.lock, settings.pulse_ms.into());
        Self {
            reader: Pn532::new(ports.reader),
            scanner: Scanner::new(ports.scanner),
            clock: ports.clock,
            entropy: ports.entropy,
            outputs: RefCell::new(Outputs { door, signals: Signals::new(ports.lamps), missed: VecDeque::new() }),
            settings,
            rule,
            trust,
            passback: Passback::new(settings.passback_seconds),
            keys: None,
            enrolment: Enrolment::default(),
            stage: Stage::Idle,
            shown_until: 0,
            alarm: false,
            lent: None,
            keeps_codes: false,
            kept: None,
            journal: ports.journal,
            recorded: Recorded::Kept,
            reader_failed: false,
        }
    }

    /// From now on these cards need no code, and no others.
    pub fn enrol(&mut self, cards: &Enrolled) {
        self.enrolment.set(cards);
    }

    /// How many cards need no code.
    pub fn enrolled(&self) -> usize {
        self.enrolment.len()
    }

    /// Takes the key of the next card from a control panel, in the place of its code.
    pub fn take_key(&mut self, key: AccessKey, now: u64) {
        if self.lent.is_none() {
            self.keys = Some((key.into(), now));
        }
    }

    /// Does what the control panel says of the lock: power until a moment, or none.
    pub fn drive_lock(&mut self, open_until: Option<u64>) {
        let door = &mut self.outputs.get_mut().door;
        match open_until {
            Some(until) => door.open_until(until),
            None => door.shut(),
        }
    }

    /// What a control panel is told of this gate.
    pub fn status(&mut self) -> Status {
        let door = &mut self.outputs.get_mut().door;
        Status {
            relay: door.is_open(),
            door_open: door.contact() == Contact::Open,
            exit_button: door.exit_pressed(),
            reader: if self.reader.is_ready() { ReaderStatus::Normal } else { ReaderStatus::NotConnected },
            ..Status::default()
        }
    }

    /// From now on codes that are none of a card are kept for [`Gate::take_code`], or not: what the public scans is nothing but a key,
    /// unless the jumper is set.
    pub fn keep_codes(&mut self, keeps: bool) {
        self.keeps_codes = keeps;
    }

    /// The code that was kept last.
    pub fn take_code(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.kept.take_if(|_| self.lent.is_none())
    }

    /// The clock of the board.
    pub fn clock(&self) -> &B::Clock {
        &self.clock
    }

    /// The source of keys.
    pub fn entropy(&mut self) -> &mut B::Entropy {
        &mut self.entropy
    }

    /// Whether its clock shows a time that can be.
    pub fn knows_time(&self) -> bool {
        self.clock.time().is_some_and(|time| !matches!(self.rule.holds(time), Err(Refusal::TimeUnknown)))
    }

    /// Whether its reader works.
    pub fn has_reader(&self) -> bool {
        self.reader.is_ready()
    }

    /// The journal.
    pub fn journal(&mut self) -> &mut B::Journal {
        &mut self.journal
    }

    /// Writes down what the gate does not see by itself.
    pub fn record(&mut self, event: &Entry) -> Recorded {
        self.recorded = self.journal.record(event, self.clock.time());
        self.recorded
    }

    /// Goes on.
    pub fn poll(&mut self, now: u64) -> Option<Notice> {
        let notice = self.advance(now);
        let event = match &notice {
            Some(Notice::Door(event)) => Some(Entry::of(match event {
                DoorEvent::Held => Kind::DoorHeld,
                DoorEvent::Forced => Kind::DoorForced,
                DoorEvent::Shut => Kind::DoorShut,
                DoorEvent::ExitRequested => Kind::ExitRequested,
            })),
            Some(Notice::ReaderFault(fault)) if !core::mem::replace(&mut self.reader_failed, true) => {
                Some(Entry::because(Kind::ReaderFault, fault.code()))
            }
            Some(Notice::ReaderReady) => core::mem::take(&mut self.reader_failed).then(|| Entry::of(Kind::ReaderReady)),
            // A decision was written down before the door opened.
            _ => None,
        };
        if let Some(event) = event {
            self.record(&event);
        }
        notice
    }

    fn advance(&mut self, now: u64) -> Option<Notice> {
        let outputs = self.outputs.get_mut();
        let event = outputs.missed.pop_front().or_else(|| outputs.door.poll(now));
        if let Some(event) = event {
            self.alarm = matches!(event, DoorEvent::Held | DoorEvent::Forced) || self.alarm && event != DoorEvent::Shut;
            return Some(Notice::Door(event));
        }
        let notice = self.poll_scanner(now).or_else(|| self.poll_reader(now));
        self.show(now);
        notice
    }

    fn poll_scanner(&mut self, now: u64) -> Option<Notice> {
        match self.scanner.poll(now) {
            Some(code) if self.lent.is_some() => self.kept = Some(code.into_text()),
            Some(Code::Card(keys)) => self.keys = Some((keys, now)),
            Some(Code::Other(text)) => {
                self.kept = self.keeps_codes.then_some(text);
                return Some(Notice::CodeRefused);
            }
            None => {}
        }
        let expired = self.keys.as_ref().is_some_and(|(_, since)| now.saturating_sub(*since) >= u64::from(self.settings.code_ms));
        if expired {
            self.keys = None;
            return Some(Notice::CodeExpired);
        }
        None
    }

    fn poll_reader(&mut self, now: u64) -> Option<Notice> {
        if self.lent.is_some() {
            return self.poll_lent_reader(now);
        }
        let event = self.reader.poll(now);
        match (event, self.stage) {
            (Some(Event::Fault(fault)), stage) => {
                // A card that waited is selected no more; it is found anew.
                self.stage = if matches!(stage, Stage::CardWaits(..) | Stage::Together) { Stage::Idle } else { stage };
                return Some(Notice::ReaderFault(fault));
            }
            (Some(Event::Ready), _) => return Some(Notice::ReaderReady),
            (Some(Event::Found(_)), Stage::Decided(_)) => {
                self.stage = Stage::Decided(0);
                self.reader.release(now);
            }
            (Some(Event::Empty), Stage::Decided(searches)) => {
                let searches = searches.saturating_add(1);
                self.stage = if searches >= SEARCHES_UNTIL_GONE { Stage::Idle } else { Stage::Decided(searches) };
            }
            (Some(Event::Found(Target::Other)), _) => return Some(self.conclude(Decision::Refused(Refusal::NotAnIdentityCard))),
            (Some(Event::Found(_)), Stage::Idle) => {
                let tries = self.keys.is_none() && self.enrolment.begins(now);
                self.stage = Stage::CardWaits(now, if tries { 0 } else { usize::MAX });
            }
            _ => {}
        }
        if self.stage == Stage::Together {
            let deadline = self.deadline();
            let decision = match self.keys.take() {
                Some((keys, _)) => self.present(&keys, deadline),
                None => Decision::Refused(Refusal::NoCode),
            };
            return Some(self.conclude(decision));
        }
        if let Stage::CardWaits(since, tried) = self.stage {
            if self.keys.is_some() {
                self.stage = Stage::Together;
                self.outputs.get_mut().signals.show(Signal::Reading, now);
                return Some(Notice::Reading);
            }
            if let Some(key) = self.enrolment.key(tried) {
                return self.try_enrolled(key, since, tried).map(|decision| self.conclude(decision));
            }
            if now.saturating_sub(since) >= u64::from(self.settings.card_ms) {
                return Some(self.conclude(Decision::Refused(Refusal::NoCode)));
            }
        }
        None
    }

    /// Writes a decision down, acts on it, and lets the card go. Nobody is let in of whom nobody would know.
    fn conclude(&mut self, decision: Decision) -> Notice {
        self.record(&decision.event());
        let decision = match decision {
            Decision::Admitted { .. } if self.recorded == Recorded::Barred => Decision::Refused(Refusal::NotKept),
            decision => decision,
        };
        let now = self.clock.milliseconds();
        let outputs = self.outputs.get_mut();
        match &decision {
            Decision::Admitted { .. } => {
                outputs.door.open(now);
                outputs.signals.show(Signal::Admitted, now);
            }
            Decision::Refused(refusal) if refusal.is_undecided() => outputs.signals.show(Signal::NotDecided, now),
            Decision::Refused(_) => outputs.signals.show(Signal::Refused, now),
        }
        self.shown_until = now.saturating_add(SHOWN_MS);
        self.stage = Stage::Decided(0);
        self.keys = None;
        self.reader.release(now);
        // What was scanned meanwhile was meant for this card.
        self.scanner.clear();
        Notice::Decided(decision)
    }

    /// Shows what is waited for.
    fn show(&mut self, now: u64) {
        let signal = if self.alarm {
            Signal::Alarm
        } else if now < self.shown_until {
            return self.outputs.get_mut().signals.poll(now);
        } else if self.recorded != Recorded::Kept
            || !self.reader.is_ready()
            || self.clock.time().is_none_or(|time| self.rule.holds(time).is_err())
        {
            Signal::Fault
        } else {
            match (self.stage, &self.keys) {
                (Stage::CardWaits(_, tried), None) if tried < self.enrolment.len() => Signal::Reading,
                (Stage::CardWaits(..), _) => Signal::AwaitingCode,
                (Stage::Together, _) => Signal::Reading,
                (_, Some(_)) => Signal::AwaitingCard,
                _ => Signal::Ready,
            }
        };
        let signals = &mut self.outputs.get_mut().signals;
        signals.show(signal, now);
        signals.poll(now);
    }
}

/// The clock of the board, which drives door and lamps while something waits.
struct Waiting<'a, B: Board> {
    clock: &'a B::Clock,
    outputs: &'a RefCell<Outputs<B>>,
}

impl<B: Board> Clock for Waiting<'_, B> {
    fn milliseconds(&self) -> u64 {
        self.clock.milliseconds()
    }

    fn time(&self) -> Option<Timestamp> {
        self.clock.time()
    }

    fn rest(&self) {
        self.clock.rest();
        if let Ok(mut outputs) = self.outputs.try_borrow_mut() {
            let now = self.clock.milliseconds();
            if let Some(event) = outputs.door.poll(now)
                && outputs.missed.len() < MISSED
            {
                outputs.missed.push_back(event);
            }
            outputs.signals.poll(now);
        }
    }
}
