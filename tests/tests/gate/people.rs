//! Who comes in, who does not, and what is seen of it.

use card_fixtures::chip::{Attack, Quirks};
use card_fixtures::personalisation::personalise;
use card_fixtures::plug::pn532::Modulation;
use soat::gate::pack::Portrait;
use soat::gate::pack::schedule::{Days, Window};
use soat::time::Timestamp;
use soat_firmware::door::DoorEvent;
use soat_firmware::gate::Notice;
use soat_firmware::gate::decision::Decision;
use soat_firmware::port::{Clock, Contact, Lit, Recorded};
use soat_tests::gate_board::{code, until_decided, wait};

use super::*;

#[test]
fn gate_opens_for_a_genuine_card_that_is_allowed_and_shuts_again() {
    let (mut gate, world) = gate();
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    let lock = world.lock.borrow();
    let [(_, false), (opened, true), (shut, false)] = lock[..] else { panic!("{lock:?}") };
    assert!((3000..3010).contains(&(shut - opened)), "{lock:?}");
}

#[test]
fn gate_takes_every_modulation_and_answers_in_parts() {
    for modulation in [Modulation::TypeA, Modulation::SlowTypeA, Modulation::ClaimsSpeed, Modulation::TypeB] {
        let (mut gate, world) = gate();
        assert_eq!(present(&mut gate, &world, genuine(), modulation), Some(admitted()), "{modulation:?}");
        let raised = world.pn532.borrow().commands().contains(&0x4E);
        assert_eq!(raised, matches!(modulation, Modulation::TypeA | Modulation::ClaimsSpeed), "InPSL");
    }
    let (mut gate, world) = gate();
    world.pn532.borrow_mut().answer_in_parts(61);
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
}

#[test]
fn gate_hashes_the_face_where_it_is_told_to() {
    let (mut gate, world) = gate_with(Settings { face: Portrait::Hashed, ..Settings::default() }, rule());
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    let mut card = personalise(CARD).unwrap();
    *card.application_files.get_mut(&0x0102).unwrap().last_mut().unwrap() ^= 1;
    let decision = present(&mut gate, &world, chip(card), Modulation::TypeA);
    assert_eq!(code(decision.as_ref()), "dg2.hash_mismatch");
}

