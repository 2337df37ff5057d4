//! Block modes, MACs and key derivation over the raw block functions of 3DES and AES (ICAO 9303-11 §9.7, §9.8.6, §9.8.7).

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use des::{Des, TdesEde2};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::personalisation::Suite;

/// Bytes of every MAC and authentication token.
pub(super) const MAC_LEN: usize = 8;

/// Purposes of the key derivation function (ICAO 9303-11 §9.7.1).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Encryption = 1,
    Mac = 2,
    Password = 3,
}

/// A key of a symmetric suite.
#[derive(Clone)]
pub(super) struct Key {
    suite: Suite,
    bytes: Vec<u8>,
}

impl Suite {
    /// Bytes of a block, of the send sequence counter too.
    pub(super) fn block_len(self) -> usize {
        match self {
            Suite::TripleDes => 8,
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => 16,
        }
    }

    /// Bytes of a key; two-key 3DES has 16.
    pub(super) fn key_len(self) -> usize {
        match self {
            Suite::TripleDes | Suite::Aes128 => 16,
            Suite::Aes192 => 24,
            Suite::Aes256 => 32,
        }
    }

    /// Last arc of the suite under the protocols of PACE and chip authentication.
    pub(super) fn arc(self) -> u8 {
        match self {
            Suite::TripleDes => 1,
            Suite::Aes128 => 2,
            Suite::Aes192 => 3,
            Suite::Aes256 => 4,
        }
    }
}

impl Key {
    /// KDF(K, c): SHA-1 or SHA-256 over the secret and a 32-bit counter (ICAO 9303-11 §9.7.1).
    pub fn derive(suite: Suite, secret: &[u8], purpose: Purpose) -> Key {
        let mut input = secret.to_vec();
        input.extend([0, 0, 0, purpose as u8]);
        let mut bytes = match suite {
            Suite::TripleDes | Suite::Aes128 => Sha1::digest(&input).to_vec(),
            Suite::Aes192 | Suite::Aes256 => Sha256::digest(&input).to_vec(),
        };
        bytes.truncate(suite.key_len());
        if suite == Suite::TripleDes {
            for byte in &mut bytes {
                // Odd parity, in the lowest bit of each byte.
                *byte = *byte & 0xFE | u8::from((*byte >> 1).count_ones() % 2 == 0);
            }
        }
        Key { suite, bytes }
    }

    /// A key from its own bytes, of which the first ones are taken; none where there are too few.
    pub fn from_bytes(suite: Suite, bytes: &[u8]) -> Option<Key> {
        Some(Key { suite, bytes: bytes.get(..suite.key_len())?.to_vec() })
    }

    pub fn suite(&self) -> Suite {
        self.suite
    }

