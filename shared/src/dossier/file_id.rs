//! The names of a card's files: file identifiers, short identifiers and tags (ICAO 9303-10 tables 38 and 39).

use core::fmt;

use crate::tlv::Tag;

/// An elementary file of an eMRTD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileId {
    /// EF.ATR/INFO under the master file: buffer sizes.
    AtrInfo,
    /// EF.DIR under the master file: applications.
    Dir,
    /// EF.CardAccess under the master file: what PACE offers.
    CardAccess,
    /// EF.CardSecurity under the master file: signed security infos.
    CardSecurity,
    /// EF.COM of the application: the list of data groups, unsigned.
    Com,
    /// EF.SOD of the application: the security object.
    Sod,
    /// EF.DG1 to EF.DG16 of the application.
    DataGroup(DataGroup),
}

impl FileId {
    /// The two-byte file identifier.
    pub fn identifier(self) -> u16 {
        match self {
            Self::AtrInfo => 0x2F01,
            Self::Dir => 0x2F00,
            Self::CardAccess => 0x011C,
            Self::CardSecurity | Self::Sod => 0x011D,
            Self::Com => 0x011E,
            Self::DataGroup(group) => 0x0100 | u16::from(group.number()),
        }
    }

    /// The short file identifier, 5 bits.
    pub fn short_identifier(self) -> u8 {
        match self {
            Self::AtrInfo => 0x01,
            Self::Dir => 0x1E,
            Self::CardAccess => 0x1C,
            Self::CardSecurity | Self::Sod => 0x1D,
            Self::Com => 0x1E,
            Self::DataGroup(group) => group.number(),
        }
    }

    /// Whether it stands under the master file, outside the application.
    pub fn is_master(self) -> bool {
        matches!(self, Self::AtrInfo | Self::Dir | Self::CardAccess | Self::CardSecurity)
    }

    /// The outermost tag that the file begins with; `None` where it has several or none of its own.
    pub fn tag(self) -> Option<Tag> {
        match self {
            Self::AtrInfo | Self::Dir => None,
            Self::CardAccess => Some(Tag(0x31)),
            Self::CardSecurity => Some(Tag(0x30)),
            Self::Com => Some(Tag(0x60)),
            Self::Sod => Some(Tag(0x77)),
            Self::DataGroup(group) => Some(group.tag()),
        }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtrInfo => f.write_str("EF.ATR/INFO"),
            Self::Dir => f.write_str("EF.DIR"),
            Self::CardAccess => f.write_str("EF.CardAccess"),
            Self::CardSecurity => f.write_str("EF.CardSecurity"),
            Self::Com => f.write_str("EF.COM"),
            Self::Sod => f.write_str("EF.SOD"),
            Self::DataGroup(group) => group.fmt(f),
        }
    }
}

/// The number of a data group, 1–16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataGroup(u8);

/// Tags of DG1 to DG16 in order, ICAO 9303-10 table 38.
const TAGS: [u8; 16] = [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70];

impl DataGroup {
    /// DG1: the machine-readable zone.
    pub const DG1: Self = Self(1);
    /// DG2: the face.
    pub const DG2: Self = Self(2);
    /// DG3: fingerprints, behind terminal authentication.
    pub const DG3: Self = Self(3);
    /// DG4: irises, behind terminal authentication.
    pub const DG4: Self = Self(4);
    /// DG7: the displayed signature.
    pub const DG7: Self = Self(7);
    /// DG11: additional personal details.
    pub const DG11: Self = Self(11);
    /// DG12: additional document details.
    pub const DG12: Self = Self(12);
    /// DG13: optional details; on a Vietnamese card the personal data.
    pub const DG13: Self = Self(13);
    /// DG14: security options.
    pub const DG14: Self = Self(14);
    /// DG15: the active-authentication public key.
    pub const DG15: Self = Self(15);
    /// DG16: persons to notify.
    pub const DG16: Self = Self(16);

    /// A data group by its number, 1–16.
    pub fn new(number: u8) -> Option<Self> {
        (1..=16).contains(&number).then_some(Self(number))
    }

    /// A data group by the tag in EF.COM or at its beginning.
    pub fn from_tag(tag: Tag) -> Option<Self> {
        (1..=16).map(Self).find(|group| group.tag() == tag)
    }

    /// The number, 1–16.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The outermost tag.
    pub fn tag(self) -> Tag {
        let index = usize::from(self.0.saturating_sub(1));
        Tag(TAGS.get(index).copied().map_or(0, u32::from))
    }

    /// All sixteen.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=16).map(Self)
    }
}

impl fmt::Display for DataGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DG{}", self.0)
    }
}

impl From<DataGroup> for FileId {
    fn from(group: DataGroup) -> Self {
        Self::DataGroup(group)
    }
}
