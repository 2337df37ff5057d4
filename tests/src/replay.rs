//! The corpus of the fuzz targets, run through the entries whole, torn and changed.

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

/// Replays the inputs of every entry, out of synthetic cards and out of `tests/fuzz/corpus`. Says how many of how many reach the deepest
/// type.
pub fn corpus() -> Vec<(&'static str, usize, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let generated = seeds::synthetic();
    let replayed = ENTRIES.iter().map(|(name, entry)| {
        let mut inputs: Vec<Vec<u8>> = generated.iter().filter(|seed| seed.0 == *name).map(|seed| seed.2.clone()).collect();
        let files = fs::read_dir(folder.join(name)).into_iter().flatten().flatten();
        inputs.extend(files.filter_map(|file| fs::read(file.path()).ok()));
        (*name, replay(*entry, &inputs), inputs.len())
    });
    replayed.collect()
}
