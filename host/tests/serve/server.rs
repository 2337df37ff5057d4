//! The server under test: the command itself, with a virtual card that an empty line lays down.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A moment at which everything that the fixtures make is valid.
pub const NOW: &str = "2026-11-22T08:00:00Z";
/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    keys: Option<ChildStdin>,
    notes: Receiver<String>,
    _folder: tempfile::TempDir,
    heard: String,
}

impl Server {
    /// Serves this virtual card at a free port.
    pub fn start(card: &str, options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = if options.contains("--now") { String::new() } else { format!("--now {NOW}") };
        let line = format!("serve --hn212 --reader virtual:{card} --listen 127.0.0.1:0 {now} {options}");
        std::fs::write(folder.path().join("everything.toml"), EVERYTHING).unwrap();
        std::fs::write(folder.path().join("dated.toml"), "name = \"dated\"\n\n[checks]\ncard_expiry = \"mandatory\"\n").unwrap();
        let mut child = command(&line, "en_US.UTF-8")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, notes) = channel();
        for stream in [Box::new(child.stderr.take().unwrap()) as Box<dyn Read + Send>, Box::new(child.stdout.take().unwrap())] {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        let keys = child.stdin.take();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { child, address, keys, notes, _folder: folder, heard: String::new() };
        let line = server.wait_for("http://");
        let address = line.split("http://").nth(1).unwrap().split(' ').next().unwrap();
        server.address = address.parse().unwrap();
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lays the card down.
    pub fn lay(&mut self) {
        self.scan("");
    }

    /// Lays the card down after this was scanned or typed.
    pub fn scan(&mut self, text: &str) {
        writeln!(self.keys.as_mut().unwrap(), "{text}").unwrap();
    }

    /// The next line of its screen with these words.
    pub fn wait_for(&mut self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.notes.recv_timeout(left).unwrap_or_else(|_| panic!("no {words} in\n{}", self.heard));
            self.heard += &format!("{line}\n");
            if line.contains(words) {
                return line;
            }
        }
    }

    /// All that its screen shows, from the beginning to the end.
    pub fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while let Ok(line) = self.notes.recv_timeout(Duration::from_secs(5)) {
            self.heard += &format!("{line}\n");
        }
        std::mem::take(&mut self.heard)
    }

    /// Ends it as a terminal or the system does; how it ended.
    #[cfg(unix)]
    pub fn signal(&mut self, signal: rustix::process::Signal) -> std::process::ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
        self.child.wait().unwrap()
    }

    /// Sends this and gives all that comes, until the server closes or is silent for a while.
    pub fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        // The head is enough.
        while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
            match stream.read(&mut buffer) {
                Ok(len) if len > 0 => answer.extend_from_slice(&buffer[..len]),
                _ => break,
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks for a session with these headers; the status.
    pub fn knock(&self, headers: &[(&str, &str)]) -> u16 {
        let answer = self.ask(&handshake(headers));
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{headers:?}: {answer:?}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The request that begins a session by polling.
pub fn handshake(headers: &[(&str, &str)]) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n{headers}\r\n")
}

pub fn command(line: &str, language: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soat"));
    command.args(line.split(' ').filter(|word| !word.is_empty())).env_clear().env("LANG", language).env("SOAT_TRUST", "trust");
    command
}

/// A profile that releases everything.
const EVERYTHING: &str = "name = \"everything\"\nrelease = [\"personal_number\", \"full_name\", \"birth\", \"sex\", \"nationality\", \
    \"document_type\", \"document_number\", \"issuing_state\", \"issue\", \"expiry\", \"origin\", \"residence\", \"marks\", \"father\", \
    \"mother\", \"spouse\", \"old_number\", \"photo\", \"ethnicity\", \"religion\"]\n";
