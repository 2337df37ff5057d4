//! Where the key of a card comes from: its code at the scanner, the control panel, or the list of cards that need no code.
//!
//! A key opens a chip and nothing else, whoever brought it: who comes in is decided over what was verified then.

use alloc::vec::Vec;

use soat::chip::AccessKey;
use soat::vietnam::qr::Qr;
use zeroize::Zeroizing;

/// The keys that may open a card.
pub struct CardKeys {
    /// The card access number: the last six digits of the personal number.
    pub key: AccessKey,
    /// Keys for a card without PACE, the likeliest first.
    pub guesses: Vec<AccessKey>,
    /// The code as it came, which is compared with the chip once that is open; `None` where the key came without.
    pub code: Option<Zeroizing<Vec<u8>>>,
}

impl CardKeys {
    /// Out of the text of a card's code; any other text comes back.
    ///
    /// # Errors
    /// The text, where it is not one of a Vietnamese card.
    pub fn from_code(text: Zeroizing<Vec<u8>>) -> Result<Self, Zeroizing<Vec<u8>>> {
        let keys = Qr::from_bytes(&text).ok().and_then(|code| {
            let key = AccessKey::from_number(code.personal_number.as_str()).ok()?;
            Some((key, AccessKey::guesses(&code).into_iter().map(|(_, key)| key).collect()))
        });
        match keys {
            Some((key, guesses)) => Ok(Self { key, guesses, code: Some(text) }),
            None => Err(text),
        }
    }
}

/// A key alone.
impl From<AccessKey> for CardKeys {
    fn from(key: AccessKey) -> Self {
        Self { key, guesses: Vec::new(), code: None }
    }
}
