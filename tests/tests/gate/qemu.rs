//! The image of the gate in QEMU: its instructions, its interrupts and its pins; reader, scanner and card on sockets.

mod desk;
pub mod keeping;
mod panel;
mod wire;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use card_fixtures::authority::SodOptions;
use card_fixtures::chip::{Attack, Quirks};
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::Modulation;
use soat::evidence::TerminalSigner;
use soat::gate::provisioning::{Provisioning, Wiegand};
use soat_firmware::wiegand::Format;
use soat_tests::image::{self, Image};
use soat_tests::seeds::SeedTerminal;
use soat_tests::thumb::semihosting_calls;

use super::machine::*;
use super::*;

#[test]
fn gate_qemu_opens_for_the_genuine_card_and_for_no_other() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let genuine = || chip(personalise(CARD).unwrap());
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    assert_eq!(machine.relay().last(), Some(&false), "{:?}", machine.relay());
    assert_eq!(machine.openings(), 1);

    let altered = |alter: &dyn Fn(&mut Personalisation)| {
        let mut card = personalise(CARD).unwrap();
        alter(&mut card);
        chip(card)
    };
    let stranger = authority("sod-p256-sha256").unwrap();
    let forged: [(&str, VirtualChip); 4] = [
        ("dg1.hash_mismatch", altered(&|card| *card.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1)),
        ("chain.issuer_unknown", altered(&|card| card.sign(&stranger, &SodOptions::default()))),
        (
            "chip.active_authentication_failed",
            VirtualChip::with_quirks(personalise(CARD).unwrap(), 2, Quirks { attack: Some(Attack::Clone), ..Quirks::vietnam() }),
        ),
        ("gate.wrong_key", altered(&|card| card.can = Some("999999".into()))),
    ];
    for (reason, chip) in forged {
        assert_eq!(machine.present(CODE, chip), format!("decided refused {reason}"));
    }
    let other = CODE.replace("001199000001", "079203000001");
    assert_eq!(machine.present(&other, genuine()), "decided refused qr.contradicts_chip");
    assert_eq!(machine.openings(), 1, "{:?}", machine.relay());
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    assert_eq!(machine.openings(), 2);
}

#[test]
fn gate_qemu_without_a_good_pack_opens_for_nobody() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let good = || Storage::of(&pack_content());
    let mut altered = good();
    *altered.pack.last_mut().unwrap() ^= 1;
    let mut other_key = good();
    other_key.provisioning = provisioning(&[7; 32], 1);
    let mut older = good();
    let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
    older.provisioning = provisioning(operator.as_ref().try_into().unwrap(), 2);
    let mut no_keys = good();
    no_keys.provisioning.fill(0xFF);
    let cases = [
        ("no keys: this gate was not provisioned", no_keys),
        ("no pack: the gate pack is torn or damaged", altered),
        ("no pack: the gate pack is signed with another key than that of its site", other_key),
        ("no pack: the gate pack has version 1, and version 1 was taken over before", older),
    ];
    for (said, storage) in cases {
        let machine = boot(&image, &storage);
        assert_eq!(machine.says(), said);
        assert_eq!(machine.openings(), 0);
    }
    let ended = boot(&image, &Storage { now: ENDS.0, ..good() });
    assert_eq!(ended.says(), "no pack: the gate pack has ended");
    let in_date = boot(&image, &good());
    assert_eq!(in_date.says(), "ready");
    let folder = Arc::clone(&in_date.folder);
    drop(in_date);
    fs::write(folder.path().join("now.txt"), ENDS.0.to_string()).unwrap();
    let mut ended = Machine::boot_in(&image, folder);
    assert_eq!(ended.says(), "ready");
    assert_eq!(ended.present(CODE, chip(personalise(CARD).unwrap())), "decided refused gate.pack_ended");
    assert_eq!(ended.openings(), 0);
}

/// The image of a board asks no debugging host for anything; the one for QEMU does, so that the look at it can fail.
#[test]
fn gate_qemu_image_for_a_board_calls_no_debugging_host() {
    let Some(in_qemu) = image::in_qemu(Image::GateInQemu) else { return };
    let calls = |image: &Path| semihosting_calls(&fs::read(image).unwrap()).unwrap();
    let (instructions, found) = calls(&in_qemu);
    assert!(instructions > 50_000 && !found.is_empty(), "{} calls in {instructions} instructions", found.len());
    for image in [Image::Gate, Image::Boot] {
        let (instructions, found) = calls(&image::build(image).unwrap());
        assert!(instructions > 2_000, "{image:?}: {instructions} instructions");
        assert_eq!(found, [0; 0], "{image:?}");
        if image == Image::Gate {
            let bytes = image::flash_bytes(&fs::read(image::build(image).unwrap()).unwrap()).unwrap();
            println!("flash: the image for the board has {bytes} bytes");
            assert!(bytes <= FLASH_BUDGET, "{bytes} bytes");
        }
    }
}

/// The bits at the Wiegand wires, by the falling edges of PC8 (0) and PC9 (1).
fn wiegand_bits(machine: &Machine) -> String {
    let falls = machine.writes('C').into_iter().filter_map(|value| match value >> 16 {
        0x100 => Some('0'),
        0x200 => Some('1'),
        _ => None,
    });
    falls.collect()
}

#[test]
fn gate_qemu_tells_a_controller_by_wiegand_who_was_let_in_and_nobody_else() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
    let operator = operator.as_ref().try_into().unwrap();
    let frame = Format::Wiegand26.encode(CREDENTIAL).unwrap();
    let expected: String = frame.map(|bit| if bit { '1' } else { '0' }).collect();
    for (wiegand, expected) in [(Wiegand::Bits26, expected.as_str()), (Wiegand::Off, "")] {
        let storage = Storage { provisioning: provisioning_with(&operator, 1, wiegand), ..Storage::of(&pack_content()) };
        let mut machine = boot(&image, &storage);
        assert_eq!(machine.says(), "ready");
        let mut forged = personalise(CARD).unwrap();
        *forged.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
        assert_eq!(machine.present(CODE, chip(forged)), "decided refused dg1.hash_mismatch");
        assert_eq!(wiegand_bits(&machine), "");
        assert_eq!(machine.present(CODE, genuine()), "decided admitted");
        assert_eq!(wiegand_bits(&machine), expected);
    }
}

/// What the image occupies may not grow by more than a twentieth unnoticed, nor over the budget. It is the image for QEMU, which differs
/// from the board's in the machine alone; `cargo bench --bench flash` prints both.
const FLASH_BYTES: u32 = 384_600;
/// 384 KiB: what an update has room for beside it.
const FLASH_BUDGET: u32 = 384 * 1024;

#[test]
fn gate_qemu_image_does_not_grow_unnoticed() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let bytes = image::flash_bytes(&fs::read(image).unwrap()).unwrap();
    println!("flash: the image for QEMU has {bytes} bytes");
    assert!(bytes <= FLASH_BUDGET.min(FLASH_BYTES + FLASH_BYTES / 20), "{bytes} bytes");
}
