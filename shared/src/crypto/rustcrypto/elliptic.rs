//! Elliptic curves: signatures, which are public, in [`public`]; and here what needs secrets, ECDH and mappings, written once for every
//! curve that the arithmetic crates know or `curves` adds.

mod integrated;
pub(super) mod public;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;

use ecdsa::EcdsaCurve;
use elliptic_curve::ff::PrimeField;
use elliptic_curve::group::Group as _;
use elliptic_curve::sec1::{FromSec1Point as _, Sec1Point, ToSec1Point as _};
use elliptic_curve::{Field as _, FieldBytes, Scalar};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::{CryptoError, KeyPair, NamedCurve};

/// What is computed with secrets on a curve, whichever it is.
pub(super) trait CurveGroup {
    /// `scalar · point`, uncompressed.
    fn multiply(&self, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError>;
    /// A key pair on the curve's generator.
    fn generate(&self, rng: &mut dyn CryptoRng) -> Box<dyn KeyPair>;
    /// A key pair on the generator that a number is encoded to.
    fn map_integrated(&self, random: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError>;
}

/// The group of a curve.
pub(super) fn group(curve: NamedCurve) -> Result<&'static dyn CurveGroup, CryptoError> {
    #[cfg(feature = "all-curves")]
    use super::curves;
    Ok(match curve {
        NamedCurve::P256 => &On::<p256::NistP256>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::P192 => &On::<p192::NistP192>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::P224 => &On::<p224::NistP224>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::P384 => &On::<p384::NistP384>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::P521 => &On::<p521::NistP521>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP160r1 => &On::<curves::BrainpoolP160r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP160t1 => &On::<curves::BrainpoolP160t1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP192r1 => &On::<curves::BrainpoolP192r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP192t1 => &On::<curves::BrainpoolP192t1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP224r1 => &On::<curves::BrainpoolP224r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP224t1 => &On::<curves::BrainpoolP224t1>::GROUP,
        #[cfg(feature = "brainpool256")]
        NamedCurve::BrainpoolP256r1 => &On::<bp256::BrainpoolP256r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP256t1 => &On::<bp256::BrainpoolP256t1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP320r1 => &On::<curves::BrainpoolP320r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP320t1 => &On::<curves::BrainpoolP320t1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP384r1 => &On::<bp384::BrainpoolP384r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP384t1 => &On::<bp384::BrainpoolP384t1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP512r1 => &On::<curves::BrainpoolP512r1>::GROUP,
        #[cfg(feature = "all-curves")]
        NamedCurve::BrainpoolP512t1 => &On::<curves::BrainpoolP512t1>::GROUP,
        #[cfg(not(feature = "all-curves"))]
        _ => return Err(CryptoError::Unsupported("this build agrees on keys over few curves")),
    })
}

/// A curve as a value.
struct On<C>(PhantomData<C>);

impl<C> On<C> {
    const GROUP: Self = Self(PhantomData);
}

impl<C: EcdsaCurve + PrimeCurveParams> CurveGroup for On<C> {
    fn multiply(&self, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError> {
        encode::<C>(&(ProjectivePoint::<C>::from(decode::<C>(point)?) * reduce::<Scalar<C>>(scalar)))
    }

    fn generate(&self, rng: &mut dyn CryptoRng) -> Box<dyn KeyPair> {
        loop {
            // The generator's order is prime, so that only a scalar of zero gives infinity; and none is drawn.
            if let Ok(pair) = EcKeyPair::<C>::generate(&ProjectivePoint::<C>::GENERATOR, rng) {
                return Box::new(pair);
            }
        }
    }

    fn map_integrated(&self, random: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        let generator = integrated::encode_to_point::<C>(random)
            .ok_or(CryptoError::Unsupported("integrated mapping of this number to a point"))?;
        Ok(Box::new(EcKeyPair::<C>::generate(&generator, rng)?))
    }
}

/// An ephemeral key pair.
struct EcKeyPair<C: PrimeCurveParams> {
    private_key: Zeroizing<Scalar<C>>,
    public_key: Vec<u8>,
}

impl<C: EcdsaCurve + PrimeCurveParams> EcKeyPair<C> {
    fn generate(generator: &ProjectivePoint<C>, rng: &mut dyn CryptoRng) -> Result<Self, CryptoError> {
        let private_key = draw::<C>(rng);
        let public_key = encode::<C>(&(*generator * *private_key))?;
        Ok(Self { private_key, public_key })
    }

