//! Replies: their codes, and their frames (SIA OSDP 2.2 §7).

use super::frame::{BROADCAST, Control, Frame, HEADER, MARK, MAX_REPLY, REPLY, SOM, Writer, checksum, crc};
use super::secure_channel::Session;

pub(super) const ACK: u8 = 0x40;
pub(super) const NAK: u8 = 0x41;
pub(super) const PDID: u8 = 0x45;
pub(super) const PDCAP: u8 = 0x46;
pub(super) const LSTATR: u8 = 0x48;
pub(super) const ISTATR: u8 = 0x49;
pub(super) const OSTATR: u8 = 0x4A;
pub(super) const RSTATR: u8 = 0x4B;
pub(super) const RAW: u8 = 0x50;
pub(super) const COM: u8 = 0x54;
pub(super) const CCRYPT: u8 = 0x76;
pub(super) const RMAC_I: u8 = 0x78;
pub(super) const BUSY: u8 = 0x79;
pub(super) const FTSTAT: u8 = 0x7A;

/// The most data of a reply before they are padded.
pub(super) const MAX_DATA: usize = 64;

/// Why a command was not carried out (§7.3, Table 47).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Nak {
    /// Check characters.
    Check = 0x01,
    /// The payload's length.
    Length = 0x02,
    /// No such command here.
    Unknown = 0x03,
    /// The sequence number.
    Sequence = 0x04,
    /// The security block.
    SecurityBlock = 0x05,
    /// It needs a session.
    SessionRequired = 0x06,
    /// A field of it.
    Record = 0x09,
}

/// What a reply repeats of its command.
#[derive(Clone, Copy)]
pub(super) struct Head {
    marked: bool,
    address: u8,
    sequence: u8,
    crc: bool,
}

impl Head {
    pub(super) fn of(frame: &Frame<'_>, own: u8, marked: bool) -> Self {
        let control = frame.control();
        let address = if frame.is_broadcast() { BROADCAST } else { own };
        Self { marked, address, sequence: control.sequence(), crc: control.has_crc() }
    }

    /// Of a frame whose check characters are wrong, as far as it can be told.
    pub(super) fn of_broken(control: u8, own: u8, marked: bool) -> Self {
        let control = Control(control);
        Self { marked, address: own, sequence: control.sequence(), crc: control.has_crc() }
    }

    /// BUSY has sequence number 0, whatever it answers (§7.18).
    pub(super) fn busy(self) -> Self {
        Self { sequence: 0, ..self }
    }
}

/// What keeps a reply.
pub(super) enum Protection<'a> {
    /// Nothing.
    Plain,
    /// A step of the handshake: SCS_12 or SCS_14 and its one byte.
    Handshake(u8, u8),
    /// SCS_16, or SCS_18 with data.
    Session(&'a mut Session),
}

/// A frame as it goes on the line.
pub(super) struct ReplyFrame {
    bytes: [u8; 1 + MAX_REPLY],
    len: usize,
}

impl ReplyFrame {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; 1 + MAX_REPLY], len: 0 }
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.bytes.get(..self.len).filter(|bytes| !bytes.is_empty())
    }

    /// Makes the frame; it is empty where that cannot be done, so that nothing is ever said unprotected or in part.
    pub(super) fn set(&mut self, head: Head, protection: Protection<'_>, code: u8, data: &[u8]) {
        self.len = self.build(head, protection, code, data).unwrap_or(0);
    }

    fn build(&mut self, head: Head, protection: Protection<'_>, code: u8, data: &[u8]) -> Option<usize> {
        let start = usize::from(head.marked);
        let (mark, frame) = self.bytes.split_at_mut_checked(start)?;
        mark.fill(MARK);

        let mut sealed = [0; MAX_DATA + 16];
        sealed.get_mut(..data.len())?.copy_from_slice(data);
        let mut data_len = data.len();
        let handshake;
        let block: &[u8] = match &protection {
            Protection::Plain => &[],
            Protection::Handshake(kind, key) => {
                handshake = [3, *kind, *key];
                &handshake
            }
            Protection::Session(_) if data.is_empty() => &[2, 0x16],
            Protection::Session(session) => {
                data_len = session.encrypt(&mut sealed, data.len()).ok()?;
                &[2, 0x18]
            }
        };

        let control = Control::new(head.sequence, head.crc, !block.is_empty());
        let mac_len = if matches!(protection, Protection::Session(_)) { super::frame::MAC } else { 0 };
        let length = u16::try_from(HEADER + block.len() + 1 + data_len + mac_len + control.check_len()).ok()?;
        let [low, high] = length.to_le_bytes();

        let mut writer = Writer::new(frame.get_mut(..MAX_REPLY)?);
        writer.put(&[SOM, head.address | REPLY, low, high, control.0]);
        writer.put(block);
        writer.put(&[code]);
        writer.put(sealed.get(..data_len)?);
        if let Protection::Session(session) = protection {
            let mac = session.seal(writer.written()?).ok()?;
            writer.put(&mac);
        }
        let checked = writer.written()?;
        if head.crc {
            let check = crc(checked).to_le_bytes();
            writer.put(&check);
        } else {
            let check = checksum(checked);
            writer.put(&[check]);
        }
        Some(start + writer.written()?.len())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn head(sequence: u8, crc: bool, marked: bool) -> Head {
        Head { marked, address: 0, sequence, crc }
    }

    #[test]
    fn a_captured_identification_is_made_again() {
        // From a trace of an installation, published with the tests of OSDP.Net.
        let data = [0x00, 0x0E, 0xE3, 0x10, 0x10, 0x00, 0x00, 0x74, 0x97, 0x23, 0x06, 0x06];
        let mut reply = ReplyFrame::new();
        reply.set(head(2, true, false), Protection::Plain, PDID, &data);
        let expected = [
            0x53, 0x80, 0x14, 0x00, 0x06, 0x45, 0x00, 0x0E, 0xE3, 0x10, 0x10, 0x00, 0x00, 0x74, 0x97, 0x23, 0x06, 0x06, 0x1B,
            0x88,
        ];
        assert_eq!(reply.bytes(), Some(&expected[..]));
    }

    #[test]
    fn a_reply_has_the_mark_and_the_check_of_its_command() {
        let mut reply = ReplyFrame::new();
        reply.set(head(1, false, true), Protection::Plain, ACK, &[]);
        assert_eq!(reply.bytes(), Some(&[0xFF, 0x53, 0x80, 0x07, 0x00, 0x01, 0x40, 0xE5][..]));
        reply.set(head(1, true, false), Protection::Handshake(0x12, 1), CCRYPT, &[]);
        assert_eq!(reply.bytes().unwrap().get(..9), Some(&[0x53, 0x80, 0x0B, 0x00, 0x0D, 3, 0x12, 1, 0x76][..]));
    }

    #[test]
    fn what_has_no_room_is_not_said() {
        let mut reply = ReplyFrame::new();
        reply.set(head(1, true, true), Protection::Plain, ACK, &[0; MAX_DATA]);
        assert_eq!(reply.bytes().map(<[u8]>::len), Some(1 + 5 + 1 + MAX_DATA + 2));
        reply.set(head(1, true, true), Protection::Plain, ACK, &[0; MAX_DATA + 17]);
        assert_eq!(reply.bytes(), None);
    }
}
