//! Chip authentication version 1 (ICAO 9303-11 §6.2).

use num_bigint::BigUint;

use super::apdu::{Answer, Command, status};
use super::data_object::{encode, split, split_all};
use super::domain::Domain;
use super::quirk::Attack;
use super::secure_messaging::{Access, Session};
use super::{Directory, VirtualChip};
use crate::modp::Group;
use crate::personalisation::{ChipKey, Suite};

/// 0.4.0.127.0.7.2.2.3: id-CA, without the arcs of key agreement and suite.
const CA: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];

impl VirtualChip {
    /// MSE:Set KAT: `91` ephemeral key, `84` key reference; 3DES only (§6.2.4.1).
    pub(super) fn set_key_agreement(&mut self, command: &Command) -> Result<Answer, u16> {
        self.check_chip_authentication()?;
        let objects = split_all(&command.data).ok_or(status::WRONG_DATA)?;
        let (ephemeral, reference) = match *objects {
            [(0x91, ephemeral)] => (ephemeral, None),
            [(0x91, ephemeral), (0x84, reference)] => (ephemeral, Some(reference)),
            _ => return Err(status::WRONG_DATA),
        };
        let key = self.chip_key(Suite::TripleDes, None, reference)?;
        self.agree(&key, ephemeral)?;
        Ok(Answer::bare(status::OK))
    }

    /// MSE:Set AT for internal authentication: `80` protocol, `84` key reference (§6.2.4.2).
    pub(super) fn set_chip_authentication(&mut self, command: &Command) -> Result<Answer, u16> {
        self.check_chip_authentication()?;
        let objects = split_all(&command.data).ok_or(status::WRONG_DATA)?;
        let (oid, reference) = match *objects {
            [(0x80, oid)] => (oid, None),
            [(0x80, oid), (0x84, reference)] => (oid, Some(reference)),
            _ => return Err(status::WRONG_DATA),
        };
        let Some(&[agreement @ (1 | 2), suite]) = oid.strip_prefix(&CA) else { return Err(status::WRONG_DATA) };
        let suite = [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256]
            .into_iter()
            .find(|known| known.arc() == suite)
            .ok_or(status::WRONG_DATA)?;
        self.power_cycle.chip_key = Some(self.chip_key(suite, Some(agreement == 1), reference)?);
        Ok(Answer::bare(status::OK))
    }

    /// GENERAL AUTHENTICATE: `7C { 80 ephemeral key }`, answered by an empty `7C`.
    pub(super) fn authenticate_chip(&mut self, key: &ChipKey, command: &Command) -> Result<Answer, u16> {
        if command.is_chained() {
            return Err(status::LAST_OF_CHAIN_EXPECTED);
        }
        if command.ne.is_none() {
            return Err(status::WRONG_LENGTH);
        }
        let (0x7C, template, []) = split(&command.data).ok_or(status::WRONG_DATA)? else {
            return Err(status::WRONG_DATA);
        };
        let (0x80, ephemeral, []) = split(template).ok_or(status::WRONG_DATA)? else {
            return Err(status::WRONG_DATA);
        };
        self.agree(key, ephemeral)?;
        Ok(Answer::ok(encode(0x7C, &[])))
    }

    fn check_chip_authentication(&self) -> Result<(), u16> {
        if self.card.chip_keys.is_empty() {
            return Err(status::WRONG_DATA);
        }
        if self.power_cycle.session.is_none() {
            return Err(status::SECURITY_STATUS);
        }
        if self.power_cycle.directory != Directory::Application {
            return Err(status::CONDITIONS);
        }
        Ok(())
    }

    /// The key of a suite, in a prime field or on a curve where that is said, by its reference, which may be left away where the chip has
    /// one key.
    fn chip_key(&self, suite: Suite, in_prime_field: Option<bool>, reference: Option<&[u8]>) -> Result<ChipKey, u16> {
        let keys = &self.card.chip_keys;
        let fits =
            |key: &ChipKey| key.suite == suite && in_prime_field.is_none_or(|wanted| wanted == Group::named(key.curve).is_some());
        if !keys.iter().any(fits) {
            return Err(status::WRONG_DATA);
        }
        if reference.is_none() && keys.len() > 1 {
            return Err(status::REFERENCE_NOT_FOUND);
        }
        keys.iter()
            .find(|key| fits(key) && reference.is_none_or(|reference| names(key, reference)))
            .cloned()
            .ok_or(status::REFERENCE_NOT_FOUND)
    }

    fn agree(&mut self, key: &ChipKey, ephemeral: &[u8]) -> Result<(), u16> {
        if let Some(status) = self.quirks.chip_authentication_status {
            return Err(status);
        }
        self.check_freshness(ephemeral)?;
        let domain = Domain::named(key.curve).ok_or(status::NO_DIAGNOSIS)?;
        let terminal = domain.decode(ephemeral).ok_or(status::WRONG_DATA)?;
        let mut private = key.private.clone();
        if self.quirks.attack == Some(Attack::Clone) {
            private += 1u8;
        }
        let shared = domain.multiply(&terminal, &private).ok_or(status::WRONG_DATA)?;
        let secret = domain.secret(&shared).ok_or(status::WRONG_DATA)?;
        if self.quirks.attack != Some(Attack::OldKeys) {
            self.start_session(Session::new(key.suite, &secret, Access::ChipAuthentication));
        }
        Ok(())
    }

    /// Whether an ephemeral key is a new one, for a chip that keeps count.
    pub(super) fn check_freshness(&mut self, ephemeral: &[u8]) -> Result<(), u16> {
        if self.quirks.fresh_keys_only && self.ephemeral_keys.iter().any(|known| known == ephemeral) {
            return Err(status::WRONG_DATA);
        }
        self.ephemeral_keys.push(ephemeral.to_vec());
        Ok(())
    }
}

/// Whether a reference, an unsigned number, is the key's identifier.
fn names(key: &ChipKey, reference: &[u8]) -> bool {
    key.key_id.is_some_and(|id| !reference.is_empty() && BigUint::from_bytes_be(reference) == BigUint::from(id))
}
