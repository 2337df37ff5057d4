//! Throws one switch after the other and sees whether a test fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::mutant::Mutant;
use crate::tree::built;

/// A test, what it comes to with every switch off, and how long it takes then.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Test {
    executable: PathBuf,
    package: PathBuf,
    name: String,
    reached: BTreeSet<usize>,
    took: Duration,
}

/// How a mutant ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// This test fails.
    Caught(String),
    /// This test does not end.
    Hung(String),
    /// None of so many tests that come to it fails.
    Survived(usize),
    /// No test comes to it.
    Unreached,
}

/// No test takes so many seconds by itself.
const LONGEST: u64 = 3600;

/// SIGXCPU
const OUT_OF_TIME: i32 = 24;

impl Test {
    /// The test alone, for so many seconds of the processor's time: other programs may be as busy. A mutant may eat all memory: 4 GiB are
    /// enough.
    fn command(&self, seconds: u64) -> Command {
        let mut command = Command::new("prlimit");
        command
            .arg("--as=4294967296")
            .arg(format!("--cpu={seconds}"))
            .arg(&self.executable)
            .args(["--exact", &self.name])
            .current_dir(&self.package)
            .env_remove("SOAT_MUTANT")
            .env_remove("SOAT_MUTANT_LOG");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// How it catches the mutant, if it does.
    fn catches(&self, mutant: usize) -> Option<End> {
        let seconds = self.took.as_secs() * 10 + 10;
        let mut child = self.command(seconds).env("SOAT_MUTANT", mutant.to_string()).spawn().unwrap();
        // One that waits for something takes no time of the processor.
        let (began, limit) = (Instant::now(), Duration::from_secs(seconds * 10));
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                let end = if status.signal() == Some(OUT_OF_TIME) { End::Hung } else { End::Caught };
                return (!status.success()).then(|| end(self.name.clone()));
            }
            if began.elapsed() > limit {
                child.kill().unwrap();
                child.wait().unwrap();
                return Some(End::Hung(self.name.clone()));
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Tests of the library's lower floors, which call nothing of what is mutated.
const BELOW: [&str; 4] = ["crypto::", "chip::", "mrz::", "tlv::"];

/// Runs each test alone, with every switch off, and notes which mutants it comes to. Tests that fail so are left out, and said.
pub fn reach(folder: &Path, jobs: usize) {
    let mut listed: Vec<Test> = Vec::new();
    for (executable, package) in built(folder) {
        let output = Command::new(&executable).arg("--list").current_dir(&package).output().unwrap();
        for name in String::from_utf8(output.stdout).unwrap().lines().filter_map(|line| line.strip_suffix(": test")) {
            if !package.ends_with("shared") || !BELOW.iter().any(|floor| name.starts_with(floor)) {
                let (executable, package, name) = (executable.clone(), package.clone(), name.to_owned());
                listed.push(Test { executable, package, name, reached: BTreeSet::new(), took: Duration::ZERO });
            }
        }
    }
    let tests = Mutex::new(Vec::new());
    each(&listed, jobs, |number, test| {
        let log = folder.join(format!("log{number}"));
        let _ = fs::remove_file(&log);
        let began = Instant::now();
        let status = test.command(LONGEST).env("SOAT_MUTANT_LOG", &log).status().unwrap();
        let took = began.elapsed();
        let reached: BTreeSet<usize> =
            fs::read_to_string(&log).unwrap_or_default().lines().map(|line| line.parse().unwrap()).collect();
        let _ = fs::remove_file(&log);
        if !status.success() {
            println!("left out, since it fails with every mutant off: {}", test.name);
        } else if !reached.is_empty() {
            tests.lock().unwrap().push(Test { reached, took, ..test.clone() });
        }
    });
    let mut tests = tests.into_inner().unwrap();
    // A test that comes to few places says most about each; of those as quiet the quick one.
    tests.sort_by_key(|test| (test.took * u32::try_from(test.reached.len()).unwrap(), test.name.clone()));
    fs::write(folder.join("tests.json"), serde_json::to_string(&tests).unwrap()).unwrap();
}

/// Does something with each, several at a time.
fn each<T: Sync>(all: &[T], jobs: usize, work: impl Fn(usize, &T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(number) else { break };
                    work(number, one);
                }
            });
        }
    });
}

/// Tries these mutants, several at a time, and calls `ended` for each.
pub fn run(folder: &Path, numbers: &[usize], mutants: &[Mutant], jobs: usize, ended: &(dyn Fn(&Mutant, End) + Sync)) {
    let tests: Vec<Test> = serde_json::from_str(&fs::read_to_string(folder.join("tests.json")).unwrap()).unwrap();
    // How many mutants of a file each test has caught: the next one of the file is shown to it first.
    let caught: Mutex<BTreeMap<(&str, usize), usize>> = Mutex::new(BTreeMap::new());
    each(numbers, jobs, |_, number| {
        let mutant = &mutants[*number];
        let mut coming: Vec<usize> = (0..tests.len()).filter(|test| tests[*test].reached.contains(number)).collect();
        let survived = if coming.is_empty() { End::Unreached } else { End::Survived(coming.len()) };
        let before = caught.lock().unwrap().clone();
        coming.sort_by_key(|test| std::cmp::Reverse(before.get(&(mutant.file.as_str(), *test)).copied()));
        let found = coming.into_iter().find_map(|test| tests[test].catches(*number).map(|end| (test, end)));
        let mut caught = caught.lock().unwrap();
        if let Some((test, _)) = &found {
            *caught.entry((mutant.file.as_str(), *test)).or_default() += 1;
        }
        ended(mutant, found.map_or(survived, |(_, end)| end));
    });
}
