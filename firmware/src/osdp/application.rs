//! What each command does once the link has let it in (SIA OSDP 2.2 §6, Annex B).

use soat::gate::enrolled::DIGITS;
use zeroize::Zeroizing;

use super::card::Cards;
use super::command::{self, BuzzerCommand, ComSet, LedCommand, OutputCommand, TextCommand};
use super::event::{Event, Events, WAITING};
use super::file_transfer::{FileReceiver, Transfers};
use super::frame::{MAX_COMMAND, MAX_REPLY, Writer};
use super::reply::{self, Nak};
use super::status::{INPUTS, OUTPUTS, Report, Reports};

pub(super) const POLL: u8 = 0x60;
pub(super) const ID: u8 = 0x61;
pub(super) const CAP: u8 = 0x62;
pub(super) const LSTAT: u8 = 0x64;
pub(super) const ISTAT: u8 = 0x65;
pub(super) const OSTAT: u8 = 0x66;
pub(super) const RSTAT: u8 = 0x67;
pub(super) const OUT: u8 = 0x68;
pub(super) const LED: u8 = 0x69;
pub(super) const BUZ: u8 = 0x6A;
pub(super) const TEXT: u8 = 0x6B;
pub(super) const COMSET: u8 = 0x6E;
pub(super) const MFG: u8 = 0x80;
pub(super) const ACURXSIZE: u8 = 0x7B;
pub(super) const FILETRANSFER: u8 = 0x7C;
pub(super) const ABORT: u8 = 0xA2;
pub(super) const KEEPACTIVE: u8 = 0xA7;

/// The one command of our own in MFG: a card access number, six digits in ASCII, for the card that is laid down next.
const CARD_KEY: u8 = 1;

/// RAW's format code: the bits of a Wiegand line, parity among them.
const WIEGAND: u8 = 1;

/// What ID tells (§7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The maker's OUI.
    pub vendor: [u8; 3],
    /// The maker's model number.
    pub model: u8,
    /// The version of the hardware.
    pub version: u8,
    /// The serial number.
    pub serial: u32,
    /// The firmware: major, minor, build.
    pub firmware: [u8; 3],
}

impl Identity {
    /// cUID, by which a panel may know the key to use: vendor, model, serial number (Annex D.4.3 leaves it to the maker).
    pub(super) fn client(&self) -> [u8; 8] {
        let ([a, b, c], [s0, s1, s2, s3]) = (self.vendor, self.serial.to_le_bytes());
        [a, b, c, self.model, s0, s1, s2, s3]
    }
}

/// How far a panel has proven itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Not at all.
    None,
    /// It knows SCBK-D, as everybody does.
    Default,
    /// It knows this device's key.
    Own,
}

/// Why a command was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Nak(Nak),
    /// The owner has not taken its events.
    Busy,
}

impl From<Nak> for Refusal {
    fn from(nak: Nak) -> Self {
        Self::Nak(nak)
    }
}

/// The device behind the link.
pub(super) struct Application<F> {
    identity: Identity,
    has_display: bool,
    pub(super) line: ComSet,
    pub(super) reports: Reports,
    pub(super) cards: Cards,
    pub(super) events: Events,
    pub(super) transfers: Transfers<F>,
    /// A card access number that was not taken yet.
    pub(super) card_key: Option<Zeroizing<[u8; DIGITS]>>,
}

