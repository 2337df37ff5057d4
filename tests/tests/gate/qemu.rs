//! The image of the gate in QEMU: its instructions, its interrupts and its pins; reader, scanner and card on sockets.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use card_fixtures::authority::SodOptions;
use card_fixtures::chip::{Attack, Quirks};
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::{Modulation, Pn532};
use soat::evidence::TerminalSigner;
use soat::gate_pack::{Content, PackError};
use soat_firmware::provisioning::Provisioning;
use soat_tests::image::{self, Image};
use soat_tests::real_data::skip;
use soat_tests::seeds::SeedTerminal;

use super::*;

/// A machine under load emulates slowly.
const DECISION: Duration = Duration::from_secs(90);

/// What lies in the gate's storage.
struct Storage {
    pack: Vec<u8>,
    provisioning: Vec<u8>,
    now: i64,
}

fn pack_content() -> Content<'static> {
    let entry = Entry { credential: Some(CREDENTIAL), ..Entry::ALWAYS };
    Content {
        site: "cổng bắc".into(),
        zone_minutes: 420,
        settings: Settings::default(),
        anchors: vec![authority(CARD).unwrap().csca_certificate()],
        revoked: Vec::new(),
        list: AccessList::of(&BTreeMap::from([(person(NUMBER), entry)]), Vec::new()),
    }
}

fn pack(content: &Content<'_>) -> Result<Vec<u8>, PackError> {
    content.signed(1, Timestamp(NOW.0 - 86_400), ENDS, &SeedTerminal::new(), &RustCrypto)
}

impl Storage {
    fn of(content: &Content<'_>) -> Self {
        let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
        let operator = operator.as_ref().try_into().unwrap();
        let provisioning = Provisioning::write(&operator, &[0x5A; 32], 1, &RustCrypto).to_vec();
        Self { pack: pack(content).unwrap(), provisioning, now: NOW.0 }
    }
}

/// A machine that runs, and everything around it.
struct Machine {
    qemu: Child,
    pn532: Arc<Mutex<Pn532>>,
    scanner: UnixStream,
    console: Receiver<String>,
    folder: tempfile::TempDir,
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

impl Machine {
    /// Boots the image over this storage.
    fn boot(image: &Path, storage: &Storage) -> Machine {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("pack.bin"), &storage.pack).unwrap();
        fs::write(at("provisioning.bin"), &storage.provisioning).unwrap();
        fs::write(at("now.txt"), storage.now.to_string()).unwrap();
        let listen = |name: &str| UnixListener::bind(at(name)).unwrap();
        let (reader, scanner, console) = (listen("reader"), listen("scanner"), listen("console"));
        let mut command = Command::new("qemu-system-arm");
        command.args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-no-reboot"]);
        for name in ["reader", "scanner", "none", "console"] {
            match name {
                "none" => command.args(["-serial", "null"]),
                name => command.args(["-chardev", &format!("socket,id={name},path={name}"), "-serial", &format!("chardev:{name}")]),
            };
        }
        let qemu = command
            .args(["-semihosting-config", "enable=on,target=native", "-d", "unimp", "-D", "gpio.log", "-kernel"])
            .arg(image)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pn532 = Arc::new(Mutex::new(Pn532::behind_socket()));
        serve(reader.accept().unwrap().0, Arc::clone(&pn532));
        let scanner = scanner.accept().unwrap().0;
        let console = lines(console.accept().unwrap().0);
        Machine { qemu, pn532, scanner, console, folder }
    }

