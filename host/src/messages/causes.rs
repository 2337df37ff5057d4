//! Causes as the library and the system word them, in the user's language. They are written in English where they arise, with facts in
//! them; here they are met again by their pattern, and the facts are translated in their turn.

const VIETNAMESE: &str = include_str!("../../locales/vi-VN/causes.txt");

/// How deep causes of causes are followed.
const DEEPEST: u8 = 6;

/// The cause in Vietnamese; what is not known stays as it is.
pub fn in_vietnamese(cause: &str) -> String {
    translated(cause, DEEPEST)
}

fn translated(cause: &str, depth: u8) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return cause.to_owned();
    };
    let matching = pairs().filter_map(|(english, vietnamese)| Some((english, vietnamese, facts(english, cause)?)));
    // The pattern that leaves the least open says the most.
    match matching.max_by_key(|(english, ..)| english.replace("{}", "").len()) {
        None => cause.to_owned(),
        Some((_, vietnamese, facts)) => {
            let mut facts = facts.into_iter();
            let mut parts = vietnamese.split("{}");
            let mut text = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                text += &facts.next().map(|fact| translated(fact, depth)).unwrap_or_default();
                text += part;
            }
            text
        }
    }
}

/// English and Vietnamese, in the order of the file.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    VIETNAMESE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "))
}

/// What stands at the places of a pattern, where the text is of its form.
fn facts<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut facts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = if pieces.peek().is_some() { rest.find(piece)? } else { rest.strip_suffix(piece)?.len() };
        facts.push(rest.get(..at)?);
        rest = rest.get(at + piece.len()..)?;
    }
    rest.is_empty().then_some(facts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn causes_and_their_causes() {
        for (english, vietnamese) in [
            ("the signature is not valid", "chữ ký không đúng"),
            (
                "the signature of the revocation list: the signature is not valid",
                "chữ ký của danh sách thu hồi: chữ ký không đúng",
            ),
            ("line 2: not base64", "dòng 2: không phải base64"),
            (
                "the list is not readable: byte 7: the data end too early",
                "không đọc được danh sách: byte 7: dữ liệu kết thúc quá sớm",
            ),
            ("No such file or directory (os error 2)", "không có tệp hoặc thư mục này"),
            ("tag 30 stands where 31 belongs", "có tag 30 ở chỗ của 31"),
            ("something that nobody knows", "something that nobody knows"),
            ("", ""),
        ] {
            assert_eq!(in_vietnamese(english), vietnamese);
        }
        let words = include_str!("../../../shared/src/chip/apdu/status_word.rs").split("=> \"").skip(1);
        for meaning in words.map(|rest| rest.split('"').next().unwrap()) {
            let text = format!("6A88 ({meaning})");
            assert!(in_vietnamese(&text).starts_with("6A88 (") && in_vietnamese(&text) != text, "{text}");
        }
        // No text from outside makes this long.
        in_vietnamese(&"byte 1: ".repeat(10_000));
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// `{found}` and `{0}` as `{}`.
    fn pattern(literal: &str) -> String {
        let mut parts = literal.split('{');
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |text, part| text + "{}" + part.split_once('}').unwrap().1)
    }

    #[test]
    fn every_cause_of_the_library_is_known() {
        let known: BTreeSet<&str> = pairs().map(|(english, _)| english).collect();
        assert_eq!(known.len(), pairs().count(), "a cause stands twice");
        let mut seen = 0;
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/src")) {
            // These errors have messages of their own in the locales.
            if ["access_key.rs", "mrz.rs", "qr.rs"].iter().any(|name| path.ends_with(name)) || path.ends_with("tests.rs") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap();
            for prefix in ["#[error(\"", "Unsupported(\"", "PublicKeyInvalid(\"", "Malformed(\""] {
                for literal in source.split(prefix).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                    let pattern = pattern(literal);
                    let says_nothing = !pattern.replace("{}", "").contains(|letter: char| letter.is_alphabetic());
                    assert!(says_nothing || known.contains(pattern.as_str()), "{pattern} of {}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 100, "only {seen} causes found");
    }

    #[test]
    fn both_sides_have_the_same_facts() {
        for (english, vietnamese) in pairs() {
            let (facts, others) = (english.matches("{}").count(), vietnamese.matches("{}").count());
            assert!(facts == others || english.contains("(os error {})"), "{english}");
        }
    }
}
