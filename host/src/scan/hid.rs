//! A scanner that is a keyboard or a point-of-sale scanner at USB, read raw (Linux hidraw): no input method comes between.
//!
//! As a keyboard it sends eight bytes a key: modifiers, nothing, six keys (USB HID 1.11 appendix B.1; key numbers of HID Usage Tables §10).
//! Letters that no key has come as Alt and digits of the keypad, as byte or as code point. As a point-of-sale scanner it sends 64 bytes:
//! number 2, length, AIM symbology `]Q…`, up to 56 bytes of data, and in the last byte whether more follows (USB HID POS usage tables §4).

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;
use soat::vietnam::qr::Transmission;
use zeroize::Zeroizing;

use super::Content;
use super::watch::Watch;
use crate::abandon::{Patience, SLICE};
use crate::error::{Error, Result};
use crate::serial_port::{gone, is_ready, unusable};

/// How long after its last key a code without Enter is taken for whole.
const QUIET: Duration = Duration::from_millis(400);

/// Waits for one code.
///
/// # Errors
/// That the device cannot be used, that it went away, or that nothing came.
pub fn scan(device: &Path, patience: &Patience, watch: &mut dyn Watch) -> Result<Content> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0));
    let mut opened = options.open(device).map_err(|cause| unusable(device, &cause))?;
    watch.waits("scanner-waiting", device);
    let mut transmission = Transmission::default();
    let mut reports = Reports::default();
    let mut buffer = Zeroizing::new([0_u8; 64]);
    loop {
        let quiet = if transmission.is_empty() { patience.left().min(SLICE) } else { QUIET };
        if !is_ready(&opened, quiet).map_err(|cause| unusable(device, &cause))? {
            if transmission.is_empty() && !patience.is_over() {
                continue;
            }
            let timed_out = || Error::usage("scanner-silent").with("device", device.display().to_string());
            return transmission.take().map(|content| reports.whole(content)).ok_or_else(timed_out);
        }
        let bytes = match opened.read(&mut *buffer) {
            Ok(0) => return transmission.take().map(|content| reports.whole(content)).ok_or_else(|| gone(device)),
            Ok(len) => buffer.get(..len).unwrap_or_default(),
            Err(cause) if matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => continue,
            Err(_) => return Err(gone(device)),
        };
        if let Some(content) = reports.read(bytes, &mut transmission) {
            return Ok(content);
        }
    }
}

/// What the reports of a device have said so far.
#[derive(Default)]
struct Reports {
    /// The keys that were down in the last report.
    down: [u8; 6],
    /// The number that is being typed while Alt is down.
    code_point: Option<u32>,
    /// Whether a number was no byte: then those of the others that are no UTF-8 are code points too.
    has_code_points: bool,
}

/// Modifiers, left or right.
const SHIFT: u8 = 0x22;
const ALT: u8 = 0x44;

impl Reports {
    /// Takes what one read gave: a report, or several where a pipe joined them.
    fn read(&mut self, bytes: &[u8], transmission: &mut Transmission) -> Option<Content> {
        self.parts(bytes, transmission).map(|content| self.whole(content))
    }

