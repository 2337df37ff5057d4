//! Keys in a prime field: DSA, which some states signed with, and Diffie–Hellman, which some chips authenticate with.

use alloc::vec::Vec;

use super::{MODULUS_BITS, bit_len, is_odd};
use crate::crypto::{CryptoError, ModpGroup};
use crate::tlv::asn1::strip_zeros;
use crate::tlv::{Cursor, Rules};

/// Lengths that FIPS 186-4 §4.2 gives an order, in bits.
const ORDER_BITS: [usize; 3] = [160, 224, 256];

/// A DSA key within the bounds: modulus odd, of 1024 to 8192 bits; order odd, of 160, 224 or 256 bits; generator and public number between
/// 2 and the modulus. Numbers are big-endian without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DsaPublicKey {
    modulus: Vec<u8>,
    order: Vec<u8>,
    generator: Vec<u8>,
    public_number: Vec<u8>,
}

impl DsaPublicKey {
    /// Reads `Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }` and `DSAPublicKey ::= INTEGER` (RFC 3279 §2.3.2).
    pub(super) fn read(algorithm: &mut Cursor<'_>, key: &[u8]) -> Result<Self, CryptoError> {
        let mut parameters = algorithm.sequence()?;
        let [modulus, order, generator] =
            [parameters.unsigned_integer()?, parameters.unsigned_integer()?, parameters.unsigned_integer()?];
        parameters.finish()?;
        let public_number = single_integer(key)?;
        if !MODULUS_BITS.contains(&bit_len(modulus)) || !is_odd(modulus) {
            return Err(CryptoError::PublicKeyInvalid("a DSA modulus that is even or outside 1024 to 8192 bits"));
        }
        if !ORDER_BITS.contains(&bit_len(order)) || !is_odd(order) {
            return Err(CryptoError::PublicKeyInvalid("a DSA order that is even or not of 160, 224 or 256 bits"));
        }
        if [generator, public_number].into_iter().any(|number| !is_between_one_and(modulus, number)) {
            return Err(CryptoError::PublicKeyInvalid("a DSA generator or public number out of its field"));
        }
        let [modulus, order, generator, public_number] = [modulus, order, generator, public_number].map(<[u8]>::to_vec);
        Ok(Self { modulus, order, generator, public_number })
    }

    /// p
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// q
    pub fn order(&self) -> &[u8] {
        &self.order
    }

    /// g
    pub fn generator(&self) -> &[u8] {
        &self.generator
    }

    /// y
    pub fn public_number(&self) -> &[u8] {
        &self.public_number
    }
}

/// A Diffie–Hellman key of a chip, in a standardised group. The provider checks, at each use, that it is of the subgroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhPublicKey {
    group: ModpGroup,
    public_number: Vec<u8>,
}

impl DhPublicKey {
    /// Reads `DHParameter ::= SEQUENCE { prime INTEGER, base INTEGER, … }` (PKCS #3) or `DomainParameters ::= SEQUENCE { p INTEGER,
    /// g INTEGER, q INTEGER, … }` (X9.42), and the key, an INTEGER.
    pub(super) fn read(algorithm: &mut Cursor<'_>, has_order: bool, key: &[u8]) -> Result<Self, CryptoError> {
        let mut parameters = algorithm.sequence()?;
        let (modulus, generator) = (parameters.unsigned_integer()?, parameters.unsigned_integer()?);
        let order = if has_order { Some(parameters.unsigned_integer()?) } else { None };
        let group = ModpGroup::from_numbers(modulus, generator, order)
            .ok_or(CryptoError::Unsupported("Diffie-Hellman parameters that differ from every standardised group"))?;
        Self::in_group(group, key)
    }

    /// A key, an INTEGER, in a group that is known by its number.
    pub(super) fn in_group(group: ModpGroup, key: &[u8]) -> Result<Self, CryptoError> {
        Ok(Self { group, public_number: single_integer(key)?.to_vec() })
    }

    /// The group.
    pub fn group(&self) -> ModpGroup {
        self.group
    }

    /// The public number, big-endian without leading zeros.
    pub fn public_number(&self) -> &[u8] {
        &self.public_number
    }
}

fn single_integer(key: &[u8]) -> Result<&[u8], CryptoError> {
    let mut outer = Cursor::new(key, Rules::Ber);
    let number = outer.unsigned_integer()?;
    outer.finish()?;
    Ok(strip_zeros(number))
}

fn is_between_one_and(limit: &[u8], number: &[u8]) -> bool {
    !number.is_empty() && number != [1] && (number.len(), number) < (limit.len(), limit)
}
