//! The image of the gate in QEMU: its instructions, its interrupts and its pins; reader, scanner and card on sockets.

mod desk;
mod keeping;
mod panel;
mod wire;

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use card_fixtures::authority::SodOptions;
use card_fixtures::chip::{Attack, Quirks};
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::{Modulation, Pn532};
use soat::evidence::TerminalSigner;
use soat::gate::pack::{Content, PackError};
use soat::gate::provisioning::{Given, Provisioning, Wiegand};
use soat_firmware::port::ByteLink;
use soat_firmware::wiegand::Format;
use soat_tests::gate_at_port::PtyWire;
use soat_tests::image::{self, Image};
use soat_tests::seeds::SeedTerminal;
use soat_tests::thumb::semihosting_calls;

use super::*;

/// On the control panel's bus.
const ADDRESS: u8 = 5;
const JOURNAL_KEY: [u8; 32] = *b"the key that stays at the desk .";
const SCBK: [u8; 16] = *b"\x1f\x80 not SCBK-D \x07\x42";

/// A machine under load emulates slowly.
const DECISION: Duration = Duration::from_secs(90);

/// USART1, USART2, USART3 and UART4, in QEMU's order.
const PORTS: [&str; 4] = ["reader", "scanner", "bus", "console"];

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
    pack_of_version(content, 1)
}

fn pack_of_version(content: &Content<'_>, version: u64) -> Result<Vec<u8>, PackError> {
    content.signed(version, Timestamp(NOW.0 - 86_400), ENDS, &SeedTerminal::new(), &RustCrypto)
}

impl Storage {
    fn of(content: &Content<'_>) -> Self {
        let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
        let operator = operator.as_ref().try_into().unwrap();
        Self { pack: pack(content).unwrap(), provisioning: provisioning(&operator, 1), now: NOW.0 }
    }
}

impl Storage {
    /// What the gate finds at its start.
    fn hand_over(&self, folder: &Path) {
        fs::write(folder.join("pack.bin"), &self.pack).unwrap();
        fs::write(folder.join("provisioning.bin"), &self.provisioning).unwrap();
        fs::write(folder.join("now.txt"), self.now.to_string()).unwrap();
    }
}

fn provisioning(operator: &[u8; 32], least_version: u64) -> Vec<u8> {
    provisioning_with(operator, least_version, Wiegand::Off)
}

fn provisioning_with(operator: &[u8; 32], least_version: u64, wiegand: Wiegand) -> Vec<u8> {
    let given = Given {
        operator,
        site_key: &[0x5A; 32],
        least_version,
        osdp_address: ADDRESS,
        scbk: &SCBK,
        wiegand,
        link_key: &[0x4B; 32],
        journal_key: &JOURNAL_KEY,
        name: "cổng bắc",
    };
    Provisioning::write(&given, &RustCrypto).unwrap().to_vec()
}

