//! What comes to a gate: files of its operator, and the bytes at its wires.

use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::TerminalSigner;
use soat::gate::image::ImageHeader;
use soat::gate::link::message::{Answer, Request};
use soat::gate::link::{FrameReader, Hello};
use soat::gate::pack::GatePack;
use soat_firmware::osdp::{ComSet, Identity, NoFiles, Peripheral, Settings};
use soat_firmware::pn532::frame::{Decoder, Frame};

use crate::seeds::SeedTerminal;

/// A pack; deepest: one that the seed terminal signed.
pub fn gate_pack(bytes: &[u8]) -> bool {
    let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
    GatePack::verify(bytes, &operator, &RustCrypto).is_ok()
}

/// A signed image; deepest: one whose signature holds under the key that it names.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn gate_image(bytes: &[u8]) -> bool {
    let Ok((header, image)) = ImageHeader::read(bytes, None, &RustCrypto) else { return false };
    assert!(image.len() < bytes.len(), "an image is what stands behind its header");
    let _ = header.describes(image, &RustCrypto);
    true
}

/// The serial link's wire, and every message that a frame may hold; deepest: a message that comes back as the same bytes.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn gate_link(bytes: &[u8]) -> bool {
    let mut reader = FrameReader::default();
    let mut deepest = false;
    for frame in bytes.iter().filter_map(|byte| reader.push(*byte)) {
        let _ = Hello::from_cbor(&frame.body);
        let request = Request::from_cbor(&frame.body).map(|request| request.to_cbor());
        let answer = Answer::from_cbor(&frame.body).map(|answer| answer.to_cbor());
        let written: Vec<_> = request.into_iter().chain(answer).collect();
        let again = |bytes: &[u8]| Request::from_cbor(bytes).is_some() || Answer::from_cbor(bytes).is_some();
        assert!(written.iter().all(|bytes| again(bytes)), "what was written is read");
        deepest |= written.iter().any(|bytes| bytes.as_slice() == frame.body.as_slice());
    }
    deepest
}

/// What a PN532 sends; deepest: a frame with an answer.
pub fn pn532(bytes: &[u8]) -> bool {
    let mut decoder = Decoder::default();
    bytes.iter().filter_map(|byte| decoder.push(*byte)).any(|frame| matches!(frame, Frame::Answer(_)))
}

/// What a control panel sends; deepest: a reply of the gate.
pub fn osdp(bytes: &[u8]) -> bool {
    let Some(line) = ComSet::new(5, 9600) else { return false };
    let identity = Identity { vendor: [0; 3], model: 1, version: 1, serial: 5, firmware: [0, 1, 0] };
    let settings = Settings { identity, line, key: None, seed: [7; 16], has_display: false };
    let mut peripheral = Peripheral::new(settings, NoFiles);
    let mut replies = 0;
    for (byte, now) in bytes.iter().zip(0_u64..) {
        peripheral.receive(*byte, now);
        replies += usize::from(peripheral.poll(now).is_some());
        let _ = peripheral.event();
    }
    replies > 0
}
