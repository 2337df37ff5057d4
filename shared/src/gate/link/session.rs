//! Messages of one session, sealed and in order.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::framing::{Frame, Kind};
use super::{COUNTER, LONGEST_MESSAGE, LinkError};
use crate::crypto::Provider;
use crate::crypto::hmac::{expand, hmac_sha256};

/// Keys that follow from the link's key and both nonces.
pub(super) struct Secrets {
    pub(super) proof_of_gate: Zeroizing<[u8; 32]>,
    pub(super) proof_of_desk: Zeroizing<[u8; 32]>,
    to_gate: Zeroizing<[u8; 32]>,
    to_desk: Zeroizing<[u8; 32]>,
}

impl Secrets {
    pub(super) fn derive(key: &[u8; 32], desk: &[u8; 32], gate: &[u8; 32], provider: &dyn Provider) -> Self {
        let salt = [*desk, *gate];
        let pseudorandom = hmac_sha256(salt.as_flattened(), &[key], provider);
        let of = |purpose: &str| expand(&pseudorandom, purpose, &[], provider);
        let proof = |purpose: &str, who: &[u8]| hmac_sha256(of(purpose).as_slice(), &[who, desk, gate], provider);
        Self {
            proof_of_gate: proof("soat link 1 proof of the gate", b"gate"),
            proof_of_desk: proof("soat link 1 proof of the desk", b"desk"),
            to_gate: of("soat link 1 to the gate"),
            to_desk: of("soat link 1 to the desk"),
        }
    }
}

/// One way of a session.
struct Way {
    key: Zeroizing<[u8; 32]>,
    /// The number of the next message. `None` where all were used.
    next: Option<u64>,
}

/// A session in which both sides have proven the key. Once something is wrong with it, it is at its end.
pub struct Session {
    outgoing: Way,
    incoming: Way,
    has_ended: bool,
}

opaque_debug!(Session);

impl Session {
    pub(super) fn of_desk(secrets: Secrets) -> Self {
        Self::of(secrets.to_gate, secrets.to_desk)
    }

    pub(super) fn of_gate(secrets: Secrets) -> Self {
        Self::of(secrets.to_desk, secrets.to_gate)
    }

    fn of(outgoing: Zeroizing<[u8; 32]>, incoming: Zeroizing<[u8; 32]>) -> Self {
        let way = |key| Way { key, next: Some(0) };
        Self { outgoing: way(outgoing), incoming: way(incoming), has_ended: false }
    }

    /// The frame of the next message.
    ///
    /// # Errors
    /// [`LinkError::TooLong`], after which the session goes on; [`LinkError::CounterEnd`] and [`LinkError::Ended`].
    pub fn seal(&mut self, message: &[u8], provider: &dyn Provider) -> Result<Frame, LinkError> {
        if self.has_ended {
            return Err(LinkError::Ended);
        }
        if message.len() > LONGEST_MESSAGE {
            return Err(LinkError::TooLong);
        }
        let number = self.outgoing.next.ok_or(LinkError::CounterEnd);
        let number = number.inspect_err(|_| self.has_ended = true)?;
        self.outgoing.next = number.checked_add(1);
        let counter = number.to_be_bytes();
        let mut sealed = message.to_vec();
        let done = provider.ccm_seal(&self.outgoing.key, &nonce(counter), &head(counter), &mut sealed);
        done.map_err(|_| LinkError::TooLong)?;
        Ok(Frame { kind: Kind::Data, body: [counter.as_slice(), &sealed].concat() })
    }

    /// The message of a frame of kind [`Kind::Data`].
    ///
    /// # Errors
    /// What is wrong with it; the session has ended with it.
    pub fn open(&mut self, frame: &Frame, provider: &dyn Provider) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        if self.has_ended {
            return Err(LinkError::Ended);
        }
        let opened = self.open_next(frame, provider);
        self.has_ended = opened.is_err();
        opened
    }

    fn open_next(&mut self, frame: &Frame, provider: &dyn Provider) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        if frame.kind != Kind::Data {
            return Err(LinkError::Malformed);
        }
        let next = self.incoming.next.ok_or(LinkError::CounterEnd)?;
        let (counter, sealed) = frame.body.split_first_chunk::<COUNTER>().ok_or(LinkError::Malformed)?;
        match u64::from_be_bytes(*counter) {
            number if number < next => return Err(LinkError::Replayed),
            number if number > next => return Err(LinkError::Missing),
            _ => {}
        }
        let mut message = Zeroizing::new(sealed.to_vec());
        let opened = provider.ccm_open(&self.incoming.key, &nonce(*counter), &head(*counter), &mut message);
        opened.map_err(|_| LinkError::Altered)?;
        self.incoming.next = next.checked_add(1);
        Ok(message)
    }

    /// Whether it is at its end.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// A session that has seen almost all of its messages.
    #[cfg(test)]
    pub(super) fn near_its_end(mut self, left: u64) -> Self {
        for way in [&mut self.outgoing, &mut self.incoming] {
            way.next = Some(u64::MAX - left);
        }
        self
    }
}

/// The nonce of a message: its number. A key serves one way of one session.
fn nonce(counter: [u8; COUNTER]) -> [u8; 13] {
    let mut nonce = [0; 13];
    nonce.iter_mut().skip(13 - COUNTER).zip(counter).for_each(|(place, byte)| *place = byte);
    nonce
}

/// What is authenticated beside the message.
fn head(counter: [u8; COUNTER]) -> [u8; 1 + COUNTER] {
    let mut head = [Kind::Data.byte(); 1 + COUNTER];
    head.iter_mut().skip(1).zip(counter).for_each(|(place, byte)| *place = byte);
    head
}
