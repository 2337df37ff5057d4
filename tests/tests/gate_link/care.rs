//! Clock, self-test, journal, and what is said where no gate answers.

use soat_firmware::service::{Event, Keeper as _};

use super::*;

#[test]
fn gate_link_sets_the_clock_and_never_back() {
    let site = Site::provisioned(1);
    let set = site.at_gate(&["time", "--now", "2026-08-02T00:00:00Z"]);
    assert_eq!(set.code, 0, "{set:?}");
    assert!(set.stdout.contains("2026-08-02T00:00:00Z"), "{set:?}");
    assert!(site.gate.at(|device| device.events.contains(&Event::TimeSet)));
    let back = site.at_gate(&["time", "--now", NOW_TEXT]);
    assert_eq!(back.code, 4, "{back:?}");
    assert!(back.stderr.contains("before one that the gate knows"), "{back:?}");
    assert_eq!(json(&site.at_gate(&["time", "--now", "2026-08-03T00:00:00Z", "--json"]))["time"], "2026-08-03T00:00:00Z");
}

#[test]
fn gate_link_has_the_gate_test_itself() {
    let site = Site::provisioned(1);
    let tested = json(&site.at_gate(&["selftest", "--json"]));
    assert_eq!(tested["works"], true);
    let parts: Vec<_> = tested["parts"].as_array().unwrap().iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert_eq!(parts, ["cryptography", "randomness", "clock"]);
    site.gate.at(|device| device.world.set_time(None));
    let tested = site.at_gate(&["selftest"]);
    assert_eq!(tested.code, 1);
    assert!(tested.stdout.contains("Clock: does not work"), "{tested:?}");
}

#[test]
fn gate_link_fetches_each_entry_once_and_finds_a_journal_that_was_exchanged() {
    let site = Site::provisioned(1);
    let write = |key: Option<[u8; 32]>, entries: u64| {
        site.gate.at(move |device| device.kept.write_journal(&key.unwrap_or(device.kept.journal_key()), entries));
    };
    let numbers = |finished: &Finished| -> Vec<u64> {
        json(finished)["entries"].as_array().unwrap().iter().map(|entry| entry["number"].as_u64().unwrap()).collect()
    };
    let none: Vec<u64> = Vec::new();
    write(None, 5);
    let first = site.at_gate(&["log", "--json"]);
    assert_eq!((first.code, numbers(&first)), (0, vec![0, 1, 2, 3, 4]), "{first:?}");
    let told = json(&first);
    assert_eq!((&told["verified"], &told["entries"][4]["reason"]), (&true.into(), &"gate.no_code".into()));
    assert_eq!(told["entries"][4]["kind"], "refused");
    // For people in their words, for programs by stable codes.
    for (language, words) in [("en", "not let in"), ("vi", "không cho vào")] {
        let log = site.at_gate(&["log", "--from", "4", "--lang", language]);
        assert!(log.code == 0 && log.stdout.contains(&format!("  {words}  gate.no_code\n")), "{log:?}");
    }
    assert_eq!(numbers(&site.at_gate(&["log", "--json"])), none);
    write(None, 6);
    assert_eq!(numbers(&site.at_gate(&["log", "--json"])), [5]);
    let some = site.at_gate(&["log", "--from", "3", "--json"]);
    assert_eq!((some.code, numbers(&some)), (0, vec![3, 4, 5]));
    let refused = |reason: &str| {
        let log = site.at_gate(&["log"]);
        assert!(log.code == 1 && log.stderr.contains(reason), "{log:?}");
    };
    write(None, 4);
    refused("was cut off");
    write(Some([9; 32]), 8);
    refused("is altered, or is another gate's");
    write(None, 8);
    site.gate.at(|device| device.kept.journal[6][20] ^= 1);
    refused("entry 6 of the journal is altered");
    write(None, 8);
    site.gate.at(|device| device.kept.journal.remove(6));
    refused("missing");
    // A page that was spoiled: what is behind it is whole, and nobody says otherwise.
    write(None, 14);
    site.gate.at(|device| drop(device.kept.journal.drain(3..9)));
    let spoiled = site.at_gate(&["log"]);
    assert!(spoiled.code == 1 && spoiled.stderr.contains("missing") && !spoiled.stderr.contains("altered"), "{spoiled:?}");
    write(None, 8);
    assert_eq!(numbers(&site.at_gate(&["log", "--json"])), [6, 7], "what was tampered with is not taken for seen");
    // With the link's key alone they are shown, and not believed.
    let key = site.gate.at(|device| hex::encode(device.kept.link_key().unwrap().expose()));
    fs::write(site.path("link.key"), key).unwrap();
    assert!(Command::new("chmod").arg("600").arg(site.path("link.key")).status().unwrap().success());
    let port = site.port();
    let shown = site.run(&["gate", "log", "--device", &port, "--link-key", "link.key", "--json"]);
    assert_eq!((shown.code, &json(&shown)["verified"]), (0, &false.into()), "{shown:?}");
}

