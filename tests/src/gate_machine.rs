//! A gate's program in a process of its own, in QEMU or as the simulator, and everything around it: reader, scanner and card, the panel's bus
//! and the desk's port, on sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::missing_panics_doc, reason = "where it cannot be, a test fails")]

pub mod wire;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use card_fixtures::chip::VirtualChip;
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::{Modulation, Pn532};
use soat_firmware::port::ByteLink;

use crate::gate_at_port::PtyWire;
use crate::image::{self, Image};

/// A machine under load emulates slowly.
pub const DECISION: Duration = Duration::from_secs(90);

/// USART1, USART2, USART3 and UART4, in QEMU's order.
pub const PORTS: [&str; 4] = ["reader", "scanner", "bus", "console"];

/// A machine that runs, and everything around it.
pub struct Machine {
    /// The program.
    pub process: Child,
    stdin: ChildStdin,
    /// Its reader.
    pub pn532: Arc<Mutex<Pn532>>,
    /// What happens to the bytes between the two.
    pub plan: wire::Plan,
    /// The scanner's end of its wire.
    pub scanner: UnixStream,
    /// The lines that it says.
    pub console: Receiver<String>,
    /// Where a desk speaks to it.
    pub port: PathBuf,
    /// The control panel's end of its bus.
    pub bus: UnixStream,
    /// Where its flash and the writes to its pins are.
    pub folder: Arc<tempfile::TempDir>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Machine {
    /// Boots the image over what is left in a folder.
    pub fn boot_in(image: &Path, folder: Arc<tempfile::TempDir>) -> Machine {
        let at = |name: &str| folder.path().join(name);
        for port in PORTS {
            let _ = fs::remove_file(at(port));
        }
        let listen = |name: &str| UnixListener::bind(at(name)).unwrap();
        let [reader, scanner, bus, console] = PORTS.map(listen);
        let mut process = if image.file_name().is_some_and(|name| name == "simulator") {
            let mut command = Command::new(image);
            command.arg(".");
            command
        } else {
            Self::in_qemu(image, &folder)
        };
        let mut process =
            process.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let stdin = process.stdin.take().unwrap();
        let pn532 = Arc::new(Mutex::new(Pn532::behind_socket()));
        let plan = wire::Plan::default();
        wire::serve(reader.accept().unwrap().0, Arc::clone(&pn532), Arc::clone(&plan));
        let scanner = scanner.accept().unwrap().0;
        let bus = bus.accept().unwrap().0;
        let (console, port) = console_of(console.accept().unwrap().0);
        Machine { process, stdin, pn532, plan, scanner, console, port, bus, folder }
    }

    fn in_qemu(image: &Path, folder: &tempfile::TempDir) -> Command {
        let mut command = Command::new("qemu-system-arm");
        command.args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-no-reboot"]);
        for name in PORTS {
            command.args(["-chardev", &format!("socket,id={name},path={name}"), "-serial", &format!("chardev:{name}")]);
        }
        // The processor starts the boot loader, and that starts the gate behind it.
        static BOOT: LazyLock<PathBuf> = LazyLock::new(|| image::in_qemu(Image::BootInQemu).unwrap());
        fs::write(folder.path().join("gate.bin"), image::flat(&fs::read(image).unwrap()).unwrap()).unwrap();
        command
            .args(["-semihosting-config", "enable=on,target=native", "-d", "unimp", "-D", "gpio.log", "-kernel"])
            .arg(&*BOOT)
            .args(["-device", "loader,file=gate.bin,addr=0x08020000"]);
        command
    }

    /// Moves a pin of the simulator, as `door open`: QEMU has none.
    pub fn move_pin(&mut self, what: &str) {
        writeln!(self.stdin, "{what}").unwrap();
        // It looks at its pins with each round.
        thread::sleep(Duration::from_millis(200));
    }

    /// The next line of the console that is neither about the reader nor about the panel.
    pub fn says(&self) -> String {
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
    pub fn present(&mut self, code: &str, chip: VirtualChip) -> String {
        self.pn532.lock().unwrap().lay(SharedChip::new(chip), Modulation::TypeA);
        self.scanner.write_all(code.as_bytes()).unwrap();
        let decision = self.says();
        self.pn532.lock().unwrap().take();
        // Two searches without a card, and the pulse of the lock.
        thread::sleep(Duration::from_millis(4000));
        decision
    }

    /// What was written to the pins of port A: true where the relay (PA5) got power, false where it was taken.
    pub fn relay(&self) -> Vec<bool> {
        let values = self.writes('A').into_iter();
        values.filter(|value| value & 0x0020_0020 != 0).map(|value| value & 0x20 != 0).collect()
    }

    /// What was written to the BSRR of a port (RM0090 §8.4.7).
    pub fn writes(&self, port: char) -> Vec<u32> {
        let log = fs::read_to_string(self.folder.path().join("gpio.log")).unwrap_or_default();
        let port = format!("GPIO{port}");
        let writes = log.lines().filter(|line| line.contains(&port) && line.contains("write") && line.contains("offset 0x018"));
        let values = writes.filter_map(|line| {
            let digits = line.split("value 0x").nth(1)?;
            u32::from_str_radix(&digits.chars().take_while(char::is_ascii_hexdigit).collect::<String>(), 16).ok()
        });
        values.collect()
    }

    /// How often the relay got power.
    pub fn openings(&self) -> usize {
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
