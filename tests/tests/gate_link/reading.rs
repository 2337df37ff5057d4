//! The gate as a desk's reader.

use card_fixtures::chip::{Attack, Quirks};
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::Modulation;
use soat_firmware::gate::Notice;
use soat_firmware::service::Event;

use super::*;

fn lay(site: &Site, chip: VirtualChip) -> SharedChip {
    site.gate.at(move |device| device.world.lay(chip, Modulation::TypeA))
}

#[test]
fn gate_link_a_genuine_card_is_genuine_through_a_gate_and_a_clone_is_not() {
    let site = Site::provisioned(1).trusting();
    lay(&site, genuine());
    let read = site.read(&["--site", "site.toml"]);
    assert_eq!(read.code, 0, "{read:?}");
    assert!(read.stdout.starts_with("GENUINE"), "{read:?}");
    assert!(site.gate.until(|device| device.events.last() == Some(&Event::DeskEnded)), "a gate again");
    let clone = Quirks { attack: Some(Attack::Clone), ..Quirks::vietnam() };
    lay(&site, VirtualChip::with_quirks(personalise(CARD).unwrap(), 2, clone));
    let read = site.read(&["--site", "site.toml", "--json"]);
    assert_eq!(read.code, 1, "{read:?}");
    let report = json(&read);
    assert!(report.to_string().contains("chip.active_authentication_failed"), "{report:#}");
    assert_eq!(site.gate.at(|device| device.world.openings()), 0);
}

#[test]
fn gate_link_with_another_key_no_apdu_reaches_the_card() {
    let site = Site::provisioned(1).trusting();
    let chip = lay(&site, genuine());
    fs::write(site.path("wrong.key"), "4c".repeat(32)).unwrap();
    let chmod = Command::new("chmod").arg("600").arg(site.path("wrong.key")).status().unwrap();
    assert!(chmod.success());
    let read = site.read(&["--link-key", "wrong.key"]);
    assert_eq!(read.code, 4, "{read:?}");
    assert!(read.stderr.contains("another key"), "{read:?}");
    let read = site.read(&[]);
    assert_eq!(read.code, 2, "{read:?}");
    assert!(read.stderr.contains("--link-key"), "{read:?}");
    assert_eq!(chip.apdus(), 0);
    assert!(site.gate.at(|device| !device.world.pn532.borrow().commands().contains(&0x40)), "InDataExchange");
    let events = site.gate.at(|device| device.events.clone());
    assert!(!events.contains(&Event::DeskBegan), "{events:?}");
    assert_eq!(site.read(&["--site", "site.toml"]).code, 0);
    assert!(chip.apdus() > 0);
}

#[test]
fn gate_link_a_gate_that_is_lent_decides_nothing() {
    let site = Site::provisioned(1).trusting();
    let packed = packs::pack(&site, "1", &[]);
    assert_eq!(packed.code, 0, "{packed:?}");
    assert_eq!(site.at_gate(&["load", "pack.bin"]).code, 0);
    lay(&site, genuine());
    // While the card is read for the desk, its code is held under the gate's scanner.
    let mut desk = site.command(&[
        "read",
        "--reader",
        &format!("serial:{}", site.port()),
        "--qr",
        CODE,
        "--now",
        NOW_TEXT,
        "--site",
        "site.toml",
    ]);
    let desk = desk.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    assert!(site.gate.until(|device| device.events.contains(&Event::DeskBegan)));
    site.gate.at(|device| {
        device.notices.clear();
        device.world.scan(&format!("{CODE}\r\n"));
    });
    let read = Finished::from(desk.wait_with_output().unwrap());
    assert!(read.stdout.starts_with("GENUINE"), "{read:?}");
    let (notices, openings) = site.gate.at(|device| (device.notices.clone(), device.world.openings()));
    assert!(!notices.iter().any(|notice| matches!(notice, Notice::Decided(_) | Notice::Reading)), "{notices:?}");
    assert_eq!(openings, 0);
    // Once it is a gate again, it opens for the same card and code.
    assert!(site.gate.until(|device| device.events.last() == Some(&Event::DeskEnded)));
    site.gate.at(|device| device.world.scan(&format!("{CODE}\r\n")));
    assert!(site.gate.until(|device| device.world.openings() == 1));
}

#[test]
fn gate_link_says_what_lies_on_it_and_waits_no_longer_than_it_is_told() {
    let site = Site::provisioned(1).trusting();
    let reader = format!("serial:{}", site.port());
    let present = |site: &Site| {
        let listed = site.run(&["readers", "--reader", &reader, "--site", "site.toml", "--json"]);
        assert_eq!(listed.code, 0, "{listed:?}");
        json(&listed)["readers"][0]["card_present"].clone()
    };
    assert_eq!(present(&site), false);
    let read = site.read(&["--site", "site.toml", "--wait", "1"]);
    assert_eq!(read.code, 4, "{read:?}");
    lay(&site, genuine());
    assert_eq!(present(&site), true);
    site.gate.at(|device| {
        device.world.take();
        device.world.lay(genuine(), Modulation::Other);
    });
    let read = site.read(&["--site", "site.toml"]);
    assert_eq!(read.code, 4, "{read:?}");
    assert!(read.stderr.contains("does not answer as a chip card"), "{read:?}");
}

#[test]
fn gate_link_takes_the_code_from_the_gates_own_scanner() {
    let site = Site::provisioned(1).trusting();
    lay(&site, genuine());
    let reader = format!("serial:{}", site.port());
    let arguments = ["read", "--reader", &reader, "--site", "site.toml", "--now", NOW_TEXT, "--gate-code", "--wait", "20"];
    let mut desk = site.command(&arguments);
    let desk = desk.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    assert!(site.gate.until(|device| device.events.contains(&Event::DeskBegan)));
    site.gate.at(|device| device.world.scan(&format!("{CODE}\r\n")));
    let read = Finished::from(desk.wait_with_output().unwrap());
    assert!(read.code == 0 && read.stdout.starts_with("GENUINE"), "{read:?}");
    let without = site.run(&["read", "--reader", "virtual", "--gate-code"]);
    assert!(without.code == 2 && without.stderr.contains("this reader is none"), "{without:?}");
}

/// The console shares the wire: what it says before and between sessions harms nothing.
#[test]
fn gate_link_passes_over_lines_of_a_console() {
    let site = Site::provisioned(1).trusting();
    lay(&site, genuine());
    site.gate.at(|device| (0..50).for_each(|_| device.say(b"decided refused gate.no_code\r\n")));
    let read = site.read(&["--site", "site.toml"]);
    assert_eq!(read.code, 0, "{read:?}");
}