    #[cfg(test)]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn encrypt_block(&self, block: &mut [u8]) {
        match self.suite {
            Suite::TripleDes => encrypt_with::<TdesEde2>(&self.bytes, block),
            Suite::Aes128 => encrypt_with::<Aes128>(&self.bytes, block),
            Suite::Aes192 => encrypt_with::<Aes192>(&self.bytes, block),
            Suite::Aes256 => encrypt_with::<Aes256>(&self.bytes, block),
        }
    }

    fn decrypt_block(&self, block: &mut [u8]) {
        match self.suite {
            Suite::TripleDes => decrypt_with::<TdesEde2>(&self.bytes, block),
            Suite::Aes128 => decrypt_with::<Aes128>(&self.bytes, block),
            Suite::Aes192 => decrypt_with::<Aes192>(&self.bytes, block),
            Suite::Aes256 => decrypt_with::<Aes256>(&self.bytes, block),
        }
    }

    /// E(K, SSC) for AES, zero for 3DES: the initial vector of secure messaging.
    pub fn initial_vector(&self, counter: &[u8]) -> Vec<u8> {
        match self.suite {
            Suite::TripleDes => self.zero_vector(),
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => {
                let mut block = counter.to_vec();
                self.encrypt_block(&mut block);
                block
            }
        }
    }

    pub fn zero_vector(&self) -> Vec<u8> {
        vec![0; self.suite.block_len()]
    }

    /// CBC over whole blocks.
    pub fn encrypt(&self, initial_vector: Vec<u8>, plain: &[u8]) -> Vec<u8> {
        let mut chain = initial_vector;
        let mut out = Vec::new();
        for block in plain.chunks(self.suite.block_len()) {
            xor_into(&mut chain, block);
            self.encrypt_block(&mut chain);
            out.extend(&chain);
        }
        out
    }

    /// CBC over whole blocks; none where the length is not a multiple of the block.
    pub fn decrypt(&self, initial_vector: Vec<u8>, encrypted: &[u8]) -> Option<Vec<u8>> {
        if !encrypted.len().is_multiple_of(self.suite.block_len()) {
            return None;
        }
        let mut chain = initial_vector;
        let mut out = Vec::new();
        for block in encrypted.chunks(self.suite.block_len()) {
            let mut plain = block.to_vec();
            self.decrypt_block(&mut plain);
            xor_into(&mut plain, &chain);
            out.extend(plain);
            chain = block.to_vec();
        }
        Some(out)
    }

    /// MAC of a message that the protocol does not pad: BAC's cryptograms and the authentication tokens (§4.3.3.2, §4.4.3.4).
    pub fn mac(&self, message: &[u8]) -> Vec<u8> {
        match self.suite {
            Suite::TripleDes => self.retail_mac(&pad(message, 8)),
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => self.cmac(message),
        }
    }

    /// MAC of a secure-messaging datagram, padded already (§9.8).
    pub fn mac_of_padded(&self, message: &[u8]) -> Vec<u8> {
        match self.suite {
            Suite::TripleDes => self.retail_mac(message),
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => self.cmac(message),
        }
    }

    /// ISO 9797-1 MAC algorithm 3 with DES, over whole blocks.
    fn retail_mac(&self, message: &[u8]) -> Vec<u8> {
        let (first, second) = self.bytes.split_at(8);
        let mut chain = vec![0; 8];
        for block in message.chunks(8) {
            xor_into(&mut chain, block);
            encrypt_with::<Des>(first, &mut chain);
        }
        decrypt_with::<Des>(second, &mut chain);
        encrypt_with::<Des>(first, &mut chain);
        chain
    }

    /// SP 800-38B CMAC, its first 8 bytes.
    fn cmac(&self, message: &[u8]) -> Vec<u8> {
        let mut subkey = self.zero_vector();
        self.encrypt_block(&mut subkey);
        double(&mut subkey);
        let mut blocks: Vec<Vec<u8>> = message.chunks(16).map(<[u8]>::to_vec).collect();
        let mut last = match blocks.pop() {
            Some(block) if block.len() == 16 => block,
            partial => {
                double(&mut subkey);
                pad(&partial.unwrap_or_default(), 16)
            }
        };
        xor_into(&mut last, &subkey);
        blocks.push(last);
        let mut chain = self.zero_vector();
        for block in &blocks {
            xor_into(&mut chain, block);
            self.encrypt_block(&mut chain);
        }
        chain.truncate(MAC_LEN);
        chain
    }
}

/// ISO 9797-1 padding method 2: a byte 80, then zeros to a whole block.
pub(super) fn pad(message: &[u8], block_len: usize) -> Vec<u8> {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(block_len), 0);
    padded
}

/// The message under padding method 2; none where the padding is wrong or longer than a block.
pub(super) fn unpad(padded: &[u8], block_len: usize) -> Option<Vec<u8>> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    let (message, padding) = padded.split_at_checked(end)?;
    (padding.first() == Some(&0x80) && padding.len() <= block_len).then(|| message.to_vec())
}

