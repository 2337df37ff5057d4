//! A scanner at a serial port, or at USB as one (CDC-ACM). What it reads comes as bytes, past every keyboard and input method.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use soat::vietnam::qr::Transmission;

use super::Content;
use super::watch::Watch;
use crate::abandon::{Patience, SLICE};
use crate::error::{Error, Result};
use crate::serial_port::{self, Use, gone, is_ready, unusable};

/// How long after its last byte a code without a line end is taken for whole.
const WHOLE_AFTER: Duration = Duration::from_millis(60);

/// How long after its last byte half a code is taken for all that comes.
const HALF_AFTER: Duration = Duration::from_millis(1500);

/// Waits for one code.
///
/// # Errors
/// That the port cannot be used, that it went away, or that nothing came.
pub fn scan(port: &Path, patience: &Patience, watch: &mut dyn Watch) -> Result<Content> {
    let mut opened = serial_port::open(port, Use::Listening)?;
    watch.waits("scanner-waiting", port);
    receive(&mut opened, port, patience)
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
