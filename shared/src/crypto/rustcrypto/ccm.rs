//! AES-256 in CCM mode (SP 800-38C, RFC 3610) with a nonce of 13 bytes and a tag of 16.

use aes::Aes256;
use alloc::vec::Vec;
use ccm::aead::AeadInOut;
use ccm::aead::array::Array;
use ccm::consts::{U13, U16};
use ccm::{Ccm, KeyInit, Tag};

use crate::crypto::{CCM_TAG, CryptoError};

type Mode = Ccm<Aes256, U16, U13>;

/// Encrypts in place and puts the tag behind.
pub(super) fn seal(key: &[u8; 32], nonce: &[u8; 13], associated: &[u8], data: &mut Vec<u8>) -> Result<(), CryptoError> {
    let mode = Mode::new(&Array(*key));
    let tag = mode.encrypt_inout_detached(&Array(*nonce), associated, data.as_mut_slice().into());
    data.extend_from_slice(&tag.map_err(|_| CryptoError::Length)?);
    Ok(())
}

/// Checks the tag and decrypts in place; nothing is left where it does not hold.
pub(super) fn open(key: &[u8; 32], nonce: &[u8; 13], associated: &[u8], data: &mut Vec<u8>) -> Result<(), CryptoError> {
    let (content, tag) = data.split_last_chunk_mut::<CCM_TAG>().ok_or(CryptoError::Length)?;
    let tag: Tag<U16> = Array(*tag);
    let length = content.len();
    let opened = Mode::new(&Array(*key)).decrypt_inout_detached(&Array(*nonce), associated, content.into(), &tag);
    data.truncate(if opened.is_ok() { length } else { 0 });
    opened.map_err(|_| CryptoError::TagInvalid)
}
