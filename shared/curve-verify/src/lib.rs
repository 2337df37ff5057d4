//! What is computed of public numbers alone on an elliptic curve: whether a point lies on it, and whether a signature holds.
//!
//! The arithmetic crates work in constant time, curve by curve, as secrets need. Here one piece of code serves all curves of a width, over
//! moduli known at run time: a gate's image has room for it, and it is faster. Nothing secret may come near this crate. It is a crate of
//! its own so that a gate's image can build it alone for speed.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod double_scalar;
mod montgomery;

use alloc::vec::Vec;

use double_scalar::{Curve, Jacobian};
use montgomery::{BITS, Element, Modulus, Word};

/// A curve `y² = x³ + a·x + b` over the integers modulo the prime `p`, of at most 528 bits, with a generator `(x, y)` of prime order `n` and
/// cofactor 1: big-endian, each as wide as the field.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the type says it")]
pub struct Parameters<'a> {
    pub p: &'a [u8],
    pub a: &'a [u8],
    pub b: &'a [u8],
    pub x: &'a [u8],
    pub y: &'a [u8],
    pub n: &'a [u8],
}

/// Whether an ECDSA signature over a digest holds (BSI TR-03111 §4.2.1.2). `None` where the point is none of the curve.
pub fn verify(curve: &Parameters<'_>, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool> {
    on(curve, |group| group.verify(point, digest, r, s))
}

/// Whether a point is one of the curve other than the point at infinity: uncompressed or compressed (SEC 1 §2.3.4).
pub fn contains(curve: &Parameters<'_>, point: &[u8]) -> bool {
    on(curve, |group| group.contains(point)) == Some(true)
}

/// Whether the x coordinate of u·G + v·Q, modulo the order, is r; never so at infinity. The heart of [`verify`], for whoever compares it
/// with other arithmetic. `None` where the point is none of the curve.
pub fn sum_has_x(curve: &Parameters<'_>, u: &[u8], v: &[u8], point: &[u8], r: &[u8]) -> Option<bool> {
    on(curve, |group| group.sum_has_x([u, v], point, r))
}

/// The computation on a group, whatever its width.
trait Computation {
    fn verify(&self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<bool>;
    fn contains(&self, point: &[u8]) -> Option<bool>;
    fn sum_has_x(&self, factors: [&[u8]; 2], point: &[u8], r: &[u8]) -> Option<bool>;
}

fn on(curve: &Parameters<'_>, compute: impl Fn(&dyn Computation) -> Option<bool>) -> Option<bool> {
    // Few widths, since each is a copy of the code: a number may be shorter than its words.
    match curve.p.len() * 8 {
        ..=256 => compute(&Group::<{ 256 / BITS }>::new(curve)?),
        257..=384 => compute(&Group::<{ 384 / BITS }>::new(curve)?),
        _ => compute(&Group::<{ 528_usize.div_ceil(BITS) }>::new(curve)?),
    }
}

/// A curve with its generator and its order.
struct Group<const N: usize> {
    curve: Curve<N>,
    b: Element<N>,
    generator: Jacobian<N>,
    order: Modulus<N>,
    order_octets: Vec<u8>,
}

impl<const N: usize> Group<N> {
    fn new(parameters: &Parameters<'_>) -> Option<Self> {
        let field = Modulus::new(parameters.p)?;
        let element = |octets: &[u8]| field.element(octets);
        let (a, b) = (element(parameters.a)?, element(parameters.b)?);
        let generator = Jacobian { x: element(parameters.x)?, y: element(parameters.y)?, z: field.one };
        let order_octets = parameters.n.to_vec();
        let order = Modulus::new(&order_octets)?;
        Some(Self { curve: Curve::new(field, a), b, generator, order, order_octets })
    }

    /// x³ + a·x + b
    fn right_side(&self, x: &Element<N>) -> Element<N> {
        let field = &self.curve.field;
        let factor = field.add(&field.square(x), &self.curve.a);
        field.add(&field.multiply(&factor, x), &self.b)
    }

