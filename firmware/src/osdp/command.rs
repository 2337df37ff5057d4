//! Commands that the owner carries out, as records whose every field is in its range (SIA OSDP 2.2 §6.8–6.13).

use super::frame::BROADCAST;
use super::reply::Nak;
use super::status::OUTPUTS;

/// The only reader of this device, and the only lamp of the reader.
const READERS: u8 = 1;
const LAMPS: u8 = 1;

/// OUT: what an output shall do (Table 14). Times are in tenths of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputCommand {
    /// Control code 0: as it is.
    Keep,
    /// Codes 1 and 2: off or on from now on, whatever was timed.
    Set(bool),
    /// Codes 3 and 4: off or on, once what is timed has run out.
    SetAfterTimer(bool),
    /// Codes 5 and 6: on or off for this time, then as before. Never for no time.
    For {
        /// On or off.
        on: bool,
        /// Tenths of a second.
        tenths: u16,
    },
}

impl OutputCommand {
    pub(super) fn parse(record: &[u8; 4]) -> Option<Self> {
        let [output, control, low, high] = *record;
        let tenths = u16::from_le_bytes([low, high]);
        match control {
            _ if output >= OUTPUTS => None,
            0 => Some(Self::Keep),
            1 | 2 => Some(Self::Set(control == 2)),
            3 | 4 => Some(Self::SetAfterTimer(control == 4)),
            5 | 6 if tenths > 0 => Some(Self::For { on: control == 5, tenths }),
            _ => None,
        }
    }
}

/// A lamp's colour (Table 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Colour {
    Black,
    Red,
    Green,
    Amber,
    Blue,
    Magenta,
    Cyan,
    White,
}

impl Colour {
    fn parse(code: u8) -> Option<Self> {
        use Colour::{Amber, Black, Blue, Cyan, Green, Magenta, Red, White};
        [Black, Red, Green, Amber, Blue, Magenta, Cyan, White].get(usize::from(code)).copied()
    }
}

/// Two colours in turn. Never both for no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedPattern {
    /// How long the first is shown, in tenths of a second.
    pub on_tenths: u8,
    /// How long the second is shown, in tenths of a second.
    pub off_tenths: u8,
    /// The first.
    pub on: Colour,
    /// The second.
    pub off: Colour,
}

impl LedPattern {
    fn parse([on_tenths, off_tenths, on, off]: [u8; 4]) -> Option<Self> {
        let shown = on_tenths > 0 || off_tenths > 0;
        let pattern = Self { on_tenths, off_tenths, on: Colour::parse(on)?, off: Colour::parse(off)? };
        shown.then_some(pattern)
    }
}

/// What a lamp shows for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedTemporary {
    /// Control code 0: as it is.
    Keep,
    /// Code 1: no longer.
    Cancel,
    /// Code 2.
    Set {
        /// What is shown.
        pattern: LedPattern,
        /// For how long, in tenths of a second; 0 is for ever.
        tenths: u16,
    },
}

/// What a lamp shows when nothing is shown for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedPermanent {
    /// Control code 0: as it is.
    Keep,
    /// Code 1.
    Set(LedPattern),
}

/// LED (Table 16): the reader's one lamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedCommand {
    /// For a time.
    pub temporary: LedTemporary,
    /// Else.
    pub permanent: LedPermanent,
}

impl LedCommand {
    pub(super) fn parse(record: &[u8; 14]) -> Option<Self> {
        let [
            reader,
            lamp,
            temporary,
            t_on,
            t_off,
            t_on_colour,
            t_off_colour,
            low,
            high,
            permanent,
            on,
            off,
            on_colour,
            off_colour,
        ] = *record;
        if reader >= READERS || lamp >= LAMPS {
            return None;
        }
        let temporary = match temporary {
            0 => LedTemporary::Keep,
            1 => LedTemporary::Cancel,
            2 => {
                let pattern = LedPattern::parse([t_on, t_off, t_on_colour, t_off_colour])?;
                LedTemporary::Set { pattern, tenths: u16::from_le_bytes([low, high]) }
            }
            _ => return None,
        };
        let permanent = match permanent {
            0 => LedPermanent::Keep,
            1 => LedPermanent::Set(LedPattern::parse([on, off, on_colour, off_colour])?),
            _ => return None,
        };
        Some(Self { temporary, permanent })
    }
}

/// BUZ (Table 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuzzerCommand {
    /// Tone codes 0 and 1: silent.
    Silent,
    /// Code 2, the device's own tone. Times are in tenths of a second; the tone is never of no length.
    Tone {
        /// How long it sounds.
        on_tenths: u8,
        /// How long it is silent.
        off_tenths: u8,
        /// How often; 0 is until it is told otherwise.
        times: u8,
    },
}

