//! Numbers as words, the lowest first; all in constant time but what says otherwise.

use core::hint::black_box;

/// What the processor multiplies at once.
#[cfg(all(target_pointer_width = "64", not(feature = "narrow-words")))]
pub(crate) type Word = u64;
#[cfg(not(all(target_pointer_width = "64", not(feature = "narrow-words"))))]
pub(crate) type Word = u32;

/// Bits of a word.
pub(crate) const BITS: usize = Word::BITS as usize;

/// −1 / odd, modulo 2^(word length).
pub(crate) fn negated_inverse(odd: Word) -> Word {
    // Newton's iteration doubles the right bits each time, and an odd number is its own inverse modulo 8.
    let inverse = (0..5).fold(odd, |inverse: Word, _| inverse.wrapping_mul((2 as Word).wrapping_sub(odd.wrapping_mul(inverse))));
    inverse.wrapping_neg()
}

/// Whether additions are written as multiplications by a factor that the compiler does not know to be one: a Cortex-M4 then adds two words
/// and a carry in the one instruction that multiplies and adds, where chains of carries would cost a dozen. Processors with wider words
/// have instructions for the chains.
const BY_MULTIPLYING: bool = BITS < 64;

/// `left + right` in place of the left; the carry, 0 or 1.
#[inline]
pub(crate) fn add(left: &mut [Word], right: &[Word]) -> Word {
    add_if(left, right, 1)
}

/// `left + right` in place of the left where a condition is 1, and the left as it is where it is 0; the carry, 0 or 1.
#[inline]
pub(crate) fn add_if(left: &mut [Word], right: &[Word], condition: Word) -> Word {
    let words = left.iter_mut().zip(right);
    if BY_MULTIPLYING {
        let (factor, mut carry) = (black_box(condition), 0);
        for (word, right) in words {
            (*word, carry) = right.carrying_mul_add(factor, *word, carry);
        }
        carry
    } else {
        let (mask, mut carry) = (black_box(condition).wrapping_neg(), false);
        for (word, right) in words {
            (*word, carry) = word.carrying_add(right & mask, carry);
        }
        Word::from(carry)
    }
}

/// `left − right` in place of the left; what was borrowed, 0 or 1.
#[inline]
pub(crate) fn subtract(left: &mut [Word], right: &[Word]) -> Word {
    let words = left.iter_mut().zip(right);
    if BY_MULTIPLYING {
        let (one, mut carry) = (black_box(1), 1);
        for (word, right) in words {
            (*word, carry) = word.carrying_mul_add(one, !*right, carry);
        }
        1 - carry
    } else {
        let mut borrow = false;
        for (word, right) in words {
            (*word, borrow) = word.borrowing_sub(*right, borrow);
        }
        Word::from(borrow)
    }
}

/// A number below twice the modulus, whose carry (0 or 1) lies beyond its words, brought below the modulus in place.
#[inline]
pub(crate) fn reduce_once(number: &mut [Word], carry: Word, modulus: &[Word]) {
    let borrow = subtract(number, modulus);
    // Too much was subtracted where something was borrowed that the carry does not pay.
    add_if(number, modulus, borrow & !carry);
}

/// How many words are multiplied between two looks at the end of a row.
const STRIDE: usize = 4;

