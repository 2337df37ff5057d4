//! A terminal for programs that draw on it: tmux, which keeps the screen and types keys.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long something is waited for before a test fails.
const LIMIT: Duration = Duration::from_secs(60);

/// A window of 80 × 24 with one program in it. It ends with this value.
pub struct Tmux {
    folder: tempfile::TempDir,
    socket: PathBuf,
}

impl Tmux {
    /// Starts a command with its environment and folder; `None` where there is no tmux.
    ///
    /// # Panics
    /// Where tmux is there and does not start.
    pub fn start(command: &Command) -> Option<Self> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        if Command::new("tmux").arg("-V").output().is_err() {
            crate::real_data::skip("this test needs tmux");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join(format!("tmux-{}", COUNTER.fetch_add(1, Ordering::Relaxed)));
        let settings = "set -g remain-on-exit on\nset -g status off\nset -g history-limit 2000\nset -g escape-time 20\n\
            set -g default-terminal tmux-256color\n";
        fs::write(folder.path().join("tmux.conf"), settings).expect("a file");
        // tmux at times leaves a program that ended unburied; these two say which process it is, and how it ended.
        fs::write(folder.path().join("program"), "echo $$ > \"${0%/*}/pid\"; exec \"$@\"\n").expect("a file");
        let window =
            "sh \"${0%/*}/program\" \"$@\"; echo $? > \"${0%/*}/ended.new\"; mv \"${0%/*}/ended.new\" \"${0%/*}/ended\"\n";
        fs::write(folder.path().join("window"), window).expect("a file");
        let tmux = Self { folder, socket };
        let configuration = tmux.folder.path().join("tmux.conf");
        let mut start = Command::new("tmux");
        start.arg("-u").arg("-S").arg(&tmux.socket).arg("-f").arg(configuration);
        start.args(["new-session", "-d", "-x", "80", "-y", "24"]);
        if let Some(folder) = command.get_current_dir() {
            start.arg("-c").arg(folder);
        }
        start.arg("sh").arg(tmux.folder.path().join("window")).arg("env").args(["-u", "NO_COLOR"]);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) if name != "NO_COLOR" => {
                    let mut pair = name.to_owned();
                    pair.push("=");
                    pair.push(value);
                    start.arg(pair);
                }
                _ => {}
            }
        }
        start.arg(command.get_program()).args(command.get_args());
        // Locale of the test's own, so that letters come through whatever the machine's is.
        let started = start.env("LC_ALL", "C.UTF-8").output().expect("tmux starts");
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        tmux.run(&["pipe-pane", "-o", &format!("cat >> {}", tmux.folder.path().join("output").display())]);
        Some(tmux)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = Command::new("tmux").arg("-u").arg("-S").arg(&self.socket).args(arguments).env("LC_ALL", "C.UTF-8").output();
        output.expect("tmux runs")
    }

    fn told(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.run(arguments).stdout).into_owned()
    }

    /// Presses keys by the names that tmux has for them: `Enter`, `Escape`, `C-c`, `n`.
    pub fn press(&self, keys: &[&str]) {
        self.run(&[&["send-keys"], keys].concat());
    }

    /// Types text letter by letter, as a keyboard and a scanner that is one do.
    pub fn type_text(&self, text: &str) {
        self.run(&["send-keys", "-l", text]);
    }

    /// Pastes text at once, bracketed where the program asks for that.
    pub fn paste(&self, text: &str) {
        self.run(&["set-buffer", "--", text]);
        self.run(&["paste-buffer", "-p", "-d"]);
    }

    /// What the screen shows.
    pub fn screen(&self) -> String {
        self.told(&["capture-pane", "-p"])
    }

    /// The same with its colours as escape sequences.
    pub fn colours(&self) -> String {
        self.told(&["capture-pane", "-p", "-e"])
    }

    /// Everything that scrolled away, and the screen.
    pub fn history(&self) -> String {
        self.told(&["capture-pane", "-p", "-S", "-"])
    }

    /// How often the bell has rung.
    pub fn bells(&self) -> usize {
        let output = fs::read(self.folder.path().join("output")).unwrap_or_default();
        output.iter().filter(|byte| **byte == 7).count()
    }

    /// Makes the window another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.run(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }

    /// The process that runs in the window.
    pub fn pid(&self) -> u32 {
        self.noted("pid").unwrap_or(0)
    }

    /// With which code the program ended, or `None` while it runs. After a signal it is 128 and the signal's number.
    pub fn ended(&self) -> Option<i32> {
        self.noted("ended")
    }

    fn noted<N: FromStr>(&self, what: &str) -> Option<N> {
        fs::read_to_string(self.folder.path().join(what)).ok()?.trim().parse().ok()
    }

    /// Whether the program draws on a screen of its own.
    pub fn is_on_alternate_screen(&self) -> bool {
        self.told(&["display-message", "-p", "#{alternate_on}"]).trim() == "1"
    }

    /// Waits until the screen shows a text, and gives the screen.
    ///
    /// # Panics
    /// Where it never does.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("“{text}”"), |screen| screen.contains(text))
    }

    /// Waits until the screen is as a test wants it, and gives it.
    ///
    /// # Panics
    /// Where it never is.
    pub fn wait_until(&self, what: &str, is_reached: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let screen = self.screen();
            if is_reached(&screen) {
                return screen;
            }
            assert!(began.elapsed() < LIMIT, "{what} was not reached:\n{screen}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until the program has ended, and gives its code.
    ///
    /// # Panics
    /// Where it goes on.
    pub fn wait_for_end(&self) -> i32 {
        let began = Instant::now();
        loop {
            if let Some(code) = self.ended() {
                return code;
            }
            assert!(began.elapsed() < LIMIT, "it goes on:\n{}", self.screen());
            thread::sleep(Duration::from_millis(30));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // This server alone: it has a socket of its own.
        self.run(&["kill-server"]);
    }
}