impl BuzzerCommand {
    pub(super) fn parse(record: &[u8; 5]) -> Option<Self> {
        match *record {
            [reader, ..] if reader >= READERS => None,
            [_, 0 | 1, ..] => Some(Self::Silent),
            [_, 2, on_tenths, off_tenths, times] if on_tenths > 0 => Some(Self::Tone { on_tenths, off_tenths, times }),
            _ => None,
        }
    }
}

/// TEXT (Table 21): printable ASCII for a display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextCommand {
    /// Whether it goes on in the next row where it is too long.
    pub wrap: bool,
    /// For how many seconds; `None` is for good.
    pub seconds: Option<u8>,
    /// The row of its first character, from 1.
    pub row: u8,
    /// The column of its first character, from 1.
    pub column: u8,
    text: [u8; TextCommand::MAX],
    length: u8,
}

impl TextCommand {
    /// Characters of the longest text.
    pub const MAX: usize = 32;

    /// What is to be shown.
    pub fn text(&self) -> &str {
        self.text.get(..usize::from(self.length)).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }

    pub(super) fn parse(data: &[u8]) -> Result<Self, Nak> {
        let (head, characters) = data.split_first_chunk().ok_or(Nak::Length)?;
        let [reader, control, seconds, row, column, length] = *head;
        if usize::from(length) != characters.len() {
            return Err(Nak::Length);
        }
        let mut text = [0; Self::MAX];
        let room = text.get_mut(..characters.len()).ok_or(Nak::Record)?;
        room.copy_from_slice(characters);
        let printable = characters.iter().all(|byte| matches!(byte, 0x20..=0x7E));
        if reader >= READERS || !(1..=4).contains(&control) || row == 0 || column == 0 || !printable {
            return Err(Nak::Record);
        }
        let seconds = (control > 2).then_some(seconds);
        Ok(Self { wrap: control % 2 == 0, seconds, row, column, text, length })
    }
}

/// COMSET: an address from 0 to 7Eh and a speed that the link can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComSet {
    /// This device's address on the bus.
    pub address: u8,
    /// Bits a second.
    pub baud: u32,
}

impl ComSet {
    /// The speeds of SIA OSDP 2.2 §5.2.
    pub const SPEEDS: [u32; 6] = [9_600, 19_200, 38_400, 57_600, 115_200, 230_400];

    /// Takes an address and a speed; `None` where either cannot be.
    pub fn new(address: u8, baud: u32) -> Option<Self> {
        (address < BROADCAST && Self::SPEEDS.contains(&baud)).then_some(Self { address, baud })
    }

    pub(super) fn parse([address, baud @ ..]: [u8; 5]) -> Option<Self> {
        Self::new(address, u32::from_le_bytes(baud))
    }

    pub(super) fn to_bytes(self) -> [u8; 5] {
        let [a, b, c, d] = self.baud.to_le_bytes();
        [self.address, a, b, c, d]
    }
}

