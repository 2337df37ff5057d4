//! Commands and responses (ISO 7816-3 §12.1, ISO 7816-4 §5).

mod status_word;

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

pub use status_word::StatusWord;

/// Ne of a short Le of 00.
pub const SHORT_MAXIMUM: usize = 256;
/// Ne of an extended Le of 0000.
pub const EXTENDED_MAXIMUM: usize = 65_536;
/// CLA bit 5: more commands of the chain follow (ISO 7816-4 §5.4.1).
const CHAINING: u8 = 0x10;

/// A command APDU before its encoding.
///
/// Its `Debug` shows header and lengths only: the data may be a protocol's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// Class byte.
    pub class: u8,
    /// Instruction byte.
    pub instruction: u8,
    /// P1 and P2.
    pub parameters: [u8; 2],
    /// Command data, at most 65,535 bytes.
    pub data: Vec<u8>,
    /// Ne: how many bytes of data the answer may have at most, 1 to 65,536; `None` where no data are expected, so that no Le is sent.
    pub expected: Option<usize>,
}

/// Why a command cannot be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the command does not fit into an APDU")]
pub struct CommandTooLong;

impl Command {
    /// A command of case 1: no data either way.
    pub fn new(class: u8, instruction: u8, parameters: [u8; 2]) -> Self {
        Self { class, instruction, parameters, data: Vec::new(), expected: None }
    }

    /// With command data (cases 3 and 4).
    #[must_use]
    pub fn with_data(self, data: Vec<u8>) -> Self {
        Self { data, ..self }
    }

    /// With an expected answer of at most so many bytes (cases 2 and 4).
    #[must_use]
    pub fn with_expected(self, expected: usize) -> Self {
        Self { expected: Some(expected), ..self }
    }

    /// CLA INS P1 P2.
    pub fn header(&self) -> [u8; 4] {
        let [p1, p2] = self.parameters;
        [self.class, self.instruction, p1, p2]
    }

    /// Whether its length fields must be extended.
    pub fn is_extended(&self) -> bool {
        self.data.len() > 255 || self.expected.is_some_and(|expected| expected > SHORT_MAXIMUM)
    }

    /// Whether it is READ BINARY, even or odd: the one command that secure messaging may repeat (`attacks.md` 23).
    pub fn is_read_binary(&self) -> bool {
        matches!(self.instruction, 0xB0 | 0xB1)
    }

    /// The octets on the wire, in the shortest form that holds data and Ne.
    ///
    /// # Errors
    /// [`CommandTooLong`] where data exceed 65,535 bytes or Ne is not 1 to 65,536.
    pub fn encode(&self) -> Result<Vec<u8>, CommandTooLong> {
        let mut octets = self.header().to_vec();
        if self.is_extended() {
            // The leading 00 that tells extended from short stands once, before whichever length field comes first.
            octets.push(0);
            if !self.data.is_empty() {
                octets.extend(u16::try_from(self.data.len()).map_err(|_| CommandTooLong)?.to_be_bytes());
                octets.extend_from_slice(&self.data);
            }
            match self.expected {
                Some(EXTENDED_MAXIMUM) => octets.extend([0, 0]),
                Some(expected @ 1..) => octets.extend(u16::try_from(expected).map_err(|_| CommandTooLong)?.to_be_bytes()),
                Some(0) => return Err(CommandTooLong),
                None => {}
            }
        } else {
            if !self.data.is_empty() {
                octets.push(u8::try_from(self.data.len()).map_err(|_| CommandTooLong)?);
                octets.extend_from_slice(&self.data);
            }
            match self.expected {
                Some(SHORT_MAXIMUM) => octets.push(0),
                Some(expected @ 1..) => octets.push(u8::try_from(expected).map_err(|_| CommandTooLong)?),
                Some(0) => return Err(CommandTooLong),
                None => {}
            }
        }
        Ok(octets)
    }

