//! The universal types of ASN.1 that card files use, read from a [`Cursor`].

use alloc::borrow::Cow;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::{Cursor, Element, Tag, TlvError, TlvErrorKind};

/// BOOLEAN
pub const BOOLEAN: Tag = Tag(0x01);
/// INTEGER
pub const INTEGER: Tag = Tag(0x02);
/// BIT STRING
pub const BIT_STRING: Tag = Tag(0x03);
/// OCTET STRING
pub const OCTET_STRING: Tag = Tag(0x04);
/// OCTET STRING in the constructed form of BER
pub const OCTET_STRING_CONSTRUCTED: Tag = Tag(0x24);
/// NULL
pub const NULL: Tag = Tag(0x05);
/// OBJECT IDENTIFIER
pub const OBJECT_IDENTIFIER: Tag = Tag(0x06);
/// UTF8String
pub const UTF8_STRING: Tag = Tag(0x0C);
/// PrintableString
pub const PRINTABLE_STRING: Tag = Tag(0x13);
/// UTCTime
pub const UTC_TIME: Tag = Tag(0x17);
/// GeneralizedTime
pub const GENERALIZED_TIME: Tag = Tag(0x18);
/// SEQUENCE
pub const SEQUENCE: Tag = Tag(0x30);
/// SET
pub const SET: Tag = Tag(0x31);

/// A context-specific tag: `[number]`, primitive or constructed, numbers 0–30.
pub const fn context(number: u8, constructed: bool) -> Tag {
    Tag(0x80 | if constructed { 0x20 } else { 0 } | (number & 0x1F) as u32)
}

impl<'a> Cursor<'a> {
    /// The elements of a SEQUENCE.
    ///
    /// # Errors
    /// Where the next element is none.
    pub fn sequence(&mut self) -> Result<Cursor<'a>, TlvError> {
        self.expect(SEQUENCE)?.children()
    }

    /// The elements of a SET.
    ///
    /// # Errors
    /// Where the next element is none.
    pub fn set(&mut self) -> Result<Cursor<'a>, TlvError> {
        self.expect(SET)?.children()
    }

    /// An OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// Where the next element is none, or its value is not a valid identifier.
    pub fn object_identifier(&mut self) -> Result<ObjectIdentifier, TlvError> {
        let element = self.expect(OBJECT_IDENTIFIER)?;
        ObjectIdentifier::from_bytes(element.value).map_err(|_| element.invalid("not an object identifier"))
    }

    /// A BOOLEAN DEFAULT FALSE: `false` where the next element is none. It is one octet (X.690 §8.2.1); any but zero is true, as in BER, and
    /// issuers spell FALSE out.
    ///
    /// # Errors
    /// Where it has no octet or several.
    pub fn boolean(&mut self) -> Result<bool, TlvError> {
        let Some(element) = self.optional(BOOLEAN)? else { return Ok(false) };
        match element.value {
            [octet] => Ok(*octet != 0),
            _ => Err(element.invalid("a boolean that is not one octet")),
        }
    }

    /// A small non-negative INTEGER, such as a version.
    ///
    /// # Errors
    /// Where the next element is none, or is negative or over 32 bits.
    pub fn small_integer(&mut self) -> Result<u32, TlvError> {
        let element = self.expect(INTEGER)?;
        let too_large = element.invalid("not a small non-negative integer");
        match element.value {
            [] => Err(too_large),
            [first, ..] if first & 0x80 != 0 => Err(too_large),
            octets => octets.iter().try_fold(0_u32, |value, &octet| {
                value.checked_mul(256).map(|shifted| shifted | u32::from(octet)).ok_or(too_large)
            }),
        }
    }

    /// A non-negative INTEGER's magnitude, big-endian without leading zeros.
    ///
    /// # Errors
    /// Where the next element is none, or is empty or negative.
    pub fn unsigned_integer(&mut self) -> Result<&'a [u8], TlvError> {
        let element = self.expect(INTEGER)?;
        match element.value {
            [] => Err(element.invalid("an empty integer")),
            [first, ..] if first & 0x80 != 0 => Err(element.invalid("a negative integer")),
            octets => Ok(strip_zeros(octets)),
        }
    }

    /// The octets of a BIT STRING that has no unused bits.
    ///
    /// # Errors
    /// Where the next element is none, or is not made of whole octets.
    pub fn bit_string(&mut self) -> Result<&'a [u8], TlvError> {
        let element = self.expect(BIT_STRING)?;
        match element.value {
            [0, octets @ ..] => Ok(octets),
            _ => Err(element.invalid("a bit string that is not made of whole octets")),
        }
    }

    /// An OCTET STRING, primitive, or (BER) constructed of primitive pieces, which are joined.
    ///
    /// # Errors
    /// Where the next element is none, or its pieces are not octet strings.
    pub fn octet_string(&mut self) -> Result<Cow<'a, [u8]>, TlvError> {
        match self.peek() {
            Some(OCTET_STRING_CONSTRUCTED) => join(&self.read()?).map(Cow::Owned),
            _ => self.expect(OCTET_STRING).map(|element| Cow::Borrowed(element.value)),
        }
    }
}

/// The octets of a constructed string: its pieces in order (X.690 §8.7.3).
///
/// # Errors
/// Where a piece is not an octet string.
pub fn join(constructed: &Element<'_>) -> Result<Vec<u8>, TlvError> {
    let mut octets = Vec::new();
    for piece in constructed.children()? {
        let piece = piece?;
        match piece.tag {
            OCTET_STRING => octets.extend_from_slice(piece.value),
            OCTET_STRING_CONSTRUCTED => octets.extend(join(&piece)?),
            found => return Err(piece.error(TlvErrorKind::Unexpected { expected: OCTET_STRING, found })),
        }
    }
    Ok(octets)
}

/// Big-endian octets without leading zeros; zero is the empty slice.
pub fn strip_zeros(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}
