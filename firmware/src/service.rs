//! What a gate answers a desk over the protected serial link ([`soat::gate::link`]).
//!
//! [`Service::poll`] is called as often as there is time, and told what time it is. In the clear it says who it is and takes a sealed
//! provisioning while the jumper is set; everything else needs a session under the link's key. What it tells and changes is its
//! [`Keeper`]'s; the card that it relays to a desk lies in front of the keeper's [`Desk`].
//!
//! The console of a gate may share the wire: its lines are no frames.

mod delivery;
mod desk;
mod keeper;
pub mod self_test;

use alloc::vec::Vec;

use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::link::message::{Answer, Refusal, Request};
use soat::gate::link::{Frame, FrameReader, Hello, Kind, LinkError, Received, Responder};
use soat::gate::provisioning::Provisioning;
use soat::gate::sealing::{self, ONE_TIME, SealError};
use zeroize::Zeroizing;

use crate::port::ByteLink;

pub use delivery::deliver;
pub use desk::Desk;
pub use keeper::{Keeper, of_pack_error};

/// A session that is silent for so long is over: a gate does not stay a desk's reader because a cable was pulled.
const SILENCE_MS: u64 = 20_000;
/// Bytes that are taken at once, so that a wire that never stops cannot hold the gate.
const BYTES_AT_ONCE: u32 = 2048;

/// What happened, for whoever keeps the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A desk has proven the key.
    Opened,
    /// A session, or the beginning of one, has ended so.
    Ended(LinkError),
    /// From now on, until the other event, the gate is a desk's reader and decides nothing.
    DeskBegan,
    /// The gate is a gate again.
    DeskEnded,
    /// It was provisioned: it starts anew with other keys.
    Provisioned,
    /// A provisioning was refused.
    ProvisioningRefused(Refusal),
    /// The clock was set.
    TimeSet,
    /// A pack was taken over.
    PackTaken,
    /// An image came whole, and is tried with the next start.
    ImageTaken,
    /// The desk asks for a start.
    Restart,
}

/// The gate's end of the link.
pub struct Service<L> {
    link: L,
    reader: FrameReader,
    responder: Responder,
    /// When the session was heard last.
    heard_at: u64,
    /// Whether the gate is a desk's reader.
    is_desk: bool,
}

impl<L: ByteLink> Service<L> {
    /// The service at this port.
    pub fn new(link: L) -> Self {
        Self { link, reader: FrameReader::default(), responder: Responder::default(), heard_at: 0, is_desk: false }
    }

    /// The wire, for the lines of a console between the frames. While there is a session, nothing of a gate belongs there.
    pub fn console(&mut self) -> Option<&mut L> {
        (!self.responder.is_open()).then_some(&mut self.link)
    }

    /// Goes on.
    pub fn poll(&mut self, now: u64, keeper: &mut impl Keeper) -> Option<Event> {
        if self.responder.is_open() && now.saturating_sub(self.heard_at) >= SILENCE_MS {
            self.responder.end();
            return self.leave_desk(keeper, now).or(Some(Event::Ended(LinkError::Ended)));
        }
        // Its session is over: the gate is a gate again.
        if self.is_desk && !self.responder.is_open() {
            return self.leave_desk(keeper, now);
        }
        for _ in 0..BYTES_AT_ONCE {
            let byte = self.link.receive()?;
            if let Some(frame) = self.reader.push(byte) {
                return self.take(frame, now, keeper);
            }
        }
        None
    }

    /// Takes the text of a code that is not one of a card. `None` where it is no provisioning either.
    pub fn take_code(&mut self, text: &[u8], keeper: &mut impl Keeper) -> Option<Event> {
        let sealed = sealing::from_text(text)?;
        Some(match self.provision(&sealed, keeper) {
            Ok(()) => Event::Provisioned,
            Err(refusal) => Event::ProvisioningRefused(refusal),
        })
    }

    fn take(&mut self, frame: Frame, now: u64, keeper: &mut impl Keeper) -> Option<Event> {
        let key = keeper.link_key();
        match self.responder.receive(frame, key.as_ref(), keeper.entropy(), &RustCrypto) {
            Received::Nothing => None,
            Received::Asked => {
                let device = keeper.device();
                let hello = Hello {
                    public_key: *device.public_key(),
                    one_time: keeper.one_time(),
                    image: keeper.image(),
                    is_provisioned: key.is_some(),
                    has_jumper: keeper.has_jumper(),
                };
                self.send(&Frame { kind: Kind::Hello, body: hello.to_cbor() });
                None
            }
            Received::Reply(challenge) => {
                self.send(&challenge);
                None
            }
            Received::Opened => {
                self.heard_at = now;
                // A desk mode belongs to the session in which it began.
                self.leave_desk(keeper, now).or(Some(Event::Opened))
            }
            Received::Ended(error) => {
                self.send_end(Some(match error {
                    _ if key.is_none() => Refusal::NotProvisioned,
                    LinkError::WrongKey => Refusal::WrongKey,
                    LinkError::Version(_) => Refusal::NotSupported,
                    _ => Refusal::SessionEnded,
                }));
                Some(Event::Ended(error))
            }
            Received::Message(message) => {
                self.heard_at = now;
                self.answer(&message, now, keeper)
            }
            Received::Provision(sealed) => {
                let done = self.provision(&sealed, keeper);
                self.send_end(done.err());
                Some(done.map_or_else(Event::ProvisioningRefused, |()| Event::Provisioned))
            }
        }
    }

