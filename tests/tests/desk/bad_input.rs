//! What goes wrong at a desk: each ends in a clear message with a remedy and the exit code of the README.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;

use card_fixtures::chip::{LostTag, Quirks};
use card_fixtures::personalisation::{Personalisation, personalise};
use soat_tests::command::{Finished, run};

use super::{Desk, end, json, spawn, wait_until};

/// A message, its remedy and the exit code; nothing on standard output that a program could take for a result.
fn assert_refused(finished: &Finished, code: i32, message: &str, remedy: &str) {
    assert_eq!(finished.code, code, "{finished:?}");
    assert!(finished.stderr.contains(message) && finished.stderr.contains(remedy), "{finished:?}");
    assert_eq!(finished.stdout, "", "{finished:?}");
    assert!(!finished.stderr.contains('\u{FFFD}'), "something of our own was taken for a control character: {finished:?}");
}

fn lost(after: u32, comes_back: bool, other: Option<Personalisation>) -> Quirks {
    Quirks { lost_tag: Some(LostTag { after, comes_back, other: other.map(Box::new) }), ..Quirks::default() }
}

#[test]
fn no_card() {
    let Some(desk) = Desk::new() else { return };
    let finished = run(&mut desk.read(&["--can", "000001", "--wait", "1"]));
    assert_refused(&finished, 4, "No card was laid on the reader within 1 second", "turn it over");
}

#[test]
fn two_readers_and_none_named() {
    let Some(desk) = Desk::new() else { return };
    let finished = run(&mut desk.soat(&["read", "--can", "000001"]));
    assert_refused(&finished, 2, "several readers", "--reader");
    assert!(finished.stderr.contains("“Virtual PCD 00 00”, “Virtual PCD 00 01”"), "{finished:?}");
    let finished = run(&mut desk.soat(&["read", "--reader", "Nothing", "--can", "000001"]));
    assert_refused(&finished, 2, "No reader is called “Nothing”", "one of these names");
}

#[test]
fn a_wrong_can_is_tried_once() {
    let Some(desk) = Desk::new() else { return };
    let card = desk.lay_genuine("vietnam-2024");
    let finished = run(&mut desk.read(&["--can", "999999"]));
    assert_refused(&finished, 4, "not that of this card (PACE)", "digit by digit");
    assert_eq!(card.chip.lock().failed_attempts(), 1);
    assert!(!finished.stderr.contains("999999"), "no key in a message");
    let finished = run(&mut desk.read(&["--can", "999999", "--json"]));
    assert_eq!((finished.code, json(&finished)["error"]["code"].as_str()), (4, Some("card-access-denied")), "{finished:?}");
}

#[test]
fn a_card_that_is_taken_away() {
    let Some(desk) = Desk::new() else { return };
    let _card = desk.lay(personalise("vietnam-2024").unwrap(), lost(30, false, None));
    let finished = run(&mut desk.read(&["--can", "000001", "--save", "card.soat"]));
    assert_refused(&finished, 4, "removed or lost", "lying still");
    assert!(!desk.path("card.soat").exists(), "nothing is kept of a card that was not read");
}

#[test]
fn a_card_whose_reader_loses_it_in_the_middle() {
    let Some(desk) = Desk::new() else { return };
    let card = desk.lay_genuine("vietnam-2024");
    let reading = spawn(&mut desk.read(&["--can", "000001"]));
    wait_until("the middle of the read", || card.chip.apdus() > 20);
    drop(card);
    assert_refused(&end(reading), 4, "removed or lost", "lying still");
}

#[test]
fn another_card_after_a_lost_tag() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    let mut other = personalise("vietnam-2024").unwrap();
    *other.application_files.get_mut(&0x011D).unwrap().last_mut().unwrap() ^= 1;
    let _card = desk.lay(personalise("vietnam-2024").unwrap(), lost(40, true, Some(other)));
    let finished = run(&mut desk.read(&["--can", "000001"]));
    assert_refused(&finished, 4, "Another card was laid on the reader", "one card");
}

#[test]
fn a_reader_that_goes_away_in_the_middle() {
    let Some(desk) = Desk::new() else { return };
    let card = desk.lay_genuine("vietnam-2024");
    let reading = spawn(&mut desk.read(&["--can", "000001"]));
    wait_until("the middle of the read", || card.chip.apdus() > 20);
    let Desk { daemon, folder } = desk;
    drop(daemon);
    assert_refused(&end(reading), 4, "The reader was unplugged", "soat readers");
    drop(folder);
}

#[test]
fn a_daemon_that_is_not_there() {
    let Some(desk) = Desk::new() else { return };
    let nowhere = desk.path("no-daemon");
    let finished = run(desk.read(&["--can", "000001"]).env("PCSCLITE_CSOCK_NAME", nowhere));
    assert_refused(&finished, 4, "PC/SC service (pcscd) is not running", "apt install pcscd");
}

/// Speaks vpcd's protocol for a card that knows no file and no application.
fn bank_card(address: (Ipv4Addr, u16)) {
    let Ok(mut stream) = TcpStream::connect(address) else { return };
    loop {
        let mut length = [0; 2];
        if stream.read_exact(&mut length).is_err() {
            return;
        }
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        if stream.read_exact(&mut message).is_err() {
            return;
        }
        let answer: &[u8] = match message.as_slice() {
            [4] => &[0x3B, 0x65, 0x00, 0x00, 0x20, 0x63, 0xCB, 0x66, 0x00],
            [_] => continue,
            _ => &[0x6A, 0x82],
        };
        let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
        if stream.write_all(&[&length, answer].concat()).is_err() {
            return;
        }
    }
}

#[test]
fn a_card_that_is_no_id_card() {
    let Some(desk) = Desk::new() else { return };
    let address = desk.daemon.address();
    let card = thread::spawn(move || bank_card(address));
    let finished = run(&mut desk.read(&["--can", "000001"]));
    assert_refused(&finished, 4, "not an ID card", "bank cards");
    drop(desk);
    card.join().unwrap();
}