    /// The same command as a chain whose links carry at most `most` bytes of data each (ISO 7816-4 §5.4.1). Only the last link has an
    /// Le. One link where the data fit.
    pub fn chain(self, most: usize) -> Vec<Self> {
        if self.data.len() <= most || most == 0 {
            return vec![self];
        }
        let mut links: Vec<Self> = self
            .data
            .chunks(most)
            .map(|data| Self { class: self.class | CHAINING, data: data.to_vec(), expected: None, ..self.clone() })
            .collect();
        if let Some(last) = links.last_mut() {
            last.class = self.class;
            last.expected = self.expected;
        }
        links
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [class, instruction, p1, p2] = self.header();
        write!(f, "{class:02X} {instruction:02X} {p1:02X} {p2:02X}, {} bytes, Ne {:?}", self.data.len(), self.expected)
    }
}

/// A response APDU. Its `Debug` shows length and status only: the data are a person's.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The data.
    pub data: Vec<u8>,
    /// SW1 SW2.
    pub status: StatusWord,
}

impl Response {
    /// Splits the status word off; `None` where there are fewer than two octets.
    pub fn parse(mut octets: Vec<u8>) -> Option<Self> {
        let status = StatusWord(u16::from_be_bytes(*octets.last_chunk::<2>()?));
        octets.truncate(octets.len().saturating_sub(2));
        Some(Self { data: octets, status })
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {}", self.data.len(), self.status)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloc::format;

    fn encoded(data: usize, expected: Option<usize>) -> Result<alloc::string::String, CommandTooLong> {
        let command = Command { expected, ..Command::new(0, 0xB0, [1, 2]).with_data(vec![0xAA; data]) };
        command.encode().map(|octets| hex::encode(octets.get(..octets.len().min(12)).unwrap()))
    }

    #[test]
    fn the_four_cases_short_and_extended() {
        assert_eq!(encoded(0, None).unwrap(), "00b00102");
        assert_eq!(encoded(0, Some(1)).unwrap(), "00b0010201");
        assert_eq!(encoded(0, Some(256)).unwrap(), "00b0010200");
        assert_eq!(encoded(2, None).unwrap(), "00b0010202aaaa");
        assert_eq!(encoded(2, Some(256)).unwrap(), "00b0010202aaaa00");
        assert_eq!(encoded(0, Some(257)).unwrap(), "00b00102000101");
        assert_eq!(encoded(0, Some(65_536)).unwrap(), "00b00102000000");
        assert_eq!(encoded(256, None).unwrap(), "00b00102000100aaaaaaaaaa");
        assert_eq!(encoded(2, Some(65_536)).unwrap(), "00b00102000002aaaa0000");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (data, expected) in [(65_536, None), (0, Some(0)), (0, Some(65_537)), (300, Some(0))] {
            assert_eq!(encoded(data, expected), Err(CommandTooLong));
        }
    }

    #[test]
    fn a_chain_carries_all_data_and_ends_plain() {
        let command = Command::new(0, 0x86, [0, 0]).with_data((0..=255).collect()).with_expected(256);
        let links = command.clone().chain(100);
        assert_eq!(links.iter().map(|link| link.class).collect::<Vec<_>>(), [0x10, 0x10, 0x00]);
        assert_eq!(links.iter().map(|link| link.expected).collect::<Vec<_>>(), [None, None, Some(256)]);
        assert_eq!(links.iter().flat_map(|link| link.data.clone()).collect::<Vec<_>>(), command.data);
        assert_eq!(command.clone().chain(256), [command]);
    }

    #[test]
    fn a_response_needs_a_status() {
        assert_eq!(Response::parse(vec![0x90]), None);
        assert_eq!(Response::parse(vec![1, 2, 0x90, 0]), Some(Response { data: vec![1, 2], status: StatusWord::OK }));
    }

    #[test]
    fn debug_shows_no_data() {
        let command = Command::new(0, 0x82, [0, 0]).with_data(vec![0xAB, 0xCD]);
        assert_eq!(format!("{command:?}"), "00 82 00 00, 2 bytes, Ne None");
        let response = Response { data: vec![0xAB], status: StatusWord(0x6982) };
        assert_eq!(format!("{response:?}"), "1 bytes, 6982 (security status not satisfied)");
    }
}
