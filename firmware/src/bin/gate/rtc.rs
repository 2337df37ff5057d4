//! The calendar with its battery (RM0090 §26): counted by the 32.768 kHz crystal, in UTC.

use soat::time::Timestamp;
use soat_firmware::calendar;
use stm32f4xx_hal::pac::{PWR, RCC, RTC};

/// The crystal takes up to two seconds to swing (datasheet, table 37); a board without one does not hang.
const LOOKS: u32 = 40_000_000;
/// 32,768 = (127 + 1) × (255 + 1) (RM0090 §26.3.1).
const ASYNCHRONOUS: u32 = 127;
const SYNCHRONOUS: u32 = 255;
/// RTC_WPR takes these one after the other, and anything else locks (RM0090 §26.3.5).
const UNLOCK: [u8; 2] = [0xCA, 0x53];
const LOCK: u8 = 0xFF;

/// The calendar.
pub struct Calendar {
    rtc: RTC,
    /// Whether its crystal swings.
    runs: bool,
}

impl Calendar {
    /// The calendar as the battery kept it; where it never ran, its crystal is started.
    pub fn new(rtc: RTC, power: &PWR) -> Self {
        // SAFETY: these bits are named nowhere else; clocks are set before.
        let rcc = unsafe { &*RCC::ptr() };
        rcc.apb1enr().modify(|_, w| w.pwren().set_bit());
        // The backup domain is written to only while DBP is set (RM0090 §5.1.2).
        power.cr().modify(|_, w| w.dbp().set_bit());
        rcc.bdcr().modify(|_, w| w.lseon().set_bit());
        let runs = (0..LOOKS).any(|_| rcc.bdcr().read().lserdy().bit_is_set());
        // RTCSEL is written once; 01 is the crystal.
        // SAFETY: 01 is a value that the field has.
        rcc.bdcr().modify(|_, w| unsafe { w.rtcsel().bits(0b01).rtcen().set_bit() });
        Self { rtc, runs }
    }

    /// The time of day; `None` where nobody set it, or nothing counts it.
    pub fn time(&self) -> Option<Timestamp> {
        // RTC_TR holds RTC_DR until that is read (RM0090 §26.3.6): both are of one moment.
        let time = self.rtc.tr().read().bits();
        let date = self.rtc.dr().read().bits();
        calendar::decode(time, date, self.runs && self.rtc.isr().read().inits().bit_is_set())
    }

    /// Sets it. Whether it took the time.
    pub fn set(&mut self, time: Timestamp) -> bool {
        let Some((clock, date)) = calendar::encode(time).filter(|_| self.runs) else { return false };
        let unlock = |key: u8| self.rtc.wpr().write(|w| unsafe { w.key().bits(key) });
        // SAFETY of the values here: RM0090 §26.6 gives each register these.
        UNLOCK.into_iter().for_each(|key| {
            unlock(key);
        });
        self.rtc.isr().modify(|_, w| w.init().set_bit());
        let stands = (0..LOOKS).any(|_| self.rtc.isr().read().initf().bit_is_set());
        if stands {
            // The synchronous part alone, and then both (RM0090 §26.3.5).
            self.rtc.prer().write(|w| unsafe { w.bits(SYNCHRONOUS) });
            self.rtc.prer().write(|w| unsafe { w.bits(ASYNCHRONOUS << 16 | SYNCHRONOUS) });
            self.rtc.tr().write(|w| unsafe { w.bits(clock) });
            self.rtc.dr().write(|w| unsafe { w.bits(date) });
        }
        // RSF says when the registers that are read show what was written (RM0090 §26.3.6).
        self.rtc.isr().modify(|_, w| w.init().clear_bit().rsf().clear_bit());
        let shows = (0..LOOKS).any(|_| self.rtc.isr().read().rsf().bit_is_set());
        unlock(LOCK);
        stands && shows
    }
}
