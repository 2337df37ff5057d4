//! Elliptic curves: signatures, which are public, in [`public`]; and here what needs secrets, ECDH and mappings.

pub(super) mod public;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use modular_arithmetic::{Curve, Parameters, Point};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::curve as domain;
use crate::crypto::{CryptoError, KeyPair, NamedCurve};

const NOT_ON_CURVE: CryptoError = CryptoError::PublicKeyInvalid("a point that is not on its curve");
const AT_INFINITY: CryptoError = CryptoError::PublicKeyInvalid("a shared point at infinity");

/// `scalar · point`, uncompressed. Work grows with the scalar, which a chip may have sent: it is no longer than the field.
pub(super) fn multiply(curve: NamedCurve, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if scalar.len() > curve.field_len() {
        return Err(CryptoError::Length);
    }
    let arithmetic = arithmetic(curve)?;
    let point = arithmetic.decode(point).ok_or(NOT_ON_CURVE)?;
    let product = arithmetic.encode(&arithmetic.multiply(scalar, &point)).ok_or(AT_INFINITY)?;
    Ok(product.to_vec())
}

/// A key pair on the curve's generator.
pub(super) fn generate(curve: NamedCurve, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
    let arithmetic = arithmetic(curve)?;
    Ok(Box::new(EcKeyPair::generate(curve, &arithmetic, &arithmetic.generator(), rng)?))
}

/// A key pair on the generator that a number is encoded to.
pub(super) fn map_integrated(curve: NamedCurve, random: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
    let arithmetic = arithmetic(curve)?;
    let generator =
        arithmetic.encode_number(random).ok_or(CryptoError::Unsupported("integrated mapping of this number to a point"))?;
    Ok(Box::new(EcKeyPair::generate(curve, &arithmetic, &generator, rng)?))
}

/// The curve, ready to compute on.
pub(super) fn arithmetic(curve: NamedCurve) -> Result<Curve, CryptoError> {
    let domain::Parameters { p, a, b, x, y, n, .. } = *curve.parameters();
    Curve::new(&Parameters { p, a, b, x, y, n }).ok_or(CryptoError::Unsupported("a curve whose parameters are broken"))
}

/// An ephemeral key pair.
struct EcKeyPair {
    curve: NamedCurve,
    private_key: Zeroizing<Vec<u8>>,
    public_key: Vec<u8>,
}

impl EcKeyPair {
    fn generate(curve: NamedCurve, arithmetic: &Curve, generator: &Point, rng: &mut dyn CryptoRng) -> Result<Self, CryptoError> {
        let private_key = draw(curve, arithmetic, rng);
        // Every order is prime, so that no generator and no private key give infinity.
        let public_key = arithmetic.encode(&arithmetic.multiply(&private_key, generator)).ok_or(AT_INFINITY)?.to_vec();
        Ok(Self { curve, private_key, public_key })
    }

    /// `private · peer`. The standards exchange uncompressed points only: another form of our own point would slip past the check that
    /// the two sides' keys differ.
    fn multiply(&self, arithmetic: &Curve, peer: &[u8]) -> Result<Point, CryptoError> {
        if peer.first() != Some(&0x04) {
            return Err(CryptoError::PublicKeyInvalid("an ephemeral point that is not uncompressed"));
        }
        Ok(arithmetic.multiply(&self.private_key, &arithmetic.decode(peer).ok_or(NOT_ON_CURVE)?))
    }
}

impl KeyPair for EcKeyPair {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let arithmetic = arithmetic(self.curve)?;
        let shared = arithmetic.encode(&self.multiply(&arithmetic, peer)?).ok_or(AT_INFINITY)?;
        let x = shared.get(1..=shared.len() / 2).unwrap_or_default();
        Ok(Zeroizing::new(x.to_vec()))
    }

    fn map_generic(self: Box<Self>, peer: &[u8], nonce: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        let arithmetic = arithmetic(self.curve)?;
        let own = self.multiply(&arithmetic, peer)?;
        let generator = arithmetic.add(&arithmetic.multiply(nonce, &arithmetic.generator()), &own);
        if generator.is_infinity() {
            return Err(CryptoError::PublicKeyInvalid("a mapped generator at infinity"));
        }
        Ok(Box::new(Self::generate(self.curve, &arithmetic, &generator, rng)?))
    }
}

/// A private key: drawn again while it is zero or not below the order, so that every value is as likely.
fn draw(curve: NamedCurve, arithmetic: &Curve, rng: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    let mut octets = Zeroizing::new(vec![0; curve.field_len()]);
    loop {
        rng.fill_bytes(&mut octets);
        let surplus_bits = octets.len() * 8 - curve.bits();
        if let Some(first) = octets.first_mut() {
            *first &= 0xFF_u8 >> surplus_bits;
        }
        if arithmetic.is_private_key(&octets) {
            return octets;
        }
    }
}
