//! A bounded, zero-copy cursor over BER-TLV and DER (ISO 7816-4 §5.2.2, X.690).
//!
//! Files of a card are DER by the book and BER in the field: EF.SOD of some states uses indefinite lengths and constructed octet
//! strings (`quirks.md` 9). The cursor reads both; [`Rules::Der`] refuses what DER refuses. No element can claim more bytes than its
//! parent has, and nesting is bounded, so that work is linear in the input.

pub mod asn1;

use core::fmt;

/// How deep elements may nest. ICAO files need some ten levels.
const MAX_DEPTH: u8 = 32;

/// The octets of a tag as one big-endian number: `0x6D`, `0x5F1F`, `0x7F2E`. At most three octets, as ICAO 9303-10 uses two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// Whether the value is itself made of elements (bit 6 of the first octet).
    pub fn is_constructed(self) -> bool {
        let mut first = self.0;
        while first > 0xFF {
            first >>= 8;
        }
        first & 0x20 != 0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

/// Which encoding rules an input must obey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Basic encoding: long forms with leading zeros and indefinite lengths are read.
    Ber,
    /// Distinguished encoding: one length form only.
    Der,
}

/// Why bytes are not the element that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlvErrorKind {
    /// The input ends inside a tag, a length or a value.
    #[error("the data end too early")]
    Truncated,
    /// A tag of more than three octets, or one that is padded.
    #[error("the tag is not readable")]
    Tag,
    /// A length that is reserved, too long for the machine, or not minimal where DER is asked for.
    #[error("the length is not readable")]
    Length,
    /// Elements nest deeper than any card file does.
    #[error("the elements nest too deep")]
    Depth,
    /// Another tag than the structure has here.
    #[error("tag {found} stands where {expected} belongs")]
    Unexpected {
        /// The tag that belongs here.
        expected: Tag,
        /// The tag that stands here.
        found: Tag,
    },
    /// Bytes follow where the structure ends.
    #[error("data follow after the end")]
    Trailing,
    /// The value of an element breaks the rule of its type.
    #[error("the value is not valid: {0}")]
    Value(&'static str),
}

/// What is wrong, and at which byte of the input that the first cursor was made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {position}: {kind}")]
pub struct TlvError {
    /// Byte offset from the start of the file.
    pub position: usize,
    /// What is wrong there.
    pub kind: TlvErrorKind,
}

/// One element: its tag, its value, and the very bytes that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The tag.
    pub tag: Tag,
    /// The value octets; for an indefinite length without the end-of-contents octets.
    pub value: &'a [u8],
    /// Tag, length and value as received. Signatures are verified over these, never over a re-encoding.
    pub raw: &'a [u8],
    /// Offset of the tag from the start of the file.
    pub position: usize,
    /// Offset of the value from the start of the file.
    pub value_position: usize,
    rules: Rules,
    depth: u8,
}

impl<'a> Element<'a> {
    /// A cursor over the elements inside this one.
    ///
    /// # Errors
    /// `Depth` where nesting exceeds the bound.
    pub fn children(&self) -> Result<Cursor<'a>, TlvError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(TlvErrorKind::Depth));
        }
        Ok(Cursor { rest: self.value, position: self.value_position, rules: self.rules, depth: self.depth + 1 })
    }

    /// A cursor over a value that holds encoded elements though its tag is primitive (an OCTET STRING around a structure).
    ///
    /// # Errors
    /// `Depth` where nesting exceeds the bound.
    pub fn inner(&self, rules: Rules) -> Result<Cursor<'a>, TlvError> {
        self.children().map(|cursor| Cursor { rules, ..cursor })
    }

    /// An error that points at this element's tag.
    pub fn error(&self, kind: TlvErrorKind) -> TlvError {
        TlvError { position: self.position, kind }
    }

    /// An error that says why this element's value is not valid.
    pub fn invalid(&self, reason: &'static str) -> TlvError {
        TlvError { position: self.value_position, kind: TlvErrorKind::Value(reason) }
    }
}

/// Reads one element after the other and never leaves its slice.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    position: usize,
    rules: Rules,
    depth: u8,
}

impl<'a> Cursor<'a> {
    /// A cursor over a whole file.
    pub fn new(bytes: &'a [u8], rules: Rules) -> Self {
        Self { rest: bytes, position: 0, rules, depth: 0 }
    }

    /// Offset of the next element from the start of the file.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The bytes not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// An error at the next byte.
    pub fn error(&self, kind: TlvErrorKind) -> TlvError {
        TlvError { position: self.position, kind }
    }

    /// The next tag, if there is one and it is readable.
    pub fn peek(&self) -> Option<Tag> {
        read_tag(self.rest).map(|(tag, _)| tag)
    }

