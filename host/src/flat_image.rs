//! What a program's file leaves in the flash of a gate's microcontroller: the segments of an ELF that are loaded, one behind the other, or
//! the bytes of a flat file as they are.
//!
//! An ELF is read as far as a loader of flash needs it (System V ABI, chapters 4 and 5): the header, and the program headers with their
//! physical addresses. Sections and symbols are not looked at.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// No file of a program is longer, in bytes; what is debugged is in there too.
const LONGEST_FILE: u64 = 64 * 1024 * 1024;

/// What lies between segments, and what erased flash holds.
const ERASED: u8 = 0xFF;
/// The RAM in which a stack may begin (RM0090 table 1: 128 KiB that hang together).
const RAM: std::ops::RangeInclusive<u32> = 0x2000_0000..=0x2002_0000;

const ELF_MAGIC: [u8; 4] = *b"\x7FELF";
/// EI_CLASS, EI_DATA and EI_VERSION of 32 bits, little-endian.
const ELF32_LITTLE: [u8; 3] = [1, 1, 1];
/// e_type of what can be executed.
const EXECUTABLE: u16 = 2;
/// e_machine of ARM with 32 bits.
const ARM: u16 = 40;
/// p_type of what is loaded.
const LOADED: u32 = 1;
/// Length of a program header of 32 bits.
const PROGRAM_HEADER: usize = 32;

/// A place in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first address.
    pub start: u32,
    /// Bytes that it has room for.
    pub room: u32,
    /// The binary of `soat-firmware` that belongs there.
    pub binary: &'static str,
}

/// Where the boot loader lies.
pub const BOOT: Place = Place { start: 0x0800_0000, room: 32 * 1024, binary: "boot" };
/// Where the gate lies.
pub const GATE: Place = Place { start: 0x0802_0000, room: 512 * 1024, binary: "gate" };

/// Why a file leaves nothing that could stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Broken off, or its parts contradict each other.
    Torn,
    /// Built for another machine, or not linked.
    OtherMachine,
    /// It begins at this address.
    Elsewhere(u32),
    /// It reaches beyond the end of the place.
    TooLarge,
    /// It does not begin with a vector table of this place.
    NoVectors,
}

/// What a file of a program leaves at a place.
///
/// # Errors
/// That it cannot be read, or why it does not belong there.
pub fn read(path: &Path, place: Place) -> Result<Vec<u8>> {
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    let mut file = Vec::new();
    // One more than there may be: a file that grows, or that is a device, does not end.
    File::open(path).map_err(unreadable)?.take(LONGEST_FILE + 1).read_to_end(&mut file).map_err(unreadable)?;
    let longest = usize::try_from(LONGEST_FILE).unwrap_or(usize::MAX);
    let flat = if file.len() > longest { Err(Unfit::TooLarge) } else { flatten(&file, place) };
    flat.map_err(|unfit| {
        let error = match unfit {
            Unfit::Torn => Error::usage("gate-image-torn"),
            Unfit::OtherMachine => Error::usage("gate-image-other-machine"),
            Unfit::Elsewhere(found) => Error::usage("gate-image-elsewhere").with("found", format!("{found:#010x}")),
            Unfit::TooLarge => Error::usage("gate-image-too-large").with("most", place.room),
            Unfit::NoVectors => Error::usage("gate-image-no-vectors"),
        };
        error.with("path", path.display()).with("start", format!("{:#010x}", place.start)).with("binary", place.binary)
    })
}

/// What the bytes of a file leave at a place.
///
/// # Errors
/// The first rule that they break.
pub fn flatten(file: &[u8], place: Place) -> std::result::Result<Vec<u8>, Unfit> {
    let flat = if file.starts_with(&ELF_MAGIC) { of_elf(file, place)? } else { file.to_vec() };
    if u32::try_from(flat.len()).map_or(true, |length| length > place.room) {
        return Err(Unfit::TooLarge);
    }
    if begins_with_vectors(&flat, place) { Ok(flat) } else { Err(Unfit::NoVectors) }
}

/// The first two vectors (ARMv7-M, B1.5.3): where the stack begins, and where the program does, odd for Thumb.
fn begins_with_vectors(flat: &[u8], place: Place) -> bool {
    let (Some(stack), Some(reset)) = (word(flat, 0), word(flat, 4)) else { return false };
    let offset = reset.checked_sub(place.start).and_then(|offset| usize::try_from(offset).ok());
    RAM.contains(&stack) && reset % 2 == 1 && offset.is_some_and(|offset| offset < flat.len())
}

/// A segment with contents.
struct Segment<'a> {
    address: u32,
    contents: &'a [u8],
}

fn of_elf(file: &[u8], place: Place) -> std::result::Result<Vec<u8>, Unfit> {
    let identification = file.get(4..7).ok_or(Unfit::Torn)?;
    if identification != ELF32_LITTLE {
        return Err(Unfit::OtherMachine);
    }
    let (kind, machine) = (half(file, 16).ok_or(Unfit::Torn)?, half(file, 18).ok_or(Unfit::Torn)?);
    if (kind, machine) != (EXECUTABLE, ARM) {
        return Err(Unfit::OtherMachine);
    }
    let mut segments = segments(file).ok_or(Unfit::Torn)?;
    segments.sort_by_key(|segment| segment.address);
    let first = segments.first().ok_or(Unfit::NoVectors)?.address;
    if first != place.start {
        return Err(Unfit::Elsewhere(first));
    }
    let mut flat = Vec::new();
    for Segment { address, contents } in segments {
        let offset = address.checked_sub(place.start).ok_or(Unfit::Torn)?;
        // Before anything is filled up to there: an address is whatever the file says.
        if u64::from(offset) + contents.len() as u64 > u64::from(place.room) {
            return Err(Unfit::TooLarge);
        }
        let offset = usize::try_from(offset).map_err(|_| Unfit::TooLarge)?;
        if offset < flat.len() {
            return Err(Unfit::Torn);
        }
        flat.resize(offset, ERASED);
        flat.extend_from_slice(contents);
    }
    Ok(flat)
}

/// The segments that are loaded and have contents; `None` where the file ends before one of them does.
fn segments(file: &[u8]) -> Option<Vec<Segment<'_>>> {
    let table = usize::try_from(word(file, 28)?).ok()?;
    let (length, count) = (usize::from(half(file, 42)?), usize::from(half(file, 44)?));
    if count > 0 && length != PROGRAM_HEADER {
        return None;
    }
    let headers = file.get(table..)?.get(..count.checked_mul(PROGRAM_HEADER)?)?;
    let mut found = Vec::new();
    for header in headers.chunks_exact(PROGRAM_HEADER) {
        let field = |place| word(header, place);
        let (offset, address, length) = (field(4)?, field(12)?, field(16)?);
        if field(0)? == LOADED && length > 0 {
            let contents = file.get(usize::try_from(offset).ok()?..)?.get(..usize::try_from(length).ok()?)?;
            found.push(Segment { address, contents });
        }
    }
    Some(found)
}

fn half(bytes: &[u8], place: usize) -> Option<u16> {
    bytes.get(place..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn word(bytes: &[u8], place: usize) -> Option<u32> {
    bytes.get(place..)?.first_chunk().copied().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests;
