//! A gate at a serial port, under the protected link ([`soat::gate::link`]).

use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use getrandom::SysRng;
use rand_core::UnwrapErr;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::link::message::{Answer, Refusal, Request};
use soat::gate::link::{Frame, FrameReader, Hello, Kind, LinkError, LinkKey, Opening, Session, VERSION};

use crate::command_line::GateKey;
use crate::error::{Error, Result};
use crate::serial_port::{self, Use};

/// The speed of a gate's port.
const BAUDS: u32 = 115_200;
/// How long a gate may take to say who it is or to begin a session, and how often it is asked.
const FIRST: Duration = Duration::from_secs(3);
const TRIES: u32 = 3;
/// How long it may take for what it is asked: a card may be read meanwhile, or the chip computes.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a port may not take what is sent.
const SENDING: Duration = Duration::from_secs(5);

/// A gate at a port.
pub struct GateLink {
    port: File,
    name: PathBuf,
    reader: FrameReader,
    /// Frames that came and were not looked at.
    came: VecDeque<Frame>,
    keys: Vec<LinkKey>,
    /// Which of them is the gate's.
    own: Option<LinkKey>,
    session: Option<Session>,
}

impl GateLink {
    /// Opens the port; nothing is said yet.
    ///
    /// # Errors
    /// Why the port cannot be used.
    pub fn open(port: &Path) -> Result<Self> {
        let opened = serial_port::open(port, Use::Speaking(BAUDS))?;
        Ok(Self {
            port: opened,
            name: port.to_owned(),
            reader: FrameReader::default(),
            came: VecDeque::new(),
            keys: Vec::new(),
            own: None,
            session: None,
        })
    }

    /// Opens the port, asks who is there, and begins a session under a key of that gate.
    ///
    /// # Errors
    /// Why the port cannot be used, that nobody answers, or that there is no key or another.
    pub fn connect(port: &Path, key: &GateKey) -> Result<(Self, Hello)> {
        let mut link = Self::open(port)?;
        let hello = link.hello()?;
        if !hello.is_provisioned {
            return Err(link.refused(Refusal::NotProvisioned));
        }
        link.keys = key.of(hello.device(&RustCrypto))?;
        link.begin()?;
        Ok((link, hello))
    }

    /// Who is there?
    ///
    /// # Errors
    /// That nobody answers.
    pub fn hello(&mut self) -> Result<Hello> {
        for _ in 0..TRIES {
            self.send(&Frame { kind: Kind::Ask, body: vec![VERSION] })?;
            let until = Instant::now() + FIRST;
            while let Some(frame) = self.next(until)? {
                if let Some(hello) =
                    Some(&frame).filter(|frame| frame.kind == Kind::Hello).and_then(|frame| Hello::from_cbor(&frame.body))
                {
                    return Ok(hello);
                }
            }
        }
        Err(self.silent())
    }

    /// Sends a sealed provisioning.
    ///
    /// # Errors
    /// Why the gate did not take it.
    pub fn provision(&mut self, sealed: Vec<u8>) -> Result<()> {
        self.send(&Frame { kind: Kind::Provision, body: sealed })?;
        let until = Instant::now() + ANSWER;
        while let Some(frame) = self.next(until)? {
            if let (Kind::Ended, [code]) = (frame.kind, frame.body.as_slice()) {
                return Refusal::of_code(*code).map_or(Ok(()), |refusal| Err(self.refused(refusal)));
            }
        }
        Err(self.silent())
    }

    /// Begins a session, with each of the keys in turn.
    fn begin(&mut self) -> Result<()> {
        self.session = None;
        let keys = std::mem::take(&mut self.keys);
        let begun = keys.iter().find_map(|key| {
            let begun = self.begin_with(key).transpose();
            self.own = begun.is_some().then(|| key.clone());
            begun
        });
        self.keys = keys;
        begun.unwrap_or_else(|| Err(self.refused(Refusal::WrongKey)))
    }

    /// Whether the gate has this key.
    pub fn has_key(&self, key: &[u8; LinkKey::LEN]) -> bool {
        self.own.as_ref().is_some_and(|own| own.expose() == key)
    }

    /// Some once there is a session; `None` where the gate has another key.
    fn begin_with(&mut self, key: &LinkKey) -> Result<Option<()>> {
        for _ in 0..TRIES {
            getrandom::fill(&mut [0; 32]).map_err(|_| Error::usage("no-random-numbers"))?;
            let (opening, open) = Opening::begin(key, &mut UnwrapErr(SysRng));
            self.send(&open)?;
            let until = Instant::now() + FIRST;
            while let Some(frame) = self.next(until)? {
                if let (Kind::Ended, [code]) = (frame.kind, frame.body.as_slice())
                    && let Some(refusal @ (Refusal::NotProvisioned | Refusal::NotSupported)) = Refusal::of_code(*code)
                {
                    return Err(self.refused(refusal));
                }
                match opening.answer(&frame, &RustCrypto) {
                    Ok(None) => {}
                    Ok(Some((session, confirm))) => {
                        self.send(&confirm)?;
                        self.session = Some(session);
                        return Ok(Some(()));
                    }
                    Err(LinkError::WrongKey) => return Ok(None),
                    Err(error) => return Err(self.broken(error)),
                }
            }
        }
        Err(self.silent())
    }

