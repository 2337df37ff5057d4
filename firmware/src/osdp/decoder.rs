//! From bytes to frames: bounded, and never at a loss for long.
//!
//! A bus carries the talk of others, noise and halves of frames. Frames of others are counted through, not searched for a start; a header
//! that cannot be one is searched for the next start; a silence of [`INTER_BYTE_MS`] within a frame ends it.

use zeroize::Zeroize;

use super::frame::{BROADCAST, Control, HEADER, MARK, MAX_BUS, MAX_COMMAND, REPLY, SOM};

/// The longest silence within a frame, in milliseconds (SIA OSDP 2.2 §5.7).
pub(super) const INTER_BYTE_MS: u64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Hunting,
    Header,
    /// Up to this length.
    Body(usize),
    /// So many bytes of a frame to somebody else.
    Skipping(usize),
    Complete,
}

/// Collects one frame to this device.
pub(super) struct Decoder {
    buffer: [u8; MAX_COMMAND],
    len: usize,
    state: State,
    heard: u64,
    idle: bool,
    marked: bool,
}

impl Decoder {
    pub(super) const fn new() -> Self {
        Self { buffer: [0; MAX_COMMAND], len: 0, state: State::Hunting, heard: 0, idle: false, marked: false }
    }

    /// Takes a byte at a time in milliseconds. While a frame waits to be taken, bytes are let go: the bus is half-duplex.
    pub(super) fn push(&mut self, byte: u8, now: u64, address: u8) {
        if self.state != State::Complete && now.saturating_sub(self.heard) > INTER_BYTE_MS {
            self.clear();
        }
        match self.state {
            State::Complete => return,
            State::Hunting => {
                if byte == SOM {
                    self.marked = self.idle;
                    self.keep(byte);
                    self.state = State::Header;
                }
                self.idle = byte == MARK;
            }
            State::Header => {
                self.keep(byte);
                if self.len == HEADER {
                    self.judge(address);
                }
            }
            State::Body(length) => {
                self.keep(byte);
                if self.len == length {
                    self.state = State::Complete;
                }
            }
            State::Skipping(1) => self.clear(),
            State::Skipping(left) => self.state = State::Skipping(left - 1),
        }
        self.heard = now;
    }

    /// A whole frame, with whether an idle byte came before it and when it ended.
    pub(super) fn frame(&mut self) -> Option<(&mut [u8], bool, u64)> {
        let frame = self.buffer.get_mut(..self.len)?;
        (self.state == State::Complete).then_some((frame, self.marked, self.heard))
    }

    /// Forgets what was collected, which may have been a key.
    pub(super) fn clear(&mut self) {
        self.buffer.zeroize();
        (self.len, self.state, self.idle) = (0, State::Hunting, false);
    }

