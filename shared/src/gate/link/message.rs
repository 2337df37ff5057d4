//! What a desk asks and a gate answers.
//!
//! ```cddl
#![doc = include_str!("link.cddl")]
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::gate::enrolled::Enrolled;
use crate::time::Timestamp;

const INFALLIBLE: &str = "a vector takes every write";

/// Longest piece of a pack or an image, in bytes.
pub const PIECE: usize = 896;
/// No code is longer, in bytes.
pub const CODE: usize = 1000;

/// What a desk asks.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// How are you?
    #[n(0)]
    Status,
    /// The time is so many seconds after 1970-01-01.
    #[n(1)]
    SetTime(#[n(0)] i64),
    /// Test yourself.
    #[n(2)]
    SelfTest,
    /// Entries of the journal, from this number on.
    #[n(3)]
    Log(#[n(0)] u64),
    /// A pack of this length and SHA-256 begins.
    #[n(4)]
    PackBegin(#[n(0)] u32, #[cbor(n(1), with = "minicbor::bytes")] [u8; 32]),
    /// A piece of it, from this byte on.
    #[n(5)]
    PackData(#[n(0)] u32, #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>),
    /// It is whole.
    #[n(6)]
    PackEnd,
    /// An image of this length and SHA-256 begins.
    #[n(7)]
    ImageBegin(#[n(0)] u32, #[cbor(n(1), with = "minicbor::bytes")] [u8; 32]),
    /// A piece of it, from this byte on.
    #[n(8)]
    ImageData(#[n(0)] u32, #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>),
    /// It is whole.
    #[n(9)]
    ImageEnd,
    /// Start anew.
    #[n(10)]
    Restart,
    /// What lies there? Nothing is selected. With the first request for a card the gate is a desk's reader, and decides nothing itself,
    /// until the session ends or is silent for too long.
    #[n(11)]
    CardLook,
    /// Select the card that lies there.
    #[n(12)]
    CardConnect,
    /// An APDU for it.
    #[n(13)]
    Transmit(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Let it go.
    #[n(14)]
    CardDisconnect,
    /// The code that was scanned since the last time.
    #[n(15)]
    Scan,
    /// The session is over.
    #[n(16)]
    Close,
    /// These cards need no code from now on, and no others.
    #[n(17)]
    Enrol(#[n(0)] Enrolled),
}

/// What a gate answers.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// It is done.
    #[n(0)]
    Done,
    /// It is not, and why.
    #[n(1)]
    Refused(#[n(0)] Refusal),
    /// How it is.
    #[n(2)]
    Status(#[n(0)] Status),
    /// What works.
    #[n(3)]
    SelfTest(#[n(0)] Vec<Tested>),
    /// Entries of the journal.
    #[n(4)]
    Log(#[n(0)] Entries),
    /// What lies there; nothing where nothing does.
    #[n(5)]
    Card(#[n(0)] Option<CardType>),
    /// What the card answered.
    #[n(6)]
    Response(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// The code, if one was scanned.
    #[n(7)]
    Scan(#[n(0)] Option<Scanned>),
}

opaque_debug!(Request, Answer, Scanned);

/// Bytes of a code: personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Scanned(pub Zeroizing<Vec<u8>>);

impl<C> Encode<C> for Scanned {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Scanned {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Ok(Self(Zeroizing::new(d.bytes()?.to_vec())))
    }
}

/// How a gate is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Status {
    /// The version of its image.
    #[n(0)]
    pub image: u32,
    /// What people call it.
    #[n(1)]
    pub name: String,
    /// Its time, in seconds after 1970-01-01. `None` where its clock was not set or had no power.
    #[n(2)]
    pub time: Option<i64>,
    /// Milliseconds since its start.
    #[n(3)]
    pub milliseconds: u64,
    /// The pack that it goes by.
    #[n(4)]
    pub pack: Option<PackStatus>,
    /// The number of the entry that its journal writes next.
    #[n(5)]
    pub journal_next: u64,
    /// What is the matter: [`Fault`]s, a bit each.
    #[n(6)]
    pub faults: u32,
    /// The most memory that was in use since the start, in bytes: of the heap, and of the stack.
    #[n(7)]
    pub heap: u32,
    /// See [`Status::heap`].
    #[n(8)]
    pub stack: u32,
    /// How many cards need no code.
    #[cbor(n(9), default)]
    pub enrolled: u32,
}

/// The pack that a gate goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PackStatus {
    /// Its version.
    #[n(0)]
    pub version: u64,
    /// When it was made, in seconds after 1970-01-01.
    #[n(1)]
    pub made_at: i64,
    /// From when on it opens nothing.
    #[n(2)]
    pub ends_at: i64,
}

/// What may be the matter with a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The PN532 does not answer.
    Reader,
    /// The clock is not set, or before what is known to have been.
    Clock,
    /// It has no pack.
    NoPack,
    /// Its pack has ended.
    PackEnded,
    /// The journal cannot be written.
    Journal,
    /// Settings or keys cannot be read or written.
    Storage,
    /// Somebody opened its case.
    Tamper,
}

impl Fault {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 7] =
        [Self::Reader, Self::Clock, Self::NoPack, Self::PackEnded, Self::Journal, Self::Storage, Self::Tamper];

    /// Its bit in [`Status::faults`].
    pub fn bit(self) -> u32 {
        Self::ALL.iter().zip(0_u32..).find(|(fault, _)| **fault == self).map_or(0, |(_, place)| 1 << place)
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Clock => "clock",
            Self::NoPack => "no_pack",
            Self::PackEnded => "pack_ended",
            Self::Journal => "journal",
            Self::Storage => "storage",
            Self::Tamper => "tamper",
        }
    }
}

/// What a self-test found of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Tested {
    /// Which part.
    #[n(0)]
    pub part: Part,
    /// Whether it works.
    #[n(1)]
    pub works: bool,
}

/// A part that a self-test tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Part {
    /// Hashes, ciphers and signatures give what their standards say.
    #[n(0)]
    Cryptography,
    /// The source of random numbers.
    #[n(1)]
    Randomness,
    /// The PN532.
    #[n(2)]
    Reader,
    /// The clock.
    #[n(3)]
    Clock,
    /// The pack.
    #[n(4)]
    Pack,
    /// Keys and settings.
    #[n(5)]
    Storage,
    /// The journal.
    #[n(6)]
    Journal,
}

impl Part {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cryptography => "cryptography",
            Self::Randomness => "randomness",
            Self::Reader => "reader",
            Self::Clock => "clock",
            Self::Pack => "pack",
            Self::Storage => "storage",
            Self::Journal => "journal",
        }
    }
}

/// Entries of a journal, as they stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Entries {
    /// The number of the first of them; more than what was asked for where older ones are gone.
    #[n(0)]
    pub first: u64,
    /// The number of the entry that is written next.
    #[n(1)]
    pub next: u64,
    /// As many as find room in a message; none where there are no more.
    #[n(2)]
    pub entries: Vec<Entry>,
}

/// The bytes of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Entry(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// How a card speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum CardType {
    /// ISO 14443 type A.
    #[n(0)]
    TypeA,
    /// ISO 14443 type B.
    #[n(1)]
    TypeB,
    /// No card of ISO 14443-4: it takes no APDUs.
    #[n(2)]
    Other,
}

macro_rules! refusals {
    ($($name:ident = $code:literal, $text:literal;)+) => {
        /// Why a gate did not do what it was asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum Refusal {
            $(#[doc = $text] #[error($text)] $name,)+
            /// A reason that this version does not know, with its number.
            #[error("a reason with the number {0}")]
            Unknown(u8),
        }

        impl Refusal {
            /// All that are known.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its number, from 1.
            pub fn code(self) -> u8 {
                match self {
                    $(Self::$name => $code,)+
                    Self::Unknown(code) => code,
                }
            }

            /// The reason of a number. `None` for 0, which is none.
            pub fn of_code(code: u8) -> Option<Self> {
                match code {
                    0 => None,
                    $($code => Some(Self::$name),)+
                    code => Some(Self::Unknown(code)),
                }
            }
        }
    };
}

refusals! {
    NotProvisioned = 1, "the gate has no keys yet";
    WrongKey = 2, "the gate has another key";
    NotSupported = 3, "the gate cannot do that";
    Malformed = 4, "the gate does not understand the request";
    JumperMissing = 5, "the jumper of the gate is not set";
    OtherDevice = 6, "the provisioning is for another gate";
    UsedUp = 7, "the one-time number was used, or has changed";
    ProvisioningAltered = 8, "the provisioning was altered on its way";
    ProvisioningInvalid = 9, "the provisioning is not one that the gate knows";
    Storage = 10, "the gate cannot write its memory";
    TimeBeforeFloor = 11, "the time is before one that the gate knows to have been";
    TransferOutOfOrder = 12, "a piece of the transfer is missing";
    TransferDamaged = 13, "the transfer does not have the SHA-256 that was announced";
    PackTooLarge = 14, "the pack is too large";
    PackSignature = 15, "the pack is not signed with the key of the gate's operator";
    PackDamaged = 16, "the pack is torn or damaged";
    PackNotNewer = 17, "the gate has taken over this version of the pack or a later one";
    PackEnded = 18, "the pack has ended";
    NoCard = 19, "no card is selected";
    CardLost = 20, "the card is gone";
    ReaderFault = 21, "the card reader of the gate does not answer";
    TimeUnknown = 22, "the clock of the gate is not set";
    SessionEnded = 23, "the gate has no such session";
    ImageTooLarge = 24, "the image has no room in the gate";
    ImageSignature = 25, "the image is not signed with the key of the gate's operator";
    ImageDamaged = 26, "the image that came is torn or damaged";
    ImageNotNewer = 27, "the gate has taken over this version of the image or a later one";
    ImageOtherBoard = 28, "the gate has another board than the one for which the image is built";
    ImageOnTrial = 29, "the image that came last has not confirmed itself yet";
}

impl<C> Encode<C> for Refusal {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Refusal {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::of_code(d.u8()?).ok_or_else(|| decode::Error::message("a refusal without a reason"))
    }
}

impl Status {
    /// Its time.
    pub fn time(&self) -> Option<Timestamp> {
        self.time.map(Timestamp)
    }

    /// What is the matter.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        let bits = self.faults;
        Fault::ALL.into_iter().filter(move |fault| bits & fault.bit() != 0)
    }
}

impl Request {
    /// Its bytes.
    pub fn to_cbor(&self) -> Zeroizing<Vec<u8>> {
        to_cbor(self)
    }

    /// Reads it. `None` where it is none, or something follows.
    pub fn from_cbor(bytes: &[u8]) -> Option<Self> {
        from_cbor(bytes)
    }
}

impl Answer {
    /// Its bytes.
    pub fn to_cbor(&self) -> Zeroizing<Vec<u8>> {
        to_cbor(self)
    }

    /// Reads it. `None` where it is none, or something follows.
    pub fn from_cbor(bytes: &[u8]) -> Option<Self> {
        from_cbor(bytes)
    }
}

fn to_cbor(message: &impl Encode<()>) -> Zeroizing<Vec<u8>> {
    let mut e = Encoder::new(Vec::new());
    e.encode(message).expect(INFALLIBLE);
    Zeroizing::new(e.into_writer())
}

fn from_cbor<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    let mut d = Decoder::new(bytes);
    d.decode().ok().filter(|_| d.position() == bytes.len())
}