    /// Asks, in a session that is begun anew where the one before has ended.
    ///
    /// # Errors
    /// That there is no session, or that it broke. What the gate refuses is its answer.
    pub fn ask(&mut self, request: &Request) -> Result<Answer> {
        if self.session.is_none() {
            self.begin()?;
        }
        let mut answer = self.exchange(request);
        // The gate heard nothing for too long: it has done nothing of this, and is asked once more.
        if matches!(answer, Err(Broken::Ended)) {
            self.begin()?;
            answer = self.exchange(request);
        }
        answer.map_err(|broken| {
            self.session = None;
            match broken {
                Broken::Ended => self.broken(LinkError::Ended),
                Broken::Otherwise(error) => error,
            }
        })
    }

    fn exchange(&mut self, request: &Request) -> std::result::Result<Answer, Broken> {
        let sealed =
            self.session.as_mut().ok_or(LinkError::Ended).and_then(|session| session.seal(&request.to_cbor(), &RustCrypto));
        let frame = sealed.map_err(|error| self.broken(error))?;
        self.send(&frame)?;
        let until = Instant::now() + ANSWER;
        while let Some(frame) = self.next(until)? {
            match frame.kind {
                Kind::Data => {
                    let opened =
                        self.session.as_mut().ok_or(LinkError::Ended).and_then(|session| session.open(&frame, &RustCrypto));
                    let message = opened.map_err(|error| self.broken(error))?;
                    return Answer::from_cbor(&message).ok_or_else(|| self.broken(LinkError::Malformed).into());
                }
                Kind::Ended => {
                    return Err(match frame.body.first().and_then(|code| Refusal::of_code(*code)) {
                        None | Some(Refusal::SessionEnded) => Broken::Ended,
                        Some(refusal) => self.refused(refusal).into(),
                    });
                }
                _ => {}
            }
        }
        Err(self.silent().into())
    }

    /// Asks for something that is only done.
    ///
    /// # Errors
    /// Those of [`Self::ask`], and why it was not done.
    pub fn order(&mut self, request: &Request) -> Result<()> {
        self.ask_for(request, |answer| matches!(answer, Answer::Done).then_some(()))
    }

    /// Asks, and takes one kind of answer.
    ///
    /// # Errors
    /// Those of [`Self::ask`], and why there is no such answer.
    pub fn ask_for<T>(&mut self, request: &Request, take: impl FnOnce(Answer) -> Option<T>) -> Result<T> {
        match self.ask(request)? {
            Answer::Refused(refusal) => Err(self.refused(refusal)),
            answer => take(answer).ok_or_else(|| self.broken(LinkError::Malformed)),
        }
    }

    /// What a gate's refusal is to the user.
    pub fn refused(&self, refusal: Refusal) -> Error {
        let error = match refusal {
            Refusal::NotProvisioned => Error::card("gate-not-provisioned"),
            Refusal::WrongKey => Error::card("gate-wrong-key"),
            Refusal::JumperMissing => Error::card("gate-jumper-missing"),
            Refusal::UsedUp => Error::card("gate-used-up"),
            Refusal::OtherDevice => Error::card("gate-other-device"),
            Refusal::NotSupported => Error::card("gate-not-supported"),
            _ => Error::card("gate-refused").with("cause", refusal),
        };
        error.with("device", self.name.display())
    }

    fn silent(&self) -> Error {
        Error::card("gate-silent").with("device", self.name.display())
    }

    fn broken(&self, error: LinkError) -> Error {
        Error::card("gate-link-broken").with("device", self.name.display()).with("cause", error)
    }

    /// The next frame that comes until then.
    fn next(&mut self, until: Instant) -> Result<Option<Frame>> {
        let mut buffer = [0; 1024];
        loop {
            if let Some(frame) = self.came.pop_front() {
                return Ok(Some(frame));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            if !serial_port::is_ready(&self.port, left).map_err(|cause| serial_port::unusable(&self.name, &cause))? {
                return Ok(None);
            }
            match self.port.read(&mut buffer) {
                Ok(0) => return Err(serial_port::gone(&self.name)),
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    self.came.extend(bytes.iter().filter_map(|byte| self.reader.push(*byte)));
                }
                Err(cause) if matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => return Err(serial_port::gone(&self.name)),
            }
        }
    }

    fn send(&mut self, frame: &Frame) -> Result<()> {
        let bytes = frame.to_wire();
        let mut rest = bytes.as_slice();
        let until = Instant::now() + SENDING;
        while !rest.is_empty() {
            match self.port.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                // The wire takes its time: 115,200 bauds are eleven bytes a millisecond.
                Err(cause) if cause.kind() == ErrorKind::WouldBlock && Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(cause) if cause.kind() == ErrorKind::WouldBlock => return Err(self.silent()),
                Err(_) => return Err(serial_port::gone(&self.name)),
            }
        }
        Ok(())
    }
}

/// Why there is no answer.
enum Broken {
    /// The gate has no such session.
    Ended,
    /// Another failure.
    Otherwise(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Otherwise(error)
    }
}

impl Drop for GateLink {
    /// The gate is a gate again at once, and not only when it has heard nothing for a while.
    fn drop(&mut self) {
        let closing = self.session.as_mut().and_then(|session| session.seal(&Request::Close.to_cbor(), &RustCrypto).ok());
        if let Some(frame) = closing
            && self.send(&frame).is_ok()
        {
            // Until it has said so: a port that is closed may drop what it has not sent.
            let _ = self.next(Instant::now() + Duration::from_secs(1));
        }
    }
}
