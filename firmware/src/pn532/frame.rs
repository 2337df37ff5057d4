//! Frames of the PN532 over its high-speed UART (PN532 User Manual, UM0701-02 §6.2.1).
//!
//! ```text
//! normal     00 00 FF LEN LCS            TFI PD0 … PDn DCS 00     LEN + LCS = 0
//! extended   00 00 FF FF FF LENM LENL LCS TFI PD0 … PDn DCS 00    LENM + LENL + LCS = 0
//! ACK        00 00 FF 00 FF 00           NACK  00 00 FF FF 00 00
//! error      00 00 FF 01 FF 7F 81 00
//! ```
//!
//! LEN counts TFI and data; TFI + data + DCS = 0, modulo 256. What comes before 00 FF is no frame.

use alloc::vec::Vec;

/// From host to PN532.
const TO_PN532: u8 = 0xD4;
/// From PN532 to host.
const TO_HOST: u8 = 0xD5;
/// In the place of TFI: the PN532 did not understand the command.
const SYNTAX_ERROR: u8 = 0x7F;

/// Longest LEN: TFI, command code, target and 262 bytes for a card (UM0701-02 §7.3.8).
pub const LONGEST: usize = 265;

/// The frame with which either side says that it received one.
pub const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
/// The frame that asks for the last answer once more.
pub const NACK: [u8; 6] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00];

/// What a frame says.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// The command was received.
    Acknowledged,
    /// The other side asks for a repetition.
    NotAcknowledged,
    /// The command was not understood.
    SyntaxError,
    /// An answer: its code and what follows it.
    Answer(Vec<u8>),
    /// A frame whose sums are wrong, or that is too long.
    Damaged,
}

/// The frame of a command. `None` where it is too long.
pub fn command(code: u8, data: &[u8]) -> Option<Vec<u8>> {
    let length = data.len().checked_add(2).filter(|length| *length <= LONGEST)?;
    let mut frame = Vec::with_capacity(length + 10);
    frame.extend_from_slice(&[0x00, 0x00, 0xFF]);
    match u8::try_from(length) {
        Ok(length) => frame.extend_from_slice(&[length, length.wrapping_neg()]),
        Err(_) => {
            let [most, least] = u16::try_from(length).ok()?.to_be_bytes();
            frame.extend_from_slice(&[0xFF, 0xFF, most, least, most.wrapping_add(least).wrapping_neg()]);
        }
    }
    let sum = data.iter().fold(TO_PN532.wrapping_add(code), |sum, byte| sum.wrapping_add(*byte));
    frame.extend_from_slice(&[TO_PN532, code]);
    frame.extend_from_slice(data);
    frame.extend_from_slice(&[sum.wrapping_neg(), 0x00]);
    Some(frame)
}

/// Takes frames out of a stream of bytes, one byte at a time.
#[derive(Default)]
pub struct Decoder {
    state: State,
}

#[derive(Default)]
enum State {
    /// Before a frame; whether the last byte was 00.
    #[default]
    Outside,
    ZeroSeen,
    /// After 00 FF.
    Length,
    /// After LEN.
    LengthSum(u8),
    /// After FF FF: the bytes of an extended length so far.
    ExtendedLength(Vec<u8>),
    /// Inside: bytes of TFI, data and DCS so far, and how many there will be.
    Body(Vec<u8>, usize),
}

impl Decoder {
    /// Takes the next byte; gives the frame that it ends. The postamble is not waited for.
    pub fn push(&mut self, byte: u8) -> Option<Frame> {
        let (next, frame) = match core::mem::take(&mut self.state) {
            State::Outside => (if byte == 0x00 { State::ZeroSeen } else { State::Outside }, None),
            State::ZeroSeen => match byte {
                0x00 => (State::ZeroSeen, None),
                0xFF => (State::Length, None),
                _ => (State::Outside, None),
            },
            State::Length => (State::LengthSum(byte), None),
            State::LengthSum(length) => match (length, byte) {
                (0x00, 0xFF) => (State::Outside, Some(Frame::Acknowledged)),
                (0xFF, 0x00) => (State::Outside, Some(Frame::NotAcknowledged)),
                (0xFF, 0xFF) => (State::ExtendedLength(Vec::with_capacity(3)), None),
                _ if length.wrapping_add(byte) == 0 && length != 0 => body(usize::from(length)),
                _ => (State::Outside, Some(Frame::Damaged)),
            },
            State::ExtendedLength(mut bytes) => {
                bytes.push(byte);
                match bytes.as_slice() {
                    &[most, least, sum] if most.wrapping_add(least).wrapping_add(sum) == 0 => {
                        body(usize::from(u16::from_be_bytes([most, least])))
                    }
                    [_, _, _] => (State::Outside, Some(Frame::Damaged)),
                    _ => (State::ExtendedLength(bytes), None),
                }
            }
            State::Body(mut bytes, length) => {
                bytes.push(byte);
                if bytes.len() < length { (State::Body(bytes, length), None) } else { (State::Outside, Some(read(&bytes))) }
            }
        };
        self.state = next;
        frame
    }