/// The records of a command, once every one of them is right.
pub(super) fn records<const N: usize, R>(
    data: &[u8],
    parse: impl Fn(&[u8; N]) -> Option<R>,
) -> Result<impl ExactSizeIterator<Item = Option<R>>, Nak> {
    let (records, rest) = data.as_chunks();
    if records.is_empty() || !rest.is_empty() {
        return Err(Nak::Length);
    }
    if records.iter().any(|record| parse(record).is_none()) {
        return Err(Nak::Record);
    }
    Ok(records.iter().map(parse))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn outputs() {
        let parse = |control, tenths: u16| {
            let [low, high] = tenths.to_le_bytes();
            OutputCommand::parse(&[0, control, low, high])
        };
        assert_eq!(parse(0, 0), Some(OutputCommand::Keep));
        assert_eq!((parse(1, 9), parse(2, 9)), (Some(OutputCommand::Set(false)), Some(OutputCommand::Set(true))));
        assert_eq!(parse(3, 0), Some(OutputCommand::SetAfterTimer(false)));
        assert_eq!(parse(4, 0), Some(OutputCommand::SetAfterTimer(true)));
        assert_eq!(parse(5, 0x0102), Some(OutputCommand::For { on: true, tenths: 0x0102 }));
        assert_eq!(parse(6, 1), Some(OutputCommand::For { on: false, tenths: 1 }));
        assert_eq!((parse(5, 0), parse(6, 0), parse(7, 1), parse(255, 1)), (None, None, None, None));
        assert_eq!(OutputCommand::parse(&[1, 2, 0, 0]), None, "there is one output");
    }

    #[test]
    fn lamps() {
        let good = [0, 0, 2, 5, 0, 1, 0, 50, 0, 1, 10, 0, 2, 7];
        let pattern = LedPattern { on_tenths: 5, off_tenths: 0, on: Colour::Red, off: Colour::Black };
        let permanent = LedPattern { on_tenths: 10, off_tenths: 0, on: Colour::Green, off: Colour::White };
        let command =
            LedCommand { temporary: LedTemporary::Set { pattern, tenths: 50 }, permanent: LedPermanent::Set(permanent) };
        assert_eq!(LedCommand::parse(&good), Some(command));
        let keep = LedCommand { temporary: LedTemporary::Keep, permanent: LedPermanent::Keep };
        assert_eq!(LedCommand::parse(&[0; 14]), Some(keep));
        assert_eq!(LedCommand::parse(&[0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap().temporary, LedTemporary::Cancel);
        for (at, value, why) in [
            (0, 1, "reader"),
            (1, 1, "lamp"),
            (2, 3, "temporary code"),
            (3, 0, "temporary of no length"),
            (5, 8, "temporary colour"),
            (6, 8, "temporary off colour"),
            (9, 2, "permanent code"),
            (10, 0, "permanent of no length"),
            (12, 8, "permanent colour"),
            (13, 8, "permanent off colour"),
        ] {
            let mut record = good;
            *record.get_mut(at).unwrap() = value;
            assert_eq!(LedCommand::parse(&record), None, "{why}");
        }
    }

    #[test]
    fn buzzers() {
        let tone = BuzzerCommand::Tone { on_tenths: 2, off_tenths: 0, times: 1 };
        assert_eq!(BuzzerCommand::parse(&[0, 2, 2, 0, 1]), Some(tone));
        assert_eq!(BuzzerCommand::parse(&[0, 0, 2, 2, 1]), Some(BuzzerCommand::Silent));
        assert_eq!(BuzzerCommand::parse(&[0, 1, 0, 0, 0]), Some(BuzzerCommand::Silent));
        for refused in [[1, 2, 2, 2, 1], [0, 2, 0, 2, 1], [0, 3, 2, 2, 1]] {
            assert_eq!(BuzzerCommand::parse(&refused), None, "{refused:?}");
        }
    }

    #[test]
    fn texts() {
        let parse = |head: [u8; 6], text: &[u8]| TextCommand::parse(&[&head, text].concat());
        let text = parse([0, 4, 9, 1, 2, 5], b"Xin 0").unwrap();
        assert_eq!((text.text(), text.wrap, text.seconds, text.row, text.column), ("Xin 0", true, Some(9), 1, 2));
        let text = parse([0, 1, 9, 1, 1, 0], b"").unwrap();
        assert_eq!((text.text(), text.wrap, text.seconds), ("", false, None));
        assert_eq!(parse([0, 1, 0, 1, 1, 32], &[b'x'; 32]).unwrap().text(), "x".repeat(32));
        assert_eq!(parse([0, 1, 0, 1, 1, 33], &[b'x'; 33]), Err(Nak::Record), "too long");
        assert_eq!(parse([0, 1, 0, 1, 1, 2], b"x"), Err(Nak::Length));
        assert_eq!(parse([0, 1, 0, 1, 1, 1], b"xy"), Err(Nak::Length));
        assert_eq!(TextCommand::parse(&[0; 5]), Err(Nak::Length));
        for head in [[1, 1, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], [0, 5, 0, 1, 1, 1], [0, 1, 0, 0, 1, 1], [0, 1, 0, 1, 0, 1]] {
            assert_eq!(parse(head, b"x"), Err(Nak::Record), "{head:?}");
        }
        for byte in [0x1F, 0x7F, 0x80, 0xFF] {
            assert_eq!(parse([0, 1, 0, 1, 1, 1], &[byte]), Err(Nak::Record), "{byte:02X}");
        }
    }

    #[test]
    fn addresses_and_speeds() {
        for baud in ComSet::SPEEDS {
            let wish = ComSet::new(0x7E, baud).unwrap();
            assert_eq!(ComSet::parse(wish.to_bytes()), Some(wish));
        }
        assert_eq!(
            (ComSet::new(0x7F, 9_600), ComSet::new(0x80, 9_600), ComSet::new(0, 9_601), ComSet::new(0, 0)),
            (None, None, None, None)
        );
    }

    #[test]
    fn one_wrong_record_refuses_all() {
        let parse = |data: &[u8]| records(data, OutputCommand::parse).map(|records| records.flatten().count());
        assert_eq!(parse(&[0, 1, 0, 0, 0, 2, 0, 0]), Ok(2));
        assert_eq!(parse(&[0, 1, 0, 0, 1, 2, 0, 0]), Err(Nak::Record));
        assert_eq!(parse(&[0, 1, 0, 0, 1]), Err(Nak::Length));
        assert_eq!(parse(&[]), Err(Nak::Length));
    }
}
