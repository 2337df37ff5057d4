//! Without a session, the handshake, the session, its end, and keys.

use super::super::super::command::OutputCommand;
use super::*;

const JUMPER: u64 = 600_000;

#[test]
fn without_a_session_but_four_commands_are_answered() {
    for code in 0..=255_u8 {
        let mut line = Line::new();
        let expected = match code {
            0x61 | 0x62 => continue,
            0x76 | 0x77 => 0x05, // they need their security block
            _ => 0x06,
        };
        assert_eq!(line.plain(code, &[]), nak(expected), "{code:02X}");
        assert_eq!(line.events(), []);
    }
    let mut line = Line::new();
    assert_eq!((line.plain(0x61, &[0]).0, line.plain(0x62, &[0]).0), (0x45, 0x46));
    assert_eq!((line.plain(0x61, &[]), line.plain(0x62, &[0, 0])), (nak(0x02), nak(0x02)));
    assert_eq!((line.plain(0x61, &[1]), line.plain(0x62, &[1])), (nak(0x09), nak(0x09)));
}

#[test]
fn security_blocks_that_do_not_fit_are_refused() {
    for (why, block, code, data) in [
        ("a reply's block", &[0x12, 1][..], 0x76, &RANDOM[..]),
        ("no such block", &[0x19], 0x61, &[0]),
        ("no such block", &[0x10], 0x60, &[]),
        ("CHLNG in SCRYPT's block", &[0x13, 1], 0x76, &RANDOM),
        ("SCRYPT in CHLNG's block", &[0x11, 1], 0x77, &[0; 16]),
        ("ID in CHLNG's block", &[0x11, 1], 0x61, &[0]),
        ("no such key", &[0x11, 2], 0x76, &RANDOM),
        ("no key named", &[0x11], 0x76, &RANDOM),
        ("SCBK-D without the jumper", &[0x11, 0], 0x76, &RANDOM),
        ("SCRYPT without a key named", &[0x13], 0x77, &[0; 16]),
    ] {
        let mut line = Line::new();
        let frame = line.panel.frame(block, code, data);
        let heard = line.ask(&frame);
        assert_eq!((heard.code, heard.data), nak(0x05), "{why}");
    }
    let mut line = Line::with_key(None);
    assert_eq!(line.challenge(1).data, [0x05], "a device without a key");
    // A block that reaches past the frame.
    let mut frame = vec![0x53, ADDRESS, 10, 0, 0x0C, 9, 0x15, 0x60];
    seal(&mut frame, true);
    assert_eq!(line.ask(&frame).data, [0x05]);
}

#[test]
fn a_session_frame_without_a_session_is_refused() {
    let mut line = Line::new();
    for code in [0x60, 0x61, 0x68] {
        let frame = line.panel.frame(&[0x15], code, &[]);
        let heard = line.ask(&frame);
        assert_eq!((heard.code, heard.data), nak(0x06));
    }
}

#[test]
fn the_handshake_opens_a_session() {
    let mut line = Line::secure();
    assert!(line.peripheral.is_secure());
    assert_eq!(line.secured(0x60, &[]), ack());
    assert_eq!(line.secured(0x61, &[0]).0, 0x45);
    line.panel.crc = false;
    assert_eq!(line.secured(0x60, &[]), ack(), "with a checksum");
    // Data may also go in the clear, under their MAC alone, and an empty encryption is borne.
    for block in [0x15, 0x17] {
        let frame = line.panel.frame(&[block], 0x61, &[0]);
        assert_eq!(line.ask(&frame).code, 0x45);
    }
    let frame = line.panel.frame(&[0x17], 0x60, &[]);
    assert_eq!(line.ask(&frame).code, ACK);
}

#[test]
fn a_wrong_cryptogram_opens_nothing_and_is_told() {
    for bit in [0, 1, 64, 127] {
        let mut line = Line::new();
        let ccrypt = line.challenge(1);
        let (mut cryptogram, _) = Panel::prove(&KEY, &RANDOM, &ccrypt.data);
        cryptogram[bit / 8] ^= 1 << (bit % 8);
        let frame = line.panel.frame(&[0x13, 1], 0x77, &cryptogram);
        let heard = line.ask(&frame);
        assert_eq!((heard.code, heard.data), nak(0x06));
        assert_eq!((line.peripheral.is_secure(), line.events()), (false, vec![Event::PanelRefused]));
        // The right one comes too late.
        cryptogram[bit / 8] ^= 1 << (bit % 8);
        let frame = line.panel.frame(&[0x13, 1], 0x77, &cryptogram);
        assert_eq!(line.ask(&frame).data, [0x06]);
        assert!(!line.peripheral.is_secure());
    }
}

