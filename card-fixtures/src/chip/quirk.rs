//! How a chip departs from the standard: what genuine documents do, and what a hostile chip would do.
//!
//! [`Quirks::default`] is the strict chip. Row numbers are those of the project's table of quirks.

use std::time::Duration;

use crate::personalisation::Personalisation;

/// The switches of a chip. Every field at its default keeps to the standard.
#[derive(Clone, Default)]
pub struct Quirks {
    /// Row 4: this status to SELECT of the master file, which then stays unselected.
    pub select_master_file: Option<u16>,
    /// Row 5: this warning (6283) to SELECT of an elementary file, which can be read all the same.
    pub select_warning: Option<u16>,
    /// Row 5: this status to EF.CardAccess once the application is selected; 6A82 by the standard.
    pub card_access_in_application: Option<u16>,
    /// PACE also runs while the application is selected; by the standard it belongs to the master file.
    pub pace_in_application: bool,
    /// A second SELECT of the application in one power cycle answers 6985.
    pub application_once: bool,
    /// Row 6: whether MSE:Set AT for PACE takes the domain parameter id (tag 84).
    pub parameter_id: ParameterId,
    /// Row 7: SELECT and MSE with Le answer 6700.
    pub refuse_le: bool,
    /// Row 7: what a chip without BAC answers to GET CHALLENGE; 6D00 where not given.
    pub bac_refusal: Option<u16>,
    /// Row 25: BAC runs under the master file too, and files there then answer 6882.
    pub master_file_after_bac: bool,
    /// Rows 1 and 2: the longest READ BINARY, and what a longer one gets.
    pub read_limit: Option<ReadLimit>,
    /// Row 3: READ BINARY with Le 65,536 answers 9000 without data.
    pub maximal_le_empty: bool,
    /// Row 3: answers longer than so many bytes come in parts, by 61xx and GET RESPONSE.
    pub answer_part: Option<usize>,
    /// Row 3: the active-authentication signature is cut to so many bytes.
    pub signature_cut: Option<usize>,
    /// Extended length; by the standard only as far as EF.ATR/INFO states buffers.
    pub extended_length: ExtendedLength,
    /// Row 18: chip authentication answers this (6F00), and the session goes on.
    pub chip_authentication_status: Option<u16>,
    /// Row 19: the active-authentication signature.
    pub signature: SignatureForm,
    /// What READ BINARY answers that asks for more than there is.
    pub end_of_file: EndOfFile,
    /// Ephemeral keys that came before are refused (6A80).
    pub fresh_keys_only: bool,
    /// Row 24 of the attacks: the status for a wrong key in BAC or PACE step 4; 6300 where not given.
    pub wrong_key_status: Option<u16>,
    /// Row 27: the tag leaves the field.
    pub lost_tag: Option<LostTag>,
    /// Row 28: a link that loses every answer longer than so many bytes, status word included.
    pub answer_cap: Option<usize>,
    /// Bytes changed in files.
    pub patches: Vec<Patch>,
    /// What a hostile chip does.
    pub attack: Option<Attack>,
}

/// Whether MSE:Set AT takes tag 84.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParameterId {
    /// Needed where the chip offers several domain parameters, accepted otherwise.
    #[default]
    WhenAmbiguous,
    /// Always needed: 6A88 without it.
    Required,
    /// Never accepted: 6A80 with it.
    Refused,
}

/// A limit of READ BINARY.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimit {
    /// Largest Ne that is served.
    pub bytes: usize,
    /// Status of a longer one. 6282 gives the data up to the limit.
    pub status: u16,
    /// Whether the status comes under secure messaging. If not, the send sequence counter stays as it was before the command; a
    /// 6987 or 6988 ends the session.
    pub protected: bool,
}

/// The answer to a READ BINARY that asks for more than the file has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndOfFile {
    /// What there is, with 6282.
    #[default]
    Warning,
    /// What there is, with 9000.
    Silent,
    /// Nothing, with 6B00.
    WrongOffset,
    /// Nothing, with 6Cxx that says how much there is.
    CorrectLength,
}

/// Extended length fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExtendedLength {
    /// For MSE and GENERAL AUTHENTICATE always, for others within the buffers of EF.ATR/INFO (ICAO 9303-11 §9.3.1.2); else 6700.
    #[default]
    AsStated,
    /// For every command.
    Always,
    /// For no command: 6700.
    Never,
}

/// Encodings of the active-authentication signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureForm {
    /// RSA as ISO 9796-2 B.6, ECDSA plain.
    #[default]
    Standard,
    /// RSA as ISO 9796-2 B.4: the smaller of s and n − s.
    Smaller,
    /// RSA whose first byte is zero, sent in full width.
    LeadingZero,
    /// RSA whose first byte is zero and left away.
    LeadingZeroStripped,
    /// ECDSA in DER.
    Der,
}

/// A tag that leaves the field once.
#[derive(Clone)]
pub struct LostTag {
    /// After so many answered commands.
    pub after: u32,
    /// Whether a reset finds a tag again.
    pub comes_back: bool,
    /// The card that comes back instead of this one.
    pub other: Option<Box<Personalisation>>,
}