/// A machine that runs, and everything around it.
struct Machine {
    qemu: Child,
    pn532: Arc<Mutex<Pn532>>,
    plan: wire::Plan,
    scanner: UnixStream,
    console: Receiver<String>,
    /// Where a desk speaks to it.
    port: PathBuf,
    bus: UnixStream,
    folder: Arc<tempfile::TempDir>,
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
        storage.hand_over(folder.path());
        Self::boot_in(image, Arc::new(folder))
    }

    /// Boots the image over what is left in a folder.
    fn boot_in(image: &Path, folder: Arc<tempfile::TempDir>) -> Machine {
        let at = |name: &str| folder.path().join(name);
        for port in PORTS {
            let _ = fs::remove_file(at(port));
        }
        let listen = |name: &str| UnixListener::bind(at(name)).unwrap();
        let [reader, scanner, bus, console] = PORTS.map(listen);
        let mut command = Command::new("qemu-system-arm");
        command.args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-no-reboot"]);
        for name in PORTS {
            command.args(["-chardev", &format!("socket,id={name},path={name}"), "-serial", &format!("chardev:{name}")]);
        }
        // The processor starts the boot loader, and that starts the gate behind it.
        static BOOT: LazyLock<PathBuf> = LazyLock::new(|| image::in_qemu(Image::BootInQemu).unwrap());
        fs::write(at("gate.bin"), image::flat(&fs::read(image).unwrap()).unwrap()).unwrap();
        let qemu = command
            .args(["-semihosting-config", "enable=on,target=native", "-d", "unimp", "-D", "gpio.log", "-kernel"])
            .arg(&*BOOT)
            .args(["-device", "loader,file=gate.bin,addr=0x08020000"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pn532 = Arc::new(Mutex::new(Pn532::behind_socket()));
        let plan = wire::Plan::default();
        wire::serve(reader.accept().unwrap().0, Arc::clone(&pn532), Arc::clone(&plan));
        let scanner = scanner.accept().unwrap().0;
        let bus = bus.accept().unwrap().0;
        let (console, port) = console_of(console.accept().unwrap().0);
        Machine { qemu, pn532, plan, scanner, console, port, bus, folder }
    }

    /// The next line of the console that is neither about the reader nor about the panel.
    fn says(&self) -> String {
        let end = Instant::now() + DECISION;
        loop {
            match self.console.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if ["reader ready", "reader fault", "reading", "panel"].iter().any(|other| line.starts_with(other)) => {}
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
        let values = self.writes('A').into_iter();
        values.filter(|value| value & 0x0020_0020 != 0).map(|value| value & 0x20 != 0).collect()
    }

    /// What was written to the BSRR of a port (RM0090 §8.4.7).
    fn writes(&self, port: char) -> Vec<u32> {
        let log = fs::read_to_string(self.folder.path().join("gpio.log")).unwrap_or_default();
        let port = format!("GPIO{port}");
        let writes = log.lines().filter(|line| line.contains(&port) && line.contains("write") && line.contains("offset 0x018"));
        let values = writes.filter_map(|line| {
            let digits = line.split("value 0x").nth(1)?;
            u32::from_str_radix(&digits.chars().take_while(char::is_ascii_hexdigit).collect::<String>(), 16).ok()
        });
        values.collect()
    }

    fn openings(&self) -> usize {
        self.relay().into_iter().filter(|open| *open).count()
    }
}

/// The console as lines, and as a port at which a desk can speak.
fn console_of(mut wire: UnixStream) -> (Receiver<String>, PathBuf) {
    let (sender, receiver) = channel();
    let (mut port, path) = PtyWire::new().unwrap();
    wire.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
    thread::spawn(move || {
        let (mut bytes, mut line) = ([0; 2048], Vec::new());
        loop {
            let said = match wire.read(&mut bytes) {
                // What was said last is read before the port goes.
                Ok(0) => return thread::sleep(Duration::from_secs(3)),
                Ok(count) => &bytes[..count],
                Err(cause) if matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => &[],
                Err(_) => return,
            };
            if !said.is_empty() {
                port.offer(said);
            }
            for byte in said {
                match byte {
                    b'\n' => {
                        // What is no text is a frame.
                        let text = String::from_utf8(std::mem::take(&mut line)).unwrap_or_default();
                        if !text.is_empty() && !text.contains('\0') && sender.send(text).is_err() {
                            return;
                        }
                    }
                    0 => line.clear(),
                    byte => line.push(*byte),
                }
            }
            let asked: Vec<u8> = std::iter::from_fn(|| port.receive()).take(2048).collect();
            if !asked.is_empty() && wire.write_all(&asked).is_err() {
                return;
            }
        }
    });
    (receiver, path)
}

#[test]
fn gate_qemu_opens_for_the_genuine_card_and_for_no_other() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
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
        let machine = Machine::boot(&image, &storage);
        assert_eq!(machine.says(), said);
        assert_eq!(machine.openings(), 0);
    }
    let ended = Machine::boot(&image, &Storage { now: ENDS.0, ..good() });
    assert_eq!(ended.says(), "no pack: the gate pack has ended");
    let in_date = Machine::boot(&image, &good());
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
        let mut machine = Machine::boot(&image, &storage);
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
