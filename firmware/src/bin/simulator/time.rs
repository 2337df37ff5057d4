//! Time that passes, and the time of day.

use std::cell::RefCell;
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use embedded_hal::delay::DelayNs;
use soat::time::Timestamp;
use soat_firmware::port::Clock;

use crate::machine::Machine;

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since the start.
pub fn milliseconds() -> u64 {
    u64::try_from(STARTED.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// As long as the last bytes of an answer are on a wire.
pub fn pause() {
    thread::sleep(Duration::from_millis(10));
}

/// The clock of this board.
pub struct BoardClock {
    machine: RefCell<Machine>,
}

impl BoardClock {
    /// The clock of a machine.
    pub fn new(machine: Machine) -> Self {
        Self { machine: RefCell::new(machine) }
    }

    /// Sets the time of day. Says whether it could be set.
    pub fn set_time(&self, time: Timestamp) -> bool {
        self.machine.borrow_mut().set_time(milliseconds(), time)
    }
}

impl Clock for BoardClock {
    fn milliseconds(&self) -> u64 {
        milliseconds()
    }

    fn time(&self) -> Option<Timestamp> {
        self.machine.borrow().time(milliseconds())
    }

    fn rest(&self) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Short waits.
pub struct Sleep;

impl DelayNs for Sleep {
    fn delay_ns(&mut self, ns: u32) {
        thread::sleep(Duration::from_nanos(ns.into()));
    }
}
