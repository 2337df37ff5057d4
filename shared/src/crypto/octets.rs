//! Numbers as their standards print them: hexadecimal in the source, bytes in the program.

/// The bytes of hexadecimal digits.
macro_rules! octets {
    ($($digits:literal),+ $(,)?) => {{
        const DIGITS: &[u8] = concat!($($digits),+).as_bytes();
        const OCTETS: [u8; DIGITS.len() / 2] = $crate::crypto::octets::decode(DIGITS);
        &OCTETS
    }};
}
pub(in crate::crypto) use octets;

/// Only the compiler calls it: what is no digit does not compile.
#[allow(clippy::indexing_slicing)]
pub(in crate::crypto) const fn decode<const N: usize>(digits: &[u8]) -> [u8; N] {
    const fn digit(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("no hexadecimal digit"),
        }
    }
    assert!(digits.len() == 2 * N, "an odd number of digits");
    let mut octets = [0; N];
    let mut place = 0;
    while place < N {
        octets[place] = digit(digits[2 * place]) << 4 | digit(digits[2 * place + 1]);
        place += 1;
    }
    octets
}
