//! Replays the corpus of every fuzz target, whole and torn, and shows that it reaches the deepest type.
#![allow(clippy::unwrap_used, missing_docs)]

use soat_tests::entries::ENTRIES;
use soat_tests::{real_data, replay, seeds};

#[test]
fn every_corpus_reaches_its_deepest_type() {
    for (name, deepest, inputs) in replay::corpus() {
        println!("{name}: {deepest} of {inputs} inputs reach the deepest type");
        assert!(deepest > 0, "{name}: no input reaches the deepest type");
    }
}

/// A checkout stays small, and so does what is read of it at each run of the tests.
#[test]
fn what_fuzzing_found_is_kept_for_every_target_and_small() {
    let mut all = 0;
    for (name, _) in ENTRIES {
        let inputs = replay::kept(name);
        assert!(inputs.len() >= 5, "{name}: {} inputs; tests/fuzz/nightly.sh --keep", inputs.len());
        for (file, input) in &inputs {
            assert!(input.len() <= 4096, "{name}/{file}: {} bytes", input.len());
        }
        all += inputs.iter().map(|(_, input)| input.len()).sum::<usize>();
    }
    assert!(all <= 2 << 20, "{all} bytes in all");
}

#[test]
fn real_files_reach_the_deepest_types_too() {
    let Some(data) = real_data::folder() else { return };
    let seeds = seeds::real(&data);
    for name in ["security_object", "certificate", "dg1", "dg2"] {
        let inputs: Vec<Vec<u8>> = seeds.iter().filter(|seed| seed.0 == name).map(|seed| seed.2.clone()).collect();
        let entry = ENTRIES.iter().find(|(entry, _)| *entry == name).unwrap().1;
        let deepest = replay::replay(entry, &inputs);
        println!("{name}: {deepest} of {} real files reach the deepest type", inputs.len());
        assert!(deepest > 0, "{name}");
    }
}