    fn keep(&mut self, byte: u8) {
        if let Some(place) = self.buffer.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn judge(&mut self, own: u8) {
        let [_, address, low, high, control, ..] = self.buffer;
        let length = usize::from(u16::from_le_bytes([low, high]));
        if !(HEADER + 1 + Control(control).check_len()..=MAX_BUS).contains(&length) {
            return self.search();
        }
        // What is too long for this device was announced to be so: the panel's fault, and nobody else's frame starts in it.
        let taken = (address == own || address == BROADCAST) && address & REPLY == 0 && length <= MAX_COMMAND;
        self.state = if taken { State::Body(length) } else { State::Skipping(length - HEADER) };
    }

    /// The header was none: a later byte of it may start the next.
    fn search(&mut self) {
        let next = self.buffer.iter().take(HEADER).skip(1).position(|byte| *byte == SOM);
        let marked = next.is_some_and(|at| at > 0 && self.buffer.get(at) == Some(&MARK));
        let from = next.map_or(HEADER, |at| at + 1);
        self.buffer.copy_within(from..HEADER, 0);
        (self.len, self.marked, self.idle) = (HEADER - from, marked, false);
        self.state = if self.len == 0 { State::Hunting } else { State::Header };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::frame::{Frame, FrameError, crc};
    use super::*;
    use proptest::prelude::*;

    const OWN: u8 = 5;

    fn frame(address: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![SOM, address, 0, 0, 0x04];
        bytes.extend(payload);
        let length = u16::try_from(bytes.len() + 2).unwrap();
        bytes[2..4].copy_from_slice(&length.to_le_bytes());
        let check = crc(&bytes);
        bytes.extend(check.to_le_bytes());
        bytes
    }

    /// Every frame that comes out of bytes that follow one another without a pause.
    fn decoded(bytes: &[u8]) -> Vec<(Vec<u8>, bool)> {
        let mut decoder = Decoder::new();
        let mut frames = Vec::new();
        for byte in bytes {
            decoder.push(*byte, 0, OWN);
            if let Some((frame, marked, _)) = decoder.frame() {
                frames.push((frame.to_vec(), marked));
                decoder.clear();
            }
        }
        frames
    }

    #[test]
    fn own_and_broadcast_frames_come_out_marked_as_they_were_sent() {
        let (own, all) = (frame(OWN, &[0x60]), frame(BROADCAST, &[0x61, 0]));
        let bytes = [&[MARK][..], &own, &[0x00], &all].concat();
        assert_eq!(decoded(&bytes), [(own, true), (all, false)]);
    }

    #[test]
    fn the_talk_of_others_is_counted_through() {
        // A frame to another, and a reply, each with what would be a frame to this device inside.
        let inner = frame(OWN, &[0x60]);
        let other = frame(6, &[&[0x68][..], &inner].concat());
        let reply = frame(OWN | REPLY, &[&[0x50][..], &inner].concat());
        assert_eq!(decoded(&[other, reply, inner.clone()].concat()), [(inner, false)]);
    }

    #[test]
    fn a_start_within_a_broken_header_is_found() {
        let own = frame(OWN, &[0x60]);
        for noise in [&[SOM][..], &[SOM, 0, SOM], &[SOM, 0xFF, 0xFF, 0xFF], &[0, 1, 2, SOM, 9, 0xFF, 0xFF]] {
            assert_eq!(decoded(&[noise, &own].concat()).last().map(|(frame, _)| frame), Some(&own), "{noise:02X?}");
        }
        assert_eq!(decoded(&[&[SOM, 0, MARK][..], &own].concat()), [(own, true)]);
    }

    #[test]
    fn a_frame_of_the_greatest_length_is_taken_and_a_longer_one_counted_through() {
        let own = frame(OWN, &[0x60]);
        let longest = frame(OWN, &[SOM; MAX_COMMAND - 7]);
        let longer = frame(OWN, &[SOM; MAX_COMMAND - 6]);
        assert_eq!(decoded(&[longest.clone(), longer, own.clone()].concat()), [(longest, false), (own, false)]);
    }

    #[test]
    fn silence_within_a_frame_ends_it() {
        let own = frame(OWN, &[0x60]);
        let mut decoder = Decoder::new();
        for (pause, whole) in [(INTER_BYTE_MS, true), (INTER_BYTE_MS + 1, false)] {
            decoder.clear();
            for byte in &own[..6] {
                decoder.push(*byte, 1000, OWN);
            }
            for byte in &own[6..] {
                decoder.push(*byte, 1000 + pause, OWN);
            }
            assert_eq!(decoder.frame().is_some(), whole, "{pause} ms");
        }
    }

    #[test]
    fn a_false_length_deafens_for_no_longer_than_a_silence() {
        let own = frame(OWN, &[0x60]);
        let mut decoder = Decoder::new();
        for byte in [SOM, 9, 0xA0, 0x05, 0] {
            decoder.push(byte, 0, OWN);
        }
        own.iter().for_each(|byte| decoder.push(*byte, 10, OWN));
        assert!(decoder.frame().is_none());
        own.iter().for_each(|byte| decoder.push(*byte, 40, OWN));
        assert_eq!(decoder.frame().unwrap().0, own);
    }

    proptest! {
        #[test]
        fn any_bytes_are_borne(bytes in proptest::collection::vec(prop_oneof![Just(SOM), Just(OWN), Just(0), any::<u8>()], 0..2000)) {
            for (mut frame, _) in decoded(&bytes) {
                prop_assert!((7..=MAX_COMMAND).contains(&frame.len()));
                let _ = Frame::parse(&mut frame);
            }
        }

        #[test]
        fn a_frame_is_found_after_any_noise_and_a_silence(
            noise in proptest::collection::vec(any::<u8>(), 0..1500),
            payload in proptest::collection::vec(any::<u8>(), 1..(MAX_COMMAND - 7)),
        ) {
            let sent = frame(OWN, &payload);
            let mut decoder = Decoder::new();
            for byte in noise {
                decoder.push(byte, 0, OWN);
                if decoder.frame().is_some() {
                    decoder.clear();
                }
            }
            sent.iter().for_each(|byte| decoder.push(*byte, 100, OWN));
            let (found, _, at) = decoder.frame().unwrap();
            prop_assert_eq!(&*found, &sent[..]);
            prop_assert_eq!(at, 100);
            let mut parsed = Frame::parse(found).ok().unwrap();
            prop_assert_eq!(parsed.code(), payload[0]);
            prop_assert_eq!(&*parsed.data(), &payload[1..]);
        }

        #[test]
        fn one_wrong_bit_is_never_taken(payload in proptest::collection::vec(any::<u8>(), 1..60), at in 0usize..520) {
            let mut sent = frame(OWN, &payload);
            let bit = at % (sent.len() * 8);
            // Not where the check characters stand (the length), nor whether they are a CRC: those are caught by chance and by the MAC.
            prop_assume!(!(16..32).contains(&bit) && bit != 4 * 8 + 2);
            sent[bit / 8] ^= 1 << (bit % 8);
            for (mut frame, _) in decoded(&sent) {
                prop_assert_eq!(Frame::parse(&mut frame).err(), Some(FrameError::Check));
            }
        }
    }
}
