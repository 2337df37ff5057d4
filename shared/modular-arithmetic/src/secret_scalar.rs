//! Points and secret scalars, in constant time: key agreement and PACE's mappings.
//!
//! Homogeneous coordinates with the complete formulas of Renes, Costello and Batina (2016, algorithms 1 and 3: prime order, any a), so that
//! no sum is an exception that time would tell of; a signed window over the scalar (Booth), of which each position costs the same.

use alloc::vec::Vec;

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::{Zeroize, Zeroizing};

use crate::Curve;
use crate::montgomery::Element;
use crate::words;

/// Bits of a window, without its sign.
const WINDOW: usize = 4;
/// How many multiples of a point are made ahead: P, 2P … 8P.
const MULTIPLES: usize = 1 << (WINDOW - 1);

/// A point of a curve: x = X / Z, y = Y / Z; at infinity Z is zero. It may be secret: it is wiped when it is dropped.
pub struct Point(Coordinates);

#[derive(Clone, Copy, Zeroize)]
struct Coordinates {
    x: Element,
    y: Element,
    z: Element,
}

impl Drop for Point {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Point {
    /// Whether it is the point at infinity.
    pub fn is_infinity(&self) -> bool {
        self.0.z.is_zero().into()
    }
}

impl Curve {
    /// The generator.
    pub fn generator(&self) -> Point {
        self.affine(self.generator)
    }

    /// A point that was sent, which is public: uncompressed or compressed, on the curve, and not at infinity.
    pub fn decode(&self, point: &[u8]) -> Option<Point> {
        self.coordinates(point).map(|coordinates| self.affine(coordinates))
    }

    /// `04 ‖ X ‖ Y`, in constant time; `None` at infinity.
    pub fn encode(&self, point: &Point) -> Option<Zeroizing<Vec<u8>>> {
        let (field, width) = (&self.field, self.order_octets.len());
        let inverse = Zeroizing::new(field.inverse(&point.0.z));
        let mut octets = Zeroizing::new(alloc::vec![0; 1 + 2 * width]);
        let (form, coordinates) = octets.split_first_mut()?;
        *form = 0x04;
        for (octets, coordinate) in coordinates.chunks_mut(width).zip([&point.0.x, &point.0.y]) {
            let number = Zeroizing::new(field.value(&field.multiply(coordinate, &inverse)));
            words::write(number.as_slice(), octets);
        }
        (!point.is_infinity()).then_some(octets)
    }

    /// Whether a big-endian number lies between 1 and the order.
    pub fn is_private_key(&self, number: &[u8]) -> bool {
        self.order.read(number).is_some_and(|(number, is_below)| {
            let number = Zeroizing::new(number);
            bool::from(is_below & !number.is_zero())
        })
    }

    /// The sum of any two points.
    pub fn add(&self, left: &Point, right: &Point) -> Point {
        Point(self.complete_sum(&left.0, &right.0))
    }

    /// `scalar · point`: the scalar big-endian, of any length and size. Time depends on its length alone.
    pub fn multiply(&self, scalar: &[u8], point: &Point) -> Point {
        let infinity = Coordinates { x: Element::ZERO, y: self.field.one, z: Element::ZERO };
        let mut multiple = Zeroizing::new(point.0);
        let table = Zeroizing::new([(); MULTIPLES].map(|()| {
            let this = *multiple;
            *multiple = self.complete_sum(&multiple, &point.0);
            this
        }));
        let mut sum = Point(infinity);
        let highest = scalar.len() * 2;
        for position in (0..=highest).rev() {
            if position < highest {
                for _ in 0..WINDOW {
                    sum.0 = self.complete_double(&sum.0);
                }
            }
            let (magnitude, is_negative) = digit(scalar, position);
            let mut selected = Zeroizing::new(infinity);
            for (number, multiple) in (1_u8..).zip(table.iter()) {
                selected.assign(multiple, number.ct_eq(&magnitude));
            }
            let negated = self.field.negate(&selected.y);
            selected.y.conditional_assign(&negated, is_negative);
            sum.0 = self.complete_sum(&sum.0, &selected);
        }
        sum
    }

    pub(crate) fn affine(&self, [x, y]: [Element; 2]) -> Point {
        Point(Coordinates { x, y, z: self.field.one })
    }

