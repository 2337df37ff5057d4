//! The peripheral against a panel: sequence, refusals, handshake, session, keys.

mod commands;
mod recorded;
mod sequence;
mod session;

use super::super::event::{Closed, Event};
use super::super::file_transfer::NoFiles;
use super::super::key;
use super::super::panel::{Heard, Panel, seal};
use super::super::secure_channel::Nonce;
use super::*;

const ADDRESS: u8 = 5;
const KEY: [u8; 16] = *b"\x1f\x80 not SCBK-D \x07\x42";
const RANDOM: Nonce = *b"panel\x00\x01\x02";

const ACK: u8 = 0x40;
const NAK: u8 = 0x41;

/// A peripheral and the panel at the other end of the line.
struct Line {
    peripheral: Peripheral<NoFiles>,
    panel: Panel,
    now: u64,
}

fn identity() -> Identity {
    Identity { vendor: [0xA, 0xB, 0xC], model: 1, version: 2, serial: 0x0403_0201, firmware: [0, 9, 1] }
}

impl Line {
    fn with(key: Option<[u8; 16]>, has_display: bool) -> Self {
        let settings = Settings {
            identity: identity(),
            line: ComSet::new(ADDRESS, 9_600).unwrap(),
            key: key.map(|key| Scbk::new(&key).ok().unwrap()),
            seed: [9; 16],
            has_display,
        };
        Self { peripheral: Peripheral::new(settings, NoFiles), panel: Panel::new(ADDRESS), now: 1_000 }
    }

    fn with_key(key: Option<[u8; 16]>) -> Self {
        Self::with(key, true)
    }

    fn new() -> Self {
        Self::with_key(Some(KEY))
    }

    /// A line with a session under the device's own key, whose opening event was taken.
    fn secure() -> Self {
        let mut line = Self::new();
        line.open(&KEY, 1);
        assert_eq!(line.events(), [Event::SessionOpened { insecure: false }]);
        line
    }

    fn send(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        bytes.iter().for_each(|byte| self.peripheral.receive(*byte, self.now));
        self.peripheral.poll(self.now).map(<[u8]>::to_vec)
    }

    fn ask(&mut self, bytes: &[u8]) -> Heard {
        let reply = self.send(bytes).expect("a reply");
        self.panel.read(&reply)
    }

    /// A command in the clear, and the reply's code and data.
    fn plain(&mut self, code: u8, data: &[u8]) -> (u8, Vec<u8>) {
        let frame = self.panel.frame(&[], code, data);
        let heard = self.ask(&frame);
        assert!(heard.block.is_empty());
        (heard.code, heard.data)
    }

    /// A command in the session, and the reply's code and data, which must come in the session too.
    fn secured(&mut self, code: u8, data: &[u8]) -> (u8, Vec<u8>) {
        let frame = self.panel.secured(code, data);
        let heard = self.ask(&frame);
        assert_eq!(heard.block, [if heard.data.is_empty() { 0x16 } else { 0x18 }]);
        (heard.code, heard.data)
    }

    fn challenge(&mut self, choice: u8) -> Heard {
        let frame = self.panel.frame(&[0x11, choice], 0x76, &RANDOM);
        self.ask(&frame)
    }

    /// A handshake that must succeed, from sequence number 0 on.
    fn open(&mut self, key: &[u8; 16], choice: u8) {
        self.panel.sequence = 0;
        self.panel.session = None;
        let ccrypt = self.challenge(choice);
        assert_eq!((ccrypt.code, &ccrypt.block[..], ccrypt.data.len()), (0x76, &[0x12, choice][..], 32));
        assert_eq!(ccrypt.data[..8], identity().client());
        let (cryptogram, session) = Panel::prove(key, &RANDOM, &ccrypt.data);
        let frame = self.panel.frame(&[0x13, choice], 0x77, &cryptogram);
        let rmac = self.ask(&frame);
        assert_eq!((rmac.code, &rmac.block[..], &rmac.data[..]), (0x78, &[0x14, 1][..], &session.reply_mac[..]));
        self.panel.session = Some(session);
    }

    fn events(&mut self) -> Vec<Event> {
        core::iter::from_fn(|| self.peripheral.event()).collect()
    }
}

fn nak(code: u8) -> (u8, Vec<u8>) {
    (NAK, vec![code])
}

fn ack() -> (u8, Vec<u8>) {
    (ACK, vec![])
}
