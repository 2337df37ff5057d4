//! The commands of the PN532 that a gate needs (UM0701-02 §7), and what their answers say.

use super::exchange::Command;

/// After power-down the PN532 takes some bytes to wake up; a long preamble is harmless (UM0701-02 §7.2.11).
pub const WAKE_UP: [u8; 16] = [0x55, 0x55, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Bauds that the link starts with.
pub const FIRST_SPEED: u32 = 115_200;
/// Bauds that it is raised to, and their number in SetSerialBaudRate (UM0701-02 §7.2.7).
pub const HIGH_SPEED: u32 = 921_600;
const HIGH_SPEED_NUMBER: u8 = 0x07;

const SHORT_MS: u64 = 200;
/// InListPassiveTarget with finite retries; a host wait of a second ends what the chip does not.
const SEARCH_MS: u64 = 1000;
/// The longest that a card may ask for with waiting-time extensions before the gate gives it up.
const CARD_MS: u64 = 5000;

const fn command(code: u8, data: &[u8], patience_ms: u64) -> Command<'_> {
    Command { code, data, patience_ms, repeatable: true }
}

/// SAMConfiguration: normal mode, no SAM.
pub const SAM_CONFIGURATION: Command<'static> = command(0x14, &[0x01], SHORT_MS);
/// GetFirmwareVersion: whether a PN532 is there and alive.
pub const GET_FIRMWARE_VERSION: Command<'static> = command(0x02, &[], SHORT_MS);
/// RFConfiguration, MaxRetries: ATR_REQ and PSL_REQ once more, two tries to find a card. With the defaults a search never ends.
pub const MAX_RETRIES: Command<'static> = command(0x32, &[0x05, 0x01, 0x01, 0x02], SHORT_MS);
/// RFConfiguration, RF field: off. It is on again with the next search.
pub const FIELD_OFF: Command<'static> = command(0x32, &[0x01, 0x00], SHORT_MS);
/// SetSerialBaudRate. The new speed begins after the host acknowledged the answer.
pub const RAISE_SPEED: Command<'static> = command(0x10, &[HIGH_SPEED_NUMBER], SHORT_MS);
/// InListPassiveTarget: one card of type A at 106 kbit/s.
pub const FIND_TYPE_A: Command<'static> = command(0x4A, &[0x01, 0x00], SEARCH_MS);
/// InListPassiveTarget: one card of type B at 106 kbit/s, of any family (AFI 00).
pub const FIND_TYPE_B: Command<'static> = command(0x4A, &[0x01, 0x03, 0x00], SEARCH_MS);
/// InPSL: 424 kbit/s both ways. Only before the first InDataExchange, and for type A alone (UM0701-02 §7.3.6).
pub const RAISE_CARD_SPEED: Command<'static> = command(0x4E, &[0x01, 0x02, 0x02], SHORT_MS);

/// InDataExchange; `data` begins with the target.
pub const fn exchange_data(data: &[u8]) -> Command<'_> {
    Command { code: 0x40, data, patience_ms: CARD_MS, repeatable: false }
}

/// The target's number, always the first.
pub const TARGET: u8 = 0x01;

/// What InListPassiveTarget found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// ISO 14443-4 type A; whether it takes a higher speed both ways (TA(1) of its ATS).
    TypeA {
        /// 424 kbit/s in both directions.
        fast: bool,
    },
    /// ISO 14443-4 type B.
    TypeB,
    /// A tag without ISO 14443-4: no identity card.
    Other,
}

/// What there is, by the answer to [`FIND_TYPE_A`] or [`FIND_TYPE_B`]; `None` where nothing is.
pub fn target(answer: &[u8], type_b: bool) -> Option<Target> {
    let (&count, target) = answer.split_first()?;
    if count == 0 {
        return None;
    }
    if type_b {
        return Some(Target::TypeB);
    }
    // Tg, SENS_RES of two bytes, SEL_RES, the identifier with its length, the ATS with its length.
    let [_, _, _, selection, length, rest @ ..] = target else { return Some(Target::Other) };
    // ISO 14443-3 §6.4.4: bit 6 of SAK says that the card speaks ISO 14443-4.
    if selection & 0x20 == 0 {
        return Some(Target::Other);
    }
    let ats = rest.get(usize::from(*length)..).unwrap_or_default();
    Some(Target::TypeA { fast: takes_424(ats) })
}

/// Whether TA(1) offers 424 kbit/s in both directions (ISO 14443-4 §5.2.4); `ats` begins with its length TL, then T0.
fn takes_424(ats: &[u8]) -> bool {
    match ats {
        [_, format, speeds, ..] if format & 0x10 != 0 => speeds & 0x22 == 0x22,
        _ => false,
    }
}

/// What the status byte of InDataExchange says (UM0701-02 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All of the answer is here.
    Whole,
    /// There is more: asked for with an exchange without data.
    More,
    /// The card does not answer any more, or the air is disturbed; the chip's own number.
    Lost(u8),
}

impl Status {
    /// Reads the byte.
    pub fn of(byte: u8) -> Self {
        match (byte & 0x3F, byte & 0x40) {
            (0, 0) => Self::Whole,
            (0, _) => Self::More,
            (error, _) => Self::Lost(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_apart() {
        // TL 06, T0 75 (TA, TB, TC there, FSCI 5), TA(1) 77 or 00.
        let fast = [1, 1, 0x00, 0x04, 0x20, 4, 8, 1, 2, 3, 6, 0x75, 0x77, 0x81, 0x02, 0x80];
        let mut slow = fast;
        slow[12] = 0x00;
        assert_eq!(target(&fast, false), Some(Target::TypeA { fast: true }));
        assert_eq!(target(&slow, false), Some(Target::TypeA { fast: false }));
        assert_eq!(target(&[1, 1, 0x00, 0x04, 0x20, 4, 8, 1, 2, 3], false), Some(Target::TypeA { fast: false }));
        assert_eq!(target(&[1, 1, 0x00, 0x04, 0x08, 4, 8, 1, 2, 3], false), Some(Target::Other), "MIFARE Classic");
        assert_eq!(target(&[1], false), Some(Target::Other), "torn");
        assert_eq!(target(&[1, 1, 0x50], true), Some(Target::TypeB));
        for answer in [&[][..], &[0]] {
            assert_eq!(target(answer, false), None);
        }
    }

    #[test]
    fn status_bytes_are_those_of_the_manual() {
        assert_eq!(Status::of(0x00), Status::Whole);
        assert_eq!(Status::of(0x40), Status::More);
        assert_eq!(Status::of(0x01), Status::Lost(0x01));
        assert_eq!(Status::of(0x41), Status::Lost(0x01));
    }
}
