//! Clocks, entropy and storage of the board: crystal and PLL, the RNG, flash, the battery-backed clock.

use soat::time::Timestamp;
use stm32f4xx_hal::pac::{IWDG, PWR, RNG, RTC};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::{Config, Rcc};
use stm32f4xx_hal::rng::Rng;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

use crate::rtc::Calendar;

/// What SysTick counts with.
pub const CORE_HZ: u32 = 168_000_000;
/// The crystal of the common boards.
const CRYSTAL_MHZ: u32 = 8;
/// Longer than any computation.
const WATCHDOG_MS: u32 = 8000;

/// Sectors 10 and 11 of 128 KiB (RM0090 table 5): they change seldom, and nothing runs from them.
const PROVISIONING: usize = 0x080C_0000;
const PACK: usize = 0x080E_0000;

/// What was written into flash.
pub struct Stored {
    /// Keys.
    pub provisioning: &'static [u8],
    /// The pack.
    pub pack: &'static [u8],
}

/// What was written into flash. The pack is behind its length of four bytes.
pub fn stored() -> Stored {
    // SAFETY: both sectors are flash of this microcontroller, which nothing writes while the gate runs, and no image reaches them.
    let (provisioning, pack) = unsafe {
        let sector = |at: usize| core::slice::from_raw_parts(at as *const u8, 128 << 10);
        (sector(PROVISIONING), sector(PACK))
    };
    let pack =
        pack.split_first_chunk::<4>().and_then(|(length, rest)| rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?));
    Stored { provisioning, pack: pack.unwrap_or_default() }
}

/// 168 MHz, and 48 MHz for the RNG.
pub fn start_clocks(rcc: Rcc) -> Rcc {
    rcc.freeze(Config::hse(CRYSTAL_MHZ.MHz()).sysclk(CORE_HZ.Hz()).require_pll48clk())
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
    pub fn set_time(&mut self, time: Timestamp, _: u64) -> bool {
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
