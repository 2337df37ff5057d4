//! The frame: header, security block, payload, MAC, check characters (SIA OSDP 2.2 §5.9, Annex C).
//!
//! ```text
//! 53 | address | length, 2, LE | control | security block | code | data | MAC, 4 | CRC, 2, LE, or checksum, 1
//! ```

use core::ops::Range;

/// Start of message.
pub(super) const SOM: u8 = 0x53;
/// A driver's idle line, which some put before a frame; no part of it.
pub(super) const MARK: u8 = 0xFF;
/// The address that every peripheral takes.
pub(super) const BROADCAST: u8 = 0x7F;
/// In the address: from a peripheral to the panel.
pub(super) const REPLY: u8 = 0x80;
/// Bytes up to and with the control byte.
pub(super) const HEADER: usize = 5;
/// The longest frame on any bus (SIA OSDP 2.2 §5.9).
pub(super) const MAX_BUS: usize = 1440;
/// The longest command that is taken here, as CAP tells the panel.
pub(super) const MAX_COMMAND: usize = 512;
/// The longest reply: what every panel must take without ACURXSIZE.
pub(super) const MAX_REPLY: usize = 128;
/// Bytes of a MAC that go over the wire.
pub(super) const MAC: usize = 4;

/// The control byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Control(pub(super) u8);

impl Control {
    const CRC: u8 = 0x04;
    const BLOCK: u8 = 0x08;

    pub(super) fn new(sequence: u8, crc: bool, block: bool) -> Self {
        Self((sequence & 3) | if crc { Self::CRC } else { 0 } | if block { Self::BLOCK } else { 0 })
    }

    pub(super) fn sequence(self) -> u8 {
        self.0 & 3
    }

    pub(super) fn has_crc(self) -> bool {
        self.0 & Self::CRC != 0
    }

    pub(super) fn has_block(self) -> bool {
        self.0 & Self::BLOCK != 0
    }

    /// How many check characters end the frame.
    pub(super) fn check_len(self) -> usize {
        if self.has_crc() { 2 } else { 1 }
    }
}

/// CRC-16: polynomial 1021h, start 1D0Fh (Annex C).
pub(super) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0x1D0F, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 })
    })
}

/// The checksum: what brings the sum of all bytes to zero.
pub(super) fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_sub(*byte))
}

/// Why the bytes of a frame are not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameError {
    /// The check characters are wrong: nothing in it can be relied on.
    Check,
    /// The check characters are right, but security block, code and MAC do not fit in.
    Layout,
}

/// The security block (Annex D.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SecurityBlock {
    /// SCS_11 to SCS_18.
    pub(super) kind: u8,
    /// What follows the type: in the handshake one byte, the key; then nothing.
    pub(super) data: Option<u8>,
}

/// A frame whose check characters are right.
pub(super) struct Frame<'a> {
    bytes: &'a mut [u8],
    control: Control,
    block: Option<SecurityBlock>,
    code: u8,
    data: Range<usize>,
    mac: Option<[u8; MAC]>,
}

impl<'a> Frame<'a> {
    /// Takes a frame of the length that its header says, from SOM to the check characters.
    pub(super) fn parse(bytes: &'a mut [u8]) -> Result<Self, FrameError> {
        let control = Control(*bytes.get(HEADER - 1).ok_or(FrameError::Layout)?);
        let end = bytes.len().checked_sub(control.check_len()).ok_or(FrameError::Layout)?;
        let (checked, check) = bytes.split_at_checked(end).ok_or(FrameError::Layout)?;
        let right = if control.has_crc() { check == crc(checked).to_le_bytes() } else { check == [checksum(checked)] };
        if !right {
            return Err(FrameError::Check);
        }
        let mut rest = checked.get(HEADER..).ok_or(FrameError::Layout)?;
        let mut block = None;
        if control.has_block() {
            let length = usize::from(*rest.first().ok_or(FrameError::Layout)?);
            let (head, after) = rest.split_at_checked(length).ok_or(FrameError::Layout)?;
            block = match head {
                [_, kind] => Some(SecurityBlock { kind: *kind, data: None }),
                [_, kind, data] => Some(SecurityBlock { kind: *kind, data: Some(*data) }),
                _ => return Err(FrameError::Layout),
            };
            rest = after;
        }
        let (code, mut rest) = rest.split_first().ok_or(FrameError::Layout)?;
        let mut mac = None;
        if block.is_some_and(|block| (0x15..=0x18).contains(&block.kind)) {
            let (data, last) = rest.split_last_chunk().ok_or(FrameError::Layout)?;
            mac = Some(*last);
            rest = data;
        }
        let data_end = end - if mac.is_some() { MAC } else { 0 };
        let (code, data) = (*code, data_end - rest.len()..data_end);
        Ok(Self { bytes, control, block, code, data, mac })
    }

    pub(super) fn control(&self) -> Control {
        self.control
    }

    /// Whether every peripheral was meant.
    pub(super) fn is_broadcast(&self) -> bool {
        self.bytes.get(1) == Some(&BROADCAST)
    }

    pub(super) fn block(&self) -> Option<SecurityBlock> {
        self.block
    }

