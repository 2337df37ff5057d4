//! A small writer of DER (X.690), and of BER with indefinite lengths, which some issuers use for their security objects.

use num_bigint::BigUint;
use num_traits::One;

use crate::curve::{bytes_of, fixed_width};

/// Universal and common tags.
pub mod tag {
    #![allow(missing_docs)]
    pub const OCTET_STRING: u32 = 0x04;
    pub const UTF8_STRING: u32 = 0x0C;
    pub const PRINTABLE_STRING: u32 = 0x13;
    pub const IA5_STRING: u32 = 0x16;
    pub const UTC_TIME: u32 = 0x17;
    pub const GENERALIZED_TIME: u32 = 0x18;
    pub const SEQUENCE: u32 = 0x30;
    pub const SET: u32 = 0x31;
}

/// A data object: the tag's bytes as one number (such as 5F1F), a definite length in its shortest form, the value.
pub fn tlv(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut out = tag_bytes(tag);
    out.extend(length(value.len()));
    out.extend_from_slice(value);
    out
}

/// A constructed data object out of its members.
pub fn constructed(tag: u32, members: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag, &members.concat())
}

/// SEQUENCE
pub fn sequence(members: &[Vec<u8>]) -> Vec<u8> {
    constructed(tag::SEQUENCE, members)
}

/// SET OF, its members sorted (X.690 §11.6)
pub fn set_of(mut members: Vec<Vec<u8>>) -> Vec<u8> {
    members.sort();
    constructed(tag::SET, &members)
}

/// SET OF with its members in the order given, which DER forbids
pub fn unsorted_set_of(members: &[Vec<u8>]) -> Vec<u8> {
    constructed(tag::SET, members)
}

/// INTEGER
pub fn integer(value: &BigUint) -> Vec<u8> {
    // One bit more than the number has, for the sign.
    let width = bytes_of(&(value << 1u8 | BigUint::one()));
    tlv(0x02, &fixed_width(value, width))
}

/// INTEGER of a small number
pub fn small_integer(value: u32) -> Vec<u8> {
    integer(&BigUint::from(value))
}

/// BOOLEAN
pub fn boolean(value: bool) -> Vec<u8> {
    tlv(0x01, &[if value { 0xFF } else { 0 }])
}

/// NULL
pub fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// OCTET STRING
pub fn octet_string(value: &[u8]) -> Vec<u8> {
    tlv(tag::OCTET_STRING, value)
}

/// BIT STRING of whole bytes
pub fn bit_string(value: &[u8]) -> Vec<u8> {
    let mut content = vec![0];
    content.extend_from_slice(value);
    tlv(0x03, &content)
}

/// BIT STRING of named bits: trailing zero bits are left out (X.690 §11.2.2)
pub fn named_bits(bits: &[u8]) -> Vec<u8> {
    let Some(last) = bits.iter().max() else {
        return tlv(0x03, &[0]);
    };
    let mut bytes = vec![0u8; usize::from(last / 8) + 1];
    for bit in bits {
        if let Some(byte) = bytes.get_mut(usize::from(bit / 8)) {
            *byte |= 0x80 >> (bit % 8);
        }
    }
    let mut content = vec![7 - last % 8];
    content.extend(bytes);
    tlv(0x03, &content)
}

/// OBJECT IDENTIFIER from its dotted form
///
/// # Panics
/// Where the text is no object identifier: every one stands in this source.
pub fn oid(dotted: &str) -> Vec<u8> {
    tlv(0x06, &oid_content(dotted))
}

/// The content of an OBJECT IDENTIFIER, without tag and length
///
/// # Panics
/// As [`oid`].
pub fn oid_content(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u32>().expect("a dotted object identifier"));
    let (first, second) = (arcs.next().unwrap_or(0), arcs.next().unwrap_or(0));
    let mut out = base_128(first * 40 + second);
    for arc in arcs {
        out.extend(base_128(arc));
    }
    out
}

fn base_128(value: u32) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    let mut rest = value;
    loop {
        let continues = if out.is_empty() { 0 } else { 0x80 };
        out.insert(0, (rest & 0x7F) as u8 | continues);
        rest >>= 7;
        if rest == 0 {
            return out;
        }
    }
}

/// UTF8String
pub fn utf8(text: &str) -> Vec<u8> {
    tlv(tag::UTF8_STRING, text.as_bytes())
}

