//! Values go up and never back, and what was replaced is gone.

use soat::gate::pack::GatePack;

use soat::gate::enrolled::Enrolled;

use super::*;
use crate::keeping::keeper::Keeper;
use crate::keeping::time_floor::{Known, floor, settable};
use crate::keeping::vault::ActivePack;
use crate::port::{Record as _, Recorded};

#[test]
fn floors_rise_and_never_fall() {
    let device = Device::provisioned();
    let mut vault = device.vault().unwrap();
    vault.raise(Floors { pack: 5, image: 2, time: 100 }).unwrap();
    vault.raise(Floors { pack: 4, image: 3, time: 50 }).unwrap();
    assert_eq!(device.vault().unwrap().floors(), Ok(Floors { pack: 5, image: 3, time: 100 }));
    let active = ActivePack { slot: 1, length: 7, sha256: [1; 32], version: 8 };
    vault.put_in_force(&active).unwrap();
    for version in [0, 7, 8] {
        assert_eq!(vault.put_in_force(&ActivePack { version, slot: 0, ..active }), Err(RecordsError::Unfit));
    }
    assert_eq!(device.vault().unwrap().active_pack(), Ok(Some(active)));
}

#[test]
fn a_journal_does_not_go_back() {
    let device = Device::provisioned();
    let mut vault = device.vault().unwrap();
    let before = vault.journal_head().unwrap();
    device.journal(&mut vault).unwrap().append(&mut vault, &Event::of(Kind::Started), None).unwrap();
    assert_eq!(vault.set_journal_head(&before), Err(RecordsError::Unfit));
}

#[test]
fn what_was_replaced_is_gone_from_the_flash() {
    let device = Device::provisioned();
    let mut vault = device.vault().unwrap();
    let first = *JournalKey::new(&JOURNAL_KEY).chain(&RustCrypto).expose();
    assert!(device.vault.holds(&first));
    device.journal(&mut vault).unwrap().append(&mut vault, &Event::of(Kind::Started), None).unwrap();
    assert!(!device.vault.holds(&first), "the key of an entry outlives it");
    vault.set_panel_key(b"the first key ..").unwrap();
    vault.set_panel_key(b"the second key .").unwrap();
    assert!(!device.vault.holds(b"the first key .."));
    assert_eq!(vault.panel_key().unwrap().as_deref(), Some(b"the second key ."));
}

#[test]
fn the_key_of_a_month_is_gone_with_it() {
    let device = Device::provisioned();
    let mut vault = device.vault().unwrap();
    let key = *vault.person_key().unwrap().expose();
    let mut journal = device.journal(&mut vault).unwrap();
    let person = Event { person: Some([7; 16]), ..Event::of(Kind::Admitted) };
    journal.append(&mut vault, &person, Some(NOW)).unwrap();
    assert!(device.vault.holds(&key));
    journal.append(&mut vault, &person, Some(Timestamp(NOW.0 + 40 * 86_400))).unwrap();
    assert!(!device.vault.holds(&key));
    let entries = device.read(Since::Start).entries;
    assert_eq!(entries[1].month, entries[0].month + 1);
    for entry in &entries {
        let mut persons = JournalKey::new(&JOURNAL_KEY).persons(&RustCrypto);
        persons.evolve_to(entry.month, &RustCrypto);
        assert_eq!(entry.person, Some(persons.person(&[7; 16], &RustCrypto)), "the desk finds the person");
    }
}

#[test]
fn a_blank_flash_a_strange_one_and_a_small_one_are_told() {
    let device = Device::blank();
    assert_eq!(device.vault().err(), Some(RecordsError::Blank));
    device.vault.bytes.borrow_mut().fill(0);
    assert_eq!(device.vault().err(), Some(RecordsError::Damaged));
    let small = FlashDouble::<512, true>::new(4, &device.power);
    assert_eq!(Vault::open(small).err(), Some(RecordsError::Unfit));
    let large = [0x50; 513];
    let journal_key = JournalKey::new(&JOURNAL_KEY);
    for (record, error) in [(&large[..], Some(RecordsError::TooLong)), (&large[..512], None)] {
        let provisioned = Provisioned { record, ..given(&journal_key) };
        let begun = Vault::begin(device.vault.clone(), &provisioned);
        let filled = begun.and_then(|mut vault| {
            vault.put_in_force(&ActivePack { slot: 0, length: 0, sha256: [0; 32], version: 1 })?;
            vault.raise(Floors { pack: 1, ..Floors::default() })?;
            vault.set_panel_key(&[1; 16])?;
            vault.set_panel_line(1, 9600)
        });
        assert_eq!(filled.err(), error);
    }
}

