//! The PN532 reader chip over its high-speed UART: the field off between searches, and nothing that lasts for ever.
//!
//! [`Pn532`] is driven by [`Pn532::poll`] with the time as an argument. It sets the chip up, looks for a card of type A and of type B in
//! turn, and tells what happens as an [`Event`]. While a card is selected, [`Pn532::channel`] is the way to it.
//!
//! Modules fall silent after minutes or days. Whatever goes wrong on the link ends in the same place: the chip is reset by its pin and set
//! up anew, each time after a longer pause, and the gate is told ([`Event::Fault`]).

pub mod channel;
pub mod command;
pub mod exchange;
pub mod frame;

use alloc::vec::Vec;
use core::task::Poll;

use crate::port::{Clock, ReaderPort};
use channel::Pn532Channel;
use command::Target;
use exchange::{Command, Exchange, LinkError};
use frame::Decoder;

/// RSTPDN is held low, and the oscillator starts after it (PN532/C1 data sheet §12: 20 ns and 2 ms; modules have slower regulators).
const RESET_MS: u64 = 20;
const START_MS: u64 = 20;
/// Between two searches the field is off, so that a card is not warm all day and a new one is met within a quarter of a second.
const REST_MS: u64 = 200;
/// How often the chip has to say that it is a PN532.
const HEALTH_MS: u64 = 10_000;
/// Pauses before the first and before every later try to set up a chip that failed.
const FIRST_PAUSE_MS: u64 = 100;
const LONGEST_PAUSE_MS: u64 = 10_000;
/// IC of the PN532 in the answer to GetFirmwareVersion (UM0701-02 §7.2.2).
const PN532: u8 = 0x32;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The chip is set up, for the first time or after a fault.
    Ready,
    /// A card is selected; nothing more is searched until [`Pn532::release`].
    Found(Target),
    /// Neither type was found.
    Empty,
    /// The link failed; the chip will be reset and set up anew.
    Fault(Fault),
}

/// What is the matter with the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// What answers is no PN532.
    #[error("what answers is no PN532")]
    OtherChip,
    /// It answers what its manual does not have.
    #[error("the PN532 answers nonsense")]
    Nonsense,
}

impl Fault {
    /// A stable code for the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Link(_) => "reader.link",
            Self::OtherChip => "reader.other_chip",
            Self::Nonsense => "reader.nonsense",
        }
    }
}

/// A PN532 at a port.
pub struct Pn532<L> {
    link: L,
    decoder: Decoder,
    exchange: Option<Exchange>,
    state: State,
    /// When the chip last said what it is.
    healthy_at: u64,
    /// Set-ups that failed since the last one that went through.
    failures: u32,
    /// Whether the fast link is tried: not again after it failed.
    speed_up: bool,
    /// Whether the card that lies there offered a speed and did not take it: it is left at 106 kbit/s.
    slow_card: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not before this moment the chip is reset.
    Paused(u64),
    /// RSTPDN is low until then.
    Reset(u64),
    /// RSTPDN is high; the chip is spoken to from then on.
    Starting(u64),
    SettingUp(SetUp),
    /// The field is switched off, with a command or by the reset.
    SwitchingOff,
    /// The field is off until then.
    Resting(u64),
    Checking,
    Searching {
        type_b: bool,
    },
    RaisingCardSpeed(Target),
    Selected(Target),
}

/// The commands of the set-up, in their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SetUp {
    Sam,
    Firmware,
    MaxRetries,
    RaiseSpeed,
    FirmwareAtSpeed,
}

impl<L: ReaderPort> Pn532<L> {
    /// The chip at this port; it is reset first.
    pub fn new(link: L) -> Self {
        Self {
            link,
            decoder: Decoder::default(),
            exchange: None,
            state: State::Paused(0),
            healthy_at: 0,
            failures: 0,
            speed_up: true,
            slow_card: false,
        }
    }

    /// Goes on. To be called as often as there is time.
    pub fn poll(&mut self, now: u64) -> Option<Event> {
        let Some(exchange) = &mut self.exchange else { return self.due(now) };
        let Poll::Ready(result) = exchange.poll(&mut self.link, &mut self.decoder, now) else { return None };
        self.exchange = None;
        match result {
            Ok(answer) => self.answered(&answer, now),
            Err(error) => self.failed(error, now),
        }
    }

    /// The way to the card that is selected; `None` where none is.
    pub fn channel<'a, C: Clock>(&'a mut self, clock: &'a C) -> Option<Pn532Channel<'a, L, C>> {
        matches!(self.state, State::Selected(Target::TypeA { .. } | Target::TypeB)).then(|| Pn532Channel::new(self, clock))
    }

    /// Lets the card go; the field is switched off, and the search begins anew.
    pub fn release(&mut self, now: u64) {
        if matches!(self.state, State::Selected(_)) {
            self.send(State::SwitchingOff, command::FIELD_OFF, now);
        }
    }

    /// Whether the chip is set up.
    pub fn is_ready(&self) -> bool {
        !matches!(self.state, State::Paused(_) | State::Reset(_) | State::Starting(_) | State::SettingUp(_))
    }

    /// What is due without an answer from the chip.
    fn due(&mut self, now: u64) -> Option<Event> {
        match self.state {
            State::Paused(until) if now >= until => {
                self.link.hold_in_reset(true);
                self.link.set_speed(command::FIRST_SPEED);
                self.state = State::Reset(now.saturating_add(RESET_MS));
            }
            State::Reset(until) if now >= until => {
                self.link.hold_in_reset(false);
                self.state = State::Starting(now.saturating_add(START_MS));
            }
            State::Starting(until) if now >= until => {
                // What came before the reset belongs to nothing.
                while self.link.receive().is_some() {}
                self.decoder.reset();
                self.link.send(&command::WAKE_UP);
                self.send(State::SettingUp(SetUp::Sam), command::SAM_CONFIGURATION, now);
            }
            State::Resting(until) if now >= until => {
                if now.saturating_sub(self.healthy_at) >= HEALTH_MS {
                    self.send(State::Checking, command::GET_FIRMWARE_VERSION, now);
                } else {
                    self.search(false, now);
                }
            }
            _ => {}
        }
        None
    }

