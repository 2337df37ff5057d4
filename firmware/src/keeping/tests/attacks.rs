//! Bits that turn, chips that are exchanged, and whoever opens the box.

use soat::gate::journal::{Fault, Head};

use super::*;

/// A device with so many entries, and the end of its journal.
fn with_entries(count: usize) -> (Device, Head) {
    let device = Device::provisioned();
    let head = more(&device, 0..count);
    (device, head)
}

fn more(device: &Device, numbers: core::ops::Range<usize>) -> Head {
    let mut vault = device.vault().unwrap();
    let mut journal = device.journal(&mut vault).unwrap();
    for number in numbers {
        journal.append(&mut vault, &Event::because(Kind::Refused, &number.to_string()), Some(NOW)).unwrap();
    }
    journal.head()
}

fn numbers(run: &Run) -> Vec<usize> {
    run.entries.iter().filter_map(|entry| entry.reason.as_str().parse().ok()).collect()
}

/// A bit that turned in the chip is never believed: its entry is missing, and every other is there.
#[test]
fn a_bit_that_turns_in_the_chip_is_found() {
    let (device, head) = with_entries(12);
    for bit in 0..12 * 128 * 8 {
        let flip = |device: &Device| device.chip.bytes.borrow_mut()[bit / 8] ^= 1 << (bit % 8);
        flip(&device);
        let run = device.read(Since::Sequence(0));
        let altered = bit / 1024;
        let expected: Vec<usize> = (0..12).filter(|number| *number != altered).collect();
        assert_eq!(numbers(&run), expected, "bit {bit}");
        let from = altered as u64;
        match altered {
            0 => assert_eq!(run.faults, [Fault::Missing { from, until: 1 }]),
            11 => assert_eq!(device.read(Since::Head(head)).faults, [Fault::CutOff { seen: 12, found: 11 }]),
            _ => assert_eq!(run.faults, [Fault::Missing { from, until: from + 1 }]),
        }
        flip(&device);
    }
    assert_eq!(device.read(Since::Head(head)).faults, []);
}

/// A bit that turned in the vault is told, or was of no importance; no value ever goes back.
#[test]
fn a_bit_that_turns_in_the_vault_is_never_an_older_value() {
    let (device, head) = with_entries(3);
    let mut vault = device.vault().unwrap();
    vault.raise(Floors { pack: 3, image: 0, time: 9 }).unwrap();
    vault.raise(Floors { pack: 4, image: 0, time: 9 }).unwrap();
    let before = device.vault.bytes.borrow().clone();
    let mut found = 0;
    for bit in 0..before.len() * 8 {
        device.vault.bytes.borrow_mut().clone_from(&before);
        device.vault.bytes.borrow_mut()[bit / 8] ^= 1 << (bit % 8);
        let all = || {
            let mut vault = device.vault()?;
            assert_eq!(vault.provisioning()?.as_slice(), RECORD, "bit {bit}");
            assert_eq!(vault.floors()?.pack, 4, "bit {bit}");
            assert_eq!(vault.journal_head()?.head, head, "bit {bit}");
            Ok(())
        };
        match all() {
            Ok(()) => {}
            Err(RecordsError::Damaged) => found += 1,
            Err(error) => panic!("bit {bit}: {error}"),
        }
    }
    assert!(found > 2000, "{found}");
}

#[test]
fn an_exchanged_chip_is_told_by_the_gate_and_found_by_the_desk() {
    let (device, _) = with_entries(5);
    let early = device.chip.bytes.borrow().clone();
    let seen = more(&device, 5..11);
    for (chip, known, missing) in [(early, 5, 6), (vec![0xFF; 4096], 0, 11), (vec![0; 4096], 0, 11)] {
        device.chip.bytes.borrow_mut().clone_from(&chip);
        let mut vault = device.vault().unwrap();
        let journal = device.journal(&mut vault).unwrap();
        assert_eq!(journal.missing(), missing);
        let run = device.read(Since::Head(seen));
        assert_eq!(run.faults, [Fault::CutOff { seen: 11, found: known }]);
    }
    more(&device, 11..12);
    let run = device.read(Since::Start);
    assert_eq!(run.faults, [Fault::Missing { from: 0, until: 11 }]);
    assert_eq!((run.entries[0].kind, run.entries[0].count), (Kind::Missing, 11));
    assert_eq!(numbers(&run), [11]);
}

