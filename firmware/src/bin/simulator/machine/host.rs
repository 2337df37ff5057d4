//! Files, by names with a zero at their end.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};

/// An open file.
pub struct HostFile(File);

/// Opens a file to read it.
pub fn opened(name: &[u8]) -> Option<HostFile> {
    File::open(path(name)?).ok().map(HostFile)
}

/// Opens a file to read and write it, and makes it where there is none.
pub fn opened_or_made(name: &[u8]) -> Option<HostFile> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path(name)?).ok().map(HostFile)
}

fn path(name: &[u8]) -> Option<&str> {
    std::str::from_utf8(name.strip_suffix(b"\0")?).ok()
}

impl HostFile {
    /// How many bytes it has.
    pub fn length(&self) -> usize {
        self.0.metadata().ok().and_then(|metadata| usize::try_from(metadata.len()).ok()).unwrap_or_default()
    }

    /// Goes to a place. Whether there is one.
    pub fn seek(&self, at: usize) -> bool {
        u64::try_from(at).is_ok_and(|at| (&self.0).seek(SeekFrom::Start(at)).is_ok())
    }

    /// Fills all of it, or says that it cannot.
    pub fn read(&self, target: &mut [u8]) -> bool {
        (&self.0).read_exact(target).is_ok()
    }

    /// Writes all of it, or says that it cannot.
    pub fn write(&self, bytes: &[u8]) -> bool {
        (&self.0).write_all(bytes).is_ok()
    }
}
