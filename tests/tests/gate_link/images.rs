//! Images: signed at the desk, shown, and taken by a gate; and what is no image for it.

use super::*;

/// An ELF of ARM with these loaded segments: physical address and contents.
pub fn elf(segments: &[(u32, &[u8])]) -> Vec<u8> {
    let mut file = b"\x7FELF\x01\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([2, 0, 40, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(52_u32.to_le_bytes());
    file.resize(42, 0);
    file.extend([32, 0]);
    file.extend(u16::try_from(segments.len()).unwrap().to_le_bytes());
    file.resize(52, 0);
    let mut offset = u32::try_from(52 + 32 * segments.len()).unwrap();
    for (address, contents) in segments {
        let length = u32::try_from(contents.len()).unwrap();
        for field in [1, offset, *address, *address, length, length, 5, 4] {
            file.extend(u32::to_le_bytes(field));
        }
        offset += length;
    }
    segments.iter().for_each(|(_, contents)| file.extend(*contents));
    file
}

/// A program that begins at an address.
pub fn program(start: u32, length: usize) -> Vec<u8> {
    let mut bytes = [0x2002_0000_u32.to_le_bytes(), (start + 9).to_le_bytes()].concat();
    bytes.extend((8..length).map(|place| u8::try_from(place % 251).unwrap()));
    bytes
}

const GATE: u32 = 0x0802_0000;

/// Signs `gate.elf` as `gate.image`, in place of the one before.
fn sign(site: &Site, version: &str, more: &[&str]) -> Finished {
    let _ = fs::remove_file(site.path("gate.image"));
    let key: &[&str] = if more.contains(&"--signing-key") { &[] } else { &["--signing-key", "operator.key"] };
    site.run(&[&["gate", "image", "gate.elf", "--version", version, "--output", "gate.image"], key, more].concat())
}

