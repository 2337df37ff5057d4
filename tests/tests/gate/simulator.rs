//! The gate in the simulator: what runs on a board, in a process of this computer, with pins that can be moved.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use card_fixtures::personalisation::personalise;
use soat::gate::journal::Since;
use soat_tests::image;

use super::machine::*;
use super::qemu::keeping;
use super::*;

fn booted() -> Machine {
    let machine = boot(&image::simulator(), &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    machine
}

/// The simulator in the folder of one that has ended.
fn again(machine: Machine) -> Machine {
    start_again(&image::simulator(), machine)
}

fn forged() -> VirtualChip {
    let mut card = personalise(CARD).unwrap();
    *card.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    chip(card)
}

#[test]
fn gate_simulator_opens_for_the_genuine_card_and_for_no_other() {
    let mut machine = booted();
    assert_eq!(machine.present(CODE, forged()), "decided refused dg1.hash_mismatch");
    let other = CODE.replace("001199000001", "001199000002");
    assert_eq!(machine.present(&other, genuine()), "decided refused gate.wrong_key");
    assert_eq!(machine.openings(), 0);
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    assert_eq!((machine.openings(), machine.relay().last()), (1, Some(&false)), "and shut again");
    let mut machine = again(machine);
    // What lies at its start is in force already.
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    let left = keeping::left(machine.folder.path(), Since::Start);
    let kinds: Vec<&str> = left.journal.entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "admitted").count(), 2, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "refused").count(), 2, "{kinds:?}");
}

#[test]
fn gate_simulator_hears_its_door_its_button_and_its_case() {
    let mut machine = booted();
    machine.move_pin("door open");
    assert_eq!(machine.says(), "door Forced");
    machine.move_pin("door shut");
    assert_eq!(machine.says(), "door Shut");
    machine.move_pin("case open");
    assert_eq!(machine.says(), "case open");
    let status = at_gate(&machine, &["status", "--json"]);
    assert_eq!((status.code, &json(&status)["status"]["faults"]), (3, &serde_json::json!(["tamper"])), "{status:?}");
    assert!(machine.says().starts_with("desk session ended"));
    machine.move_pin("case shut");
    assert_eq!(machine.says(), "case shut");
    let entries = keeping::left(machine.folder.path(), Since::Start).journal.entries;
    assert!(entries.iter().any(|entry| entry.kind.as_str() == "case.opened"));
    machine.move_pin("exit on");
    assert_eq!(machine.says(), "door ExitRequested");
    machine.move_pin("exit off");
    assert_eq!(machine.openings(), 1);
}

/// `gate-commands.md`, from an empty desk to an open door, at a gate that was never given anything. Desk and gate go by this computer's clock.
#[test]
fn gate_simulator_follows_its_page_from_an_empty_desk_to_an_open_door() {
    let folder = tempfile::tempdir().unwrap();
    let mut machine = Machine::boot_in(&image::simulator(), Arc::new(folder));
    assert_eq!(machine.says(), "no keys: this gate was not provisioned");
    let at_site = |machine: &Machine, arguments: &[&str]| {
        let port = machine.port.display().to_string();
        at_desk(machine, &[&["gate"], arguments, &["--device", &port, "--site", "north.toml"]].concat())
    };
    let done = |finished: soat_tests::command::Finished| assert_eq!(finished.code, 0, "{finished:?}");

    done(at_desk(&machine, &["key", "new", "operator.key"]));
    let csca = authority(CARD).unwrap().csca_certificate();
    fs::write(machine.folder.path().join("csca.cer"), &csca).unwrap();
    let fingerprint = hex::encode(card_fixtures::hash::Hash::Sha256.digest(&csca));
    done(at_desk(&machine, &["trust", "add", "csca.cer", "--demonstration", "--fingerprint", &fingerprint]));
    let provision = ["provision", "--name", "cổng bắc 1", "--operator", "operator.key.pub", "--site-name", "cổng bắc"];
    let refused = at_site(&machine, &provision);
    assert!(refused.code == 4 && refused.stderr.contains("jumper"), "{refused:?}");
    machine.move_pin("jumper on");
    done(at_site(&machine, &provision));
    ended(&mut machine);

    let mut machine = again(machine);
    assert!(machine.says().starts_with("no pack"));
    done(at_site(&machine, &["time"]));
    fs::write(machine.folder.path().join("people.csv"), format!("person,facility,card\n{NUMBER},17,4711\n")).unwrap();
    fs::write(machine.folder.path().join("policy.toml"), "zone_minutes = 420\n").unwrap();
    let pack = ["gate", "pack", "--site", "north.toml", "--signing-key", "operator.key", "--people", "people.csv"];
    let rest = ["--policy", "policy.toml", "--version", "1", "--ends", "90d", "--output", "north-1.pack", "--demonstration"];
    done(at_desk(&machine, &[&pack[..], &rest].concat()));
    done(at_site(&machine, &["load", "north-1.pack"]));
    ended(&mut machine);

    let mut machine = again(machine);
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    assert_eq!(machine.present(CODE, forged()), "decided refused dg1.hash_mismatch");
    assert_eq!(machine.openings(), 1);
    let status = at_site(&machine, &["status", "--json"]);
    let told = json(&status);
    assert_eq!((status.code, &told["status"]["name"], &told["status"]["pack"]["version"]), (0, &"cổng bắc 1".into(), &1.into()));
    let log = json(&at_site(&machine, &["log", "--json"]));
    let kinds: Vec<&str> = log["entries"].as_array().unwrap().iter().filter_map(|entry| entry["kind"].as_str()).collect();
    assert_eq!((&log["verified"], &kinds[..1]), (&true.into(), &["gate.provisioned"][..]));
    assert!(kinds.contains(&"admitted") && kinds.contains(&"refused"), "{kinds:?}");
}

/// Waits for the end of a machine that starts anew.
fn ended(machine: &mut Machine) {
    let end = Instant::now() + Duration::from_secs(20);
    while machine.process.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "it starts anew");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A card lies on the reader while its program is killed, again and again: what it keeps is whole, and nobody came in unseen.
#[test]
fn gate_simulator_killed_while_it_decides_keeps_everything() {
    let mut machine = booted();
    let mut head = keeping::left(machine.folder.path(), Since::Start).journal.head;
    let mut openings = 0;
    for kill in 0..20_u64 {
        machine.pn532.lock().unwrap().lay(card_fixtures::plug::SharedChip::new(genuine()), Modulation::TypeA);
        std::io::Write::write_all(&mut machine.scanner, CODE.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(40 * kill));
        let folder: PathBuf = machine.folder.path().to_path_buf();
        let _ = machine.process.kill();
        let _ = machine.process.wait();
        let left = keeping::left(&folder, Since::Head(head));
        let admitted = left.journal.entries.iter().filter(|entry| entry.kind.as_str() == "admitted").count();
        assert!(machine.openings() - openings <= admitted, "kill {kill}: a door opened that no entry tells of");
        (head, openings) = (left.journal.head, machine.openings());
        machine = again(machine);
        assert_eq!(machine.says(), "ready", "kill {kill}");
    }
    println!("{openings} openings");
    assert!(openings > 0, "no kill came after a decision");
}
