//! Short-Weierstrass arithmetic over curves chosen at run time (BSI TR-03111 §2.3).
//!
//! Plain big-integer arithmetic that takes no care of timing: it holds only synthetic keys, and its worth is that it shares nothing
//! with the fast arithmetic that it checks.

mod jacobian;
mod parameters;
mod signature;

use std::sync::OnceLock;

use num_bigint::BigUint;
use num_traits::{One, Zero};
use sha2::{Digest, Sha512};

pub use signature::Signature;

/// A point of a curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// The neutral element.
    Infinity,
    /// A finite point.
    Affine {
        /// First coordinate, below the field's prime.
        x: BigUint,
        /// Second coordinate, below the field's prime.
        y: BigUint,
    },
}

impl Point {
    /// The first coordinate, which key agreement gives as the shared secret; none at infinity.
    pub fn x(&self) -> Option<&BigUint> {
        match self {
            Point::Infinity => None,
            Point::Affine { x, .. } => Some(x),
        }
    }
}

/// A prime curve y² = x³ + ax + b with a generator of prime order and cofactor 1.
#[derive(Clone, Debug)]
pub struct Curve {
    name: &'static str,
    oid: &'static str,
    parameter_id: Option<u8>,
    p: BigUint,
    a: BigUint,
    b: BigUint,
    generator: Point,
    n: BigUint,
}

impl Curve {
    /// Every curve of the table.
    pub fn all() -> &'static [Curve] {
        static CURVES: OnceLock<Vec<Curve>> = OnceLock::new();
        CURVES.get_or_init(|| parameters::TABLE.iter().map(Curve::parse).collect())
    }

    /// The curve of a name such as `secp256r1` or `brainpoolP256r1`.
    pub fn named(name: &str) -> Option<&'static Curve> {
        Curve::all().iter().find(|curve| curve.name == name)
    }

    /// The curve of a standardised domain parameter, 8 to 18 (ICAO 9303-11 table 6).
    pub fn by_parameter_id(id: u8) -> Option<&'static Curve> {
        Curve::all().iter().find(|curve| curve.parameter_id == Some(id))
    }

    fn parse(parameters: &parameters::Parameters) -> Curve {
        let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).expect("the table is hexadecimal");
        Curve {
            name: parameters.name,
            oid: parameters.oid,
            parameter_id: parameters.parameter_id,
            p: number(parameters.p),
            a: number(parameters.a),
            b: number(parameters.b),
            generator: Point::Affine { x: number(parameters.x), y: number(parameters.y) },
            n: number(parameters.n),
        }
    }

    /// The same curve over another generator, as PACE's generic mapping makes it (ICAO 9303-11 §4.4.3.3.1).
    ///
    /// None for infinity or for a point off the curve. The order stays, since the cofactor is 1.
    pub fn with_generator(&self, generator: Point) -> Option<Curve> {
        (generator != Point::Infinity && self.contains(&generator)).then(|| Curve { generator, ..self.clone() })
    }

    /// Name of SEC 2 or RFC 5639.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Object identifier, dotted.
    pub fn oid(&self) -> &'static str {
        self.oid
    }

    /// Number of the standardised domain parameter, where it has one.
    pub fn parameter_id(&self) -> Option<u8> {
        self.parameter_id
    }

    /// The field's prime p.
    pub fn prime(&self) -> &BigUint {
        &self.p
    }

    /// The coefficient a.
    pub fn a(&self) -> &BigUint {
        &self.a
    }

    /// The coefficient b.
    pub fn b(&self) -> &BigUint {
        &self.b
    }

    /// The generator G.
    pub fn generator(&self) -> &Point {
        &self.generator
    }

    /// The prime order n of the generator.
    pub fn order(&self) -> &BigUint {
        &self.n
    }

    /// Bytes of a field element.
    pub fn field_len(&self) -> usize {
        bytes_of(&self.p)
    }

    /// Bytes of a scalar.
    pub fn order_len(&self) -> usize {
        bytes_of(&self.n)
    }

    /// Whether the coordinates are reduced and satisfy the equation; infinity does.
    pub fn contains(&self, point: &Point) -> bool {
        match point {
            Point::Infinity => true,
            Point::Affine { x, y } => {
                let right = ((x * x + &self.a) * x + &self.b) % &self.p;
                *x < self.p && *y < self.p && (y * y) % &self.p == right
            }
        }
    }

    /// The sum of two points of this curve.
    pub fn add(&self, left: &Point, right: &Point) -> Point {
        let field = jacobian::Field { p: &self.p, a: &self.a };
        field.affine(&field.add(&field.jacobian(left), &field.jacobian(right)))
    }

    /// A point times a scalar.
    pub fn multiply(&self, point: &Point, scalar: &BigUint) -> Point {
        let field = jacobian::Field { p: &self.p, a: &self.a };
        field.affine(&field.multiply(&field.jacobian(point), scalar))
    }

    /// The public key of a private scalar.
    pub fn public_key(&self, private: &BigUint) -> Point {
        self.multiply(&self.generator, private)
    }

    /// Uncompressed encoding: 04 ‖ X ‖ Y of fixed width (BSI TR-03111 §3.2.1); infinity is the single byte 00.
    pub fn encode(&self, point: &Point) -> Vec<u8> {
        match point {
            Point::Infinity => vec![0],
            Point::Affine { x, y } => {
                let mut out = vec![4];
                out.extend(fixed_width(x, self.field_len()));
                out.extend(fixed_width(y, self.field_len()));
                out
            }
        }
    }

    /// The point of an uncompressed encoding; none where the length or form differs or the point lies off the curve.
    pub fn decode(&self, encoded: &[u8]) -> Option<Point> {
        let (4, coordinates) = encoded.split_first()? else {
            return None;
        };
        if coordinates.len() != 2 * self.field_len() {
            return None;
        }
        let (x, y) = coordinates.split_at_checked(self.field_len())?;
        let point = Point::Affine { x: BigUint::from_bytes_be(x), y: BigUint::from_bytes_be(y) };
        self.contains(&point).then_some(point)
    }

    /// The x coordinate as bytes of a field element: what ECDH hands to the key derivation (BSI TR-03111 §4.3); none at infinity.
    pub fn encode_x(&self, point: &Point) -> Option<Vec<u8>> {
        point.x().map(|x| fixed_width(x, self.field_len()))
    }

    /// A scalar in 1 … n − 1 that follows from a seed.
    pub fn scalar_from_seed(&self, seed: &[u8]) -> BigUint {
        // 16 bytes more than the order, so that the reduction leaves no bias to notice.
        let wanted = self.order_len() + 16;
        let mut bytes = Vec::new();
        let mut counter = 0u32;
        while bytes.len() < wanted {
            bytes.extend(Sha512::new().chain_update(counter.to_be_bytes()).chain_update(seed).finalize());
            counter += 1;
        }
        bytes.truncate(wanted);
        BigUint::from_bytes_be(&bytes) % (&self.n - BigUint::one()) + BigUint::one()
    }
}

/// Whole bytes that hold a number.
pub(crate) fn bytes_of(value: &BigUint) -> usize {
    usize::try_from(value.bits().div_ceil(8)).expect("no number of this crate fills the memory")
}

/// Big-endian bytes, filled with zeros on the left to `width`; a longer number keeps its length.
pub fn fixed_width(value: &BigUint, width: usize) -> Vec<u8> {
    let bytes = if value.is_zero() { Vec::new() } else { value.to_bytes_be() };
    let mut out = vec![0; width.saturating_sub(bytes.len())];
    out.extend(bytes);
    out
}

#[cfg(test)]
mod tests;
