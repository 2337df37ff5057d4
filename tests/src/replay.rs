//! The corpus of the fuzz targets, run through the entries: seeds whole, torn and changed; inputs that fuzzing found, as they are.

use std::fs;
use std::path::Path;

use crate::entries::ENTRIES;
use crate::seeds;

/// Runs every input of an entry, each also cut at many places and with single bytes changed; gives how many reached the deepest type.
///
/// # Panics
/// Where the entry does, which is what it is for.
pub fn replay(entry: fn(&[u8]) -> bool, inputs: &[Vec<u8>]) -> usize {
    for input in inputs {
        let step = (input.len() / 64).max(1);
        for cut in (0..input.len()).step_by(step) {
            entry(input.get(..cut).unwrap_or_default());
            let mut changed = input.clone();
            if let Some(octet) = changed.get_mut(cut) {
                *octet = octet.wrapping_add(0x7F);
            }
            entry(&changed);
        }
    }
    inputs.iter().filter(|input| entry(input)).count()
}

/// What fuzzing found for an entry, as `tests/fuzz/nightly.sh --keep` keeps it, by name of file.
pub fn kept(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut inputs: Vec<(String, Vec<u8>)> =
        files.filter_map(|file| Some((file.file_name().into_string().ok()?, fs::read(file.path()).ok()?))).collect();
    inputs.sort();
    inputs
}

/// Replays the inputs of every entry, out of synthetic cards and out of `tests/fuzz/corpus`. Says how many of how many reach the deepest
/// type.
pub fn corpus() -> Vec<(&'static str, usize, usize)> {
    let generated = seeds::synthetic();
    let replayed = ENTRIES.iter().map(|(name, entry)| {
        let inputs: Vec<Vec<u8>> = generated.iter().filter(|seed| seed.0 == *name).map(|seed| seed.2.clone()).collect();
        let found = kept(name);
        // Each of these is torn or changed already, where it is worth it.
        let deepest = replay(*entry, &inputs) + found.iter().filter(|(_, input)| entry(input)).count();
        (*name, deepest, inputs.len() + found.len())
    });
    replayed.collect()
}
