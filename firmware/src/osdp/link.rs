//! The link: whose turn it is, who is speaking, and what may be said to whom (SIA OSDP 2.2 §5.7, Annex D).

use super::application::{Application, MFG, Refusal, Trust, exactly};
use super::event::{Closed, Event};
use super::file_transfer::FileReceiver;
use super::frame::{Frame, FrameError, HEADER, Writer};
use super::key::{self, Scbk};
use super::reply::{self, Head, MAX_DATA, Nak, Protection, ReplyFrame};
use super::secure_channel::{Nonce, Nonces, Session, SessionError, SessionKeys};

const KEYSET: u8 = 0x75;
const CHLNG: u8 = 0x76;
const SCRYPT: u8 = 0x77;

/// The panel counts as gone after this silence, in milliseconds (§5.7).
pub(super) const OFFLINE_MS: u64 = 8_000;
/// How long SCBK-D opens a session once the jumper is set, in milliseconds.
pub(super) const JUMPER_MS: u64 = 600_000;

/// Which key a handshake names in its security block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyChoice {
    Default,
    Own,
}

impl KeyChoice {
    fn parse(byte: Option<u8>) -> Option<Self> {
        match byte? {
            0 => Some(Self::Default),
            1 => Some(Self::Own),
            _ => None,
        }
    }

    fn code(self) -> u8 {
        u8::from(self == Self::Own)
    }
}

/// How far the panel has come.
enum State {
    Closed,
    /// CHLNG was answered.
    Challenged {
        keys: SessionKeys,
        panel: Nonce,
        own: Nonce,
        choice: KeyChoice,
    },
    /// SCRYPT was right.
    Open {
        session: Session,
        choice: KeyChoice,
    },
}

/// The frame that was last carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Last {
    sequence: u8,
    fingerprint: (usize, u16),
}

/// Which of the two reply buffers goes on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The reply to a command that was carried out, which a repetition gets again.
    Reply,
    /// A reply that changes nothing.
    Aside,
}

/// The link, and the device behind it.
pub(super) struct Link<F> {
    pub(super) application: Application<F>,
    key: Option<Scbk>,
    nonces: Nonces,
    state: State,
    last: Option<Last>,
    /// Whether BUSY was the answer since.
    busy: bool,
    reply: ReplyFrame,
    aside: ReplyFrame,
    heard: u64,
    /// Until when SCBK-D opens a session.
    jumper: Option<u64>,
    jumper_set: bool,
}

impl<F: FileReceiver> Link<F> {
    pub(super) fn new(application: Application<F>, key: Option<Scbk>, seed: [u8; 16]) -> Self {
        Self {
            application,
            key,
            nonces: Nonces::new(seed),
            state: State::Closed,
            last: None,
            busy: false,
            reply: ReplyFrame::new(),
            aside: ReplyFrame::new(),
            heard: 0,
            jumper: None,
            jumper_set: false,
        }
    }

    pub(super) fn key(&self) -> Option<&Scbk> {
        self.key.as_ref()
    }

    pub(super) fn set_jumper(&mut self, set: bool, now: u64) {
        if set != self.jumper_set {
            self.jumper = set.then(|| now.saturating_add(JUMPER_MS));
        }
        self.jumper_set = set;
        self.expire(now);
    }

    pub(super) fn trust(&self) -> Trust {
        match self.state {
            State::Open { choice: KeyChoice::Own, .. } => Trust::Own,
            State::Open { choice: KeyChoice::Default, .. } => Trust::Default,
            _ => Trust::None,
        }
    }

    /// Ends what time has ended.
    pub(super) fn expire(&mut self, now: u64) {
        if self.jumper.is_some_and(|end| now >= end) {
            self.jumper = None;
        }
        let under_default = matches!(
            self.state,
            State::Open { choice: KeyChoice::Default, .. } | State::Challenged { choice: KeyChoice::Default, .. }
        );
        if under_default && self.jumper.is_none() {
            self.close(Closed::JumperOpened);
        }
        if now.saturating_sub(self.heard) > OFFLINE_MS {
            self.close(Closed::Silence);
        }
    }

    pub(super) fn bytes(&self, turn: Turn) -> Option<&[u8]> {
        match turn {
            Turn::Reply => self.reply.bytes(),
            Turn::Aside => self.aside.bytes(),
        }
    }