/// left · right / R below the modulus, into a total of zeros, where R = 2^(bits of the words) and one of the factors lies below the modulus:
/// finely integrated operand scanning (Koç, Acar and Kaliski 1996 §6). All are of one length. Inlined, so that a length known to the
/// caller unrolls the loops.
#[inline(always)]
pub(crate) fn montgomery_product(total: &mut [Word], left: &[Word], right: &[Word], modulus: &[Word], negated_inverse: Word) {
    let (Some((left_lowest, left)), Some((modulus_lowest, modulus_rest))) = (left.split_first(), modulus.split_first()) else {
        return;
    };
    let mut top: Word = 0;
    for factor in right {
        let Some((mut place, words)) = total.split_first_mut() else { return };
        let (lowest, mut carry) = left_lowest.carrying_mul_add(*factor, *place, 0);
        // A multiple of the modulus makes the lowest word zero, and the whole moves down by it.
        let multiple = lowest.wrapping_mul(negated_inverse);
        let (_, mut modulus_carry) = modulus_lowest.carrying_mul_add(multiple, lowest, 0);
        let mut row = |words, left: &[Word], modulus: &[Word]| {
            for ((word, left), modulus) in Iterator::zip(<[Word]>::iter_mut(words), left).zip(modulus) {
                let sum;
                (sum, carry) = left.carrying_mul_add(*factor, *word, carry);
                (*place, modulus_carry) = modulus.carrying_mul_add(multiple, sum, modulus_carry);
                place = word;
            }
        };
        let (strides, words) = words.as_chunks_mut::<STRIDE>();
        let (left_strides, left) = left.as_chunks::<STRIDE>();
        let (modulus_strides, modulus) = modulus_rest.as_chunks::<STRIDE>();
        for ((words, left), modulus) in strides.iter_mut().zip(left_strides).zip(modulus_strides) {
            row(words, left, modulus);
        }
        row(words, left, modulus);
        (*place, top) = top.carrying_mul_add(1, carry, modulus_carry);
    }
    reduce_once(total, top, modulus);
}

/// Twice a number below the modulus, modulo it, in place.
pub(crate) fn double(number: &mut [Word], modulus: &[Word]) {
    let mut carry = 0;
    for word in number.iter_mut() {
        let next = *word >> (BITS - 1);
        *word = *word << 1 | carry;
        carry = next;
    }
    reduce_once(number, carry, modulus);
}

/// 2^(bits of the words), modulo a modulus above 1. In variable time: moduli are public.
pub(crate) fn radix(target: &mut [Word], modulus: &[Word]) {
    let bit_len =
        |(position, word): (usize, &Word)| (*word != 0).then(|| position * BITS + (Word::BITS - word.leading_zeros()) as usize);
    let bit_len = modulus.iter().enumerate().filter_map(bit_len).max().unwrap_or(1);
    // The highest power of two below the modulus, doubled as often as it lies below the radix.
    let power = bit_len - 1;
    target.fill(0);
    if let Some(word) = target.get_mut(power / BITS) {
        *word = 1 << (power % BITS);
    }
    for _ in power..modulus.len() * BITS {
        double(target, modulus);
    }
}

/// A number less a small one, in place.
pub(crate) fn less(number: &mut [Word], small: Word) {
    let mut borrow = false;
    for (position, word) in number.iter_mut().enumerate() {
        (*word, borrow) = word.borrowing_sub(if position == 0 { small } else { 0 }, borrow);
    }
}

/// One more than a number that is not the largest, in place.
pub(crate) fn plus_one(number: &mut [Word]) {
    let mut carry = true;
    for word in number {
        (*word, carry) = word.carrying_add(0, carry);
    }
}

/// Half of a number, rounded down, in place; a carry (0 or 1) lies beyond its words.
pub(crate) fn halve(number: &mut [Word], carry: Word) {
    let mut carry = carry << (BITS - 1);
    for word in number.iter_mut().rev() {
        let next = *word << (BITS - 1);
        *word = *word >> 1 | carry;
        carry = next;
    }
}

/// Reads a big-endian number; `None` where it is too long.
pub(crate) fn parse(target: &mut [Word], number: &[u8]) -> Option<()> {
    target.fill(0);
    for (position, octet) in number.iter().rev().enumerate() {
        *target.get_mut(position * 8 / BITS)? |= Word::from(*octet) << (position * 8 % BITS);
    }
    Some(())
}

/// Writes a number big-endian, as wide as the target; what is higher is dropped.
pub(crate) fn write(number: &[Word], target: &mut [u8]) {
    for (octets, word) in target.rchunks_mut(BITS / 8).zip(number) {
        for (octet, value) in octets.iter_mut().rev().zip(word.to_le_bytes()) {
            *octet = value;
        }
    }
}
