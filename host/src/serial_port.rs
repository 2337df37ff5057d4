//! Serial ports, and USB devices that look like one (CDC-ACM): bytes as they are, for one program at a time.

#[cfg(unix)]
mod posix;
#[cfg(windows)]
mod windows;

use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;

#[cfg(unix)]
pub use posix::{is_ready, open};
#[cfg(windows)]
pub use windows::{is_ready, open};

/// How a port is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Only what comes is read, at the speed that the port has.
    Listening,
    /// Both ways, at this many bauds.
    Speaking(u32),
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::Exit;

    /// A camera or a scanner that another program holds (EBUSY of open(2) and of VIDIOC_S_FMT), and what else a device answers.
    #[test]
    fn why_a_device_cannot_be_opened() {
        use rustix::io::Errno;
        let told = |errno: Errno| {
            let error = unusable(Path::new("/dev/video0"), &errno.into());
            (error.id(), error.exit())
        };
        assert_eq!(told(Errno::BUSY), ("scanner-in-use", Exit::Card));
        assert_eq!(told(Errno::ACCESS), ("scanner-not-allowed", Exit::Usage));
        assert_eq!(told(Errno::NOENT), ("scanner-not-found", Exit::Usage));
        assert_eq!(told(Errno::IO), ("file-unreadable", Exit::Usage));
    }
}
