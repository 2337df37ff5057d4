#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert};

use super::*;

/// An ELF with these loaded segments: physical address and contents. Virtual addresses and sizes in memory are others, as those of `.data`.
fn elf(segments: &[(u32, &[u8])]) -> Vec<u8> {
    let mut file = b"\x7FELF\x01\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([2, 0, 40, 0, 1, 0, 0, 0, 1, 0, 2, 8]);
    file.extend(52_u32.to_le_bytes());
    file.resize(40, 0);
    file.extend([52, 0, 32, 0]);
    file.extend(u16::try_from(segments.len()).unwrap().to_le_bytes());
    file.resize(52, 0);
    let mut offset = u32::try_from(52 + segments.len() * 32).unwrap();
    for (address, contents) in segments {
        let length = u32::try_from(contents.len()).unwrap();
        for field in [1, offset, 0x2000_0000, *address, length, length + 64, 5, 4] {
            file.extend(u32::to_le_bytes(field));
        }
        offset += length;
    }
    segments.iter().for_each(|(_, contents)| file.extend(*contents));
    file
}

/// The first vectors of a program at the gate's place, and what follows them.
fn program(length: usize) -> Vec<u8> {
    let mut bytes = [0x2002_0000_u32.to_le_bytes(), 0x0802_0009_u32.to_le_bytes()].concat();
    bytes.resize(length, 0xA5);
    bytes
}

#[test]
fn segments_lie_where_they_are_loaded_with_erased_flash_between() {
    let first = program(16);
    let file = elf(&[(0x0802_0020, b"data"), (0x0802_0000, &first), (0x2000_0000, b"")]);
    let flat = flatten(&file, GATE).unwrap();
    assert_eq!(flat, [&first[..], &[0xFF; 16], b"data"].concat());
    assert_eq!(flatten(&flat, GATE).unwrap(), flat, "a flat file is taken as it is");
}

#[test]
fn what_is_not_loaded_is_left_out() {
    let first = program(16);
    let mut file = elf(&[(0x0802_0000, &first), (0x0700_0000, b"unwinding")]);
    // PT_ARM_EXIDX describes what another segment loads.
    file[84..88].copy_from_slice(&0x7000_0001_u32.to_le_bytes());
    assert_eq!(flatten(&file, GATE).unwrap(), first);
}

#[test]
fn a_program_of_another_place_or_machine_is_named() {
    let first = program(16);
    let file = elf(&[(0x0802_0000, &first)]);
    assert_eq!(flatten(&file, BOOT), Err(Unfit::Elsewhere(0x0802_0000)));
    assert_eq!(flatten(&elf(&[(0x0800_0000, &first)]), GATE), Err(Unfit::Elsewhere(0x0800_0000)));
    // Something lies before the place, behind what belongs there.
    assert_eq!(flatten(&elf(&[(0x0802_0000, &first), (0x0801_0000, b"x")]), GATE), Err(Unfit::Elsewhere(0x0801_0000)));
    for (place, value) in [(4, 2), (5, 2), (6, 0), (16, 1), (18, 62)] {
        let mut other = file.clone();
        other[place] = value;
        assert_eq!(flatten(&other, GATE), Err(Unfit::OtherMachine), "byte {place}");
    }
    assert_eq!(flatten(&elf(&[]), GATE), Err(Unfit::NoVectors));
}

#[test]
fn a_torn_file_is_found_at_every_byte() {
    let file = elf(&[(0x0802_0000, &program(16)), (0x0802_0020, b"data")]);
    for length in 0..file.len() {
        let refused = flatten(&file[..length], GATE).unwrap_err();
        assert_eq!(refused, if length < 4 { Unfit::NoVectors } else { Unfit::Torn }, "{length}");
    }
    let overlapping = elf(&[(0x0802_0000, &program(16)), (0x0802_000C, b"data")]);
    assert_eq!(flatten(&overlapping, GATE), Err(Unfit::Torn));
    let mut other_table = file;
    other_table[42] = 40;
    assert_eq!(flatten(&other_table, GATE), Err(Unfit::Torn));
}

#[test]
fn a_program_fills_its_place_and_not_a_byte_more() {
    for place in [BOOT, GATE] {
        let room = usize::try_from(place.room).unwrap();
        let mut whole = program(room);
        whole[4..8].copy_from_slice(&(place.start + 9).to_le_bytes());
        assert_eq!(flatten(&elf(&[(place.start, &whole)]), place).unwrap().len(), room);
        whole.push(0);
        assert_eq!(flatten(&elf(&[(place.start, &whole)]), place), Err(Unfit::TooLarge));
        assert_eq!(flatten(&whole, place), Err(Unfit::TooLarge));
    }
    // Far away: nothing is filled up to there.
    for far in [0x080A_0000, 0x2000_0000, u32::MAX] {
        assert_eq!(flatten(&elf(&[(0x0802_0000, &program(16)), (far, b"x")]), GATE), Err(Unfit::TooLarge), "{far:#x}");
    }
}

#[test]
fn a_program_begins_with_its_stack_and_its_first_instruction() {
    let taken = |stack: u32, reset: u32| {
        let mut bytes = program(64);
        bytes[..4].copy_from_slice(&stack.to_le_bytes());
        bytes[4..8].copy_from_slice(&reset.to_le_bytes());
        flatten(&bytes, GATE).is_ok()
    };
    assert!(taken(0x2002_0000, 0x0802_0009) && taken(0x2000_0000, 0x0802_003F));
    for (stack, reset) in [
        (0x2002_0001, 0x0802_0009),
        (0x1FFF_FFFC, 0x0802_0009),
        (0x2002_0000, 0x0802_0008),
        (0x2002_0000, 0x0802_0041),
        (0x2002_0000, 0x0800_0009),
        (0xFFFF_FFFF, 0xFFFF_FFFF),
    ] {
        assert!(!taken(stack, reset), "{stack:#x} {reset:#x}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_the_reader(is_elf: bool, bytes in vec(any::<u8>(), 0..400)) {
        let file = if is_elf { [b"\x7FELF\x01\x01\x01", &bytes[..]].concat() } else { bytes };
        prop_assert!(flatten(&file, GATE).map_or(true, |flat| flat.len() <= 512 * 1024));
    }

    #[test]
    fn no_altered_program_breaks_the_reader(changes in vec((0_usize..140, any::<u8>()), 1..8)) {
        let mut file = elf(&[(0x0802_0000, &program(16)), (0x0802_0020, b"data")]);
        for (place, value) in changes {
            file[place] = value;
        }
        prop_assert!(flatten(&file, GATE).map_or(true, |flat| flat.len() <= 512 * 1024));
    }
}
