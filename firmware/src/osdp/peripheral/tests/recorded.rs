//! What a panel on the crate osdp 0.3 said once, byte for byte: device and panel follow from fixed numbers, so that the same bytes open the
//! same session.

use super::super::super::command::{BuzzerCommand, OutputCommand};
use super::*;

/// ID, CHLNG, SCRYPT, then in the session POLL, OUT, BUZ and FILETRANSFER.
const PANEL: [&str; 7] = [
    "532109000461006816",
    "532113000d03110176b0b172616e646f6d916c",
    "53211b000e03130177d6c64cffea97eaf4a9243200b83e813bdf51",
    "53210e000f0215602657e9d7632e",
    "53211e000d021768bbfd9dd4c8b26512e8a96d6fce7548a4a66c9cc47b32",
    "53211e000e02176ad0cb6c82ff744e9ae30548116ebbbf3731e69650d61a",
    "53212e000f02177c004da64e5fcd6dcf007a7fe38dea9139764fbd250ddb75895142cad767592643c6fa4cafb4fc",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The codes of the replies to frames of this panel, and the events.
fn replay(frames: &[&str]) -> (Vec<Option<u8>>, Vec<Event>) {
    let mut line = Line::new();
    line.peripheral.link.application.line = ComSet::new(0x21, 115_200).unwrap();
    let codes = frames.iter().map(|frame| {
        let reply = line.send(&bytes(frame))?;
        let block = if reply[4] & 8 == 0 { 0 } else { usize::from(reply[5]) };
        Some(reply[5 + block])
    });
    let codes = codes.collect();
    (codes, line.events())
}

#[test]
fn a_recorded_panel_opens_a_session_and_drives_the_device() {
    let (codes, events) = replay(&PANEL);
    assert_eq!(codes, [0x45, 0x76, 0x78, 0x40, 0x40, 0x40, 0x7A].map(Some));
    let output = Event::Output(OutputCommand::For { on: true, tenths: 30 });
    let buzzer = Event::Buzzer(BuzzerCommand::Tone { on_tenths: 1, off_tenths: 2, times: 3 });
    assert_eq!(events, [Event::SessionOpened { insecure: false }, output, buzzer]);
}

#[test]
fn a_recording_with_a_frame_left_out_drives_nothing_more() {
    // Without the POLL the numbers do not fit; with it left out and the numbers mended nothing would: the chain has a hole.
    let [id, challenge, proof, _, output, buzzer, file] = PANEL;
    let (codes, events) = replay(&[id, challenge, proof, output, buzzer, file]);
    assert_eq!(codes[3..], [Some(NAK), Some(NAK), Some(NAK)]);
    assert!(!events.iter().any(|event| matches!(event, Event::Output(_) | Event::Buzzer(_))), "{events:?}");
}
