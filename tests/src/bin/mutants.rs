//! Switches defences off, one at a time, and sees that a test fails for each.
//!
//! `mutants build FOLDER` builds the tests once with every defence of `tests/mutants.json` behind a switch, and with a switch at each place
//! where a check of `soat::inspection` ends otherwise than successful; the sources are put back afterwards. `mutants run FOLDER` throws the
//! switches of the list one by one, `mutants places FOLDER` those of the places. Whatever survives is printed, and the exit code is 1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

/// What is switched by the environment; `off` for a row, `place` for the caller's place.
const SWITCH: &str = r#"#![allow(missing_docs, clippy::all)]
extern crate std;
use std::{env, format, fs::OpenOptions, io::Write, thread};
pub fn off(name: &str) -> bool {
    if let Some(log) = env::var_os("SOAT_MUTANT_LOG") {
        let mut log = OpenOptions::new().append(true).create(true).open(log).unwrap();
        log.write_all(format!("{}\t{name}\n", thread::current().name().unwrap_or_default()).as_bytes()).unwrap();
    }
    env::var("SOAT_MUTANT").is_ok_and(|chosen| chosen == name)
}
#[track_caller]
pub fn place() -> bool {
    let place = core::panic::Location::caller();
    off(&format!("{}:{}", place.file(), place.line()))
}
"#;

/// How a check ends: each of these gives the row back unchanged where it is switched off.
const ENDINGS: [(&str, &str); 4] = [
    ("pub(super) fn ended(mut self, outcome: Outcome, reason: ReasonCode) -> Self {", "return self;"),
    ("pub(super) fn weighing(mut self, weight: Weight) -> Self {", "return self;"),
    ("pub(super) fn not_run(mut self) -> Self {", "return self;"),
    ("pub(super) fn judged_by(self, profile: &Profile) -> Self {", "return self;"),
];
const PASSED_ON: [&str; 3] = ["pub(super) fn failed(", "pub(super) fn undetermined(", "pub(super) fn not_supported("];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let survivors = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["build", folder] => {
            build(Path::new(folder));
            return ExitCode::SUCCESS;
        }
        ["run", folder, rows @ ..] => run(&Tests::of(Path::new(folder)), rows),
        ["places", folder] => places(&Tests::of(Path::new(folder)), Path::new(folder)),
        _ => {
            eprintln!("mutants build FOLDER | run FOLDER [ROW …] | places FOLDER");
            return ExitCode::from(2);
        }
    };
    for survivor in &survivors {
        println!("SURVIVED: {survivor}");
    }
    ExitCode::from(u8::from(!survivors.is_empty()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn list() -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(root().join("tests/mutants.json")).unwrap()).unwrap()
}

/// Sources that were altered, put back when this is dropped.
#[derive(Default)]
struct Altered(BTreeMap<PathBuf, String>);

impl Altered {
    fn replace(&mut self, file: &str, find: &str, with: &str) {
        let path = root().join(file);
        let source = fs::read_to_string(&path).unwrap();
        assert_eq!(source.matches(find).count(), 1, "{file}: {find}");
        fs::write(&path, source.replace(find, with)).unwrap();
        self.0.entry(path).or_insert(source);
    }
}

impl Drop for Altered {
    fn drop(&mut self) {
        for (path, source) in &self.0 {
            fs::write(path, source).unwrap();
        }
        let _ = fs::remove_file(root().join("shared/src/mutant.rs"));
    }
}

fn build(folder: &Path) {
    let mut altered = Altered::default();
    for mutant in list() {
        let text = |name: &str| mutant[name].as_str().unwrap().to_owned();
        let krate = if text("file").starts_with("shared/") { "crate" } else { "soat" };
        let with = text("replace").replace("OFF", &format!("{krate}::mutant::off(\"{}\")", text("row")));
        // Lines keep their numbers, which are the names of places.
        let lines = text("find").matches('\n').count();
        altered.replace(&text("file"), &text("find"), &(with.replace('\n', " ") + &"\n".repeat(lines)));
    }
    let examination = "shared/src/inspection/examination.rs";
    for (head, give_back) in ENDINGS {
        let with = format!("#[track_caller] {head} if crate::mutant::place() {{ {give_back} }}");
        altered.replace(examination, head, &with);
    }
    for head in PASSED_ON {
        altered.replace(examination, head, &format!("#[track_caller] {head}"));
    }
    altered.replace("shared/src/lib.rs", "pub mod lds;", "pub mod lds;\npub mod mutant;");
    fs::write(root().join("shared/src/mutant.rs"), SWITCH).unwrap();

    let arguments = "test --workspace --lib --bins --test inspection --test reading --no-run --message-format=json";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments.split(' ')).current_dir(root()).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "the tests do not build with the switches");
    fs::create_dir_all(folder).unwrap();
    let mut index = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let (Some(executable), true) = (message["executable"].as_str(), message["profile"]["test"] == true) else { continue };
        let copy = folder.join(Path::new(executable).file_name().unwrap());
        fs::copy(executable, &copy).unwrap();
        let package = Path::new(message["manifest_path"].as_str().unwrap()).parent().unwrap();
        index += &format!("{}\t{}\n", copy.canonicalize().unwrap().display(), package.display());
    }
    fs::write(folder.join("index"), index).unwrap();
}

