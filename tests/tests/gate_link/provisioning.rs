//! A gate gets its keys: over its port and by code, once, with the jumper, and no other gate's.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use qr_search::{Effort, Picture, search};
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::link::message::Refusal;
use soat::gate::link::{Frame, FrameReader, Kind};
use soat::gate::provisioning::{Given, Provisioning, Wiegand};
use soat::gate::sealing::seal;
use soat_firmware::service::{Event, Keeper as _};
use soat_tests::seeded::SeededRng;

use super::*;

#[test]
fn gate_link_a_gate_that_was_provisioned_says_its_name_to_its_desk_alone() {
    let site = Site::new(1);
    let before = json(&site.at_gate(&["status", "--json"]));
    assert_eq!(
        (&before["provisioned"], &before["jumper"], &before["status"]),
        (&Value::Bool(false), &Value::Bool(true), &Value::Null)
    );
    let one_time = site.gate.at(|device| device.kept.one_time);
    let done = site.provision(&[]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.stdout.contains("cổng bắc 1") && done.stdout.contains("Take the jumper off"), "{done:?}");
    let status = site.at_gate(&["status", "--json"]);
    let told = json(&status);
    assert_eq!(told["status"]["name"], "cổng bắc 1");
    assert_eq!(told["device"], before["device"]);
    assert_ne!(site.gate.at(|device| device.kept.one_time), one_time);
    // It has no pack yet, which is a fault and not a success.
    assert_eq!((status.code, &told["status"]["faults"]), (3, &serde_json::json!(["no_pack"])));
    // Everybody else hears nothing of name and site.
    let open = run(&mut site.command(&["gate", "status", "--device", &site.port()]));
    assert_eq!(open.code, 0, "{open:?}");
    assert!(open.stdout.contains("SOAT:HELLO:") && !open.stdout.contains("cổng"), "{open:?}");
    let secret = fs::read_to_string(site.path("site.toml")).unwrap();
    let key = secret.lines().find_map(|line| line.strip_prefix("link_key = \"")).unwrap().trim_end_matches('"').to_owned();
    assert_eq!(site.gate.at(|device| hex::encode(device.kept.link_key().unwrap().expose())), key);
}

#[test]
fn gate_link_no_keys_without_the_jumper_and_none_of_another_site() {
    let site = Site::provisioned(1);
    let refused = site.provision(&[]);
    assert_eq!(refused.code, 4);
    assert!(refused.stderr.contains("only while its jumper is set"), "{refused:?}");
    // What is refused leaves the keys as they were.
    assert_eq!(json(&site.at_gate(&["status", "--json"]))["status"]["name"], "cổng bắc 1");
    let other = Site::provisioned(2);
    let asked = site.run(&["gate", "status", "--device", &other.port(), "--site", "site.toml"]);
    assert_eq!(asked.code, 2);
    assert!(asked.stderr.contains("does not belong to the site"), "{asked:?}");
}

/// A code as the gate's scanner reads it off the picture.
fn scanned(site: &Site, name: &str) -> String {
    let picture = image::open(site.path(name)).unwrap().into_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let picture = Picture::new(picture.into_raw(), width, height).unwrap();
    let found = search(&picture, Effort::Photograph);
    assert_eq!(found.len(), 1);
    String::from_utf8(found[0].content.to_vec()).unwrap()
}

#[test]
fn gate_link_a_code_counts_once_at_its_gate_and_with_the_jumper() {
    let (site, other) = (Site::new(1), Site::new(2));
    let made = site.provision(&["--qr", "keys.png"]);
    assert_eq!(made.code, 0, "{made:?}");
    let code = scanned(&site, "keys.png") + "\r\n";
    let scan = |site: &Site, expected: Event| {
        let code = code.clone();
        let seen = site.gate.at(move |device| {
            device.world.scan(&code);
            device.events.len()
        });
        assert!(site.gate.until(move |device| device.events.len() > seen), "nothing happens");
        assert_eq!(site.gate.at(|device| *device.events.last().unwrap()), expected);
    };
    // Another gate, whose jumper is set too.
    scan(&other, Event::ProvisioningRefused(Refusal::OtherDevice));
    assert!(other.gate.at(|device| device.kept.record.is_none()));
    // Without the jumper a code is nothing but a code that is no card's.
    site.gate.at(|device| device.kept.jumper = false);
    let unheard = code.clone();
    site.gate.at(move |device| device.world.scan(&unheard));
    let refused =
        |device: &mut soat_tests::gate_at_port::Device| device.notices.contains(&soat_firmware::gate::Notice::CodeRefused);
    assert!(site.gate.until(refused));
    assert!(site.gate.at(|device| device.kept.record.is_none() && device.events.is_empty()));
    site.gate.at(|device| device.kept.jumper = true);
    scan(&site, Event::Provisioned);
    assert_eq!(json(&site.at_gate(&["status", "--json"]))["status"]["name"], "cổng bắc 1");
    let record = site.gate.at(|device| device.kept.record.clone());
    scan(&site, Event::ProvisioningRefused(Refusal::UsedUp));
    assert_eq!(site.gate.at(|device| device.kept.record.clone()), record);
}