#[test]
fn a_proof_is_for_its_challenge_alone() {
    let mut line = Line::new();
    line.plain(0x61, &[0]);
    let frame = line.panel.frame(&[0x13, 1], 0x77, &[0; 16]);
    assert_eq!(line.ask(&frame).data, [0x06], "no challenge");
    let first = line.challenge(1);
    let second = line.challenge(1);
    assert_ne!(first.data[8..16], second.data[8..16], "a fresh random number each");
    let (old, _) = Panel::prove(&KEY, &RANDOM, &first.data);
    let frame = line.panel.frame(&[0x13, 1], 0x77, &old);
    assert_eq!(line.ask(&frame).data, [0x06]);
    assert_eq!(line.events(), [Event::PanelRefused]);

    let third = line.challenge(1);
    let (proof, _) = Panel::prove(&KEY, &RANDOM, &third.data);
    let frame = line.panel.frame(&[0x13, 0], 0x77, &proof);
    assert_eq!(line.ask(&frame).data, [0x06], "under another key's name");
    let frame = line.panel.frame(&[0x13, 1], 0x77, &proof[..15]);
    assert_eq!(line.ask(&frame).data, [0x02]);
    let frame = line.panel.frame(&[0x11, 1], 0x76, &RANDOM[..7]);
    assert_eq!(line.ask(&frame).data, [0x02]);
    assert!(!line.peripheral.is_secure());
}

#[test]
fn a_wrong_mac_ends_the_session() {
    for bit in 0..32 {
        let mut line = Line::secure();
        let mut frame = line.panel.secured(0x68, &[0, 2, 0, 0]);
        let at = frame.len() - 6 + bit / 8;
        frame[at] ^= 1 << (bit % 8);
        frame.truncate(frame.len() - 2);
        seal(&mut frame, true);
        let heard = line.ask(&frame);
        assert_eq!((heard.block, heard.code, heard.data), (vec![], NAK, vec![0x06]));
        assert_eq!(line.events(), [Event::SessionClosed(Closed::Unauthentic)], "nothing was driven");
        assert!(!line.peripheral.is_secure());
    }
}

#[test]
fn changed_data_end_the_session() {
    let mut line = Line::secure();
    let mut frame = line.panel.secured(0x68, &[0, 2, 0, 0]);
    frame[10] ^= 1;
    frame.truncate(frame.len() - 2);
    seal(&mut frame, true);
    assert_eq!(line.ask(&frame).data, [0x06]);
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Unauthentic)]);
}

#[test]
fn a_replayed_command_ends_the_session() {
    let mut line = Line::secure();
    let open = line.panel.secured(0x68, &[0, 2, 0, 0]);
    let reply = line.send(&open).unwrap();
    line.panel.read(&reply);
    for _ in 0..2 {
        assert_eq!(line.secured(0x60, &[]), ack());
    }
    assert_eq!(line.events().len(), 1);
    // The same number is due again.
    let heard = line.ask(&open);
    assert_eq!((heard.code, heard.data), nak(0x06));
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Unauthentic)]);
}

#[test]
fn a_command_of_another_session_ends_this_one() {
    let mut line = Line::secure();
    let old = line.panel.secured(0x68, &[0, 2, 0, 0]);
    line.open(&KEY, 1);
    line.events();
    line.ask(&old);
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Unauthentic)]);
}

#[test]
fn the_clear_changes_nothing_in_a_session() {
    let mut line = Line::secure();
    let next = line.panel.sequence;
    for (block, code, data) in [
        (&[][..], 0x60, &[][..]),
        (&[], 0x61, &[0]),
        (&[], 0x68, &[0, 2, 0, 0]),
        (&[], 0x75, &[1, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 99]),
        (&[0x13, 1], 0x77, &[0; 16]),
        (&[0x11, 7], 0x76, &RANDOM),
    ] {
        let frame = line.panel.frame_with(next, block, code, data);
        assert_eq!(line.ask(&frame).code, NAK);
    }
    assert_eq!((line.secured(0x60, &[]), line.events()), (ack(), vec![]));
}

#[test]
fn a_challenge_ends_the_session() {
    let mut line = Line::secure();
    let frame = line.panel.frame(&[0x11, 1], 0x76, &RANDOM);
    assert_eq!(line.ask(&frame).code, 0x76);
    assert!(!line.peripheral.is_secure());
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Restarted)]);
}

fn keyset(key: &[u8; 16]) -> Vec<u8> {
    [&[1, 16][..], key].concat()
}

#[test]
fn a_new_key_is_taken_in_a_session_and_holds_from_then_on() {
    let new: [u8; 16] = *b"quite another k\x01";
    let mut line = Line::secure();
    let frame = line.panel.secured(0x75, &keyset(&new));
    let reply = line.send(&frame).unwrap();
    assert_eq!(line.send(&frame).as_ref(), Some(&reply), "repeated");
    assert_eq!(line.panel.read(&reply).code, ACK);
    assert_eq!(line.events(), [Event::KeySet { insecure: false }, Event::SessionClosed(Closed::KeyChanged)]);
    assert_eq!(line.peripheral.key().unwrap().expose(), &new);
    line.open(&new, 1);
    assert_eq!(line.secured(0x60, &[]), ack());
}

