//! The chip in a real pcscd, seen by a PC/SC client. The client runs in a process of its own, since it finds the daemon by its environment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use card_fixtures::chip::{ExtendedLength, LostTag, Quirks, VirtualChip};
use card_fixtures::personalisation::Personalisation;
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pcscd::{Pcscd, SOCKET_VARIABLE};
use card_fixtures::plug::vpcd;
use pcsc::{Context, Protocols, ReaderState, Scope, ShareMode, State};

/// A card without access control, so that the client needs no keys.
fn plain_card() -> Personalisation {
    Personalisation {
        name: "plain".into(),
        description: "without access control".into(),
        master_files: BTreeMap::from([(0x011C, vec![0x31, 0x00])]),
        application_files: BTreeMap::from([(0x0102, vec![0x75; 70_000])]),
        guarded_files: Vec::new(),
        mrz_key: None,
        can: None,
        pin: None,
        puk: None,
        bac: false,
        pace: Vec::new(),
        chip_keys: Vec::new(),
        mapping_key: None,
        active_authentication: None,
    }
}

fn daemon() -> Option<Pcscd> {
    match Pcscd::start() {
        Ok(daemon) => Some(daemon),
        Err(error) => {
            eprintln!("SKIPPED, this test needs pcscd with vpcd: {error} {:?}", std::error::Error::source(&error));
            None
        }
    }
}

/// Runs one of the client functions below against the daemon.
fn run_client(daemon: &Pcscd, name: &str) -> std::thread::JoinHandle<std::process::Output> {
    let mut client = Command::new(std::env::current_exe().unwrap());
    client.args(["--exact", name, "--ignored", "--nocapture"]).env(SOCKET_VARIABLE, daemon.socket());
    std::thread::spawn(move || client.output().unwrap())
}

fn assert_passed(output: std::process::Output) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn a_client_reads_the_chip_in_short_and_extended_length() {
    let Some(daemon) = daemon() else { return };
    let quirks = Quirks { extended_length: ExtendedLength::Always, ..Quirks::default() };
    let chip = SharedChip::new(VirtualChip::with_quirks(plain_card(), 1, quirks));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let server = scope.spawn(|| vpcd::serve(&chip, daemon.address(), &stop));
        let output = run_client(&daemon, "client_reads").join().unwrap();
        stop.store(true, Ordering::Relaxed);
        server.join().unwrap().unwrap();
        assert_passed(output);
    });
    assert_eq!(chip.apdus(), 5);
}

#[test]
#[ignore = "the client of another test"]
fn client_reads() {
    let context = Context::establish(Scope::User).unwrap();
    let reader = wait_for(&context, State::PRESENT);
    let card = context.connect(&reader, ShareMode::Shared, Protocols::ANY).unwrap();
    let mut buffer = vec![0; 70_000];
    let atr = card.status2_owned().unwrap().atr().to_vec();
    assert_eq!(hex::encode(&atr), "3b8580018073 9401c0a2".replace(' ', ""));

    let mut send = |command: &str| card.transmit(&hex::decode(command).unwrap(), &mut buffer).unwrap().to_vec();
    assert_eq!(send("00A4020C02011C"), [0x90, 0x00]);
    assert_eq!(send("00B0000000"), [0x31, 0x00, 0x90, 0x00]);
    assert_eq!(send("00A4040C07A0000002471001"), [0x90, 0x00]);
    assert_eq!(send("00A4020C020102"), [0x90, 0x00]);
    let long = send("00B0000000FFFD");
    assert_eq!(long.len(), 65_533 + 2);
}

#[test]
fn a_lost_tag_comes_back() {
    let Some(daemon) = daemon() else { return };
    let lost = LostTag { after: 1, comes_back: true, other: None };
    let quirks = Quirks { lost_tag: Some(lost), ..Quirks::default() };
    let chip = SharedChip::new(VirtualChip::with_quirks(plain_card(), 1, quirks));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let server = scope.spawn(|| vpcd::serve(&chip, daemon.address(), &stop));
        let output = run_client(&daemon, "client_loses_the_tag").join().unwrap();
        stop.store(true, Ordering::Relaxed);
        server.join().unwrap().unwrap();
        assert_passed(output);
    });
}

#[test]
#[ignore = "the client of another test"]
fn client_loses_the_tag() {
    let context = Context::establish(Scope::User).unwrap();
    let reader = wait_for(&context, State::PRESENT);
    let mut card = context.connect(&reader, ShareMode::Shared, Protocols::ANY).unwrap();
    let mut buffer = [0; 300];
    let select = hex::decode("00A4040C07A0000002471001").unwrap();
    assert_eq!(card.transmit(&select, &mut buffer).unwrap(), [0x90, 0x00]);
    // vpcd gives an answer without bytes, or an error once it has noticed.
    let answer = card.transmit(&select, &mut buffer);
    assert!(matches!(answer, Err(_) | Ok([])), "{answer:?}");
    wait_for(&context, State::EMPTY);
    wait_for(&context, State::PRESENT);
    card.reconnect(ShareMode::Shared, Protocols::ANY, pcsc::Disposition::ResetCard).unwrap();
    assert_eq!(card.transmit(&select, &mut buffer).unwrap(), [0x90, 0x00]);
}

#[test]
fn a_daemon_that_goes_away_is_an_error() {
    let Some(daemon) = daemon() else { return };
    let chip = SharedChip::new(VirtualChip::new(plain_card(), 1));
    let stop = AtomicBool::new(false);
    let address = daemon.address();
    std::thread::scope(|scope| {
        let server = scope.spawn(|| vpcd::serve(&chip, address, &stop));
        std::thread::sleep(Duration::from_millis(500));
        assert!(!server.is_finished());
        drop(daemon);
        assert!(matches!(server.join().unwrap(), Err(vpcd::Error::Closed)));
        assert!(matches!(vpcd::serve(&chip, address, &stop), Err(vpcd::Error::NoReader(_))));
    });
}

/// Waits until the first virtual reader is in a state.
fn wait_for(context: &Context, wanted: State) -> std::ffi::CString {
    let reader = context.list_readers_owned().unwrap().into_iter().next().unwrap();
    let mut states = [ReaderState::new(reader.clone(), State::UNAWARE)];
    for _ in 0..20 {
        context.get_status_change(Duration::from_secs(1), &mut states).unwrap_or(());
        if states[0].event_state().contains(wanted) {
            return reader;
        }
        states[0].sync_current_state();
    }
    panic!("the reader did not reach {wanted:?}");
}