    /// Answers a frame of the length that its header says.
    pub(super) fn answer(&mut self, bytes: &mut [u8], marked: bool, now: u64) -> Option<Turn> {
        let (address, control) = (bytes.get(1).copied()?, bytes.get(HEADER - 1).copied()?);
        let own = self.application.line.address;
        let frame = match Frame::parse(bytes) {
            Ok(frame) => frame,
            // Not to a broadcast: where others listen, all would speak at once.
            Err(_) if address != own => return None,
            Err(error) => {
                let nak = if error == FrameError::Check { Nak::Check } else { Nak::SecurityBlock };
                return Some(self.refuse(Head::of_broken(control, own, marked), nak));
            }
        };
        let head = Head::of(&frame, own, marked);
        let sequence = frame.control().sequence();
        let this = Last { sequence, fingerprint: frame.fingerprint() };
        match self.last {
            _ if sequence == 0 => self.close(Closed::Restarted),
            Some(last) if last == this => return Some(Turn::Reply),
            Some(last) if sequence == last.sequence % 3 + 1 => {}
            // libosdp 3.2 asks again under the number of the command before.
            Some(last) if self.busy && sequence == last.sequence => {}
            _ => return Some(self.refuse(head, Nak::Sequence)),
        }
        self.carry_out(frame, head, this, now)
    }

    fn carry_out(&mut self, mut frame: Frame<'_>, head: Head, this: Last, now: u64) -> Option<Turn> {
        let code = frame.code();
        let kind = frame.block().map(|block| block.kind);
        match (kind, code) {
            (Some(0x11), CHLNG) => {
                let outcome = self.challenge(&mut frame, now);
                self.finish_handshake(head, this, 0x12, reply::CCRYPT, outcome)
            }
            (Some(0x13), SCRYPT) => {
                let outcome = self.prove(&mut frame, now);
                self.finish_handshake(head, this, 0x14, reply::RMAC_I, outcome)
            }
            (Some(0x15 | 0x17), _) => self.secured(frame, head, this, now),
            (Some(_), _) | (None, CHLNG | SCRYPT) => self.plain_refusal(head, this, Nak::SecurityBlock),
            (None, _) if self.trust() != Trust::None => self.plain_refusal(head, this, Nak::SessionRequired),
            (None, _) => {
                let mut data = [0; MAX_DATA];
                let mut out = Writer::new(&mut data);
                let done = self.application.execute(Trust::None, code, frame.data(), now, &mut out);
                self.respond(head, this, done, &out)
            }
        }
    }

    /// A command under the session's keys.
    fn secured(&mut self, mut frame: Frame<'_>, head: Head, this: Last, now: u64) -> Option<Turn> {
        let encrypted = frame.block().is_some_and(|block| block.kind == 0x17);
        let trust = self.trust();
        let State::Open { session, .. } = &mut self.state else {
            return self.plain_refusal(head, this, Nak::SessionRequired);
        };
        let mac = frame.mac().unwrap_or_default();
        let mut opened = session.verify(frame.authenticated(), &mac).map(|()| frame.data().len());
        if encrypted && opened.is_ok_and(|len| len > 0) {
            opened = session.decrypt(frame.data());
        }
        let Ok(len) = opened else {
            self.close(Closed::Unauthentic);
            return Some(self.refuse(head, Nak::SessionRequired));
        };
        self.heard = now;
        let code = frame.code();
        let command = frame.data().get(..len).unwrap_or_default();
        let mut data = [0; MAX_DATA];
        let mut out = Writer::new(&mut data);
        if code == KEYSET {
            return match if encrypted { self.set_key(trust, command) } else { Err(Nak::SessionRequired.into()) } {
                Err(refusal) => self.respond(head, this, Err(refusal), &out),
                Ok(key) => {
                    // Acknowledged under the old key; the new one holds from then on, and with it no jumper.
                    let turn = self.respond(head, this, Ok(reply::ACK), &out);
                    self.key = Some(key);
                    self.jumper = self.jumper.filter(|_| trust == Trust::Own);
                    self.close(Closed::KeyChanged);
                    turn
                }
            };
        }
        let done = match code {
            CHLNG | SCRYPT => Err(Nak::SecurityBlock.into()),
            // A card's key is for nobody else on the bus.
            MFG if !encrypted => Err(Nak::SessionRequired.into()),
            _ => self.application.execute(trust, code, command, now, &mut out),
        };
        self.respond(head, this, done, &out)
    }

    /// CHLNG: the panel's random number; ours, and a proof that we know the key.
    fn challenge(&mut self, frame: &mut Frame<'_>, now: u64) -> Result<(u8, [u8; 32]), Nak> {
        let choice = frame.block().and_then(|block| KeyChoice::parse(block.data)).ok_or(Nak::SecurityBlock)?;
        let panel: Nonce = exactly(frame.data())?;
        let key = match choice {
            KeyChoice::Own => self.key.as_ref().map(Scbk::expose),
            KeyChoice::Default => self.jumper.map(|_| &key::DEFAULT),
        };
        let keys = key.and_then(|key| SessionKeys::derive(key, &panel).ok()).ok_or(Nak::SecurityBlock)?;
        let own = self.nonces.draw().map_err(|_| Nak::SecurityBlock)?;
        let cryptogram = keys.cryptogram(&panel, &own).map_err(|_| Nak::SecurityBlock)?;
        self.close(Closed::Restarted);
        self.state = State::Challenged { keys, panel, own, choice };
        self.heard = now;
        let mut data = [0; 32];
        let client = self.application.identity().client();
        data.iter_mut().zip(client.iter().chain(&own).chain(&cryptogram)).for_each(|(to, from)| *to = *from);
        Ok((choice.code(), data))
    }