    /// Answers a request of the session.
    fn answer(&mut self, message: &[u8], now: u64, keeper: &mut impl Keeper) -> Option<Event> {
        let Some(request) = Request::from_cbor(message) else {
            self.reply(&Answer::Refused(Refusal::Malformed));
            return None;
        };
        let mut event = None;
        let done = |done: Result<(), Refusal>| done.map_or_else(Answer::Refused, |()| Answer::Done);
        let answer = match request {
            Request::Status => Answer::Status(keeper.status(now)),
            Request::SetTime(seconds) => {
                let set = keeper.set_time(soat::time::Timestamp(seconds));
                event = set.is_ok().then_some(Event::TimeSet);
                done(set)
            }
            Request::SelfTest => Answer::SelfTest(self_test::run(keeper)),
            Request::Log(from) => keeper.journal(from).map_or_else(Answer::Refused, Answer::Log),
            Request::PackBegin(length, sha256) => done(keeper.pack_begin(length, &sha256)),
            Request::PackData(offset, bytes) => done(keeper.pack_data(offset, &bytes)),
            Request::PackEnd => {
                let taken = keeper.pack_end();
                event = taken.is_ok().then_some(Event::PackTaken);
                done(taken)
            }
            Request::ImageBegin(length, sha256) => done(keeper.image_begin(length, &sha256)),
            Request::ImageData(offset, bytes) => done(keeper.image_data(offset, &bytes)),
            Request::ImageEnd => {
                let taken = keeper.image_end();
                event = taken.is_ok().then_some(Event::ImageTaken);
                done(taken)
            }
            Request::Enrol(cards) => done(keeper.enrol(&cards)),
            Request::Restart => {
                event = Some(Event::Restart);
                Answer::Done
            }
            Request::Close => {
                self.reply(&Answer::Done);
                self.responder.end();
                return self.leave_desk(keeper, now).or(Some(Event::Ended(LinkError::Ended)));
            }
            Request::CardLook | Request::CardConnect | Request::Transmit(_) | Request::CardDisconnect | Request::Scan => {
                match keeper.desk() {
                    None => Answer::Refused(Refusal::NotSupported),
                    Some(desk) => {
                        if !core::mem::replace(&mut self.is_desk, true) {
                            desk.begin(now);
                            event = Some(Event::DeskBegan);
                        }
                        desk::answer(request, desk, now)
                    }
                }
            }
        };
        self.reply(&answer);
        event
    }

    /// Opens a sealed record and has it kept. Its one-time number is used up first: whatever becomes of the record, it does not count twice.
    fn provision(&mut self, sealed: &[u8], keeper: &mut impl Keeper) -> Result<(), Refusal> {
        if !keeper.has_jumper() {
            return Err(Refusal::JumperMissing);
        }
        let opened = sealing::open(sealed, keeper.device(), &keeper.one_time(), &RustCrypto);
        let record = opened.map_err(|error| match error {
            SealError::OtherDevice => Refusal::OtherDevice,
            SealError::UsedUp => Refusal::UsedUp,
            SealError::NotSealed | SealError::Altered => Refusal::ProvisioningAltered,
        })?;
        Provisioning::parse(&record, &RustCrypto).ok_or(Refusal::ProvisioningInvalid)?;
        let mut next = [0; ONE_TIME];
        keeper.entropy().fill_bytes(&mut next);
        keeper.set_one_time(next)?;
        keeper.provision(&record)?;
        // Whoever had the old key has nothing here any more.
        self.responder.end();
        Ok(())
    }

    fn leave_desk(&mut self, keeper: &mut impl Keeper, now: u64) -> Option<Event> {
        if !core::mem::take(&mut self.is_desk) {
            return None;
        }
        if let Some(desk) = keeper.desk() {
            desk.end(now);
        }
        Some(Event::DeskEnded)
    }

    fn reply(&mut self, answer: &Answer) {
        let message: Zeroizing<Vec<u8>> = answer.to_cbor();
        let sealed = self.responder.seal(&message, &RustCrypto);
        // An answer that finds no room is not sent in part.
        let sealed = sealed.or_else(|_| self.responder.seal(&Answer::Refused(Refusal::NotSupported).to_cbor(), &RustCrypto));
        if let Ok(frame) = sealed {
            self.send(&frame);
        }
    }

    fn send_end(&mut self, refusal: Option<Refusal>) {
        self.send(&Frame { kind: Kind::Ended, body: alloc::vec![refusal.map_or(0, Refusal::code)] });
    }

    fn send(&mut self, frame: &Frame) {
        self.link.send(&frame.to_wire());
    }
}
