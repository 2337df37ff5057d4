//! Scanners and cameras, with stand-ins: a pseudo-terminal, recorded reports in a pipe, a stream of pictures.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::fs::Mode;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use soat_tests::card_photos::{CardPhoto, Condition};
use soat_tests::command::{Finished, run, soat};

use crate::{NOW, OF_2021, OF_2024, json};

/// A serial line: our end, and the port that the program opens.
fn line() -> (OwnedFd, PathBuf) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let port = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    (ours, PathBuf::from(port))
}

fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until the program listens: it says so.
fn listening(child: &mut Child) -> Vec<u8> {
    use std::io::Read;
    let mut said = Vec::new();
    let mut byte = [0];
    while !said.ends_with(b"\n") && child.stderr.as_mut().unwrap().read(&mut byte).unwrap() > 0 {
        said.push(byte[0]);
    }
    said
}

fn sent(port: &OwnedFd, parts: &[&[u8]]) {
    for part in parts {
        rustix::io::write(port, part).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
}

fn at_port(arguments: &[&str], parts: &[&[u8]]) -> Finished {
    let (ours, port) = line();
    let mut child = start(&mut soat(&[arguments, &["--serial", port.to_str().unwrap(), "--json"]].concat()));
    listening(&mut child);
    sent(&ours, parts);
    let finished = Finished::from(child.wait_with_output().unwrap());
    drop(ours);
    finished
}

#[test]
fn a_scanner_at_a_serial_port() {
    let spoilt: String = OF_2021.bytes().map(char::from).collect();
    let half = OF_2024.len() / 2;
    for parts in [
        vec![OF_2024.as_bytes(), b"\r"],
        vec![OF_2024.as_bytes(), b"\r\n"],
        // In pieces, and without a line end
        vec![&OF_2024.as_bytes()[..half], &OF_2024.as_bytes()[half..]],
        vec![b"\xEF\xBB\xBF", OF_2024.as_bytes(), b"\n"],
        vec![spoilt.as_bytes(), b"\r"],
    ] {
        let finished = at_port(&["qr"], &parts);
        let code = &json(&finished)["scans"][0]["codes"][0];
        assert_eq!((finished.code, &code["fields"]["full_name"]), (0, &"Nguyễn Thị Mẫu".into()), "{finished:?}");
    }
}

#[test]
fn a_scanner_that_sends_half_a_line() {
    let finished = at_port(&["qr"], &[&OF_2021.as_bytes()[..40]]);
    assert_eq!((finished.code, json(&finished)["scans"][0]["codes"][0]["kind"].as_str()), (2, Some("torn_card")), "{finished:?}");
    let opened = at_port(&["read", "--reader", "virtual"], &[&OF_2021.as_bytes()[..40], b"\r"]);
    assert_eq!((opened.code, json(&opened)["error"]["code"].as_str()), (2, Some("qr-torn")), "{opened:?}");
}

#[test]
fn a_scan_opens_the_chip() {
    let finished =
        at_port(&["read", "--reader", "virtual:vietnam-2024", "--no-photo", "--now", NOW], &[OF_2024.as_bytes(), b"\r"]);
    assert_eq!((finished.code, &json(&finished)["overall"]), (0, &"successful".into()), "{finished:?}");
}

#[test]
fn ports_that_are_none_or_silent() {
    let (ours, port) = line();
    let silent = run(&mut soat(&["qr", "--serial", port.to_str().unwrap(), "--wait", "1", "--json"]));
    assert_eq!((silent.code, json(&silent)["error"]["code"].as_str()), (2, Some("scanner-silent")), "{silent:?}");
    let mut child = start(&mut soat(&["qr", "--serial", port.to_str().unwrap(), "--json"]));
    listening(&mut child);
    drop(ours);
    let gone = Finished::from(child.wait_with_output().unwrap());
    assert_eq!((gone.code, json(&gone)["error"]["code"].as_str()), (4, Some("scanner-gone")), "{gone:?}");
    for (port, id) in [("/dev/null", "serial-not-a-port"), ("/dev/ttyNOTHING", "scanner-not-found")] {
        let finished = run(&mut soat(&["qr", "--serial", port, "--json"]));
        assert_eq!((finished.code, json(&finished)["error"]["code"].as_str()), (2, Some(id)), "{finished:?}");
    }
}

/// A pipe in the place of a device.
fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("device");
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    path
}

