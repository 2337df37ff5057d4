//! Mutation testing of `soat::inspection` and `soat::pki`: is there a test for each thing that they do?
//!
//! `soat-mutation build LIST FOLDER` copies the workspace with every mutant of the list of cargo-mutants, and each ending of a check, behind
//! a switch, and builds its tests once. `soat-mutation reach FOLDER` learns which test comes to which mutant. `soat-mutation run FOLDER [WORD …]` throws the switches one by one (those whose name has one of the
//! words), and compares what survives with `survivors.json`: a new survivor, or one that is listed and does not survive, is a failure.
//! Without words a run goes on where the last one of the folder was interrupted.
//! `SOAT_MUTATION_JOBS` says how many are tried at a time (1).

mod mutant;
mod survivors;
mod switches;
mod tree;
mod trial;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mutant::Mutant;
use trial::End;

/// What decides an outcome comes first.
const FIRST: [&str; 7] =
    ["inspection/checks", "pki/chain", "pki/cms", "pki/certificate", "pki/crl", "pki/revocation", "pki/trust_store"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["build", list, folder] => build(Path::new(list), Path::new(folder)),
        ["reach", folder] => {
            trial::reach(Path::new(folder), jobs());
            ExitCode::SUCCESS
        }
        ["run", folder, words @ ..] => run(Path::new(folder), words),
        _ => {
            eprintln!("soat-mutation build LIST FOLDER | reach FOLDER | run FOLDER [WORD …]");
            ExitCode::from(2)
        }
    }
}

fn jobs() -> usize {
    std::env::var("SOAT_MUTATION_JOBS").ok().and_then(|jobs| jobs.parse().ok()).unwrap_or(1)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn build(list: &Path, folder: &Path) -> ExitCode {
    let root = root();
    let mut mutants = mutant::listed(list, &root);
    for file in sources(&root.join("shared/src/inspection")) {
        let source = fs::read_to_string(&file).unwrap();
        mutants.extend(switches::endings(file.strip_prefix(&root).unwrap().to_str().unwrap(), &source));
    }
    mutant::tell_apart(&mut mutants);
    fs::create_dir_all(folder).unwrap();
    // What was seen of other sources says nothing of these.
    let _ = fs::remove_file(folder.join("ends"));
    let left_out = tree::build(&root, folder, &mutants);
    fs::write(folder.join("mutants.json"), serde_json::to_string(&mutants).unwrap()).unwrap();
    fs::write(folder.join("left_out.json"), serde_json::to_string(&left_out).unwrap()).unwrap();
    for number in &left_out {
        println!("not built: {}", mutants[*number].key);
    }
    println!("{} mutants, of which {} are built", mutants.len(), mutants.len() - left_out.len());
    ExitCode::SUCCESS
}

/// The mutants whose end is written in the folder, and whether they survived.
fn ended(folder: &Path) -> BTreeMap<String, bool> {
    let ends = fs::read_to_string(folder.join("ends")).unwrap_or_default();
    let ends = ends.lines().filter_map(|line| line.split_once('\t'));
    ends.map(|(end, key)| (key.to_owned(), !end.starts_with("Caught") && !end.starts_with("Hung"))).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn run(folder: &Path, words: &[&str]) -> ExitCode {
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a folder that `build` made");
    let mutants: Vec<Mutant> = serde_json::from_str(&read("mutants.json")).unwrap();
    let left_out: Vec<usize> = serde_json::from_str(&read("left_out.json")).unwrap();
    let chosen = |number: &usize| {
        !left_out.contains(number) && (words.is_empty() || words.iter().any(|word| mutants[*number].key.contains(word)))
    };
    let tried: Vec<usize> = (0..mutants.len()).filter(chosen).collect();
    let before = if words.is_empty() { ended(folder) } else { BTreeMap::new() };
    let mut numbers: Vec<usize> =
        tried.iter().copied().filter(|number| !before.contains_key(mutants[*number].key.as_str())).collect();
    let rank = |number: &usize| FIRST.iter().position(|part| mutants[*number].file.contains(part)).unwrap_or(FIRST.len());
    numbers.sort_by_key(rank);

    let log = fs::OpenOptions::new().append(true).create(true).open(folder.join("ends")).unwrap();
    let survived: Vec<String> = before.iter().filter(|(_, survived)| **survived).map(|(key, _)| key.clone()).collect();
    let survived = std::sync::Mutex::new(survived);
    trial::run(folder, &numbers, &mutants, jobs(), &|mutant, end| {
        writeln!(&log, "{end:?}\t{}", mutant.key).unwrap();
        if !matches!(end, End::Caught(_) | End::Hung(_)) {
            survived.lock().unwrap().push(mutant.key.clone());
        }
    });
    let tried: Vec<&str> = tried.iter().map(|number| mutants[*number].key.as_str()).collect();
    let faults = survivors::compare(&tried, &survived.into_inner().unwrap());
    for fault in &faults {
        println!("{fault}");
    }
    ExitCode::from(u8::from(!faults.is_empty()))
}
