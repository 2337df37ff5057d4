//! The secure channel base key (SIA OSDP 2.2 Annex D.2).

use zeroize::Zeroizing;

/// SCBK-D, the key that is printed in the standard.
pub(super) const DEFAULT: [u8; 16] = *b"0123456789:;<=>?";

/// A secure channel base key of this device alone: 128 bits, wiped when dropped, never shown.
pub struct Scbk(Zeroizing<[u8; 16]>);

/// The bytes are all equal or count up or down in equal steps, as SCBK-D does: somebody's example, nobody's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeakKey;

impl Scbk {
    /// Takes a key.
    ///
    /// # Errors
    /// [`WeakKey`] where every byte differs from the one before it by the same step.
    pub fn new(key: &[u8; 16]) -> Result<Self, WeakKey> {
        let mut steps = key.iter().zip(key.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one));
        let first = steps.next().unwrap_or_default();
        // All are looked at, wherever the first difference lies.
        match steps.fold(0, |difference, step| difference | (step ^ first)) {
            0 => Err(WeakKey),
            _ => Ok(Self(Zeroizing::new(*key))),
        }
    }

    /// The key's bytes: for storing it, and for nothing else.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_keys_are_refused() {
        assert_eq!(Scbk::new(&DEFAULT).err(), Some(WeakKey), "SCBK-D");
        assert_eq!(DEFAULT, core::array::from_fn(|i| 0x30 + u8::try_from(i).unwrap_or_default()));
        for step in 0..=255_u8 {
            let key = core::array::from_fn(|i| step.wrapping_mul(u8::try_from(i).unwrap_or_default()).wrapping_add(7));
            assert_eq!(Scbk::new(&key).err(), Some(WeakKey), "step {step}");
        }
    }

    #[test]
    fn a_key_that_differs_in_one_byte_is_taken() {
        for at in 0..16 {
            let mut key = DEFAULT;
            if let Some(byte) = key.get_mut(at) {
                *byte ^= 0x80;
            }
            assert_eq!(Scbk::new(&key).map(|key| *key.expose()), Ok(key), "byte {at}");
        }
    }
}
