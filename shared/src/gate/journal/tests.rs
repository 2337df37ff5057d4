use alloc::vec::Vec;

use super::keys::month;
use super::*;
use crate::crypto::rustcrypto::RustCrypto;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp(1_785_542_400);

fn key() -> JournalKey {
    JournalKey::new(&[0x4A; 32])
}

fn entry(sequence: u64) -> Entry {
    let kind = [Kind::Refused, Kind::Admitted, Kind::DoorForced][usize::try_from(sequence % 3).unwrap()];
    let reason = if kind == Kind::Refused { Reason::new("dg1.hash_mismatch") } else { Reason::NONE };
    let person = (kind == Kind::Admitted).then_some([7; 16]);
    Entry { sequence, time: Some(NOW), kind, month: 679, person, count: 0, reason }
}

/// Entries of a gate in order, and the head behind each.
fn written(entries: impl IntoIterator<Item = Entry>) -> (Vec<[u8; ENTRY]>, Vec<Head>) {
    let (mut chain, mut head) = (key().chain(&RustCrypto), Head::EMPTY);
    let mut heads = Vec::new();
    let bytes = entries.into_iter().map(|entry| {
        let (bytes, next) = entry.write(&head, &chain, &RustCrypto);
        chain.evolve(&RustCrypto);
        head = next;
        heads.push(head);
        bytes
    });
    (bytes.collect(), heads)
}

fn checked(entries: &[[u8; ENTRY]], since: Since) -> Run {
    verify(entries.as_flattened(), &key(), since, &RustCrypto)
}

#[test]
fn what_was_written_is_read_and_whole() {
    let (bytes, heads) = written((0..9).map(entry));
    let run = checked(&bytes, Since::Start);
    assert_eq!(run.entries, (0..9).map(entry).collect::<Vec<_>>());
    assert_eq!((run.faults, run.lost, run.head), (Vec::new(), 0, heads[8]));
    let nothing = checked(&[], Since::Start);
    assert_eq!((nothing.entries.len(), nothing.faults, nothing.head), (0, Vec::new(), Head::EMPTY));
}

#[test]
fn every_kind_and_every_field_comes_back() {
    let of = |(sequence, kind): (u64, &Kind)| Entry {
        kind: *kind,
        time: None,
        person: None,
        count: 70_000,
        reason: Reason::new("123456789012345678901234567890123456789"),
        ..entry(sequence)
    };
    let entries: Vec<_> = (0..).zip(Kind::ALL).map(of).collect();
    let (bytes, _) = written(entries.iter().copied());
    assert_eq!(checked(&bytes, Since::Start).entries, entries);
    assert_eq!(entries[0].reason.as_str().len(), entry::REASON);
}

#[test]
fn a_reason_holds_what_a_code_holds() {
    assert_eq!(Reason::new("chip.active_authentication_not_offered").as_str(), "chip.active_authentication_not_offered");
    assert_eq!(Reason::new("a b\0c").as_str(), "a_b_c");
    assert_eq!(Reason::new(&"x".repeat(60)).as_str().len(), entry::REASON);
    assert!(crate::inspection::ReasonCode::ALL.iter().all(|code| Reason::new(code.as_str()).as_str() == code.as_str()));
}

#[test]
fn a_bit_turned_anywhere_is_found_where_it_is() {
    let (bytes, _) = written((0..4).map(entry));
    for place in 0..ENTRY {
        // The upper bits of a number cost millions of keys to follow, and are tried once.
        for bit in if place == 5 { 0..1 } else { 0..8 } {
            let mut altered = bytes.clone();
            altered[2][place] ^= 1 << bit;
            let run = checked(&altered, Since::Start);
            assert_eq!(run.faults, [Fault::Altered(2)], "byte {place}, bit {bit}");
            assert_eq!(run.entries, [entry(0), entry(1), entry(3)]);
        }
    }
}

#[test]
fn entries_of_another_gate_or_in_another_order_are_found() {
    let (bytes, _) = written((0..4).map(entry));
    let other = verify(bytes.as_flattened(), &JournalKey::new(&[0x4B; 32]), Since::Start, &RustCrypto);
    assert_eq!((other.entries.len(), other.faults[0]), (0, Fault::Altered(0)));
    let swapped = [bytes[0], bytes[2], bytes[1], bytes[3]];
    assert_eq!(checked(&swapped, Since::Start).faults, [Fault::Missing { from: 1, until: 2 }, Fault::Altered(3)]);
    let doubled = [bytes[0], bytes[1], bytes[1], bytes[2]];
    assert_eq!(checked(&doubled, Since::Start).faults, [Fault::Altered(2)]);
    let torn = verify(&bytes.as_flattened()[..ENTRY + 5], &key(), Since::Start, &RustCrypto);
    assert_eq!((torn.entries.len(), torn.faults), (1, [Fault::Torn(5)].to_vec()));
}

