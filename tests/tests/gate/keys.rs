//! Keys that do not come from the scanner: of cards that need no code, and from the control panel. They open chips, and no door.

use card_fixtures::chip::{Attack, Quirks};
use card_fixtures::personalisation::personalise;
use card_fixtures::plug::pn532::Modulation;
use soat::chip::AccessKey;
use soat::gate::enrolled::Enrolled;
use soat_firmware::gate::Notice;
use soat_firmware::gate::decision::Decision;
use soat_tests::gate_board::{code, until_decided, wait};

use super::*;

/// The card's own number is 000001.
const OWN: &[u8] = b"000001";

fn enrolled(numbers: &[u8]) -> (Gate<Simulated>, Rc<World>) {
    let (mut gate, world) = gate();
    gate.enrol(&Enrolled::from_bytes(numbers).unwrap());
    (gate, world)
}

fn lay(gate: &mut Gate<Simulated>, world: &World, chip: VirtualChip) -> Option<Decision> {
    world.lay(chip, Modulation::TypeA);
    let (decision, _) = until_decided(gate, world, PATIENCE_MS);
    world.take();
    wait(gate, world, 4000);
    decision
}

#[test]
fn gate_opens_an_enrolled_card_without_its_code() {
    let (mut gate, world) = enrolled(&[b"999999", b"123456", OWN].concat());
    let commands = || world.pn532.borrow().commands().len();
    let exchanged = |gate: &mut Gate<Simulated>| {
        let before = commands();
        assert_eq!(lay(gate, &world, genuine()), Some(admitted()));
        commands() - before
    };
    let (first, second) = (exchanged(&mut gate), exchanged(&mut gate));
    assert!(second + 2 * 5 <= first, "who came last is tried first: {first} commands, then {second}");
    assert_eq!(world.openings(), 2);
}

#[test]
fn gate_waits_for_the_code_of_a_card_that_is_not_enrolled() {
    let (mut gate, world) = enrolled(b"999999123456");
    world.lay(genuine(), Modulation::TypeA);
    assert_eq!(until_decided(&mut gate, &world, 8000).0, None, "it is asked for its code");
    world.scan(CODE);
    assert_eq!(until_decided(&mut gate, &world, PATIENCE_MS).0, Some(admitted()));
    world.take();
    wait(&mut gate, &world, 4000);

    // The code comes while the numbers are tried: they are left at that.
    let apdus = |scanned_at| {
        let (mut gate, world) = enrolled(&b"9".repeat(6 * 16));
        wait(&mut gate, &world, 1000);
        world.set_latency(20);
        let chip = world.lay(genuine(), Modulation::TypeA);
        world.scan_at(world.now() + scanned_at, CODE);
        assert_eq!(until_decided(&mut gate, &world, PATIENCE_MS).0, Some(admitted()));
        chip.apdus()
    };
    let (early, late) = (apdus(1000), apdus(12_000));
    assert!(early + 30 < late, "{early} APDUs, and {late} where all numbers were tried before");
    let (mut gate, world) = enrolled(b"");
    assert_eq!(code(lay(&mut gate, &world, genuine()).as_ref()), "gate.no_code", "nobody is enrolled any more");
}

#[test]
fn gate_opens_no_door_for_an_enrolled_number_alone() {
    // Its number is on the list of keys, and its holder on no list of people.
    let (mut gate, world) = gate_with(Settings::default(), rule_of([], Vec::new()));
    gate.enrol(&Enrolled::from_bytes(OWN).unwrap());
    assert_eq!(code(lay(&mut gate, &world, genuine()).as_ref()), "gate.not_listed");
    // A forged one, and a clone.
    let (mut gate, world) = enrolled(OWN);
    let mut forged = personalise(CARD).unwrap();
    *forged.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    assert_eq!(code(lay(&mut gate, &world, chip(forged)).as_ref()), "dg1.hash_mismatch");
    let quirks = Quirks { attack: Some(Attack::Clone), ..Quirks::vietnam() };
    let clone = VirtualChip::with_quirks(personalise(CARD).unwrap(), 2, quirks);
    assert_eq!(code(lay(&mut gate, &world, clone).as_ref()), "chip.active_authentication_failed");
    world.set_time(None);
    assert_eq!(code(lay(&mut gate, &world, genuine()).as_ref()), "gate.time_unknown");
    assert_eq!(world.openings(), 0);
}

