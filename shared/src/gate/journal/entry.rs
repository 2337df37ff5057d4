//! One entry: what happened, when, and to whom.

use core::fmt;

use super::keys::ChainKey;
use super::{CODE, ENTRY, Head};
use crate::crypto::Provider;
use crate::gate::pack::access_list::Person;
use crate::time::Timestamp;

/// Length in bytes of what an entry says, without its codes.
pub(super) const SAID: usize = 8 + 6 + 1 + 2 + 16 + 4 + REASON;
/// Longest reason in bytes.
pub const REASON: usize = 39;
const UNKNOWN_TIME: u64 = (1 << 48) - 1;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $code:literal;)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            fn number(self) -> u8 {
                match self {
                    $(Self::$name => $number,)+
                }
            }

            fn of_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// A stable name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

kinds! {
    /// A person was let in.
    Admitted = 1, "admitted";
    /// Nobody was let in; the reason says why. The person stands there where the card was genuine.
    Refused = 2, "refused";
    /// The door stands open for too long.
    DoorHeld = 3, "door.held";
    /// The door was opened, and nobody had been let through.
    DoorForced = 4, "door.forced";
    /// The door is shut again after an alarm.
    DoorShut = 5, "door.shut";
    /// The exit button was pressed, and the lock got power.
    ExitRequested = 6, "door.exit";
    /// The reader failed; the reason says how.
    ReaderFault = 7, "reader.fault";
    /// The reader works again.
    ReaderReady = 8, "reader.ready";
    /// The gate started; the reason says what had stopped it.
    Started = 9, "gate.started";
    /// The control panel opened a session.
    PanelSession = 10, "panel.session";
    /// The session of the control panel ended; the reason says why.
    PanelClosed = 11, "panel.closed";
    /// A control panel did not know the key.
    PanelRefused = 12, "panel.refused";
    /// The control panel gave the lock power.
    PanelOpened = 13, "panel.opened";
    /// The clock was set; the reason is the time that it showed before, in seconds since 1970.
    TimeSet = 14, "time.set";
    /// A pack was taken over; the reason is its version.
    PackTaken = 15, "pack.taken";
    /// A pack was refused; the reason says why.
    PackRefused = 16, "pack.refused";
    /// The gate was provisioned, and this journal begins.
    Provisioned = 17, "gate.provisioned";
    /// The bus was used, or a key set, under the key that everybody knows (SCBK-D).
    Insecure = 18, "panel.insecure";
    /// There was no room: all entries before the number in the count are gone.
    Overflow = 19, "journal.overflow";
    /// So many entries as the count says were written and are not in the chip any more: it was exchanged, erased or has failed.
    Missing = 20, "journal.missing";
    /// An image came whole, and is on trial from the next start on; the reason is its version.
    ImageTaken = 21, "image.taken";
    /// An image was refused; the reason says why.
    ImageRefused = 22, "image.refused";
    /// An image has tested itself, and stays; the reason is its version.
    ImageConfirmed = 23, "image.confirmed";
    /// A desk said which cards need no code; the count is how many.
    Enrolled = 24, "cards.enrolled";
    /// The case was opened.
    CaseOpened = 25, "case.opened";
    /// The case is shut again.
    CaseShut = 26, "case.shut";
}

/// A reason code in an entry: letters, digits, dots, hyphens and underscores, at most [`REASON`] of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    text: [u8; REASON],
    len: u8,
}

impl Reason {
    /// No reason.
    pub const NONE: Self = Self { text: [0; REASON], len: 0 };

    /// The reason in words that can stand there: what cannot becomes an underscore, and what finds no room is left out.
    pub fn new(code: &str) -> Self {
        let mut reason = Self::NONE;
        for (place, byte) in reason.text.iter_mut().zip(code.bytes()) {
            *place = if is_of_a_reason(byte) { byte } else { b'_' };
            reason.len = reason.len.saturating_add(1);
        }
        reason
    }

    fn read(bytes: &[u8; REASON]) -> Option<Self> {
        let len = bytes.iter().position(|byte| *byte == 0).unwrap_or(REASON);
        let (text, padding) = bytes.split_at_checked(len)?;
        let is_reason = text.iter().all(|byte| is_of_a_reason(*byte)) && padding.iter().all(|byte| *byte == 0);
        is_reason.then_some(Self { text: *bytes, len: u8::try_from(len).ok()? })
    }