#[test]
fn the_floor_of_time_is_the_latest_of_what_is_known() {
    let bytes = pack(1);
    let pack = GatePack::verify(&bytes, &authority().operator, &RustCrypto).unwrap();
    let header = pack.header();
    let at = |seconds: i64| Timestamp(NOW.0 + seconds);
    let known = |built, last_entry, kept| Known { built, last_entry, kept };
    for (known, expected) in [
        (known(at(-9), None, Timestamp(0)), NOW),
        (known(at(5), None, Timestamp(0)), at(5)),
        (known(at(5), Some(at(7)), Timestamp(0)), at(7)),
        (known(at(5), Some(at(7)), at(9)), at(9)),
        (known(at(5), Some(at(86_399)), at(9)), at(86_399)),
        (known(at(5), Some(ENDS), at(9)), at(9)),
        (known(at(5), Some(Timestamp(i64::MAX)), Timestamp(i64::MAX)), at(5)),
        (known(Timestamp(ENDS.0 + 5), None, Timestamp(0)), Timestamp(ENDS.0 + 5)),
    ] {
        assert_eq!(floor(&known, header), expected, "{known:?}");
    }
    // Somebody set the clock years ahead, which stands in the journal: it can be set right again.
    let ahead = known(at(-9), Some(Timestamp(ENDS.0 + 300_000_000)), at(3));
    assert_eq!(settable(&ahead, Some(ENDS)), at(3));
    assert_eq!(settable(&ahead, None), Timestamp(ENDS.0 + 300_000_000), "without a pack nobody can say");
}

#[test]
fn what_is_not_written_down_bars_the_door() {
    let device = Device::provisioned();
    let event = Event::of(Kind::Admitted);
    let mut keeper = Keeper::open(device.vault().unwrap(), Ok(device.chip.clone())).unwrap();
    assert_eq!(keeper.record(&event, Some(NOW)), Recorded::Kept);
    let mut keeper = Keeper::<_, ChipFlash>::open(device.vault().unwrap(), Err(NorFlashErrorKind::Other)).unwrap();
    assert_eq!(keeper.record(&event, Some(NOW)), Recorded::Barred);
}

/// After a start the journal alone knows who came in before.
#[test]
fn the_journal_tells_who_was_let_in_lately() {
    let (device, anna, bao) = (Device::provisioned(), [1; 16], [2; 16]);
    let admitted = |person| Event { person: Some(person), ..Event::of(Kind::Admitted) };
    let at = |seconds: i64| Timestamp(NOW.0 + seconds);
    let mut vault = device.vault().unwrap();
    let mut journal = device.journal(&mut vault).unwrap();
    journal.append(&mut vault, &admitted(anna), Some(at(0))).unwrap();
    let refused = Event { person: Some(bao), ..Event::because(Kind::Refused, "gate.not_listed") };
    journal.append(&mut vault, &refused, Some(at(1))).unwrap();
    drop(journal);

    let mut journal = device.journal(&mut vault).unwrap();
    assert!(journal.was_admitted(&anna, at(-1)).unwrap());
    assert!(!journal.was_admitted(&anna, at(0)).unwrap(), "before that, or just then");
    assert!(!journal.was_admitted(&bao, at(-1)).unwrap(), "who was refused was not let in");
    // A later month has another key, and nobody of the one before is found.
    journal.append(&mut vault, &Event::of(Kind::Started), Some(at(40 * 86_400))).unwrap();
    assert!(!journal.was_admitted(&anna, at(-1)).unwrap());
}

/// However much has happened since, as long as it is there.
#[test]
fn the_journal_is_looked_through_as_far_as_the_time_reaches() {
    let device = Device { chip: FlashDouble::new(60, &Rc::default()), ..Device::provisioned() };
    let mut vault = device.vault().unwrap();
    let mut journal = device.journal(&mut vault).unwrap();
    let at = |seconds: i64| Some(Timestamp(NOW.0 + seconds));
    journal.append(&mut vault, &Event { person: Some([1; 16]), ..Event::of(Kind::Admitted) }, at(0)).unwrap();
    for second in 1..=400 {
        journal.append(&mut vault, &Event::of(Kind::ExitRequested), at(second)).unwrap();
    }
    assert!(journal.was_admitted(&[1; 16], Timestamp(NOW.0 - 1)).unwrap(), "400 entries back");
    assert!(!journal.was_admitted(&[2; 16], Timestamp(NOW.0 - 1)).unwrap());
    assert!(!journal.was_admitted(&[1; 16], Timestamp(NOW.0 + 300)).unwrap());
}

#[test]
fn enrolled_cards_are_kept_and_forgotten_with_the_life_before() {
    let device = Device::provisioned();
    let mut vault = device.vault().unwrap();
    assert!(vault.enrolled().unwrap().is_empty());
    let cards = Enrolled::from_bytes(b"000001123456").unwrap();
    vault.set_enrolled(&cards).unwrap();
    assert_eq!(device.vault().unwrap().enrolled().unwrap().as_bytes(), b"000001123456");
    vault.set_enrolled(&Enrolled::default()).unwrap();
    assert!(device.vault().unwrap().enrolled().unwrap().is_empty());
    assert_eq!(vault.provisioning().unwrap().as_slice(), RECORD, "and nothing else");
    vault.set_enrolled(&cards).unwrap();
    vault.provision(&given(&JournalKey::new(&JOURNAL_KEY))).unwrap();
    assert!(vault.enrolled().unwrap().is_empty());
    let page: Vec<u8> = device.vault.bytes.borrow().clone();
    assert!(!page.windows(6).any(|digits| digits == b"123456"), "no digit is left in the flash");
}
