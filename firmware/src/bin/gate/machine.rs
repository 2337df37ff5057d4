//! Clocks, entropy and storage of the board: crystal and PLL, the RNG, flash, the battery-backed clock.

mod flash;

pub use flash::{Chip, Given, HANDS_OVER_LATER, Slots, Storage, VaultFlash, given, storage, taken, vault};

use soat::time::Timestamp;
use soat_firmware::calendar;
use stm32f4xx_hal::pac::{IWDG, PWR, RCC, RNG, RTC};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::{Config, Rcc};
use stm32f4xx_hal::rng::Rng;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

/// What SysTick counts with.
pub const CORE_HZ: u32 = 168_000_000;
/// The crystal of the common boards.
const CRYSTAL_MHZ: u32 = 8;
/// Longer than any computation.
const WATCHDOG_MS: u32 = 8000;
/// The calendar opens within two of its clocks, 61 µs; without its crystal never.
const INIT_TRIES: u32 = 100_000;
/// Milliseconds.
const CRYSTAL_TRIES: u32 = 3000;

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

/// RNG, RTC and watchdog.
pub struct Machine {
    rng: Option<Rng>,
    rtc: RTC,
    pwr: PWR,
    watchdog: IndependentWatchdog,
}

impl Machine {
    /// Starts all three.
    pub fn new(rng: RNG, rtc: RTC, pwr: PWR, watchdog: IWDG, rcc: &mut Rcc) -> Self {
        let mut watchdog = IndependentWatchdog::new(watchdog);
        watchdog.start(WATCHDOG_MS.millis());
        Self { rng: Some(rng.constrain(rcc)), rtc, pwr, watchdog }
    }

    /// The source of session keys, once.
    pub fn entropy(&mut self) -> Source {
        Source { rng: self.rng.take() }
    }

    /// The time of day.
    pub fn time(&mut self, _: u64) -> Option<Timestamp> {
        // RTC_TR holds RTC_DR until that is read (RM0090 §26.3.6): both are of one moment.
        let time = self.rtc.tr().read().bits();
        let date = self.rtc.dr().read().bits();
        calendar::decode(time, date, self.rtc.isr().read().inits().bit_is_set())
    }

    /// Sets the calendar, and starts it first where it never ran (RM0090 §26.3.5).
    pub fn set_time(&mut self, _: u64, time: Timestamp) -> bool {
        let Some((time, date)) = calendar::encode(time) else { return false };
        self.open_calendar();
        // SAFETY: RTC_WPR takes this sequence, and the registers what the calendar encodes.
        unsafe {
            self.rtc.wpr().write(|w| w.bits(0xCA));
            self.rtc.wpr().write(|w| w.bits(0x53));
        }
        self.rtc.isr().modify(|_, w| w.init().set_bit());
        let is_open = (0..INIT_TRIES).any(|_| self.rtc.isr().read().initf().bit_is_set());
        if is_open {
            // SAFETY: as above.
            unsafe {
                self.rtc.tr().write(|w| w.bits(time));
                self.rtc.dr().write(|w| w.bits(date));
            }
        }
        self.rtc.isr().modify(|_, w| w.init().clear_bit());
        // SAFETY: any other key locks the registers again.
        self.rtc.wpr().write(|w| unsafe { w.bits(0xFF) });
        is_open
    }

    /// The crystal of 32.768 kHz and the calendar, in the domain of the battery.
    fn open_calendar(&mut self) {
        // SAFETY: the HAL has set the clocks up and does not touch these bits any more.
        let rcc = unsafe { &*RCC::ptr() };
        rcc.apb1enr().modify(|_, w| w.pwren().set_bit());
        self.pwr.cr().modify(|_, w| w.dbp().set_bit());
        if rcc.bdcr().read().rtcen().bit_is_set() {
            return;
        }
        rcc.bdcr().modify(|_, w| w.lseon().set_bit());
        // Two seconds at most (data sheet of the STM32F405, table 36); without the crystal the calendar does not open.
        for _ in 0..CRYSTAL_TRIES {
            if rcc.bdcr().read().lserdy().bit_is_set() {
                rcc.bdcr().modify(|_, w| w.rtcsel().lse().rtcen().set_bit());
                return;
            }
            cortex_m::asm::delay(CORE_HZ / 1000);
        }
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