/// As a keyboard types: number keys, capital and small letters, `|` with Shift, Enter.
fn keys(text: &str) -> Vec<u8> {
    text.chars()
        .flat_map(|letter| {
            let (shift, key) = match letter {
                '1'..='9' => (0, 0x1E + u8::try_from(letter).unwrap() - b'1'),
                '0' => (0, 0x27),
                '|' => (2, 0x31),
                'A'..='Z' => (2, 4 + u8::try_from(letter).unwrap() - b'A'),
                'a'..='z' => (0, 4 + u8::try_from(letter).unwrap() - b'a'),
                ' ' => (0, 0x2C),
                _ => (0, 0x28),
            };
            [[shift, 0, key, 0, 0, 0, 0, 0], [0; 8]].concat()
        })
        .collect()
}

#[test]
fn a_scanner_as_a_raw_keyboard() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut child = start(&mut soat(&["qr", "--hid", path.to_str().unwrap(), "--json"]));
    listening(&mut child);
    let mut device = File::options().write(true).open(&path).unwrap();
    device.write_all(&keys("001199000001||Nguyen Van Mau|01011999|Nam|Ha Noi|15032021\r")).unwrap();
    let finished = Finished::from(child.wait_with_output().unwrap());
    let code = &json(&finished)["scans"][0]["codes"][0];
    assert_eq!((finished.code, &code["fields"]["full_name"]), (0, &"Nguyen Van Mau".into()), "{finished:?}");
}

/// A stream of pictures: black ones first, then the card.
fn film(frames: &[(&[u8], usize, usize)]) -> Vec<u8> {
    let (_, width, height) = frames[0];
    let mut film = format!("YUV4MPEG2 W{width} H{height} F30:1 Cmono\n").into_bytes();
    for (luma, ..) in frames {
        film.extend_from_slice(b"FRAME\n");
        film.extend_from_slice(luma);
    }
    film
}

#[test]
fn a_camera_sees_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.y4m");
    let photo = CardPhoto::new(Condition::Good, 1);
    let picture = photo.picture();
    let (width, height) = (picture.width(), picture.height());
    let black = vec![16; width * height];
    fs::write(&path, film(&[(&black, width, height), (&black, width, height), (picture.luma(), width, height)])).unwrap();
    let finished = run(&mut soat(&["qr", "--camera", path.to_str().unwrap(), "--json"]));
    let number = photo.text.split('|').next().unwrap();
    let code = &json(&finished)["scans"][0]["codes"][0];
    assert_eq!((finished.code, code["fields"]["personal_number"].as_str()), (0, Some(number)), "{finished:?}");
    // A film that ends without a card, one that is torn, and what is none.
    fs::write(&path, film(&[(&black, width, height)])).unwrap();
    let none = run(&mut soat(&["qr", "--camera", path.to_str().unwrap(), "--json"]));
    assert_eq!((none.code, json(&none)["error"]["code"].as_str()), (2, Some("scanner-silent")), "{none:?}");
    for header in ["RIFF", "YUV4MPEG2 W0 H9\n", "YUV4MPEG2 W99999999 H99999999\n", "YUV4MPEG2 W4 H4 C420p10\n"] {
        fs::write(&path, header).unwrap();
        let finished = run(&mut soat(&["qr", "--camera", path.to_str().unwrap(), "--json"]));
        assert_eq!(
            (finished.code, json(&finished)["error"]["code"].as_str()),
            (2, Some("camera-no-stream")),
            "{header} {finished:?}"
        );
    }
    let no_camera = run(&mut soat(&["qr", "--camera", "/dev/null", "--json"]));
    assert_eq!(json(&no_camera)["error"]["code"], "camera-no-stream");
}
