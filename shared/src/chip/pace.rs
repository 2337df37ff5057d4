//! Password authenticated connection establishment with elliptic curves and generic mapping (ICAO 9303-11 §4.4).
//!
//! Each step consumes the one before, so that none can be left out, and session keys come only out of the last.

mod variant;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::AccessKey;
use super::apdu::{Command, Response, StatusWord};
use super::error::{Incompatibility, Misbehaviour, Protocol, ReadError};
use super::exchange::Exchange;
use super::key_derivation::{Secret, SessionKeys, password_key};
use super::secure_messaging::{SecureMessaging, append, pad};
use crate::crypto::{Cipher, CryptoError, KeyPair};
use crate::tlv::{Cursor, Rules, Tag};

pub use variant::PaceVariant;
pub(super) use variant::cipher_strength;

/// Dynamic authentication data.
const DYNAMIC_DATA: Tag = Tag(0x7C);
const ENCRYPTED_NONCE: Tag = Tag(0x80);
const MAPPING_TERMINAL: Tag = Tag(0x81);
const MAPPING_CHIP: Tag = Tag(0x82);
const KEY_TERMINAL: Tag = Tag(0x83);
const KEY_CHIP: Tag = Tag(0x84);
const TOKEN_TERMINAL: Tag = Tag(0x85);
const TOKEN_CHIP: Tag = Tag(0x86);
/// Longest nonce that is taken: the chip chooses whole blocks, of the key's length or more (§4.4.3.3).
const NONCE_MAX: usize = 64;

/// Runs PACE and begins the session.
///
/// `ambiguous` says that the chip offers several domain parameters, so that MSE:Set AT must name one (§4.4.4.1).
///
/// # Errors
/// [`ReadError::AccessDenied`] where the chip refuses the token of step 4, or its own token is wrong: the password is not this card's,
/// and is not tried again. [`Incompatibility::PaceRefused`] where MSE:Set AT is refused with and without the parameter id.
/// [`ReadError::CardMisbehaved`] for anything that the chip does wrong in steps 1 to 3 (`attacks.md` 21 and 24).
pub fn open(
    exchange: &mut Exchange<'_>,
    variant: &PaceVariant,
    ambiguous: bool,
    password: &AccessKey,
    rng: &mut dyn CryptoRng,
) -> Result<(), ReadError> {
    let run = Selected::select(exchange, variant, ambiguous, password)?;
    let keys = run.nonce(exchange)?.map(exchange, rng)?.agree(exchange)?.authenticate(exchange)?;
    exchange.protect(SecureMessaging::new(keys));
    Ok(())
}

/// MSE:Set AT is done.
struct Selected<'a> {
    variant: &'a PaceVariant,
    password: &'a AccessKey,
}

/// Step 1 is done: the nonce is known, if the password is right.
struct Nonce<'a> {
    variant: &'a PaceVariant,
    nonce: Secret,
}

/// Step 2 is done: an ephemeral key pair on the mapped generator.
struct Mapped<'a> {
    variant: &'a PaceVariant,
    own: Box<dyn KeyPair>,
}

/// Step 3 is done: keys that only step 4 proves.
struct Agreed<'a> {
    variant: &'a PaceVariant,
    keys: SessionKeys,
    own: Vec<u8>,
    chip: Vec<u8>,
}

impl<'a> Selected<'a> {
    /// MSE:Set AT for mutual authentication (§4.4.4.1). Chips differ on tag 84: one retry with it or without (`quirks.md` 6).
    fn select(
        exchange: &mut Exchange<'_>,
        variant: &'a PaceVariant,
        ambiguous: bool,
        password: &'a AccessKey,
    ) -> Result<Self, ReadError> {
        let mut response = exchange.send(set_authentication_template(variant, password, ambiguous))?;
        if !accepted(response.status) {
            response = exchange.send(set_authentication_template(variant, password, !ambiguous))?;
            if accepted(response.status) {
                exchange.note("pace.parameter_reference");
            }
        }
        if !accepted(response.status) {
            return Err(ReadError::CardIncompatible(Incompatibility::PaceRefused(response.status)));
        }
        Ok(Self { variant, password })
    }

