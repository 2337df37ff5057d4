//! The two encodings of an ECDSA signature; DSA has the first.

use super::{CryptoError, NamedCurve};
use crate::tlv::asn1::{INTEGER, strip_zeros};
use crate::tlv::{Cursor, Rules, TlvError};

/// The numbers of an ECDSA or DSA signature, big-endian without leading zeros. Whether they lie between 1 and the order is the verifier's to
/// check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcdsaSignature<'a> {
    /// r
    pub r: &'a [u8],
    /// s
    pub s: &'a [u8],
    /// Whether an integer carries a zero octet that DER forbids: some issuers write one, which is a finding and fails a strict profile.
    pub is_padded: bool,
}

impl<'a> EcdsaSignature<'a> {
    /// `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (X9.62, RFC 3279 §2.2.3): DER, but for surplus zeros before an integer.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] for anything else.
    pub fn from_der(signature: &'a [u8]) -> Result<Self, CryptoError> {
        Self::read(signature).map_err(|_| CryptoError::SignatureInvalid)
    }

    fn read(signature: &'a [u8]) -> Result<Self, TlvError> {
        let mut outer = Cursor::new(signature, Rules::Der);
        let mut numbers = outer.sequence()?;
        outer.finish()?;
        let is_padded = numbers
            .filter_map(Result::ok)
            .any(|number| number.tag == INTEGER && matches!(number.value, [0, next, ..] if *next < 0x80));
        let (r, s) = (numbers.unsigned_integer()?, numbers.unsigned_integer()?);
        numbers.finish()?;
        Ok(Self { r, s, is_padded })
    }

    /// `r ‖ s`, each as wide as the curve's order (BSI TR-03111 §5.2.1).
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] for another length.
    pub fn from_plain(signature: &'a [u8], curve: NamedCurve) -> Result<Self, CryptoError> {
        match signature.split_at_checked(curve.field_len()) {
            Some((r, s)) if s.len() == r.len() => Ok(Self { r: strip_zeros(r), s: strip_zeros(s), is_padded: false }),
            _ => Err(CryptoError::SignatureInvalid),
        }
    }
}
