//! Text in the optional data groups: UTF-8 by the book, Latin-1 in the field, with fillers between its parts.

use alloc::string::String;
use alloc::vec::Vec;

/// The text; `None` where it is empty or nothing but fillers and blanks (`quirks.md` 23).
pub(super) fn text(value: &[u8]) -> Option<String> {
    let text = match core::str::from_utf8(value) {
        Ok(text) => String::from(text),
        // Not UTF-8: each byte is a Latin-1 character, so that nothing is lost.
        Err(_) => value.iter().map(|&byte| char::from(byte)).collect(),
    };
    let trimmed = text.trim_matches(['<', ' ', '\0']);
    (!trimmed.is_empty()).then(|| String::from(trimmed))
}

/// The parts between fillers: lines of an address, parts of a place. Empty parts are left out.
pub(super) fn parts(value: &[u8]) -> Vec<String> {
    let whole = text(value).unwrap_or_default();
    whole.split('<').map(str::trim).filter(|part| !part.is_empty()).map(String::from).collect()
}

/// A name of two identifiers, `primary<<secondary`, single fillers as blanks. Personal: shows nothing in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HolderName {
    /// Primary identifier, in the national script where the issuer wrote it so.
    pub primary: String,
    /// Secondary identifier; empty where there is none.
    pub secondary: String,
}

opaque_debug!(HolderName);

impl HolderName {
    pub(super) fn read(value: &[u8]) -> Option<Self> {
        let name = text(value)?;
        let (primary, secondary) = name.split_once("<<").unwrap_or((&name, ""));
        let spaced = |part: &str| part.split('<').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        Some(Self { primary: spaced(primary), secondary: spaced(secondary) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_kind() {
        assert_eq!(text("Nguyễn".as_bytes()).unwrap(), "Nguyễn");
        assert_eq!(text(b"M\xFCller").unwrap(), "Müller");
        assert_eq!(text(b""), None);
        assert_eq!(text(b"<<< "), None);
        assert_eq!(parts(b"STREET 1<CITY<<COUNTRY<"), ["STREET 1", "CITY", "COUNTRY"]);
        assert!(parts(b"").is_empty());
    }

    #[test]
    fn names_are_two_identifiers() {
        let name = HolderName::read(b"VAN<DER<BERG<<ANNA<MARIA<<<").unwrap();
        assert_eq!((name.primary.as_str(), name.secondary.as_str()), ("VAN DER BERG", "ANNA MARIA"));
        assert_eq!(HolderName::read(b"SUKARNO").unwrap().secondary, "");
        assert!(HolderName::read(b"<<").is_none());
    }
}
