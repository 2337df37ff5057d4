//! A PN532 at its serial port, from the chip's side (NXP UM0701-02): frames in, frames out, and a virtual card in its field.
//!
//! It is as strict as the manual lets it be: a frame with a wrong sum is not acknowledged, a card must be found before it is spoken to,
//! its speed is changed before the first exchange or not at all, and a search without finite retries never ends.

mod command;

use std::collections::VecDeque;

use super::SharedChip;
use command::{Answer, Field};

const START: [u8; 3] = [0x00, 0x00, 0xFF];
const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
const SYNTAX_ERROR: [u8; 8] = [0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00];
const HOST_TO_CHIP: u8 = 0xD4;
const CHIP_TO_HOST: u8 = 0xD5;
const FIRST_SPEED: u32 = 115_200;

/// How a card speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modulation {
    /// ISO 14443 type A, with an ATS that offers 424 kbit/s.
    TypeA,
    /// Type A, at 106 kbit/s alone.
    SlowTypeA,
    /// Type A that offers 424 kbit/s and does not take it.
    ClaimsSpeed,
    /// ISO 14443 type B.
    TypeB,
    /// Type A without ISO 14443-4: a transit card.
    Other,
}

/// The chip.
pub struct Pn532 {
    /// What came from the host and is no whole frame yet.
    received: VecDeque<u8>,
    /// The frame that was sent last, for a host that asks for it again.
    last_answer: Vec<u8>,
    field: Field,
    in_reset: bool,
    silent: bool,
    speed: u32,
    /// The speed that begins once the host acknowledges the answer.
    next_speed: Option<u32>,
    host_speed: u32,
    /// A wire without speeds, as a socket is.
    is_socket: bool,
    commands: Vec<u8>,
}

impl Default for Pn532 {
    fn default() -> Self {
        Pn532::new()
    }
}

impl Pn532 {
    /// A chip with nothing in its field.
    pub fn new() -> Pn532 {
        Pn532 {
            received: VecDeque::new(),
            last_answer: Vec::new(),
            field: Field::default(),
            in_reset: false,
            silent: false,
            speed: FIRST_SPEED,
            next_speed: None,
            host_speed: FIRST_SPEED,
            is_socket: false,
            commands: Vec::new(),
        }
    }

    /// A chip behind a socket, which knows no speeds.
    pub fn behind_socket() -> Pn532 {
        Pn532 { is_socket: true, ..Pn532::new() }
    }

    /// Lays a card into the field.
    pub fn lay(&mut self, chip: SharedChip, modulation: Modulation) {
        self.field.card = Some((chip, modulation));
        self.field.lose();
    }

    /// Takes the card away.
    pub fn take(&mut self) {
        self.field.card = None;
        self.field.lose();
    }

    /// Cuts answers of cards into parts of so many bytes.
    pub fn answer_in_parts(&mut self, bytes: usize) {
        self.field.part = Some(bytes);
    }

    /// Says nothing more until it is reset, as modules do after minutes or days.
    pub fn fall_silent(&mut self) {
        self.silent = true;
    }

    /// The codes of all commands that were understood.
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// Whether the field is on.
    pub fn has_field(&self) -> bool {
        self.field.on
    }

    /// The pin RSTPDN: low holds the chip in reset.
    pub fn hold_in_reset(&mut self, held: bool) {
        if held {
            let card = self.field.card.take();
            let part = self.field.part;
            *self = Pn532 {
                host_speed: self.host_speed,
                is_socket: self.is_socket,
                commands: std::mem::take(&mut self.commands),
                ..Pn532::new()
            };
            self.field.card = card;
            self.field.part = part;
        }
        self.in_reset = held;
    }

    /// The speed of the host's side of the wire, in bauds. Where it is not the chip's, neither understands the other.
    pub fn set_host_speed(&mut self, bauds: u32) {
        self.host_speed = bauds;
    }

