//! OSDP v2: the gate as a peripheral device on the controller's RS-485 bus (SIA OSDP 2.2, IEC 60839-11-5).
//!
//! A pure state machine: bytes go in with [`Peripheral::receive`], the reply comes out of [`Peripheral::poll`], and the time is an
//! argument. Its buffers are fixed and nothing waits, so it runs in the UART's interrupt and answers within 200 ms while curves are
//! computed elsewhere. The owner sets what is reported ([`Status`], [`Peripheral::report_card`]) and takes what is asked for
//! ([`Event`]).
//!
//! # What is answered
//!
//! | command | without a session | session under SCBK-D | session under the device's own SCBK |
//! |---|---|---|---|
//! | ID 61h | PDID | PDID | PDID |
//! | CAP 62h | PDCAP | PDCAP | PDCAP |
//! | CHLNG 76h (SCS_11) | CCRYPT; NAK 05 under a key that is not there, or SCBK-D without the jumper | the session ends, CCRYPT | the session ends, CCRYPT |
//! | SCRYPT 77h (SCS_13) | RMAC_I; NAK 06 for a wrong cryptogram or without CHLNG before it | NAK 06 | NAK 06 |
//! | POLL 60h | NAK 06 | ACK | a waiting RAW, LSTATR, RSTATR, ISTATR or OSTATR; else ACK |
//! | KEYSET 75h | NAK 06 | ACK, then the session ends | ACK, then the session ends; NAK 09 for a weak key; NAK 06 unless encrypted |
//! | LSTAT 64h, ISTAT 65h, OSTAT 66h, RSTAT 67h | NAK 06 | NAK 06 | LSTATR, ISTATR, OSTATR, RSTATR |
//! | OUT 68h, LED 69h, BUZ 6Ah, TEXT 6Bh | NAK 06 | NAK 06 | ACK and an [`Event`] for each record; NAK 09 if one record is wrong: then none is done; NAK 03 for TEXT without a display |
//! | COMSET 6Eh | NAK 06 | NAK 06 | COM with what will hold: the wish, or what held before where it cannot be met |
//! | MFG 80h | NAK 06 | NAK 06 | ACK and an [`Event`] for the vendor code of ID, 01h and the six ASCII digits of a card access number; NAK 09 where it is no such number, NAK 03 for another vendor or command; NAK 06 unless encrypted |
//! | ACURXSIZE 7Bh | NAK 06 | NAK 06 | ACK; NAK 09 below 128 bytes |
//! | FILETRANSFER 7Ch | NAK 06 | NAK 06 | FTSTAT; BUSY while the part before is not kept yet |
//! | ABORT A2h, KEEPACTIVE A7h | NAK 06 | NAK 06 | ACK |
//! | any other | NAK 06 | NAK 06 | NAK 03 |
//!
//! Before any of this: NAK 01 for wrong check characters, NAK 04 for a sequence number that is neither 0, nor the next, nor a repetition
//! of the frame just answered (which gets the same reply again and is not done twice), NAK 05 for a security block that is none of
//! SCS_11, 13, 15 and 17 or does not fit its command, NAK 02 for a payload of a wrong length. In a session a frame in the clear gets
//! NAK 06 and changes nothing; a frame whose MAC is wrong gets NAK 06 and ends it. BUSY where the owner has not taken its events: nothing was
//! done, and the panel asks again. A command that could not be answered in time is neither done nor answered.
//!
//! Sequence number 0 and eight seconds of silence end a session too. Nothing that was waiting survives the end of its session: a card
//! that was read is not reported to the next one, nor later than five seconds after it was read.
//!
//! # What this does not protect
//!
//! The MAC on the wire has 32 bits, and a session ends with the first wrong one. Who can cut into the bus can end every session, and
//! sees which commands are given and how long they are. KEYSET under SCBK-D, a key that everybody knows, shows the new key to the bus: it is refused
//! without the jumper, accepted for ten minutes with it, and reported ([`Event::KeySet`]) to be journaled as insecure.

mod application;
mod card;
mod command;
mod decoder;
mod event;
mod file_transfer;
mod frame;
mod inbox;
mod key;
mod link;
mod peripheral;
mod reply;
mod secure_channel;
mod status;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod panel;

pub use application::Identity;
pub use card::CardBits;
pub use command::{
    BuzzerCommand, Colour, ComSet, LedCommand, LedPattern, LedPermanent, LedTemporary, OutputCommand, TextCommand,
};
pub use event::{Closed, Event};
pub use file_transfer::{FileKind, FileReceiver, FileStatus, NoFiles};
pub use inbox::{Inbox, Part};
pub use key::{Scbk, WeakKey};
pub use peripheral::{Peripheral, Settings};
pub use status::{ReaderStatus, Status};
