//! The encrypted chip authentication data of PACE with chip authentication mapping (ICAO 9303-11 §4.4.3.5).

use alloc::vec;

use zeroize::Zeroizing;

use crate::chip::key_derivation::SessionKeys;
use crate::crypto::{CryptoError, Provider};
use crate::dossier::ChipMappingOutcome;

/// What the chip sent in step 4, decrypted: whether it proves anything, inspection decides, which has the signed key.
///
/// # Errors
/// What the provider lacks.
pub(super) fn open(
    provider: &dyn Provider,
    keys: &SessionKeys,
    encrypted: Option<&[u8]>,
) -> Result<ChipMappingOutcome, CryptoError> {
    let Some(encrypted) = encrypted else { return Ok(ChipMappingOutcome::Missing) };
    let block = keys.cipher.block_len();
    if encrypted.is_empty() || !encrypted.len().is_multiple_of(block) {
        return Ok(ChipMappingOutcome::Malformed);
    }
    // IV = E(KS_Enc, −1): one block of ones, encrypted.
    let mut vector = vec![0xFF; block];
    provider.cbc_encrypt(keys.cipher, &keys.encryption, &vec![0; block], &mut vector)?;
    let mut data = Zeroizing::new(encrypted.to_vec());
    provider.cbc_decrypt(keys.cipher, &keys.encryption, &vector, &mut data)?;
    Ok(unpadded(&data, block).map_or(ChipMappingOutcome::Malformed, |data| ChipMappingOutcome::Data(data.to_vec())))
}

/// ISO 9797-1 padding method 2, of one block at most.
fn unpadded(data: &[u8], block: usize) -> Option<&[u8]> {
    let end = data.iter().rposition(|octet| *octet != 0)?;
    let (message, padding) = data.split_at_checked(end)?;
    (padding.first() == Some(&0x80) && padding.len() <= block && !message.is_empty()).then_some(message)
}
