//! How a session begins, on both sides.

use alloc::vec::Vec;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::framing::{Frame, Kind};
use super::session::{Secrets, Session};
use super::{LinkError, LinkKey, VERSION};
use crate::crypto::Provider;

const NONCE: usize = 32;

fn nonce(rng: &mut dyn CryptoRng) -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    nonce
}

/// The desk's side: it has sent its nonce, and waits for the gate's.
pub struct Opening {
    key: LinkKey,
    nonce: [u8; NONCE],
}

impl Opening {
    /// Begins; the frame goes to the gate.
    pub fn begin(key: &LinkKey, rng: &mut dyn CryptoRng) -> (Self, Frame) {
        let nonce = nonce(rng);
        let body = [&[VERSION][..], &nonce].concat();
        (Self { key: key.clone(), nonce }, Frame { kind: Kind::Open, body })
    }

    /// Takes a frame from the gate. `None` for one that does not answer this opening; else the session, and the frame that goes to the
    /// gate before all others.
    ///
    /// # Errors
    /// [`LinkError::WrongKey`], [`LinkError::Malformed`]
    pub fn answer(&self, frame: &Frame, provider: &dyn Provider) -> Result<Option<(Session, Frame)>, LinkError> {
        if frame.kind != Kind::Challenge {
            return Ok(None);
        }
        let (own, rest) = frame.body.split_first_chunk::<NONCE>().ok_or(LinkError::Malformed)?;
        let (gate, proof) = rest.split_first_chunk::<NONCE>().ok_or(LinkError::Malformed)?;
        if *own != self.nonce {
            return Ok(None);
        }
        let secrets = Secrets::derive(self.key.expose(), &self.nonce, gate, provider);
        if !bool::from(secrets.proof_of_gate.as_slice().ct_eq(proof)) {
            return Err(LinkError::WrongKey);
        }
        let confirm = Frame { kind: Kind::Confirm, body: secrets.proof_of_desk.to_vec() };
        Ok(Some((Session::of_desk(secrets), confirm)))
    }
}

/// What a frame was to the gate.
pub enum Received {
    /// Nothing that concerns it.
    Nothing,
    /// Somebody asks who it is.
    Asked,
    /// This goes back to the desk.
    Reply(Frame),
    /// The desk has proven the key; the session before it, if there was one, is over.
    Opened,
    /// A message of the session.
    Message(Zeroizing<Vec<u8>>),
    /// The session, or the beginning of one, has ended so.
    Ended(LinkError),
    /// A sealed provisioning.
    Provision(Vec<u8>),
}

/// The gate's side.
#[derive(Default)]
pub struct Responder {
    /// Keys of a session whose desk has yet to prove that it has the link's.
    challenged: Option<Secrets>,
    session: Option<Session>,
}

impl Responder {
    /// Takes a frame. A gate without a key opens no session. A session lasts until another desk has proven the key.
    pub fn receive(&mut self, frame: Frame, key: Option<&LinkKey>, rng: &mut dyn CryptoRng, provider: &dyn Provider) -> Received {
        match frame.kind {
            Kind::Ask => Received::Asked,
            Kind::Provision => Received::Provision(frame.body),
            Kind::Open => match key.map(|key| self.challenge(&frame.body, key, rng, provider)) {
                Some(Ok(challenge)) => Received::Reply(challenge),
                Some(Err(error)) => Received::Ended(error),
                None => Received::Ended(LinkError::WrongKey),
            },
            Kind::Confirm => {
                let Some(secrets) = self.challenged.take() else { return Received::Nothing };
                if !bool::from(secrets.proof_of_desk.as_slice().ct_eq(&frame.body)) {
                    return Received::Ended(LinkError::WrongKey);
                }
                self.session = Some(Session::of_gate(secrets));
                Received::Opened
            }
            Kind::Data => {
                let Some(session) = &mut self.session else { return Received::Ended(LinkError::Ended) };
                match session.open(&frame, provider) {
                    Ok(message) => Received::Message(message),
                    Err(error) => {
                        self.session = None;
                        Received::Ended(error)
                    }
                }
            }
            Kind::Hello | Kind::Challenge | Kind::Ended => Received::Nothing,
        }
    }

    fn challenge(
        &mut self,
        body: &[u8],
        key: &LinkKey,
        rng: &mut dyn CryptoRng,
        provider: &dyn Provider,
    ) -> Result<Frame, LinkError> {
        let (version, desk) = body.split_first().ok_or(LinkError::Malformed)?;
        if *version != VERSION {
            return Err(LinkError::Version(*version));
        }
        let desk: &[u8; NONCE] = desk.try_into().map_err(|_| LinkError::Malformed)?;
        let own = nonce(rng);
        let secrets = Secrets::derive(key.expose(), desk, &own, provider);
        let body = [desk.as_slice(), &own, secrets.proof_of_gate.as_slice()].concat();
        self.challenged = Some(secrets);
        Ok(Frame { kind: Kind::Challenge, body })
    }

    /// The frame of the next message to the desk.
    ///
    /// # Errors
    /// [`LinkError::Ended`] where there is no session; otherwise those of [`Session::seal`].
    pub fn seal(&mut self, message: &[u8], provider: &dyn Provider) -> Result<Frame, LinkError> {
        self.session.as_mut().ok_or(LinkError::Ended)?.seal(message, provider)
    }

    /// Whether there is a session.
    pub fn is_open(&self) -> bool {
        self.session.is_some()
    }

    /// Ends the session.
    pub fn end(&mut self) {
        self.session = None;
        self.challenged = None;
    }
}
