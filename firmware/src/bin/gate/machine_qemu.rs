//! Clocks, entropy and storage in QEMU, which models neither crystal nor RNG nor flash: the debugging host's, through semihosting.
//!
//! Files in QEMU's folder: `provisioning.bin`, `pack.bin`, and `now.txt` with the seconds since 1970 at the start.

use alloc::vec;
use alloc::vec::Vec;

use cortex_m_semihosting::syscall;
use soat::time::Timestamp;
use stm32f4xx_hal::pac::{IWDG, PWR, RNG, RTC};
use stm32f4xx_hal::rcc::{Config, Rcc};

/// SysTick counts with this in QEMU, whatever the clocks are.
pub const CORE_HZ: u32 = 168_000_000;
const LONGEST_FILE: usize = soat::gate::pack::LONGEST_PACK;

/// What the host's files say.
pub struct Stored {
    /// Keys.
    pub provisioning: &'static [u8],
    /// The pack.
    pub pack: &'static [u8],
}

/// What the host's files say.
pub fn stored() -> Stored {
    Stored { provisioning: file(b"provisioning.bin\0").leak(), pack: file(b"pack.bin\0").leak() }
}

/// The internal oscillator: the PLL hangs in QEMU.
pub fn start_clocks(rcc: Rcc) -> Rcc {
    rcc.freeze(Config::hsi())
}

/// The time that the host gave.
pub struct Machine {
    started: Option<i64>,
}

impl Machine {
    /// Asks the host.
    pub fn new(_: RNG, _: RTC, _: PWR, _: IWDG, _: &mut Rcc) -> Self {
        let text = file(b"now.txt\0");
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

    /// Sets what the time is. Whether it took it.
    pub fn set_time(&mut self, time: Timestamp, milliseconds: u64) -> bool {
        self.started = i64::try_from(milliseconds / 1000).ok().map(|passed| time.0.saturating_sub(passed));
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
        opened(b"/dev/urandom\0").is_some_and(|host| host.read(target))
    }
}

/// The whole of a file of the host; empty where there is none.
fn file(name: &[u8]) -> Vec<u8> {
    let Some(host) = opened(name) else { return Vec::new() };
    let length = host.length();
    let mut bytes = vec![0; length.min(LONGEST_FILE)];
    if host.read(&mut bytes) { bytes } else { Vec::new() }
}

/// An open file of the host.
struct HostFile(usize);

fn opened(name: &[u8]) -> Option<HostFile> {
    const READ_BINARY: usize = 1;
    // SAFETY: the name ends with a zero and outlives the call, as SYS_OPEN asks.
    let handle = unsafe { syscall!(OPEN, name.as_ptr(), READ_BINARY, name.len() - 1) };
    (handle != usize::MAX).then_some(HostFile(handle))
}

impl HostFile {
    fn length(&self) -> usize {
        // SAFETY: the handle is open.
        unsafe { syscall!(FLEN, self.0) }
    }

    fn read(&self, target: &mut [u8]) -> bool {
        // SAFETY: the handle is open, and the buffer as long as is said.
        let unread = unsafe { syscall!(READ, self.0, target.as_mut_ptr(), target.len()) };
        unread == 0
    }
}

impl Drop for HostFile {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used again.
        unsafe { syscall!(CLOSE, self.0) };
    }
}
