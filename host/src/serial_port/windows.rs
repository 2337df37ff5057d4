//! Serial ports of Windows: `COM3`.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use windows_sys::Win32::Devices::Communication::{
    COMMTIMEOUTS, COMSTAT, ClearCommError, DCB, GetCommState, NOPARITY, ONESTOPBIT, PURGE_RXCLEAR, PurgeComm, SetCommState,
    SetCommTimeouts,
};

use super::{Use, unusable};
use crate::error::{Error, Result};

/// How often a port is asked whether something came.
const GLANCE: Duration = Duration::from_millis(5);

/// Flags of a device control block: bytes as they are (fBinary), DTR and RTS on, no flow control, nothing replaced.
const RAW: u32 = 1 | 1 << 4 | 1 << 12;

/// Opens a port and sets it to pass bytes on unchanged. A second program would take half of what comes: the port is claimed.
///
/// # Errors
/// That it cannot be used, in the words of the system, or is no serial port.
pub fn open(port: &Path, purpose: Use) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(purpose != Use::Listening).share_mode(0);
    let opened = options.open(device(port)).map_err(|cause| match cause.kind() {
        // Everybody may use a port; what is denied is a second program.
        ErrorKind::PermissionDenied => Error::card("scanner-in-use").with("device", port.display()),
        _ => unusable(port, &cause),
    })?;
    let handle = opened.as_raw_handle();
    let mut settings = DCB { DCBlength: u32::try_from(size_of::<DCB>()).unwrap_or_default(), ..DCB::default() };
    // SAFETY: the handle is of a file that is open until the end of this function, and the structure outlives the call.
    if unsafe { GetCommState(handle, &raw mut settings) } == 0 {
        return Err(Error::usage("serial-not-a-port").with("device", port.display()));
    }
    (settings._bitfield, settings.ByteSize, settings.Parity, settings.StopBits) = (RAW, 8, NOPARITY, ONESTOPBIT);
    if let Use::Speaking(bauds) = purpose {
        settings.BaudRate = bauds;
    }
    // A read gives what is there and waits for nothing: `is_ready` waits.
    let timeouts = COMMTIMEOUTS { ReadIntervalTimeout: u32::MAX, ..COMMTIMEOUTS::default() };
    // What came before is of somebody else.
    // SAFETY: as above; each structure outlives its call.
    let is_set = unsafe {
        SetCommState(handle, &raw const settings) != 0
            && SetCommTimeouts(handle, &raw const timeouts) != 0
            && PurgeComm(handle, PURGE_RXCLEAR) != 0
    };
    if is_set { Ok(opened) } else { Err(unusable(port, &std::io::Error::last_os_error())) }
}

/// `COM3` as a device: without the prefix names from COM10 on are files.
fn device(port: &Path) -> PathBuf {
    match port.to_str() {
        Some(name) if !name.contains(['\\', '/']) => PathBuf::from(format!(r"\\.\{name}")),
        _ => port.to_owned(),
    }
}

/// Whether something can be read, or went wrong, within a time.
///
/// # Errors
/// None: what went wrong, the read says.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere the system may refuse to wait")]
pub fn is_ready(file: &File, patience: Duration) -> std::io::Result<bool> {
    let deadline = Instant::now() + patience;
    loop {
        let (mut errors, mut status) = (0, COMSTAT::default());
        // SAFETY: the handle is of a file that is open, and both places outlive the call.
        let is_known = unsafe { ClearCommError(file.as_raw_handle(), &raw mut errors, &raw mut status) } != 0;
        if !is_known || status.cbInQue > 0 {
            return Ok(true);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        std::thread::sleep(left.min(GLANCE));
    }
}