    /// The content, its lone bytes as the letters of the same numbers where the scanner types code points.
    fn whole(&self, content: Content) -> Content {
        if !self.has_code_points {
            return content;
        }
        let mut whole = Zeroizing::new(Vec::with_capacity(content.len() * 2));
        for chunk in content.utf8_chunks() {
            whole.extend_from_slice(chunk.valid().as_bytes());
            for &byte in chunk.invalid() {
                whole.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        whole
    }

    fn parts(&mut self, bytes: &[u8], transmission: &mut Transmission) -> Option<Content> {
        match bytes {
            &[0x02, len, b']', _, _, ref rest @ ..] => {
                let data = rest.get(..usize::from(len).min(rest.len().min(56))).unwrap_or_default();
                let content = data.iter().find_map(|&byte| transmission.push(byte));
                let is_continued = bytes.get(63).is_some_and(|flags| flags & 1 == 1);
                content.or_else(|| if is_continued { None } else { transmission.take() })
            }
            // A device of several kinds numbers its reports.
            _ if bytes.len().is_multiple_of(9) => {
                bytes.chunks_exact(9).find_map(|report| self.keys(report.get(1..)?, transmission))
            }
            _ => bytes.chunks_exact(8).find_map(|report| self.keys(report, transmission)),
        }
    }

    fn keys(&mut self, report: &[u8], transmission: &mut Transmission) -> Option<Content> {
        let &[modifiers, _, ref keys @ ..] = report else { return None };
        let keys: [u8; 6] = keys.try_into().ok()?;
        let before = std::mem::replace(&mut self.down, keys);
        let pressed = keys.into_iter().filter(|key| *key > 3 && !before.contains(key));
        if modifiers & ALT != 0 {
            for digit in pressed.filter_map(keypad_digit) {
                self.code_point = Some(self.code_point.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            }
            return None;
        }
        let mut letter = [0; 4];
        let composed = match self.code_point.take() {
            None => &[][..],
            Some(number) => match u8::try_from(number) {
                Ok(byte) => std::slice::from_ref(letter.first_mut().map(|first| {
                    *first = byte;
                    &*first
                })?),
                Err(_) => {
                    self.has_code_points = true;
                    char::from_u32(number).unwrap_or('\u{FFFD}').encode_utf8(&mut letter).as_bytes()
                }
            },
        };
        let typed = pressed.filter_map(|key| character(key, modifiers & SHIFT != 0));
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(composed.iter().copied().chain(typed).collect());
        bytes.iter().find_map(|&byte| transmission.push(byte))
    }
}

fn keypad_digit(key: u8) -> Option<u32> {
    match key {
        0x59..=0x61 => Some(u32::from(key) - 0x58),
        0x62 => Some(0),
        _ => None,
    }
}

/// The character of a key on an American keyboard, which scanners are set to.
fn character(key: u8, shift: bool) -> Option<u8> {
    const PLAIN: &[u8] = b"1234567890\r\x1B\x08\t -=[]\\#;'`,./";
    const SHIFTED: &[u8] = b"!@#$%^&*()\r\x1B\x08\t _+{}|~:\"~<>?";
    const KEYPAD: &[u8] = b"/*-+\r1234567890.";
    match key {
        0x04..=0x1D => Some(key - 0x04 + if shift { b'A' } else { b'a' }),
        0x1E..=0x38 => if shift { SHIFTED } else { PLAIN }.get(usize::from(key - 0x1E)).copied(),
        0x54..=0x63 => KEYPAD.get(usize::from(key - 0x54)).copied(),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Hà Nội|15032021";

    /// As a scanner types a text: a report for each key that goes down, one for each that comes up; letters that no key has by their code
    /// point with Alt.
    fn typed(text: &str, by_byte: bool) -> Vec<[u8; 8]> {
        let mut reports = Vec::new();
        let mut press =
            |modifier: u8, key: u8| reports.extend([[modifier, 0, key, 0, 0, 0, 0, 0], [modifier & ALT, 0, 0, 0, 0, 0, 0, 0]]);
        let alt = |number: u32, press: &mut dyn FnMut(u8, u8)| {
            for digit in number.to_string().bytes() {
                press(0x04, if digit == b'0' { 0x62 } else { digit - b'1' + 0x59 });
            }
            press(0, 0);
        };
        for letter in text.chars() {
            match (4..=0x38)
                .flat_map(|key| [(key, false), (key, true)])
                .find(|&(key, shift)| letter.is_ascii() && character(key, shift) == Some(u8::try_from(letter).unwrap_or(0)))
            {
                Some((key, shift)) => press(if shift { 0x02 } else { 0 }, key),
                None if by_byte => letter.to_string().bytes().for_each(|byte| alt(byte.into(), &mut press)),
                None => alt(letter.into(), &mut press),
            }
        }
        reports
    }

    fn read<'a>(reports: impl IntoIterator<Item = &'a [u8]>) -> Option<String> {
        let (mut state, mut transmission) = (Reports::default(), Transmission::default());
        let content = reports.into_iter().find_map(|report| state.read(report, &mut transmission));
        content
            .or_else(|| transmission.take().map(|content| state.whole(content)))
            .map(|content| String::from_utf8_lossy(&content).into_owned())
    }

    #[test]
    fn a_keyboard_types_its_code() {
        for by_byte in [false, true] {
            let reports = typed(&format!("{CODE}\r"), by_byte);
            assert_eq!(read(reports.iter().map(|report| &report[..])).unwrap(), CODE);
            let joined = reports.concat();
            assert_eq!(read(joined.chunks(40)).unwrap(), CODE);
            let numbered: Vec<Vec<u8>> = reports.iter().map(|report| [&[1][..], report].concat()).collect();
            assert_eq!(read(numbered.iter().map(Vec::as_slice)).unwrap(), CODE);
        }
    }

    #[test]
    fn a_key_held_down_is_typed_once() {
        let held = [[0, 0, 0x1E, 0, 0, 0, 0, 0], [0, 0, 0x1E, 0x1F, 0, 0, 0, 0], [0, 0, 0x1F, 0, 0, 0, 0, 0]];
        assert_eq!(read(held.iter().map(|report| &report[..])).unwrap(), "12");
        // 1 in every place: too many keys
        assert_eq!(read([&[0, 0, 1, 1, 1, 1, 1, 1][..]]), None);
    }

    #[test]
    fn a_point_of_sale_scanner_sends_parts() {
        let report = |part: &[u8], continued: u8| {
            let mut report = [0; 64];
            report[..5].copy_from_slice(&[2, u8::try_from(part.len()).unwrap(), b']', b'Q', b'1']);
            report[5..5 + part.len()].copy_from_slice(part);
            report[63] = continued;
            report
        };
        let parts: Vec<&[u8]> = CODE.as_bytes().chunks(56).collect();
        let reports: Vec<_> = parts.iter().enumerate().map(|(i, part)| report(part, u8::from(i + 1 < parts.len()))).collect();
        assert_eq!(read(reports.iter().map(|report| &report[..])).unwrap(), CODE);
        // A length beyond the report is cut to it.
        let mut lying = report(b"x", 0);
        lying[1] = 255;
        assert!(read([&lying[..]]).is_some());
    }
}
