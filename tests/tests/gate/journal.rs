//! What the gate writes down, and what it does where it cannot.

use soat::gate::journal::{Event, Kind};
use soat_firmware::door::DoorEvent;
use soat_firmware::gate::Notice;
use soat_firmware::port::Recorded;
use soat_tests::gate_board::{code, wait};

use super::*;

fn kinds(world: &World) -> Vec<(Kind, String)> {
    world.journal.borrow().iter().map(|(event, _)| (event.kind, event.reason.as_str().into())).collect()
}

#[test]
fn gate_writes_a_decision_down_before_the_door_opens() {
    let (mut gate, world) = gate();
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    let expected = Event { person: Some(person(NUMBER)), ..Event::of(Kind::Admitted) };
    assert_eq!(*world.journal.borrow(), [(expected, false)], "and while the lock had no power");

    let mut card = personalise(CARD).unwrap();
    *card.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    present(&mut gate, &world, chip(card), Modulation::TypeA);
    let (event, _) = world.journal.borrow()[1];
    assert_eq!(event, Event::because(Kind::Refused, "dg1.hash_mismatch"), "nobody is known by a card that failed");

    let (mut gate, world) = gate_with(Settings::default(), rule_of([], Vec::new()));
    present(&mut gate, &world, genuine(), Modulation::TypeA);
    let expected = Event { person: Some(person(NUMBER)), ..Event::because(Kind::Refused, "gate.not_listed") };
    assert_eq!(*world.journal.borrow(), [(expected, false)]);
}

#[test]
fn gate_lets_nobody_in_of_whom_nobody_would_know() {
    let (mut gate, world) = gate();
    world.recorded.set(Recorded::Barred);
    let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!((code(decision.as_ref()), world.openings()), ("gate.journal_failed", 0));
    // Who is inside comes out.
    world.exit.set(true);
    assert!(wait(&mut gate, &world, 200).contains(&Notice::Door(DoorEvent::ExitRequested)));
    assert_eq!(world.openings(), 1);
    world.exit.set(false);
    wait(&mut gate, &world, 200);

    world.recorded.set(Recorded::Kept);
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()), "it is mended");
}

#[test]
fn gate_writes_down_what_happens_at_the_door_and_to_the_reader_once() {
    let (mut gate, world) = gate();
    wait(&mut gate, &world, 2000);
    assert_eq!(kinds(&world), [], "a reader that is set up is nothing new");
    world.exit.set(true);
    wait(&mut gate, &world, 200);
    world.exit.set(false);
    world.pn532.borrow_mut().fall_silent();
    wait(&mut gate, &world, 60_000);
    let found = kinds(&world);
    assert_eq!(found[0], (Kind::ExitRequested, String::new()));
    assert_eq!(found[1], (Kind::ReaderFault, "reader.link".into()));
    assert_eq!(found[2..], [(Kind::ReaderReady, String::new())], "{found:?}");
}

/// A clock that is set back would let in whose permission has ended.
#[test]
fn gate_believes_no_clock_that_goes_back() {
    let (mut gate, world) = gate();
    world.set_time(Some(Timestamp(NOW.0 + 3600)));
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    world.set_time(Some(Timestamp(NOW.0 + 3599)));
    let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!((code(decision.as_ref()), world.openings()), ("gate.time_unknown", 1));
    world.set_time(Some(Timestamp(NOW.0 + 3601)));
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
}
