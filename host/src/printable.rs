//! Text from outside, on its way to a terminal: names in certificates and on cards, names of files. Control characters could rewrite the
//! screen, marks of direction reverse what it says, and a line break in a file's name add a row that nobody judged.

/// The text without what could steer a terminal; a replacement character stands for each.
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if steers(letter) { '\u{FFFD}' } else { letter }).collect()
}

/// A JSON document with all of that escaped, which leaves its content as it is (RFC 8259 §7). Outside of strings it has line breaks alone.
pub fn json(document: &str) -> String {
    let mut safe = String::with_capacity(document.len());
    for letter in document.chars() {
        if letter != '\n' && steers(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// Controls (C0, C1, DEL); line and paragraph separators; what changes the direction of writing or hides letters (Unicode, general
/// categories Cc, Zl, Zp, and Cf but for the joiners that scripts need).
pub fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_steer_the_terminal() {
        assert_eq!(printable("Nguyễn\u{1b}[2J\r\n"), "Nguyễn\u{FFFD}[2J\u{FFFD}\u{FFFD}");
        assert_eq!(printable("a\u{202E}b\u{9b}c"), "a\u{FFFD}b\u{FFFD}c");
        assert_eq!(printable("Trần Thị Đào"), "Trần Thị Đào");
        for mark in ['\u{61C}', '\u{200F}', '\u{2028}', '\u{2029}', '\u{2067}', '\u{FEFF}', '\u{7F}', '\u{85}', '\u{E0041}'] {
            assert_eq!(printable(&format!("a{mark}b")), "a\u{FFFD}b", "{mark:?}");
        }
        // Persian and the scripts of India join letters, or keep them apart.
        assert_eq!(printable("\u{0645}\u{06CC}\u{200C}\u{062E}"), "\u{0645}\u{06CC}\u{200C}\u{062E}");
    }

    #[test]
    fn json_from_outside_cannot_either_and_says_the_same() {
        let document = serde_json::json!({ "a\u{9b}": "x\u{1b}\u{202E}\u{7f}\u{2028}\u{E0041}\n", "b": ["Trần Thị Đào"] });
        let safe = json(&format!("{document:#}"));
        assert!(safe.chars().all(|letter| letter == '\n' || !steers(letter)), "{safe}");
        assert!(safe.contains("Trần Thị Đào"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), document);
    }
}
