//! A copy of the workspace with every mutant in it, and the tests of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::mutant::Mutant;
use crate::switches::{Switched, switched};

/// The tests that judge: of the library, of inspection and reading, of conformance, of the trust folder, of saved evidence.
const TESTS: &str =
    "--workspace --lib --test inspection --test reading --test conformance --test store --test evidence --test report_schema";

/// What a switch asks: which mutant the environment chooses; and, where a log is asked for, that the run came here.
const SWITCH: &str = r#"#![allow(missing_docs, clippy::all)]
extern crate std;
use std::{env, fs::{File, OpenOptions}, io::Write, sync::{OnceLock, atomic::{AtomicBool, Ordering}}};
static CHOSEN: OnceLock<(usize, Option<File>)> = OnceLock::new();
static SEEN: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
pub fn on(number: usize) -> bool {
    let (chosen, log) = CHOSEN.get_or_init(|| {
        let log = env::var_os("SOAT_MUTANT_LOG").map(|log| OpenOptions::new().append(true).create(true).open(log).unwrap());
        (env::var("SOAT_MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(usize::MAX), log)
    });
    if let Some(mut log) = log.as_ref() && !SEEN[number].swap(true, Ordering::Relaxed) {
        log.write_all(std::format!("{number}\n").as_bytes()).unwrap();
    }
    *chosen == number
}
"#;

/// Copies what git knows of the workspace at `root`, with all mutants that compile behind switches, and builds its tests into `folder`.
/// Gives back the numbers of those that do not compile beside the others.
pub fn build(root: &Path, folder: &Path, mutants: &[Mutant]) -> BTreeSet<usize> {
    let tree = folder.join("tree");
    copy(root, &tree);
    let library = tree.join("shared/src/lib.rs");
    let text = fs::read_to_string(&library).unwrap();
    // With the prelude of `std` the values that cargo-mutants proposes are known by name.
    let text = text.replace("#![no_std]", "").replace("pub mod lds;", "pub mod lds;\npub mod mutant;");
    fs::write(&library, text).unwrap();
    fs::write(tree.join("shared/src/mutant.rs"), SWITCH.replace("COUNT", &mutants.len().to_string())).unwrap();

    let files: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
    let mut left_out: BTreeSet<usize> = BTreeSet::new();
    loop {
        let mut written = BTreeMap::new();
        for file in &files {
            let of_file =
                mutants.iter().enumerate().filter(|(number, mutant)| mutant.file == *file && !left_out.contains(number));
            let source = switched(&fs::read_to_string(root.join(file)).unwrap(), &of_file.collect());
            fs::write(tree.join(file), &source.text).unwrap();
            written.insert((*file).to_owned(), source);
        }
        let output = cargo(&tree, &format!("test {TESTS} --no-run --message-format=json"));
        if output.status.success() {
            fs::write(folder.join("executables"), executables(&output)).unwrap();
            let all = written.values().flat_map(|source| source.written.iter().map(|(number, _)| *number));
            let all: BTreeSet<usize> = all.collect();
            left_out.extend((0..mutants.len()).filter(|number| !all.contains(number)));
            return left_out;
        }
        let faulty = faulty(&output, &written);
        println!("{} do not compile beside the others", faulty.len());
        left_out.extend(faulty);
    }
}

fn copy(root: &Path, tree: &Path) {
    let listed =
        Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root).output().unwrap();
    for file in String::from_utf8(listed.stdout).unwrap().lines() {
        let (from, to) = (root.join(file), tree.join(file));
        let Ok(content) = fs::read(&from) else { continue };
        // What did not change keeps its time, so that cargo does not build it again.
        if fs::read(&to).ok().as_ref() != Some(&content) {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(&to, content).unwrap();
        }
    }
}

fn cargo(tree: &Path, arguments: &str) -> Output {
    let mut command = Command::new("cargo");
    command.args(arguments.split_whitespace()).current_dir(tree);
    command.stderr(Stdio::null()).output().unwrap()
}

/// The mutants at which the compiler points.
fn faulty(output: &Output, written: &BTreeMap<String, Switched>) -> BTreeSet<usize> {
    let mut faulty = BTreeSet::new();
    for line in String::from_utf8(output.stdout.clone()).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let message = &message["message"];
        let Some(spans) = message["spans"].as_array().filter(|_| message["level"] == "error") else { continue };
        let number = |name: &str, span: &Value| usize::try_from(span[name].as_u64().unwrap()).unwrap();
        let places = spans.iter().filter_map(|span| {
            let source = written.get(span["file_name"].as_str().unwrap())?;
            Some((source, number("byte_start", span)..number("byte_end", span), span["is_primary"] == true))
        });
        let places: Vec<_> = places.collect();
        let of = |primary: bool| {
            let places = places.iter().filter(|place| place.2 == primary);
            places.map(|(source, place, _)| blamed(source, place)).find(|found| !found.is_empty())
        };
        let found = of(true).or_else(|| of(false)).unwrap_or_default();
        if found.is_empty() && !places.is_empty() {
            println!("an error that belongs to no mutant: {}", message["rendered"].as_str().unwrap_or_default());
        }
        faulty.extend(found);
    }
    assert!(!faulty.is_empty(), "the copy does not compile: {}", String::from_utf8_lossy(&output.stdout));
    faulty
}

/// The mutants that were written where an error points; else those that stand inside; else those around.
fn blamed(source: &Switched, place: &Range<usize>) -> BTreeSet<usize> {
    let nearest = |ranges: &[(usize, Range<usize>)]| -> BTreeSet<usize> {
        let holding = ranges.iter().filter(|(_, range)| range.start <= place.start && place.end <= range.end);
        let least = holding.clone().map(|(_, range)| range.len()).min();
        holding.filter(|(_, range)| Some(range.len()) == least).map(|(number, _)| *number).collect()
    };
    let inside = source.written.iter().filter(|(_, range)| place.start <= range.start && range.end <= place.end);
    let inside: BTreeSet<usize> = inside.map(|(number, _)| *number).collect();
    [nearest(&source.written), inside, nearest(&source.around)].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Of each executable of tests its path and the folder that it runs in.
fn executables(output: &Output) -> String {
    let mut index = String::new();
    for line in String::from_utf8(output.stdout.clone()).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let (Some(executable), true) = (message["executable"].as_str(), message["profile"]["test"] == true) else { continue };
        let package = Path::new(message["manifest_path"].as_str().unwrap()).parent().unwrap();
        index += &format!("{executable}\t{}\n", package.display());
    }
    index
}

/// What `build` left in its folder.
pub fn built(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let index = fs::read_to_string(folder.join("executables")).expect("a folder that `build` made");
    index
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(executable, package)| (executable.into(), package.into()))
        .collect()
}