/// A test: its executable, the folder that it runs in, its full name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Test {
    executable: String,
    package: String,
    name: String,
}

impl Test {
    fn passes(&self, switch: &str) -> bool {
        let mut command = Command::new(&self.executable);
        command.args(["--exact", &self.name]).current_dir(&self.package).env("SOAT_MUTANT", switch).env_remove("SOAT_MUTANT_LOG");
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }
}

struct Tests(Vec<Test>);

impl Tests {
    fn of(folder: &Path) -> Self {
        let index = fs::read_to_string(folder.join("index")).expect("a folder that `build` made");
        let tests = index.lines().flat_map(|line| {
            let (executable, package) = line.split_once('\t').unwrap();
            let output = Command::new(executable).arg("--list").current_dir(package).output().unwrap();
            let listed = String::from_utf8(output.stdout).unwrap();
            let names: Vec<String> = listed.lines().filter_map(|line| line.strip_suffix(": test").map(str::to_owned)).collect();
            let test = |name| Test { executable: executable.to_owned(), package: package.to_owned(), name };
            names.into_iter().map(test).collect::<Vec<_>>()
        });
        Self(tests.collect())
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Test> {
        self.0.iter().filter(move |test| test.name.rsplit("::").next() == Some(name))
    }
}

/// Each defence of the list: the tests that it names pass with it and fail without it.
fn run(tests: &Tests, rows: &[&str]) -> Vec<String> {
    let mut survivors = Vec::new();
    for mutant in list() {
        let row = mutant["row"].as_str().unwrap();
        if !rows.is_empty() && !rows.contains(&row) {
            continue;
        }
        for name in mutant["fails"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            assert!(tests.named(name).next().is_some(), "there is no test {name}");
            assert!(tests.named(name).all(|test| test.passes("")), "{name} fails with every defence");
            if tests.named(name).all(|test| test.passes(row)) {
                survivors.push(format!("{row}: {name} passes without its defence"));
            } else {
                println!("{row}: {name}");
            }
        }
    }
    survivors
}

/// Each place where a check ends: of the tests that come there one fails where it does not end so.
fn places(tests: &Tests, folder: &Path) -> Vec<String> {
    let mut reached: BTreeMap<String, BTreeSet<&Test>> = BTreeMap::new();
    let executables: BTreeSet<(&String, &String)> = tests.0.iter().map(|test| (&test.executable, &test.package)).collect();
    for (executable, package) in executables {
        let log = folder.join("log");
        let _ = fs::remove_file(&log);
        let mut command = Command::new(executable);
        command.current_dir(package).env("SOAT_MUTANT_LOG", &log).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap();
        for line in fs::read_to_string(&log).unwrap_or_default().lines().collect::<BTreeSet<_>>() {
            let (name, place) = line.split_once('\t').unwrap();
            let test = tests.0.iter().find(|test| test.executable == *executable && test.name == name);
            reached.entry(place.to_owned()).or_default().extend(test);
        }
    }
    // A test that comes to few places says most about each, and is quick.
    let mut busy: BTreeMap<&Test, usize> = BTreeMap::new();
    for test in reached.values().flatten() {
        *busy.entry(test).or_default() += 1;
    }
    let mut survivors = Vec::new();
    for place in written() {
        let Some(tests) = reached.get(&place) else {
            survivors.push(format!("{place} is reached by no test"));
            continue;
        };
        let mut tests: Vec<&&Test> = tests.iter().collect();
        tests.sort_by_key(|test| busy.get(**test).copied());
        match tests.iter().find(|test| !test.passes(&place)) {
            Some(test) => println!("{place}: {}", test.name),
            None => survivors.push(format!("{place} with {} tests", tests.len())),
        }
    }
    survivors
}

/// The places as they stand in the sources.
fn written() -> BTreeSet<String> {
    fn collect(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
                continue;
            }
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                let endings =
                    [".failed(", ".undetermined(", ".not_supported(", ".ended(", ".weighing(", ".not_run(", ".judged_by("];
                if !name.ends_with("examination.rs")
                    && !line.trim().starts_with("//")
                    && endings.iter().any(|ending| line.contains(ending))
                {
                    found.insert(format!("{name}:{}", index + 1));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(&root().join("shared/src/inspection"), &mut found);
    found
}
