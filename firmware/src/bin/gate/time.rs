//! Milliseconds from SysTick, and the time of day.

use core::cell::{Cell, RefCell};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use critical_section::Mutex;
use embedded_hal::delay::DelayNs;
use soat::time::Timestamp;
use soat_firmware::port::Clock;

use crate::machine::{CORE_HZ, Machine};

static MILLISECONDS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// An interrupt each millisecond.
pub fn start(systick: &mut SYST) {
    systick.set_clock_source(SystClkSource::Core);
    systick.set_reload(CORE_HZ / 1000 - 1);
    systick.clear_current();
    systick.enable_counter();
    systick.enable_interrupt();
}

#[cortex_m_rt::exception]
fn SysTick() {
    critical_section::with(|cs| {
        let passed = MILLISECONDS.borrow(cs);
        passed.set(passed.get() + 1);
    });
}

/// As long as the last bytes of an answer are on a wire.
pub fn pause() {
    cortex_m::asm::delay(CORE_HZ / 100);
}

/// Milliseconds since the start.
pub fn milliseconds() -> u64 {
    critical_section::with(|cs| MILLISECONDS.borrow(cs).get())
}

/// The clock of this board; it feeds the watchdog while the gate waits.
pub struct BoardClock {
    machine: RefCell<Machine>,
}

impl BoardClock {
    /// The clock of a machine.
    pub fn new(machine: Machine) -> Self {
        Self { machine: RefCell::new(machine) }
    }

    /// Sets the calendar. Says whether it could be set.
    pub fn set_time(&self, time: Timestamp) -> bool {
        self.machine.try_borrow_mut().is_ok_and(|mut machine| machine.set_time(milliseconds(), time))
    }
}

impl Clock for BoardClock {
    fn milliseconds(&self) -> u64 {
        milliseconds()
    }

    fn time(&self) -> Option<Timestamp> {
        let now = self.milliseconds();
        self.machine.try_borrow_mut().ok()?.time(now)
    }

    fn rest(&self) {
        if let Ok(mut machine) = self.machine.try_borrow_mut() {
            machine.feed_watchdog();
        }
        cortex_m::asm::wfi();
    }
}

/// Short waits by the processor's own cycles.
pub struct Cycles;

impl DelayNs for Cycles {
    fn delay_ns(&mut self, ns: u32) {
        cortex_m::asm::delay((ns / 1000).saturating_mul(CORE_HZ / 1_000_000));
    }
}
