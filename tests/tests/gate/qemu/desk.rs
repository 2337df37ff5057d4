//! The image's serial link, with the command `soat` at the other end.

use serde_json::Value;
use soat::gate::image::ImageHeader;
use soat::gate::journal::{Kind, Since};
use soat::gate::pack::Portrait;

use super::*;

#[test]
fn gate_qemu_serves_its_desk_and_nobody_else() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    // Its reader is set up with the first rounds.
    let mut status = at_gate(&machine, &["status", "--json"]);
    for _ in 0..50 {
        if status.code == 0 {
            break;
        }
        thread::sleep(Duration::from_millis(100));
        status = at_gate(&machine, &["status", "--json"]);
    }
    assert_eq!(status.code, 0, "{status:?}");
    let told = json(&status);
    assert_eq!((&told["status"]["name"], &told["status"]["pack"]["version"]), (&"cổng bắc".into(), &1.into()));
    assert_eq!((&told["jumper"], &told["provisioned"]), (&false.into(), &true.into()));
    let tested = json(&at_gate(&machine, &["selftest", "--json"]));
    assert_eq!(tested["works"], true, "{tested:#}");

    // Its journal, with the key that a site has.
    let site = format!(
        "format = 1\nsite = \"cổng bắc\"\noperator = \"{}\"\npseudonym_key = \"{}\"\n[[gate]]\ndevice = \"{}\"\nname = \"x\"\n\
         provisioned_at = \"-\"\nlink_key = \"{}\"\njournal_key = \"{}\"\nscbk = \"{}\"\nosdp_address = 5\nwiegand = 0\n\
         least_version = 1\n",
        "00".repeat(32),
        "5a".repeat(32),
        told["device"].as_str().unwrap(),
        "4b".repeat(32),
        hex::encode(JOURNAL_KEY),
        hex::encode(SCBK)
    );
    fs::write(machine.folder.path().join("site.toml"), site).unwrap();
    assert!(Command::new("chmod").arg("600").arg(machine.folder.path().join("site.toml")).status().unwrap().success());
    let port = machine.port.display().to_string();
    let log = at_desk(&machine, &["gate", "log", "--device", &port, "--site", "site.toml", "--json"]);
    assert_eq!((log.code, &json(&log)["verified"]), (0, &true.into()), "{log:?}");
    let kinds: Vec<String> =
        json(&log)["entries"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds[..3], ["gate.provisioned", "gate.started", "pack.taken"], "{kinds:?}");

    // A card for the desk: judged there, and no opening here.
    fs::write(machine.folder.path().join("csca.der"), authority(CARD).unwrap().csca_certificate()).unwrap();
    let fingerprint = hex::encode(card_fixtures::hash::Hash::Sha256.digest(&authority(CARD).unwrap().csca_certificate()));
    let added = at_desk(&machine, &["trust", "add", "csca.der", "--demonstration", "--fingerprint", &fingerprint]);
    assert_eq!(added.code, 0, "{added:?}");
    let chip = SharedChip::new(chip(personalise(CARD).unwrap()));
    machine.pn532.lock().unwrap().lay(chip.clone(), Modulation::TypeA);
    let reader = format!("serial:{}", machine.port.display());
    let read = |key: &str| {
        let arguments =
            ["read", "--reader", &reader, "--link-key", key, "--qr", CODE.trim_end(), "--now", "2026-08-01T00:00:00Z"];
        at_desk(&machine, &arguments)
    };
    let refused = read("other.key");
    assert!(refused.code == 4 && refused.stderr.contains("another key"), "{refused:?}");
    assert_eq!(chip.apdus(), 0, "nothing reaches the card");
    let genuine = read("link.key");
    assert!(genuine.code == 0 && genuine.stdout.starts_with("GENUINE"), "{genuine:?}");
    assert_eq!(machine.openings(), 0);

    // A pack of the next version: it starts anew, which ends this machine.
    let next = pack_of_version(&pack_content(), 2).unwrap();
    fs::write(machine.folder.path().join("next.pack"), &next).unwrap();
    let loaded = at_gate(&machine, &["load", "next.pack"]);
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let folder = Arc::clone(&machine.folder);
    drop(machine);
    let machine = Machine::boot_in(&image, folder);
    // What lies at its start is of an earlier version by now.
    assert!(machine.says().starts_with("pack refused"));
    assert_eq!(machine.says(), "ready");
    assert_eq!(json(&at_gate(&machine, &["status", "--json"]))["status"]["pack"]["version"], 2);
    let back = at_gate(&machine, &["load", "next.pack"]);
    assert!(back.code == 4 && back.stderr.contains("or a later one"), "{back:?}");
}

/// Without keys it says who it is, and takes none: QEMU has no jumper.
#[test]
fn gate_qemu_without_keys_says_who_it_is_and_no_more() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut no_keys = Storage::of(&pack_content());
    no_keys.provisioning.fill(0xFF);
    let machine = boot(&image, &no_keys);
    assert_eq!(machine.says(), "no keys: this gate was not provisioned");
    let port = machine.port.display().to_string();
    let status = at_desk(&machine, &["gate", "status", "--device", &port, "--json"]);
    let told = json(&status);
    assert_eq!((status.code, &told["provisioned"], &told["status"]), (0, &false.into(), &Value::Null));
    let refused = at_gate(&machine, &["time"]);
    assert!(refused.code == 4 && refused.stderr.contains("soat gate provision"), "{refused:?}");
    let operator = "00".repeat(32);
    let arguments =
        ["gate", "provision", "--device", &port, "--site", "s.toml", "--name", "x", "--operator", &operator, "--site-name", "y"];
    let refused = at_desk(&machine, &arguments);
    assert!(refused.code == 4 && refused.stderr.contains("jumper"), "{refused:?}");
}

