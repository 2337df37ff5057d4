//! Check characters, addresses, sequence numbers, time.

use super::*;

#[test]
fn identification_answers_in_the_clear_with_the_check_of_the_command() {
    for (crc, marked) in [(true, false), (false, false), (true, true), (false, true)] {
        let mut line = Line::new();
        (line.panel.crc, line.panel.marked) = (crc, marked);
        let frame = line.panel.frame(&[], 0x61, &[0]);
        let data = vec![0xA, 0xB, 0xC, 1, 2, 1, 2, 3, 4, 0, 9, 1];
        assert_eq!(line.ask(&frame), Heard { address: 0x85, sequence: 0, block: vec![], code: 0x45, data });
    }
}

#[test]
fn everyone_is_meant_by_the_broadcast_address() {
    let mut line = Line::new();
    line.panel.address = 0x7F;
    let frame = line.panel.frame(&[], 0x61, &[0]);
    assert_eq!(line.ask(&frame).address, 0xFF);
    line.panel.address = 6;
    let frame = line.panel.frame(&[], 0x61, &[0]);
    assert_eq!(line.send(&frame), None);
}

#[test]
fn wrong_check_characters_change_nothing() {
    let mut line = Line::new();
    assert_eq!(line.plain(0x61, &[0]).0, 0x45);
    let good = line.panel.frame(&[], 0x62, &[0]);
    for at in good.len() - 2..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let heard = line.ask(&bad);
        assert_eq!((heard.code, heard.data, heard.sequence), (NAK, vec![0x01], 1));
    }
    assert_eq!(line.ask(&good).code, 0x46, "the same number is still the next");

    let mut everyone = Panel::new(0x7F).frame(&[], 0x61, &[0]);
    *everyone.last_mut().unwrap() ^= 1;
    assert_eq!(line.send(&everyone), None);
}

#[test]
fn a_repetition_gets_the_same_reply_and_is_not_done_again() {
    let mut line = Line::secure();
    let frame = line.panel.secured(0x68, &[0, 5, 50, 0]);
    let first = line.send(&frame).unwrap();
    for _ in 0..3 {
        assert_eq!(line.send(&frame).as_ref(), Some(&first));
    }
    assert_eq!(line.events().len(), 1, "driven once");
    assert_eq!(line.panel.read(&first).code, ACK);
    assert_eq!(line.secured(0x60, &[]), ack(), "and the chain goes on");
}

#[test]
fn another_command_with_the_number_of_the_last_is_no_repetition() {
    let mut line = Line::new();
    line.plain(0x61, &[0]);
    line.plain(0x61, &[0]);
    let other = line.panel.frame_with(1, &[], 0x62, &[0]);
    let heard = line.ask(&other);
    assert_eq!((heard.code, heard.data), nak(0x04));
}

#[test]
fn numbers_go_from_three_to_one_and_any_other_is_refused() {
    let mut line = Line::new();
    let never = line.panel.frame_with(2, &[], 0x61, &[0]);
    assert_eq!(line.ask(&never).data, [0x04], "nothing was said yet");
    for (last, next) in [(0, 1), (1, 2), (2, 3), (3, 1)] {
        for sequence in 1..=3 {
            // Up to `last` by the shortest way.
            (0..=last).for_each(|step| {
                let frame = line.panel.frame_with(step, &[], 0x61, &[0]);
                assert_eq!(line.ask(&frame).code, 0x45);
            });
            let frame = line.panel.frame_with(sequence, &[], 0x62, &[0]);
            let heard = line.ask(&frame);
            let expected = if sequence == next { 0x46 } else { NAK };
            assert_eq!((heard.code, heard.sequence), (expected, sequence), "{sequence} after {last}");
        }
    }
}

#[test]
fn number_zero_begins_anew_and_ends_the_session() {
    let mut line = Line::secure();
    assert!(line.peripheral.is_secure());
    line.panel.sequence = 0;
    assert_eq!(line.plain(0x61, &[0]).0, 0x45);
    assert!(!line.peripheral.is_secure());
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Restarted)]);
    line.open(&KEY, 1);
    assert_eq!(line.secured(0x60, &[]), ack());
}

#[test]
fn silence_ends_the_session() {
    let mut line = Line::secure();
    for _ in 0..3 {
        line.now += 8_000;
        assert_eq!(line.secured(0x60, &[]), ack());
    }
    line.now += 8_001;
    assert_eq!(line.peripheral.poll(line.now), None);
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Silence)]);
    let frame = line.panel.secured(0x60, &[]);
    let heard = line.ask(&frame);
    assert_eq!((heard.code, heard.data), nak(0x06));
}

#[test]
fn what_nobody_keyed_said_does_not_keep_a_session_alive() {
    let mut line = Line::secure();
    for _ in 0..5 {
        line.now += 2_000;
        let sequence = line.panel.sequence;
        for frame in [
            line.panel.frame_with(sequence, &[], 0x60, &[]),
            line.panel.frame_with(sequence, &[0x11, 7], 0x76, &RANDOM),
            line.panel.frame_with(sequence, &[0x13, 1], 0x77, &[0; 16]),
        ] {
            line.send(&frame);
        }
    }
    assert_eq!(line.events(), [Event::SessionClosed(Closed::Silence)]);
}

#[test]
fn a_command_that_waited_too_long_is_not_done() {
    let mut line = Line::secure();
    for (late, answered) in [(199, true), (200, false)] {
        let frame = line.panel.secured(0x68, &[0, 2, 0, 0]);
        frame.iter().for_each(|byte| line.peripheral.receive(*byte, line.now));
        line.now += late;
        let reply = line.peripheral.poll(line.now).map(<[u8]>::to_vec);
        assert_eq!((reply.is_some(), line.events().len()), (answered, usize::from(answered)), "{late} ms");
        if let Some(reply) = reply {
            line.panel.read(&reply);
        }
    }
}

#[test]
fn nothing_is_answered_twice_or_unasked() {
    let mut line = Line::new();
    assert_eq!(line.peripheral.poll(0), None);
    let frame = line.panel.frame(&[], 0x61, &[0]);
    assert!(line.send(&frame).is_some());
    assert_eq!(line.peripheral.poll(line.now), None);
}

mod any_bytes {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is on the line, the device bears it, and nobody without the key gets the event of a command out of it.
        #[test]
        fn do_no_harm(
            frames in proptest::collection::vec(
                (
                    0u8..4,
                    proptest::collection::vec(0x10u8..0x19, 0..3),
                    0x60u8..0xA8,
                    proptest::collection::vec(any::<u8>(), 0..40),
                ),
                0..60,
            ),
            noise in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut line = Line::secure();
            let mut stranger = Panel::new(ADDRESS);
            for (sequence, block, code, data) in frames {
                let frame = stranger.frame_with(sequence, &block, code, &data);
                line.send(&frame);
            }
            line.send(&noise);
            for event in line.events() {
                prop_assert!(matches!(event, Event::SessionClosed(_) | Event::PanelRefused), "{event:?}");
            }
        }
    }
}
