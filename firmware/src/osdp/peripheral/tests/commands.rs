//! What each command does in a session.

use super::super::super::command::{BuzzerCommand, LedPermanent, LedTemporary, OutputCommand};
use super::super::super::status::ReaderStatus;
use super::*;

const BUSY: u8 = 0x79;

#[test]
fn capabilities_name_what_is_there() {
    let mut line = Line::secure();
    let (code, data) = line.secured(0x62, &[0]);
    assert_eq!((code, data.len() % 3), (0x46, 0));
    let of = |function: u8| data.chunks(3).find(|entry| entry[0] == function).map(|entry| (entry[1], entry[2]));
    assert_eq!((of(1), of(2)), (Some((1, 2)), Some((3, 1))), "two inputs, one timed output");
    assert_eq!((of(6), of(8), of(9)), (Some((1, 1)), Some((1, 0)), Some((1, 0))), "display, CRC, AES");
    assert_eq!(of(10), Some((0x00, 0x02)), "512 bytes");
    assert_eq!(of(16), Some((2, 0)), "SIA OSDP 2.2");
}

#[test]
fn status_is_told_when_asked_and_when_it_changes() {
    let mut line = Line::secure();
    assert_eq!(line.secured(0x64, &[]), (0x48, vec![0, 0]));
    assert_eq!(line.secured(0x65, &[]), (0x49, vec![0, 0]));
    assert_eq!(line.secured(0x66, &[]), (0x4A, vec![0]));
    assert_eq!(line.secured(0x67, &[]), (0x4B, vec![0]));
    assert_eq!(line.secured(0x60, &[]), ack());

    line.peripheral.set_status(Status {
        tamper: true,
        door_open: true,
        relay: true,
        reader: ReaderStatus::NotConnected,
        ..Status::default()
    });
    assert_eq!(line.secured(0x66, &[]), (0x4A, vec![1]), "what was asked for is not told again");
    assert_eq!(line.secured(0x60, &[]), (0x48, vec![1, 0]));
    assert_eq!(line.secured(0x60, &[]), (0x4B, vec![1]));
    assert_eq!(line.secured(0x60, &[]), (0x49, vec![1, 0]));
    assert_eq!(line.secured(0x60, &[]), ack());

    line.open(&KEY, 1);
    assert_eq!(line.secured(0x60, &[]), (0x48, vec![1, 0]), "a new session is told what is not at rest");
}

#[test]
fn a_card_is_reported_once() {
    let mut line = Line::secure();
    assert!(line.peripheral.report_card(CardBits::new(0x0123_4567, 26).unwrap(), line.now));
    let frame = line.panel.secured(0x60, &[]);
    let reply = line.send(&frame).unwrap();
    assert_eq!(line.send(&frame).as_ref(), Some(&reply), "the same reply to the same POLL");
    let heard = line.panel.read(&reply);
    assert_eq!((heard.code, heard.data), (0x50, vec![0, 1, 26, 0, 0x48, 0xD1, 0x59, 0xC0]));
    assert_eq!(line.secured(0x60, &[]), ack());
}

#[test]
fn a_card_waits_for_no_other_session_and_not_for_long() {
    let card = CardBits::new(1, 34).unwrap();
    let mut line = Line::new();
    assert!(!line.peripheral.report_card(card, line.now), "no session");
    line.open(&KEY, 1);
    assert!(line.peripheral.report_card(card, line.now));
    line.open(&KEY, 1);
    assert_eq!(line.secured(0x60, &[]), ack(), "another session");
    assert!(line.peripheral.report_card(card, line.now));
    line.now += 5_001;
    assert_eq!(line.secured(0x60, &[]), ack(), "too late");
}

#[test]
fn tampering_comes_before_a_card() {
    let mut line = Line::secure();
    line.peripheral.report_card(CardBits::new(1, 26).unwrap(), line.now);
    line.peripheral.set_status(Status { tamper: true, exit_button: true, ..Status::default() });
    let codes: Vec<u8> = (0..4).map(|_| line.secured(0x60, &[]).0).collect();
    assert_eq!(codes, [0x48, 0x50, 0x49, ACK]);
}