    /// `private · peer`. The standards exchange uncompressed points only: another form of our own point would slip past the check that
    /// the two sides' keys differ.
    fn multiply(&self, peer: &[u8]) -> Result<ProjectivePoint<C>, CryptoError> {
        if peer.first() != Some(&0x04) {
            return Err(CryptoError::PublicKeyInvalid("an ephemeral point that is not uncompressed"));
        }
        Ok(ProjectivePoint::<C>::from(decode::<C>(peer)?) * *self.private_key)
    }
}

impl<C: EcdsaCurve + PrimeCurveParams> KeyPair for EcKeyPair<C> {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let shared = Zeroizing::new(encode::<C>(&self.multiply(peer)?)?);
        let x = shared.get(1..=shared.len() / 2).unwrap_or_default();
        Ok(Zeroizing::new(x.to_vec()))
    }

    fn map_generic(self: Box<Self>, peer: &[u8], nonce: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        let generator = ProjectivePoint::<C>::GENERATOR * reduce::<Scalar<C>>(nonce) + self.multiply(peer)?;
        if bool::from(generator.is_identity()) {
            return Err(CryptoError::PublicKeyInvalid("a mapped generator at infinity"));
        }
        Ok(Box::new(Self::generate(&generator, rng)?))
    }
}

/// A private key: drawn again while it is zero or not below the order, so that every value is as likely.
fn draw<C: PrimeCurveParams>(rng: &mut dyn CryptoRng) -> Zeroizing<Scalar<C>> {
    loop {
        let mut bytes = Zeroizing::new(FieldBytes::<C>::default());
        rng.fill_bytes(&mut bytes);
        let surplus_bits = (bytes.len() * 8).saturating_sub(Scalar::<C>::NUM_BITS as usize);
        if let Some(first) = bytes.first_mut() {
            *first &= 0xFF_u8 >> surplus_bits;
        }
        let scalar = Scalar::<C>::from_repr(*bytes).into_option().filter(|scalar| !bool::from(scalar.is_zero()));
        if let Some(scalar) = scalar {
            return Zeroizing::new(scalar);
        }
    }
}

/// A big-endian number of any length, modulo the order or the characteristic.
fn reduce<F: PrimeField>(octets: &[u8]) -> F {
    let radix = F::from(1 << 32).square();
    let (head, tail) = octets.split_at(octets.len() % 8);
    core::iter::once(head).chain(tail.chunks(8)).fold(F::ZERO, |value, octets| {
        value * radix + F::from(octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)))
    })
}

/// A point of the curve: uncompressed or compressed, on it, and not at infinity.
fn decode<C: PrimeCurveParams>(point: &[u8]) -> Result<AffinePoint<C>, CryptoError> {
    const INVALID: CryptoError = CryptoError::PublicKeyInvalid("a point that is not on its curve");
    // SEC 1 knows two forms more: 00 for infinity, and compact.
    if !matches!(point.first(), Some(0x02..=0x04)) {
        return Err(INVALID);
    }
    let encoded = Sec1Point::<C>::from_bytes(point).map_err(|_| INVALID)?;
    AffinePoint::<C>::from_sec1_point(&encoded).into_option().ok_or(INVALID)
}

/// `04 ‖ X ‖ Y`.
fn encode<C: PrimeCurveParams>(point: &ProjectivePoint<C>) -> Result<Vec<u8>, CryptoError> {
    if bool::from(point.is_identity()) {
        return Err(CryptoError::PublicKeyInvalid("a shared point at infinity"));
    }
    Ok(point.to_affine().to_sec1_point(false).as_bytes().to_vec())
}
