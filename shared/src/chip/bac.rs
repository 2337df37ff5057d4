//! Basic access control (ICAO 9303-11 §4.3).

use alloc::vec::Vec;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::access_key::MrzKey;
use super::apdu::Command;
use super::error::{Incompatibility, Misbehaviour, Protocol, ReadError};
use super::exchange::Exchange;
use super::key_derivation::{SessionKeys, document_keys};
use super::secure_messaging::{SecureMessaging, pad};
use crate::crypto::{Cipher, CryptoError};

const CHALLENGE_LEN: usize = 8;
const KEY_LEN: usize = 16;
const MAC_LEN: usize = 8;
/// RND ‖ RND ‖ K, encrypted.
const TOKEN_LEN: usize = 2 * CHALLENGE_LEN + KEY_LEN;

/// Opens the chip with the key of the MRZ and begins the session. The application must be selected.
///
/// # Errors
/// [`Incompatibility::BacNotOffered`] where the chip gives no challenge; [`ReadError::AccessDenied`] where it refuses the answer, which
/// is sent once (`attacks.md` 24); [`ReadError::CardMisbehaved`] where the chip does not know the key itself.
pub fn open(exchange: &mut Exchange<'_>, key: &MrzKey, rng: &mut dyn CryptoRng) -> Result<(), ReadError> {
    let provider = exchange.provider();
    let get_challenge = Command::new(0x00, 0x84, [0, 0]).with_expected(CHALLENGE_LEN);
    let response = exchange.send(get_challenge)?;
    if !response.status.is_ok() {
        return Err(ReadError::CardIncompatible(Incompatibility::BacNotOffered(response.status)));
    }
    let chip_challenge = <[u8; CHALLENGE_LEN]>::try_from(response.data.as_slice())
        .map_err(|_| exchange.misbehaved(Misbehaviour::Malformed("a challenge is 8 bytes")))?;

    let mut own_challenge = [0; CHALLENGE_LEN];
    rng.fill_bytes(&mut own_challenge);
    let mut own_key = Zeroizing::new([0; KEY_LEN]);
    rng.fill_bytes(own_key.as_mut_slice());

    let document = document_keys(provider, key);
    let crypto = |error: CryptoError| ReadError::CardIncompatible(Incompatibility::Crypto(error));
    let mut token = Zeroizing::new([own_challenge.as_slice(), &chip_challenge, own_key.as_slice()].concat());
    provider.cbc_encrypt(Cipher::TripleDes, &document.encryption, &[0; 8], &mut token).map_err(crypto)?;
    let mac = provider.mac(Cipher::TripleDes, &document.mac, &pad(&token, 8)).map_err(crypto)?;

    let authenticate =
        Command::new(0x00, 0x82, [0, 0]).with_data([token.as_slice(), &mac].concat()).with_expected(TOKEN_LEN + MAC_LEN);
    let response = exchange.send(authenticate)?;
    if !response.status.is_ok() {
        return Err(ReadError::AccessDenied { protocol: Protocol::Bac, tries_left: response.status.tries_left() });
    }
    let (cryptogram, chip_mac) = response
        .data
        .split_at_checked(TOKEN_LEN)
        .filter(|(_, mac)| mac.len() == MAC_LEN)
        .ok_or_else(|| exchange.misbehaved(Misbehaviour::Malformed("the answer to EXTERNAL AUTHENTICATE is 40 bytes")))?;
    let expected = provider.mac(Cipher::TripleDes, &document.mac, &pad(cryptogram, 8)).map_err(crypto)?;
    if !bool::from(expected.as_slice().ct_eq(chip_mac)) {
        return Err(exchange.misbehaved(Misbehaviour::Proof));
    }
    let mut opened = Zeroizing::new(cryptogram.to_vec());
    provider.cbc_decrypt(Cipher::TripleDes, &document.encryption, &[0; 8], &mut opened).map_err(crypto)?;
    let (challenges, chip_key) = opened.split_at_checked(2 * CHALLENGE_LEN).unwrap_or_default();
    let echoed = [chip_challenge, own_challenge].concat();
    if !bool::from(challenges.ct_eq(&echoed)) {
        return Err(exchange.misbehaved(Misbehaviour::Proof));
    }

    let seed: Zeroizing<Vec<u8>> = Zeroizing::new(own_key.iter().zip(chip_key).map(|(own, chip)| own ^ chip).collect());
    // The last four bytes of each challenge, the chip's first (§9.8.6.3).
    let mut counter = [0; 8];
    let halves = chip_challenge.iter().skip(4).chain(own_challenge.iter().skip(4));
    for (octet, half) in counter.iter_mut().zip(halves) {
        *octet = *half;
    }
    exchange.protect(SecureMessaging::with_counter(SessionKeys::derive(provider, Cipher::TripleDes, &seed), counter));
    Ok(())
}

#[cfg(all(test, feature = "desk"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
