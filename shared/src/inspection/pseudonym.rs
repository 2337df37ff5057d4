//! What stands for a person where a gate may not know whose card it is.

use zeroize::Zeroizing;

use crate::crypto::Provider;
use crate::crypto::hmac::hmac_sha256;

/// The secret from which pseudonyms are made. There are some 10^10 numbers: whoever has the key has the numbers, so that each site and
/// purpose has a random one of its own. Wiped when it is dropped; shows nothing in `Debug`.
pub struct PseudonymKey(Zeroizing<[u8; Self::LEN]>);

/// The first 16 bytes of HMAC-SHA-256(key, purpose ‖ number): the same for each visit, another for each key and each purpose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pseudonym([u8; 16]);

opaque_debug!(PseudonymKey, Pseudonym);

impl PseudonymKey {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// A key from bytes that were drawn at random.
    pub fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The pseudonym of a number for a purpose. `None` for anything but 12 digits: what is hashed is purpose and number without a mark
    /// between them, which are told apart by the number's length alone.
    pub fn pseudonym(&self, purpose: &str, number: &str, provider: &dyn Provider) -> Option<Pseudonym> {
        let is_number = number.len() == 12 && number.bytes().all(|digit| digit.is_ascii_digit());
        let code = hmac_sha256(self.0.as_slice(), &[purpose.as_bytes(), number.as_bytes()], provider);
        code.first_chunk().filter(|_| is_number).map(|first| Pseudonym(*first))
    }
}

impl Pseudonym {
    /// Its 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;

    #[test]
    fn a_pseudonym_depends_on_key_purpose_and_number() {
        let pseudonym = |key: u8, purpose: &str, number: &str| {
            PseudonymKey::new([key; 32]).pseudonym(purpose, number, &RustCrypto).map(|pseudonym| *pseudonym.as_bytes())
        };
        let one = pseudonym(1, "north gate", "001199000001").unwrap();
        assert_eq!(pseudonym(1, "north gate", "001199000001"), Some(one));
        for (key, purpose, number) in
            [(2, "north gate", "001199000001"), (1, "south gate", "001199000001"), (1, "north gate", "001199000002")]
        {
            assert_ne!(pseudonym(key, purpose, number).unwrap(), one);
        }
        for number in ["", "00119900000", "0011990000011", "00119900000x"] {
            assert_eq!(pseudonym(1, "north gate", number), None, "{number}");
        }
    }
}