    /// Step 1: the encrypted nonce (§4.4.3.3).
    fn nonce(self, exchange: &mut Exchange<'_>) -> Result<Nonce<'a>, ReadError> {
        let cipher = self.variant.cipher;
        let response = general_authenticate(exchange, true, None)?;
        let encrypted = answered(exchange, &response, ENCRYPTED_NONCE)?;
        if encrypted.is_empty() || encrypted.len() > NONCE_MAX || !encrypted.len().is_multiple_of(cipher.block_len()) {
            return Err(exchange.misbehaved(Misbehaviour::Malformed("the length of the nonce")));
        }
        let mut nonce = Zeroizing::new(encrypted);
        let key = password_key(exchange.provider(), cipher, self.password);
        let zeros = vec![0; cipher.block_len()];
        exchange.provider().cbc_decrypt(cipher, &key, &zeros, &mut nonce).map_err(incompatible)?;
        Ok(Nonce { variant: self.variant, nonce })
    }
}

impl<'a> Nonce<'a> {
    /// Step 2: generic mapping (§4.4.3.3.1).
    fn map(self, exchange: &mut Exchange<'_>, rng: &mut dyn CryptoRng) -> Result<Mapped<'a>, ReadError> {
        let own = exchange.provider().generate_key_pair(self.variant.curve, rng).map_err(incompatible)?;
        let response = general_authenticate(exchange, true, Some((MAPPING_TERMINAL, own.public_key())))?;
        let chip = answered(exchange, &response, MAPPING_CHIP)?;
        differs(exchange, own.public_key(), &chip)?;
        let own = own.map_generic(&chip, &self.nonce, rng).map_err(|error| invalid_key(exchange, error))?;
        Ok(Mapped { variant: self.variant, own })
    }
}

impl<'a> Mapped<'a> {
    /// Step 3: key agreement on the mapped generator.
    fn agree(self, exchange: &mut Exchange<'_>) -> Result<Agreed<'a>, ReadError> {
        let response = general_authenticate(exchange, true, Some((KEY_TERMINAL, self.own.public_key())))?;
        let chip = answered(exchange, &response, KEY_CHIP)?;
        differs(exchange, self.own.public_key(), &chip)?;
        let secret = self.own.agree(&chip).map_err(|error| invalid_key(exchange, error))?;
        let keys = SessionKeys::derive(exchange.provider(), self.variant.cipher, &secret);
        Ok(Agreed { variant: self.variant, keys, own: self.own.public_key().to_vec(), chip })
    }
}

impl Agreed<'_> {
    /// Step 4: each side proves the keys with a token over the other's public key (§4.4.3.4).
    fn authenticate(self, exchange: &mut Exchange<'_>) -> Result<SessionKeys, ReadError> {
        let token = self.token(exchange, &self.chip)?;
        let response = send_general_authenticate(exchange, false, Some((TOKEN_TERMINAL, &token)))?;
        if !response.status.is_ok() {
            return Err(ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: response.status.tries_left() });
        }
        let chip_token = answered(exchange, &response, TOKEN_CHIP)?;
        let expected = self.token(exchange, &self.own)?;
        if !bool::from(expected.as_slice().ct_eq(&chip_token)) {
            return Err(ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: None });
        }
        Ok(self.keys)
    }

