//! A wire that loses, damages, delays and cuts; a reader that falls silent.
//!
//! Never a false opening; and the next genuine card opens within five seconds, without a power cycle.

use card_fixtures::plug::pn532::Modulation;
use soat_firmware::gate::Notice;
use soat_firmware::gate::decision::Decision;
use soat_firmware::pn532::Fault as ReaderFault;
use soat_firmware::pn532::exchange::LinkError;
use soat_tests::gate_board::{Direction, Fault, Planned, code, until_decided, wait};
use soat_tests::seeded::SeededRng;

use super::*;

/// Seeds of a run; a thousand by night, with `SOAT_GATE_FAULTS=1000`.
const FAULTS: u64 = 60;
/// Within which the next genuine card must open.
const RECOVERY_MS: u64 = 5000;

fn random(rng: &mut SeededRng, below: u64) -> u64 {
    rand_core::Rng::next_u64(rng) % below
}

/// Up to four faults somewhere in a reading, which moves some 3,000 bytes to the PN532 and 6,000 to the gate.
fn planned(seed: u64) -> Vec<Planned> {
    let mut rng = SeededRng(seed);
    let count = 1 + random(&mut rng, 4);
    (0..count)
        .map(|_| {
            let fault = match random(&mut rng, 12) {
                0..3 => Fault::Drop,
                3..7 => Fault::Flip(u8::try_from(random(&mut rng, 8)).unwrap()),
                7 => Fault::Double,
                8..10 => Fault::Cut,
                10 => Fault::Delay(u16::try_from(random(&mut rng, 400)).unwrap()),
                _ => Fault::Silence,
            };
            let direction = if random(&mut rng, 3) == 0 { Direction::Out } else { Direction::In };
            Planned { direction, after: u32::try_from(random(&mut rng, 3000)).unwrap(), fault }
        })
        .collect()
}

fn forged() -> VirtualChip {
    let mut card = personalise(CARD).unwrap();
    *card.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    chip(card)
}

/// One seed: a forged card under faults, then a genuine one without. Gives what became of the first, and how many faults came.
fn run(seed: u64) -> (&'static str, usize) {
    let (mut gate, world) = gate();
    wait(&mut gate, &world, 500);
    world.plan(planned(seed));
    world.scan(CODE);
    world.lay(forged(), Modulation::TypeA);
    let (decision, _) = until_decided(&mut gate, &world, 40_000);
    assert!(!matches!(decision, Some(Decision::Admitted { .. })), "seed {seed}: {:?}", planned(seed));
    world.take();
    wait(&mut gate, &world, 1500);
    let felt = planned(seed).len() - world.faults_left();
    world.mend();
    assert_eq!(world.openings(), 0, "seed {seed}: {:?}", planned(seed));
    world.scan(CODE);
    world.lay(genuine(), Modulation::TypeA);
    let (next, notices) = until_decided(&mut gate, &world, RECOVERY_MS);
    assert_eq!(next, Some(admitted()), "seed {seed}: {:?}, {notices:?}", planned(seed));
    assert_eq!(world.openings(), 1);
    (code(decision.as_ref()), felt)
}

#[test]
fn gate_faults_open_nothing_and_pass() {
    let count = std::env::var("SOAT_GATE_FAULTS").ok().and_then(|count| count.parse().ok()).unwrap_or(FAULTS);
    let halves =
        [0, 1].map(|half| std::thread::spawn(move || (0..count).filter(|seed| seed % 2 == half).map(run).collect::<Vec<_>>()));
    let outcomes: Vec<(&str, usize)> = halves.into_iter().flat_map(|half| half.join().unwrap()).collect();
    let mut kinds: Vec<&str> = outcomes.iter().map(|(outcome, _)| *outcome).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in &kinds {
        println!("{:5} {kind}", outcomes.iter().filter(|(outcome, _)| outcome == kind).count());
    }
    let felt: usize = outcomes.iter().map(|(_, felt)| felt).sum();
    println!("{felt:5} faults");
    assert!(felt >= outcomes.len(), "faults were planned where nothing passes any more");
    assert!(kinds.contains(&"dg1.hash_mismatch"), "{kinds:?}");
}

#[test]
fn gate_reader_that_falls_silent_is_told_reset_and_used_again() {
    let (mut gate, world) = gate();
    assert!(wait(&mut gate, &world, 500).contains(&Notice::ReaderReady));
    world.pn532.borrow_mut().fall_silent();
    let notices = wait(&mut gate, &world, 5000);
    assert!(notices.contains(&Notice::ReaderFault(ReaderFault::Link(LinkError::NotAcknowledged))), "{notices:?}");
    assert!(notices.contains(&Notice::ReaderReady), "{notices:?}");
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
}

#[test]
fn gate_wire_that_does_not_carry_the_high_speed_is_used_at_the_first() {
    let (mut gate, world) = gate();
    // Every frame to the fast chip is cut.
    let speed_up = 90;
    world.plan((0..8).map(|_| Planned { direction: Direction::Out, after: speed_up, fault: Fault::Cut }));
    assert!(wait(&mut gate, &world, 3000).contains(&Notice::ReaderReady));
    world.mend();
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
}

#[test]
fn gate_without_a_reader_says_so_and_tries_ever_less_often() {
    let (mut gate, world) = gate();
    let mut faults = Vec::new();
    while world.now() < 120_000 {
        world.pn532.borrow_mut().fall_silent();
        if wait(&mut gate, &world, 10).iter().any(|notice| matches!(notice, Notice::ReaderFault(_))) {
            faults.push(world.now());
        }
    }
    let pauses: Vec<u64> = faults.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.first() < Some(&1500) && pauses.last() > Some(&9000), "{pauses:?}");
}

#[test]
fn gate_card_taken_away_in_the_middle_opens_nothing() {
    for seed in 0..12 {
        let (mut gate, world) = gate();
        world.scan(CODE);
        world.lay(genuine(), Modulation::TypeA);
        world.take_after(200 + seed * 250);
        let (decision, _) = until_decided(&mut gate, &world, PATIENCE_MS);
        assert!(decision.is_none() || code(decision.as_ref()) == "gate.not_read", "{seed}: {decision:?}");
        assert_eq!(world.openings(), 0, "{seed}");
        wait(&mut gate, &world, 4000);
        assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()), "{seed}");
    }
}
