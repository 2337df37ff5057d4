//! Integers modulo an odd number of at most 528 bits that is known at run time, in Montgomery form.
//!
//! Time and addresses depend on the modulus, never on the elements, except where a function says that it is for public numbers.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq as _};
use zeroize::{Zeroize, Zeroizing};

use crate::words::{self, BITS, Word};

/// As many words as the widest modulus needs: P-521 in octets and a little more.
pub(crate) const WORDS: usize = 528_usize.div_ceil(BITS);

/// An integer below a modulus, times R = 2^(bits of its words). Words beyond the modulus are zero. `==` is for public numbers.
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub(crate) struct Element([Word; WORDS]);

impl Element {
    pub(crate) const ZERO: Self = Self([0; WORDS]);

    /// The words that its modulus has.
    #[inline]
    fn first<const N: usize>(&self) -> &[Word; N] {
        self.0.first_chunk().unwrap_or(const { &[0; N] })
    }

    #[inline]
    fn of<const N: usize>(words: &[Word; N]) -> Self {
        let mut element = Self::ZERO;
        if let Some(first) = element.0.first_chunk_mut() {
            *first = *words;
        }
        element
    }

    pub(crate) fn is_zero(&self) -> Choice {
        self.0.iter().fold(0, |all, word| all | word).ct_eq(&0)
    }
}

impl ConditionallySelectable for Element {
    fn conditional_select(left: &Self, right: &Self, choice: Choice) -> Self {
        let mask = Word::conditional_select(&0, &Word::MAX, choice);
        let mut selected = *left;
        for (selected, right) in selected.0.iter_mut().zip(&right.0) {
            *selected ^= mask & (*selected ^ right);
        }
        selected
    }
}

/// The widths for which the innermost loops are unrolled: each is a copy of them alone, and a number may be shorter than its words.
#[derive(Clone, Copy)]
enum Width {
    Bits256,
    Bits384,
    Bits528,
}

const N256: usize = 256 / BITS;
const N384: usize = 384 / BITS;

/// An odd modulus and what is computed of it once.
pub(crate) struct Modulus {
    words: Element,
    width: Width,
    negated_inverse: Word,
    /// R², which brings a number into Montgomery form.
    r_squared: Element,
    pub(crate) one: Element,
}

impl Modulus {
    /// An odd number above 1, big-endian; `None` where it is another or does not fit.
    pub(crate) fn new(modulus: &[u8]) -> Option<Self> {
        let mut number = Element::ZERO;
        words::parse(&mut number.0, modulus)?;
        let lowest = *number.0.first()?;
        let is_one = lowest == 1 && number.0.iter().skip(1).all(|word| *word == 0);
        if lowest & 1 == 0 || is_one {
            return None;
        }
        let width = match modulus.len() * 8 {
            ..=256 => Width::Bits256,
            257..=384 => Width::Bits384,
            _ => Width::Bits528,
        };
        let negated_inverse = words::negated_inverse(lowest);
        let mut modulus = Self { words: number, width, negated_inverse, r_squared: Element::ZERO, one: Element::ZERO };
        let len = modulus.len();
        words::radix(modulus.one.0.get_mut(..len)?, number.0.get(..len)?);
        // 2^len, squared as often as it takes to become R: the exponent doubles each time.
        let mut power = (0..len).fold(modulus.one, |power, _| modulus.double(&power));
        for _ in 0..BITS.ilog2() {
            power = modulus.square(&power);
        }
        modulus.r_squared = power;
        Some(modulus)
    }

    /// Words of the modulus.
    fn len(&self) -> usize {
        match self.width {
            Width::Bits256 => N256,
            Width::Bits384 => N384,
            Width::Bits528 => WORDS,
        }
    }

    /// The modulus itself, the lowest word first.
    pub(crate) fn number(&self) -> [Word; WORDS] {
        self.words.0
    }

    /// A big-endian number; `None` unless it lies below the modulus.
    pub(crate) fn element(&self, number: &[u8]) -> Option<Element> {
        let (element, is_below) = self.read(number)?;
        bool::from(is_below).then_some(element)
    }

    /// A big-endian number, which may be a private key, and whether it lies below the modulus; `None` where it is longer than its words.
    pub(crate) fn read(&self, number: &[u8]) -> Option<(Element, Choice)> {
        let mut parsed = Zeroizing::new(Element::ZERO);
        words::parse(parsed.0.get_mut(..self.len())?, number)?;
        let mut difference = Zeroizing::new(*parsed);
        let is_below = words::subtract(&mut difference.0, &self.words.0).ct_eq(&1);
        Some((self.multiply(&parsed, &self.r_squared), is_below))
    }

    /// A big-endian number of any length, brought below the modulus.
    pub(crate) fn reduced(&self, number: &[u8]) -> Element {
        let octets = self.len() * BITS / 8;
        let (head, tail) = number.split_at(number.len() % octets);
        core::iter::once(head).chain(tail.chunks(octets)).fold(Element::ZERO, |value, octets| {
            // Times R, the weight of a chunk.
            let moved = self.multiply(&value, &self.r_squared);
            self.read(octets).map_or(Element::ZERO, |(chunk, _)| self.add(&moved, &chunk))
        })
    }

