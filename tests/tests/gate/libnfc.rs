//! An independent driver, libnfc, before the PN532 of card-fixtures: emulator and firmware cannot be wrong together.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::{Modulation, Pn532};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use soat_tests::real_data::skip;

use super::*;

/// A pseudo-terminal: our end, and the name of the other.
fn terminal() -> (OwnedFd, String) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let mut attributes = tcgetattr(&ours).unwrap();
    attributes.make_raw();
    attributes.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&ours, OptionalActions::Now, &attributes).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    (ours, name)
}

/// What `nfc-list` prints of the chip with this card.
fn listed(modulation: Modulation) -> Option<String> {
    let (ours, name) = terminal();
    let mut child = Command::new("nfc-list")
        .arg("-v")
        .env("LIBNFC_DEVICE", format!("pn532_uart:{name}"))
        .env("LIBNFC_INTRUSIVE_SCAN", "no")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut pn532 = Pn532::new();
    pn532.lay(SharedChip::new(genuine()), modulation);
    let mut wire = File::from(ours);
    let end = Instant::now() + Duration::from_secs(30);
    let mut bytes = [0; 512];
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "nfc-list does not end; commands so far: {:02X?}", pn532.commands());
        let timeout = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
        let mut waiting = [PollFd::new(&wire, PollFlags::IN)];
        if poll(&mut waiting, Some(&timeout)).unwrap() == 0 || !waiting[0].revents().contains(PollFlags::IN) {
            continue;
        }
        let count = wire.read(&mut bytes).unwrap_or(0);
        wire.write_all(&pn532.receive(&bytes[..count])).unwrap();
    }
    let _ = wire.as_fd();
    let output = child.wait_with_output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn gate_pn532_is_one_for_libnfc_too() {
    let Some(text) = listed(Modulation::TypeA) else {
        return skip("nfc-list is not installed (libnfc-bin)");
    };
    assert!(text.contains("NFC device: "), "{text}");
    assert!(text.contains("ISO14443A") && text.contains("08  11  22  33") && text.contains("SAK"), "{text}");
    let text = listed(Modulation::TypeB).unwrap();
    assert!(text.contains("ISO14443B") && text.contains("11  22  33  44"), "{text}");
}
