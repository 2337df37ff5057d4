//! Where a code is taken from: a file, standard input, a scanner or a camera.

use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::photograph::{self, LONGEST_FILE};
use super::watch::Watch;
use super::{Content, Scan};
use crate::abandon::Patience;
use crate::command_line::Scanner;
use crate::error::{Error, Result};

/// Reads the picture or the text of a file; `-` is standard input.
///
/// # Errors
/// That it cannot be read, or has no code.
pub fn file(path: &Path) -> Result<Scan> {
    if path.as_os_str() == "-" {
        return of_bytes(&read(std::io::stdin().lock(), path)?, "-");
    }
    let opened = std::fs::File::open(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    of_bytes(&read(opened, path)?, &path.display().to_string())
}

fn read(from: impl Read, path: &Path) -> Result<Content> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = from.take(LONGEST_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > LONGEST_FILE) {
        return Err(Error::usage("qr-file-too-large").with("path", path.display().to_string()));
    }
    Ok(bytes)
}

/// A picture, or the bare text of a code as a scanner or a messenger gives it.
fn of_bytes(bytes: &[u8], source: &str) -> Result<Scan> {
    let is_text = |bytes: &[u8]| bytes.len() <= soat::vietnam::qr::LONGEST_TRANSMISSION && !bytes.contains(&0);
    if photograph::is_picture(bytes) || !is_text(bytes) {
        return photograph::scan(bytes, source);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::usage("qr-nothing").with("path", source));
    }
    Ok(Scan { source: source.to_owned(), contents: vec![Zeroizing::new(bytes.to_vec())] })
}

/// Waits for a code at the device that the arguments name. `None` where they name none.
///
/// # Errors
/// What is wrong with the device, or that no code came.
pub fn device(scanner: &Scanner, patience: &Patience, watch: &mut dyn Watch) -> Result<Option<Scan>> {
    let (device, kind): (&PathBuf, Kind) = match scanner {
        Scanner { serial: Some(port), .. } => (port, Kind::Serial),
        Scanner { camera: Some(device), .. } => (device, Kind::Camera),
        Scanner { hid: Some(device), .. } => (device, Kind::Hid),
        _ => return Ok(None),
    };
    let source = device.display().to_string();
    let contents = listen(kind, device, patience, watch)?;
    Ok(Some(Scan { source, contents }))
}

#[derive(Clone, Copy)]
enum Kind {
    Serial,
    Camera,
    Hid,
}

#[cfg(target_os = "linux")]
fn listen(kind: Kind, device: &Path, patience: &Patience, watch: &mut dyn Watch) -> Result<Vec<Content>> {
    match kind {
        Kind::Serial => super::serial::scan(device, patience, watch).map(|content| vec![content]),
        Kind::Hid => super::hid::scan(device, patience, watch).map(|content| vec![content]),
        Kind::Camera => super::camera::scan(device, patience, watch),
    }
}

#[cfg(not(target_os = "linux"))]
fn listen(kind: Kind, device: &Path, patience: &Patience, watch: &mut dyn Watch) -> Result<Vec<Content>> {
    match kind {
        Kind::Serial => super::serial::scan(device, patience, watch).map(|content| vec![content]),
        Kind::Hid | Kind::Camera => Err(Error::usage("scanner-not-here").with("device", device.display())),
    }
}
