//! Distinguished names: kept as received, compared as people read them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use der::asn1::ObjectIdentifier;

use crate::letter_case;
use crate::sorting;
use crate::tlv::asn1::{PRINTABLE_STRING, UTF8_STRING};
use crate::tlv::{Element, Tag, TlvError};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");

/// ```text
/// Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value DirectoryString }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    raw: Vec<u8>,
    attributes: Vec<(ObjectIdentifier, String)>,
    folded: Vec<(ObjectIdentifier, String)>,
}

impl Name {
    /// A name from its SEQUENCE.
    ///
    /// # Errors
    /// Where the structure is another.
    pub fn from_element(element: &Element<'_>) -> Result<Self, TlvError> {
        let mut attributes = Vec::new();
        for relative in element.children()? {
            for attribute in relative?.children()? {
                let mut attribute = attribute?.children()?;
                let kind = attribute.object_identifier()?;
                attributes.push((kind, text(&attribute.read()?)));
                attribute.finish()?;
            }
        }
        let mut folded: Vec<_> = attributes.iter().map(|(kind, value)| (*kind, fold(value))).collect();
        sorting::sort(&mut folded);
        Ok(Self { raw: element.raw.to_vec(), attributes, folded })
    }

    /// The name as received.
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }

    /// Whether both names say the same: string type, case, spaces and order put aside (RFC 5280 §7.1; `quirks.md` 12 for the order).
    pub fn matches(&self, other: &Self) -> bool {
        self.folded == other.folded
    }

    /// The name folded for comparison, as a key of an index.
    pub fn folded(&self) -> &[(ObjectIdentifier, String)] {
        &self.folded
    }

    /// countryName in upper case; some states write theirs in lower case.
    pub fn country(&self) -> Option<String> {
        let (_, country) = self.attributes.iter().find(|(kind, _)| *kind == COUNTRY)?;
        Some(country.trim().to_ascii_uppercase())
    }

    /// The first value of an attribute type.
    pub fn attribute(&self, kind: ObjectIdentifier) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| *found == kind).map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for Name {
    /// `C=VN, O=…, CN=…`, in the order received.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, value)) in self.attributes.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match label(*kind) {
                Some(label) => write!(f, "{label}={value}")?,
                None => write!(f, "{kind}={value}")?,
            }
        }
        Ok(())
    }
}

/// The short names of RFC 4514 §3 and of X.520.
fn label(kind: ObjectIdentifier) -> Option<&'static str> {
    const LABELS: [(&str, &str); 10] = [
        ("2.5.4.3", "CN"),
        ("2.5.4.5", "serialNumber"),
        ("2.5.4.6", "C"),
        ("2.5.4.7", "L"),
        ("2.5.4.8", "ST"),
        ("2.5.4.10", "O"),
        ("2.5.4.11", "OU"),
        ("2.5.4.97", "organizationIdentifier"),
        ("1.2.840.113549.1.9.1", "emailAddress"),
        ("0.9.2342.19200300.100.1.25", "DC"),
    ];
    LABELS.iter().find(|(dotted, _)| ObjectIdentifier::new_unwrap(dotted) == kind).map(|(_, label)| *label)
}

/// A DirectoryString in whichever of its types; anything else as hexadecimal digits.
fn text(value: &Element<'_>) -> String {
    const NUMERIC: Tag = Tag(0x12);
    const TELETEX: Tag = Tag(0x14);
    const IA5: Tag = Tag(0x16);
    const UNIVERSAL: Tag = Tag(0x1C);
    const BMP: Tag = Tag(0x1E);
    match value.tag {
        UTF8_STRING | PRINTABLE_STRING | NUMERIC | IA5 => String::from_utf8_lossy(value.value).into_owned(),
        // Teletex is written as Latin-1 in practice.
        TELETEX => value.value.iter().map(|&octet| char::from(octet)).collect(),
        BMP => {
            let units = value.value.chunks_exact(2).filter_map(|pair| pair.first_chunk().map(|&unit| u16::from_be_bytes(unit)));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        UNIVERSAL => value
            .value
            .chunks_exact(4)
            .filter_map(|four| four.first_chunk().map(|&unit| u32::from_be_bytes(unit)))
            .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        _ => hex::encode(value.raw),
    }
}

/// Lower case, outer spaces dropped, inner runs of spaces made one (RFC 4518, as far as such names need it).
fn fold(value: &str) -> String {
    let mut folded = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().map(letter_case::small));
    }
    folded
}