    /// Forgets a frame that has begun: the rest of it will not come.
    pub fn reset(&mut self) {
        self.state = State::Outside;
    }
}

/// The body that follows a length, which has one byte more: DCS.
fn body(length: usize) -> (State, Option<Frame>) {
    match length {
        1..=LONGEST => (State::Body(Vec::with_capacity(length + 1), length + 1), None),
        _ => (State::Outside, Some(Frame::Damaged)),
    }
}

/// What TFI, data and DCS say.
fn read(bytes: &[u8]) -> Frame {
    let sum = bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    match bytes {
        _ if sum != 0 => Frame::Damaged,
        [SYNTAX_ERROR, _] => Frame::SyntaxError,
        [TO_HOST, answer @ .., _] if !answer.is_empty() => Frame::Answer(answer.to_vec()),
        _ => Frame::Damaged,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames(bytes: &[u8]) -> Vec<Frame> {
        let mut decoder = Decoder::default();
        bytes.iter().filter_map(|byte| decoder.push(*byte)).collect()
    }

    /// The same frame from the PN532's side.
    fn answer(code: u8, data: &[u8]) -> Vec<u8> {
        let mut frame = command(code, data).unwrap();
        let at = if frame[3..5] == [0xFF, 0xFF] { 8 } else { 5 };
        let last = frame.len() - 2;
        frame[at] = TO_HOST;
        frame[last] = frame[last].wrapping_sub(1);
        frame
    }

    /// UM0701-02 §7.2.2: GetFirmwareVersion and the answer of a PN532 v1.6.
    #[test]
    fn frames_are_those_of_the_manual() {
        assert_eq!(command(0x02, &[]).unwrap(), [0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0x00]);
        let answer = [0x00, 0x00, 0xFF, 0x06, 0xFA, 0xD5, 0x03, 0x32, 0x01, 0x06, 0x07, 0xE8, 0x00];
        assert!(frames(&answer) == [Frame::Answer(vec![0x03, 0x32, 0x01, 0x06, 0x07])]);
        assert!(frames(&ACK) == [Frame::Acknowledged]);
        assert!(frames(&NACK) == [Frame::NotAcknowledged]);
        assert!(frames(&[0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00]) == [Frame::SyntaxError]);
    }

    #[test]
    fn long_commands_are_extended_frames() {
        assert_eq!(command(0x40, &[0; 253]).unwrap()[..5], [0x00, 0x00, 0xFF, 0xFF, 0x01]);
        assert_eq!(command(0x40, &[0; 254]).unwrap()[..8], [0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 0xFF]);
        assert!(command(0x40, &[0; LONGEST - 2]).is_some());
        assert!(command(0x40, &[0; LONGEST - 1]).is_none());
    }

    #[test]
    fn damage_is_told() {
        for at in 3..answer(0x03, &[1, 2, 3]).len() - 1 {
            let mut frame = answer(0x03, &[1, 2, 3]);
            frame[at] ^= 0x10;
            let found = frames(&frame);
            assert!(!found.contains(&Frame::Answer(vec![3, 1, 2, 3])), "byte {at}");
        }
    }

    #[test]
    fn the_next_frame_is_found_after_noise() {
        let stream = [&[0x55, 0x00, 0xFF, 0x03, 0x03][..], &ACK, &answer(0x15, &[])].concat();
        assert!(frames(&stream) == [Frame::Damaged, Frame::Acknowledged, Frame::Answer(vec![0x15])]);
    }

    proptest! {
        #[test]
        fn what_is_sent_is_received(code in 0_u8.., data in proptest::collection::vec(any::<u8>(), 0..=263)) {
            let expected = [&[code][..], &data].concat();
            prop_assert!(frames(&answer(code, &data)) == [Frame::Answer(expected)]);
        }

        #[test]
        fn no_stream_breaks_the_decoder(stream in proptest::collection::vec(any::<u8>(), 0..2000)) {
            frames(&stream);
        }
    }
}