#[test]
fn what_is_missing_is_named() {
    let (bytes, heads) = written((0..8).map(entry));
    let hole = [&bytes[..2], &bytes[4..]].concat();
    assert_eq!(checked(&hole, Since::Start).faults, [Fault::Missing { from: 2, until: 4 }]);
    assert_eq!(checked(&bytes[3..], Since::Start).faults, [Fault::Missing { from: 0, until: 3 }]);
    assert_eq!(checked(&bytes[3..], Since::Sequence(3)).faults, []);
    assert_eq!(checked(&bytes[3..], Since::Head(heads[1])).faults, [Fault::Missing { from: 2, until: 3 }]);
}

#[test]
fn a_journal_continues_what_was_seen_of_it() {
    let (bytes, heads) = written((0..8).map(entry));
    for from in 0..=4 {
        assert_eq!(checked(&bytes[from..], Since::Head(heads[3])).faults, [], "from {from}");
    }
    assert_eq!(checked(&bytes[3..4], Since::Head(heads[3])).faults, [], "nothing new");
    assert_eq!(checked(&bytes, Since::Head(Head::EMPTY)).faults, []);
    let cut = checked(&bytes[..3], Since::Head(heads[3]));
    assert_eq!((cut.faults, cut.head), ([Fault::CutOff { seen: 4, found: 3 }].to_vec(), heads[3]));
    assert_eq!(checked(&[], Since::Head(heads[3])).faults, [Fault::CutOff { seen: 4, found: 0 }]);

    // The same gate and the same keys, and another past.
    let other = |sequence| Entry { count: 1, ..entry(sequence) };
    let (rewritten, _) = written((0..3).map(entry).chain((3..8).map(other)));
    assert_eq!(checked(&rewritten, Since::Head(heads[3])).faults, [Fault::DoesNotContinue(3)]);
    assert_eq!(checked(&rewritten[4..], Since::Head(heads[3])).faults, [Fault::DoesNotContinue(3)]);
    assert_eq!(checked(&rewritten, Since::Head(heads[2])).faults, []);
}

#[test]
fn what_made_room_is_lost_and_not_missing() {
    let overflow = |sequence, count| Entry { kind: Kind::Overflow, count, ..entry(sequence) };
    let (bytes, heads) = written((0..6).map(entry).chain([overflow(6, 4)]).chain((7..9).map(entry)));
    let run = checked(&bytes[4..], Since::Start);
    assert_eq!((run.lost, run.faults), (4, Vec::new()));
    let run = checked(&bytes[4..], Since::Head(heads[1]));
    assert_eq!((run.lost, run.faults), (2, Vec::new()));
    assert_eq!(checked(&bytes[5..], Since::Start).faults, [Fault::Missing { from: 0, until: 5 }], "more than was said");
}

/// Whoever has the key of a moment has no key of what was before.
#[test]
fn a_later_key_confirms_no_earlier_entry() {
    let (bytes, _) = written((0..3).map(entry));
    let mut chain = key().chain(&RustCrypto);
    chain.evolve(&RustCrypto);
    let (forged, _) = entry(0).write(&Head::EMPTY, &chain, &RustCrypto);
    assert_eq!(checked(&[&[forged], &bytes[1..]].concat(), Since::Start).faults[0], Fault::Altered(0));
}

#[test]
fn numbers_without_end_do_not_keep_the_desk_busy() {
    let (mut bytes, _) = written((0..1).map(entry));
    bytes[0][..8].copy_from_slice(&u64::MAX.to_be_bytes());
    assert_eq!(checked(&bytes, Since::Start).faults, [Fault::Altered(u64::MAX)]);
    bytes[0][..8].copy_from_slice(&LONGEST_JOURNAL.to_be_bytes());
    assert_eq!(checked(&bytes, Since::Start).faults, [Fault::Altered(LONGEST_JOURNAL)]);
}

#[test]
fn people_stand_under_a_key_of_their_month() {
    let at = |month| {
        let mut persons = key().persons(&RustCrypto);
        persons.evolve_to(month, &RustCrypto);
        persons.person(&[9; 16], &RustCrypto)
    };
    assert_ne!(at(679), at(680));
    assert_ne!(at(679), [9; 16]);
    let mut step_by_step = key().persons(&RustCrypto);
    assert!((0..=679).filter(|month| step_by_step.evolve_to(*month, &RustCrypto)).count() == 679);
    assert_eq!(step_by_step.person(&[9; 16], &RustCrypto), at(679));
    assert!(!step_by_step.evolve_to(3, &RustCrypto) && !step_by_step.evolve_to(u16::MAX, &RustCrypto));
    assert_eq!(step_by_step.month(), 679);
    assert_eq!(
        (month(NOW), month(Timestamp(0)), month(Timestamp(-1)), month(Timestamp(i64::MAX))),
        (Some(679), Some(0), None, None)
    );
}
