//! LDIF, the text form of a directory (RFC 2849), as the ICAO PKD publishes it: certificates, revocation lists and master lists as
//! base64 values in folded lines. Only content records are read; a change record is refused.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// No attribute value is longer, in bytes of base64.
const LONGEST_VALUE: usize = 96 * 1024 * 1024;

/// No directory has more entries.
const MAX_ENTRIES: usize = 1_000_000;

/// Why a text is not such a directory, and in which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LdifError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: &'static str,
}

impl fmt::Display for LdifError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// An attribute of an entry, its value decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in lower case, without options such as `;binary`.
    pub name: String,
    /// The value's octets.
    pub value: Vec<u8>,
}

/// Calls `take` with every attribute of every entry, one after the other: a directory is larger than what should be held at once.
///
/// # Errors
/// The first line that is not LDIF.
pub fn read(text: &[u8], mut take: impl FnMut(Attribute)) -> Result<usize, LdifError> {
    let (mut entries, mut in_entry) = (0, false);
    for (line, logical) in LogicalLines::new(text) {
        let failed = |what| LdifError { line, what };
        if logical.first() == Some(&b'#') {
            continue;
        }
        if logical.is_empty() {
            in_entry = false;
            continue;
        }
        let (name, value) = split(&logical).ok_or_else(|| failed("no colon after the attribute's name"))?;
        let name = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
        let is_description = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'.');
        if name.is_empty() || !name.bytes().all(is_description) {
            return Err(failed("not an attribute's name"));
        }
        let value = match value {
            [b':', encoded @ ..] => base64(encoded).ok_or_else(|| failed("not base64"))?,
            [b'<', ..] => return Err(failed("a value in another file, which is not read")),
            plain => trimmed(plain).to_vec(),
        };
        match name.as_str() {
            "version" if entries == 0 => {
                if value != b"1" {
                    return Err(failed("another version than 1"));
                }
            }
            "dn" => {
                if in_entry {
                    return Err(failed("an entry begins inside another"));
                }
                (entries, in_entry) = (entries + 1, true);
                if entries > MAX_ENTRIES {
                    return Err(failed("too many entries"));
                }
            }
            "changetype" => return Err(failed("a record of changes, not of content")),
            _ if !in_entry => return Err(failed("an attribute outside an entry")),
            _ => take(Attribute { name, value }),
        }
    }
    Ok(entries)
}

/// Whether a file looks like LDIF: its first line that is no comment begins an entry or states the version.
pub fn looks_like(text: &[u8]) -> bool {
    let first = text.split(|&octet| octet == b'\n').map(trimmed).find(|line| !line.is_empty() && line.first() != Some(&b'#'));
    first.is_some_and(|line| {
        let begins = |word: &[u8]| line.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        begins(b"dn:") || begins(b"version:")
    })
}

/// Lines with their continuations joined (RFC 2849 note 2), each with the number of its first line.
struct LogicalLines<'a> {
    rest: &'a [u8],
    line: usize,
}

impl<'a> LogicalLines<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { rest: text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text), line: 0 }
    }

    fn physical(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|&octet| octet == b'\n');
        let (line, rest) = match end {
            Some(end) => (self.rest.get(..end)?, self.rest.get(end + 1..)?),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        self.line += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

impl Iterator for LogicalLines<'_> {
    type Item = (usize, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut logical = self.physical()?.to_vec();
        let line = self.line;
        while self.rest.first() == Some(&b' ') && !logical.is_empty() {
            let continued = self.physical()?;
            if logical.len() + continued.len() > LONGEST_VALUE {
                // What follows is no base64 any longer, so that the entry is refused.
                logical.truncate(0);
                logical.push(b'\0');
            }
            logical.extend_from_slice(continued.get(1..).unwrap_or_default());
        }
        Some((line, logical))
    }
}

fn split(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|&octet| octet == b':')?;
    let name = core::str::from_utf8(line.get(..colon)?).ok()?;
    Some((name.to_owned(), line.get(colon + 1..)?))
}

