//! Jacobian coordinates: (X, Y, Z) stands for (X/Z², Y/Z³), so that one inversion serves a whole multiplication.

use num_bigint::BigUint;
use num_traits::{One, Zero};

use super::Point;

pub(super) struct Field<'a> {
    pub(super) p: &'a BigUint,
    pub(super) a: &'a BigUint,
}

/// Z = 0 is the point at infinity.
#[derive(Clone)]
pub(super) struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Field<'_> {
    fn product(&self, left: &BigUint, right: &BigUint) -> BigUint {
        (left * right) % self.p
    }

    fn square(&self, value: &BigUint) -> BigUint {
        (value * value) % self.p
    }

    /// left − right for reduced operands.
    fn difference(&self, left: &BigUint, right: &BigUint) -> BigUint {
        if left >= right { left - right } else { left + self.p - right }
    }

    pub(super) fn jacobian(&self, point: &Point) -> Jacobian {
        match point {
            Point::Infinity => infinity(),
            Point::Affine { x, y } => Jacobian { x: x.clone(), y: y.clone(), z: BigUint::one() },
        }
    }

    pub(super) fn affine(&self, point: &Jacobian) -> Point {
        // A prime field: only Z = 0 has no inverse.
        let Some(inverse) = point.z.modinv(self.p) else {
            return Point::Infinity;
        };
        let squared = self.square(&inverse);
        let cubed = self.product(&squared, &inverse);
        Point::Affine { x: self.product(&point.x, &squared), y: self.product(&point.y, &cubed) }
    }

    pub(super) fn double(&self, point: &Jacobian) -> Jacobian {
        if point.z.is_zero() || point.y.is_zero() {
            return infinity();
        }
        let y2 = self.square(&point.y);
        let s = self.product(&(&point.x << 2u8), &y2);
        let z2 = self.square(&point.z);
        let m = (self.square(&point.x) * 3u8 + self.a * self.square(&z2)) % self.p;
        let x = self.difference(&self.square(&m), &((&s << 1u8) % self.p));
        let y = self.difference(&self.product(&m, &self.difference(&s, &x)), &((self.square(&y2) << 3u8) % self.p));
        let z = self.product(&(&point.y << 1u8), &point.z);
        Jacobian { x, y, z }
    }

    pub(super) fn add(&self, left: &Jacobian, right: &Jacobian) -> Jacobian {
        if left.z.is_zero() {
            return right.clone();
        }
        if right.z.is_zero() {
            return left.clone();
        }
        let (zl2, zr2) = (self.square(&left.z), self.square(&right.z));
        let (u1, u2) = (self.product(&left.x, &zr2), self.product(&right.x, &zl2));
        let s1 = self.product(&self.product(&left.y, &zr2), &right.z);
        let s2 = self.product(&self.product(&right.y, &zl2), &left.z);
        if u1 == u2 {
            return if s1 == s2 { self.double(left) } else { infinity() };
        }
        let h = self.difference(&u2, &u1);
        let r = self.difference(&s2, &s1);
        let h2 = self.square(&h);
        let h3 = self.product(&h2, &h);
        let v = self.product(&u1, &h2);
        let x = self.difference(&self.difference(&self.square(&r), &h3), &((&v << 1u8) % self.p));
        let y = self.difference(&self.product(&r, &self.difference(&v, &x)), &self.product(&s1, &h3));
        let z = self.product(&self.product(&left.z, &right.z), &h);
        Jacobian { x, y, z }
    }

    /// Four bits of the scalar at a time, from a table of the first fifteen multiples.
    pub(super) fn multiply(&self, point: &Jacobian, scalar: &BigUint) -> Jacobian {
        let mut multiples = Vec::with_capacity(15);
        let mut multiple = infinity();
        for _ in 0..15 {
            multiple = self.add(&multiple, point);
            multiples.push(multiple.clone());
        }
        let mut sum = infinity();
        for digit in scalar.to_radix_be(16) {
            for _ in 0..4 {
                sum = self.double(&sum);
            }
            if let Some(multiple) = usize::from(digit).checked_sub(1).and_then(|index| multiples.get(index)) {
                sum = self.add(&sum, multiple);
            }
        }
        sum
    }
}

fn infinity() -> Jacobian {
    Jacobian { x: BigUint::one(), y: BigUint::one(), z: BigUint::zero() }
}
