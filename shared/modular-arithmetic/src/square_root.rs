//! Square roots modulo a prime, in variable time: for points that were sent compressed, which are public.

use crate::montgomery::{Element, Modulus};
use crate::words::{self, Word};

impl Modulus {
    /// A square root of an element, where the modulus is prime (Tonelli and Shanks; Cohen 1993 §1.5.1). `None` where it has none.
    pub(crate) fn square_root(&self, element: &Element) -> Option<Element> {
        let minus_one = self.negate(&self.one);
        // modulus − 1 = odd · 2^twos
        let mut odd = self.number();
        words::less(&mut odd, 1);
        let half = halved(&odd);
        let mut twos = 0_u32;
        while odd.first()? & 1 == 0 {
            words::halve(&mut odd, 0);
            twos += 1;
        }
        let non_residue = {
            let mut candidate = self.double(&self.one);
            // Half of all numbers are none; the least non-residue of a prime of this size is below 1,000 by far.
            let found = (0..1000).find_map(|_| {
                let this = candidate;
                candidate = self.add(&candidate, &self.one);
                (self.power(&this, &half) == minus_one).then_some(this)
            });
            found?
        };
        let mut step = self.power(&non_residue, &odd);
        // root² = element · rest, and the order of rest is a power of two that falls with each round.
        let mut rest = self.power(element, &odd);
        words::plus_one(&mut odd);
        let mut root = self.power(element, &halved(&odd));
        let mut exponent = twos;
        while rest != self.one {
            let mut square = rest;
            let mut order = 0;
            while square != self.one {
                square = self.square(&square);
                order += 1;
                if order >= exponent {
                    return (*element == Element::ZERO).then_some(Element::ZERO);
                }
            }
            for _ in 0..exponent - order - 1 {
                step = self.square(&step);
            }
            root = self.multiply(&root, &step);
            step = self.square(&step);
            rest = self.multiply(&rest, &step);
            exponent = order;
        }
        Some(root)
    }
}

fn halved<const N: usize>(number: &[Word; N]) -> [Word; N] {
    let mut result = *number;
    words::halve(&mut result, 0);
    result
}
