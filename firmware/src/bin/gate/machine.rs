//! Clocks, entropy and storage of the board: crystal and PLL, the RNG, flash, the battery-backed clock.

mod flash;

pub use flash::{
    Chip, Given, HANDS_OVER_LATER, Incoming, Slots, StateFlash, Storage, VaultFlash, active, given, state, storage, taken, vault,
};

use soat::time::Timestamp;
use stm32f4xx_hal::pac::{IWDG, PWR, RCC, RNG, RTC};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::{Config, Rcc};
use stm32f4xx_hal::rng::Rng;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

use crate::rtc::Calendar;

/// What SysTick counts with.
pub const CORE_HZ: u32 = 168_000_000;
/// The crystal of the common boards.
const CRYSTAL_MHZ: u32 = 8;
/// Longer than any computation and any erase, also with an oscillator half as fast again as it should be (datasheet, table 40).
const WATCHDOG_MS: u32 = 20_000;

/// Starts anew. It takes the lock's power before anything else runs.
pub fn restart() -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}

/// What stopped the microcontroller before this start (RM0090 §7.3.21), told once.
pub fn reset_reason() -> &'static str {
    // SAFETY: the flags are read and cleared before anything else looks at them.
    let rcc = unsafe { &*RCC::ptr() };
    let flags = rcc.csr().read();
    rcc.csr().modify(|_, w| w.rmvf().set_bit());
    // A power-on sets the flags of brown-out and pin too: the most particular is told.
    if flags.lpwrrstf().bit_is_set() {
        "reset.low_power"
    } else if flags.wwdgrstf().bit_is_set() || flags.wdgrstf().bit_is_set() {
        "reset.watchdog"
    } else if flags.sftrstf().bit_is_set() {
        "reset.software"
    } else if flags.porrstf().bit_is_set() {
        "reset.power_on"
    } else if flags.borrstf().bit_is_set() {
        "reset.brown_out"
    } else if flags.padrstf().bit_is_set() {
        "reset.pin"
    } else {
        "reset.unknown"
    }
}

/// 168 MHz, and 48 MHz for the RNG.
pub fn start_clocks(rcc: Rcc) -> Rcc {
    rcc.freeze(Config::hse(CRYSTAL_MHZ.MHz()).sysclk(CORE_HZ.Hz()).require_pll48clk())
}

/// The gate is alive, though it does not come to its loop for a while.
pub fn feed() {
    const RELOAD: u16 = 0xAAAA;
    // SAFETY: a reload is the one thing that is written here, at any time (RM0090 §21.4.1).
    unsafe { (*IWDG::ptr()).kr().write(|w| w.key().bits(RELOAD)) };
}

/// RNG, RTC and watchdog.
pub struct Machine {
    rng: Option<Rng>,
    calendar: Calendar,
    watchdog: IndependentWatchdog,
}

impl Machine {
    /// Starts all three.
    pub fn new(rng: RNG, rtc: RTC, power: PWR, watchdog: IWDG, rcc: &mut Rcc) -> Self {
        let mut watchdog = IndependentWatchdog::new(watchdog);
        watchdog.start(WATCHDOG_MS.millis());
        Self { rng: Some(rng.constrain(rcc)), calendar: Calendar::new(rtc, &power), watchdog }
    }

    /// The source of session keys, once.
    pub fn entropy(&mut self) -> Source {
        Source { rng: self.rng.take() }
    }

    /// The time of day.
    pub fn time(&mut self, _: u64) -> Option<Timestamp> {
        self.calendar.time()
    }

    /// Sets the calendar. Whether it took the time.
    pub fn set_time(&mut self, _: u64, time: Timestamp) -> bool {
        self.calendar.set(time)
    }

    /// The gate is alive.
    pub fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }
}

/// The RNG (RM0090 §24).
pub struct Source {
    rng: Option<Rng>,
}

impl Source {
    /// Fills all of it, or says that it cannot.
    pub fn fill(&mut self, target: &mut [u8]) -> bool {
        use stm32f4xx_hal::hal_02::blocking::rng::Read;
        self.rng.as_mut().is_some_and(|rng| rng.read(target).is_ok())
    }
}