    fn complete_sum(&self, left: &Coordinates, right: &Coordinates) -> Coordinates {
        let field = &self.field;
        let xx = field.multiply(&left.x, &right.x);
        let yy = field.multiply(&left.y, &right.y);
        let zz = field.multiply(&left.z, &right.z);
        // (A + B) · (A' + B') − A·A' − B·B'
        let mixed = |(a, b), (other_a, other_b), (aa, bb)| {
            let product = field.multiply(&field.add(a, b), &field.add(other_a, other_b));
            field.subtract(&product, &field.add(aa, bb))
        };
        let xy = mixed((&left.x, &left.y), (&right.x, &right.y), (&xx, &yy));
        let xz = mixed((&left.x, &left.z), (&right.x, &right.z), (&xx, &zz));
        let yz = mixed((&left.y, &left.z), (&right.y, &right.z), (&yy, &zz));
        self.combine([&xx, &yy, &zz], [&xy, &xz, &yz], None)
    }

    fn complete_double(&self, point: &Coordinates) -> Coordinates {
        let field = &self.field;
        let Coordinates { x, y, z } = point;
        let [xx, yy, zz] = [x, y, z].map(|coordinate| field.square(coordinate));
        let [xy, xz, yz] = [(x, y), (x, z), (y, z)].map(|(left, right)| field.double(&field.multiply(left, right)));
        let eight = field.double(&field.double(&field.multiply(&yz, &yy)));
        self.combine([&xx, &yy, &zz], [&xy, &xz, &yz], Some(eight))
    }

    /// What both formulas have in common, from the products of coordinates and their mixed sums; the new Z of a doubling is known before.
    fn combine(&self, [xx, yy, zz]: [&Element; 3], [xy, xz, yz]: [&Element; 3], new_z: Option<Element>) -> Coordinates {
        let field = &self.field;
        let times_a = |element: &Element| field.multiply(&self.a, element);
        let times_3b = |element: &Element| {
            let product = field.multiply(&self.b, element);
            field.add(&field.double(&product), &product)
        };
        let shift = field.add(&times_a(xz), &times_3b(zz));
        let (low, high) = (field.subtract(yy, &shift), field.add(yy, &shift));
        let a_zz = times_a(zz);
        let slope = field.add(&field.add(&field.double(xx), xx), &a_zz);
        let bend = field.add(&times_3b(xz), &times_a(&field.subtract(xx, &a_zz)));
        let x = field.subtract(&field.multiply(xy, &low), &field.multiply(yz, &bend));
        let y = field.add(&field.multiply(&low, &high), &field.multiply(&slope, &bend));
        let z = new_z.unwrap_or_else(|| field.add(&field.multiply(yz, &high), &field.multiply(xy, &slope)));
        Coordinates { x, y, z }
    }
}

impl Coordinates {
    fn assign(&mut self, other: &Self, choice: Choice) {
        self.x.conditional_assign(&other.x, choice);
        self.y.conditional_assign(&other.y, choice);
        self.z.conditional_assign(&other.z, choice);
    }
}

/// The digit of a position, −8 to 8: magnitude and sign. Of the window's bits and the one below them, the highest weighs −8, and the lowest
/// as much as the one above it.
fn digit(scalar: &[u8], position: usize) -> (u8, Choice) {
    let nibble = |position: usize| {
        let octet = scalar.len().checked_sub(1 + position / 2).and_then(|index| scalar.get(index)).copied().unwrap_or(0);
        octet >> (position % 2 * WINDOW) & 0x0F
    };
    let below = position.checked_sub(1).map_or(0, nibble) >> (WINDOW - 1);
    let bits = nibble(position) << 1 | below;
    let is_negative = bits >> WINDOW;
    let folded = bits ^ (0x1F & is_negative.wrapping_neg());
    ((folded + 1) >> 1, Choice::from(is_negative))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

        #[test]
        fn digits_add_up(scalar in any::<u64>()) {
            let octets = scalar.to_be_bytes();
            let digits = (0..=2 * octets.len()).rev().map(|position| digit(&octets, position));
            prop_assert!(digits.clone().all(|(magnitude, _)| magnitude <= 8));
            let sum = digits.fold(0_i128, |sum, (magnitude, is_negative)| {
                16 * sum + if bool::from(is_negative) { -i128::from(magnitude) } else { i128::from(magnitude) }
            });
            prop_assert_eq!(sum, i128::from(scalar));
        }
    }
}
