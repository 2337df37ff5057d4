//! Cards that a gate opens without their code: the card access numbers of the few people who come every day.
//!
//! A card does not say which one it is before its key was proven (ICAO 9303-11 §4.4), so that a gate tries one number after the other: the
//! list is short. A number opens the chip and nothing else. Who comes in is decided afterwards, as with a code.

use alloc::vec::Vec;

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::chip::AccessKey;

/// Digits of a card access number.
pub const DIGITS: usize = 6;
/// The longest list. A card whose number is none of it is tried with each, some half a second each time.
pub const MOST: usize = 16;

/// Card access numbers, the digits in ASCII, one behind the other. They are the last digits of personal numbers.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Enrolled(Zeroizing<Vec<u8>>);

opaque_debug!(Enrolled);

impl Enrolled {
    /// The list that stands in these bytes. `None` where they are no numbers of six digits, or more than [`MOST`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let is_list = bytes.len().is_multiple_of(DIGITS) && bytes.len() <= MOST * DIGITS && bytes.iter().all(u8::is_ascii_digit);
        is_list.then(|| Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len() / DIGITS
    }

    /// Whether every card needs its code.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys, in the order of the list.
    pub fn keys(&self) -> impl Iterator<Item = AccessKey> {
        self.0.chunks_exact(DIGITS).filter_map(|digits| AccessKey::from_can(core::str::from_utf8(digits).ok()?).ok())
    }
}

impl<C> Encode<C> for Enrolled {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Enrolled {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_bytes(d.bytes()?).ok_or_else(|| decode::Error::message("no list of card access numbers"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_at_most_sixteen_numbers_of_six_digits() {
        let list = Enrolled::from_bytes(b"000001123456").unwrap();
        let keys: Vec<AccessKey> = list.keys().collect();
        let digits = keys.iter().map(|key| if let AccessKey::Can(can) = key { can.digits() } else { "" });
        assert_eq!(digits.collect::<Vec<_>>(), ["000001", "123456"]);
        assert_eq!((list.len(), list.is_empty()), (2, false));
        assert!(Enrolled::from_bytes(b"").unwrap().is_empty());
        assert_eq!(Enrolled::from_bytes(&[b'7'; 96]).unwrap().keys().count(), MOST);
        for wrong in [&b"00000"[..], b"0000011", b"00000x", "00000٣".as_bytes(), &[b'7'; 102]] {
            assert!(Enrolled::from_bytes(wrong).is_none(), "{wrong:?}");
        }
    }
}
