//! The secure channel SCP: AES-128 session keys, cryptograms, chained MACs, encryption (SIA OSDP 2.2 Annex D).
//!
//! Each MAC is the start of the next one going the other way, so that a frame that is repeated, left out or put elsewhere breaks the
//! chain; the complement of the other side's last MAC is the initialisation vector of the data.

use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Cipher, CryptoError, Provider};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::frame::MAC;

/// A block of AES.
pub(super) type Block = [u8; 16];
/// A random number of either side.
pub(super) type Nonce = [u8; 8];

const BLOCK: usize = 16;

/// Why a frame is not of the session: all one to the other side, and the end of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionError {
    /// MAC or cryptogram.
    Unauthentic,
    /// The padding of authentic data is wrong.
    Padding,
    /// The block cipher was given what it cannot take.
    Cipher,
}

impl From<CryptoError> for SessionError {
    fn from(_: CryptoError) -> Self {
        Self::Cipher
    }
}

/// One block under a key, in place.
fn encrypt_block(key: &Block, block: &mut Block) -> Result<(), CryptoError> {
    RustCrypto.cbc_encrypt(Cipher::Aes128, key, &[0; BLOCK], block)
}

/// The three keys of a session (Annex D.4.1).
pub(super) struct SessionKeys {
    encryption: Zeroizing<Block>,
    mac1: Zeroizing<Block>,
    mac2: Zeroizing<Block>,
}

impl SessionKeys {
    /// From the base key and the first six bytes of the panel's random number.
    pub(super) fn derive(key: &Block, panel: &Nonce) -> Result<Self, SessionError> {
        let derived = |second: u8| -> Result<Zeroizing<Block>, CryptoError> {
            let mut block = Zeroizing::new([0; BLOCK]);
            block.iter_mut().zip([0x01, second].iter().chain(panel.iter().take(6))).for_each(|(to, from)| *to = *from);
            encrypt_block(key, &mut block)?;
            Ok(block)
        };
        Ok(Self { encryption: derived(0x82)?, mac1: derived(0x01)?, mac2: derived(0x02)? })
    }

    /// Both random numbers under S-ENC: the client's cryptogram has the panel's number first, the server's has the device's.
    pub(super) fn cryptogram(&self, first: &Nonce, second: &Nonce) -> Result<Block, SessionError> {
        let mut block = [0; BLOCK];
        block.iter_mut().zip(first.iter().chain(second)).for_each(|(to, from)| *to = *from);
        encrypt_block(&self.encryption, &mut block)?;
        Ok(block)
    }

    /// The first link of the chain: the server's cryptogram under S-MAC1, then S-MAC2 (Annex D.4.5).
    pub(super) fn initial_mac(&self, server_cryptogram: &Block) -> Result<Block, SessionError> {
        let mut block = *server_cryptogram;
        encrypt_block(&self.mac1, &mut block)?;
        encrypt_block(&self.mac2, &mut block)?;
        Ok(block)
    }

    /// CBC under S-MAC1, the last block under S-MAC2; 80 00 … where the message does not fill a block (Annex D.5).
    pub(super) fn mac(&self, chain: &Block, message: &[u8]) -> Result<Block, SessionError> {
        let whole = message.len().saturating_sub(1) / BLOCK * BLOCK;
        let (head, tail) = message.split_at_checked(whole).unwrap_or_default();
        let mut chain = *chain;
        let mut scratch = [0; 4 * BLOCK];
        for blocks in head.chunks(scratch.len()) {
            let Some(room) = scratch.get_mut(..blocks.len()) else { continue };
            room.copy_from_slice(blocks);
            RustCrypto.cbc_encrypt(Cipher::Aes128, self.mac1.as_slice(), &chain, room)?;
            chain = *room.last_chunk().ok_or(SessionError::Cipher)?;
        }
        let mut last = [0; BLOCK];
        last.iter_mut().zip(tail.iter().chain(&[0x80])).for_each(|(to, from)| *to = *from);
        RustCrypto.cbc_encrypt(Cipher::Aes128, self.mac2.as_slice(), &chain, &mut last)?;
        Ok(last)
    }

