//! Names of profiles, which stand in every report.

use core::fmt;

/// The longest name, in letters.
pub const LONGEST: usize = 32;

/// 1 to 32 of the letters a–z, digits, `-` and `_`, a letter first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProfileName {
    letters: [u8; LONGEST],
    length: usize,
}

impl ProfileName {
    /// A name, where the text is one.
    #[allow(clippy::indexing_slicing, reason = "the length was compared; iterators are not to be had in a constant")]
    pub const fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > LONGEST || !bytes[0].is_ascii_lowercase() {
            return None;
        }
        let mut letters = [0; LONGEST];
        let mut index = 0;
        while index < bytes.len() {
            let letter = bytes[index];
            if !letter.is_ascii_lowercase() && !letter.is_ascii_digit() && letter != b'-' && letter != b'_' {
                return None;
            }
            letters[index] = letter;
            index += 1;
        }
        Some(Self { letters, length: bytes.len() })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.letters.get(..self.length).and_then(|letters| core::str::from_utf8(letters).ok()).unwrap_or_default()
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for text in ["a", "bank", "branch-2_a", "abcdefghijklmnopqrstuvwxyz012345"] {
            assert_eq!(ProfileName::parse(text).as_ref().map(ProfileName::as_str), Some(text));
        }
        for text in ["", "1a", "-a", "Bank", "ngân", "a b", "a\n", "abcdefghijklmnopqrstuvwxyz0123456"] {
            assert_eq!(ProfileName::parse(text), None, "{text}");
        }
    }
}