#[test]
fn weak_and_malformed_keys_are_refused() {
    let mut line = Line::secure();
    let counting: [u8; 16] = core::array::from_fn(|i| u8::try_from(i).unwrap());
    for (why, data, code) in [
        ("SCBK-D", keyset(&key::DEFAULT), 0x09),
        ("all equal", keyset(&[0x5A; 16]), 0x09),
        ("all zero", keyset(&[0; 16]), 0x09),
        ("counting", keyset(&counting), 0x09),
        ("counting down", keyset(&counting.map(|byte| 200 - byte)), 0x09),
        ("another type", [&[2, 16][..], &KEY].concat(), 0x09),
        ("another length", [&[1, 15][..], &KEY].concat(), 0x09),
        ("short", keyset(&KEY)[..17].to_vec(), 0x02),
        ("long", [&keyset(&KEY)[..], &[0]].concat(), 0x02),
        ("nothing, and so not encrypted", vec![], 0x06),
    ] {
        assert_eq!(line.secured(0x75, &data), nak(code), "{why}");
    }
    let frame = line.panel.frame(&[0x15], 0x75, &keyset(b"quite another k\x01"));
    assert_eq!(line.ask(&frame).data, [0x06], "not encrypted");
    assert_eq!(line.peripheral.key().unwrap().expose(), &KEY);
    assert_eq!((line.events(), line.secured(0x60, &[])), (vec![], ack()));
}

#[test]
fn the_default_key_sets_a_key_with_the_jumper_and_does_nothing_else() {
    let mut line = Line::with_key(None);
    line.peripheral.set_jumper(true, line.now);
    line.open(&key::DEFAULT, 0);
    assert_eq!(line.events(), [Event::SessionOpened { insecure: true }]);
    assert!(!line.peripheral.is_secure());
    assert!(!line.peripheral.report_card(CardBits::new(1, 26).unwrap(), line.now));

    assert_eq!(line.secured(0x60, &[]), ack());
    assert_eq!(line.secured(0x61, &[0]).0, 0x45);
    for code in 0..=255_u8 {
        if matches!(code, 0x60..=0x62 | 0x75..=0x77) {
            continue;
        }
        assert_eq!(line.secured(code, &[0, 2, 0, 0]), nak(0x06), "{code:02X}");
    }
    assert_eq!(line.events(), []);

    assert_eq!(line.secured(0x75, &keyset(&KEY)), ack());
    assert_eq!(line.events(), [Event::KeySet { insecure: true }, Event::SessionClosed(Closed::KeyChanged)]);
    line.panel.session = None;
    assert_eq!(line.challenge(0).data, [0x05], "the jumper has served");
    line.open(&KEY, 1);
    assert!(line.peripheral.is_secure());
}

#[test]
fn the_jumper_holds_for_ten_minutes() {
    let mut line = Line::new();
    assert_eq!(line.challenge(0).data, [0x05]);
    line.peripheral.set_jumper(true, line.now);
    line.now += JUMPER - 5_000;
    // Set all the while: that gives no further ten minutes.
    line.peripheral.set_jumper(true, line.now);
    line.open(&key::DEFAULT, 0);
    line.now += 4_999;
    assert_eq!(line.secured(0x60, &[]), ack());
    line.now += 1;
    let frame = line.panel.secured(0x75, &keyset(b"quite another k\x01"));
    assert_eq!(line.ask(&frame).data, [0x06]);
    assert_eq!(line.events(), [Event::SessionOpened { insecure: true }, Event::SessionClosed(Closed::JumperOpened)]);
    assert_eq!(line.challenge(0).data, [0x05]);

    line.peripheral.set_jumper(false, line.now);
    line.peripheral.set_jumper(true, line.now);
    line.open(&key::DEFAULT, 0);
    line.peripheral.set_jumper(false, line.now);
    assert_eq!(line.events(), [Event::SessionOpened { insecure: true }, Event::SessionClosed(Closed::JumperOpened)]);
}

#[test]
fn handshakes_refused_in_a_flood_leave_room_for_commands() {
    let mut line = Line::new();
    for _ in 0..50 {
        line.challenge(1);
        let frame = line.panel.frame(&[0x13, 1], 0x77, &[0; 16]);
        line.ask(&frame);
    }
    line.open(&KEY, 1);
    assert_eq!(line.secured(0x68, &[0, 2, 0, 0]), ack());
    assert!(line.peripheral.lost_events() > 0);
    assert_eq!(line.events().last(), Some(&Event::Output(OutputCommand::Set(true))));
}
