//! The OSDP peripheral against control panels that others made: libosdp, in C, and the crate osdp. What both sides misread alike, neither
//! can hide.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod libosdp_panel;
mod osdp_panel;

use soat_firmware::osdp::{ComSet, Identity, Inbox, Peripheral, Scbk, Settings};

const ADDRESS: u8 = 0x21;
const KEY: [u8; 16] = *b"\x1f\x80 not SCBK-D \x07\x42";
const OTHER_KEY: [u8; 16] = *b"\x00quite another k";

fn peripheral(key: Option<[u8; 16]>) -> Peripheral<Inbox> {
    let settings = Settings {
        identity: Identity { vendor: [0xA, 0xB, 0xC], model: 1, version: 2, serial: 0x0403_0201, firmware: [0, 9, 1] },
        line: ComSet::new(ADDRESS, 115_200).unwrap(),
        key: key.map(|key| Scbk::new(&key).ok().unwrap()),
        seed: [9; 16],
        has_display: true,
    };
    Peripheral::new(settings, Inbox::default())
}
