//! Where a code ends in what a scanner sends: some end it with a line, some do not.

use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Longest code that is waited for, in bytes. The longest addresses make some 400.
pub const LONGEST_TRANSMISSION: usize = 2048;

/// Bytes as they arrive from a scanner, cut into codes.
#[derive(Clone, Default)]
pub struct Transmission {
    bytes: Zeroizing<Vec<u8>>,
    /// The rest of something longer than a code, passed over up to the end of its line.
    too_long: bool,
}

impl Transmission {
    /// Takes a byte. Some where a line ended with it, and it was not empty.
    pub fn push(&mut self, byte: u8) -> Option<Zeroizing<Vec<u8>>> {
        if matches!(byte, b'\r' | b'\n') {
            self.too_long = false;
            return self.take();
        }
        if self.bytes.len() >= LONGEST_TRANSMISSION {
            self.bytes.clear();
            self.too_long = true;
        }
        if !self.too_long {
            if self.bytes.capacity() == 0 {
                self.bytes.reserve_exact(LONGEST_TRANSMISSION);
            }
            self.bytes.push(byte);
        }
        None
    }

    /// What stands there, when nothing has come for a while: the code of a scanner that ends no lines.
    pub fn take(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        let line = core::mem::take(&mut self.bytes);
        Some(line).filter(|line| line.iter().any(|byte| !byte.is_ascii_whitespace()))
    }

    /// Whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether a whole code of a card could stand there: at least six separators, and eight digits after the sixth. A short wait shows
    /// whether more follows, as on a card of 2024.
    pub fn is_whole(&self) -> bool {
        let mut fields = self.bytes.split(|byte| matches!(byte, b'|' | b';' | b'~')).skip(6);
        fields.next().is_some_and(|issue| issue.iter().take_while(|byte| byte.is_ascii_digit()).count() == 8)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CODE: &[u8] = b"001199000001||X|01011999|Nam|Y|15032021";

    fn sent(bytes: &[u8]) -> (Vec<Vec<u8>>, Transmission) {
        let mut transmission = Transmission::default();
        let lines = bytes.iter().filter_map(|&byte| transmission.push(byte)).map(|line| line.to_vec()).collect();
        (lines, transmission)
    }

    #[test]
    fn lines_end_with_cr_lf_or_both() {
        for end in [&b"\r"[..], b"\n", b"\r\n"] {
            let (lines, rest) = sent(&[CODE, end, CODE, end].concat());
            assert_eq!(lines, [CODE, CODE]);
            assert!(rest.is_empty());
        }
    }

    #[test]
    fn without_a_line_end_the_eight_digits_of_the_issue_end_it() {
        for len in 0..CODE.len() {
            assert!(!sent(CODE.get(..len).unwrap()).1.is_whole(), "{len}");
        }
        let (lines, mut rest) = sent(CODE);
        assert!(lines.is_empty() && rest.is_whole());
        assert_eq!(rest.take().unwrap().as_slice(), CODE);
        assert!(rest.take().is_none() && !rest.is_whole());
        assert!(sent(&[CODE, b"||||"].concat()).1.is_whole());
    }

    #[test]
    fn what_never_ends_takes_no_memory() {
        let endless = [vec_of(b'x', 3 * LONGEST_TRANSMISSION), b"\n".to_vec(), CODE.to_vec(), b"\n".to_vec()].concat();
        assert_eq!(sent(&endless).0, [CODE]);
    }

    fn vec_of(byte: u8, len: usize) -> Vec<u8> {
        core::iter::repeat_n(byte, len).collect()
    }
}
