//! The scanner of codes: bytes from the public, out of which a key may come and nothing else, ever.

use alloc::vec::Vec;

use soat::vietnam::qr::Transmission;
use zeroize::Zeroizing;

use crate::card_keys::CardKeys;
use crate::port::ByteLink;

/// A scanner that ends no lines: a code is over when nothing has come for this long.
const SILENCE_MS: u64 = 150;
/// Bytes that are taken at once, so that a scanner that never stops cannot hold the gate.
const BYTES_AT_ONCE: u32 = 512;

/// What was scanned.
pub enum Code {
    /// That of a card.
    Card(CardKeys),
    /// Any other. It gives no key, and nothing else: its text is for a desk that the scanner is lent to, and for a provisioning while the
    /// jumper is set.
    Other(Zeroizing<Vec<u8>>),
}

impl Code {
    fn of(text: Zeroizing<Vec<u8>>) -> Self {
        CardKeys::from_code(text).map_or_else(Self::Other, Self::Card)
    }

    /// What stands in it.
    pub fn into_text(self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Card(keys) => keys.code.unwrap_or_default(),
            Self::Other(text) => text,
        }
    }

    /// The keys that it gives.
    pub fn into_keys(self) -> Option<CardKeys> {
        match self {
            Self::Card(keys) => Some(keys),
            Self::Other(_) => None,
        }
    }
}

/// A scanner at a port.
pub struct Scanner<L> {
    link: L,
    transmission: Transmission,
    last_byte_at: u64,
}

impl<L: ByteLink> Scanner<L> {
    /// The scanner at this port.
    pub fn new(link: L) -> Self {
        Self { link, transmission: Transmission::default(), last_byte_at: 0 }
    }

    /// Takes what came.
    pub fn poll(&mut self, now: u64) -> Option<Code> {
        for _ in 0..BYTES_AT_ONCE {
            let Some(byte) = self.link.receive() else { break };
            self.last_byte_at = now;
            if let Some(code) = self.transmission.push(byte) {
                return Some(Code::of(code));
            }
        }
        let silent = now.saturating_sub(self.last_byte_at) >= SILENCE_MS;
        if silent && !self.transmission.is_empty() { self.transmission.take().map(Code::of) } else { None }
    }

    /// Drops what came and was not looked at.
    pub fn clear(&mut self) {
        for _ in 0..BYTES_AT_ONCE {
            if self.link.receive().is_none() {
                break;
            }
        }
        self.transmission = Transmission::default();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    #[derive(Default)]
    struct Link(VecDeque<u8>);
    impl ByteLink for Link {
        fn receive(&mut self) -> Option<u8> {
            self.0.pop_front()
        }
        fn send(&mut self, _: &[u8]) {}
        fn set_speed(&mut self, _: u32) {}
    }

    const CODE: &str = "001199000001||Nguyễn Thị Mẫu|01011999|Nữ|Hà Nội|15032021";

    fn send(scanner: &mut Scanner<Link>, text: &str) {
        scanner.link.0.extend(text.bytes());
    }

    #[test]
    fn a_code_is_over_with_its_line_or_when_nothing_follows() {
        let mut scanner = Scanner::new(Link::default());
        send(&mut scanner, &format!("{CODE}\r\n"));
        assert_eq!(scanner.poll(1000).unwrap().into_keys().unwrap().guesses.len(), 3);
        send(&mut scanner, CODE);
        assert!(scanner.poll(2000).is_none());
        assert!(scanner.poll(2000 + SILENCE_MS - 1).is_none());
        assert!(scanner.poll(2000 + SILENCE_MS).unwrap().into_keys().is_some());
    }

    #[test]
    fn what_is_no_card_gives_no_key() {
        let mut scanner = Scanner::new(Link::default());
        for text in
            ["https://example.vn/", "DN4010112345678|4e677579|01/01/1999", "OPEN", "$SET,relay=1", "00119900000", "|||||||"]
        {
            send(&mut scanner, &format!("{text}\n"));
            assert!(scanner.poll(0).unwrap().into_keys().is_none(), "{text}");
        }
    }

    #[test]
    fn a_scanner_that_never_stops_holds_nobody() {
        let mut scanner = Scanner::new(Link::default());
        send(&mut scanner, &"9".repeat(100_000));
        while !scanner.link.0.is_empty() {
            let before = scanner.link.0.len();
            assert!(scanner.poll(0).is_none());
            assert!(before - scanner.link.0.len() <= 512);
        }
        send(&mut scanner, &format!("\n{CODE}\n"));
        let found = (0..5).find_map(|_| scanner.poll(0).and_then(Code::into_keys));
        assert!(found.is_some());
    }
}