#[test]
fn outputs_lamps_and_buzzers_are_handed_over_record_by_record() {
    let mut line = Line::secure();
    assert_eq!(line.secured(0x68, &[0, 5, 50, 0, 0, 1, 0, 0]), ack());
    assert_eq!(line.secured(0x69, &[0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0]), ack());
    assert_eq!(line.secured(0x6A, &[0, 2, 2, 2, 1]), ack());
    assert_eq!(line.secured(0x6B, &[&[0, 1, 0, 1, 1, 4][..], b"CCCD"].concat()), ack());
    assert_eq!(line.secured(0xA7, &[0x10, 0x27]), ack());
    let events = line.events();
    assert_eq!(events[0], Event::Output(OutputCommand::For { on: true, tenths: 50 }));
    assert_eq!(events[1], Event::Output(OutputCommand::Set(false)));
    let Event::Led(led) = events[2] else { panic!("{:?}", events[2]) };
    assert!(led.temporary == LedTemporary::Cancel && matches!(led.permanent, LedPermanent::Set(_)));
    assert_eq!(events[3], Event::Buzzer(BuzzerCommand::Tone { on_tenths: 2, off_tenths: 2, times: 1 }));
    let Event::Text(text) = events[4] else { panic!("{:?}", events[4]) };
    assert_eq!(text.text(), "CCCD");
    assert_eq!(events[5..], [Event::KeepActive(10_000)]);
}

#[test]
fn without_a_display_there_is_no_text() {
    let mut line = Line::with(Some(KEY), false);
    line.open(&KEY, 1);
    assert_eq!(line.secured(0x6B, &[&[0, 1, 0, 1, 1, 4][..], b"CCCD"].concat()), nak(0x03));
    let (_, data) = line.secured(0x62, &[0]);
    assert_eq!(data.chunks(3).find(|entry| entry[0] == 6), Some(&[6, 0, 0][..]));
}

#[test]
fn what_is_wrong_is_refused_and_not_done_in_part() {
    let mut line = Line::secure();
    for (why, code, data, error) in [
        ("a second output", 0x68, &[0, 2, 0, 0, 1, 2, 0, 0][..], 0x09),
        ("more outputs than can ever wait", 0x68, &[0; 4 * 17], 0x09),
        ("half a record", 0x68, &[0, 2, 0, 0, 0, 2], 0x02),
        ("no record", 0x68, &[], 0x02),
        ("LED half a record", 0x69, &[0; 13], 0x02),
        ("LED of another reader", 0x69, &[1; 14], 0x09),
        ("BUZ half a record", 0x6A, &[0; 4], 0x02),
        ("BUZ unknown tone", 0x6A, &[0, 9, 1, 1, 1], 0x09),
        ("TEXT without its length", 0x6B, &[0; 5], 0x02),
        ("TEXT not printable", 0x6B, &[0, 1, 0, 1, 1, 1, 7], 0x09),
        ("POLL with data", 0x60, &[0], 0x02),
        ("LSTAT with data", 0x64, &[0], 0x02),
        ("ISTAT with data", 0x65, &[0], 0x02),
        ("OSTAT with data", 0x66, &[0], 0x02),
        ("RSTAT with data", 0x67, &[0], 0x02),
        ("ID without its form", 0x61, &[], 0x02),
        ("COMSET too short", 0x6E, &[0; 4], 0x02),
        ("ACURXSIZE too short", 0x7B, &[0], 0x02),
        ("ACURXSIZE too small", 0x7B, &[127, 0], 0x09),
        ("KEEPACTIVE too long", 0xA7, &[0; 3], 0x02),
        ("ABORT with data", 0xA2, &[0], 0x02),
        ("FILETRANSFER too short", 0x7C, &[0; 10], 0x02),
        ("CHLNG in the session", 0x76, &RANDOM, 0x05),
        ("SCRYPT in the session", 0x77, &[0; 16], 0x05),
        ("nothing at all", 0x00, &[], 0x03),
    ] {
        assert_eq!(line.secured(code, data), nak(error), "{why}");
    }
    assert_eq!(line.events(), []);
    assert_eq!((line.secured(0x7B, &[128, 0]), line.secured(0xA2, &[])), (ack(), ack()));
}

#[test]
fn an_owner_that_does_not_take_its_events_is_busy() {
    let mut line = Line::secure();
    for _ in 0..16 {
        assert_eq!(line.secured(0x68, &[0, 2, 0, 0]), ack());
    }
    let frame = line.panel.secured(0x68, &[0, 1, 0, 0]);
    for _ in 0..2 {
        let heard = line.ask(&frame);
        assert_eq!((heard.code, heard.sequence, heard.block, heard.data), (BUSY, 0, vec![], vec![]));
    }
    line.peripheral.event();
    assert_eq!(line.ask(&frame).code, ACK, "the same frame, once there is room");
    let two = line.panel.secured(0x68, &[0, 1, 0, 0, 0, 1, 0, 0]);
    line.peripheral.event();
    assert_eq!(line.ask(&two).code, BUSY, "all records or none");
    assert_eq!(line.events().len(), 15);
    assert_eq!(line.ask(&two).code, ACK);
}

