//! Password authenticated connection establishment (ICAO 9303-11 §4.4): generic, integrated and chip authentication mapping, on elliptic
//! curves and in prime fields.
//!
//! Each step consumes the one before, so that none can be left out, and session keys come only out of the last.

mod chip_data;
mod command;
mod variant;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::AccessKey;
use super::apdu::StatusWord;
use super::error::{Incompatibility, Misbehaviour, PasswordState, Protocol, ReadError};
use super::exchange::Exchange;
use super::key_derivation::{Secret, SessionKeys, password_key};
use super::reading::Progress;
use super::secure_messaging::{SecureMessaging, append, pad};
use crate::crypto::{Cipher, CryptoError, KeyPair, integrated_mapping};
use crate::dossier::{ChipMapping, PasswordKind};
use crate::lds::protocol::PaceMapping;
use crate::tlv::Tag;
use crate::tlv::asn1::strip_zeros;

use command::{
    Answer, CHIP_DATA, ENCRYPTED_NONCE, KEY_CHIP, KEY_TERMINAL, MAPPING_CHIP, MAPPING_TERMINAL, TOKEN_CHIP, TOKEN_TERMINAL,
    general_authenticate, send_general_authenticate, set_authentication_template,
};
pub(super) use variant::cipher_strength;
pub use variant::{PaceDomain, PaceVariant};

/// Longest nonce that is taken: the chip chooses whole blocks, of the key's length or more (§4.4.3.3).
const NONCE_MAX: usize = 64;

/// Runs PACE and begins the session. With chip authentication mapping it gives what the chip sent as its proof.
///
/// `ambiguous` says that the chip offers several domain parameters, so that MSE:Set AT must name one (§4.4.4.1).
///
/// # Errors
/// [`ReadError::AccessDenied`] where the chip refuses the token of step 4, or its own token is wrong: the password is not this card's,
/// and is not tried again. [`ReadError::PasswordUnusable`] where the chip says that the password is blocked or suspended: it is not tried.
/// [`Incompatibility::PaceRefused`] where MSE:Set AT is refused with and without the parameter id.
/// [`ReadError::CardMisbehaved`] for anything that the chip does wrong in steps 1 to 3 (`attacks.md` 21 and 24).
pub fn open(
    exchange: &mut Exchange<'_>,
    variant: &PaceVariant,
    ambiguous: bool,
    password: &AccessKey,
    rng: &mut dyn CryptoRng,
) -> Result<Option<ChipMapping>, ReadError> {
    let run = Selected::select(exchange, variant, ambiguous, password)?;
    let (keys, proof) = run.nonce(exchange)?.map(exchange, rng)?.agree(exchange)?.authenticate(exchange)?;
    exchange.protect(SecureMessaging::new(keys));
    Ok(proof)
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
    /// The chip's public key of step 2, which chip authentication mapping proves something of.
    mapping_key: Vec<u8>,
}

/// Step 3 is done: keys that only step 4 proves.
struct Agreed<'a> {
    variant: &'a PaceVariant,
    keys: SessionKeys,
    own: Vec<u8>,
    chip: Vec<u8>,
    mapping_key: Vec<u8>,
}

impl<'a> Selected<'a> {
    /// MSE:Set AT for mutual authentication (§4.4.4.1). Chips differ on tag 84: one retry with it or without (`quirks.md` 6).
    fn select(
        exchange: &mut Exchange<'_>,
        variant: &'a PaceVariant,
        ambiguous: bool,
        password: &'a AccessKey,
    ) -> Result<Self, ReadError> {
        let mut status = exchange.send(set_authentication_template(variant, password, ambiguous))?.status;
        if !is_usable(password, status)? {
            status = exchange.send(set_authentication_template(variant, password, !ambiguous))?.status;
            if !is_usable(password, status)? {
                return Err(ReadError::CardIncompatible(Incompatibility::PaceRefused(status)));
            }
            exchange.note("pace.parameter_reference");
        }
        if let Some(tries) = status.tries_left() {
            exchange.report(Progress::TriesLeft { password: password.kind(), tries });
        }
        Ok(Self { variant, password })
    }