    /// Takes bytes from the host, and gives what the chip sends.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.in_reset || self.silent || self.speed != self.host_speed && !self.is_socket {
            return Vec::new();
        }
        self.received.extend(bytes);
        let mut sent = Vec::new();
        while let Some(frame) = self.next_frame() {
            match frame {
                // Ends a command; every command here has ended already.
                Frame::Ack => {
                    if let Some(speed) = self.next_speed.take() {
                        self.speed = speed;
                    }
                }
                Frame::Nack => sent.extend_from_slice(&self.last_answer),
                Frame::Command(body) => {
                    sent.extend_from_slice(&ACK);
                    sent.extend(self.execute(&body));
                }
            }
        }
        sent
    }

    fn execute(&mut self, body: &[u8]) -> Vec<u8> {
        let Some((&code, data)) = body.split_first() else { return SYNTAX_ERROR.to_vec() };
        match self.field.execute(code, data) {
            Answer::Data(data) => {
                self.commands.push(code);
                let mut body = vec![code.wrapping_add(1)];
                body.extend(data);
                self.last_answer = frame(&body);
                self.last_answer.clone()
            }
            Answer::Speed(bauds) => {
                self.commands.push(code);
                self.next_speed = Some(bauds);
                self.last_answer = frame(&[code.wrapping_add(1)]);
                self.last_answer.clone()
            }
            Answer::Unknown => SYNTAX_ERROR.to_vec(),
            Answer::Never => Vec::new(),
        }
    }

    /// The next whole frame; what is none is passed over.
    fn next_frame(&mut self) -> Option<Frame> {
        loop {
            let bytes = self.received.make_contiguous();
            let start = bytes.windows(2).position(|pair| pair == [0x00, 0xFF]);
            let Some(start) = start else {
                // The last byte may be the first of a start code.
                let keep = usize::from(bytes.last() == Some(&0x00));
                let gone = bytes.len() - keep;
                self.received.drain(..gone);
                return None;
            };
            let rest = bytes.get(start + 2..)?;
            let (length, header) = match *rest {
                [0x00, 0xFF, ..] => return self.taken(start + 4, Frame::Ack),
                [0xFF, 0x00, ..] => return self.taken(start + 4, Frame::Nack),
                [0xFF, 0xFF, most, least, sum, ..] if most.wrapping_add(least).wrapping_add(sum) == 0 => {
                    (usize::from(u16::from_be_bytes([most, least])), 5)
                }
                [0xFF, 0xFF, _, _, _, ..] => (0, 5),
                [0xFF, 0xFF, ..] => return None,
                [length, sum, ..] if length.wrapping_add(sum) == 0 => (usize::from(length), 2),
                [_, _, ..] => (0, 2),
                _ => return None,
            };
            if !(2..=265).contains(&length) {
                self.received.drain(..start + 2);
                continue;
            }
            let body = rest.get(header..header + length + 1)?;
            let right = body.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) == 0 && body.first() == Some(&HOST_TO_CHIP);
            let command = Frame::Command(body.get(1..length)?.to_vec());
            let end = start + 2 + header + length + 1;
            if right {
                return self.taken(end, command);
            }
            self.received.drain(..start + 2);
        }
    }

    fn taken(&mut self, end: usize, frame: Frame) -> Option<Frame> {
        self.received.drain(..end);
        Some(frame)
    }
}

enum Frame {
    Ack,
    Nack,
    Command(Vec<u8>),
}

/// The frame of an answer, as short as may be.
fn frame(body: &[u8]) -> Vec<u8> {
    let length = body.len() + 1;
    let mut frame = START.to_vec();
    match u8::try_from(length) {
        Ok(length) => frame.extend([length, length.wrapping_neg()]),
        Err(_) => {
            let [most, least] = u16::try_from(length).expect("no answer is that long").to_be_bytes();
            frame.extend([0xFF, 0xFF, most, least, most.wrapping_add(least).wrapping_neg()]);
        }
    }
    frame.push(CHIP_TO_HOST);
    frame.extend(body);
    let sum = body.iter().fold(CHIP_TO_HOST, |sum, byte| sum.wrapping_add(*byte));
    frame.extend([sum.wrapping_neg(), 0x00]);
    frame
}