#[test]
fn gate_link_says_what_is_wrong_and_what_to_do() {
    let site = Site::new(1);
    let status = |device: &str| site.run(&["gate", "status", "--device", device, "--site", "site.toml"]);
    let none = status("/dev/no-such-port");
    assert!(none.code == 2 && none.stderr.contains("There is no /dev/no-such-port"), "{none:?}");
    let file = status("operator.key");
    assert!(file.code == 2 && file.stderr.contains("is not a serial port"), "{file:?}");
    let unready = site.at_gate(&["selftest"]);
    assert!(unready.code == 4 && unready.stderr.contains("soat gate provision"), "{unready:?}");
    // A port at which nobody is.
    let (wire, port) = soat_tests::gate_at_port::PtyWire::new().unwrap();
    let silent = status(&port.display().to_string());
    assert!(silent.code == 4 && silent.stderr.contains("No gate answers"), "{silent:?}");
    drop(wire);
    let vietnamese = run(site.command(&["gate", "status", "--device", "/dev/no-such-port"]).env("LANG", "vi_VN.UTF-8"));
    assert!(vietnamese.stderr.contains("Không có"), "{vietnamese:?}");
}

/// A cable that was pulled does not leave the gate as a reader.
#[test]
fn gate_link_is_a_gate_again_when_the_desk_falls_silent() {
    let site = Site::provisioned(1);
    let mut desk = site.command(&[
        "read",
        "--reader",
        &format!("serial:{}", site.port()),
        "--qr",
        CODE,
        "--site",
        "site.toml",
        "--wait",
        "60",
    ]);
    let mut desk = desk.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    assert!(site.gate.until(|device| device.events.contains(&Event::DeskBegan)));
    desk.kill().unwrap();
    desk.wait().unwrap();
    assert!(site.gate.until(|device| device.events.last() == Some(&Event::DeskEnded)));
}

#[test]
fn gate_link_says_which_cards_need_no_code() {
    let site = Site::provisioned(1);
    fs::write(site.path("cards.txt"), format!("{CODE}\n001160123456\n000001\n")).unwrap();
    let enrolled = site.at_gate(&["enrol", "cards.txt"]);
    assert_eq!(
        (enrolled.code, enrolled.stdout.trim()),
        (0, "From now on 2 cards need no code, and all others do."),
        "{enrolled:?}"
    );
    assert_eq!(json(&site.at_gate(&["status", "--json"]))["status"]["enrolled"], 2);
    let port = site.port();
    let mut piped = site.command(&["gate", "enrol", "-", "--device", &port, "--site", "site.toml", "--lang", "vi"]);
    let one = soat_tests::command::run_with_input(&mut piped, "000001\n");
    assert_eq!((one.code, one.stdout.trim()), (0, "Từ giờ 1 thẻ không phải quét mã, các thẻ khác vẫn phải quét."), "{one:?}");
    assert_eq!(site.gate.at(|device| device.kept.status(0).enrolled), 1);

    let many: String = (0..17).map(|number| format!("{number:06}\n")).collect();
    for (content, why) in [("00000\n", "line 1"), ("000001\n00000x\n", "line 2"), (&many, "more than 16")] {
        fs::write(site.path("cards.txt"), content).unwrap();
        let refused = site.at_gate(&["enrol", "cards.txt"]);
        assert!(refused.code == 2 && refused.stderr.contains(why) && !refused.stderr.contains("0000"), "{refused:?}");
    }
    assert_eq!(site.at_gate(&["enrol", "absent.txt"]).code, 2);
    assert_eq!(site.at_gate(&["enrol"]).code, 2, "neither a file nor --none");
    assert_eq!(site.gate.at(|device| device.kept.status(0).enrolled), 1, "nothing of it reached the gate");
    let none = site.at_gate(&["enrol", "--none"]);
    assert_eq!((none.code, none.stdout.trim()), (0, "From now on every card needs its code."), "{none:?}");
    assert_eq!(site.gate.at(|device| device.kept.status(0).enrolled), 0);
}