    /// The next line of the console that is not about the reader.
    fn says(&self) -> String {
        let end = Instant::now() + DECISION;
        loop {
            match self.console.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if line.starts_with("reader ready") => {}
                Ok(line) => return line,
                Err(_) => return "nothing".into(),
            }
        }
    }

    /// Scans a code, lays a card on the reader, and takes it away once the gate has decided.
    fn present(&mut self, code: &str, chip: VirtualChip) -> String {
        self.pn532.lock().unwrap().lay(SharedChip::new(chip), Modulation::TypeA);
        self.scanner.write_all(code.as_bytes()).unwrap();
        let decision = self.says();
        self.pn532.lock().unwrap().take();
        // Two searches without a card, and the pulse of the lock.
        thread::sleep(Duration::from_millis(4000));
        decision
    }

    /// What was written to the pins of port A: true where the relay (PA5) got power, false where it was taken.
    fn relay(&self) -> Vec<bool> {
        let log = fs::read_to_string(self.folder.path().join("gpio.log")).unwrap_or_default();
        let writes = log.lines().filter(|line| line.contains("GPIOA") && line.contains("write") && line.contains("offset 0x018"));
        let values = writes.filter_map(|line| {
            let digits = line.split("value 0x").nth(1)?;
            u32::from_str_radix(&digits.chars().take_while(char::is_ascii_hexdigit).collect::<String>(), 16).ok()
        });
        values.filter(|value| value & 0x0020_0020 != 0).map(|value| value & 0x20 != 0).collect()
    }

    fn openings(&self) -> usize {
        self.relay().into_iter().filter(|open| *open).count()
    }
}

/// The PN532 on its socket.
fn serve(mut wire: UnixStream, pn532: Arc<Mutex<Pn532>>) {
    thread::spawn(move || {
        let mut bytes = [0; 512];
        while let Ok(count @ 1..) = wire.read(&mut bytes) {
            let answer = pn532.lock().unwrap().receive(&bytes[..count]);
            if wire.write_all(&answer).is_err() {
                return;
            }
        }
    });
}

fn lines(wire: UnixStream) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(wire).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The image for QEMU, unless it cannot be built or run here.
fn image() -> Option<PathBuf> {
    if Command::new("qemu-system-arm").arg("--version").output().is_err() {
        skip("qemu-system-arm is not installed");
        return None;
    }
    match image::build(Image::GateInQemu) {
        Ok(image) => Some(image),
        Err(why) if why.contains("can't find crate for `core`") => {
            skip("the target thumbv7em-none-eabihf is not installed");
            None
        }
        Err(why) => panic!("the image does not build: {why}"),
    }
}

#[test]
fn gate_qemu_opens_for_the_genuine_card_and_for_no_other() {
    let Some(image) = image() else { return };
    let mut machine = Machine::boot(&image, &Storage::of(&pack_content()));
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
            VirtualChip::with_quirks(
                personalise(CARD).unwrap(),
                2,
                Quirks { attack: Some(Attack::Clone), ..Quirks::vietnam() },
            ),
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
    let Some(image) = image() else { return };
    let good = || Storage::of(&pack_content());
    let mut altered = good();
    *altered.pack.last_mut().unwrap() ^= 1;
    let mut other_key = good();
    other_key.provisioning = Provisioning::write(&[7; 32], &[0x5A; 32], 1, &RustCrypto).to_vec();
    let mut older = good();
    let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
    older.provisioning = Provisioning::write(operator.as_ref().try_into().unwrap(), &[0x5A; 32], 2, &RustCrypto).to_vec();
    let cases = [
        ("no pack: the gate pack is torn or damaged", altered),
        ("no pack: the gate pack is signed with another key than that of its site", other_key),
        ("no pack: the gate pack has version 1, and version 1 was taken over before", older),
    ];
    for (said, storage) in cases {
        let machine = Machine::boot(&image, &storage);
        assert_eq!(machine.says(), said);
        assert_eq!(machine.openings(), 0);
    }
    let mut ended = Machine::boot(&image, &Storage { now: ENDS.0, ..good() });
    assert_eq!(ended.says(), "ready");
    assert_eq!(ended.present(CODE, chip(personalise(CARD).unwrap())), "decided refused gate.pack_ended");
    assert_eq!(ended.openings(), 0);
}

/// What the board's image occupies may not grow by more than a twentieth unnoticed. The budget is 384 KiB, and is not met yet.
const FLASH_BYTES: u32 = 508_000;

#[test]
fn gate_image_does_not_grow_unnoticed() {
    if image().is_none() {
        return;
    }
    let board = image::build(Image::Gate).unwrap();
    let bytes = image::flash_bytes(&fs::read(board).unwrap()).unwrap();
    println!("flash: the board's image has {bytes} bytes");
    assert!(bytes <= FLASH_BYTES + FLASH_BYTES / 20, "{bytes} bytes");
}