    /// SEC 1 §2.3.4, without the form of the point at infinity.
    fn decode(&self, point: &[u8]) -> Option<Jacobian<N>> {
        let field = &self.curve.field;
        let (form, coordinates) = point.split_first()?;
        let width = self.order_octets.len();
        let (x, y) = match (form, coordinates.len()) {
            (0x04, length) if length == 2 * width => {
                let (x, y) = coordinates.split_at_checked(width)?;
                let (x, y) = (field.element(x)?, field.element(y)?);
                (field.square(&y) == self.right_side(&x)).then_some((x, y))?
            }
            (0x02 | 0x03, length) if length == width => {
                let x = field.element(coordinates)?;
                let root = field.square_root(&self.right_side(&x))?;
                let is_odd = field.value(&root).first().is_some_and(|word| word & 1 == 1);
                let y = if is_odd == (*form == 0x03) { root } else { field.subtract(&Modulus::ZERO, &root) };
                (x, y)
            }
            _ => return None,
        };
        Some(Jacobian { x, y, z: field.one })
    }

    /// Whether the x coordinate of u·G + v·Q, modulo the order, is r; never so at infinity.
    fn has_x(&self, factors: [&[Word; N]; 2], point: Jacobian<N>, r: &[u8]) -> bool {
        let field = &self.curve.field;
        let sum = self.curve.sum(&factors.map(|factor| factor.as_slice()), [self.generator, point]);
        // x = X / Z²: what x may be is multiplied, which is cheaper than to divide.
        let z_squared = field.square(&sum.z);
        let coordinates = [field.element(r), self.plus_order(r).and_then(|x| field.element(&x))];
        sum.z != Modulus::ZERO && coordinates.into_iter().flatten().any(|x| field.multiply(&x, &z_squared) == sum.x)
    }

    /// The second coordinate that leaves the remainder r when divided by the order. There is no third, since every cofactor here is 1
    /// (Hasse's bound). `None` where it is longer than any coordinate.
    fn plus_order(&self, r: &[u8]) -> Option<Vec<u8>> {
        let mut sum = self.order_octets.clone();
        let mut carry = 0;
        for (position, octet) in sum.iter_mut().rev().enumerate() {
            let added = r.len().checked_sub(position + 1).and_then(|index| r.get(index)).copied().unwrap_or(0);
            let [high, low] = (u16::from(*octet) + u16::from(added) + carry).to_be_bytes();
            (*octet, carry) = (low, u16::from(high));
        }
        (carry == 0).then_some(sum)
    }
}

impl<const N: usize> Computation for Group<N> {
    fn verify(&self, point: &[u8], digest: &[u8], r_octets: &[u8], s: &[u8]) -> Option<bool> {
        let point = self.decode(point)?;
        let order = &self.order;
        // r and s lie between 1 and the order: attackers set them to zero.
        let number = |octets: &[u8]| order.element(octets).filter(|number| *number != Modulus::ZERO);
        let (Some(r), Some(s)) = (number(r_octets), number(s)) else { return Some(false) };
        // As many bits of the digest count as the order has (BSI TR-03111 §4.1.3). The one order that does not fill its octets, of P-521, is
        // longer than any digest.
        let leftmost = digest.get(..self.order_octets.len()).unwrap_or(digest);
        let inverse = order.inverse(&s);
        let factor = |number: &Element<N>| order.value(&order.multiply(number, &inverse));
        let factors = [factor(&order.reduced(leftmost)?), factor(&r)];
        Some(self.has_x(factors.each_ref(), point, r_octets))
    }

    fn contains(&self, point: &[u8]) -> Option<bool> {
        Some(self.decode(point).is_some())
    }

    fn sum_has_x(&self, factors: [&[u8]; 2], point: &[u8], r: &[u8]) -> Option<bool> {
        let point = self.decode(point)?;
        let [u, v] = factors.map(|factor| self.order.reduced(factor).map(|factor| self.order.value(&factor)));
        Some(self.has_x([&u?, &v?], point, r))
    }
}