/// What somebody else erased is not what made room, whatever the journal says later.
#[test]
fn what_an_attacker_erases_is_not_told_as_lost() {
    let (device, _) = with_entries(18);
    device.chip.bytes.borrow_mut()[1024..2048].fill(0xFF);
    more(&device, 18..20);
    assert_eq!(device.read(Since::Start).faults, [Fault::Missing { from: 8, until: 16 }]);
    // The ring goes round, and over the page that the attacker erased.
    let more_still = more(&device, 20..60);
    assert_eq!(device.read(Since::Head(more_still)).faults, []);
    let run = device.read(Since::Start);
    assert_eq!(run.faults, []);
    assert!(run.lost > 20);
    device.chip.bytes.borrow_mut()[2048..3072].fill(0xFF);
    assert!(!device.read(Since::Start).faults.is_empty());
}

#[test]
fn entries_put_back_or_moved_are_found() {
    let (device, _) = with_entries(10);
    let copy = device.chip.bytes.borrow()[256..384].to_vec();
    // Entry 2 over entry 5: 5 is missing, and 2 is not in order.
    device.chip.bytes.borrow_mut()[640..768].copy_from_slice(&copy);
    let run = device.read(Since::Start);
    assert_eq!(run.faults, [Fault::Altered(5)]);
    assert_eq!(numbers(&run), [0, 1, 2, 3, 4, 6, 7, 8, 9]);
}

/// Whoever cuts the power between an entry and its key, and erases the entry, has its number written again, and learns nothing from both.
#[test]
fn no_number_is_sealed_twice_in_one_way() {
    let event = Event { person: Some([7; 16]), ..Event::because(Kind::Refused, "dg1.hash_mismatch") };
    let note = |device: &Device| {
        let mut vault = device.vault().unwrap();
        device.journal(&mut vault).unwrap().append(&mut vault, &event, Some(NOW))
    };
    let mut tried = 0;
    for cut in 0..60 {
        let device = Device::provisioned();
        device.power.cut_at(cut, 1);
        let is_cut = note(&device).is_err();
        device.power.restore();
        assert!(!device.chip.holds(b"dg1") && !device.chip.holds(&[7; 16]));
        let first = device.chip.bytes.borrow()[..128].to_vec();
        let is_whole = device.chip.bytes.borrow()[120..128] != [0xFF; 8];
        if !is_cut || !is_whole || device.vault().unwrap().journal_head().unwrap().head.sequence != 0 {
            continue;
        }
        device.chip.bytes.borrow_mut().fill(0xFF);
        note(&device).unwrap();
        let again = device.chip.bytes.borrow()[..128].to_vec();
        assert_eq!(first[..8], again[..8], "the same number");
        assert!(first[12..].iter().zip(&again[12..]).filter(|(one, other)| one == other).count() < 20, "cut {cut}");
        tried += 1;
    }
    assert!(tried > 3, "{tried}");
}

#[test]
fn a_chip_that_fails_is_told_and_nothing_is_written_behind() {
    let (device, head) = with_entries(2);
    let mut vault = device.vault().unwrap();
    let mut journal = device.journal(&mut vault).unwrap();
    // Cells that take nothing: programmed with what was not asked for.
    device.chip.bytes.borrow_mut()[256..1024].fill(0xFF);
    device.power.cut_at(13, 1);
    let event = Event::of(Kind::Admitted);
    assert!(journal.append(&mut vault, &event, Some(NOW)).is_err());
    device.power.restore();
    assert!(journal.has_failed());
    assert_eq!(journal.append(&mut vault, &event, Some(NOW)), Err(JournalError::Failed));
    assert_eq!(device.read(Since::Head(head)).faults, []);
}

#[test]
fn chips_of_another_size_are_refused() {
    let device = Device::provisioned();
    let mut vault = device.vault().unwrap();
    let small = FlashDouble::<1024, false>::new(2, &device.power);
    assert_eq!(Journal::open(small, &mut vault).err(), Some(JournalError::Unfit));
}