    /// Pads and encrypts the first `len` bytes in place, and says how long they became.
    pub(super) fn encrypt(&self, other_mac: &Block, buffer: &mut [u8], len: usize) -> Result<usize, SessionError> {
        let padded = (len / BLOCK + 1) * BLOCK;
        let data = buffer.get_mut(..padded).ok_or(SessionError::Cipher)?;
        data.iter_mut().skip(len).zip([0x80].iter().chain(&[0; BLOCK])).for_each(|(to, from)| *to = *from);
        RustCrypto.cbc_encrypt(Cipher::Aes128, self.encryption.as_slice(), &other_mac.map(|byte| !byte), data)?;
        Ok(padded)
    }

    /// Decrypts in place, and says how long the data are without their padding.
    pub(super) fn decrypt(&self, other_mac: &Block, data: &mut [u8]) -> Result<usize, SessionError> {
        RustCrypto.cbc_decrypt(Cipher::Aes128, self.encryption.as_slice(), &other_mac.map(|byte| !byte), data)?;
        let end = data.iter().rposition(|byte| *byte != 0).filter(|at| data.get(*at) == Some(&0x80));
        end.ok_or(SessionError::Padding)
    }
}

/// A session as the device has it.
pub(super) struct Session {
    keys: SessionKeys,
    command_mac: Zeroizing<Block>,
    reply_mac: Zeroizing<Block>,
}

impl Session {
    /// Opens it where the server's cryptogram is right; with R-MAC_I, which goes to the panel.
    pub(super) fn open(keys: SessionKeys, panel: &Nonce, own: &Nonce, cryptogram: &Block) -> Result<(Self, Block), SessionError> {
        let right = keys.cryptogram(own, panel)?.ct_eq(cryptogram);
        let initial = keys.initial_mac(cryptogram)?;
        if !bool::from(right) {
            return Err(SessionError::Unauthentic);
        }
        let session = Self { keys, command_mac: Zeroizing::new([0; BLOCK]), reply_mac: Zeroizing::new(initial) };
        Ok((session, initial))
    }

    /// Checks a command: the next of the chain, or nothing.
    pub(super) fn verify(&mut self, message: &[u8], mac: &[u8; MAC]) -> Result<(), SessionError> {
        let expected = Zeroizing::new(self.keys.mac(&self.reply_mac, message)?);
        let seen = expected.first_chunk::<MAC>().ok_or(SessionError::Cipher)?;
        if !bool::from(seen.ct_eq(mac)) {
            return Err(SessionError::Unauthentic);
        }
        self.command_mac = expected;
        Ok(())
    }

    /// Decrypts the data of the command that was just checked.
    pub(super) fn decrypt(&self, data: &mut [u8]) -> Result<usize, SessionError> {
        self.keys.decrypt(&self.reply_mac, data)
    }

    /// Pads and encrypts the data of the reply to the command that was just checked.
    pub(super) fn encrypt(&self, buffer: &mut [u8], len: usize) -> Result<usize, SessionError> {
        self.keys.encrypt(&self.command_mac, buffer, len)
    }

    /// The MAC of the reply: what the next command is checked by.
    pub(super) fn seal(&mut self, message: &[u8]) -> Result<[u8; MAC], SessionError> {
        self.reply_mac = Zeroizing::new(self.keys.mac(&self.command_mac, message)?);
        self.reply_mac.first_chunk().copied().ok_or(SessionError::Cipher)
    }
}

/// The device's random numbers: AES-128 of a counter under a random seed, so that the interrupt waits for no entropy and runs out of none.
pub(super) struct Nonces {
    seed: Zeroizing<Block>,
    drawn: u64,
}

impl Nonces {
    pub(super) fn new(seed: Block) -> Self {
        Self { seed: Zeroizing::new(seed), drawn: 0 }
    }

    pub(super) fn draw(&mut self) -> Result<Nonce, SessionError> {
        let mut block = [0; BLOCK];
        block.iter_mut().zip(self.drawn.to_be_bytes()).for_each(|(to, from)| *to = from);
        self.drawn = self.drawn.wrapping_add(1);
        encrypt_block(&self.seed, &mut block)?;
        block.first_chunk().copied().ok_or(SessionError::Cipher)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
