//! ISO/IEC 9796-2 digital signature scheme 1, as active authentication with RSA uses it (ICAO 9303-11 §6.1.2.2): the signature gives
//! back a nonce of the chip, and the hash covers that nonce and the terminal's challenge.

#[cfg(all(test, feature = "rustcrypto"))]
mod tests;

use alloc::vec;
use alloc::vec::Vec;

use super::{CryptoError, Digest, DigestAlgorithm, Provider, RsaPublicKey};
use crate::tlv::asn1::strip_zeros;

/// Header of a signature with partial recovery, whose recoverable part fills its capacity. ICAO has no other: total recovery would
/// not cover the challenge.
const HEADER: u8 = 0x6A;
/// How many leading zeros a chip may have dropped; a signature that lacks more was cut on its way.
const DROPPED_ZEROS: usize = 2;

/// What a signature gives back: `6A ‖ M1 ‖ hash ‖ trailer`, every byte accounted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The hash that the trailer names.
    pub digest_algorithm: DigestAlgorithm,
    /// The recoverable part of the message: the chip's nonce.
    pub m1: Vec<u8>,
    /// The hash over `M1 ‖ challenge`.
    pub digest: Digest,
}

impl Recovered {
    /// Opens a signature. Both ways of making one are read: with the smaller of the two roots (annex B.4), and plain (annex B.6).
    ///
    /// # Errors
    /// [`CryptoError::Length`] where the signature is of another length than the modulus; [`CryptoError::SignatureInvalid`] where what
    /// is recovered is not as the standard says.
    pub fn open(provider: &dyn Provider, key: &RsaPublicKey, signature: &[u8]) -> Result<Self, CryptoError> {
        let width = key.modulus().len();
        let significant = strip_zeros(signature);
        if signature.len() + DROPPED_ZEROS < width || significant.len() > width {
            return Err(CryptoError::Length);
        }
        let padded = [&vec![0; width - significant.len()], significant].concat();
        let opened = provider.rsa_public_operation(key, &padded)?;
        // Either root ends in the nibble C of its trailer; the modulus is odd, so that only one can.
        let representative = match opened.last() {
            Some(last) if last & 0x0F == 0x0C => opened,
            _ => difference(key.modulus(), &opened),
        };
        Self::read(&representative).ok_or(CryptoError::SignatureInvalid)
    }

    fn read(representative: &[u8]) -> Option<Self> {
        let (header, rest) = representative.split_first()?;
        let (digest_algorithm, body) = match rest {
            [body @ .., 0xBC] | [body @ .., 0x33, 0xCC] => (DigestAlgorithm::Sha1, body),
            [body @ .., 0x34, 0xCC] => (DigestAlgorithm::Sha256, body),
            [body @ .., 0x35, 0xCC] => (DigestAlgorithm::Sha512, body),
            [body @ .., 0x36, 0xCC] => (DigestAlgorithm::Sha384, body),
            [body @ .., 0x38, 0xCC] => (DigestAlgorithm::Sha224, body),
            _ => return None,
        };
        let (m1, digest) = body.split_at_checked(body.len().checked_sub(digest_algorithm.output_len())?)?;
        (*header == HEADER).then_some(Self { digest_algorithm, m1: m1.to_vec(), digest: Digest::new(digest)? })
    }

    /// Checks that the chip signed this challenge.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] where the hash is another.
    pub fn verify(&self, provider: &dyn Provider, challenge: &[u8]) -> Result<(), CryptoError> {
        let expected = provider.digest(self.digest_algorithm, &[&self.m1, challenge]);
        if expected == self.digest { Ok(()) } else { Err(CryptoError::SignatureInvalid) }
    }
}

/// `minuend − subtrahend` of two numbers of one width, the first being the larger.
fn difference(minuend: &[u8], subtrahend: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut octets: Vec<u8> = minuend
        .iter()
        .zip(subtrahend)
        .rev()
        .map(|(minuend, subtrahend)| {
            let (without, under) = minuend.overflowing_sub(*subtrahend);
            let (octet, under_borrow) = without.overflowing_sub(u8::from(borrow));
            borrow = under || under_borrow;
            octet
        })
        .collect();
    octets.reverse();
    octets
}
