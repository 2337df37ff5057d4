//! Serial ports that are sockets.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Result, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use soat_firmware::port::{ByteLink, ReaderPort};

/// A wire.
pub struct Wire {
    socket: UnixStream,
    came: VecDeque<u8>,
}

/// What the gate says, and where a desk speaks to it.
pub type Console = Wire;
/// The scanner.
pub type Scanner = Wire;

/// The wires of reader, scanner, bus and console.
///
/// # Errors
/// Nobody listens at one of them.
pub fn connect() -> Result<[Wire; 4]> {
    let wire = |name: &str| -> Result<Wire> {
        let socket = UnixStream::connect(name).map_err(|cause| std::io::Error::new(cause.kind(), format!("{name}: {cause}")))?;
        socket.set_nonblocking(true)?;
        Ok(Wire { socket, came: VecDeque::new() })
    };
    Ok([wire("reader")?, wire("scanner")?, wire("bus")?, wire("console")?])
}

impl ByteLink for Wire {
    fn receive(&mut self) -> Option<u8> {
        if self.came.is_empty() {
            let mut part = [0; 4096];
            let count = self.socket.read(&mut part).unwrap_or(0);
            self.came.extend(part.iter().take(count));
        }
        self.came.pop_front()
    }

    fn send(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.socket.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(cause) if cause.kind() == ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(1)),
                // Nobody is there any more: the bytes are lost, as on a wire.
                Err(_) => return,
            }
        }
    }

    fn set_speed(&mut self, _: u32) {}
}

impl ReaderPort for Wire {
    fn hold_in_reset(&mut self, _: bool) {}
}
