//! Replays the corpus of every fuzz target, whole and torn, and shows that it reaches the deepest type.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::Path;

use soat_tests::entries::ENTRIES;
use soat_tests::{real_data, seeds};

/// Runs every input of an entry, each also cut at many places and with single bytes changed; gives how many reached the deepest type.
fn replay(name: &str, inputs: &[Vec<u8>]) -> usize {
    let entry = ENTRIES.iter().find(|(entry, _)| *entry == name).unwrap().1;
    for input in inputs {
        let step = (input.len() / 64).max(1);
        for cut in (0..input.len()).step_by(step) {
            entry(&input[..cut]);
            let mut changed = input.clone();
            changed[cut] = changed[cut].wrapping_add(0x7F);
            entry(&changed);
        }
    }
    inputs.iter().filter(|input| entry(input)).count()
}

#[test]
fn every_corpus_reaches_its_deepest_type() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let generated = seeds::synthetic();
    for (name, _) in ENTRIES {
        let mut inputs: Vec<Vec<u8>> = generated.iter().filter(|seed| seed.0 == name).map(|seed| seed.2.clone()).collect();
        for file in fs::read_dir(corpus.join(name)).into_iter().flatten().flatten() {
            inputs.push(fs::read(file.path()).unwrap());
        }
        let deepest = replay(name, &inputs);
        println!("{name}: {deepest} of {} inputs reach the deepest type", inputs.len());
        assert!(deepest > 0, "{name}: no input reaches the deepest type");
    }
}

#[test]
fn real_files_reach_the_deepest_types_too() {
    let Some(data) = real_data::folder() else { return };
    let seeds = seeds::real(&data);
    for name in ["security_object", "certificate", "dg1", "dg2"] {
        let inputs: Vec<Vec<u8>> = seeds.iter().filter(|seed| seed.0 == name).map(|seed| seed.2.clone()).collect();
        let deepest = replay(name, &inputs);
        println!("{name}: {deepest} of {} real files reach the deepest type", inputs.len());
        assert!(deepest > 0, "{name}");
    }
}
