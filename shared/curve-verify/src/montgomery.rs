//! Integers modulo an odd number that is known at run time, in Montgomery form and variable time: for public numbers alone.
//!
//! One piece of code for every curve of a width keeps a gate's image small, and words added and multiplied without secrets to guard cost
//! a third of what the arithmetic crates must spend.

/// What the processor multiplies at once.
#[cfg(target_pointer_width = "64")]
pub(crate) type Word = u64;
#[cfg(target_pointer_width = "64")]
type DoubleWord = u128;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Word = u32;
#[cfg(not(target_pointer_width = "64"))]
type DoubleWord = u64;

/// Bits of a word.
pub(crate) const BITS: usize = Word::BITS as usize;

/// An integer below a modulus, times R = 2^(word length · N): the lowest word first.
pub(crate) type Element<const N: usize> = [Word; N];

/// An odd modulus and what is computed of it once.
pub(crate) struct Modulus<const N: usize> {
    words: [Word; N],
    /// −1 / modulus, modulo 2^(word length).
    negated_inverse: Word,
    /// R², which brings a number into Montgomery form.
    r_squared: Element<N>,
    pub(crate) one: Element<N>,
}

impl<const N: usize> Modulus<N> {
    pub(crate) const ZERO: Element<N> = [0; N];

    /// An odd number above 1, big-endian; `None` where it is another or does not fit.
    pub(crate) fn new(modulus: &[u8]) -> Option<Self> {
        let words: [Word; N] = parse(modulus)?;
        let lowest = *words.first()?;
        let is_one = lowest == 1 && words.iter().skip(1).all(|word| *word == 0);
        if lowest & 1 == 0 || is_one {
            return None;
        }
        // Newton's iteration doubles the right bits each time, and an odd number is its own inverse modulo 8.
        let inverse =
            (0..5).fold(lowest, |inverse: Word, _| inverse.wrapping_mul((2 as Word).wrapping_sub(lowest.wrapping_mul(inverse))));
        let mut modulus = Self { words, negated_inverse: inverse.wrapping_neg(), r_squared: [0; N], one: [0; N] };
        // 1, doubled until it is R, and then R².
        let mut power = [0; N];
        *power.first_mut()? = 1;
        for _ in 0..N * BITS {
            power = modulus.double(&power);
        }
        modulus.one = power;
        for _ in 0..N * BITS {
            power = modulus.double(&power);
        }
        modulus.r_squared = power;
        Some(modulus)
    }

    /// A big-endian number; `None` unless it lies below the modulus.
    pub(crate) fn element(&self, number: &[u8]) -> Option<Element<N>> {
        let words = parse(number)?;
        let (_, borrow) = subtract(&words, &self.words);
        borrow.then(|| self.multiply(&words, &self.r_squared))
    }

    /// A big-endian number that fits into the words, brought below the modulus.
    pub(crate) fn reduced(&self, number: &[u8]) -> Option<Element<N>> {
        Some(self.multiply(&parse(number)?, &self.r_squared))
    }

    /// The number that an element stands for, the lowest word first.
    pub(crate) fn value(&self, element: &Element<N>) -> [Word; N] {
        let mut one = [0; N];
        if let Some(lowest) = one.first_mut() {
            *lowest = 1;
        }
        self.multiply(element, &one)
    }

    /// An element to the power of a number, the lowest word first.
    fn power(&self, base: &Element<N>, exponent: &[Word; N]) -> Element<N> {
        let mut result = self.one;
        for word in exponent.iter().rev() {
            for bit in (0..BITS).rev() {
                result = self.square(&result);
                if word >> bit & 1 == 1 {
                    result = self.multiply(&result, base);
                }
            }
        }
        result
    }

    /// The inverse of an element, where the modulus is prime: base^(modulus − 2).
    pub(crate) fn inverse(&self, element: &Element<N>) -> Element<N> {
        self.power(element, &less(&self.words, 2))
    }

