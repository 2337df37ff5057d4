//! Status words and what they mean (ISO 7816-4 §5.6).

use core::fmt;

/// SW1 SW2: how a command ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// 9000: normal processing.
    pub const OK: Self = Self(0x9000);
    /// 6282: the end of the file was reached before Ne bytes were read.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// 6283: what was selected is deactivated.
    pub const DEACTIVATED: Self = Self(0x6283);
    /// 6983: the password is blocked.
    pub const BLOCKED: Self = Self(0x6983);
    /// 6982: security status not satisfied.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// 6A82: file or application not found.
    pub const NOT_FOUND: Self = Self(0x6A82);

    /// Whether the command was carried out without remark.
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }

    /// Whether the command was carried out with a remark: 62xx, 63xx. Data that come with it can be used.
    pub fn is_warning(self) -> bool {
        matches!(self.0 >> 8, 0x62 | 0x63)
    }

    /// 61xx: how many bytes wait for GET RESPONSE; 256 stands for as many or more.
    pub fn waiting(self) -> Option<usize> {
        self.second_for(0x61)
    }

    /// 6Cxx: the Ne with which the command is to be sent again.
    pub fn exact_length(self) -> Option<usize> {
        self.second_for(0x6C)
    }

    fn second_for(self, first: u8) -> Option<usize> {
        match self.0.to_be_bytes() {
            [sw1, 0] if sw1 == first => Some(256),
            [sw1, sw2] if sw1 == first => Some(usize::from(sw2)),
            _ => None,
        }
    }

    /// 63Cx: how many tries are left.
    pub fn tries_left(self) -> Option<u8> {
        match self.0.to_be_bytes() {
            [0x63, second] if second & 0xF0 == 0xC0 => Some(second & 0x0F),
            _ => None,
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self.0 {
            0x9000 => "normal processing",
            0x6100..=0x61FF => "more data wait",
            0x6281 => "part of the data may be corrupted",
            0x6282 => "end of file reached",
            0x6283 => "selected file deactivated",
            0x6300 => "authentication failed",
            0x63C0..=0x63CF => "wrong key, tries are counted",
            0x6400..=0x64FF => "execution error",
            0x6581 => "memory failure",
            0x6700 => "wrong length",
            0x6882 => "secure messaging not supported",
            0x6883 => "last command of the chain expected",
            0x6982 => "security status not satisfied",
            0x6983 => "authentication method blocked",
            0x6984 => "reference data not usable",
            0x6985 => "conditions of use not satisfied",
            0x6986 => "command not allowed, no current file",
            0x6987 => "secure-messaging data objects missing",
            0x6988 => "secure-messaging data objects incorrect",
            0x6A80 => "incorrect data",
            0x6A81 => "function not supported",
            0x6A82 => "file or application not found",
            0x6A86 => "incorrect parameters",
            0x6A88 => "referenced data not found",
            0x6B00 => "offset outside the file",
            0x6C00..=0x6CFF => "wrong expected length",
            0x6D00 => "instruction not supported",
            0x6E00 => "class not supported",
            0x6F00 => "no precise diagnosis",
            _ => "not named by the standard",
        }
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} ({})", self.0, self.meaning())
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_second_bytes() {
        assert_eq!(StatusWord(0x6110).waiting(), Some(16));
        assert_eq!(StatusWord(0x6100).waiting(), Some(256));
        assert_eq!(StatusWord(0x6C00).exact_length(), Some(256));
        assert_eq!(StatusWord(0x6C7F).exact_length(), Some(127));
        assert_eq!(StatusWord(0x9000).waiting().or(StatusWord(0x6700).exact_length()), None);
        assert_eq!(StatusWord(0x63C2).tries_left(), Some(2));
        assert_eq!(StatusWord(0x6300).tries_left(), None);
        assert!(StatusWord(0x6283).is_warning() && !StatusWord(0x6283).is_ok());
    }
}
