//! RSA's public operation, and the two signature schemes of RFC 8017 over it.

use alloc::vec;
use alloc::vec::Vec;

use super::hash;
use crate::crypto::{CryptoError, DigestAlgorithm, RsaPublicKey};

/// `input^e mod n`, as wide as the modulus (RSAVP1, RFC 8017 §5.2.2). The input is an octet string as wide as the modulus, and below it.
pub(super) fn public_operation(key: &RsaPublicKey, input: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let width = key.modulus().len();
    if input.len() != width {
        return Err(CryptoError::Length);
    }
    if input >= key.modulus() {
        return Err(CryptoError::SignatureInvalid);
    }
    modular_arithmetic::public_power(key.modulus(), key.exponent(), input).ok_or(CryptoError::SignatureInvalid)
}

/// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): the whole encoded message is built and compared, so that nothing of a forgery's choosing can
/// hide in it. The parameters of the hash are NULL, or, as RFC 8017 appendix A.2.4 has verifiers accept, absent.
pub(super) fn verify_pkcs1(
    key: &RsaPublicKey,
    algorithm: DigestAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let encoded = public_operation(key, signature).map_err(as_signature)?;
    let digest = hash::digest(algorithm, &[message]);
    let holds = [&[0x05, 0x00][..], &[]]
        .into_iter()
        .any(|null| pkcs1_encoding(algorithm, null, digest.as_ref(), encoded.len()).is_some_and(|expected| expected == encoded));
    if holds { Ok(()) } else { Err(CryptoError::SignatureInvalid) }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2): `00 01 FF… 00 DigestInfo`, `width` bytes.
fn pkcs1_encoding(algorithm: DigestAlgorithm, null: &[u8], digest: &[u8], width: usize) -> Option<Vec<u8>> {
    let identifier = algorithm.object_identifier();
    let oid = element(0x06, &[identifier.as_bytes()])?;
    let algorithm_identifier = element(0x30, &[&oid, null])?;
    let digest_info = element(0x30, &[&algorithm_identifier, &element(0x04, &[digest])?])?;
    let padding_len = width.checked_sub(digest_info.len() + 3).filter(|len| *len >= 8)?;
    Some([&[0x00, 0x01][..], &vec![0xFF; padding_len], &[0x00], &digest_info].concat())
}

/// One DER element whose length fits in the short form.
fn element(tag: u8, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let value = parts.concat();
    let len = u8::try_from(value.len()).ok().filter(|len| *len < 0x80)?;
    Some([&[tag, len][..], &value].concat())
}

/// RSASSA-PSS (RFC 8017 §8.1.2, EMSA-PSS-VERIFY §9.1.2).
pub(super) fn verify_pss(
    key: &RsaPublicKey,
    algorithm: DigestAlgorithm,
    mask_algorithm: DigestAlgorithm,
    salt_len: usize,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let encoded = public_operation(key, signature).map_err(as_signature)?;
    pss_holds(&encoded, key.bits() - 1, algorithm, mask_algorithm, salt_len, message).ok_or(CryptoError::SignatureInvalid)
}

fn pss_holds(
    encoded: &[u8],
    encoded_bits: usize,
    algorithm: DigestAlgorithm,
    mask_algorithm: DigestAlgorithm,
    salt_len: usize,
    message: &[u8],
) -> Option<()> {
    // A modulus of 8k + 1 bits leaves an encoded message that is one octet shorter than itself.
    let surplus = encoded.len() - encoded_bits.div_ceil(8);
    let (zeros, encoded) = encoded.split_at_checked(surplus)?;
    if zeros.iter().any(|octet| *octet != 0) {
        return None;
    }
    let (trailer, body) = encoded.split_last()?;
    let masked_len = body.len().checked_sub(algorithm.output_len())?;
    let (masked, hash) = body.split_at_checked(masked_len)?;
    let unused_bits = encoded.len() * 8 - encoded_bits;
    let used_mask = 0xFF_u8.checked_shr(u32::try_from(unused_bits).ok()?)?;
    if *trailer != 0xBC || masked.first()? & !used_mask != 0 {
        return None;
    }
    let mut block: Vec<u8> =
        masked.iter().zip(mgf1(mask_algorithm, hash, masked_len)).map(|(octet, mask)| octet ^ mask).collect();
    *block.first_mut()? &= used_mask;
    let (padding, salt) = block.split_at_checked(masked_len.checked_sub(salt_len)?)?;
    let (one, zeros) = padding.split_last()?;
    if *one != 0x01 || zeros.iter().any(|octet| *octet != 0) {
        return None;
    }
    let message_digest = hash::digest(algorithm, &[message]);
    let expected = hash::digest(algorithm, &[&[0; 8], message_digest.as_ref(), salt]);
    (expected.as_ref() == hash).then_some(())
}

/// MGF1 (RFC 8017 appendix B.2.1).
fn mgf1(algorithm: DigestAlgorithm, seed: &[u8], len: usize) -> Vec<u8> {
    let mut mask: Vec<u8> = (0_u32..)
        .take(len.div_ceil(algorithm.output_len()))
        .flat_map(|counter| hash::digest(algorithm, &[seed, &counter.to_be_bytes()]).as_ref().to_vec())
        .collect();
    mask.truncate(len);
    mask
}

/// A signature of another width than the modulus is a wrong signature (RFC 8017 §8.1.2 step 1).
fn as_signature(error: CryptoError) -> CryptoError {
    match error {
        CryptoError::Length => CryptoError::SignatureInvalid,
        other => other,
    }
}
