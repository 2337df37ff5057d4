//! A folder with files and trust folders in it, and the command run there. Not every test needs all of it.
#![allow(dead_code)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use card_fixtures::authority::Authority;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::authority;
use serde_json::Value;

/// A moment at which everything that the fixtures make is valid.
pub const NOW: &str = "2026-11-22T08:00:00Z";

pub struct Desk(tempfile::TempDir);

pub struct Finished {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One whose trust folder `trust` accepts the synthetic issuer.
    pub fn trusting() -> Self {
        let desk = Self::new();
        desk.trust("csca.der", &own().csca_certificate());
        desk
    }

    /// Adds an anchor after writing its file.
    pub fn trust(&self, name: &str, der: &[u8]) {
        self.write(name, der);
        self.good(&format!("trust add {name} --demonstration --fingerprint {}", fingerprint(der)));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn run(&self, line: &str) -> Finished {
        self.run_in("en_US.UTF-8", line)
    }

    pub fn run_in(&self, language: &str, line: &str) -> Finished {
        let output = Command::new(env!("CARGO_BIN_EXE_soat"))
            .args(line.split(' '))
            .current_dir(self.0.path())
            .env_clear()
            .env("LANG", language)
            .env("SOAT_TRUST", "trust")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Finished {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn good(&self, line: &str) -> String {
        let finished = self.run(line);
        assert_eq!(finished.code, 0, "{line}: {}{}", finished.stdout, finished.stderr);
        finished.stdout
    }

    /// The name of the error that a line ends in.
    pub fn refusal(&self, line: &str) -> String {
        let document = self.json(line);
        assert_eq!(document["exit_code"], 2, "{line}: {document}");
        document["error"]["code"].as_str().unwrap().to_owned()
    }

    /// Asserts that a line ends in an error that says this, and in Vietnamese that.
    pub fn complains(&self, line: &str, english: &str, vietnamese: &str) {
        for (language, words) in [("en_US.UTF-8", english), ("vi_VN.UTF-8", vietnamese)] {
            let finished = self.run_in(language, line);
            assert_eq!(finished.code, 2, "{line}: {}", finished.stdout);
            assert!(finished.stderr.contains(words), "{line}: {}", finished.stderr);
        }
    }

    /// What a line prints as JSON.
    pub fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} --json")).stdout).unwrap()
    }

    /// The remarks of the audit at a moment: each one's code and the beginning of its fingerprint.
    pub fn remarks(&self, options: &str) -> Vec<(String, String)> {
        let document = self.json(&format!("trust check {options}"));
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        document["remarks"].as_array().unwrap().iter().map(|row| (text(row, "code"), text(row, "sha256"))).collect()
    }

    /// All files of a folder, with what they hold.
    pub fn files(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.path(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), fs::read(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }
}

/// The synthetic issuer.
pub fn own() -> Authority {
    authority("vietnam-2024").unwrap()
}

pub fn fingerprint(der: &[u8]) -> String {
    Hash::Sha256.digest(der).iter().map(|byte| format!("{byte:02X}")).collect()
}