/// The most of heap and stack that reading a whole card took, with its face hashed. Both grow into the same 128 KiB, beside 76 KiB that are
/// always there, of which the heap has 72.
#[test]
fn gate_qemu_memory_is_bounded() {
    const MOST_OF_HEAP: u64 = 48 * 1024;
    const MOST_OF_STACK: u64 = 36 * 1024;
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut content = pack_content();
    content.settings.face = Portrait::Hashed;
    let mut machine = boot(&image, &Storage::of(&content));
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    let status = json(&at_gate(&machine, &["status", "--json"]));
    let most = |part: &str| status["status"]["memory"][part].as_u64().unwrap();
    println!("heap {} bytes, stack {} bytes", most("heap"), most("stack"));
    assert!((8_000..=MOST_OF_HEAP).contains(&most("heap")), "{} bytes of heap", most("heap"));
    assert!((4_000..=MOST_OF_STACK).contains(&most("stack")), "{} bytes of stack", most("stack"));
}

/// An image comes over the link and is approved; QEMU's flash cannot be written, so that a swap itself is tried on Linux alone
/// (`soat_firmware::update`). What is rewritten in the chip after that is not started.
#[test]
fn gate_qemu_takes_the_next_image_of_its_operator_and_no_other() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let next: Vec<u8> = image::flat(&fs::read(&image).unwrap()).unwrap().into_iter().chain([1, 2, 3]).collect();
    let load = |board: &str, version: u32| {
        let file = ImageHeader::sign(&next, board, version, &SeedTerminal::new(), &RustCrypto).unwrap();
        fs::write(machine.folder.path().join("next.image"), file).unwrap();
        at_gate(&machine, &["load", "next.image"])
    };
    let refused = load("stm32f405", 1);
    assert!(refused.code == 4 && refused.stderr.contains("or a later one"), "{refused:?}");
    let refused = load("another", 2);
    assert!(refused.code == 4 && refused.stderr.contains("another board"), "{refused:?}");
    let file = |name: &str| fs::read(machine.folder.path().join(name)).unwrap();
    assert_ne!(file("state.bin")[0], 0xF0);
    let taken = load("stm32f405", 2);
    assert_eq!(taken.code, 0, "{taken:?}");
    assert_eq!((file("state.bin")[0], file("incoming.bin").starts_with(&next)), (0xF0, true), "ordered, and there");
    let folder = Arc::clone(&machine.folder);
    drop(machine);

    let mut incoming = fs::read(folder.path().join("incoming.bin")).unwrap();
    incoming[next.len() / 2] ^= 1;
    fs::write(folder.path().join("incoming.bin"), incoming).unwrap();
    fs::write(folder.path().join("now.txt"), (NOW.0 + 3600).to_string()).unwrap();
    let mut machine = Machine::boot_in(&image, folder);
    while machine.says() != "ready" {}
    assert_eq!(machine.says(), "image 2 taken back");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted", "what ran before");
    let entries = keeping::left(machine.folder.path(), Since::Start).journal.entries;
    let images: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.kind.as_str(), entry.reason.as_str()))
        .filter(|(kind, _)| kind.starts_with("image"))
        .collect();
    let expected = [
        ("image.refused", "image.not_newer"),
        ("image.refused", "image.other_board"),
        ("image.taken", "2"),
        ("image.refused", "image.taken_back"),
    ];
    assert_eq!(images, expected);
}

/// Cards that need no code are said over the link, and kept through a start.
#[test]
fn gate_qemu_opens_an_enrolled_card_without_its_code() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    fs::write(machine.folder.path().join("cards.txt"), "999999\n001199000001\n").unwrap();
    let enrolled = at_gate(&machine, &["enrol", "cards.txt", "--json"]);
    assert_eq!((enrolled.code, &json(&enrolled)["enrolled"]), (0, &2.into()), "{enrolled:?}");
    let mut machine = start_again(&image, machine);
    assert_eq!(machine.says(), "ready");
    assert_eq!(json(&at_gate(&machine, &["status", "--json"]))["status"]["enrolled"], 2);
    assert!(machine.says().starts_with("desk session ended"));
    assert_eq!(machine.present("", genuine()), "decided admitted");
    let mut forged = personalise(CARD).unwrap();
    *forged.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    assert_eq!(machine.present("", chip(forged)), "decided refused dg1.hash_mismatch");
    assert_eq!(at_gate(&machine, &["enrol", "--none"]).code, 0);
    assert!(machine.says().starts_with("desk session ended"));
    assert_eq!(machine.present("", genuine()), "decided refused gate.no_code");
    assert_eq!(machine.openings(), 1);
    let entries = keeping::left(machine.folder.path(), Since::Start).journal.entries;
    let counts: Vec<u32> = entries.iter().filter(|entry| entry.kind == Kind::Enrolled).map(|entry| entry.count).collect();
    assert_eq!(counts, [2, 0]);
}