impl<F: FileReceiver> Application<F> {
    pub(super) fn new(identity: Identity, has_display: bool, line: ComSet, receiver: F) -> Self {
        Self {
            identity,
            has_display,
            line,
            reports: Reports::new(),
            cards: Cards::new(),
            events: Events::new(),
            transfers: Transfers::new(receiver),
            card_key: None,
        }
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Carries out a command, writes the data of its reply and gives the reply's code.
    pub(super) fn execute(&mut self, trust: Trust, code: u8, data: &[u8], now: u64, out: &mut Writer<'_>) -> Result<u8, Refusal> {
        match (trust, code) {
            (_, ID) => self.identify(data, out),
            (_, CAP) => self.capabilities(data, out),
            (Trust::Default, POLL) => none(data).map(|()| reply::ACK),
            (Trust::None | Trust::Default, _) => Err(Nak::SessionRequired.into()),
            (Trust::Own, POLL) => none(data).map(|()| self.poll(now, out)),
            (Trust::Own, LSTAT) => none(data).map(|()| self.report(Report::Local, out)),
            (Trust::Own, ISTAT) => none(data).map(|()| self.report(Report::Inputs, out)),
            (Trust::Own, OSTAT) => none(data).map(|()| self.report(Report::Outputs, out)),
            (Trust::Own, RSTAT) => none(data).map(|()| self.report(Report::Reader, out)),
            (Trust::Own, OUT) => self.tell_each(data, OutputCommand::parse, Event::Output),
            (Trust::Own, LED) => self.tell_each(data, LedCommand::parse, Event::Led),
            (Trust::Own, BUZ) => self.tell_each(data, BuzzerCommand::parse, Event::Buzzer),
            (Trust::Own, TEXT) if self.has_display => {
                let text = TextCommand::parse(data)?;
                self.tell(Event::Text(text))
            }
            (Trust::Own, COMSET) => self.set_line(data, out),
            (Trust::Own, MFG) => self.manufacturers(data),
            (Trust::Own, ACURXSIZE) => {
                let size = usize::from(u16::from_le_bytes(exactly(data)?));
                if size < MAX_REPLY { Err(Nak::Record.into()) } else { Ok(reply::ACK) }
            }
            (Trust::Own, FILETRANSFER) => {
                out.put(&self.transfers.fragment(data)?.to_bytes());
                Ok(reply::FTSTAT)
            }
            (Trust::Own, ABORT) => none(data).map(|()| {
                self.transfers.abort();
                reply::ACK
            }),
            (Trust::Own, KEEPACTIVE) => {
                let milliseconds = u16::from_le_bytes(exactly(data)?);
                self.tell(Event::KeepActive(milliseconds))
            }
            (Trust::Own, _) => Err(Nak::Unknown.into()),
        }
    }

    /// What a session leaves behind is not for the next.
    pub(super) fn end_session(&mut self) {
        self.cards.clear();
        self.transfers.abort();
        self.reports.forget();
        self.card_key = None;
    }

    /// Hands an event to the owner.
    pub(super) fn tell(&mut self, event: Event) -> Result<u8, Refusal> {
        if self.events.room() == 0 {
            return Err(Refusal::Busy);
        }
        self.events.command(event);
        Ok(reply::ACK)
    }

    /// Hands over every record, or none.
    fn tell_each<const N: usize, R>(
        &mut self,
        data: &[u8],
        parse: impl Fn(&[u8; N]) -> Option<R>,
        event: impl Fn(R) -> Event,
    ) -> Result<u8, Refusal> {
        let records = command::records(data, parse)?;
        // More than the queue will ever hold is not a matter of waiting.
        if records.len() > WAITING {
            return Err(Nak::Record.into());
        }
        if records.len() > self.events.room() {
            return Err(Refusal::Busy);
        }
        records.flatten().for_each(|record| self.events.command(event(record)));
        Ok(reply::ACK)
    }

    fn identify(&self, data: &[u8], out: &mut Writer<'_>) -> Result<u8, Refusal> {
        // The form of the answer: there is but the standard one (§6.2).
        if exactly(data)? != [0] {
            return Err(Nak::Record.into());
        }
        let Identity { vendor, model, version, serial, firmware } = self.identity;
        out.put(&vendor);
        out.put(&[model, version]);
        out.put(&serial.to_le_bytes());
        out.put(&firmware);
        Ok(reply::PDID)
    }

    /// Function, compliance level, number (Annex B).
    fn capabilities(&self, data: &[u8], out: &mut Writer<'_>) -> Result<u8, Refusal> {
        if exactly(data)? != [0] {
            return Err(Nak::Record.into());
        }
        let [low, high] = u16::try_from(MAX_COMMAND).unwrap_or(u16::MAX).to_le_bytes();
        out.put(&[
            1, 1, INPUTS, // contacts, unsupervised
            2, 3, OUTPUTS, // outputs, timed
            3, 1, 0, // card data as bits
            4, 4, 1, // a lamp of three colours, timed
            5, 2, 1, // a buzzer, timed
        ]);
        out.put(&[6, self.has_display.into(), self.has_display.into()]);
        out.put(&[
            8, 1, 0, // CRC-16
            9, 1, 0, // AES-128
            10, low, high, // the longest command
            13, 0, 1, // one reader
            16, 2, 0, // SIA OSDP 2.2
        ]);
        Ok(reply::PDCAP)
    }

    fn poll(&mut self, now: u64, out: &mut Writer<'_>) -> u8 {
        // Tampering before cards: a card is worth nothing from a case that is open.
        if let Some(report) = self.reports.changed().filter(|report| *report == Report::Local) {
            return self.report(report, out);
        }
        if let Some(card) = self.cards.pop(now) {
            out.put(&[0, WIEGAND, card.count(), 0]);
            out.put(card.bytes());
            return reply::RAW;
        }
        match self.reports.changed() {
            Some(report) => self.report(report, out),
            None => reply::ACK,
        }
    }

    fn report(&mut self, report: Report, out: &mut Writer<'_>) -> u8 {
        let (bytes, len) = self.reports.tell(report);
        out.put(bytes.get(..len).unwrap_or_default());
        match report {
            Report::Local => reply::LSTATR,
            Report::Reader => reply::RSTATR,
            Report::Inputs => reply::ISTATR,
            Report::Outputs => reply::OSTATR,
        }
    }

    /// MFG: the maker's OUI as ID tells it, and what the maker likes.
    fn manufacturers(&mut self, data: &[u8]) -> Result<u8, Refusal> {
        let (vendor, rest) = data.split_first_chunk().ok_or(Nak::Length)?;
        let (true, [CARD_KEY, digits @ ..]) = (*vendor == self.identity.vendor, rest) else { return Err(Nak::Unknown.into()) };
        let digits = Zeroizing::new(exactly::<DIGITS>(digits)?);
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(Nak::Record.into());
        }
        self.tell(Event::CardKey)?;
        self.card_key = Some(digits);
        Ok(reply::ACK)
    }

    /// The reply still goes out as before; the address holds for the next frame.
    fn set_line(&mut self, data: &[u8], out: &mut Writer<'_>) -> Result<u8, Refusal> {
        if let Some(wish) = ComSet::parse(exactly(data)?) {
            self.tell(Event::ComSet(wish))?;
            self.line = wish;
        }
        out.put(&self.line.to_bytes());
        Ok(reply::COM)
    }
}

/// Data of just this length.
pub(super) fn exactly<const N: usize>(data: &[u8]) -> Result<[u8; N], Nak> {
    data.try_into().map_err(|_| Nak::Length)
}

fn none(data: &[u8]) -> Result<(), Refusal> {
    exactly::<0>(data).map(|_| ()).map_err(Refusal::from)
}
