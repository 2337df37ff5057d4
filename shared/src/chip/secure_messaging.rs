//! Secure messaging (ICAO 9303-11 §9.8): commands go out encrypted and under a MAC, and data of an answer exist only under a valid one.
//!
//! The send sequence counter rises before every command and before every answer. An answer without protection yields nothing:
//! [`Unprotected`](Violation::Unprotected) says that it was one, and whoever repeats READ BINARY for it first calls
//! [`SecureMessaging::retract`] (`attacks.md` 23).

use alloc::vec;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::apdu::{Command, Response, StatusWord};
use super::key_derivation::SessionKeys;
use crate::crypto::{Cipher, CryptoError, Provider};
use crate::tlv::{Cursor, Rules, Tag};

/// CLA bits 3 and 4: secure messaging with an authenticated header (ISO 7816-4 §5.4.1).
const PROTECTED: u8 = 0x0C;
const MAC_LEN: usize = 8;
const ENCRYPTED: Tag = Tag(0x87);
const ENCRYPTED_ODD: Tag = Tag(0x85);
const EXPECTED_LENGTH: u8 = 0x97;
const STATUS: Tag = Tag(0x99);
const MAC: Tag = Tag(0x8E);
/// Padding-content indicator of DO 87: padded by method 2.
const PADDED: u8 = 0x01;

/// What an answer under secure messaging breaks. Nothing of such an answer is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// A bare status word.
    #[error("a bare status: {0}")]
    Unprotected(StatusWord),
    /// Data that are not made of data objects, or objects that do not belong there.
    #[error("the data objects are malformed")]
    Malformed,
    /// DO 8E is missing.
    #[error("the MAC is missing")]
    MacMissing,
    /// DO 8E does not hold.
    #[error("the MAC is wrong")]
    MacWrong,
    /// DO 99 is missing, or differs from the status word outside.
    #[error("the protected status is missing or another")]
    Status,
    /// The padding inside the cryptogram is wrong.
    #[error("the padding is wrong")]
    Padding,
    /// The cipher refused.
    #[error("{0}")]
    Cipher(CryptoError),
}

impl From<CryptoError> for Violation {
    fn from(error: CryptoError) -> Self {
        Self::Cipher(error)
    }
}

/// A session's keys and its send sequence counter. Wiped when dropped; no `Debug`, no `Clone`.
pub struct SecureMessaging {
    keys: SessionKeys,
    /// As wide as a block; the octets behind are not used.
    counter: [u8; 16],
    /// The counter before the last command.
    before: [u8; 16],
    confirmed: bool,
}

impl Drop for SecureMessaging {
    fn drop(&mut self) {
        self.counter.zeroize();
        self.before.zeroize();
    }
}

impl SecureMessaging {
    /// A session whose counter begins at zero: after PACE and after chip authentication (§9.8.2).
    pub fn new(keys: SessionKeys) -> Self {
        Self { keys, counter: [0; 16], before: [0; 16], confirmed: false }
    }

    /// A 3DES session with the counter that BAC makes from the two challenges (§9.8.6.3).
    pub fn with_counter(keys: SessionKeys, start: [u8; 8]) -> Self {
        let mut session = Self::new(keys);
        if let Some(octets) = session.counter.first_chunk_mut() {
            *octets = start;
        }
        session
    }

    /// The session's cipher.
    pub fn cipher(&self) -> Cipher {
        self.keys.cipher
    }

    /// Whether the chip has answered under these keys: it has them too.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// How many bytes of data an answer can hold if it may be `answer` octets long in all, status word included.
    pub fn capacity(cipher: Cipher, answer: usize) -> usize {
        // DO 99 takes 4 octets, DO 8E 10, the status word 2; DO 87 its tag, its length and the indicator. Padding takes one at least.
        let cryptogram_header = if answer <= 2 + 4 + 10 + 3 + 127 {
            3
        } else if answer <= 2 + 4 + 10 + 4 + 255 {
            4
        } else {
            5
        };
        let blocks = answer.saturating_sub(2 + 4 + 10 + cryptogram_header) / cipher.block_len();
        (blocks * cipher.block_len()).saturating_sub(1)
    }