#[test]
fn a_busy_command_may_come_again_under_the_number_before() {
    let mut line = Line::secure();
    for _ in 0..16 {
        assert_eq!(line.secured(0x68, &[0, 2, 0, 0]), ack());
    }
    let before = [3, 1, 2][usize::from(line.panel.sequence) - 1];
    let ask = |line: &mut Line| {
        let frame = line.panel.frame_with(before, &[0x17], 0x68, &[0, 1, 0, 0]);
        line.ask(&frame)
    };
    assert_eq!(ask(&mut line).data, [0x04], "not without BUSY");
    let frame = line.panel.secured(0x68, &[0, 1, 0, 0]);
    assert_eq!(line.ask(&frame).code, BUSY);
    assert_eq!(line.events().len(), 16);
    let heard = ask(&mut line);
    assert_eq!((heard.code, heard.sequence), (ACK, before));
    assert_eq!(line.events(), [Event::Output(OutputCommand::Set(false))]);
    assert_eq!(ask(&mut line).data, [0x04], "and once only");
}

#[test]
fn a_line_that_can_be_holds_after_the_reply() {
    let mut line = Line::secure();
    let (code, data) = line.secured(0x6E, &[9, 0x00, 0xC2, 0x01, 0x00]);
    assert_eq!((code, &data[..]), (0x54, &[9, 0x00, 0xC2, 0x01, 0x00][..]), "told from the old address");
    assert_eq!(line.events(), [Event::ComSet(ComSet::new(9, 115_200).unwrap())]);
    let old = line.panel.frame_with(line.panel.sequence, &[], 0x60, &[]);
    assert_eq!(line.send(&old), None);
    line.panel.address = 9;
    assert_eq!(line.secured(0x60, &[]), ack());

    for wish in [[0x7F, 0x80, 0x25, 0, 0], [0xFF, 0x80, 0x25, 0, 0], [9, 0x81, 0x25, 0, 0], [9, 0, 0, 0, 0]] {
        assert_eq!(line.secured(0x6E, &wish), (0x54, vec![9, 0x00, 0xC2, 0x01, 0x00]), "what held goes on");
    }
    assert_eq!((line.events(), line.peripheral.line().address), (vec![], 9));
}

#[test]
fn no_file_is_taken_where_nobody_receives_one() {
    let mut line = Line::secure();
    let data = [0x80, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xEE];
    assert_eq!(line.secured(0x7C, &data), (0x7A, vec![1, 0, 0, 0xFE, 0xFF, 0, 0]));
}

mod any_command {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever a panel with the key says, it gets an answer in the session, which goes on.
        #[test]
        fn of_the_panel_is_answered(
            commands in proptest::collection::vec((0x60u8..0xA8, proptest::collection::vec(any::<u8>(), 0..470)), 1..12),
        ) {
            let mut line = Line::secure();
            for (code, data) in commands {
                let (answer, body) = line.secured(code, &data);
                prop_assert!(answer != NAK || matches!(body[..], [0x02 | 0x03 | 0x05 | 0x06 | 0x09]), "{code:02X}: {body:?}");
                line.panel.address = line.peripheral.line().address;
                for event in line.events() {
                    prop_assert!(!matches!(event, Event::SessionClosed(_)), "{code:02X}");
                }
            }
        }
    }
}

#[test]
fn the_key_of_the_next_card_comes_from_the_panel_alone() {
    let mut line = Line::secure();
    const VENDOR: [u8; 3] = [0xA, 0xB, 0xC];
    let data = |rest: &[u8]| [&VENDOR, rest].concat();
    assert_eq!(line.secured(0x80, &data(b"\x01000001")), ack());
    assert_eq!(line.events(), [Event::CardKey]);
    assert_eq!(line.peripheral.take_card_key().as_deref(), Some(b"000001"));
    assert_eq!(line.peripheral.take_card_key(), None, "once");
    for (why, data, error) in [
        ("no digit", data(b"\x0100000x"), 0x09),
        ("five digits", data(b"\x0100000"), 0x02),
        ("seven digits", data(b"\x010000001"), 0x02),
        ("another command", data(b"\x02000001"), 0x03),
        ("no command", data(b""), 0x03),
        ("another maker", b"\x0A\x0B\x0D\x01000001".to_vec(), 0x03),
        ("half a maker", vec![0xA, 0xB], 0x02),
    ] {
        assert_eq!(line.secured(0x80, &data), nak(error), "{why}");
    }
    assert_eq!((line.events().len(), line.peripheral.take_card_key()), (0, None));
    // What waits is gone with its session.
    assert_eq!(line.secured(0x80, &data(b"\x01000001")), ack());
    line.open(&KEY, 1);
    assert_eq!(line.peripheral.take_card_key(), None);
    let mut line = Line::new();
    assert_eq!(line.plain(0x80, &data(b"\x01000001")), nak(0x06));
}
