//! What scanners, keyboards and messengers do to the text of a code, and how far it can be undone.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::vietnam::name::without_diacritics;

/// The bytes of a scan as text: UTF-8, or Windows-1252 where they are none.
pub fn decode(bytes: &[u8]) -> Zeroizing<String> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Zeroizing::new(String::from(text)),
        // Room for the widest letter, so that no piece is left behind by a string that grew.
        Err(_) => {
            let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
            text.extend(bytes.iter().map(|&byte| letter_of(byte)));
            text
        }
    }
}

/// The text without a byte order mark and without what ends a line or a transmission.
pub fn trimmed(text: &str) -> (&str, bool) {
    let is_around = |letter: char| letter.is_whitespace() || letter.is_control();
    let text = text.trim_matches(is_around);
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => (rest.trim_matches(is_around), true),
        // The three bytes of the mark, read as Windows-1252.
        None => match text.strip_prefix("ï»¿") {
            Some(rest) => (rest.trim_matches(is_around), true),
            None => (text, false),
        },
    }
}

/// Text whose UTF-8 was read as Windows-1252, read rightly: `Nguyá»…n` is `Nguyễn`. `None` where it is not such a text. What is right
/// already never is: its letters are no Windows-1252, or no UTF-8 comes of them.
pub fn undo_windows_1252(text: &str) -> Option<Zeroizing<String>> {
    if text.is_ascii() {
        return None;
    }
    let bytes = Zeroizing::new(text.chars().map(byte_of).collect::<Option<Vec<u8>>>()?);
    core::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(String::from(text)))
}

/// Whether digits were typed through the Vietnamese keyboard of Windows, whose top row has đ ă â ê ô and the five tones in their places.
pub fn is_typed_through_vietnamese_keyboard(digits: &str) -> bool {
    let is_of_top_row = |letter: char| {
        matches!(letter, '\u{0300}' | '\u{0301}' | '\u{0303}' | '\u{0309}' | '\u{0323}') || {
            let mut buffer = [0; 4];
            !letter.is_ascii() && matches!(without_diacritics(letter.encode_utf8(&mut buffer)).as_str(), "D" | "A" | "E" | "O")
        }
    };
    !digits.is_ascii() && digits.chars().all(|letter| letter.is_ascii_digit() || is_of_top_row(letter))
}

/// Whether every letter could stand in a name: of the Vietnamese alphabet or the Latin one, with what joins names.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && without_diacritics(text)
            .bytes()
            .all(|letter| letter.is_ascii_uppercase() || matches!(letter, b' ' | b'\'' | b'-' | b'.'))
}

/// Letters of Windows-1252 at 80–9F. Where it has none, the controls of the same numbers, as Windows reads them.
const UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn letter_of(byte: u8) -> char {
    let upper = byte.checked_sub(0x80).and_then(|index| UPPER.get(usize::from(index)));
    upper.copied().unwrap_or(char::from(byte))
}

fn byte_of(letter: char) -> Option<u8> {
    match UPPER.iter().zip(0x80..).find(|(known, _)| **known == letter) {
        Some((_, byte)) => Some(byte),
        // Some read the bytes as ISO 8859-1, which has controls there.
        None => u8::try_from(letter).ok(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `printf 'Nguyễn Đình' | iconv -f cp1252 -t utf-8` refuses the byte 90, which Windows reads as U+0090.
    #[test]
    fn windows_1252_is_undone() {
        assert_eq!(undo_windows_1252("Nguyá»…n Thá»‹ Máº«u").unwrap().as_str(), "Nguyễn Thị Mẫu");
        assert_eq!(undo_windows_1252("Ä\u{90}Ã¬nh").unwrap().as_str(), "Đình");
        for right in ["Nguyễn Thị Mẫu", "Hà", "NGUYEN", "Thừa Thiên Huế", "é"] {
            assert!(undo_windows_1252(right).is_none(), "{right}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8() {
        assert_eq!(decode(b"N\xE9 \x80").as_str(), "Né €");
        assert_eq!(decode("Nữ".as_bytes()).as_str(), "Nữ");
    }

    #[test]
    fn the_vietnamese_keyboard_is_recognised() {
        // 001199000001 and 079305…, the tones alone and grown into their letter
        for typed in ["đđăă\u{323}\u{323}đđđđđă", "đ\u{303}\u{323}êđ\u{300}", "ế", "Đ01"] {
            assert!(is_typed_through_vietnamese_keyboard(typed), "{typed}");
        }
        for other in ["001199000001", "", "Nguyễn", "đường", "ă|"] {
            assert!(!is_typed_through_vietnamese_keyboard(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_windows_1252_makes_of_any_text_is_undone(text in "[a-zA-ZđĐ\u{C0}-\u{1B0}\u{1EA0}-\u{1EF9} ]{1,40}") {
            let spoilt: String = text.bytes().map(letter_of).collect();
            prop_assume!(!text.is_ascii());
            let undone = undo_windows_1252(&spoilt);
            prop_assert_eq!(undone.as_ref().map(|text| text.as_str()), Some(text.as_str()));
        }
    }
}