    /// MAC over `7F49 { 06 protocol, 86 public key }`.
    fn token(&self, exchange: &Exchange<'_>, public_key: &[u8]) -> Result<[u8; 8], ReadError> {
        let cipher = self.variant.cipher;
        let mut content = Vec::new();
        append(&mut content, Tag(0x06), &[self.variant.protocol.as_bytes()]);
        append(&mut content, Tag(0x86), &[public_key]);
        let mut object = Vec::new();
        append(&mut object, Tag(0x7F49), &[&content]);
        if cipher == Cipher::TripleDes {
            object = pad(&object, cipher.block_len());
        }
        exchange.provider().mac(cipher, &self.keys.mac, &object).map_err(incompatible)
    }
}

/// Success, or a warning that counts tries: the chip goes on (§4.4.4.1).
fn accepted(status: StatusWord) -> bool {
    status.is_ok() || status.tries_left().is_some_and(|tries| tries > 0)
}

/// Case 3: chips exist that refuse an Le here (`quirks.md` 7).
fn set_authentication_template(variant: &PaceVariant, password: &AccessKey, with_parameter: bool) -> Command {
    let mut data = Vec::new();
    append(&mut data, Tag(0x80), &[variant.protocol.as_bytes()]);
    let reference = match password {
        AccessKey::Mrz(_) => 1,
        AccessKey::Can(_) => 2,
    };
    append(&mut data, Tag(0x83), &[&[reference]]);
    if with_parameter {
        append(&mut data, Tag(0x84), &[&[variant.parameter_id]]);
    }
    Command::new(0x00, 0x22, [0xC1, 0xA4]).with_data(data)
}

/// A step that only the card can spoil: a refusal is its misbehaviour.
fn general_authenticate(exchange: &mut Exchange<'_>, more: bool, object: Option<(Tag, &[u8])>) -> Result<Response, ReadError> {
    let response = send_general_authenticate(exchange, more, object)?;
    if response.status.is_ok() { Ok(response) } else { Err(exchange.refused(response.status)) }
}

/// GENERAL AUTHENTICATE with `7C { object }`; all but the last are links of a chain (§4.4.4.2).
fn send_general_authenticate(
    exchange: &mut Exchange<'_>,
    more: bool,
    object: Option<(Tag, &[u8])>,
) -> Result<Response, ReadError> {
    let mut content = Vec::new();
    if let Some((tag, value)) = object {
        append(&mut content, tag, &[value]);
    }
    let mut data = Vec::new();
    append(&mut data, DYNAMIC_DATA, &[&content]);
    let class = if more { 0x10 } else { 0x00 };
    exchange.send(Command::new(class, 0x86, [0, 0]).with_data(data).with_expected(256))
}

/// The value of one object of the dynamic authentication data. Others (certificate references in step 4) are left alone.
fn answered(exchange: &Exchange<'_>, response: &Response, tag: Tag) -> Result<Vec<u8>, ReadError> {
    let malformed = |_| exchange.misbehaved(Misbehaviour::Malformed("dynamic authentication data"));
    let mut cursor = Cursor::new(&response.data, Rules::Ber);
    let template = cursor.expect(DYNAMIC_DATA).map_err(malformed)?;
    cursor.finish().map_err(malformed)?;
    for object in template.children().map_err(malformed)? {
        let object = object.map_err(malformed)?;
        if object.tag == tag {
            return Ok(object.value.to_vec());
        }
    }
    Err(exchange.misbehaved(Misbehaviour::Malformed("an object is missing in the dynamic authentication data")))
}

fn differs(exchange: &Exchange<'_>, own: &[u8], chip: &[u8]) -> Result<(), ReadError> {
    if own == chip { Err(exchange.misbehaved(Misbehaviour::SameKey)) } else { Ok(()) }
}

fn invalid_key(exchange: &Exchange<'_>, error: CryptoError) -> ReadError {
    match error {
        CryptoError::Unsupported(_) => incompatible(error),
        _ => exchange.misbehaved(Misbehaviour::PublicKey(error)),
    }
}

fn incompatible(error: CryptoError) -> ReadError {
    ReadError::CardIncompatible(Incompatibility::Crypto(error))
}

#[cfg(all(test, feature = "all-curves"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
