//! What a board must offer: the one place where the core touches a machine.
//!
//! | port | on the board of the pages | what for |
//! |---|---|---|
//! | [`Board::Reader`] | USART1, and a pin at RSTPDN | PN532 |
//! | [`Board::Scanner`] | USART2 | scanner of codes |
//! | [`Board::Lock`], [`Board::Lamps`] | pins | the door |
//! | [`Board::Clock`] | SysTick and the RTC | time |
//! | [`Board::Entropy`] | RNG | keys of a session |
//! | [`Board::Journal`] | flash, and a NOR flash at SPI2 | what happened |
//!
//! Links never block on receipt; whatever may wait asks the [`Clock`], which lets the rest of the device work meanwhile.

use rand_core::CryptoRng;
use soat::gate::journal::Event;
use soat::gate::pack::access_list::Person;
use soat::time::Timestamp;

/// A serial link of bytes that are lost, doubled or damaged as they are.
pub trait ByteLink {
    /// The next byte that came, if one did.
    fn receive(&mut self) -> Option<u8>;

    /// Sends; may take as long as the bytes take on the wire.
    fn send(&mut self, bytes: &[u8]);

    /// From now on the wire runs at this many bauds.
    fn set_speed(&mut self, bauds: u32);
}

/// The link to a PN532, and the pin that resets it.
pub trait ReaderPort: ByteLink {
    /// Holds the chip in reset (RSTPDN low), or lets it go.
    fn hold_in_reset(&mut self, held: bool);
}

/// Time, of two kinds: what passed since the start, and what the calendar says.
pub trait Clock {
    /// Milliseconds since the start; never backwards.
    fn milliseconds(&self) -> u64;

    /// The time of day by the battery-backed clock. `None` where it was never set or has lost its power.
    fn time(&self) -> Option<Timestamp>;

    /// Lets about a millisecond pass: interrupts are served, the watchdog is fed.
    fn rest(&self);
}

/// The lock's relay, the contact of its door, and the button inside.
pub trait Lock {
    /// With power the door can be opened (fail-secure).
    fn set_open(&mut self, open: bool);

    /// What the contact of the door says.
    fn contact(&mut self) -> Contact {
        Contact::Missing
    }

    /// Whether the exit button is pressed.
    fn exit_requested(&mut self) -> bool {
        false
    }
}

/// The contact of a door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    /// There is none.
    #[default]
    Missing,
    /// The door is shut.
    Shut,
    /// The door stands open.
    Open,
}

/// Lamps and buzzer.
pub trait Lamps {
    /// What is lit and what sounds from now on.
    fn show(&mut self, lit: Lit);
}

/// What is lit and what sounds at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lit {
    /// The red lamp.
    pub red: bool,
    /// The green lamp.
    pub green: bool,
    /// The blue lamp.
    pub blue: bool,
    /// The buzzer.
    pub buzzer: bool,
}

/// Keeps what happens, before it has its effect.
pub trait Record {
    /// Writes an event down.
    fn record(&mut self, event: &Event, time: Option<Timestamp>) -> Recorded;

    /// Whether a person was let in after a time; `None` where that cannot be known.
    fn was_admitted(&mut self, person: &Person, after: Timestamp) -> Option<bool>;
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is kept, whatever happens to the power from now on.
    Kept,
    /// It could not be kept: nobody may come in of whom nobody would know. The exit button works.
    Barred,
}

/// Nobody asks for a journal.
impl Record for () {
    fn record(&mut self, _: &Event, _: Option<Timestamp>) -> Recorded {
        Recorded::Kept
    }

    fn was_admitted(&mut self, _: &Person, _: Timestamp) -> Option<bool> {
        Some(false)
    }
}

/// All ports of a machine, by their types.
pub trait Board {
    /// The link to the PN532.
    type Reader: ReaderPort;
    /// The link to the scanner.
    type Scanner: ByteLink;
    /// The lock.
    type Lock: Lock;
    /// Lamps and buzzer.
    type Lamps: Lamps;
    /// Time.
    type Clock: Clock;
    /// Randomness fit for keys.
    type Entropy: CryptoRng;
    /// What happened.
    type Journal: Record;
}

/// All ports of a machine.
pub struct Ports<B: Board> {
    /// The link to the PN532.
    pub reader: B::Reader,
    /// The link to the scanner.
    pub scanner: B::Scanner,
    /// The lock.
    pub lock: B::Lock,
    /// Lamps and buzzer.
    pub lamps: B::Lamps,
    /// Time.
    pub clock: B::Clock,
    /// Randomness fit for keys.
    pub entropy: B::Entropy,
    /// What happened.
    pub journal: B::Journal,
}