#[test]
fn gate_link_an_image_is_signed_shown_and_taken_on_trial() {
    let site = Site::provisioned(1);
    let (code, data) = (program(GATE, 3000), [7; 100]);
    fs::write(site.path("gate.elf"), elf(&[(GATE, &code), (GATE + 4000, &data)])).unwrap();
    let flat = [&code[..], &[0xFF; 1000], &data].concat();
    let sha256 = hex::encode_upper(Hash::Sha256.digest(&flat));
    let made = sign(&site, "8", &["--site", "site.toml"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.stdout.contains("gate.image") && made.stdout.contains("4100 / 524288"), "{made:?}");
    let file = fs::read(site.path("gate.image")).unwrap();
    assert!(file.ends_with(&flat));

    let shown = site.run(&["gate", "image", "--show", "gate.image", "--operator", "operator.key.pub"]);
    assert!(shown.code == 0 && shown.stdout.contains("signed by the operator"), "{shown:?}");
    // Without an operator the key that signed is named, for whoever knows whose it is.
    let key = json(&site.run(&["gate", "image", "--show", "gate.image", "--site", "site.toml", "--json"]))["image"].take();
    let key = (key["operator_sha256"].clone(), key["signer_sha256"].clone());
    assert!(key.0.as_str().is_some_and(|digits| digits.len() == 64) && key.0 == key.1, "{key:?}");
    let unknown = site.run(&["gate", "image", "--show", "gate.image"]);
    assert!(unknown.code == 0 && unknown.stdout.contains("Nobody said whose key that must be"), "{unknown:?}");
    let named = |line: &str| line.strip_prefix("Signed with").map(|value| value.replace(' ', ""));
    assert_eq!(unknown.stdout.lines().find_map(named).as_deref(), key.1.as_str(), "{unknown:?}");
    let unknown = json(&site.run(&["gate", "image", "--show", "gate.image", "--json"]))["image"].take();
    assert_eq!((&unknown["operator_sha256"], &unknown["signer_sha256"]), (&Value::Null, &key.1));
    let operator = site.run(&["gate", "image", "--show", "gate.image", "--operator", key.1.as_str().unwrap()]);
    assert_eq!(operator.code, 0, "{operator:?}");
    let told = json(&site.run(&["gate", "image", "--show", "gate.image", "--site", "site.toml", "--json"]))["image"].take();
    assert_eq!((&told["version"], &told["board"], &told["bytes"]), (&8.into(), &"stm32f405".into(), &4100.into()));
    assert_eq!(told["sha256"], sha256);

    let loaded = site.at_gate(&["load", "gate.image"]);
    assert_eq!(loaded.code, 0, "{loaded:?}");
    assert!(loaded.stdout.contains("version 8") && loaded.stdout.contains("on trial from the next start"), "{loaded:?}");
    assert!(loaded.stderr.contains("Sending gate.image"), "{loaded:?}");
    assert_eq!(site.gate.at(|device| device.kept.next_image.take()), Some(flat.clone()));

    // The same of a flat file, for programs.
    fs::write(site.path("gate.elf"), &flat).unwrap();
    let made = sign(&site, "9", &["--json"]);
    assert_eq!(json(&made)["image"]["sha256"], sha256, "{made:?}");
    let loaded = json(&site.at_gate(&["load", "gate.image", "--json"]));
    assert_eq!((&loaded["taken"], &loaded["kind"], &loaded["image"]), (&true.into(), &"image".into(), &9.into()));
}

#[test]
fn gate_link_a_gate_takes_no_image_that_goes_back_or_is_of_others() {
    let site = Site::provisioned(1);
    fs::write(site.path("gate.elf"), elf(&[(GATE, &program(GATE, 3000))])).unwrap();
    let refused = |site: &Site, reason: &str| {
        let loaded = site.at_gate(&["load", "gate.image"]);
        assert!(loaded.code == 4 && loaded.stderr.contains(reason), "{loaded:?}");
        assert!(site.gate.at(|device| device.kept.next_image.is_none()));
    };
    assert_eq!(sign(&site, "7", &[]).code, 0);
    refused(&site, "this version of the image or a later one");
    assert_eq!(sign(&site, "8", &["--board", "another"]).code, 0);
    refused(&site, "has another board");
    assert_eq!(site.run(&["key", "new", "other.key"]).code, 0);
    let other = sign(&site, "8", &["--signing-key", "other.key", "--site", "site.toml"]);
    assert!(other.code == 2 && other.stderr.contains("not that of the site's operator"), "{other:?}");
    assert!(!site.path("gate.image").exists());
    assert_eq!(sign(&site, "8", &["--signing-key", "other.key"]).code, 0);
    refused(&site, "not signed with the key of the gate's operator");
    let shown = site.run(&["gate", "image", "--show", "gate.image", "--operator", "operator.key.pub"]);
    assert!(shown.code == 1 && shown.stderr.contains("signed with another key"), "{shown:?}");
    assert_eq!(sign(&site, "8", &[]).code, 0);
    assert_eq!(site.at_gate(&["load", "gate.image"]).code, 0);
}

#[test]
fn gate_link_a_torn_image_is_seen_before_it_is_sent() {
    let site = Site::provisioned(1);
    fs::write(site.path("gate.elf"), elf(&[(GATE, &program(GATE, 3000))])).unwrap();
    assert_eq!(sign(&site, "8", &[]).code, 0);
    let whole = fs::read(site.path("gate.image")).unwrap();
    let mut altered = whole.clone();
    *altered.last_mut().unwrap() ^= 1;
    for (bytes, code, reason) in [
        (&altered[..], 1, "torn or damaged"),
        (&whole[..whole.len() - 1], 1, "torn or damaged"),
        (&[&whole[..], b"x"].concat(), 1, "torn or damaged"),
        (&whole[..60], 2, "neither a whole pack nor a whole image"),
    ] {
        fs::write(site.path("gate.image"), bytes).unwrap();
        let loaded = site.at_gate(&["load", "gate.image"]);
        assert!(loaded.code == code && loaded.stderr.contains(reason), "{reason}: {loaded:?}");
        let shown = site.run(&["gate", "image", "--show", "gate.image"]);
        assert!(shown.code == 1 && shown.stderr.contains("torn or damaged"), "{shown:?}");
    }
    fs::write(site.path("gate.image"), vec![0; 600_000]).unwrap();
    let large = site.at_gate(&["load", "gate.image"]);
    assert!(large.code == 2 && large.stderr.contains("The pack is too large"), "{large:?}");
    // Whatever its length, an image is no pack.
    fs::write(site.path("gate.elf"), elf(&[(GATE, &program(GATE, 200_000))])).unwrap();
    assert_eq!(sign(&site, "9", &[]).code, 0);
    let other = site.run(&["gate", "pack", "--show", "gate.image", "--operator", "operator.key.pub"]);
    assert!(other.code == 1 && other.stderr.contains("this is not a gate pack"), "{other:?}");
    assert!(site.gate.at(|device| device.kept.next_image.is_none()));
}

#[test]
fn gate_link_an_image_is_made_of_a_program_of_the_gate_and_of_nothing_else() {
    let site = Site::new(1);
    let refused = |bytes: &[u8], reason: &str| {
        fs::write(site.path("gate.elf"), bytes).unwrap();
        let made = sign(&site, "8", &[]);
        assert!(made.code == 2 && made.stderr.contains(reason), "{reason}: {made:?}");
        assert!(!site.path("gate.image").exists());
    };
    let good = elf(&[(GATE, &program(GATE, 3000))]);
    refused(
        &elf(&[(0x0800_0000, &program(0x0800_0000, 64))]),
        "begins at 0x08000000, and what belongs here begins at 0x08020000",
    );
    refused(&good[..good.len() - 1], "torn or damaged");
    refused(&[&good[..18], &[62], &good[19..]].concat(), "not a program for the gate's microcontroller");
    refused(&elf(&[(GATE, &program(GATE, 512 * 1024 + 1))]), "more than the 524288 bytes");
    refused(b"no program", "does not begin with the vectors");
    fs::write(site.path("gate.elf"), &good).unwrap();
    assert_eq!(sign(&site, "8", &[]).code, 0);
    let before = fs::read(site.path("gate.image")).unwrap();
    let again =
        site.run(&["gate", "image", "gate.elf", "--version", "9", "--signing-key", "operator.key", "--output", "gate.image"]);
    assert!(again.code == 2 && again.stderr.contains("exists already"), "{again:?}");
    assert_eq!(fs::read(site.path("gate.image")).unwrap(), before);
    for (version, board) in [("0", "stm32f405"), ("4294967296", "stm32f405"), ("8", ""), ("8", "\"")] {
        let made = sign(&site, version, &["--board", board]);
        assert_eq!(made.code, 2, "{version} {board}: {made:?}");
    }
}