    /// The number that an element stands for, the lowest word first.
    pub(crate) fn value(&self, element: &Element) -> [Word; WORDS] {
        let mut one = Element::ZERO;
        if let Some(lowest) = one.0.first_mut() {
            *lowest = 1;
        }
        self.multiply(element, &one).0
    }

    /// An element to the power of a public number, the lowest word first: time depends on the exponent alone.
    #[inline(never)]
    pub(crate) fn power(&self, base: &Element, exponent: &[Word]) -> Element {
        let mut result = self.one;
        for word in exponent.iter().take(self.len()).rev() {
            for bit in (0..BITS).rev() {
                result = self.square(&result);
                if word >> bit & 1 == 1 {
                    result = self.multiply(&result, base);
                }
            }
        }
        result
    }

    /// The inverse of an element, where the modulus is prime: base^(modulus − 2), and zero for zero.
    pub(crate) fn inverse(&self, element: &Element) -> Element {
        let mut exponent = self.words.0;
        words::less(&mut exponent, 2);
        self.power(element, &exponent)
    }

    /// The inverse of a public element, zero for zero, by halving and subtracting (Stein's algorithm): time depends on it.
    #[inline(never)]
    pub(crate) fn public_inverse(&self, element: &Element) -> Element {
        let (mut first, mut second) = (element.0, self.words.0);
        let words = (first.get_mut(..self.len()), second.get_mut(..self.len()));
        let (Some(mut a), Some(mut b)) = words else { return Element::ZERO };
        // Always a · R² = x · element and b · R² = y · element, and b is odd; in the end a is zero and b one.
        let (mut x, mut y) = (self.r_squared, Element::ZERO);
        while a.iter().any(|word| *word != 0) {
            while a.first().is_some_and(|lowest| lowest & 1 == 0) {
                words::halve(a, 0);
                x = self.halve(&x);
            }
            if a.iter().rev().lt(b.iter().rev()) {
                core::mem::swap(&mut a, &mut b);
                core::mem::swap(&mut x, &mut y);
            }
            words::subtract(a, b);
            x = self.subtract(&x, &y);
        }
        y
    }

    /// Half of an element: an odd number becomes even by the modulus.
    #[inline(never)]
    pub(crate) fn halve(&self, number: &Element) -> Element {
        let mut half = *number;
        let (Some(words), Some(modulus)) = (half.0.get_mut(..self.len()), self.words.0.get(..self.len())) else { return half };
        let is_odd = words.first().map_or(0, |lowest| lowest & 1);
        let carry = words::add_if(words, modulus, is_odd);
        words::halve(words, carry);
        half
    }

    #[inline(never)]
    pub(crate) fn add(&self, left: &Element, right: &Element) -> Element {
        match self.width {
            Width::Bits256 => self.add_in::<N256>(left, right),
            Width::Bits384 => self.add_in::<N384>(left, right),
            Width::Bits528 => self.add_in::<WORDS>(left, right),
        }
    }

    #[inline(never)]
    pub(crate) fn subtract(&self, left: &Element, right: &Element) -> Element {
        match self.width {
            Width::Bits256 => self.subtract_in::<N256>(left, right),
            Width::Bits384 => self.subtract_in::<N384>(left, right),
            Width::Bits528 => self.subtract_in::<WORDS>(left, right),
        }
    }

    /// left · right / R
    #[inline(never)]
    pub(crate) fn multiply(&self, left: &Element, right: &Element) -> Element {
        match self.width {
            Width::Bits256 => self.multiply_in::<N256>(left, right),
            Width::Bits384 => self.multiply_in::<N384>(left, right),
            Width::Bits528 => self.multiply_in::<WORDS>(left, right),
        }
    }

    pub(crate) fn double(&self, number: &Element) -> Element {
        self.add(number, number)
    }

    pub(crate) fn negate(&self, number: &Element) -> Element {
        self.subtract(&Element::ZERO, number)
    }

    pub(crate) fn square(&self, number: &Element) -> Element {
        self.multiply(number, number)
    }

    #[inline]
    fn add_in<const N: usize>(&self, left: &Element, right: &Element) -> Element {
        let mut sum = *left.first::<N>();
        let carry = words::add(&mut sum, right.first::<N>());
        words::reduce_once(&mut sum, carry, self.words.first::<N>());
        Element::of(&sum)
    }

    #[inline]
    fn subtract_in<const N: usize>(&self, left: &Element, right: &Element) -> Element {
        let mut difference = *left.first::<N>();
        let borrow = words::subtract(&mut difference, right.first::<N>());
        words::add_if(&mut difference, self.words.first::<N>(), borrow);
        Element::of(&difference)
    }

    #[inline]
    fn multiply_in<const N: usize>(&self, left: &Element, right: &Element) -> Element {
        let mut product = [0; N];
        words::montgomery_product(
            &mut product,
            left.first::<N>(),
            right.first::<N>(),
            self.words.first::<N>(),
            self.negated_inverse,
        );
        Element::of(&product)
    }
}

#[cfg(test)]
mod tests;
