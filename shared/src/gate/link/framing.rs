//! Frames on a wire of bytes: COBS (Cheshire and Baker 1999) between zeros, the first byte of each its kind.
//!
//! A frame begins and ends with a zero, and has none inside. Whatever lies between two zeros and is no frame is passed over: lines of a
//! console, noise, half a frame. The kinds are bytes that no text has, so that text is never taken for one.

use alloc::vec::Vec;

use super::LONGEST_FRAME;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In the clear, to the device: who are you?
    Ask,
    /// In the clear, from the device: [`super::Hello`].
    Hello,
    /// To the device: the version, and the desk's nonce.
    Open,
    /// From the device: the desk's nonce again, its own, and its proof.
    Challenge,
    /// To the device: the desk's proof.
    Confirm,
    /// Both ways: a sealed message.
    Data,
    /// In the clear, to the device: a sealed provisioning ([`crate::gate::sealing`]).
    Provision,
    /// In the clear, from the device: a byte that says how it ended ([`super::message::Refusal`]), 0 for well.
    Ended,
}

impl Kind {
    const ALL: [(u8, Self); 8] = [
        (0xA1, Self::Ask),
        (0xA2, Self::Hello),
        (0xA3, Self::Open),
        (0xA4, Self::Challenge),
        (0xA5, Self::Confirm),
        (0xA6, Self::Data),
        (0xA7, Self::Provision),
        (0xA8, Self::Ended),
    ];

    /// Its byte.
    pub(super) fn byte(self) -> u8 {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or(0, |(byte, _)| *byte)
    }

    fn of(byte: u8) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == byte).map(|(_, kind)| *kind)
    }
}

/// A frame.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: Kind,
    /// What stands behind the kind.
    pub body: Vec<u8>,
}

opaque_debug!(Frame);

impl Frame {
    /// The bytes for the wire, a zero before and behind.
    pub fn to_wire(&self) -> Vec<u8> {
        // COBS: each run without a zero, with the distance to the next zero before it.
        let mut wire = alloc::vec![0];
        let mut run = Vec::with_capacity(254);
        let mut is_full = false;
        let mut put = |run: &mut Vec<u8>| {
            wire.push(u8::try_from(run.len()).unwrap_or(u8::MAX).saturating_add(1));
            wire.append(run);
        };
        for byte in core::iter::once(self.kind.byte()).chain(self.body.iter().copied()) {
            is_full = false;
            if byte == 0 {
                put(&mut run);
                continue;
            }
            run.push(byte);
            if run.len() == 254 {
                put(&mut run);
                is_full = true;
            }
        }
        // A run of 254 has no zero behind it, and the end of the frame is one.
        if !is_full {
            put(&mut run);
        }
        wire.push(0);
        wire
    }

    /// What lies between two zeros. `None` where that is no frame.
    fn from_wire(bytes: &[u8]) -> Option<Self> {
        let mut content = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((&code, after)) = rest.split_first() {
            let (run, next) = after.split_at_checked(usize::from(code).checked_sub(1)?)?;
            content.extend_from_slice(run);
            rest = next;
            if code < 0xFF && !rest.is_empty() {
                content.push(0);
            }
        }
        let kind = Kind::of(*content.first()?)?;
        content.remove(0);
        Some(Self { kind, body: content })
    }
}

/// Finds frames in what comes.
#[derive(Default)]
pub struct FrameReader {
    bytes: Vec<u8>,
    /// More came than a frame has: the rest up to the next zero is passed over.
    too_long: bool,
}

impl FrameReader {
    /// Takes a byte. Some where a frame ended with it.
    pub fn push(&mut self, byte: u8) -> Option<Frame> {
        if byte != 0 {
            self.too_long |= self.bytes.len() >= LONGEST_FRAME;
            if !self.too_long {
                self.bytes.push(byte);
            }
            return None;
        }
        let bytes = core::mem::take(&mut self.bytes);
        let is_frame = !core::mem::take(&mut self.too_long);
        if is_frame { Frame::from_wire(&bytes) } else { None }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<Frame> {
        let mut reader = FrameReader::default();
        bytes.iter().filter_map(|byte| reader.push(*byte)).collect()
    }

    fn frame(body: &[u8]) -> Frame {
        Frame { kind: Kind::Data, body: body.to_vec() }
    }

    #[test]
    fn frames_of_every_length_come_back_and_have_no_zero_inside() {
        for length in (0..600).chain([super::super::LONGEST_BODY]) {
            for fill in [0, 1, 0xA6] {
                let frame = frame(&vec![fill; length]);
                let wire = frame.to_wire();
                assert!(!wire[1..wire.len() - 1].contains(&0));
                assert!(wire.len() <= LONGEST_FRAME + 2, "{length}");
                assert!(read(&wire) == [frame], "{length} × {fill}");
            }
        }
    }

    #[test]
    fn a_console_and_noise_around_frames_are_passed_over() {
        let one = frame(b"one").to_wire();
        let noise = [&b"ready\r\n"[..], &[0, 0], b"decided refused sod.signature_invalid\n", &[0xFF; 2000]].concat();
        for between in [&noise[..], b"", &one[..3], &[0x01, 0x00, 0x02, 0xA6]] {
            let bytes = [between, &one, between, &one, between, &one].concat();
            assert_eq!(read(&bytes).iter().filter(|found| **found == frame(b"one")).count(), 3);
        }
    }

    #[test]
    fn what_is_too_long_is_passed_over_to_its_end() {
        let long = frame(&vec![1; LONGEST_FRAME + 1]).to_wire();
        assert!(read(&[long, frame(b"x").to_wire()].concat()) == [frame(b"x")]);
    }

    proptest! {
        #[test]
        fn no_bytes_harm_and_what_follows_is_found(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let mut all = bytes;
            all.extend(frame(b"last").to_wire());
            prop_assert!(read(&all).last() == Some(&frame(b"last")));
        }

        #[test]
        fn every_body_comes_back(body in proptest::collection::vec(any::<u8>(), 0..900)) {
            prop_assert!(read(&frame(&body).to_wire()) == [frame(&body)]);
        }
    }
}