    pub(super) fn code(&self) -> u8 {
        self.code
    }

    pub(super) fn data(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.data.clone()).unwrap_or_default()
    }

    /// What the MAC is over: from SOM to the end of the data.
    pub(super) fn authenticated(&self) -> &[u8] {
        self.bytes.get(..self.data.end).unwrap_or_default()
    }

    pub(super) fn mac(&self) -> Option<[u8; MAC]> {
        self.mac
    }

    /// What tells a repetition from another command: length and CRC. In a session the frame holds its MAC, so that the two differ.
    pub(super) fn fingerprint(&self) -> (usize, u16) {
        (self.bytes.len(), crc(self.bytes))
    }
}

/// Writes into a slice and remembers whether all of it had room.
pub(super) struct Writer<'a> {
    buffer: &'a mut [u8],
    len: usize,
    whole: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0, whole: true }
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        match self.buffer.get_mut(self.len..self.len + bytes.len()) {
            Some(room) if self.whole => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            _ => self.whole = false,
        }
    }

    /// What was written, unless some of it had no room.
    pub(super) fn written(&self) -> Option<&[u8]> {
        self.buffer.get(..self.len).filter(|_| self.whole)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// SIA OSDP 2.2 Annex E, the examples of both check characters: COMSET to everyone, and ID.
    const COMSET: [u8; 11] = [0x53, 0x7F, 0x0D, 0x00, 0x04, 0x6E, 0x00, 0x80, 0x25, 0x00, 0x00];
    const ID: [u8; 7] = [0x53, 0x00, 0x09, 0x00, 0x04, 0x61, 0x00];

    #[test]
    fn check_characters_are_those_of_the_examples() {
        assert_eq!(crc(&COMSET).to_le_bytes(), [0x6E, 0x38]);
        assert_eq!(crc(&ID).to_le_bytes(), [0xC0, 0x66]);
        assert_eq!(checksum(&[0x53, 0x7F, 0x0C, 0x00, 0x00, 0x6E, 0x00, 0x80, 0x25, 0x00, 0x00]), 0x0F);
        assert_eq!(checksum(&[0x53, 0x00, 0x08, 0x00, 0x00, 0x61, 0x00]), 0x44);
    }

    #[test]
    fn a_captured_buzzer_command_is_read() {
        // From a trace of an installation, published with the tests of OSDP.Net.
        let mut bytes = [0x53, 0x00, 0x0D, 0x00, 0x06, 0x6A, 0x00, 0x02, 0x02, 0x02, 0x01, 0x59, 0x92];
        let mut frame = Frame::parse(&mut bytes).unwrap();
        assert_eq!((frame.code(), frame.control().sequence(), frame.block(), frame.mac()), (0x6A, 2, None, None));
        assert_eq!(frame.data(), [0, 2, 2, 2, 1]);
        assert!(!frame.is_broadcast());
    }

    #[test]
    fn a_session_frame_is_taken_apart() {
        let mut bytes = vec![0x53, 0x05, 0, 0, 0x0D, 0x02, 0x17, 0x68, 1, 2, 3, 4, 0xA, 0xB, 0xC, 0xD];
        bytes[2] = u8::try_from(bytes.len() + 2).unwrap();
        let check = crc(&bytes);
        bytes.extend(check.to_le_bytes());
        let mut frame = Frame::parse(&mut bytes).unwrap();
        assert_eq!(frame.block(), Some(SecurityBlock { kind: 0x17, data: None }));
        assert_eq!(frame.mac(), Some([0xA, 0xB, 0xC, 0xD]));
        assert_eq!(frame.authenticated().len(), 12);
        assert_eq!((frame.code(), &*frame.data()), (0x68, &[1, 2, 3, 4][..]));
    }

    fn error(mut bytes: Vec<u8>) -> FrameError {
        let check = checksum(&bytes);
        bytes.push(check);
        Frame::parse(&mut bytes).err().unwrap()
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(error(vec![0x53, 0, 6, 0, 0]), FrameError::Layout, "no code");
        assert_eq!(error(vec![0x53, 0, 8, 0, 8, 1, 0x60]), FrameError::Layout, "a block without a type");
        assert_eq!(error(vec![0x53, 0, 8, 0, 8, 9, 0x15]), FrameError::Layout, "a block past the end");
        assert_eq!(error(vec![0x53, 0, 11, 0, 8, 2, 0x15, 0x60, 1, 2]), FrameError::Layout, "half a MAC");
        assert_eq!(Frame::parse(&mut [0x53, 0, 7, 0, 0, 0x60, 0]).err(), Some(FrameError::Check));
        assert_eq!(Frame::parse(&mut [0x53]).err(), Some(FrameError::Layout));
    }

    #[test]
    fn a_writer_without_room_gives_nothing() {
        let mut buffer = [0; 4];
        let mut writer = Writer::new(&mut buffer);
        writer.put(&[1, 2, 3]);
        assert_eq!(writer.written(), Some(&[1, 2, 3][..]));
        writer.put(&[4, 5]);
        writer.put(&[6]);
        assert_eq!(writer.written(), None, "not even what would still fit");
    }
}