    fn answered(&mut self, answer: &[u8], now: u64) -> Option<Event> {
        match self.state {
            State::SettingUp(step) => return self.set_up(step, answer, now),
            State::SwitchingOff => self.state = State::Resting(now.saturating_add(REST_MS)),
            State::Checking => match self.identified(answer, now) {
                Ok(()) => self.search(false, now),
                Err(fault) => return self.fault(fault, now),
            },
            State::Searching { type_b } => match command::target(answer, type_b) {
                Some(target @ Target::TypeA { fast: true }) if !self.slow_card => {
                    self.send(State::RaisingCardSpeed(target), command::RAISE_CARD_SPEED, now);
                }
                Some(target) => return self.select(target),
                None if !type_b => self.search(true, now),
                None => {
                    self.slow_card = false;
                    self.send(State::SwitchingOff, command::FIELD_OFF, now);
                    return Some(Event::Empty);
                }
            },
            State::RaisingCardSpeed(target) => match answer {
                [0x00] => return self.select(target),
                // A card that offers the speed and does not take it is left in a state that nobody knows. It is found anew, and left slow.
                _ => {
                    self.slow_card = true;
                    self.send(State::SwitchingOff, command::FIELD_OFF, now);
                }
            },
            State::Paused(_) | State::Reset(_) | State::Starting(_) | State::Resting(_) | State::Selected(_) => {}
        }
        None
    }

    fn set_up(&mut self, step: SetUp, answer: &[u8], now: u64) -> Option<Event> {
        match step {
            SetUp::Sam => self.send(State::SettingUp(SetUp::Firmware), command::GET_FIRMWARE_VERSION, now),
            SetUp::Firmware => match self.identified(answer, now) {
                Ok(()) => self.send(State::SettingUp(SetUp::MaxRetries), command::MAX_RETRIES, now),
                Err(fault) => return self.fault(fault, now),
            },
            SetUp::MaxRetries if self.speed_up => self.send(State::SettingUp(SetUp::RaiseSpeed), command::RAISE_SPEED, now),
            SetUp::RaiseSpeed => {
                // The chip changes its speed once its answer is acknowledged (UM0701-02 §7.2.7).
                self.link.send(&frame::ACK);
                self.link.set_speed(command::HIGH_SPEED);
                self.send(State::SettingUp(SetUp::FirmwareAtSpeed), command::GET_FIRMWARE_VERSION, now);
            }
            SetUp::MaxRetries => return Some(self.is_set_up(now)),
            SetUp::FirmwareAtSpeed => match self.identified(answer, now) {
                Ok(()) => return Some(self.is_set_up(now)),
                Err(fault) => return self.fault(fault, now),
            },
        }
        None
    }

    fn is_set_up(&mut self, now: u64) -> Event {
        self.failures = 0;
        self.state = State::Resting(now);
        Event::Ready
    }

    fn select(&mut self, target: Target) -> Option<Event> {
        self.state = State::Selected(target);
        Some(Event::Found(target))
    }

    fn search(&mut self, type_b: bool, now: u64) {
        let command = if type_b { command::FIND_TYPE_B } else { command::FIND_TYPE_A };
        self.send(State::Searching { type_b }, command, now);
    }

    fn identified(&mut self, answer: &[u8], now: u64) -> Result<(), Fault> {
        match answer.first() {
            Some(&PN532) => {
                self.healthy_at = now;
                Ok(())
            }
            Some(_) => Err(Fault::OtherChip),
            None => Err(Fault::Nonsense),
        }
    }

    fn failed(&mut self, error: LinkError, now: u64) -> Option<Event> {
        // A wire that does not carry the high speed: the next set-up stays at the first one, and is no fault.
        if self.state == State::SettingUp(SetUp::FirmwareAtSpeed) && self.speed_up {
            self.speed_up = false;
            self.state = State::Paused(now);
            return None;
        }
        self.fault(error.into(), now)
    }

    fn fault(&mut self, fault: Fault, now: u64) -> Option<Event> {
        let pause = FIRST_PAUSE_MS.checked_shl(self.failures).map_or(LONGEST_PAUSE_MS, |pause| pause.min(LONGEST_PAUSE_MS));
        self.failures = self.failures.saturating_add(1).min(16);
        self.exchange = None;
        self.state = State::Paused(now.saturating_add(pause));
        Some(Event::Fault(fault))
    }

    fn send(&mut self, state: State, command: Command<'_>, now: u64) {
        self.state = state;
        match Exchange::begin(command, &mut self.link, now) {
            Ok(exchange) => self.exchange = Some(exchange),
            // Only what goes to a card can be too long, and that is bounded in the channel.
            Err(_) => self.state = State::Paused(now),
        }
    }

    /// One command to the end, while the clock lets the rest of the device work.
    fn run(&mut self, command: Command<'_>, clock: &impl Clock) -> Result<Vec<u8>, LinkError> {
        let mut exchange = Exchange::begin(command, &mut self.link, clock.milliseconds())?;
        loop {
            if let Poll::Ready(result) = exchange.poll(&mut self.link, &mut self.decoder, clock.milliseconds()) {
                return result;
            }
            clock.rest();
        }
    }
}