#[test]
fn gate_opens_a_card_without_pace_by_its_computed_expiry() {
    let (mut gate, world) = gate();
    world.scan(&CODE.replace("15092024", "15032021"));
    world.lay(chip(personalise("vietnam-bac").unwrap()), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert_eq!(code(decision.as_ref()), "admitted");
    assert_eq!(world.openings(), 1);
}

#[test]
fn gate_waits_for_the_code_of_a_card_and_for_the_card_of_a_code() {
    let (mut gate, world) = gate();
    world.lay(genuine(), Modulation::TypeA);
    assert_eq!(until_decided(&mut gate, &world, 5000).0, None, "a card alone");
    world.scan(CODE);
    assert_eq!(until_decided(&mut gate, &world, PATIENCE_MS).0, Some(admitted()));

    let (mut gate, world) = gate_with(Settings::default(), rule());
    world.lay(genuine(), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert_eq!(code(decision.as_ref()), "gate.no_code");

    let (mut gate, world) = gate_with(Settings::default(), rule());
    world.scan(CODE);
    let notices = wait(&mut gate, &world, 20_000);
    assert!(notices.contains(&Notice::CodeExpired), "{notices:?}");
    world.lay(genuine(), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert_eq!(code(decision.as_ref()), "gate.no_code", "a code that has expired opens nothing");
    assert_eq!(world.openings(), 0);
}

#[test]
fn gate_decides_once_a_presentation() {
    let (mut gate, world) = gate();
    world.scan(CODE);
    world.lay(genuine(), Modulation::TypeA);
    assert_eq!(until_decided(&mut gate, &world, PATIENCE_MS).0, Some(admitted()));
    // It lies on, and its code is scanned again and again.
    for _ in 0..5 {
        world.scan(CODE);
        assert_eq!(until_decided(&mut gate, &world, 4000).0, None);
    }
    assert_eq!(world.openings(), 1);
    world.take();
    wait(&mut gate, &world, 4000);
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    assert_eq!(world.openings(), 2);
}

#[test]
fn gate_refuses_who_is_not_allowed() {
    let at = |entry: Option<Entry>, schedules: Vec<Schedule>| {
        let rule = rule_of(entry.map(|entry| (person(NUMBER), entry)), schedules);
        let (mut gate, world) = gate_with(Settings::default(), rule);
        let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
        assert_eq!(world.openings(), usize::from(matches!(decision, Some(Decision::Admitted { .. }))));
        code(decision.as_ref())
    };
    let saturday = |from| vec![Schedule(vec![Window { days: Days(0x20), from, until: from + 60 }])];
    let scheduled = Some(Entry { schedule: Some(0), ..Entry::ALWAYS });
    assert_eq!(at(None, vec![]), "gate.not_listed");
    assert_eq!(at(Some(Entry { blocked: true, ..Entry::ALWAYS }), vec![]), "gate.blocked");
    assert_eq!(at(Some(Entry { until: soat::time::Date::new(2026, 7, 31), ..Entry::ALWAYS }), vec![]), "gate.out_of_date");
    assert_eq!(at(scheduled, saturday(8 * 60)), "gate.outside_schedule");
    assert_eq!(at(scheduled, saturday(7 * 60)), "admitted");
}

#[test]
fn gate_lets_nobody_in_twice_in_the_passback_time() {
    let (mut gate, world) = gate_with(Settings { passback_seconds: 60, ..Settings::default() }, rule());
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    let again = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!(code(again.as_ref()), "gate.passback");
    world.set_time(Some(Timestamp(NOW.0 + 60)));
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
}

/// Whoever cuts the power does not come in a second time on one card.
#[test]
fn gate_knows_after_a_power_cut_who_came_in_before() {
    let settings = Settings { passback_seconds: 60, ..Settings::default() };
    let (mut gate, world) = gate_with(settings, rule());
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    let mut gate = Gate::new(world.ports(2), settings, rule(), trust());
    world.set_time(Some(Timestamp(NOW.0 + 59)));
    let again = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!(code(again.as_ref()), "gate.passback");
    world.recorded.set(Recorded::Barred);
    let unknown = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!(code(unknown.as_ref()), "gate.journal_failed", "who can say?");
    world.recorded.set(Recorded::Kept);
    world.set_time(Some(Timestamp(NOW.0 + 60)));
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()), "60 s after the first time");
}

#[test]
fn gate_without_a_clock_opens_for_nobody() {
    let (mut gate, world) = gate();
    world.set_time(None);
    let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!(code(decision.as_ref()), "gate.time_unknown");
    world.set_time(Some(Timestamp(NOW.0 + 40 * 365 * 86_400)));
    let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!(code(decision.as_ref()), "card.expired");
    assert_eq!(world.openings(), 0);
}

#[test]
fn gate_opens_neither_before_its_pack_was_made_nor_after_its_end() {
    let rule = || Rule { from: NOW, until: Timestamp(NOW.0 + 86_400), ..rule() };
    for (time, reason) in [(-1, "gate.time_unknown"), (0, "admitted"), (86_399, "admitted"), (86_400, "gate.pack_ended")] {
        let (mut gate, world) = gate_with(Settings::default(), rule());
        world.set_time(Some(Timestamp(NOW.0 + time)));
        let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
        assert_eq!(code(decision.as_ref()), reason, "{time}");
        assert_eq!(world.openings(), usize::from(reason == "admitted"));
    }
}

#[test]
fn gate_tells_what_is_no_identity_card_and_whose_code_it_is_not() {
    let (mut gate, world) = gate();
    let decision = present(&mut gate, &world, genuine(), Modulation::Other);
    assert_eq!(code(decision.as_ref()), "gate.not_an_identity_card");
    world.scan(&CODE.replace("001199000001", "001199000002"));
    world.lay(genuine(), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert_eq!(code(decision.as_ref()), "gate.wrong_key");
    world.take();
    wait(&mut gate, &world, 4000);
    // The same six digits, another person: the key fits and the print does not.
    world.scan(&CODE.replace("001199000001", "079203000001"));
    world.lay(genuine(), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert_eq!(code(decision.as_ref()), "qr.contradicts_chip");
    world.scan("https://example.vn/\n");
    assert!(wait(&mut gate, &world, 100).contains(&Notice::CodeRefused));
    assert_eq!(world.openings(), 0);
}

/// Somebody keeps the reader busy and opens the door meanwhile.
#[test]
fn gate_watches_its_door_while_it_reads_a_card() {
    let (mut gate, world) = gate_with(Settings { card_ms: 60_000, ..Settings::default() }, rule());
    world.contact.set(Contact::Shut);
    let clone = Quirks { attack: Some(Attack::Clone), ..Quirks::vietnam() };
    world.lay(VirtualChip::with_quirks(personalise(CARD).unwrap(), 2, clone), Modulation::TypeA);
    wait(&mut gate, &world, 1000);
    world.set_latency(50);
    world.scan(CODE);
    let start = wait_for_reading(&mut gate, &world);
    world.ajar.set((start + 100, start + 300));
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert!(world.now() > start + 300, "it was over before the reading: {decision:?}");
    let notices = wait(&mut gate, &world, 100);
    let door: Vec<&Notice> = notices.iter().filter(|notice| matches!(notice, Notice::Door(_))).collect();
    assert_eq!(door, [&Notice::Door(DoorEvent::Forced), &Notice::Door(DoorEvent::Shut)]);
    assert_eq!(world.openings(), 0);
}

fn wait_for_reading(gate: &mut Gate<Simulated>, world: &World) -> u64 {
    let end = world.now() + PATIENCE_MS;
    while world.now() < end {
        match gate.poll(world.now()) {
            Some(Notice::Reading) => return world.now(),
            Some(_) => {}
            None => gate.clock().rest(),
        }
    }
    panic!("no card is read")
}

#[test]
fn gate_forgets_a_code_that_was_scanned_while_it_read_a_card() {
    let (mut gate, world) = gate();
    world.scan(CODE);
    world.lay(genuine(), Modulation::TypeA);
    let start = wait_for_reading(&mut gate, &world);
    world.scan_at(start + 20, CODE);
    assert_eq!(until_decided(&mut gate, &world, PATIENCE_MS).0, Some(admitted()));
    world.take();
    wait(&mut gate, &world, 4000);
    world.lay(genuine(), Modulation::TypeA);
    assert_eq!(until_decided(&mut gate, &world, 10_000).0, None, "its own code was not scanned");
    assert_eq!(world.openings(), 1);
}

/// Each of the keys is refused in time, and all of them together are not.
#[test]
fn gate_has_one_time_for_all_keys_of_a_code() {
    let refused = |reading_ms: u32| {
        let (mut gate, world) = gate_with(Settings { reading_ms, ..Settings::default() }, rule());
        world.set_latency(60);
        world.scan(&CODE.replace("15092024", "15032021").replace("01011999", "02011999"));
        world.lay(chip(personalise("vietnam-bac").unwrap()), Modulation::TypeA);
        let start = wait_for_reading(&mut gate, &world);
        let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
        (code(decision.as_ref()), world.now() - start)
    };
    let (all, needed) = refused(30_000);
    assert_eq!(all, "gate.wrong_key");
    let half = u32::try_from(needed / 2).unwrap();
    let (reason, took) = refused(half);
    assert_eq!(reason, "gate.not_read");
    assert!(took < needed, "{took} of {needed} ms");
}

#[test]
fn gate_tells_a_forced_and_a_held_door_and_lets_people_out() {
    let (mut gate, world) = gate();
    world.contact.set(Contact::Shut);
    wait(&mut gate, &world, 100);
    world.contact.set(Contact::Open);
    assert!(wait(&mut gate, &world, 100).contains(&Notice::Door(DoorEvent::Forced)));
    let mut lit = Vec::new();
    for _ in 0..10 {
        wait(&mut gate, &world, 50);
        lit.push(world.lit.get());
    }
    let alarm = [Lit { red: true, buzzer: true, ..Lit::default() }, Lit { blue: true, ..Lit::default() }];
    assert!(lit.iter().all(|lit| alarm.contains(lit)) && alarm.iter().all(|one| lit.contains(one)), "{lit:?}");
    world.contact.set(Contact::Shut);
    assert!(wait(&mut gate, &world, 100).contains(&Notice::Door(DoorEvent::Shut)));
    world.exit.set(true);
    assert!(wait(&mut gate, &world, 100).contains(&Notice::Door(DoorEvent::ExitRequested)));
    assert_eq!(world.openings(), 1);
    wait(&mut gate, &world, 60_000);
    assert_eq!(world.openings(), 1, "a button that is stuck");
    assert!(!world.lock.borrow().last().unwrap().1);
}