fn encrypt_with<C: KeyInit + BlockCipherEncrypt>(key: &[u8], block: &mut [u8]) {
    let cipher = C::new_from_slice(key).expect("keys are cut to their suite");
    let block: &mut Array<u8, C::BlockSize> = block.try_into().expect("blocks are cut to their suite");
    cipher.encrypt_block(block);
}

fn decrypt_with<C: KeyInit + BlockCipherDecrypt>(key: &[u8], block: &mut [u8]) {
    let cipher = C::new_from_slice(key).expect("keys are cut to their suite");
    let block: &mut Array<u8, C::BlockSize> = block.try_into().expect("blocks are cut to their suite");
    cipher.decrypt_block(block);
}

fn xor_into(target: &mut [u8], other: &[u8]) {
    for (target, other) in target.iter_mut().zip(other) {
        *target ^= other;
    }
}

/// Doubling in GF(2^128), for the CMAC subkeys.
fn double(block: &mut [u8]) {
    let mut carry = 0;
    for byte in block.iter_mut().rev() {
        let next = *byte >> 7;
        *byte = *byte << 1 | carry;
        carry = next;
    }
    if let (1, Some(last)) = (carry, block.last_mut()) {
        *last ^= 0x87;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(suite: Suite, hex: &str) -> Key {
        Key { suite, bytes: hex::decode(hex).unwrap() }
    }

    #[test]
    fn keys_of_9303_11_appendix_d_1() {
        let seed = hex::decode("239AB9CB282DAF66231DC5A4DF6BFBAE").unwrap();
        for (purpose, expected) in
            [(Purpose::Encryption, "ab94fdecf2674fdfb9b391f85d7f76f2"), (Purpose::Mac, "7962d9ece03d1acd4c76089dce131543")]
        {
            assert_eq!(hex::encode(Key::derive(Suite::TripleDes, &seed, purpose).bytes()), expected);
        }
    }

    #[test]
    fn cmac_examples_of_sp_800_38b() {
        let message = hex::decode("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411").unwrap();
        let empty = [].as_slice();
        let block = message.get(..16).unwrap();
        let keys = [
            (Suite::Aes128, "2b7e151628aed2a6abf7158809cf4f3c"),
            (Suite::Aes192, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"),
            (Suite::Aes256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
        ];
        let expected = [
            ["bb1d6929e9593728", "070a16b46b4d4144", "dfa66747de9ae630"],
            ["d17ddf46adaacde5", "9e99a7bf31e71090", "8a1de5be2eb31aad"],
            ["028962f61b7bf89e", "28a7023f452e8f82", "aaf3d8f1de5640c2"],
        ];
        for ((suite, hex), expected) in keys.into_iter().zip(expected) {
            for (message, expected) in [empty, block, &message].into_iter().zip(expected) {
                assert_eq!(hex::encode(key(suite, hex).mac(message)), expected, "{suite:?} {}", message.len());
            }
        }
    }

    #[test]
    fn cbc_is_undone_and_padding_is_strict() {
        for suite in [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256] {
            let key = Key::derive(suite, b"secret", Purpose::Encryption);
            let plain = pad(b"nineteen bytes long", suite.block_len());
            let encrypted = key.encrypt(key.zero_vector(), &plain);
            assert_ne!(encrypted, plain);
            let decrypted = key.decrypt(key.zero_vector(), &encrypted).unwrap();
            assert_eq!(unpad(&decrypted, suite.block_len()).unwrap(), b"nineteen bytes long");
            assert_eq!(key.decrypt(key.zero_vector(), encrypted.get(1..).unwrap()), None);
        }
        assert_eq!(unpad(&[1, 0, 0], 8), None);
        assert_eq!(unpad(&[0, 0], 8), None);
        assert_eq!(unpad(&[1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0], 8), None);
        assert_eq!(unpad(&[0x80, 0, 0, 0, 0, 0, 0, 0], 8), Some(Vec::new()));
    }
}