    fn counter(&self) -> &[u8] {
        self.counter.get(..self.cipher().block_len()).unwrap_or_default()
    }

    fn count(&mut self) {
        let width = self.cipher().block_len();
        for octet in self.counter.iter_mut().take(width).rev() {
            *octet = octet.wrapping_add(1);
            if *octet != 0 {
                break;
            }
        }
    }

    /// Takes the last command back: the chip answered without protection and has not counted it.
    pub fn retract(&mut self) {
        self.counter = self.before;
    }

    /// The protected command.
    ///
    /// # Errors
    /// [`Violation::Cipher`] where the provider refuses.
    pub fn protect(&mut self, provider: &dyn Provider, command: &Command) -> Result<Command, Violation> {
        self.before = self.counter;
        self.count();
        let mut header = command.header();
        if let Some(class) = header.first_mut() {
            *class |= PROTECTED;
        }
        let mut objects = Vec::new();
        if !command.data.is_empty() {
            let cryptogram = self.encrypt(provider, &command.data)?;
            // Odd instructions carry BER-TLV, whose object has no padding indicator (ISO 7816-4 table 49).
            if command.instruction & 1 == 0 {
                append(&mut objects, ENCRYPTED, &[&[PADDED], cryptogram.as_slice()]);
            } else {
                append(&mut objects, ENCRYPTED_ODD, &[&cryptogram]);
            }
        }
        if let Some(expected) = command.expected {
            let le = u16::try_from(expected % 65_536).unwrap_or(0).to_be_bytes();
            match le {
                // 256 is 00 in one octet; in a command of extended length Le has two (§9.8.4).
                [_, low] if !command.is_extended() => objects.extend([EXPECTED_LENGTH, 1, low]),
                [high, low] => objects.extend([EXPECTED_LENGTH, 2, high, low]),
            }
        }
        let mac = self.checksum(provider, &pad(&header, self.cipher().block_len()), &objects)?;
        append(&mut objects, MAC, &[&mac]);
        let [class, ..] = header;
        let expected = if command.is_extended() || objects.len() > 255 { 65_536 } else { 256 };
        Ok(Command { class, data: objects, expected: Some(expected), ..command.clone() })
    }

    /// The answer inside a protected one, after its MAC has been checked.
    ///
    /// # Errors
    /// The rule that the answer breaks. [`Violation::Unprotected`] leaves the counter where [`SecureMessaging::protect`] put it; after
    /// any other the session must end.
    pub fn unprotect(&mut self, provider: &dyn Provider, answer: &Response) -> Result<Response, Violation> {
        if answer.data.is_empty() {
            return Err(Violation::Unprotected(answer.status));
        }
        self.count();
        let mut cryptogram = None;
        let mut status = None;
        let mut mac = None;
        let mut covered = 0;
        for object in Cursor::new(&answer.data, Rules::Ber) {
            let object = object.map_err(|_| Violation::Malformed)?;
            match object.tag {
                // The MAC covers what stands before it, so that nothing may follow.
                _ if mac.is_some() => return Err(Violation::Malformed),
                ENCRYPTED | ENCRYPTED_ODD if cryptogram.is_none() => cryptogram = Some((object.tag, object.value)),
                STATUS if status.is_none() => status = Some(object.value),
                MAC => {
                    covered = object.position;
                    mac = Some(object.value);
                }
                _ => return Err(Violation::Malformed),
            }
        }
        let mac = mac.ok_or(Violation::MacMissing)?;
        let expected = self.checksum(provider, &[], answer.data.get(..covered).unwrap_or_default())?;
        if !bool::from(expected.as_slice().ct_eq(mac)) {
            return Err(Violation::MacWrong);
        }
        self.confirmed = true;
        let status = <[u8; 2]>::try_from(status.ok_or(Violation::Status)?).map_err(|_| Violation::Status)?;
        let status = StatusWord(u16::from_be_bytes(status));
        if status != answer.status {
            return Err(Violation::Status);
        }
        let data = match cryptogram {
            None => Vec::new(),
            Some((ENCRYPTED, [PADDED, octets @ ..])) | Some((ENCRYPTED_ODD, octets)) => self.decrypt(provider, octets)?,
            Some(_) => return Err(Violation::Malformed),
        };
        Ok(Response { data, status })
    }

