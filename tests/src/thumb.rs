//! Instructions of an image, one after the other, as far as its symbols say where they are (ELF for the Arm architecture §5.5.5: `$t` begins
//! Thumb code, `$d` data between it).

use std::collections::BTreeMap;

/// BKPT 0xAB: a call to a debugging host (Semihosting for AArch32 §3.1).
const SEMIHOSTING: u16 = 0xBEAB;

/// How many instructions an image has, and at which addresses it calls a debugging host. Bytes alone would give false alarms: the same
/// stands in the middle of other instructions and of data. `None` where the file is no ELF32, or has no such symbols.
pub fn semihosting_calls(elf: &[u8]) -> Option<(usize, Vec<u32>)> {
    let sections = sections(elf)?;
    let marks = marks(elf, &sections)?;
    let (mut count, mut calls) = (0, Vec::new());
    for section in sections.iter().filter(|section| section.is_code()) {
        let contents = elf.get(section.offset..)?.get(..section.size)?;
        let mut is_code = false;
        let mut place = 0;
        while let Some(half) = contents.get(place..).and_then(|rest| rest.first_chunk()).map(|half| u16::from_le_bytes(*half)) {
            let address = section.address + u32::try_from(place).ok()?;
            if let Some(mark) = marks.get(&address) {
                is_code = *mark;
            }
            // Armv7-M §A5.1: 32 bits where the first five are 11101, 11110 or 11111.
            let is_long = half >> 11 >= 0b11101;
            if is_code {
                count += 1;
                if half == SEMIHOSTING {
                    calls.push(address);
                }
            }
            place += if is_code && is_long { 4 } else { 2 };
        }
    }
    (count > 0).then_some((count, calls))
}

struct Section {
    kind: u32,
    flags: u32,
    address: u32,
    offset: usize,
    size: usize,
    link: usize,
}

impl Section {
    fn is_code(&self) -> bool {
        const PROGBITS: u32 = 1;
        const EXECINSTR: u32 = 4;
        self.kind == PROGBITS && self.flags & EXECINSTR != 0
    }
}

fn word(elf: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*elf.get(at..)?.first_chunk()?))
}

fn half(elf: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(*elf.get(at..)?.first_chunk()?).into())
}

fn sections(elf: &[u8]) -> Option<Vec<Section>> {
    if elf.first_chunk::<5>()? != b"\x7fELF\x01" {
        return None;
    }
    let table = usize::try_from(word(elf, 32)?).ok()?;
    let (size, count) = (half(elf, 46)?, half(elf, 48)?);
    let read = |at: usize| {
        Some(Section {
            kind: word(elf, at + 4)?,
            flags: word(elf, at + 8)?,
            address: word(elf, at + 12)?,
            offset: usize::try_from(word(elf, at + 16)?).ok()?,
            size: usize::try_from(word(elf, at + 20)?).ok()?,
            link: usize::try_from(word(elf, at + 24)?).ok()?,
        })
    };
    (0..count).map(|index| read(table + index * size)).collect()
}

/// Where code begins (true), and where data does (false).
fn marks(elf: &[u8], sections: &[Section]) -> Option<BTreeMap<u32, bool>> {
    const SYMTAB: u32 = 2;
    const SYMBOL: usize = 16;
    let table = sections.iter().find(|section| section.kind == SYMTAB)?;
    let names = sections.get(table.link)?;
    let mut marks = BTreeMap::new();
    for at in (table.offset..table.offset + table.size).step_by(SYMBOL) {
        let name = elf.get(names.offset + usize::try_from(word(elf, at)?).ok()?..)?;
        let value = word(elf, at + 4)?;
        match name {
            [b'$', kind @ (b't' | b'd'), 0 | b'.', ..] => marks.insert(value, *kind == b't'),
            _ => None,
        };
    }
    Some(marks)
}
