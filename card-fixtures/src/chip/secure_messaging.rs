//! Secure messaging from the chip's side (ICAO 9303-11 §9.8): order, padding and MAC are checked strictly.

use super::apdu::{Answer, Command, status};
use super::cipher::{Key, MAC_LEN, Purpose, pad, unpad};
use super::data_object::{encode, split_all};
use super::quirk::Forgery;
use crate::personalisation::Suite;

/// The protocol that made a session's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Basic access control.
    Bac,
    /// PACE.
    Pace,
    /// Chip authentication, after one of the others.
    ChipAuthentication,
}

/// Session keys and the send sequence counter.
#[derive(Clone)]
pub(super) struct Session {
    encryption: Key,
    mac: Key,
    counter: Vec<u8>,
    pub access: Access,
}

impl Session {
    /// Keys from a shared secret, the counter at zero (§9.8.6.3, §9.8.7.3).
    pub fn new(suite: Suite, secret: &[u8], access: Access) -> Session {
        Session::with_counter(suite, secret, access, vec![0; suite.block_len()])
    }

    /// As BAC starts it, with the counter out of the two challenges.
    pub fn with_counter(suite: Suite, secret: &[u8], access: Access, counter: Vec<u8>) -> Session {
        Session {
            encryption: Key::derive(suite, secret, Purpose::Encryption),
            mac: Key::derive(suite, secret, Purpose::Mac),
            counter,
            access,
        }
    }

    #[cfg(test)]
    pub fn keys(&self) -> (&[u8], &[u8]) {
        (self.encryption.bytes(), self.mac.bytes())
    }

    fn block_len(&self) -> usize {
        self.mac.suite().block_len()
    }

    fn count(&mut self) {
        for byte in self.counter.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    fn checksum(&self, padded_header: &[u8], objects: &[u8]) -> Vec<u8> {
        let mut datagram = self.counter.clone();
        datagram.extend(padded_header);
        if !objects.is_empty() {
            datagram.extend(pad(objects, self.block_len()));
        }
        self.mac.mac_of_padded(&datagram)
    }

    /// The command inside: `6987` where a data object is missing, `6988` where one is wrong.
    pub fn unprotect(&mut self, command: &Command) -> Result<Command, u16> {
        self.count();
        // The outer Le is 00, or 0000 in extended length (figure 5).
        if command.ne != Some(if command.extended { 65_536 } else { 256 }) {
            return Err(status::SM_OBJECT_WRONG);
        }
        let objects = split_all(&command.data).ok_or(status::SM_OBJECT_WRONG)?;
        let (checksum, others) = match objects.split_last() {
            Some(((0x8E, checksum), others)) => (*checksum, others),
            _ => return Err(status::SM_OBJECT_MISSING),
        };
        let cryptogram_tag = if command.ins & 1 == 0 { 0x87 } else { 0x85 };
        let (cryptogram, le) = match *others {
            [] => (None, None),
            [(0x97, le)] => (None, Some(le)),
            [(tag, cryptogram)] if tag == cryptogram_tag => (Some(cryptogram), None),
            [(tag, cryptogram), (0x97, le)] if tag == cryptogram_tag => (Some(cryptogram), Some(le)),
            _ => return Err(status::SM_OBJECT_WRONG),
        };
        let authenticated = command.data.get(..command.data.len().saturating_sub(MAC_LEN + 2)).unwrap_or_default();
        let padded_header = pad(&command.header(), self.block_len());
        if checksum != self.checksum(&padded_header, authenticated) {
            return Err(status::SM_OBJECT_WRONG);
        }
        let data = match cryptogram {
            Some(cryptogram) => self.decrypt(cryptogram_tag, cryptogram).ok_or(status::SM_OBJECT_WRONG)?,
            None => Vec::new(),
        };
        let ne = le.map(|le| expected(le, command.extended).ok_or(status::SM_OBJECT_WRONG)).transpose()?;
        Ok(Command { cla: command.cla & !0x0C, data, ne, extended: le.is_some_and(|le| le.len() == 2), ..*command })
    }

    fn decrypt(&self, tag: u16, cryptogram: &[u8]) -> Option<Vec<u8>> {
        let cryptogram = match (tag, cryptogram) {
            (0x87, [0x01, cryptogram @ ..]) => cryptogram,
            (0x85, cryptogram) => cryptogram,
            _ => return None,
        };
        let padded = self.encryption.decrypt(self.encryption.initial_vector(&self.counter), cryptogram)?;
        unpad(&padded, self.block_len()).filter(|data| !data.is_empty())
    }

    /// Counts for the answer; [`Session::protect`] may then be tried more than once.
    pub fn begin_answer(&mut self) {
        self.count();
    }

    /// The protected answer: `[87|85] 99 8E`, then the status word.
    pub fn protect(&self, ins: u8, answer: &Answer, forgery: Option<Forgery>) -> Vec<u8> {
        let mut objects = Vec::new();
        if !answer.data.is_empty() {
            let padded = pad(&answer.data, self.block_len());
            let encrypted = self.encryption.encrypt(self.encryption.initial_vector(&self.counter), &padded);
            if ins & 1 == 0 {
                objects.extend(encode(0x87, &[[0x01].as_slice(), &encrypted].concat()));
            } else {
                objects.extend(encode(0x85, &encrypted));
            }
        }
        match forgery {
            Some(Forgery::NoCryptogram) => objects.clear(),
            Some(Forgery::AlteredCryptogram) => flip_last(&mut objects),
            _ => {}
        }
        if forgery != Some(Forgery::NoStatus) {
            objects.extend(encode(0x99, &answer.status.to_be_bytes()));
        }
        let mut checksum = self.checksum(&[], &objects);
        match forgery {
            None | Some(Forgery::NoCryptogram | Forgery::AlteredCryptogram | Forgery::NoStatus) => {}
            Some(Forgery::Plain) => return answer.to_bytes(),
            Some(Forgery::BareStatus(status)) => return status.to_be_bytes().to_vec(),
            Some(Forgery::NoMac) => {
                objects.extend(answer.status.to_be_bytes());
                return objects;
            }
            Some(Forgery::WrongMac) => flip_last(&mut checksum),
            // Just before DO 99 ends the cryptogram.
            Some(Forgery::AlteredData) => {
                let end = objects.len().saturating_sub(4);
                flip_last(objects.get_mut(..end).unwrap_or_default());
            }
        }
        objects.extend(encode(0x8E, &checksum));
        objects.extend(answer.status.to_be_bytes());
        objects
    }
}

fn flip_last(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

/// Ne of DO 97: one byte, or two in extended length.
fn expected(le: &[u8], extended: bool) -> Option<usize> {
    match *le {
        [0] => Some(256),
        [le] => Some(usize::from(le)),
        [0, 0] if extended => Some(65_536),
        [high, low] if extended => Some(usize::from(u16::from_be_bytes([high, low]))),
        _ => None,
    }
}
