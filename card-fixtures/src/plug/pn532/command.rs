//! The commands (UM0701-02 §7), and what lies in the field.

use super::{Modulation, SharedChip};

/// Longest data to and from a card in one exchange.
const LONGEST_DATA: usize = 262;

const TIME_OUT: u8 = 0x01;
const NOT_ACCEPTABLE: u8 = 0x27;

/// What the chip answers.
pub(super) enum Answer {
    /// What follows the code.
    Data(Vec<u8>),
    /// Nothing follows, and the speed changes once the host acknowledges.
    Speed(u32),
    /// A command that there is not.
    Unknown,
    /// The command does not end.
    Never,
}

/// The field and what lies in it.
#[derive(Default)]
pub(super) struct Field {
    pub card: Option<(SharedChip, Modulation)>,
    pub on: bool,
    pub part: Option<usize>,
    selected: bool,
    exchanged: bool,
    endless_search: Option<bool>,
    rest: Vec<u8>,
}

impl Field {
    /// The card in the field, if there was one, is selected no more.
    pub fn lose(&mut self) {
        self.selected = false;
        self.exchanged = false;
        self.rest.clear();
    }

    pub fn execute(&mut self, code: u8, data: &[u8]) -> Answer {
        match (code, data) {
            // Diagnose: the communication line test gives back what it was given; others are not there.
            (0x00, [0x00, ..]) => Answer::Data(data.to_vec()),
            // GetFirmwareVersion: PN532 v1.6, ISO 14443 A and B, ISO 18092.
            (0x02, []) => Answer::Data(vec![0x32, 0x01, 0x06, 0x07]),
            // ReadRegister: all are zero. WriteRegister.
            (0x06, addresses) => Answer::Data(vec![0; addresses.len() / 2]),
            (0x08, _) => Answer::Data(Vec::new()),
            // SetSerialBaudRate.
            (0x10, [number]) => match number {
                0x04 => Answer::Speed(115_200),
                0x05 => Answer::Speed(230_400),
                0x06 => Answer::Speed(460_800),
                0x07 => Answer::Speed(921_600),
                _ => Answer::Unknown,
            },
            // SetParameters, SAMConfiguration.
            (0x12, [_]) | (0x14, [0x01, ..]) => Answer::Data(Vec::new()),
            // PowerDown.
            (0x16, _) => Answer::Data(vec![0x00]),
            (0x32, [0x01, on]) => {
                self.on = on & 1 == 1;
                if !self.on {
                    self.lose();
                }
                Answer::Data(Vec::new())
            }
            (0x32, [0x05, _, _, activation]) => {
                self.endless_search = Some(*activation == 0xFF);
                Answer::Data(Vec::new())
            }
            (0x32, _) => Answer::Data(Vec::new()),
            (0x40, [target, data @ ..]) => Answer::Data(self.exchange(*target, data)),
            // InCommunicateThru: nothing here speaks without ISO 14443-4.
            (0x42, _) => Answer::Data(vec![TIME_OUT]),
            // InDeselect, InRelease, InSelect.
            (0x44 | 0x52, [_]) => {
                self.lose();
                Answer::Data(vec![0x00])
            }
            (0x54, [_]) => Answer::Data(vec![if self.selected { 0x00 } else { NOT_ACCEPTABLE }]),
            (0x4A, [1 | 2, kind, ..]) => self.search(*kind),
            (0x4E, [1, 0..=2, 0..=2]) => {
                let acceptable = self.selected
                    && !self.exchanged
                    && self.card.as_ref().is_some_and(|(_, modulation)| *modulation == Modulation::TypeA);
                Answer::Data(vec![if acceptable { 0x00 } else { NOT_ACCEPTABLE }])
            }
            _ => Answer::Unknown,
        }
    }

    fn search(&mut self, kind: u8) -> Answer {
        self.on = true;
        self.lose();
        let found = match (&self.card, kind) {
            (Some((chip, modulation)), 0x00) if *modulation != Modulation::TypeB => type_a(chip, *modulation),
            (Some((chip, Modulation::TypeB)), 0x03) => type_b(chip),
            _ => None,
        };
        match found {
            Some(target) => {
                self.selected = true;
                Answer::Data(target)
            }
            // Before any RFConfiguration the search goes on for ever; so it does where a host asks for it.
            None if self.endless_search.unwrap_or(true) => Answer::Never,
            None => Answer::Data(vec![0]),
        }
    }

    fn exchange(&mut self, target: u8, data: &[u8]) -> Vec<u8> {
        let is_card = self.card.as_ref().is_some_and(|(_, modulation)| *modulation != Modulation::Other);
        if !self.selected || target & 0x3F != 1 || !is_card || data.len() > LONGEST_DATA {
            return vec![NOT_ACCEPTABLE];
        }
        self.exchanged = true;
        if !data.is_empty() {
            let answer = self.card.as_ref().map(|(chip, _)| chip.transmit(data)).unwrap_or_default();
            if answer.is_empty() {
                self.lose();
                return vec![TIME_OUT];
            }
            self.rest = answer;
        }
        let part = self.part.unwrap_or(LONGEST_DATA).min(LONGEST_DATA).min(self.rest.len());
        let mut answer = vec![if part < self.rest.len() { 0x40 } else { 0x00 }];
        answer.extend(self.rest.drain(..part));
        answer
    }
}

/// One target of type A: a random identifier of four bytes (08 …), as passports have.
fn type_a(chip: &SharedChip, modulation: Modulation) -> Option<Vec<u8>> {
    if !chip.reset() {
        return None;
    }
    let sak = if modulation == Modulation::Other { 0x08 } else { 0x20 };
    let mut target = vec![1, 1, 0x00, 0x04, sak, 4, 0x08, 0x11, 0x22, 0x33];
    match modulation {
        // TL, T0 (TA, TB, TC; frames of 256 bytes), TA, TB, TC.
        Modulation::TypeA | Modulation::ClaimsSpeed => target.extend([5, 0x78, 0x33, 0x81, 0x02]),
        Modulation::SlowTypeA => target.extend([5, 0x78, 0x00, 0x81, 0x02]),
        Modulation::TypeB | Modulation::Other => {}
    }
    Some(target)
}

/// One target of type B: ATQB of 12 bytes, and an answer to ATTRIB of one.
fn type_b(chip: &SharedChip) -> Option<Vec<u8>> {
    if !chip.reset() {
        return None;
    }
    Some(vec![1, 1, 0x50, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0, 0x00, 0x81, 0x81, 1, 0x00])
}
