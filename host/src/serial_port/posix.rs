//! Serial ports by termios (POSIX.1-2017 §11).

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, QueueSelector, isatty, tcflush, tcgetattr, tcsetattr};

use super::{Use, unusable};
use crate::error::{Error, Result};

/// Opens a port and sets it to pass bytes on unchanged. A second program would take half of what comes: the port is claimed.
///
/// # Errors
/// That it cannot be used, in the words of the system, or is no serial port.
pub fn open(port: &Path, purpose: Use) -> Result<File> {
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

/// Whether something can be read, or went wrong, within a time.
///
/// # Errors
/// What the system says.
pub fn is_ready(file: &File, patience: Duration) -> std::io::Result<bool> {
    let mut waiting = [PollFd::new(file, PollFlags::IN)];
    let patience =
        Timespec { tv_sec: i64::try_from(patience.as_secs()).unwrap_or(i64::MAX), tv_nsec: patience.subsec_nanos().into() };
    match poll(&mut waiting, Some(&patience)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(cause) => Err(cause.into()),
    }
}
