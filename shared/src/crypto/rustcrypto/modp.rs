//! Diffie–Hellman in a prime field, with its two mappings, and DSA.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::key::DsaPublicKey;
use crate::crypto::{CryptoError, Digest, EcdsaSignature, KeyPair, ModpGroup};
use crate::tlv::asn1::strip_zeros;

const INVALID: CryptoError = CryptoError::PublicKeyInvalid("a number that is not of its group");

/// The numbers modulo an odd modulus.
struct Ring {
    modulus: NonZero<BoxedUint>,
    params: BoxedMontyParams,
}

impl Ring {
    fn new(modulus: &[u8]) -> Option<Self> {
        let modulus = integer(modulus).ok()?;
        let params = BoxedMontyParams::new_vartime(Odd::new(modulus.clone()).into_option()?);
        Some(Self { modulus: NonZero::new(modulus).into_option()?, params })
    }

    /// A big-endian number of any length, modulo the modulus.
    fn element(&self, octets: &[u8]) -> Result<BoxedMontyForm, CryptoError> {
        Ok(BoxedMontyForm::new(integer(octets)?.rem(&self.modulus), &self.params))
    }

    /// Big-endian octets, as wide as the modulus is.
    fn octets(&self, element: &BoxedMontyForm) -> Vec<u8> {
        let bytes = element.retrieve().to_be_bytes();
        let width = usize::try_from(self.modulus.bits_vartime().div_ceil(8)).unwrap_or_default();
        bytes.len().checked_sub(width).and_then(|surplus| bytes.get(surplus..)).unwrap_or_default().to_vec()
    }
}

/// A standardised group, ready to compute in.
struct Group {
    ring: Ring,
    generator: BoxedMontyForm,
    /// q, big-endian.
    order: &'static [u8],
}

impl Group {
    fn new(group: ModpGroup) -> Result<Self, CryptoError> {
        const STANDARD: CryptoError = CryptoError::Unsupported("a group whose parameters are broken");
        let parameters = group.parameters();
        let ring = Ring::new(parameters.p).ok_or(STANDARD)?;
        let generator = ring.element(parameters.g)?;
        Ok(Self { ring, generator, order: parameters.q })
    }

    /// A received public key: between 2 and p − 2, and of the subgroup (RFC 2631 §2.1.5), since another order leaks the private key.
    fn decode(&self, public_key: &[u8]) -> Result<BoxedMontyForm, CryptoError> {
        let significant = strip_zeros(public_key);
        let modulus = self.ring.modulus.to_be_bytes();
        let modulus = strip_zeros(&modulus);
        if significant.len() > modulus.len() || (significant.len() == modulus.len() && significant >= modulus) {
            return Err(INVALID);
        }
        let element = self.ring.element(significant)?;
        let one = BoxedMontyForm::one(&self.ring.params);
        let is_of_subgroup = element.pow(&integer(self.order)?) == one;
        if element == one || !is_of_subgroup { Err(INVALID) } else { Ok(element) }
    }
}

/// A key pair on the group's generator.
pub(super) fn generate_key_pair(group: ModpGroup, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
    let group = Group::new(group)?;
    let generator = group.generator.clone();
    ModpKeyPair::generate(group, &generator, rng)
}

/// Integrated mapping (ICAO 9303-11 §4.4.3.3.2): `ĝ = x^a mod p` with `a = (p − 1) / q`.
pub(super) fn map_integrated(group: ModpGroup, random: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
    let group = Group::new(group)?;
    let order = NonZero::new(integer(group.order)?).into_option().ok_or(INVALID)?;
    // (p − 1) / q is what p / q is, rounded down.
    let (cofactor, _) = group.ring.modulus.div_rem_vartime(&order);
    let generator = group.ring.element(random)?.pow(&cofactor);
    if generator == BoxedMontyForm::one(&group.ring.params) || bool::from(generator.is_zero()) {
        return Err(CryptoError::PublicKeyInvalid("a mapped generator of order one"));
    }
    ModpKeyPair::generate(group, &generator, rng)
}

struct ModpKeyPair {
    group: Group,
    private_key: Zeroizing<BoxedUint>,
    public_key: Vec<u8>,
}

impl ModpKeyPair {
    /// A private key below the order, drawn again while it is zero or too large, and its public key.
    fn generate(group: Group, generator: &BoxedMontyForm, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        let mut drawn = Zeroizing::new(vec![0; group.order.len()]);
        loop {
            rng.fill_bytes(&mut drawn);
            if drawn.iter().any(|octet| *octet != 0) && drawn.as_slice() < group.order {
                break;
            }
        }
        let private_key = Zeroizing::new(integer(&drawn)?);
        let public_key = strip_zeros(&group.ring.octets(&generator.pow(&private_key))).to_vec();
        Ok(Box::new(Self { group, private_key, public_key }))
    }

    /// `pow` takes the same time for every exponent of the order's length, and private keys are drawn in that length.
    fn power(&self, peer: &[u8]) -> Result<BoxedMontyForm, CryptoError> {
        Ok(self.group.decode(peer)?.pow(&self.private_key))
    }
}

impl KeyPair for ModpKeyPair {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        Ok(Zeroizing::new(self.group.ring.octets(&self.power(peer)?)))
    }

    fn map_generic(self: Box<Self>, peer: &[u8], nonce: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        let nonce = Zeroizing::new(integer(nonce)?);
        let generator = self.group.generator.pow(&nonce) * self.power(peer)?;
        if generator == BoxedMontyForm::one(&self.group.ring.params) {
            return Err(CryptoError::PublicKeyInvalid("a mapped generator of order one"));
        }
        Self::generate(self.group, &generator, rng)
    }
}

/// Checks a DSA signature over a digest (FIPS 186-4 §4.7).
pub(super) fn verify_dsa(key: &DsaPublicKey, digest: &Digest, signature: &EcdsaSignature<'_>) -> Result<(), CryptoError> {
    let field = Ring::new(key.modulus()).ok_or(INVALID)?;
    let scalars = Ring::new(key.order()).ok_or(INVALID)?;
    let is_below_order = |number: &[u8]| !number.is_empty() && (number.len(), number) < (key.order().len(), key.order());
    if !is_below_order(signature.r) || !is_below_order(signature.s) {
        return Err(CryptoError::SignatureInvalid);
    }
    let r = scalars.element(signature.r)?;
    let s_inverse = scalars.element(signature.s)?.invert().into_option().ok_or(CryptoError::SignatureInvalid)?;
    // Orders are whole bytes long, so that the leftmost bits of the digest are its leftmost bytes.
    let digest = digest.as_ref();
    let z = scalars.element(digest.get(..key.order().len()).unwrap_or(digest))?;
    let power = |base: &[u8], exponent: BoxedMontyForm| Ok::<_, CryptoError>(field.element(base)?.pow(&exponent.retrieve()));
    let v = power(key.generator(), z * &s_inverse)? * power(key.public_number(), r.clone() * &s_inverse)?;
    if scalars.element(&field.octets(&v))? == r { Ok(()) } else { Err(CryptoError::SignatureInvalid) }
}

/// Big-endian octets as a number that is as wide as they are.
fn integer(octets: &[u8]) -> Result<BoxedUint, CryptoError> {
    let bits = u32::try_from(octets.len().max(1) * 8).map_err(|_| CryptoError::Length)?;
    BoxedUint::from_be_slice(octets, bits).map_err(|_| CryptoError::Length)
}
