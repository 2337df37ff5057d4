//! Public-key arithmetic modulo numbers that are known at run time: elliptic curves over prime fields, and RSA's public operation.
//!
//! The arithmetic crates are written curve by curve, each a copy of the code; here one piece of code serves all of them, so that a gate's
//! image has room for every curve. It is a crate of its own so that an image can build it alone for speed.
//!
//! Two kinds of computation, in modules of their own:
//!
//! - *Public*: [`Curve::verify`], [`Curve::contains`], [`Curve::sum_has_x`] and [`public_power`] work in variable time. Nothing secret may
//!   come near them.
//! - *Secret*: [`Curve::multiply`], [`Curve::add`], [`Curve::encode`], [`Curve::encode_number`] and [`Curve::is_private_key`] make no branch
//!   and compute no address from a scalar or a coordinate: additions are complete, a window's entry is selected by masks over the whole
//!   table, and moduli and exponents, on which time does depend, are public. What a processor does with that is its own: the multiplier of
//!   a Cortex-M4 takes the same time for all numbers, and a test counts the instructions of its image. Nothing guards against power
//!   analysis or faults. Tables and accumulators are wiped; fragments of intermediate numbers may stay on the stack.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod double_scalar;
mod integrated;
mod montgomery;
mod public_power;
mod secret_scalar;
mod signature;
mod square_root;
mod words;

use alloc::vec::Vec;

use montgomery::{Element, Modulus};

pub use public_power::public_power;
pub use secret_scalar::Point;

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

/// A curve with its generator and its order, ready to compute on.
pub struct Curve {
    field: Modulus,
    a: Element,
    b: Element,
    a_is_minus_three: bool,
    generator: [Element; 2],
    order: Modulus,
    order_octets: Vec<u8>,
}

impl Curve {
    /// The curve of parameters, which are trusted to be of a curve; `None` where a number is out of its range.
    pub fn new(parameters: &Parameters<'_>) -> Option<Self> {
        let field = Modulus::new(parameters.p)?;
        let element = |octets: &[u8]| field.element(octets);
        let (a, b) = (element(parameters.a)?, element(parameters.b)?);
        let generator = [element(parameters.x)?, element(parameters.y)?];
        let minus_three = field.negate(&field.add(&field.double(&field.one), &field.one));
        let order = Modulus::new(parameters.n)?;
        Some(Self { a_is_minus_three: a == minus_three, field, a, b, generator, order, order_octets: parameters.n.to_vec() })
    }

    /// Whether a point is one of the curve other than the point at infinity: uncompressed or compressed (SEC 1 §2.3.4).
    pub fn contains(&self, point: &[u8]) -> bool {
        self.coordinates(point).is_some()
    }

    /// x³ + a·x + b
    fn right_side(&self, x: &Element) -> Element {
        let field = &self.field;
        let factor = field.add(&field.square(x), &self.a);
        field.add(&field.multiply(&factor, x), &self.b)
    }

    /// SEC 1 §2.3.4, without the form of the point at infinity.
    fn coordinates(&self, point: &[u8]) -> Option<[Element; 2]> {
        let field = &self.field;
        let (form, coordinates) = point.split_first()?;
        let width = self.order_octets.len();
        match (form, coordinates.len()) {
            (0x04, length) if length == 2 * width => {
                let (x, y) = coordinates.split_at_checked(width)?;
                let (x, y) = (field.element(x)?, field.element(y)?);
                (field.square(&y) == self.right_side(&x)).then_some([x, y])
            }
            (0x02 | 0x03, length) if length == width => {
                let x = field.element(coordinates)?;
                let root = field.square_root(&self.right_side(&x))?;
                let is_odd = field.value(&root).first().is_some_and(|word| word & 1 == 1);
                let y = if is_odd == (*form == 0x03) { root } else { field.negate(&root) };
                Some([x, y])
            }
            _ => None,
        }
    }
}
