//! Numbers that every machine must compute alike, whatever its words: the image prints them, and a test of the host computes them again.

use alloc::vec;

use rand_core::{TryCryptoRng, TryRng};
use soat::crypto::{DigestAlgorithm, NamedCurve, Provider, RsaPublicKey};

/// Of what two sides send and agree on, with generic mapping and without, and whether they agree; the two forms of a point read.
pub fn on_curve(provider: &dyn Provider, curve: NamedCurve) -> Option<u64> {
    let mut rng = Fixed(9303);
    let mut pair = || provider.generate_key_pair(curve, &mut rng);
    let (terminal, chip) = (pair().ok()?, pair().ok()?);
    let (terminal_point, chip_point) = (terminal.public_key().to_vec(), chip.public_key().to_vec());
    let shared = terminal.agree(&chip_point).ok()?;
    if shared != chip.agree(&terminal_point).ok()? {
        return None;
    }
    let (x, y) = terminal_point.get(1..)?.split_at_checked(curve.field_len())?;
    let compressed = [&[0x02 | y.last()? & 1][..], x].concat();
    let read = provider.multiply_point(curve, chip_point.get(1..=curve.field_len())?, &compressed).ok()?;
    let mapped = terminal.map_generic(&chip_point, &[0x5A; 16], &mut rng).ok()?;
    let mapped_shared = mapped.agree(&chip_point).ok()?;
    let parts = [&terminal_point, &chip_point, &shared[..], &read, mapped.public_key(), &mapped_shared];
    first_octets(provider, &parts)
}

/// Of the public operation with a modulus of so many octets.
pub fn on_modulus(provider: &dyn Provider, len: usize) -> Option<u64> {
    let mut numbers = vec![0; 2 * len];
    let _ = Fixed(9796).try_fill_bytes(&mut numbers);
    let (modulus, input) = numbers.split_at_mut(len);
    *modulus.first_mut()? |= 0x80;
    *modulus.last_mut()? |= 1;
    *input.first_mut()? &= 0x7F;
    let key = RsaPublicKey::new(modulus, &[1, 0, 1]).ok()?;
    let output = provider.rsa_public_operation(&key, input).ok()?;
    first_octets(provider, &[&output])
}

fn first_octets(provider: &dyn Provider, parts: &[&[u8]]) -> Option<u64> {
    let digest = provider.digest(DigestAlgorithm::Sha256, parts);
    digest.as_ref().first_chunk().map(|octets| u64::from_be_bytes(*octets))
}

/// The same numbers each time.
pub struct Fixed(pub u64);

impl TryRng for Fixed {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let [a, b, c, d, ..] = self.try_next_u64()?.to_le_bytes();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in target.chunks_mut(8) {
            let bytes = self.try_next_u64()?.to_be_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}
