//! Where PACE and chip authentication compute: a curve, or a subgroup of a prime field (ICAO 9303-11 §9.4.5, §9.5, §9.6).

use num_bigint::BigUint;
use num_traits::One;

use super::cipher::Key;
use super::random::Random;
use crate::curve::{Curve, Point, bytes_of, fixed_width};
use crate::modp::Group;
use crate::personalisation::Suite;

/// Domain parameters.
#[derive(Clone, Copy)]
pub(super) enum Domain {
    Curve(&'static Curve),
    Group(&'static Group),
}

/// A member of the group, its neutral element among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Point(Point),
    Number(BigUint),
}

impl Domain {
    pub fn by_parameter_id(id: u8) -> Option<Domain> {
        Curve::by_parameter_id(id).map(Domain::Curve).or_else(|| Group::by_parameter_id(id).map(Domain::Group))
    }

    pub fn named(name: &str) -> Option<Domain> {
        Curve::named(name).map(Domain::Curve).or_else(|| Group::named(name).map(Domain::Group))
    }

    pub fn generator(self) -> Element {
        match self {
            Domain::Curve(curve) => Element::Point(curve.generator().clone()),
            Domain::Group(group) => Element::Number(group.generator().clone()),
        }
    }

    /// The element composed with itself so often.
    pub fn multiply(self, element: &Element, times: &BigUint) -> Option<Element> {
        match (self, element) {
            (Domain::Curve(curve), Element::Point(point)) => Some(Element::Point(curve.multiply(point, times))),
            (Domain::Group(group), Element::Number(number)) => Some(Element::Number(number.modpow(times, group.prime()))),
            _ => None,
        }
        .filter(|product| !is_neutral(product))
    }

    /// Two elements composed; none where they come to the neutral one.
    pub fn combine(self, left: &Element, right: &Element) -> Option<Element> {
        match (self, left, right) {
            (Domain::Curve(curve), Element::Point(left), Element::Point(right)) => Some(Element::Point(curve.add(left, right))),
            (Domain::Group(group), Element::Number(left), Element::Number(right)) => {
                Some(Element::Number(left * right % group.prime()))
            }
            _ => None,
        }
        .filter(|sum| !is_neutral(sum))
    }

    /// Public keys: an uncompressed point, or an unsigned number without leading zeros.
    pub fn encode(self, element: &Element) -> Vec<u8> {
        match (self, element) {
            (Domain::Curve(curve), Element::Point(point)) => curve.encode(point),
            (_, Element::Number(number)) => number.to_bytes_be(),
            (Domain::Group(_), Element::Point(_)) => Vec::new(),
        }
    }

    /// A terminal's public key, if it is one: of the curve or subgroup, and not neutral.
    pub fn decode(self, encoded: &[u8]) -> Option<Element> {
        match self {
            Domain::Curve(curve) => curve.decode(encoded).filter(|point| *point != Point::Infinity).map(Element::Point),
            Domain::Group(group) => {
                let number = BigUint::from_bytes_be(encoded);
                // No more bytes than it has: strict, as it is not padded by the standard.
                (encoded.len() == bytes_of(&number) && group.contains(&number)).then_some(Element::Number(number))
            }
        }
    }

    /// The shared secret as it goes into the key derivation: as wide as the field.
    pub fn secret(self, shared: &Element) -> Option<Vec<u8>> {
        match (self, shared) {
            (Domain::Curve(curve), Element::Point(point)) => curve.encode_x(point),
            (Domain::Group(group), Element::Number(number)) => Some(fixed_width(number, group.field_len())),
            _ => None,
        }
    }

    /// The tag of a public key in the object that tokens are over.
    pub fn key_tag(self) -> u16 {
        match self {
            Domain::Curve(_) => 0x86,
            Domain::Group(_) => 0x84,
        }
    }

    /// An ephemeral private key.
    pub fn private(self, random: &mut Random) -> BigUint {
        match self {
            Domain::Curve(curve) => random.scalar(curve),
            Domain::Group(group) => random.number(group),
        }
    }