    /// A square root of an element, where the modulus is prime (Tonelli and Shanks; Cohen 1993 §1.5.1). `None` where it has none.
    pub(crate) fn square_root(&self, element: &Element<N>) -> Option<Element<N>> {
        let minus_one = self.subtract(&Self::ZERO, &self.one);
        // modulus − 1 = odd · 2^twos
        let mut odd = less(&self.words, 1);
        let mut twos = 0_u32;
        while odd.first()? & 1 == 0 {
            odd = halved(&odd);
            twos += 1;
        }
        let half = halved(&less(&self.words, 1));
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
        let mut root = self.power(element, &halved(&plus_one(&odd)));
        let mut rest = self.power(element, &odd);
        let mut exponent = twos;
        while rest != self.one {
            let mut square = rest;
            let mut order = 0;
            while square != self.one {
                square = self.square(&square);
                order += 1;
                if order >= exponent {
                    return (*element == Self::ZERO).then_some(Self::ZERO);
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

    #[inline]
    pub(crate) fn add(&self, left: &Element<N>, right: &Element<N>) -> Element<N> {
        let mut sum = [0; N];
        let mut carry = false;
        for ((sum, left), right) in sum.iter_mut().zip(left).zip(right) {
            let (word, first) = left.overflowing_add(*right);
            let (word, second) = word.overflowing_add(Word::from(carry));
            (*sum, carry) = (word, first | second);
        }
        self.reduce_once(&sum, carry)
    }

    #[inline]
    pub(crate) fn double(&self, number: &Element<N>) -> Element<N> {
        self.add(number, number)
    }

    #[inline]
    pub(crate) fn subtract(&self, left: &Element<N>, right: &Element<N>) -> Element<N> {
        let (difference, borrow) = subtract(left, right);
        let mask = if borrow { Word::MAX } else { 0 };
        let mut result = [0; N];
        let mut carry = false;
        for ((result, word), modulus) in result.iter_mut().zip(&difference).zip(&self.words) {
            let (word, first) = word.overflowing_add(modulus & mask);
            let (word, second) = word.overflowing_add(Word::from(carry));
            (*result, carry) = (word, first | second);
        }
        result
    }

    #[inline]
    pub(crate) fn square(&self, number: &Element<N>) -> Element<N> {
        self.multiply(number, number)
    }

    /// left · right / R: coarsely integrated operand scanning (Koç, Acar and Kaliski 1996 §5).
    #[inline]
    pub(crate) fn multiply(&self, left: &Element<N>, right: &Element<N>) -> Element<N> {
        let mut total = [0; N];
        let mut top: Word = 0;
        for factor in right {
            let mut carry = 0;
            for (word, left) in total.iter_mut().zip(left) {
                (*word, carry) = multiply_add(*left, *factor, *word, carry);
            }
            let (high, above) = top.overflowing_add(carry);
            // A multiple of the modulus makes the lowest word zero, and the whole moves down by it.
            let mut words = total.iter();
            let lowest = words.next().copied().unwrap_or(0);
            let multiple = lowest.wrapping_mul(self.negated_inverse);
            let mut moduli = self.words.iter();
            let (_, mut carry) = multiply_add(moduli.next().copied().unwrap_or(0), multiple, lowest, 0);
            let mut moved = [0; N];
            for ((moved, word), modulus) in moved.iter_mut().zip(words).zip(moduli) {
                (*moved, carry) = multiply_add(*modulus, multiple, *word, carry);
            }
            let (high, over) = high.overflowing_add(carry);
            if let Some(last) = moved.last_mut() {
                *last = high;
            }
            total = moved;
            top = Word::from(above) + Word::from(over);
        }
        self.reduce_once(&total, top != 0)
    }

    /// A number below twice the modulus, brought below it.
    #[inline]
    fn reduce_once(&self, number: &[Word; N], carry: bool) -> Element<N> {
        let (difference, borrow) = subtract(number, &self.words);
        if carry || !borrow { difference } else { *number }
    }
}

/// left · right + two words: it never exceeds a double word.
#[inline]
#[allow(clippy::cast_possible_truncation)] // the two halves of a double word
fn multiply_add(left: Word, right: Word, added: Word, carry: Word) -> (Word, Word) {
    let product = DoubleWord::from(left) * DoubleWord::from(right) + DoubleWord::from(added) + DoubleWord::from(carry);
    (product as Word, (product >> BITS) as Word)
}

/// The difference modulo R, and whether something was borrowed.
#[inline]
fn subtract<const N: usize>(left: &[Word; N], right: &[Word; N]) -> ([Word; N], bool) {
    let mut difference = [0; N];
    let mut borrow = false;
    for ((difference, left), right) in difference.iter_mut().zip(left).zip(right) {
        let (word, first) = left.overflowing_sub(*right);
        let (word, second) = word.overflowing_sub(Word::from(borrow));
        (*difference, borrow) = (word, first | second);
    }
    (difference, borrow)
}

/// A number less a small one.
fn less<const N: usize>(number: &[Word; N], small: Word) -> [Word; N] {
    let mut subtrahend = [0; N];
    if let Some(lowest) = subtrahend.first_mut() {
        *lowest = small;
    }
    subtract(number, &subtrahend).0
}

/// An odd number that is not the largest, and one more.
fn plus_one<const N: usize>(number: &[Word; N]) -> [Word; N] {
    let mut sum = *number;
    for word in &mut sum {
        let (next, carry) = word.overflowing_add(1);
        *word = next;
        if !carry {
            break;
        }
    }
    sum
}

fn halved<const N: usize>(number: &[Word; N]) -> [Word; N] {
    let mut result = *number;
    let mut carry = 0;
    for word in result.iter_mut().rev() {
        let next = *word << (BITS - 1);
        *word = *word >> 1 | carry;
        carry = next;
    }
    result
}

/// A big-endian number in words; `None` where it is too long.
fn parse<const N: usize>(number: &[u8]) -> Option<[Word; N]> {
    let mut words = [0; N];
    for (position, octet) in number.iter().rev().enumerate() {
        let word: &mut Word = words.get_mut(position * 8 / BITS)?;
        *word |= Word::from(*octet) << (position * 8 % BITS);
    }
    Some(words)
}