/// PrintableString
pub fn printable(text: &str) -> Vec<u8> {
    tlv(tag::PRINTABLE_STRING, text.as_bytes())
}

/// IA5String
pub fn ia5(text: &str) -> Vec<u8> {
    tlv(tag::IA5_STRING, text.as_bytes())
}

/// \[n\] EXPLICIT, or a constructed \[n\] IMPLICIT
pub fn context(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0xA0 + u32::from(number), value)
}

/// \[n\] IMPLICIT of a primitive type
pub fn context_primitive(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x80 + u32::from(number), value)
}

/// The same object under another one-byte tag, as IMPLICIT tagging writes it
///
/// # Panics
/// Where `object` is empty: it comes from this writer.
pub fn retag(tag: u8, object: &[u8]) -> Vec<u8> {
    let mut out = object.to_vec();
    *out.first_mut().expect("a data object has a tag") = tag;
    out
}

/// The same object with another length stated than its content has; the tag may have two bytes
///
/// # Panics
/// Where `object` is none, or the new length needs another number of bytes: both are chosen in this source.
pub fn restate_length(object: &[u8], by: isize) -> Vec<u8> {
    let tag_len = if object.first().is_some_and(|first| first & 0x1F == 0x1F) { 2 } else { 1 };
    let (tag, rest) = object.split_at(tag_len);
    let header = match rest.first() {
        Some(long) if long & 0x80 != 0 => 1 + usize::from(long & 0x7F),
        _ => 1,
    };
    let content = rest.get(header..).expect("a data object has a length");
    let stated = length(content.len().checked_add_signed(by).expect("a length of some bytes"));
    assert_eq!(stated.len(), header, "the length keeps its size");
    [tag, &stated, content].concat()
}

/// A constructed data object of indefinite length, closed by two zero bytes (X.690 §8.1.3.6)
pub fn indefinite(tag: u32, members: &[Vec<u8>]) -> Vec<u8> {
    let mut out = tag_bytes(tag);
    out.push(0x80);
    out.extend(members.concat());
    out.extend([0, 0]);
    out
}

/// A constructed OCTET STRING of indefinite length in segments of `segment` bytes (X.690 §8.7.3)
pub fn segmented_octet_string(value: &[u8], segment: usize) -> Vec<u8> {
    let segments: Vec<Vec<u8>> = value.chunks(segment.max(1)).map(octet_string).collect();
    indefinite(0x24, &segments)
}

fn tag_bytes(tag: u32) -> Vec<u8> {
    let bytes = tag.to_be_bytes();
    let significant = bytes.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>();
    if significant.is_empty() { vec![0] } else { significant }
}

/// The length's bytes in their shortest form.
pub fn length(length: usize) -> Vec<u8> {
    if let Ok(short) = u8::try_from(length)
        && short < 0x80
    {
        return vec![short];
    }
    let bytes = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0);
    let mut out = vec![0x80];
    for byte in bytes {
        out.push(byte);
        // The first byte counts the others.
        if let Some(count) = out.first_mut() {
            *count += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_encodings() {
        assert_eq!(hex::encode(oid("1.2.840.113549.1.7.2")), "06092a864886f70d010702");
        assert_eq!(hex::encode(oid("2.23.136.1.1.1")), "0606678108010101");
        assert_eq!(hex::encode(oid("2.16.840.1.101.3.4.2.1")), "0609608648016503040201");
        assert_eq!(hex::encode(small_integer(0)), "020100");
        assert_eq!(hex::encode(small_integer(127)), "02017f");
        assert_eq!(hex::encode(small_integer(128)), "02020080");
        assert_eq!(hex::encode(small_integer(0xFFFF)), "020300ffff");
        assert_eq!(hex::encode(named_bits(&[0])), "03020780");
        assert_eq!(hex::encode(named_bits(&[5, 6])), "03020106");
        assert_eq!(hex::encode(tlv(0x5F1F, b"a")), "5f1f0161");
        assert_eq!(hex::encode(length(0x7F)), "7f");
        assert_eq!(hex::encode(length(0x80)), "8180");
        assert_eq!(hex::encode(length(0x1_0000)), "83010000");
        assert_eq!(hex::encode(segmented_octet_string(b"abc", 2)), "2480040261620401630000");
        assert_eq!(hex::encode(set_of(vec![small_integer(2), small_integer(1)])), "3106020101020102");
    }
}