    /// Integrated mapping (§4.4.3.3.2): the generator that the two nonces give.
    pub fn map_integrated(self, suite: Suite, nonce: &[u8], additional: &[u8]) -> Option<Element> {
        let prime = match self {
            Domain::Curve(curve) => curve.prime(),
            Domain::Group(group) => group.prime(),
        };
        let random = BigUint::from_bytes_be(&pseudo_random(suite, nonce, additional, prime.bits())?) % prime;
        let generator = match self {
            Domain::Curve(curve) => Element::Point(point_of_number(curve, &random)?),
            Domain::Group(group) => {
                let cofactor = (group.prime() - BigUint::one()) / group.order();
                Element::Number(random.modpow(&cofactor, group.prime()))
            }
        };
        (!is_neutral(&generator)).then_some(generator)
    }
}

fn is_neutral(element: &Element) -> bool {
    match element {
        Element::Point(point) => *point == Point::Infinity,
        Element::Number(number) => *number <= BigUint::one(),
    }
}

/// R(s, t) of figure 2: a chain of encryptions under changing keys, the first of them t itself.
fn pseudo_random(suite: Suite, nonce: &[u8], additional: &[u8], field_bits: u64) -> Option<Vec<u8>> {
    let constants = match suite {
        Suite::TripleDes | Suite::Aes128 => ["a668892a7c41e3ca739f40b057d85904", "a4e136ac725f738b01c1f60217c188ad"],
        Suite::Aes192 | Suite::Aes256 => [
            "d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
            "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517",
        ],
    };
    let [c0, c1] = constants.map(|text| hex::decode(text).unwrap_or_default());
    if additional.len() != suite.key_len() || nonce.len() != c0.len() {
        return None;
    }
    let step = |key: &Key, text: &[u8]| key.encrypt(key.zero_vector(), text);
    let mut key = Key::from_bytes(suite, &step(&Key::from_bytes(suite, additional)?, nonce))?;
    let mut out = Vec::new();
    while (out.len() as u64) * 8 < field_bits + 64 {
        out.extend(step(&key, &c1));
        key = Key::from_bytes(suite, &step(&key, &c0))?;
    }
    Some(out)
}

/// The point of a number of the field (appendix B.1): of two candidates the one whose right side of the equation is a square. None where
/// the prime is 1 modulo 4, or for the few numbers that the formulas leave out.
fn point_of_number(curve: &Curve, t: &BigUint) -> Option<Point> {
    let p = curve.prime();
    let one = BigUint::one();
    if p % 4u8 != BigUint::from(3u8) {
        return None;
    }
    let negative = |value: BigUint| (p - value % p) % p;
    let alpha = negative(t * t);
    let sum = (&alpha + &alpha * &alpha) % p;
    let inverse = sum.modinv(p)?;
    let x2 = negative(curve.b() * curve.a().modinv(p)? % p * (one.clone() + inverse));
    let x3 = &alpha * &x2 % p;
    let right = |x: &BigUint| ((x * x + curve.a()) * x + curve.b()) % p;
    let h2 = right(&x2);
    // Euler's criterion; the root of a square with this exponent is the one that the standard's formula gives.
    let root = h2.modpow(&((p + &one) / 4u8), p);
    let (x, y) = if &root * &root % p == h2 { (x2, root) } else { (x3, negative(t.modpow(&BigUint::from(3u8), p) * root)) };
    let point = Point::Affine { x, y };
    curve.contains(&point).then_some(point)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_number_but_few_stands_for_a_point() {
        for curve in Curve::all().iter().filter(|curve| curve.parameter_id().is_some()) {
            for t in 2u32..6 {
                let point = point_of_number(curve, &BigUint::from(t));
                assert_eq!(point.is_some(), curve.parameter_id() != Some(10), "{} {t}", curve.name());
            }
        }
    }

    #[test]
    fn nonces_of_another_length_map_to_nothing() {
        let domain = Domain::by_parameter_id(13).unwrap();
        assert!(domain.map_integrated(Suite::Aes192, &[1; 32], &[2; 24]).is_some());
        assert!(domain.map_integrated(Suite::Aes192, &[1; 24], &[2; 24]).is_none());
        assert!(domain.map_integrated(Suite::Aes192, &[1; 32], &[2; 32]).is_none());
    }
}
