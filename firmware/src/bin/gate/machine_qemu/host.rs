//! Files of the debugging host, through semihosting.

use cortex_m_semihosting::syscall;

/// An open file of the host.
pub struct HostFile(usize);

/// Opens a file to read it.
pub fn opened(name: &[u8]) -> Option<HostFile> {
    const READ_BINARY: usize = 1;
    opened_as(name, READ_BINARY)
}

/// Opens a file to read and write it, and makes it where there is none.
pub fn opened_or_made(name: &[u8]) -> Option<HostFile> {
    const UPDATE: usize = 3;
    const NEW: usize = 7;
    opened_as(name, UPDATE).or_else(|| opened_as(name, NEW))
}

fn opened_as(name: &[u8], mode: usize) -> Option<HostFile> {
    // SAFETY: the name ends with a zero and outlives the call, as SYS_OPEN asks.
    let handle = unsafe { syscall!(OPEN, name.as_ptr(), mode, name.len() - 1) };
    (handle != usize::MAX).then_some(HostFile(handle))
}

impl HostFile {
    /// How many bytes it has.
    pub fn length(&self) -> usize {
        // SAFETY: the handle is open.
        unsafe { syscall!(FLEN, self.0) }
    }

    /// Goes to a place. Whether there is one.
    pub fn seek(&self, at: usize) -> bool {
        // SAFETY: the handle is open.
        unsafe { syscall!(SEEK, self.0, at) == 0 }
    }

    /// Fills all of it, or says that it cannot.
    pub fn read(&self, target: &mut [u8]) -> bool {
        // SAFETY: the handle is open, and the buffer as long as is said.
        let unread = unsafe { syscall!(READ, self.0, target.as_mut_ptr(), target.len()) };
        unread == 0
    }

    /// Writes all of it, or says that it cannot.
    pub fn write(&self, bytes: &[u8]) -> bool {
        // SAFETY: the handle is open, and the buffer as long as is said.
        let unwritten = unsafe { syscall!(WRITE, self.0, bytes.as_ptr(), bytes.len()) };
        unwritten == 0
    }
}

impl Drop for HostFile {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used again.
        unsafe { syscall!(CLOSE, self.0) };
    }
}
