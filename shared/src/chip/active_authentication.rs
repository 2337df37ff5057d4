//! Active authentication: the chip signs a challenge (ICAO 9303-11 §6.1). Whether the signature holds is for inspection to say.

use alloc::vec::Vec;

use super::apdu::{Command, SHORT_MAXIMUM, StatusWord};
use super::error::ReadError;
use super::exchange::{Exchange, may_mean_length};
use crate::crypto::PublicKey;
use crate::lds::dg15;

/// How many bytes a whole signature may lack: leading zeros that an RSA signature has lost, or short integers of ECDSA in DER
/// (`quirks.md` 19).
const LOST_AT_MOST: usize = 8;

/// What INTERNAL AUTHENTICATE gave.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A signature.
    Signature(Vec<u8>),
    /// A status word instead.
    Refused(StatusWord),
    /// Fewer bytes than the key's signature has, since a longer answer does not fit through this reader or chip (`quirks.md` 3).
    Cut,
}

/// How long a signature under the key of DG15 is, as far as DG15 is readable: the modulus, or two integers as wide as the order.
pub fn signature_len(dg15: &[u8]) -> Option<usize> {
    match PublicKey::from_spki(dg15::parse(dg15).ok()?).ok()? {
        PublicKey::Rsa(key) => Some(key.modulus().len()),
        PublicKey::Ec(key) => Some(2 * key.curve().field_len()),
        PublicKey::Dsa(_) | PublicKey::Dh(_) => None,
    }
}

/// Has the chip sign 8 bytes. `capacity` is how many bytes an answer of extended length may hold; `None` where there is no such.
///
/// # Errors
/// What the exchange says; a refusal under secure messaging is no error.
pub fn run(
    exchange: &mut Exchange<'_>,
    challenge: [u8; 8],
    signature_len: Option<usize>,
    short_capacity: usize,
    extended_capacity: Option<usize>,
) -> Result<Answer, ReadError> {
    let wanted = signature_len.unwrap_or(0);
    let expected = match extended_capacity {
        Some(capacity) if wanted > short_capacity && wanted <= capacity => wanted.max(SHORT_MAXIMUM + 1),
        _ => SHORT_MAXIMUM,
    };
    let command = Command::new(0x00, 0x88, [0, 0]).with_data(challenge.to_vec()).with_expected(expected);
    let response = exchange.send(command)?;
    let status = response.status;
    if !status.is_ok() {
        // An answer that cannot come through says nothing of the chip.
        let too_long = wanted > short_capacity && expected == SHORT_MAXIMUM && may_mean_length(status);
        return Ok(if too_long { Answer::Cut } else { Answer::Refused(status) });
    }
    if response.data.is_empty() || response.data.len() + LOST_AT_MOST < wanted {
        return Ok(Answer::Cut);
    }
    Ok(Answer::Signature(response.data))
}
