//! A program for the HN212, which is a real client of Socket.IO from npm, pinned by a lock file.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use super::server::{PATIENCE, Server};

pub struct Program {
    child: Child,
    heard: Receiver<Value>,
    all: Vec<Value>,
}

/// The folder with the clients, installed once. `None`, and a word about it, where npm or the network is missing.
fn installed() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let install = || {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serve/client");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hn212-programs");
        fs::create_dir_all(&folder).ok()?;
        for file in ["package.json", "package-lock.json", "program.mjs"] {
            fs::copy(here.join(file), folder.join(file)).unwrap();
        }
        let npm = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output();
        match npm {
            Ok(output) if output.status.success() => Some(folder),
            _ => None,
        }
    };
    let folder = FOLDER.get_or_init(install).as_deref();
    if folder.is_none() {
        eprintln!("SKIPPED: npm could not install the clients of Socket.IO");
    }
    folder
}

impl Program {
    /// Starts a program with the client of a major version and its options. `None` where there is none to start.
    pub fn start(server: &Server, version: u8, options: &Value) -> Option<Self> {
        let mut child = Command::new("node")
            .arg(installed()?.join("program.mjs"))
            .args([server.url(), version.to_string(), options.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, heard) = channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Some(Self { child, heard, all: Vec::new() })
    }

    /// Starts one that is no page, by WebSocket, and waits until it is there.
    pub fn entered(server: &Server, version: u8, options: &Value) -> Option<Self> {
        let mut program = Self::start(server, version, options)?;
        let info = program.wait("/info");
        assert_eq!((&info["serial_device"], info["date"].is_string()), (&json!("soat"), true), "{info}");
        Some(program)
    }

    /// The payload of the next thing of this kind that it hears.
    pub fn wait(&mut self, what: &str) -> Value {
        loop {
            let heard = self.heard.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {what} after {:#?}", self.all));
            self.all.push(heard.clone());
            if heard["what"] == what {
                return heard["payload"].clone();
            }
        }
    }

    /// The next `/event`, which must be this one.
    pub fn event(&mut self, id: u64) -> Value {
        let event = self.wait("/event");
        assert_eq!(event["id"], id, "{event:#}");
        event
    }

    /// Says something, once or often.
    pub fn say(&mut self, event: &str, payload: &Value, times: u32) {
        let line = json!({ "emit": event, "payload": payload, "times": times });
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Goes away without a word.
    pub fn vanish(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Everything that it has heard, as bytes.
    pub fn everything(mut self) -> Vec<u8> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.all.extend(self.heard.iter());
        serde_json::to_vec(&self.all).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