/// A byte changed in a file of the application or the master file.
#[derive(Clone, Copy, Debug)]
pub struct Patch {
    /// File identifier.
    pub file: u16,
    /// Position from the file's start.
    pub offset: usize,
    /// What is XORed to the byte.
    pub xor: u8,
}

/// What a hostile chip does, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// This status to EF.CardAccess, so that the reader falls back to BAC.
    HideCardAccess(u16),
    /// READ BINARY is answered by parts without end.
    EndlessChain,
    /// A file that claims 2 GiB and never ends, by its identifier.
    EndlessFile(u16),
    /// Each answer comes this late.
    Wait(Duration),
    /// Protected answers are forged from this one on, counted from 0 since power-on.
    Forge(u32, Forgery),
    /// Active authentication signs this challenge, whatever was asked.
    ReplayedSignature([u8; 8]),
    /// The chip is a copy and knows none of the private keys.
    Clone,
    /// PACE step 3 returns the terminal's own ephemeral key.
    PaceSameKey,
    /// PACE step 2 returns a bad point.
    PaceMapping(BadPoint),
    /// PACE step 3 returns a bad point.
    PaceKey(BadPoint),
    /// PACE step 2 in a prime field returns a bad number.
    PaceMappingNumber(BadNumber),
    /// PACE step 3 in a prime field returns a bad number.
    PaceKeyNumber(BadNumber),
    /// PACE step 4 returns a wrong token.
    PaceToken,
    /// PACE step 4 of chip authentication mapping returns bad chip authentication data.
    PaceChipData(BadChipData),
    /// This status to MSE:Set AT (0) or a step of PACE (1 to 4).
    PaceStatus(u8, u16),
    /// A step of PACE is answered under this tag.
    PaceTag(u8, u8),
    /// PACE step 1 sends the nonce with one bit flipped.
    PaceNonce,
    /// PACE step 4 brings chip authentication data that no mapping asked for.
    PaceStrayChipData,
    /// The answer to EXTERNAL AUTHENTICATE is bad.
    BacAnswer(BadBacAnswer),
    /// This status to SELECT of the application.
    RefuseApplication(u16),
    /// This status to a file, by its identifier.
    RefuseFile(u16, u16),
    /// The session goes on under the old keys after chip authentication.
    OldKeys,
    /// Active authentication with RSA ends in another trailer.
    WrongTrailer,
}

/// A number that a terminal must refuse as a public key in a prime field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadNumber {
    /// 0
    Zero,
    /// 1, the neutral element.
    One,
    /// p − 1, of order 2.
    MinusOne,
    /// p
    Modulus,
    /// p + g: a right number, not reduced.
    NotReduced,
    /// 2, which generates more than the subgroup.
    OutsideSubgroup,
    /// No bytes at all.
    Empty,
}

/// How BAC goes wrong at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBacAnswer {
    /// The MAC is wrong.
    WrongMac,
    /// Other challenges stand in the cryptogram, under a right MAC.
    WrongCryptogram,
    /// This status, whatever the terminal sent.
    Status(u16),
}

/// Chip authentication data that prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadChipData {
    /// There are none.
    Missing,
    /// Another number.
    Wrong,
    /// Zero.
    Zero,
    /// One byte short, rightly encrypted.
    Short,
    /// Not whole blocks.
    Torn,
    /// Encrypted without padding.
    Unpadded,
    /// Their object is empty.
    Empty,
    /// Right, under tag 8B.
    OtherTag,
    /// Right, without a tag.
    NoTag,
}

/// A forged protected answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// The MAC is wrong.
    WrongMac,
    /// There is no DO 8E.
    NoMac,
    /// The data in the clear, with a status word.
    Plain,
    /// A status word alone.
    BareStatus(u16),
    /// Other data under the right structure and the old MAC.
    AlteredData,
    /// Other data under a right MAC, as only the holder of the keys could send.
    AlteredCryptogram,
    /// There is no DO 87 or 85; the MAC is right.
    NoCryptogram,
    /// There is no DO 99; the MAC is right.
    NoStatus,
}

/// A point that a terminal must refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPoint {
    /// Not on the curve.
    OffCurve,
    /// The neutral element, a single byte 00.
    Infinity,
    /// One byte short.
    Short,
}

impl Quirks {
    /// How the Vietnamese card behaves: SELECT of the master file answers 6D00; EF.CardAccess is readable before the application is
    /// selected and answers 6982 after.
    pub fn vietnam() -> Quirks {
        Quirks {
            select_master_file: Some(0x6D00),
            card_access_in_application: Some(0x6982),
            pace_in_application: true,
            ..Quirks::default()
        }
    }

    /// The behaviour that goes with a personalisation: Vietnamese cards by their name, the strict chip for others.
    pub fn of(personalisation: &Personalisation) -> Quirks {
        if personalisation.name.starts_with("vietnam") { Quirks::vietnam() } else { Quirks::default() }
    }
}
