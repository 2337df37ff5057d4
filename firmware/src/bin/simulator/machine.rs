//! Time, entropy and storage of this computer.

#[path = "../gate/machine_qemu/files.rs"]
mod files;
mod host;

use std::time::{SystemTime, UNIX_EPOCH};

use embedded_storage::nor_flash::NorFlashErrorKind;
use soat::time::Timestamp;

pub use files::*;

/// It ends; whoever started it starts it anew.
pub fn restart() -> ! {
    std::process::exit(0)
}

/// Each start is one with new power.
pub fn reset_reason() -> &'static str {
    "reset.power_on"
}

/// There is no watchdog.
pub fn feed() {}

/// Opens the files, or makes them.
pub fn storage() -> Option<Storage> {
    let chip = HostFlash::open(b"chip.bin\0").ok_or(NorFlashErrorKind::Other);
    let incoming = HostFlash::open(b"incoming.bin\0").ok_or(NorFlashErrorKind::Other);
    Some(Storage { chip, incoming, slots: HostFlash::open(b"slots.bin\0")? })
}

/// Four sectors, where a board has the image that runs. Nothing starts what stands there.
pub type Active = HostFlash<{ 128 << 10 }, 4>;

/// The image that runs.
pub fn active() -> Active {
    HostFlash::open(b"active.bin\0").unwrap_or_else(|| restart())
}

/// The clock: this computer's, or one that showed the time of `now.txt` at the start.
pub struct Machine {
    started: Option<i64>,
}

impl Machine {
    /// Looks at either.
    pub fn new() -> Self {
        let text = file(b"now.txt\0");
        let told = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok());
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|passed| i64::try_from(passed.as_secs()).ok());
        Self { started: told.or_else(now) }
    }

    /// The time of day.
    pub fn time(&self, milliseconds: u64) -> Option<Timestamp> {
        self.started?.checked_add(i64::try_from(milliseconds / 1000).ok()?).map(Timestamp)
    }

    /// Until it ends.
    pub fn set_time(&mut self, milliseconds: u64, time: Timestamp) -> bool {
        let passed = i64::try_from(milliseconds / 1000).ok();
        self.started = passed.and_then(|passed| time.0.checked_sub(passed));
        self.started.is_some()
    }
}

/// `/dev/urandom`.
pub struct Source;

impl Source {
    /// Fills all of it, or says that it cannot.
    pub fn fill(&mut self, target: &mut [u8]) -> bool {
        host::opened(b"/dev/urandom\0").is_some_and(|host| host.read(target))
    }
}
