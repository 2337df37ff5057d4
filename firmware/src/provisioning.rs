//! What a gate is given before it goes to its door: the key that it believes, and the key of its site's pseudonyms.
//!
//! ```text
//! "soat.prv" 8 | format 1 | zero 3 | SHA-256 of the operator's public key 32 | site key 32 | least version 8 | SHA-256 over all before, 4
//! ```
//!
//! It lies in the flash of the microcontroller, where read-out protection keeps it from everybody but a laboratory.

use soat::crypto::{Digest, DigestAlgorithm, Provider};
use soat::inspection::PseudonymKey;

/// Length in bytes.
pub const LEN: usize = 88;
const MAGIC: &[u8; 8] = b"soat.prv";
const FORMAT: u8 = 1;

/// Keys and floor of one gate.
pub struct Provisioning {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs for it.
    pub operator: Digest,
    /// The site's key.
    pub site_key: PseudonymKey,
    /// No pack of an earlier version is taken.
    pub least_version: u64,
}

impl Provisioning {
    /// Reads it. `None` where nothing whole stands there: the gate then opens for nobody.
    pub fn parse(bytes: &[u8], provider: &dyn Provider) -> Option<Self> {
        let (said, [.., a, b, c, d]) = bytes.get(..LEN)?.split_at_checked(LEN - 4)? else { return None };
        let sum = provider.digest(DigestAlgorithm::Sha256, &[said]);
        if sum.as_ref().get(..4)? != [*a, *b, *c, *d] {
            return None;
        }
        let (magic, rest) = said.split_first_chunk::<8>()?;
        let ([format, _, _, _], rest) = rest.split_first_chunk::<4>()?;
        let (operator, rest) = rest.split_first_chunk::<32>()?;
        let (site_key, rest) = rest.split_first_chunk::<32>()?;
        let (version, _) = rest.split_first_chunk::<8>()?;
        if magic != MAGIC || *format != FORMAT {
            return None;
        }
        Some(Self {
            operator: Digest::new(operator)?,
            site_key: PseudonymKey::new(*site_key),
            least_version: u64::from_be_bytes(*version),
        })
    }

    /// The bytes of a provisioning.
    pub fn write(operator: &[u8; 32], site_key: &[u8; 32], least_version: u64, provider: &dyn Provider) -> zeroize::Zeroizing<[u8; LEN]> {
        let mut bytes = zeroize::Zeroizing::new([0; LEN]);
        let head = [FORMAT, 0, 0, 0];
        let version = least_version.to_be_bytes();
        let said = [MAGIC.as_slice(), &head, operator, site_key, &version];
        let sum = provider.digest(DigestAlgorithm::Sha256, &said);
        let all = said.into_iter().chain(sum.as_ref().get(..4)).flatten();
        bytes.iter_mut().zip(all).for_each(|(place, byte)| *place = *byte);
        bytes
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use soat::crypto::rustcrypto::RustCrypto;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let bytes = Provisioning::write(&[1; 32], &[2; 32], 7, &RustCrypto);
        let read = Provisioning::parse(&bytes[..], &RustCrypto).unwrap();
        assert_eq!((read.operator.as_ref(), read.least_version), ([1; 32].as_slice(), 7));
        for place in 0..LEN {
            let mut altered = *bytes;
            altered[place] ^= 1;
            assert!(Provisioning::parse(&altered, &RustCrypto).is_none(), "byte {place}");
            assert!(Provisioning::parse(&bytes[..place], &RustCrypto).is_none(), "cut at {place}");
        }
        assert!(Provisioning::parse(&[0xFF; 4096], &RustCrypto).is_none(), "erased flash");
    }
}
