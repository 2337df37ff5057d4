//! Serial ports, and USB devices that look like one (CDC-ACM): bytes as they are, for one program at a time.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};

/// How a port is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Only what comes is read, at the speed that the port has.
    #[cfg_attr(not(unix), allow(dead_code, reason = "scanners at serial ports are read on POSIX systems"))]
    Listening,
    /// Both ways, at this many bauds.
    Speaking(u32),
}

/// Opens a port and sets it to pass bytes on unchanged. A second program would take half of what comes: the port is claimed.
///
/// # Errors
/// That it cannot be used, in the words of the system, or is no serial port.
#[cfg(unix)]
pub fn open(port: &Path, purpose: Use) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;
    use rustix::termios::{OptionalActions, QueueSelector, isatty, tcflush, tcgetattr, tcsetattr};

    let mut options = std::fs::OpenOptions::new();
    let flags = OFlags::NOCTTY | OFlags::NONBLOCK;
    options.read(true).write(purpose != Use::Listening).custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    let opened = options.open(port).map_err(|cause| unusable(port, &cause))?;
    if !isatty(&opened) {
        return Err(Error::usage("serial-not-a-port").with("device", port.display().to_string()));
    }
    let failed = |cause: rustix::io::Errno| unusable(port, &cause.into());
    let mut settings = tcgetattr(&opened).map_err(failed)?;
    settings.make_raw();
    if let Use::Speaking(bauds) = purpose {
        settings.set_speed(bauds).map_err(failed)?;
    }
    tcsetattr(&opened, OptionalActions::Now, &settings).map_err(failed)?;
    rustix::termios::ioctl_tiocexcl(&opened).map_err(failed)?;
    // What came before is of somebody else.
    tcflush(&opened, QueueSelector::IFlush).map_err(failed)?;
    Ok(opened)
}

/// On Windows no port is opened yet.
///
/// # Errors
/// That this is so.
#[cfg(not(unix))]
pub fn open(port: &Path, _: Use) -> Result<File> {
    Err(Error::usage("scanner-not-here").with("device", port.display()))
}

/// Whether something can be read, or went wrong, within a time.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub fn is_ready(file: &File, patience: Duration) -> std::io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let mut waiting = [PollFd::new(file, PollFlags::IN)];
    let patience =
        Timespec { tv_sec: i64::try_from(patience.as_secs()).unwrap_or(i64::MAX), tv_nsec: patience.subsec_nanos().into() };
    match poll(&mut waiting, Some(&patience)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(cause) => Err(cause.into()),
    }
}

/// On Windows no port is opened yet.
///
/// # Errors
/// That this is so.
#[cfg(not(unix))]
pub fn is_ready(_: &File, _: Duration) -> std::io::Result<bool> {
    Err(ErrorKind::Unsupported.into())
}

/// That a device went away while it was read.
pub fn gone(device: &Path) -> Error {
    Error::card("scanner-gone").with("device", device.display().to_string())
}

/// That a device cannot be opened, in the words of the system.
pub fn unusable(device: &Path, cause: &std::io::Error) -> Error {
    match cause.kind() {
        ErrorKind::PermissionDenied => Error::usage("scanner-not-allowed").with("device", device.display().to_string()),
        ErrorKind::NotFound => Error::usage("scanner-not-found").with("device", device.display().to_string()),
        ErrorKind::ResourceBusy => Error::card("scanner-in-use").with("device", device.display().to_string()),
        _ => Error::file("file-unreadable", device, cause),
    }
}
