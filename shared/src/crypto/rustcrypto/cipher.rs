//! Secure messaging's ciphers (ICAO 9303-11 §9.8): 3DES and AES in CBC mode, retail MAC and CMAC.

use cbc::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser, KeyInit, KeyIvInit,
};
use cmac::{Cmac, Mac};
use retail_mac::RetailMac;

use crate::crypto::{Cipher, CryptoError};

/// Encrypts whole blocks in place.
pub(super) fn cbc_encrypt(cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
    match cipher {
        Cipher::TripleDes => encrypt::<des::TdesEde2>(key, iv, data),
        Cipher::Aes128 => encrypt::<aes::Aes128>(key, iv, data),
        Cipher::Aes192 => encrypt::<aes::Aes192>(key, iv, data),
        Cipher::Aes256 => encrypt::<aes::Aes256>(key, iv, data),
    }
}

/// Decrypts whole blocks in place.
pub(super) fn cbc_decrypt(cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
    match cipher {
        Cipher::TripleDes => decrypt::<des::TdesEde2>(key, iv, data),
        Cipher::Aes128 => decrypt::<aes::Aes128>(key, iv, data),
        Cipher::Aes192 => decrypt::<aes::Aes192>(key, iv, data),
        Cipher::Aes256 => decrypt::<aes::Aes256>(key, iv, data),
    }
}

/// The first eight bytes of the MAC.
pub(super) fn mac(cipher: Cipher, key: &[u8], data: &[u8]) -> Result<[u8; 8], CryptoError> {
    if key.len() != cipher.key_len() {
        return Err(CryptoError::Length);
    }
    match cipher {
        // The crate would pad with zeros; ICAO 9303-11 §9.8.6.2 pads with method 2, which is the caller's.
        Cipher::TripleDes if !data.len().is_multiple_of(cipher.block_len()) => Err(CryptoError::Length),
        Cipher::TripleDes => authenticate::<RetailMac<des::Des>>(key, data),
        Cipher::Aes128 => authenticate::<Cmac<aes::Aes128>>(key, data),
        Cipher::Aes192 => authenticate::<Cmac<aes::Aes192>>(key, data),
        Cipher::Aes256 => authenticate::<Cmac<aes::Aes256>>(key, data),
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
    let mut mode = cbc::Encryptor::<C>::new_from_slices(key, iv).map_err(|_| CryptoError::Length)?;
    mode.encrypt_blocks(whole_blocks::<C>(data)?);
    Ok(())
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
    let mut mode = cbc::Decryptor::<C>::new_from_slices(key, iv).map_err(|_| CryptoError::Length)?;
    mode.decrypt_blocks(whole_blocks::<C>(data)?);
    Ok(())
}

fn whole_blocks<C: BlockSizeUser>(data: &mut [u8]) -> Result<&mut [Block<C>], CryptoError> {
    match Block::<C>::slice_as_chunks_mut(data) {
        (blocks, []) => Ok(blocks),
        _ => Err(CryptoError::Length),
    }
}

fn authenticate<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Result<[u8; 8], CryptoError> {
    let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| CryptoError::Length)?.chain_update(data).finalize();
    mac.into_bytes().first_chunk().copied().ok_or(CryptoError::Length)
}