fn trimmed(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

/// RFC 4648 §4, with padding or without; blanks around it do not count.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    const ENGINE: GeneralPurpose =
        GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));
    ENGINE.decode(trimmed(text)).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use alloc::vec;

    use super::*;

    fn attributes(text: &str) -> Result<Vec<(String, Vec<u8>)>, LdifError> {
        let mut found = Vec::new();
        read(text.as_bytes(), |attribute| found.push((attribute.name, attribute.value))).map(|_| found)
    }

    #[test]
    fn folded_base64_values_of_several_entries() {
        let text =
            "version: 1\n# a comment\n  that goes on\ndn: c=VN\nuserCertificate;binary:: AQ\n ID\n\ndn:: Yz1ERQ==\r\ncn: x \r\n";
        let expected = vec![("usercertificate".to_owned(), vec![1, 2]), ("cn".to_owned(), b"x".to_vec())];
        // AQID without its last digit would be two octets and four bits; whole, it is three octets.
        let whole = text;
        assert_eq!(attributes(whole).unwrap()[0].1, [1, 2, 3]);
        assert_eq!(attributes(whole).unwrap()[1], expected[1]);
        assert_eq!(attributes(&text.replace(" ID", " I=")).unwrap(), expected);
    }

    #[test]
    fn what_is_no_directory() {
        for (text, line) in [
            ("dn: c=VN\nnothing\n", 2),
            ("cn: x\n", 1),
            ("dn: c=VN\ncn:: *\n", 2),
            ("dn: c=VN\ncn:< file:///etc/passwd\n", 2),
            ("dn: c=VN\nchangetype: add\n", 2),
            ("dn: c=VN\ndn: c=DE\n", 2),
            ("version: 2\n", 1),
        ] {
            assert_eq!(attributes(text).unwrap_err().line, line, "{text}");
        }
    }

    /// A byte order mark, either end of a line, comments, and what a value may be.
    #[test]
    fn the_forms_of_a_line() {
        let of = |text: &str| attributes(text).unwrap();
        let one = |name: &str, value: &[u8]| vec![(name.to_owned(), value.to_vec())];
        assert_eq!(of("\u{FEFF}dn: c=VN\ncn: x"), one("cn", b"x"));
        assert_eq!(of("dn: c=VN\r\ncn: x\r\n"), one("cn", b"x"));
        assert_eq!(of("# c\n\n\ndn: c=VN\n# c\ncn: x\n y\n\n\n"), one("cn", b"xy"));
        assert_eq!(of("dn: c=VN\nX-1.2;lang-vi;binary: x\n"), one("x-1.2", b"x"));
        assert_eq!(of("dn: c=VN\ncn:\nsn::\n"), [one("cn", b""), one("sn", b"")].concat());
        assert_eq!(read(b"dn: c=VN\n\ndn: c=DE\n", |_| unreachable!("an entry without attributes")), Ok(2));
        assert_eq!(read(b"", |_| unreachable!("no entry")), Ok(0));
        // `version` is an attribute like any other once an entry has begun.
        assert_eq!(of("dn: c=VN\nversion: 7\n"), one("version", b"7"));
    }

    #[test]
    fn where_a_text_is_no_directory() {
        let failed = |text: &str| attributes(text).unwrap_err();
        assert_eq!(failed("dn: c=VN\ncn: x\n  y\n\u{E9}: z\n").line, 4);
        assert_eq!(failed("dn: c=VN\n: z\n").what, "not an attribute's name");
        assert_eq!(failed("dn: c=VN\nc n: z\n").what, "not an attribute's name");
        assert_eq!(failed("dn: c=VN\n\n\ncn: z\n"), LdifError { line: 4, what: "an attribute outside an entry" });
        assert_eq!(alloc::format!("{}", failed("nothing")), "line 1: no colon after the attribute's name");
        let many = "dn: x\n\n".repeat(MAX_ENTRIES);
        assert_eq!(read(many.as_bytes(), |_| ()), Ok(MAX_ENTRIES));
        let error = read((many + "dn: y\n").as_bytes(), |_| ()).unwrap_err();
        assert_eq!(error, LdifError { line: 2 * MAX_ENTRIES + 1, what: "too many entries" });
    }

    #[test]
    fn it_is_known_by_its_first_line() {
        assert!(looks_like(b"# x\n\nversion: 1\n"));
        assert!(looks_like(b"DN: c=VN\n"));
        assert!(!looks_like(b"-----BEGIN CERTIFICATE-----"));
        assert!(!looks_like(&[0x30, 0x82]) && !looks_like(b"") && !looks_like(b"dn") && !looks_like(b"# dn:\n"));
    }
}
