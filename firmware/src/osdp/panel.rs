//! A control panel for the tests beside the code: it says what it is told to, right or wrong.

use super::frame::{Control, HEADER, MARK, SOM, checksum, crc};
use super::secure_channel::{Block, Nonce, SessionKeys};

/// A reply as the panel reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) address: u8,
    pub(super) sequence: u8,
    /// The security block without its length.
    pub(super) block: Vec<u8>,
    pub(super) code: u8,
    pub(super) data: Vec<u8>,
}

/// The panel's end of a session.
pub(super) struct PanelSession {
    pub(super) keys: SessionKeys,
    pub(super) command_mac: Block,
    pub(super) reply_mac: Block,
}

/// A panel.
pub(super) struct Panel {
    pub(super) address: u8,
    pub(super) crc: bool,
    pub(super) marked: bool,
    /// Of the next command.
    pub(super) sequence: u8,
    pub(super) session: Option<PanelSession>,
}

impl Panel {
    pub(super) fn new(address: u8) -> Self {
        Self { address, crc: true, marked: false, sequence: 0, session: None }
    }

    /// A frame with the next sequence number.
    pub(super) fn frame(&mut self, block: &[u8], code: u8, data: &[u8]) -> Vec<u8> {
        let frame = self.frame_with(self.sequence, block, code, data);
        self.sequence = self.sequence % 3 + 1;
        frame
    }

    /// A frame with any sequence number; SCS_15 and SCS_17 get their MAC, and SCS_17 its encryption.
    pub(super) fn frame_with(&mut self, sequence: u8, block: &[u8], code: u8, data: &[u8]) -> Vec<u8> {
        let kind = block.first().copied();
        let mut data = data.to_vec();
        if let (Some(0x17), Some(session)) = (kind, &self.session) {
            let len = data.len();
            data.resize(len + 16, 0);
            let padded = session.keys.encrypt(&session.reply_mac, &mut data, len).unwrap();
            data.truncate(padded);
        }
        let mac = matches!(kind, Some(0x15..=0x18));
        let control = Control::new(sequence, self.crc, !block.is_empty());
        let block = if block.is_empty() { vec![] } else { [&[u8::try_from(block.len()).unwrap() + 1][..], block].concat() };
        let length = HEADER + block.len() + 1 + data.len() + if mac { 4 } else { 0 } + control.check_len();
        let [low, high] = u16::try_from(length).unwrap().to_le_bytes();
        let mut frame = [&[SOM, self.address, low, high, control.0][..], &block, &[code], &data].concat();
        if mac {
            let mac = match &mut self.session {
                Some(session) => {
                    session.command_mac = session.keys.mac(&session.reply_mac, &frame).unwrap();
                    session.command_mac
                }
                None => [0x55; 16],
            };
            frame.extend(&mac[..4]);
        }
        seal(&mut frame, self.crc);
        if self.marked {
            frame.insert(0, MARK);
        }
        frame
    }

    /// A command in the session: SCS_15, or SCS_17 with data.
    pub(super) fn secured(&mut self, code: u8, data: &[u8]) -> Vec<u8> {
        let kind = if data.is_empty() { 0x15 } else { 0x17 };
        self.frame(&[kind], code, data)
    }

    /// Reads a reply: every part of it must be right.
    pub(super) fn read(&mut self, reply: &[u8]) -> Heard {
        let reply = if self.marked { reply.strip_prefix(&[MARK]).expect("a mark") } else { reply };
        let control = Control(reply[4]);
        assert_eq!((reply[0], usize::from(u16::from_le_bytes([reply[2], reply[3]]))), (SOM, reply.len()));
        assert_eq!(control.has_crc(), self.crc);
        let (checked, check) = reply.split_at(reply.len() - control.check_len());
        let mut resealed = checked.to_vec();
        seal(&mut resealed, self.crc);
        assert_eq!(resealed, [checked, check].concat(), "check characters");
        let (block, rest) = if control.has_block() {
            let (block, rest) = checked[HEADER..].split_at(usize::from(checked[HEADER]));
            (block[1..].to_vec(), rest)
        } else {
            (vec![], &checked[HEADER..])
        };
        let mut data = rest[1..].to_vec();
        if matches!(block.first(), Some(0x15..=0x18)) {
            let session = self.session.as_mut().expect("a session");
            let mac = data.split_off(data.len() - 4);
            let expected = session.keys.mac(&session.command_mac, &checked[..checked.len() - 4]).unwrap();
            assert_eq!(mac, expected[..4], "MAC");
            if block[0] == 0x18 {
                let len = session.keys.decrypt(&session.command_mac, &mut data).unwrap();
                data.truncate(len);
            }
            session.reply_mac = expected;
        }
        Heard { address: reply[1], sequence: control.sequence(), block, code: rest[0], data }
    }

    /// The server's side of a handshake whose CCRYPT came: the cryptogram for SCRYPT, and the session that it opens.
    pub(super) fn prove(key: &Block, random: &Nonce, ccrypt: &[u8]) -> (Block, PanelSession) {
        let keys = SessionKeys::derive(key, random).unwrap();
        let own: Nonce = ccrypt[8..16].try_into().unwrap();
        assert_eq!(keys.cryptogram(random, &own).unwrap(), ccrypt[16..], "the client's cryptogram");
        let cryptogram = keys.cryptogram(&own, random).unwrap();
        let reply_mac = keys.initial_mac(&cryptogram).unwrap();
        (cryptogram, PanelSession { keys, command_mac: [0; 16], reply_mac })
    }
}

/// Puts the check characters at the end.
pub(super) fn seal(frame: &mut Vec<u8>, with_crc: bool) {
    if with_crc {
        frame.extend(crc(frame).to_le_bytes());
    } else {
        frame.push(checksum(frame));
    }
}
