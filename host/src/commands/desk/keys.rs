//! Keys out of the bytes of a terminal (ECMA-48, and what xterm and the Linux console add). A reader of a library keeps what was typed or
//! pasted in a buffer of its own; here a code that a scanner types is wiped as soon as it has been taken.

use soat::vietnam::qr::LONGEST_TRANSMISSION;
use zeroize::Zeroizing;

use super::state::{Event, Key};

/// What comes before pasted text, and after it.
const PASTE_BEGINS: &[u8] = b"200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Longest control sequence that is followed.
const LONGEST_SEQUENCE: usize = 16;

/// What was read so far.
pub struct Decoder {
    state: State,
    /// The bytes of a letter, of a sequence, or of pasted text.
    bytes: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Letters,
    /// After ESC: a key, or the beginning of a sequence.
    Escape,
    /// After ESC [.
    Sequence,
    /// After ESC O.
    Single,
    /// After ESC [ [, as the Linux console has it.
    Console,
    Pasting,
}

impl Decoder {
    /// One that has read nothing.
    pub fn new() -> Self {
        // Room for everything at once, so that no piece is left behind by bytes that moved.
        let room = LONGEST_TRANSMISSION + PASTE_ENDS.len();
        Self { state: State::Letters, bytes: Zeroizing::new(Vec::with_capacity(room)) }
    }

    /// Whether more must come soon, for ESC alone is a key.
    pub fn is_undecided(&self) -> bool {
        self.state == State::Escape
    }

    /// Nothing more came.
    pub fn pause(&mut self) -> Option<Event> {
        if !self.is_undecided() {
            return None;
        }
        self.state = State::Letters;
        Some(Event::Key(Key::Escape))
    }

    /// Takes a byte.
    pub fn take(&mut self, byte: u8) -> Option<Event> {
        match self.state {
            State::Letters => self.letter(byte),
            State::Escape => {
                self.state = match byte {
                    b'[' => State::Sequence,
                    b'O' => State::Single,
                    0x1B => State::Escape,
                    // A letter with Alt means nothing here.
                    _ => State::Letters,
                };
                (byte == 0x1B).then_some(Event::Key(Key::Escape))
            }
            State::Sequence if byte == b'[' && self.bytes.is_empty() => {
                self.state = State::Console;
                None
            }
            State::Sequence => self.sequence(byte),
            State::Single => {
                self.state = State::Letters;
                arrow(byte).or((byte == b'P').then_some(Key::Help)).map(Event::Key)
            }
            State::Console => {
                self.state = State::Letters;
                (byte == b'A').then_some(Event::Key(Key::Help))
            }
            State::Pasting => self.pasted(byte),
        }
    }

    fn letter(&mut self, byte: u8) -> Option<Event> {
        let key = match byte {
            0x1B => {
                self.bytes.clear();
                self.state = State::Escape;
                return None;
            }
            b'\r' | b'\n' => Key::Enter,
            0x08 | 0x7F => Key::Backspace,
            0x03 | 0x11 => Key::Stop,
            0..=0x1F => return None,
            0x20..=0x7E => Key::Letter(char::from(byte)),
            _ => return self.part_of_letter(byte),
        };
        self.bytes.clear();
        Some(Event::Key(key))
    }

    /// A byte of a letter of several (RFC 3629). What is none is passed over.
    fn part_of_letter(&mut self, byte: u8) -> Option<Event> {
        if byte & 0xC0 != 0x80 {
            self.bytes.clear();
        }
        self.bytes.push(byte);
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => {
                let letter = text.chars().next();
                self.bytes.clear();
                letter.map(|letter| Event::Key(Key::Letter(letter)))
            }
            Err(error) => {
                if error.error_len().is_some() {
                    self.bytes.clear();
                }
                None
            }
        }
    }

    fn sequence(&mut self, byte: u8) -> Option<Event> {
        if !(0x40..=0x7E).contains(&byte) {
            if self.bytes.len() < LONGEST_SEQUENCE {
                self.bytes.push(byte);
            }
            return None;
        }
        self.bytes.push(byte);
        self.state = State::Letters;
        let key = match self.bytes.as_slice() {
            PASTE_BEGINS => {
                self.state = State::Pasting;
                None
            }
            b"5~" => Some(Key::PageUp),
            b"6~" => Some(Key::PageDown),
            b"11~" => Some(Key::Help),
            &[one] => arrow(one),
            _ => None,
        };
        self.bytes.clear();
        key.map(Event::Key)
    }

    fn pasted(&mut self, byte: u8) -> Option<Event> {
        if self.bytes.len() == self.bytes.capacity() {
            // Longer than any code: only its end is looked for.
            let from = self.bytes.len() - PASTE_ENDS.len();
            self.bytes.drain(..from);
        }
        self.bytes.push(byte);
        let text = self.bytes.strip_suffix(PASTE_ENDS)?;
        let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
        self.bytes = Self::new().bytes;
        self.state = State::Letters;
        Some(Event::Pasted(text))
    }
}

fn arrow(byte: u8) -> Option<Key> {
    match byte {
        b'A' => Some(Key::Up),
        b'B' => Some(Key::Down),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys by their names, and pasted text in brackets.
    fn read(bytes: &[u8]) -> String {
        let mut decoder = Decoder::new();
        let events = bytes.iter().filter_map(|&byte| decoder.take(byte)).collect::<Vec<_>>();
        let rest = decoder.pause();
        let told = |event| match event {
            Event::Key(Key::Letter(letter)) => letter.to_string(),
            Event::Key(key) => format!("<{key:?}>"),
            Event::Pasted(text) => format!("[{}]", text.as_str()),
            _ => "?".to_owned(),
        };
        events.into_iter().chain(rest).map(told).collect()
    }

    #[test]
    fn keys_as_terminals_send_them() {
        for (bytes, keys) in [
            (&b"000001\r"[..], "000001<Enter>"),
            ("Nguyễn\n".as_bytes(), "Nguyễn<Enter>"),
            (b"\x1b", "<Escape>"),
            (b"\x1b\x1b", "<Escape><Escape>"),
            (b"\x1b[A\x1b[B\x1bOA\x1b[5~\x1b[6~", "<Up><Down><Up><PageUp><PageDown>"),
            (b"\x1bOP\x1b[11~\x1b[[A", "<Help><Help><Help>"),
            (b"\x7f\x08\x03\x11", "<Backspace><Backspace><Stop><Stop>"),
            // Ctrl with a letter, Alt with a letter, other sequences
            (b"a\x01\x1bqb\x1b[1;5Cc\x1b[15~d", "abcd"),
            // No letters
            (b"a\xFFb\xC3c\xE1\xBBd", "abcd"),
        ] {
            assert_eq!(read(bytes), keys);
        }
    }

    #[test]
    fn pasted_text_comes_at_once_and_is_bounded() {
        assert_eq!(read("\x1b[200~001|Nguyễn\r\n\x1b[201~x".as_bytes()), "[001|Nguyễn\r\n]x");
        let endless = [&b"\x1b[200~"[..], &[b'9'; 3 * LONGEST_TRANSMISSION], b"\x1b[201~n"].concat();
        let read = read(&endless);
        assert!(read.ends_with("9]n") && read.len() < LONGEST_TRANSMISSION + 10, "{}", read.len());
        // A sequence that never ends takes no memory.
        let mut decoder = Decoder::new();
        b"\x1b[".iter().chain(&[b'1'; 100_000]).for_each(|&byte| drop(decoder.take(byte)));
        assert!(decoder.bytes.len() <= LONGEST_SEQUENCE);
    }
}