    /// Step 1: the encrypted nonce (§4.4.3.3).
    fn nonce(self, exchange: &mut Exchange<'_>) -> Result<Nonce<'a>, ReadError> {
        let cipher = self.variant.cipher;
        let answer = general_authenticate(exchange, self.variant.domain, None)?;
        let encrypted = answer.required(exchange, ENCRYPTED_NONCE)?;
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
    /// Step 2: the nonce becomes a generator. Chip authentication mapping maps as generic mapping does (§4.4.3.3.3).
    fn map(self, exchange: &mut Exchange<'_>, rng: &mut dyn CryptoRng) -> Result<Mapped<'a>, ReadError> {
        match self.variant.mapping {
            PaceMapping::Generic | PaceMapping::ChipAuthentication => self.map_generic(exchange, rng),
            PaceMapping::Integrated => self.map_integrated(exchange, rng),
        }
    }

    /// Generic mapping (§4.4.3.3.1).
    fn map_generic(self, exchange: &mut Exchange<'_>, rng: &mut dyn CryptoRng) -> Result<Mapped<'a>, ReadError> {
        let domain = self.variant.domain;
        let own = match domain {
            PaceDomain::Curve(curve) => exchange.provider().generate_key_pair(curve, rng),
            PaceDomain::Group(group) => exchange.provider().generate_modp_key_pair(group, rng),
        };
        let own = own.map_err(incompatible)?;
        let answer = general_authenticate(exchange, domain, Some((MAPPING_TERMINAL, own.public_key())))?;
        let chip = answer.required(exchange, MAPPING_CHIP)?;
        differs(exchange, own.public_key(), &chip)?;
        let own = own.map_generic(&chip, &self.nonce, rng).map_err(|error| invalid_key(exchange, error))?;
        Ok(Mapped { variant: self.variant, own, mapping_key: chip })
    }

    /// Integrated mapping (§4.4.3.3.2): the terminal's nonce goes out in the clear, and nothing comes back.
    fn map_integrated(self, exchange: &mut Exchange<'_>, rng: &mut dyn CryptoRng) -> Result<Mapped<'a>, ReadError> {
        let (cipher, domain) = (self.variant.cipher, self.variant.domain);
        let mut additional = vec![0; cipher.key_len()];
        rng.fill_bytes(&mut additional);
        let answer = general_authenticate(exchange, domain, Some((MAPPING_TERMINAL, &additional)))?;
        if answer.optional(MAPPING_CHIP).is_some_and(|value| !value.is_empty()) {
            return Err(exchange.misbehaved(Misbehaviour::Malformed("mapping data where there are none")));
        }
        let provider = exchange.provider();
        let random = integrated_mapping::pseudo_random(provider, cipher, &self.nonce, &additional, domain.field_bits())
            .map_err(|_| exchange.misbehaved(Misbehaviour::Malformed("the length of the nonce")))?;
        let own = match domain {
            PaceDomain::Curve(curve) => provider.map_integrated(curve, &random, rng),
            PaceDomain::Group(group) => provider.map_integrated_modp(group, &random, rng),
        };
        let own = own.map_err(|error| invalid_key(exchange, error))?;
        Ok(Mapped { variant: self.variant, own, mapping_key: Vec::new() })
    }
}

impl<'a> Mapped<'a> {
    /// Step 3: key agreement on the mapped generator.
    fn agree(self, exchange: &mut Exchange<'_>) -> Result<Agreed<'a>, ReadError> {
        let Self { variant, own, mapping_key } = self;
        let answer = general_authenticate(exchange, variant.domain, Some((KEY_TERMINAL, own.public_key())))?;
        let chip = answer.required(exchange, KEY_CHIP)?;
        differs(exchange, own.public_key(), &chip)?;
        let secret = own.agree(&chip).map_err(|error| invalid_key(exchange, error))?;
        let keys = SessionKeys::derive(exchange.provider(), variant.cipher, &secret);
        Ok(Agreed { variant, keys, own: own.public_key().to_vec(), chip, mapping_key })
    }
}

impl Agreed<'_> {
    /// Step 4: each side proves the keys with a token over the other's public key (§4.4.3.4).
    fn authenticate(self, exchange: &mut Exchange<'_>) -> Result<(SessionKeys, Option<ChipMapping>), ReadError> {
        let token = self.token(exchange, &self.chip)?;
        let response = send_general_authenticate(exchange, self.variant.domain, false, Some((TOKEN_TERMINAL, &token)))?;
        if !response.status.is_ok() {
            return Err(ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: response.status.tries_left() });
        }
        let answer = Answer::read(exchange, &response)?;
        let chip_token = answer.required(exchange, TOKEN_CHIP)?;
        let expected = self.token(exchange, &self.own)?;
        if !bool::from(expected.as_slice().ct_eq(&chip_token)) {
            return Err(ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: None });
        }
        let proof = match self.variant.mapping {
            PaceMapping::ChipAuthentication => {
                let outcome = chip_data::open(exchange.provider(), &self.keys, answer.optional(CHIP_DATA));
                Some(ChipMapping { mapping_key: self.mapping_key, outcome: outcome.map_err(incompatible)? })
            }
            PaceMapping::Generic | PaceMapping::Integrated => None,
        };
        Ok((self.keys, proof))
    }

    /// MAC over `7F49 { 06 protocol, 86 point }`, or `84` a number (§9.4.2, §9.4.3).
    fn token(&self, exchange: &Exchange<'_>, public_key: &[u8]) -> Result<[u8; 8], ReadError> {
        let cipher = self.variant.cipher;
        let mut content = Vec::new();
        append(&mut content, Tag(0x06), &[self.variant.protocol.as_bytes()]);
        let tag = match self.variant.domain {
            PaceDomain::Curve(_) => Tag(0x86),
            PaceDomain::Group(_) => Tag(0x84),
        };
        append(&mut content, tag, &[public_key]);
        let mut object = Vec::new();
        append(&mut object, Tag(0x7F49), &[&content]);
        if cipher == Cipher::TripleDes {
            object = pad(&object, cipher.block_len());
        }
        exchange.provider().mac(cipher, &self.keys.mac, &object).map_err(incompatible)
    }
}

/// Whether MSE:Set AT was accepted: plainly, or with a warning that counts tries (§4.4.4.1). A PIN whose last try is left is suspended
/// until the CAN is given, and one without tries is blocked (BSI TR-03110-2 §3.3): neither is tried, since a try could be the last.
fn is_usable(password: &AccessKey, status: StatusWord) -> Result<bool, ReadError> {
    let kind = password.kind();
    let unusable = |state| Err(ReadError::PasswordUnusable { password: kind, state });
    match (status.tries_left(), kind) {
        (Some(0), _) => unusable(PasswordState::Blocked),
        (Some(1), PasswordKind::Pin) => unusable(PasswordState::Suspended),
        (Some(_), _) => Ok(true),
        _ if status == StatusWord::DEACTIVATED => unusable(PasswordState::Deactivated),
        _ if status == StatusWord::BLOCKED => unusable(PasswordState::Blocked),
        _ => Ok(status.is_ok()),
    }
}

/// The same number with zeros before it is the same key.
fn differs(exchange: &Exchange<'_>, own: &[u8], chip: &[u8]) -> Result<(), ReadError> {
    if strip_zeros(own) == strip_zeros(chip) { Err(exchange.misbehaved(Misbehaviour::SameKey)) } else { Ok(()) }
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

#[cfg(all(test, feature = "desk"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
