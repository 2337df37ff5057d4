//! Active authentication: INTERNAL AUTHENTICATE over the terminal's challenge (ICAO 9303-11 §6.1).

use num_bigint::BigUint;

use super::apdu::{Answer, Command, status};
use super::quirk::{Attack, SignatureForm};
use super::{Directory, VirtualChip};
use crate::curve::{Curve, fixed_width};
use crate::hash::Hash;
use crate::personalisation::ActiveAuthenticationKey;

impl VirtualChip {
    /// The signature over an 8-byte challenge.
    pub(super) fn internal_authenticate(&mut self, command: &Command) -> Result<Answer, u16> {
        let key = self.card.active_authentication.clone().ok_or(status::WRONG_INS)?;
        if self.power_cycle.directory != Directory::Application {
            return Err(status::CONDITIONS);
        }
        self.check_session()?;
        if command.p1_p2() != 0 {
            return Err(status::WRONG_P1_P2);
        }
        let Ok(mut challenge) = <[u8; 8]>::try_from(command.data.as_slice()) else {
            return Err(status::WRONG_LENGTH);
        };
        if command.ne.is_none() {
            return Err(status::WRONG_LENGTH);
        }
        if let Some(Attack::ReplayedSignature(recorded)) = self.quirks.attack {
            challenge = recorded;
        }
        let mut signature = self.sign(&key, &challenge).ok_or(status::NO_DIAGNOSIS)?;
        signature.truncate(self.quirks.signature_cut.unwrap_or(usize::MAX));
        Ok(Answer::ok(signature))
    }

    fn sign(&mut self, key: &ActiveAuthenticationKey, challenge: &[u8; 8]) -> Option<Vec<u8>> {
        let cloned = u8::from(self.quirks.attack == Some(Attack::Clone));
        match key {
            ActiveAuthenticationKey::Rsa { modulus, private_exponent, hash_bits } => {
                let exponent = private_exponent + cloned;
                self.sign_rsa(modulus, &exponent, Hash::of_bits(*hash_bits)?, challenge)
            }
            ActiveAuthenticationKey::Ecdsa { curve, private, hash_bits } => {
                let digest = Hash::of_bits(*hash_bits)?.digest(challenge);
                let signature = Curve::named(curve)?.sign(&(private + cloned), &digest);
                Some(match self.quirks.signature {
                    SignatureForm::Der => signature.to_der(),
                    _ => signature.to_plain(),
                })
            }
        }
    }

    /// ISO 9796-2 digital signature scheme 1 with partial recovery: F = 6A ‖ M1 ‖ H(M1 ‖ challenge) ‖ trailer (§6.1.2.2).
    fn sign_rsa(&mut self, modulus: &BigUint, exponent: &BigUint, hash: Hash, challenge: &[u8]) -> Option<Vec<u8>> {
        let trailer: &[u8] = match hash {
            Hash::Sha1 => &[0xBC],
            Hash::Sha224 => &[0x38, 0xCC],
            Hash::Sha256 => &[0x34, 0xCC],
            Hash::Sha384 => &[0x36, 0xCC],
            Hash::Sha512 => &[0x35, 0xCC],
        };
        // 33CC: SHA-1 by the numbers of ISO/IEC 10118-3, for whatever hash.
        let trailer = if self.quirks.attack == Some(Attack::WrongTrailer) { &[0x33, 0xCD] } else { trailer };
        let width = usize::try_from(modulus.bits().div_ceil(8)).ok()?;
        let nonce_len = width.checked_sub(1 + hash.len() + trailer.len())?;
        loop {
            let nonce = self.random.bytes(nonce_len);
            let digest = hash.digest(&[nonce.as_slice(), challenge].concat());
            let representative = [&[0x6A], nonce.as_slice(), &digest, trailer].concat();
            let mut signature = BigUint::from_bytes_be(&representative).modpow(exponent, modulus);
            if self.quirks.signature == SignatureForm::Smaller {
                signature = signature.clone().min(modulus - signature);
            }
            let signature = fixed_width(&signature, width);
            match self.quirks.signature {
                SignatureForm::LeadingZero | SignatureForm::LeadingZeroStripped if signature.first() != Some(&0) => {}
                SignatureForm::LeadingZeroStripped => {
                    return Some(signature.into_iter().skip_while(|byte| *byte == 0).collect());
                }
                _ => return Some(signature),
            }
        }
    }
}
