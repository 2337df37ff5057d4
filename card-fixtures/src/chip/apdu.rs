//! Command APDUs of cases 1 to 4, short and extended (ISO 7816-3 §12.1), and what a chip answers.

/// Status words of ISO 7816-4 §5.6 that this chip uses.
pub mod status {
    /// Normal processing.
    pub const OK: u16 = 0x9000;
    /// End of file reached before Ne bytes were read.
    pub const END_OF_FILE: u16 = 0x6282;
    /// Authentication failed.
    pub const AUTHENTICATION_FAILED: u16 = 0x6300;
    /// Wrong length.
    pub const WRONG_LENGTH: u16 = 0x6700;
    /// Secure messaging not supported.
    pub const NO_SECURE_MESSAGING: u16 = 0x6882;
    /// Last command of the chain expected.
    pub const LAST_OF_CHAIN_EXPECTED: u16 = 0x6883;
    /// Security status not satisfied.
    pub const SECURITY_STATUS: u16 = 0x6982;
    /// Authentication method blocked.
    pub const BLOCKED: u16 = 0x6983;
    /// Conditions of use not satisfied.
    pub const CONDITIONS: u16 = 0x6985;
    /// Command not allowed, no current file.
    pub const NO_CURRENT_FILE: u16 = 0x6986;
    /// Expected secure-messaging data objects missing.
    pub const SM_OBJECT_MISSING: u16 = 0x6987;
    /// Incorrect secure-messaging data objects.
    pub const SM_OBJECT_WRONG: u16 = 0x6988;
    /// Incorrect parameters in the command data field.
    pub const WRONG_DATA: u16 = 0x6A80;
    /// File or application not found.
    pub const FILE_NOT_FOUND: u16 = 0x6A82;
    /// Incorrect parameters P1-P2.
    pub const WRONG_P1_P2: u16 = 0x6A86;
    /// Referenced data not found.
    pub const REFERENCE_NOT_FOUND: u16 = 0x6A88;
    /// Wrong parameters: offset outside the file.
    pub const WRONG_OFFSET: u16 = 0x6B00;
    /// Instruction not supported.
    pub const WRONG_INS: u16 = 0x6D00;
    /// Class not supported.
    pub const WRONG_CLA: u16 = 0x6E00;
    /// No precise diagnosis.
    pub const NO_DIAGNOSIS: u16 = 0x6F00;
}

/// A parsed command APDU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Command data.
    pub data: Vec<u8>,
    /// Ne, the bytes expected at most, where Le is present: 1 … 65,536.
    pub ne: Option<usize>,
    /// Whether the length fields are extended.
    pub extended: bool,
}

impl Command {
    /// Parses a command; an inconsistent length is `6700`.
    pub(super) fn parse(bytes: &[u8]) -> Result<Command, u16> {
        let (&[cla, ins, p1, p2], body) = bytes.split_first_chunk::<4>().ok_or(status::WRONG_LENGTH)?;
        let (data, ne, extended): (&[u8], Option<usize>, bool) = match body {
            [] => (&[], None, false),
            [le] => (&[], Some(short_ne(*le)), false),
            [0, high, low] => (&[], Some(extended_ne(*high, *low)), true),
            [0, high, low, rest @ ..] => {
                let lc = usize::from(u16::from_be_bytes([*high, *low]));
                match rest.split_at_checked(lc) {
                    Some((data, [])) if lc > 0 => (data, None, true),
                    Some((data, [high, low])) if lc > 0 => (data, Some(extended_ne(*high, *low)), true),
                    _ => return Err(status::WRONG_LENGTH),
                }
            }
            [lc, rest @ ..] => match rest.split_at_checked(usize::from(*lc)) {
                Some((data, [])) if *lc > 0 => (data, None, false),
                Some((data, [le])) if *lc > 0 => (data, Some(short_ne(*le)), false),
                _ => return Err(status::WRONG_LENGTH),
            },
        };
        Ok(Command { cla, ins, p1, p2, data: data.to_vec(), ne, extended })
    }

    /// CLA INS P1 P2.
    pub fn header(&self) -> [u8; 4] {
        [self.cla, self.ins, self.p1, self.p2]
    }

    /// P1-P2 as one number.
    pub fn p1_p2(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }

    /// Whether more commands of a chain follow (CLA bit 5, ISO 7816-4 §5.4.1).
    pub fn is_chained(&self) -> bool {
        self.cla & 0x10 != 0
    }
}

fn short_ne(le: u8) -> usize {
    if le == 0 { 256 } else { usize::from(le) }
}

fn extended_ne(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        ne => usize::from(ne),
    }
}

/// What the chip answers, before secure messaging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub data: Vec<u8>,
    pub status: u16,
}

impl Answer {
    pub fn ok(data: Vec<u8>) -> Answer {
        Answer { data, status: status::OK }
    }

    pub fn bare(status: u16) -> Answer {
        Answer { data: Vec::new(), status }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.data.clone();
        bytes.extend(self.status.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn parse(hex: &str) -> Result<Command, u16> {
        Command::parse(&hex::decode(hex).unwrap())
    }

    #[test]
    fn every_case_is_told_apart() {
        for (hex, data, ne, extended) in [
            ("00A40000", "", None, false),
            ("00B0000000", "", Some(256), false),
            ("00B00000DF", "", Some(223), false),
            ("00A4020C02011C", "011c", None, false),
            ("00A402000201 1C00", "011c", Some(256), false),
            ("00B00000000000", "", Some(65_536), true),
            ("00B00000000400", "", Some(1024), true),
            ("0022C1A4000002AABB", "aabb", None, true),
            ("0022C1A4000002AABB0100", "aabb", Some(256), true),
        ] {
            let command = parse(&hex.replace(' ', "")).unwrap();
            assert_eq!(hex::encode(&command.data), data, "{hex}");
            assert_eq!((command.ne, command.extended), (ne, extended), "{hex}");
        }
    }

    #[test]
    fn inconsistent_lengths_are_refused() {
        for hex in ["", "00A400", "00A4020C0201", "00A4020C02011C0000", "00A4020C0001", "00A4020C000003AABB", "00A4020C000000AA"]
        {
            assert_eq!(parse(hex), Err(status::WRONG_LENGTH), "{hex}");
        }
    }
}