#[test]
fn gate_tries_no_number_on_a_card_without_pace() {
    let apdus = |numbers: &[u8]| {
        let (mut gate, world) = enrolled(numbers);
        let chip = world.lay(chip(personalise("vietnam-bac").unwrap()), Modulation::TypeA);
        assert_eq!(until_decided(&mut gate, &world, 5000).0, None);
        chip.apdus()
    };
    assert_eq!(apdus(&[OWN, b"999999"].concat()), apdus(OWN), "it is seen once that no number opens it");
    let (mut gate, world) = enrolled(OWN);
    world.lay(chip(personalise("vietnam-bac").unwrap()), Modulation::TypeA);
    world.scan(&CODE.replace("15092024", "15032021"));
    assert_eq!(code(until_decided(&mut gate, &world, PATIENCE_MS).0.as_ref()), "admitted");
}

/// A card whose chip takes its time for every number does not hold the gate sixteen times as long as a reading may last.
#[test]
fn gate_tries_numbers_no_longer_than_a_reading_may_take() {
    let settings = Settings { reading_ms: 3000, card_ms: 2000, ..Settings::default() };
    let (mut gate, world) = gate_with(settings, rule());
    gate.enrol(&Enrolled::from_bytes(&b"9".repeat(6 * 16)).unwrap());
    wait(&mut gate, &world, 1000);
    world.set_latency(100);
    let before = world.now();
    world.lay(genuine(), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
    assert_eq!(code(decision.as_ref()), "gate.no_code", "it waits for its code");
    let took = world.now() - before;
    assert!((5000..5500).contains(&took), "{took} ms for a reading, and from then on for a code");
}

/// Who lays an emulator down again and again finds out which numbers are enrolled in years, and nobody else has to wait.
#[test]
fn gate_tries_numbers_on_strangers_for_a_while_only() {
    let (mut gate, world) = enrolled(b"999999");
    let apdus = |gate: &mut Gate<Simulated>| {
        let chip = world.lay(genuine(), Modulation::TypeA);
        // It waits for its code in vain.
        wait(gate, &world, 16_000);
        world.take();
        wait(gate, &world, 4000);
        chip.apdus()
    };
    let tried = (0..40).filter(|_| apdus(&mut gate) > 0).count();
    assert!((30..=33).contains(&tried), "{tried} rounds in 13 minutes");
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()), "with its code as ever");
}

#[test]
fn gate_takes_the_key_of_the_next_card_from_a_panel() {
    let (mut gate, world) = gate();
    gate.take_key(AccessKey::from_can("000001").unwrap(), world.now());
    assert_eq!(lay(&mut gate, &world, genuine()), Some(admitted()));
    assert_eq!(code(lay(&mut gate, &world, genuine()).as_ref()), "gate.no_code", "for one card");

    gate.take_key(AccessKey::from_can("000002").unwrap(), world.now());
    assert_eq!(code(lay(&mut gate, &world, genuine()).as_ref()), "gate.wrong_key");

    gate.take_key(AccessKey::from_can("000001").unwrap(), world.now());
    let notices = wait(&mut gate, &world, 20_000);
    assert!(notices.contains(&Notice::CodeExpired), "{notices:?}");
    assert_eq!(code(lay(&mut gate, &world, genuine()).as_ref()), "gate.no_code", "a key that has expired opens nothing");
    assert_eq!(world.openings(), 1);
}
