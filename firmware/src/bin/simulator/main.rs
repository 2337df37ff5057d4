//! The gate on Linux, for engineers without a board and for tests: what runs on a board runs here, over sockets and files.
//!
//! `simulator FOLDER` connects to the Unix sockets `reader` (a PN532), `scanner`, `bus` (a control panel) and `console` (the serial link) in
//! the folder, where somebody listens, and keeps its flash there in files. Its pins are written to `gpio.log`, a line each time, in the
//! words of QEMU. Lines on standard input move the others: `door open|shut`, `exit on|off`, `case open|shut`, `jumper on|off`.
//! Where a board starts anew, it ends.

extern crate alloc;

mod bus;
#[path = "../gate/desk.rs"]
mod desk;
#[path = "../gate/entropy.rs"]
mod entropy;
#[path = "../gate/images.rs"]
mod images;
mod machine;
mod memory;
#[path = "../gate/orders.rs"]
mod orders;
#[path = "../gate/panel.rs"]
mod panel;
mod pins;
mod serial;
#[path = "../gate/serve.rs"]
mod serve;
#[path = "../gate/start.rs"]
mod start;
mod time;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use soat_firmware::pins::{MonitoredRelay, Panel};
use soat_firmware::port::Board;
use soat_firmware::wiegand::wires::Wires;

use entropy::Entropy;
use pins::{Input, Output};
use serial::Wire;
use serve::Hardware;
use start::Keep;
use time::{BoardClock, Sleep};

/// The types of this board.
struct ThisBoard;

/// DATA0 and DATA1.
type BoardWires = Wires<Output, Output, Sleep>;

/// Lets keys in while it is set.
type Jumper = Input;

/// High while the case is open.
type CaseContact = Input;

impl Board for ThisBoard {
    type Reader = Wire;
    type Scanner = Wire;
    type Lock = MonitoredRelay<Output, Input, Input>;
    type Lamps = Panel<Output, Output, Output, Output>;
    type Clock = BoardClock;
    type Entropy = Entropy;
    type Journal = Keep;
}

static DOOR_OPEN: AtomicBool = AtomicBool::new(false);
static EXIT: AtomicBool = AtomicBool::new(false);
static CASE_OPEN: AtomicBool = AtomicBool::new(false);
static JUMPER: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("simulator FOLDER: the folder has the sockets reader, scanner, bus and console");
        return ExitCode::from(2);
    };
    let [reader, scanner, line, console] = match env::set_current_dir(&folder).and_then(|()| serial::connect()) {
        Ok(wires) => wires,
        Err(cause) => {
            eprintln!("{}: {cause}", folder.display());
            return ExitCode::from(2);
        }
    };
    let Some(storage) = machine::storage() else {
        eprintln!("{}: the files of its flash cannot be made", folder.display());
        return ExitCode::from(2);
    };
    pins::follow([
        ("door", "open", "shut", &DOOR_OPEN),
        ("exit", "on", "off", &EXIT),
        ("case", "open", "shut", &CASE_OPEN),
        ("jumper", "on", "off", &JUMPER),
    ]);
    let pin = Output::new;
    serve::run(Hardware {
        reader,
        scanner,
        lock: MonitoredRelay { relay: pin('A', 5), contact: Input(&DOOR_OPEN), exit: Input(&EXIT) },
        lamps: Panel { red: pin('C', 0), green: pin('C', 1), blue: pin('C', 2), buzzer: pin('C', 3) },
        clock: BoardClock::new(machine::Machine::new()),
        entropy: Entropy(machine::Source),
        console,
        jumper: Input(&JUMPER),
        case: Input(&CASE_OPEN),
        storage,
        start_panel: |place, seed| bus::start(line, place, seed),
        wires: Wires::new(pin('C', 8), pin('C', 9), Sleep),
    })
}
