//! A scanner at a serial port, or at USB as one (CDC-ACM). What it reads comes as bytes, past every keyboard and input method.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, QueueSelector, isatty, tcflush, tcgetattr, tcsetattr};
use soat::vietnam::qr::Transmission;

use super::Content;
use super::watch::Watch;
use crate::abandon::{Patience, SLICE};
use crate::error::{Error, Result};

/// How long after its last byte a code without a line end is taken for whole.
const WHOLE_AFTER: Duration = Duration::from_millis(60);

/// How long after its last byte half a code is taken for all that comes.
const HALF_AFTER: Duration = Duration::from_millis(1500);

/// Waits for one code.
///
/// # Errors
/// That the port cannot be used, that it went away, or that nothing came.
pub fn scan(port: &Path, patience: &Patience, watch: &mut dyn Watch) -> Result<Content> {
    let mut opened = open(port)?;
    watch.waits("scanner-waiting", port);
    receive(&mut opened, port, patience)
}

/// Opens the port for reading and sets it to pass bytes on unchanged. A second program would take half of each code: the port is claimed.
fn open(port: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    let flags = OFlags::NOCTTY | OFlags::NONBLOCK;
    options.read(true).custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    let opened = options.open(port).map_err(|cause| unusable(port, &cause))?;
    if !isatty(&opened) {
        return Err(Error::usage("serial-not-a-port").with("device", port.display().to_string()));
    }
    let mut settings = tcgetattr(&opened).map_err(|cause| unusable(port, &cause.into()))?;
    settings.make_raw();
    tcsetattr(&opened, OptionalActions::Now, &settings).map_err(|cause| unusable(port, &cause.into()))?;
    rustix::termios::ioctl_tiocexcl(&opened).map_err(|cause| unusable(port, &cause.into()))?;
    // What was scanned before is the card of somebody else.
    tcflush(&opened, QueueSelector::IFlush).map_err(|cause| unusable(port, &cause.into()))?;
    Ok(opened)
}

fn receive(port: &mut File, name: &Path, patience: &Patience) -> Result<Content> {
    let mut transmission = Transmission::default();
    let mut buffer = zeroize::Zeroizing::new([0_u8; 256]);
    loop {
        let quiet = match (transmission.is_empty(), transmission.is_whole()) {
            (true, _) => patience.left().min(SLICE),
            (false, true) => WHOLE_AFTER,
            (false, false) => HALF_AFTER,
        };
        if !is_ready(port, quiet).map_err(|cause| unusable(name, &cause))? {
            if transmission.is_empty() && !patience.is_over() {
                continue;
            }
            // Half a line is a code too: what it lacks, its reader says.
            let timed_out = || Error::usage("scanner-silent").with("device", name.display().to_string());
            return transmission.take().ok_or_else(timed_out);
        }
        match port.read(&mut *buffer) {
            Ok(0) => return Err(gone(name)),
            Ok(len) => {
                let bytes = buffer.get(..len).unwrap_or_default();
                if let Some(content) = bytes.iter().find_map(|&byte| transmission.push(byte)) {
                    return Ok(content);
                }
            }
            Err(cause) if matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            // EIO: the other end of the line was pulled out.
            Err(_) => return Err(gone(name)),
        }
    }
}

/// Whether something can be read, or went wrong, within a time.
pub(super) fn is_ready(file: &File, patience: Duration) -> std::io::Result<bool> {
    let mut waiting = [PollFd::new(file, PollFlags::IN)];
    let patience =
        Timespec { tv_sec: i64::try_from(patience.as_secs()).unwrap_or(i64::MAX), tv_nsec: patience.subsec_nanos().into() };
    match poll(&mut waiting, Some(&patience)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(cause) => Err(cause.into()),
    }
}

/// That a device went away while it was read.
pub(super) fn gone(device: &Path) -> Error {
    Error::card("scanner-gone").with("device", device.display().to_string())
}

/// That a device cannot be opened, in the words of the system.
pub(super) fn unusable(device: &Path, cause: &std::io::Error) -> Error {
    match cause.kind() {
        ErrorKind::PermissionDenied => Error::usage("scanner-not-allowed").with("device", device.display().to_string()),
        ErrorKind::NotFound => Error::usage("scanner-not-found").with("device", device.display().to_string()),
        ErrorKind::ResourceBusy => Error::card("scanner-in-use").with("device", device.display().to_string()),
        _ => Error::file("file-unreadable", device, cause),
    }
}
