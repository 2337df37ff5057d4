//! Switches defences off, one at a time, and sees that a test fails for each.
//!
//! `mutants build FOLDER` builds the tests once with every defence of `tests/mutants.json` behind a switch; the sources are put back
//! afterwards. `mutants run FOLDER` throws the switches one by one. Whatever survives is printed, and the exit code is 1.
//! What these are for attacks, `tests/mutation` is for everything that judges.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

/// What is switched by the environment.
const SWITCH: &str = r#"#![allow(missing_docs, clippy::all)]
extern crate std;
pub fn off(name: &str) -> bool {
    std::env::var("SOAT_MUTANT").is_ok_and(|chosen| chosen == name)
}
"#;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let survivors = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["build", folder] => {
            build(Path::new(folder));
            return ExitCode::SUCCESS;
        }
        ["run", folder, rows @ ..] => run(&Tests::of(Path::new(folder)), rows),
        _ => {
            eprintln!("mutants build FOLDER | run FOLDER [ROW …]");
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
        altered.replace(&text("file"), &text("find"), &with);
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
struct Test {
    executable: String,
    package: String,
    name: String,
}

impl Test {
    fn passes(&self, switch: &str) -> bool {
        let mut command = Command::new(&self.executable);
        command.args(["--exact", &self.name]).current_dir(&self.package).env("SOAT_MUTANT", switch);
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