    /// The text; empty where there is no reason.
    pub fn as_str(&self) -> &str {
        self.text.get(..usize::from(self.len)).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

fn is_of_a_reason(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is to be written down: the journal gives it number, time and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// To whom, by the site's pseudonym. It is not written as it stands.
    pub person: Option<Person>,
    /// How many, where the kind counts; with what strangers cause at the reader and at the bus, how many like it were passed over before,
    /// so that nobody fills the journal.
    pub count: u32,
    /// Why.
    pub reason: Reason,
}

impl Event {
    /// An event that needs no more words.
    pub fn of(kind: Kind) -> Self {
        Self { kind, person: None, count: 0, reason: Reason::NONE }
    }

    /// An event and its reason.
    pub fn because(kind: Kind, reason: &str) -> Self {
        Self { reason: Reason::new(reason), ..Self::of(kind) }
    }
}

/// An entry as it stands in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 0 on.
    pub sequence: u64,
    /// When it was written, where the gate knew.
    pub time: Option<Timestamp>,
    /// What happened.
    pub kind: Kind,
    /// In months since January 1970: under which key the person stands here.
    pub month: u16,
    /// To whom, under that key.
    pub person: Option<[u8; 16]>,
    /// How many, where the kind counts.
    pub count: u32,
    /// Why.
    pub reason: Reason,
}

impl Entry {
    fn said(&self) -> [u8; SAID] {
        let seconds = self.time.and_then(|time| u64::try_from(time.0).ok()).filter(|seconds| *seconds < UNKNOWN_TIME);
        let [_, _, seconds @ ..] = seconds.unwrap_or(UNKNOWN_TIME).to_be_bytes();
        let fields: [&[u8]; 7] = [
            &self.sequence.to_be_bytes(),
            &seconds,
            &[self.kind.number()],
            &self.month.to_be_bytes(),
            &self.person.unwrap_or_default(),
            &self.count.to_be_bytes(),
            &self.reason.text,
        ];
        filled(fields.into_iter().flatten())
    }

    /// Reads an entry; whether it is authentic, [`super::verify`] says. `None` for what is no entry.
    pub fn read(bytes: &[u8; ENTRY]) -> Option<Self> {
        let (sequence, rest) = bytes.split_first_chunk::<8>()?;
        let (seconds, rest) = rest.split_first_chunk::<6>()?;
        let ([kind], rest) = rest.split_first_chunk::<1>()?;
        let (month, rest) = rest.split_first_chunk::<2>()?;
        let (person, rest) = rest.split_first_chunk::<16>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (reason, _) = rest.split_first_chunk::<REASON>()?;
        let seconds = seconds.iter().fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
        Some(Self {
            sequence: u64::from_be_bytes(*sequence),
            time: u64::try_from(seconds).is_ok_and(|seconds| seconds < UNKNOWN_TIME).then_some(Timestamp(seconds)),
            kind: Kind::of_number(*kind)?,
            month: u16::from_be_bytes(*month),
            person: Some(*person).filter(|person| *person != [0; 16]),
            count: u32::from_be_bytes(*count),
            reason: Reason::read(reason)?,
        })
    }

    /// The entry with its codes, behind a head, and the head that it leaves. The key is that of its number, and is to evolve next.
    pub fn write(&self, before: &Head, key: &ChainKey, provider: &dyn Provider) -> ([u8; ENTRY], Head) {
        let said = self.said();
        let code = key.code(&said, &before.code, provider);
        let bytes = filled(said.iter().chain(&before.code).chain(&code));
        (bytes, Head { sequence: self.sequence.saturating_add(1), code })
    }

    /// The head that an entry leaves, where the key of its number confirms it and it follows on another head.
    pub fn confirmed(bytes: &[u8; ENTRY], before: &Head, key: &ChainKey, provider: &dyn Provider) -> Option<Head> {
        let entry = Self::read(bytes).filter(|entry| entry.sequence == before.sequence)?;
        let (said, code_before, code) = parts(bytes)?;
        let follows = *code_before == before.code && key.confirms(said, code_before, code, provider);
        follows.then_some(Head { sequence: entry.sequence.saturating_add(1), code: *code })
    }
}

/// What an entry says, the code of the one before, and its own.
pub(super) fn parts(bytes: &[u8; ENTRY]) -> Option<(&[u8], &[u8; CODE], &[u8; CODE])> {
    let (rest, code) = bytes.split_last_chunk::<CODE>()?;
    let (said, before) = rest.split_last_chunk::<CODE>()?;
    Some((said, before, code))
}

fn filled<'a, const N: usize>(bytes: impl Iterator<Item = &'a u8>) -> [u8; N] {
    let mut filled = [0; N];
    filled.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    filled
}