    /// AES begins each message with the encrypted counter (§9.8.7.1), 3DES with zeros (§9.8.6.1).
    fn initial_vector(&self, provider: &dyn Provider) -> Result<Vec<u8>, CryptoError> {
        let mut vector = vec![0; self.cipher().block_len()];
        if self.cipher() != Cipher::TripleDes {
            let zeros = vector.clone();
            vector.copy_from_slice(self.counter());
            provider.cbc_encrypt(self.cipher(), &self.keys.encryption, &zeros, &mut vector)?;
        }
        Ok(vector)
    }

    fn encrypt(&self, provider: &dyn Provider, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut octets = pad(data, self.cipher().block_len());
        provider.cbc_encrypt(self.cipher(), &self.keys.encryption, &self.initial_vector(provider)?, &mut octets)?;
        Ok(octets)
    }

    fn decrypt(&self, provider: &dyn Provider, cryptogram: &[u8]) -> Result<Vec<u8>, Violation> {
        let block = self.cipher().block_len();
        if cryptogram.is_empty() || !cryptogram.len().is_multiple_of(block) {
            return Err(Violation::Malformed);
        }
        let mut octets = cryptogram.to_vec();
        provider.cbc_decrypt(self.cipher(), &self.keys.encryption, &self.initial_vector(provider)?, &mut octets)?;
        let end = octets.iter().rposition(|&octet| octet != 0).ok_or(Violation::Padding)?;
        if octets.get(end) != Some(&0x80) || octets.len() - end > block {
            return Err(Violation::Padding);
        }
        octets.truncate(end);
        Ok(octets)
    }

    /// MAC over counter ‖ padded header ‖ padded objects (§9.8.6.2, §9.8.7.2).
    fn checksum(&self, provider: &dyn Provider, header: &[u8], objects: &[u8]) -> Result<[u8; MAC_LEN], CryptoError> {
        let mut message = self.counter().to_vec();
        message.extend_from_slice(header);
        if !objects.is_empty() {
            message.extend(pad(objects, self.cipher().block_len()));
        }
        provider.mac(self.cipher(), &self.keys.mac, &message)
    }
}

/// Padding method 2 of ISO 9797-1: 80, then zeros to whole blocks.
pub(super) fn pad(data: &[u8], block: usize) -> Vec<u8> {
    let mut octets = data.to_vec();
    octets.push(0x80);
    octets.resize(octets.len().next_multiple_of(block), 0);
    octets
}

/// Appends a data object with its length in DER form.
pub(super) fn append(objects: &mut Vec<u8>, tag: Tag, parts: &[&[u8]]) {
    let [.., second, first] = tag.0.to_be_bytes();
    objects.extend((second != 0).then_some(second));
    objects.push(first);
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let octets = length.to_be_bytes();
    let significant = octets.iter().skip_while(|&&octet| octet == 0).copied();
    if length >= 0x80 {
        let count = significant.clone().count();
        objects.push(0x80 | u8::try_from(count).unwrap_or(0));
        objects.extend(significant);
    } else {
        objects.extend(octets.last());
    }
    for part in parts {
        objects.extend_from_slice(part);
    }
}

#[cfg(all(test, feature = "desk"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
