//! The peripheral device as its owner sees it.

use soat::gate::enrolled::DIGITS;
use zeroize::Zeroizing;

use super::application::{Application, Identity, Trust};
use super::card::CardBits;
use super::command::ComSet;
use super::decoder::Decoder;
use super::event::Event;
use super::file_transfer::FileReceiver;
use super::key::Scbk;
use super::link::Link;
use super::status::Status;

/// A reply that comes later than this would meet the panel's next frame, in milliseconds (SIA OSDP 2.2 §5.7).
const REPLY_MS: u64 = 200;

/// What a peripheral is made with.
pub struct Settings {
    /// Who it is.
    pub identity: Identity,
    /// Its address and speed.
    pub line: ComSet,
    /// Its key, if it was provisioned: without one it opens no session, unless under SCBK-D with the jumper.
    pub key: Option<Scbk>,
    /// 128 random bits, fresh at each start: the device's random numbers are made from them.
    pub seed: [u8; 16],
    /// Whether TEXT has somewhere to go.
    pub has_display: bool,
}

/// An OSDP peripheral device. Time is in milliseconds since the start and never goes back.
///
/// ```
/// use soat_firmware::osdp::{ComSet, Identity, NoFiles, Peripheral, Scbk, Settings};
/// let settings = Settings {
///     identity: Identity { vendor: [0, 0, 0], model: 1, version: 1, serial: 1, firmware: [0, 1, 0] },
///     line: ComSet::new(5, 9600).unwrap(),
///     key: Scbk::new(b"K\x91 sixteen bytes").ok(),
///     seed: [7; 16], // of a generator, in earnest
///     has_display: false,
/// };
/// let mut peripheral = Peripheral::new(settings, NoFiles);
/// for byte in [0x53, 0x05, 0x08, 0x00, 0x00, 0x61, 0x00, 0x3F] {
///     peripheral.receive(byte, 0); // in the UART's interrupt
/// }
/// let reply = peripheral.poll(0).unwrap(); // to the UART
/// assert_eq!(reply[..6], [0x53, 0x85, 0x13, 0x00, 0x00, 0x45], "PDID");
/// ```
pub struct Peripheral<F> {
    decoder: Decoder,
    link: Link<F>,
}

impl<F: FileReceiver> Peripheral<F> {
    /// A peripheral that has heard nothing yet.
    pub fn new(settings: Settings, receiver: F) -> Self {
        let Settings { identity, line, key, seed, has_display } = settings;
        let application = Application::new(identity, has_display, line, receiver);
        Self { decoder: Decoder::new(), link: Link::new(application, key, seed) }
    }

    /// Takes a byte from the line.
    pub fn receive(&mut self, byte: u8, now: u64) {
        self.decoder.push(byte, now, self.link.application.line.address);
    }

    /// Carries out what was received, and gives what is to be sent. To be called after each [`Self::receive`], or at least every few
    /// milliseconds: a command that has waited for 200 ms is let go.
    pub fn poll(&mut self, now: u64) -> Option<&[u8]> {
        self.link.expire(now);
        let (frame, marked, ended) = self.decoder.frame()?;
        let turn = if now.saturating_sub(ended) < REPLY_MS { self.link.answer(frame, marked, now) } else { None };
        self.decoder.clear();
        self.link.bytes(turn?)
    }

    /// Lets the session end that has been silent for too long. To be called every now and then, also where no byte comes.
    pub fn expire(&mut self, now: u64) {
        self.link.expire(now);
    }

    /// The oldest event that was not taken yet. The panel is answered BUSY while there is no room for another.
    pub fn event(&mut self) -> Option<Event> {
        self.link.application.events.pop()
    }

    /// How many notices of the link were lost because the owner did not take its events.
    pub fn lost_events(&self) -> u32 {
        self.link.application.events.lost()
    }

    /// What the panel is told on its next POLL, where it changed.
    pub fn set_status(&mut self, status: Status) {
        self.link.application.reports.now = status;
    }

    /// Reports a read on the next POLL. Says whether it will be: not without a session, nor when four wait already.
    pub fn report_card(&mut self, card: CardBits, now: u64) -> bool {
        self.is_secure() && self.link.application.cards.push(card, now)
    }

    /// Whether a panel that knows this device's key is on the line.
    pub fn is_secure(&self) -> bool {
        self.link.trust() == Trust::Own
    }

    /// Sets whether the jumper is closed: from then on, for ten minutes, SCBK-D opens a session in which KEYSET is taken and nothing
    /// else is done.
    pub fn set_jumper(&mut self, closed: bool, now: u64) {
        self.link.set_jumper(closed, now);
    }

    /// The key that holds, to be stored after [`Event::KeySet`].
    pub fn key(&self) -> Option<&Scbk> {
        self.link.key()
    }

    /// The digits of the card access number that came with [`Event::CardKey`]; none any more where its session has ended.
    pub fn take_card_key(&mut self) -> Option<Zeroizing<[u8; DIGITS]>> {
        self.link.application.card_key.take()
    }

    /// The address and speed that hold.
    pub fn line(&self) -> ComSet {
        self.link.application.line
    }

    /// Who receives files.
    pub fn receiver(&mut self) -> &mut F {
        &mut self.link.application.transfers.receiver
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