/// Somebody speaks to the port without our desk, which would not have asked.
#[test]
fn gate_link_the_gate_itself_refuses_keys() {
    let site = Site::new(1);
    let (hello, record) = site.gate.at(|device| {
        let hello = (*device.kept.device().public_key(), device.kept.one_time);
        let given = Given {
            operator: &[1; 32],
            site_key: &[2; 32],
            least_version: 0,
            osdp_address: 0,
            scbk: &[0; 16],
            wiegand: Wiegand::Off,
            link_key: &[3; 32],
            journal_key: &[4; 32],
            name: "x",
        };
        (hello, Provisioning::write(&given, &RustCrypto).unwrap().to_vec())
    });
    let seal_to = |record: &[u8], one_time| seal(record, &hello.0, &one_time, &mut SeededRng(3), &RustCrypto).unwrap();
    let good = seal_to(&record, hello.1);
    let altered = [&good[..good.len() - 1], &[good[good.len() - 1] ^ 1]].concat();
    let mut port = File::options().read(true).write(true).custom_flags(0o400).open(&site.gate.port).unwrap();
    let mut send = |sealed: &[u8]| {
        port.write_all(&Frame { kind: Kind::Provision, body: sealed.to_vec() }.to_wire()).unwrap();
        let (mut reader, mut byte) = (FrameReader::default(), [0]);
        loop {
            port.read_exact(&mut byte).unwrap();
            if let Some(frame) = reader.push(byte[0]) {
                return Refusal::of_code(frame.body[0]);
            }
        }
    };
    site.gate.at(|device| device.kept.jumper = false);
    assert_eq!(send(&good), Some(Refusal::JumperMissing));
    site.gate.at(|device| device.kept.jumper = true);
    assert_eq!(send(&altered), Some(Refusal::ProvisioningAltered));
    assert_eq!(send(&good[..100]), Some(Refusal::ProvisioningAltered));
    assert_eq!(send(&seal_to(&record, [0; 16])), Some(Refusal::UsedUp));
    assert_eq!(send(&seal_to(&record[1..], hello.1)), Some(Refusal::ProvisioningInvalid));
    assert!(site.gate.at(|device| device.kept.record.is_none()));
    assert_eq!(send(&good), None, "it is taken");
    assert_eq!(send(&good), Some(Refusal::UsedUp));
    assert!(site.gate.at(move |device| device.kept.record == Some(record)));
}

#[test]
fn gate_link_a_code_is_made_from_what_a_gate_said_elsewhere() {
    let site = Site::new(1);
    let hello = json(&site.at_gate(&["status", "--json"]))["hello"].as_str().unwrap().to_owned();
    let arguments =
        ["gate", "provision", "--site", "site.toml", "--name", "x", "--operator", "operator.key.pub", "--site-name", "y"];
    let made = site.run(&[&arguments[..], &["--hello", &hello, "--qr", "terminal"]].concat());
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.stdout.contains('█'), "{made:?}");
    let wrong =
        site.run(&["gate", "provision", "--site", "site.toml", "--name", "x", "--hello", "SOAT:HELLO:00", "--qr", "terminal"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("not what a gate says of itself"), "{wrong:?}");
}

#[test]
fn gate_link_keys_that_were_replaced_open_it_no_more() {
    let site = Site::provisioned(1);
    fs::copy(site.path("site.toml"), site.path("before.toml")).unwrap();
    site.gate.at(|device| device.kept.jumper = true);
    assert_eq!(site.provision(&[]).code, 0);
    let port = site.port();
    let refused = site.run(&["gate", "status", "--device", &port, "--site", "before.toml"]);
    assert_eq!(refused.code, 4);
    assert!(refused.stderr.contains("another key"), "{refused:?}");
    assert_eq!(site.at_gate(&["status", "--json"]).code, 3, "no pack, and nothing else is the matter");
    // A code that was made and never scanned leaves the gate with its keys before.
    assert_eq!(site.provision(&["--qr", "never.png"]).code, 0);
    assert_eq!(json(&site.at_gate(&["status", "--json"]))["status"]["name"], "cổng bắc 1");
}
