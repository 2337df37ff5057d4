//! HMAC-SHA-256 (RFC 2104) and HKDF (RFC 5869) over the hash of the seam.

use zeroize::Zeroizing;

use super::{DigestAlgorithm, Provider};

/// Length of a code and of a derived key in bytes.
pub const LEN: usize = 32;
/// SHA-256 hashes blocks of so many bytes.
const BLOCK: usize = 64;

/// The code of a message under a key of any length; one longer than a block of 64 bytes is hashed first (RFC 2104 §2).
pub fn hmac_sha256(key: &[u8], message: &[&[u8]], provider: &dyn Provider) -> Zeroizing<[u8; LEN]> {
    let digest = |beginning: &[u8], parts: &[&[u8]]| {
        let mut hasher = provider.hasher(DigestAlgorithm::Sha256);
        hasher.update(beginning);
        parts.iter().for_each(|part| hasher.update(part));
        let mut code = Zeroizing::new([0; LEN]);
        let digest = Zeroizing::new(hasher.finish());
        code.iter_mut().zip(digest.as_ref()).for_each(|(place, byte)| *place = *byte);
        code
    };
    let hashed = (key.len() > BLOCK).then(|| digest(key, &[]));
    let key = hashed.as_ref().map_or(key, |hashed| hashed.as_slice());
    let pad = |byte: u8| {
        let mut block = Zeroizing::new([byte; BLOCK]);
        block.iter_mut().zip(key).for_each(|(place, key)| *place ^= key);
        block
    };
    let inner = digest(pad(0x36).as_slice(), message);
    digest(pad(0x5C).as_slice(), &[inner.as_slice()])
}

/// HKDF-Expand (RFC 5869 §2.3) to one block: a key of its own for each purpose, out of a pseudorandom key.
pub fn expand(key: &[u8; LEN], purpose: &str, context: &[u8], provider: &dyn Provider) -> Zeroizing<[u8; LEN]> {
    hmac_sha256(key, &[purpose.as_bytes(), context, &[1]], provider)
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;

    /// RFC 4231 §4.2 to 4.4, and §4.7, whose key is longer than a block.
    #[test]
    fn hmac_is_that_of_the_standard() {
        for (key, message, code) in [
            (&[0x0B; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (&[0xAA; 20], &[0xDD; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &[0xAA; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            let (one, two) = message.split_at(3);
            assert_eq!(hex::encode(*hmac_sha256(key, &[one, two], &RustCrypto)), code);
        }
    }

    /// RFC 5869 appendix A.1, the first block.
    #[test]
    fn expansion_is_that_of_the_standard() {
        let salt: alloc::vec::Vec<u8> = (0..=0x0C).collect();
        let key = hmac_sha256(&salt, &[&[0x0B; 22]], &RustCrypto);
        assert_eq!(hex::encode(*key), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        let context: alloc::vec::Vec<u8> = (0xF0..=0xF9).collect();
        let block = expand(&key, "", &context, &RustCrypto);
        assert_eq!(hex::encode(*block), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }
}