    /// The next element.
    ///
    /// # Errors
    /// What is wrong with its tag, length or nesting.
    pub fn read(&mut self) -> Result<Element<'a>, TlvError> {
        if self.rest.is_empty() {
            return Err(self.error(TlvErrorKind::Truncated));
        }
        let (tag, tag_len) = read_tag(self.rest).ok_or_else(|| {
            let kind = if self.rest.len() < 3 { TlvErrorKind::Truncated } else { TlvErrorKind::Tag };
            self.error(kind)
        })?;
        let after_tag = self.rest.get(tag_len..).unwrap_or_default();
        let (header_len, value_len, total) = match read_length(after_tag, self.rules).map_err(|kind| self.error(kind))? {
            (Length::Definite(value_len), length_len) => {
                let header = tag_len + length_len;
                let total = header.checked_add(value_len).ok_or_else(|| self.error(TlvErrorKind::Length))?;
                (header, value_len, total)
            }
            (Length::Indefinite, length_len) => {
                if !tag.is_constructed() {
                    return Err(self.error(TlvErrorKind::Length));
                }
                let header = tag_len + length_len;
                let body = self.rest.get(header..).unwrap_or_default();
                let value_len = indefinite_len(body).map_err(|kind| self.error(kind))?;
                (header, value_len, header + value_len + 2)
            }
        };
        let (raw, rest) = self.rest.split_at_checked(total).ok_or_else(|| self.error(TlvErrorKind::Truncated))?;
        let value = raw.get(header_len..header_len + value_len).unwrap_or_default();
        let element = Element {
            tag,
            value,
            raw,
            position: self.position,
            value_position: self.position + header_len,
            rules: self.rules,
            depth: self.depth,
        };
        self.rest = rest;
        self.position += total;
        Ok(element)
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// `Unexpected` for another tag, or what [`Cursor::read`] says.
    pub fn expect(&mut self, tag: Tag) -> Result<Element<'a>, TlvError> {
        let mut ahead = *self;
        let element = ahead.read()?;
        if element.tag != tag {
            return Err(element.error(TlvErrorKind::Unexpected { expected: tag, found: element.tag }));
        }
        *self = ahead;
        Ok(element)
    }

    /// The next element if it has this tag; otherwise nothing is consumed.
    ///
    /// # Errors
    /// What [`Cursor::read`] says of an element that has the tag.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Element<'a>>, TlvError> {
        if self.peek() == Some(tag) { self.read().map(Some) } else { Ok(None) }
    }

    /// States that nothing may follow.
    ///
    /// # Errors
    /// `Trailing` where bytes are left.
    pub fn finish(self) -> Result<(), TlvError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.error(TlvErrorKind::Trailing)) }
    }
}

impl<'a> Iterator for Cursor<'a> {
    type Item = Result<Element<'a>, TlvError>;

    /// The next element until the slice is used up; after an error nothing follows.
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.rest = &[];
        }
        Some(read)
    }
}

/// How many bytes the first element of `head` occupies in all, as far as its header tells: the way in which a reader learns a file's
/// size from its first bytes. `None` while the header is incomplete, is indefinite or is not readable.
pub fn total_len(head: &[u8]) -> Option<usize> {
    let (_, tag_len) = read_tag(head)?;
    match read_length(head.get(tag_len..)?, Rules::Ber) {
        Ok((Length::Definite(value), length_len)) => value.checked_add(tag_len + length_len),
        _ => None,
    }
}

enum Length {
    Definite(usize),
    Indefinite,
}

fn read_tag(bytes: &[u8]) -> Option<(Tag, usize)> {
    let first = *bytes.first()?;
    if first & 0x1F != 0x1F {
        return Some((Tag(u32::from(first)), 1));
    }
    let second = *bytes.get(1)?;
    let two = u32::from(first) << 8 | u32::from(second);
    if second & 0x80 == 0 {
        return Some((Tag(two), 2));
    }
    let third = *bytes.get(2)?;
    // A first subsequent octet 80 pads the number: X.690 §8.1.2.4.2 c.
    (third & 0x80 == 0 && second != 0x80).then_some((Tag(two << 8 | u32::from(third)), 3))
}

fn read_length(bytes: &[u8], rules: Rules) -> Result<(Length, usize), TlvErrorKind> {
    let first = *bytes.first().ok_or(TlvErrorKind::Truncated)?;
    let count = match first {
        0x00..=0x7F => return Ok((Length::Definite(usize::from(first)), 1)),
        0x80 if rules == Rules::Ber => return Ok((Length::Indefinite, 1)),
        0x80 | 0xFF => return Err(TlvErrorKind::Length),
        _ => usize::from(first & 0x7F),
    };
    let octets = bytes.get(1..=count).ok_or(TlvErrorKind::Truncated)?;
    let mut value: usize = 0;
    for &octet in octets {
        value = value.checked_mul(256).and_then(|shifted| shifted.checked_add(usize::from(octet))).ok_or(TlvErrorKind::Length)?;
    }
    if rules == Rules::Der && (value < 0x80 || octets.first() == Some(&0)) {
        return Err(TlvErrorKind::Length);
    }
    Ok((Length::Definite(value), count + 1))
}

/// The number of value octets before the end-of-contents octets that close an element of indefinite length.
/// Open elements are counted, not recursed into: the scan is linear and needs no stack.
fn indefinite_len(body: &[u8]) -> Result<usize, TlvErrorKind> {
    let mut offset = 0_usize;
    let mut open = 1_u8;
    loop {
        #[cfg(test)]
        tests::count_header();
        let rest = body.get(offset..).ok_or(TlvErrorKind::Truncated)?;
        if rest.first_chunk::<2>() == Some(&[0, 0]) {
            open -= 1;
            if open == 0 {
                return Ok(offset);
            }
            offset += 2;
            continue;
        }
        let (tag, tag_len) = read_tag(rest).ok_or(if rest.len() < 3 { TlvErrorKind::Truncated } else { TlvErrorKind::Tag })?;
        let (length, length_len) = read_length(rest.get(tag_len..).unwrap_or_default(), Rules::Ber)?;
        offset += tag_len + length_len;
        match length {
            Length::Definite(value) => offset = offset.checked_add(value).ok_or(TlvErrorKind::Length)?,
            Length::Indefinite if !tag.is_constructed() => return Err(TlvErrorKind::Length),
            Length::Indefinite if open >= MAX_DEPTH => return Err(TlvErrorKind::Depth),
            Length::Indefinite => open += 1,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
