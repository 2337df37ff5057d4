//! Wiegand frames: 26, 34 and 37 bits. Off by default: whoever reads the two wires can replay them.
//!
//! They carry the facility code and card number that stand beside an entry of the access list, never bits of a pseudonym or of a personal
//! number: 24 bits of either meet again among some 10,000 people.

pub mod wires;

use soat::gate::pack::access_list::Credential;

/// How many bits a frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// H10301: 8 bits of facility, 16 of number.
    Wiegand26,
    /// 16 bits of facility, 16 of number.
    Wiegand34,
    /// H10304: 16 bits of facility, 19 of number.
    Wiegand37,
}

/// A frame: its bits, the first sent in the highest place, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// The bits, right-aligned.
    pub value: u64,
    /// How many.
    pub count: u8,
}

impl Iterator for Bits {
    type Item = bool;

    /// The next bit as it is sent.
    fn next(&mut self) -> Option<bool> {
        self.count = self.count.checked_sub(1)?;
        Some(self.value >> self.count & 1 == 1)
    }
}

impl Format {
    /// The lengths of facility code and card number, in bits.
    fn widths(self) -> (u8, u8) {
        match self {
            Self::Wiegand26 => (8, 16),
            Self::Wiegand34 => (16, 16),
            Self::Wiegand37 => (16, 19),
        }
    }

    /// The format of so many bits.
    pub fn of(bits: u8) -> Option<Self> {
        [Self::Wiegand26, Self::Wiegand34, Self::Wiegand37].into_iter().find(|format| {
            let (facility, number) = format.widths();
            facility + number + 2 == bits
        })
    }

    /// The shortest format that holds a credential.
    pub fn that_holds(credential: Credential) -> Option<Bits> {
        [Self::Wiegand26, Self::Wiegand34, Self::Wiegand37].into_iter().find_map(|format| format.encode(credential))
    }

    /// The frame of a credential. `None` where it does not fit: what is cut off would be another person's.
    pub fn encode(self, credential: Credential) -> Option<Bits> {
        let (facility, number) = self.widths();
        if u32::from(credential.facility) >> facility != 0 || credential.number >> number != 0 {
            return None;
        }
        let data = u64::from(credential.facility) << number | u64::from(credential.number);
        let length = facility + number;
        // Even parity over the first half, odd over the last; with 35 bits the middle one belongs to both.
        let half = length.div_ceil(2);
        let first = (data >> (length - half)).count_ones() & 1;
        let last = (data & ((1 << half) - 1)).count_ones() & 1 ^ 1;
        Some(Bits { value: u64::from(first) << (length + 1) | data << 1 | u64::from(last), count: length + 2 })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formats_are_known_by_their_bits() {
        let known: Vec<_> = (0..=64).filter_map(|bits| Format::of(bits).map(|format| (bits, format))).collect();
        assert_eq!(known, [(26, Format::Wiegand26), (34, Format::Wiegand34), (37, Format::Wiegand37)]);
    }

    /// The frame of facility 1 and number 1 in H10301, as worked out on paper: 0 00000001 0000000000000001 0, with even parity of
    /// `000000010000` = 1 and odd parity of `000000000001` = 0.
    #[test]
    fn frames_have_both_parities() {
        let bits = Format::Wiegand26.encode(Credential { facility: 1, number: 1 }).unwrap();
        assert_eq!(bits, Bits { value: 0b10_0000_0010_0000_0000_0000_0010, count: 26 });
    }

    #[test]
    fn nothing_is_cut_off() {
        for (format, facility, number) in [
            (Format::Wiegand26, 256, 0),
            (Format::Wiegand26, 0, 65_536),
            (Format::Wiegand34, 0, 65_536),
            (Format::Wiegand37, 0, 1 << 19),
        ] {
            assert_eq!(format.encode(Credential { facility, number }), None);
        }
        assert!(Format::Wiegand37.encode(Credential { facility: u16::MAX, number: (1 << 19) - 1 }).is_some());
    }

    proptest! {
        #[test]
        fn a_controller_reads_what_was_sent(facility: u16, number in 0_u32..(1 << 19)) {
            let bits = Format::Wiegand37.encode(Credential { facility, number }).unwrap();
            let bit = |place: u8| bits.value >> (bits.count - 1 - place) & 1;
            prop_assert_eq!((0..=18).map(bit).sum::<u64>() % 2, 0, "even parity over bits 1 to 19");
            prop_assert_eq!((18..37).map(bit).sum::<u64>() % 2, 1, "odd parity over bits 19 to 37");
            prop_assert_eq!(bits.value >> 20 & 0xFFFF, u64::from(facility));
            prop_assert_eq!(bits.value >> 1 & 0x7_FFFF, u64::from(number));
        }
    }
}
