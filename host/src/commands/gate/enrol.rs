//! `soat gate enrol`: which cards a gate opens without their code.

use std::io::Read;
use std::path::Path;

use serde_json::json;
use soat::chip::AccessKey;
use soat::gate::enrolled::{Enrolled, MOST};
use soat::gate::link::message::Request;
use soat::vietnam::qr::Qr;
use zeroize::Zeroizing;

use crate::command_line::Enrol;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::gate_link::GateLink;

/// More than sixteen codes have, in bytes.
const LONGEST: u64 = 64 << 10;

/// Gives a gate the list, in the place of the one before.
///
/// # Errors
/// What is wrong with the list, with its line, or why the gate does not take it.
pub fn run(arguments: &Enrol, session: &mut Session) -> Result<Exit> {
    let cards = match &arguments.file {
        Some(path) => read(path)?,
        None => Enrolled::default(),
    };
    let (mut link, _) = GateLink::connect(&arguments.at.device, &arguments.at.key)?;
    link.order(&Request::Enrol(cards.clone()))?;
    if arguments.at.json {
        session.print_json(&json!({ "version": 1, "enrolled": cards.len() }));
        return Ok(Exit::Successful);
    }
    let told = session.messages.format("gate-enrolled", &[("count", cards.len().into())]);
    session.print(&format!("{told}\n"));
    Ok(Exit::Successful)
}

/// A card a line: its code as a scanner types it, its number of twelve digits, or the six digits of its card access number.
fn read(path: &Path) -> Result<Enrolled> {
    let mut bytes = Zeroizing::new(Vec::new());
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(unreadable)?)
    };
    input.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > usize::try_from(LONGEST).unwrap_or(usize::MAX) {
        return Err(Error::usage("gate-enrol-too-large").with("path", path.display()));
    }
    parse(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes), path)
}

fn parse(text: &[u8], path: &Path) -> Result<Enrolled> {
    let mut digits = Zeroizing::new(String::new());
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
    for (place, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let Some(AccessKey::Can(can)) = key(line) else { return Err(wrong(path, place + 1)) };
        // Two cards may have one number: it opens both.
        if !digits.as_bytes().chunks(6).any(|known| known == can.digits().as_bytes()) {
            digits.push_str(can.digits());
        }
    }
    Enrolled::from_bytes(digits.as_bytes()).ok_or_else(|| too_many(path))
}

/// A scanner may write in another encoding than UTF-8, which the digits of a code are not touched by.
fn key(line: &[u8]) -> Option<AccessKey> {
    match (std::str::from_utf8(line), line.len()) {
        (Ok(digits), 6) => AccessKey::from_can(digits).ok(),
        (Ok(digits), 12) => AccessKey::from_number(digits).ok(),
        _ => AccessKey::from_number(Qr::from_bytes(line).ok()?.personal_number.as_str()).ok(),
    }
}

fn wrong(path: &Path, line: usize) -> Error {
    Error::usage("gate-enrol-line").with("path", path.display()).with("line", line)
}

fn too_many(path: &Path) -> Error {
    Error::usage("gate-enrol-too-many").with("path", path.display()).with("most", MOST)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Enrolled> {
        parse(text.as_bytes(), Path::new("cards.txt"))
    }

    #[test]
    fn a_card_is_given_by_code_number_or_access_number_and_once() {
        let text =
            "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Hà Nội|15032021\r\n\n 001160123456 \n000002\n001201000001\n";
        assert_eq!(parsed(text).unwrap().as_bytes(), b"000001123456000002");
        assert!(parsed("\n\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_card_is_told_by_its_line_and_not_repeated() {
        let messages = crate::messages::Messages::new(crate::messages::Language::En);
        for text in ["000001\n00000x\n", "000001\nhttps://example.vn\n", "000001\n0011990000012\n", "000001\n٣٣٣\n"] {
            let error = parsed(text).unwrap_err();
            assert_eq!(error.id(), "gate-enrol-line", "{text}");
            let message = error.message(&messages);
            assert!(message.contains("line 2") && !message.contains("0000"), "{message}");
        }
        // Windows-1252, as old scanners write it.
        let old = b"000001\n001160123456|012345678|Nguy\xEAn|01011999|N\xFB|H\xE0 N\xF4i|15032021\n";
        assert_eq!(parse(old, Path::new("-")).unwrap().as_bytes(), b"000001123456");
        let mixed = [&old[..], b"00\xFF001\n"].concat();
        assert!(parse(&mixed, Path::new("-")).unwrap_err().message(&messages).contains("line 3"));
        let many: String = (0..17).map(|number| format!("{number:06}\n")).collect();
        assert_eq!(parsed(&many).unwrap_err().id(), "gate-enrol-too-many");
    }
}
