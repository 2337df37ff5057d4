//! Clocks, entropy and storage in QEMU, which models neither crystal nor RNG nor flash: the debugging host's, through semihosting.
//!
//! Files in QEMU's folder: `now.txt` with the seconds since 1970 at the start, and those of [`flash`].

#[path = "machine_qemu/flash.rs"]
mod flash;

pub use flash::{
    Chip, Given, HANDS_OVER_LATER, Incoming, Slots, StateFlash, Storage, VaultFlash, active, given, state, storage, taken, vault,
};

use soat::time::Timestamp;
use stm32f4xx_hal::pac::{IWDG, PWR, RNG, RTC};
use stm32f4xx_hal::rcc::{Config, Rcc};

/// SysTick counts with this in QEMU, whatever the clocks are.
pub const CORE_HZ: u32 = 168_000_000;

/// Starts anew. It takes the lock's power before anything else runs.
pub fn restart() -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}

/// QEMU tells no reason: each start is one with new power.
pub fn reset_reason() -> &'static str {
    "reset.power_on"
}

/// The internal oscillator: the PLL hangs in QEMU.
pub fn start_clocks(rcc: Rcc) -> Rcc {
    rcc.freeze(Config::hsi())
}

/// QEMU has no watchdog.
pub fn feed() {}

/// The time that the host gave.
pub struct Machine {
    started: Option<i64>,
}

impl Machine {
    /// Asks the host.
    pub fn new(_: RNG, _: RTC, _: PWR, _: IWDG, _: &mut Rcc) -> Self {
        let text = flash::file(b"now.txt\0");
        Self { started: core::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()) }
    }

    /// The source of session keys.
    pub fn entropy(&mut self) -> Source {
        Source
    }

    /// The time of day.
    pub fn time(&mut self, milliseconds: u64) -> Option<Timestamp> {
        let passed = i64::try_from(milliseconds / 1000).ok()?;
        self.started?.checked_add(passed).map(Timestamp)
    }

    /// Until the machine ends.
    pub fn set_time(&mut self, milliseconds: u64, time: Timestamp) -> bool {
        let passed = i64::try_from(milliseconds / 1000).ok();
        self.started = passed.and_then(|passed| time.0.checked_sub(passed));
        self.started.is_some()
    }

    /// QEMU has no watchdog.
    pub fn feed_watchdog(&mut self) {}
}

/// `/dev/urandom` of the host.
pub struct Source;

impl Source {
    /// Fills all of it, or says that it cannot.
    pub fn fill(&mut self, target: &mut [u8]) -> bool {
        flash::host::opened(b"/dev/urandom\0").is_some_and(|host| host.read(target))
    }
}
