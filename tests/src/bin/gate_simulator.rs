//! A gate to try without a board: `cargo run --bin gate-simulator`. It starts the simulator, lays virtual cards on its reader, scans their
//! codes, and says what the gate does. `soat gate … --device` speaks to the port that it prints.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for engineers")]

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::{catalogue, personalise};
use card_fixtures::plug::SharedChip;
use card_fixtures::plug::pn532::Modulation;
use soat_tests::gate_machine::Machine;
use soat_tests::image;

/// That of vietnam-2024.
const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

const HELP: &str = "\
card NAME        lay a card on the reader      take             take it away
scan [TEXT]      the code of vietnam-2024, or another text
names            cards that there are
door open|shut   the contact of the door       exit on|off      the button
case open|shut   the contact of the case       jumper on|off    lets keys in
quit";

fn main() {
    println!("building the simulator …");
    let program = image::simulator();
    let mut machine = Machine::boot_in(&program, Arc::new(tempfile::tempdir().unwrap()));
    println!("{HELP}");
    announce(&machine);
    let orders = lines();
    let mut told = 0;
    loop {
        while let Ok(line) = machine.console.try_recv() {
            println!("gate: {line}");
        }
        let relay = machine.relay();
        for open in relay.iter().skip(told) {
            println!("lock: {}", if *open { "power" } else { "no power" });
        }
        told = relay.len();
        if machine.process.try_wait().unwrap().is_some() {
            println!("the gate starts anew");
            let folder = Arc::clone(&machine.folder);
            drop(machine);
            machine = Machine::boot_in(&program, folder);
            announce(&machine);
        }
        match orders.recv_timeout(Duration::from_millis(50)) {
            Ok(order) if order == "quit" => return,
            Ok(order) => obey(&mut machine, &order),
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn announce(machine: &Machine) {
    println!("port for soat gate --device: {}", machine.port.display());
}

fn lines() -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line.trim().to_owned()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn obey(machine: &mut Machine, order: &str) {
    match order.split_once(' ').unwrap_or((order, "")) {
        ("card", name) => match personalise(name) {
            Some(card) => machine.pn532.lock().unwrap().lay(SharedChip::new(VirtualChip::new(card, 1)), Modulation::TypeA),
            None => println!("no such card; names lists them"),
        },
        ("take", _) => machine.pn532.lock().unwrap().take(),
        ("scan", "") => machine.scanner.write_all(format!("{CODE}\r\n").as_bytes()).unwrap(),
        ("scan", text) => machine.scanner.write_all(format!("{text}\r\n").as_bytes()).unwrap(),
        ("names", _) => catalogue()
            .iter()
            .filter(|card| card.name.starts_with("vietnam"))
            .for_each(|card| println!("{}  {}", card.name, card.description)),
        ("door" | "exit" | "case" | "jumper", _) => machine.move_pin(order),
        ("", _) => {}
        _ => println!("{HELP}"),
    }
}