    /// SCRYPT: the panel's proof; the first link of the chain of MACs.
    fn prove(&mut self, frame: &mut Frame<'_>, now: u64) -> Result<(u8, [u8; 16]), Nak> {
        let cryptogram = exactly(frame.data())?;
        let named = frame.block().and_then(|block| KeyChoice::parse(block.data)).ok_or(Nak::SecurityBlock)?;
        let (keys, panel, own, choice) = match core::mem::replace(&mut self.state, State::Closed) {
            State::Challenged { keys, panel, own, choice } if choice == named => (keys, panel, own, choice),
            // A session is not ended by a proof that nobody asked for.
            other => {
                if matches!(other, State::Open { .. }) {
                    self.state = other;
                }
                return Err(Nak::SessionRequired);
            }
        };
        match Session::open(keys, &panel, &own, &cryptogram) {
            Ok((session, initial)) => {
                self.state = State::Open { session, choice };
                self.heard = now;
                self.application.events.notice(Event::SessionOpened { insecure: choice == KeyChoice::Default });
                Ok((1, initial))
            }
            Err(error) => {
                if error == SessionError::Unauthentic {
                    self.application.events.notice(Event::PanelRefused);
                }
                Err(Nak::SessionRequired)
            }
        }
    }

    /// KEYSET: type 1, 16 bytes, a key.
    fn set_key(&mut self, trust: Trust, data: &[u8]) -> Result<Scbk, Refusal> {
        let (head, key) = data.split_first_chunk().ok_or(Nak::Length)?;
        let key: &[u8; 16] = key.try_into().map_err(|_| Nak::Length)?;
        if *head != [1, 16] {
            return Err(Nak::Record.into());
        }
        let key = Scbk::new(key).map_err(|_| Nak::Record)?;
        self.application.tell(Event::KeySet { insecure: trust == Trust::Default })?;
        Ok(key)
    }

    fn finish_handshake<const N: usize>(
        &mut self,
        head: Head,
        this: Last,
        kind: u8,
        code: u8,
        outcome: Result<(u8, [u8; N]), Nak>,
    ) -> Option<Turn> {
        match outcome {
            Ok((byte, data)) => {
                self.reply.set(head, Protection::Handshake(kind, byte), code, &data);
                Some(self.answered(this))
            }
            Err(nak) => self.plain_refusal(head, this, nak),
        }
    }

    /// The reply to what was done or refused: under the session, if there is one.
    fn respond(&mut self, head: Head, this: Last, done: Result<u8, Refusal>, out: &Writer<'_>) -> Option<Turn> {
        let nak;
        let (code, data) = match done {
            Ok(code) => (code, out.written()?),
            Err(Refusal::Nak(reason)) => {
                nak = [reason as u8];
                (reply::NAK, &nak[..])
            }
            Err(Refusal::Busy) => {
                self.busy = true;
                self.aside.set(head.busy(), Protection::Plain, reply::BUSY, &[]);
                return Some(Turn::Aside);
            }
        };
        let protection = match &mut self.state {
            State::Open { session, .. } => Protection::Session(session),
            _ => Protection::Plain,
        };
        self.reply.set(head, protection, code, data);
        Some(self.answered(this))
    }

    /// A refusal in the clear. It takes its turn, so that a repetition gets it again; but what anybody can say in the clear while a session
    /// is open changes nothing.
    fn plain_refusal(&mut self, head: Head, this: Last, nak: Nak) -> Option<Turn> {
        if self.trust() != Trust::None {
            return Some(self.refuse(head, nak));
        }
        self.reply.set(head, Protection::Plain, reply::NAK, &[nak as u8]);
        Some(self.answered(this))
    }

    /// The reply stands: it is for this frame and its repetitions.
    fn answered(&mut self, this: Last) -> Turn {
        (self.last, self.busy) = (Some(this), false);
        Turn::Reply
    }

    /// A refusal in the clear that changes nothing.
    fn refuse(&mut self, head: Head, nak: Nak) -> Turn {
        self.aside.set(head, Protection::Plain, reply::NAK, &[nak as u8]);
        Turn::Aside
    }

    fn close(&mut self, why: Closed) {
        if matches!(core::mem::replace(&mut self.state, State::Closed), State::Open { .. }) {
            self.application.events.notice(Event::SessionClosed(why));
            self.application.end_session();
        }
    }
}
