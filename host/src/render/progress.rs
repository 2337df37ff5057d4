//! Where reading stands: a bar at a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use soat::chip::error::Protocol;
use soat::chip::{Observer, Progress};

use crate::messages::Messages;

/// Shows progress on standard error, and is the clock of the reading.
pub struct ScreenProgress<'a> {
    messages: &'a Messages,
    began: Instant,
    bar: Option<ProgressBar>,
    last_line: String,
}

impl<'a> ScreenProgress<'a> {
    /// Starts the clock.
    pub fn new(messages: &'a Messages) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
            // The bar shows where it can; without it the message still does.
            if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:20}] {msg}") {
                bar.set_style(style.progress_chars("█▌ "));
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { messages, began: Instant::now(), bar, last_line: String::new() }
    }

    /// Shows what is done, and how many hundredths of it are.
    pub fn reached(&mut self, line: &str, percent: u64) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(percent);
                bar.set_message(format!("{line}: {percent} %"));
            }
            None => self.say(line.to_owned()),
        }
    }

    /// Takes the bar away, so that the result stands alone.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Who is told where reading stands, in words too.
pub trait Watcher: Observer {
    /// Is told a line of its own.
    fn say(&mut self, line: String);
}

/// Where reading stands, in words; of a file whose length is known, its hundredths too.
pub fn step(progress: Progress, messages: &Messages) -> Option<(String, Option<u64>)> {
    let id = match progress {
        Progress::Connecting => "progress-connecting",
        Progress::Access(Protocol::Pace) => "progress-pace",
        Progress::Access(Protocol::Bac) => "progress-bac",
        Progress::Reading { file, done, total } => {
            let percent = if total > 0 { Some(u64::from(done.min(total)) * 100 / u64::from(total)) } else { None };
            return Some((messages.format("progress-file", &[("file", file.to_string().into())]), percent));
        }
        Progress::TriesLeft { password, tries } => {
            let facts = [("password", password.to_string().into()), ("tries", tries.into())];
            return Some((messages.format("progress-tries", &facts), None));
        }
        Progress::ChipAuthentication => "progress-chip_authentication",
        Progress::ActiveAuthentication => "progress-active_authentication",
        Progress::WaitingForCard => "progress-lost",
        Progress::Resumed => "progress-resumed",
        _ => return None,
    };
    Some((messages.text(id), None))
}

impl Watcher for ScreenProgress<'_> {
    fn say(&mut self, line: String) {
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None if self.last_line == line => {}
            None => {
                // Nobody may be listening: that is no reason to stop reading.
                let _ = writeln!(std::io::stderr(), "{line}");
                self.last_line = line;
            }
        }
    }
}

impl Observer for ScreenProgress<'_> {
    fn progress(&mut self, progress: Progress) {
        let Some((line, percent)) = step(progress, self.messages) else { return };
        match (&self.bar, percent) {
            (_, Some(percent)) => self.reached(&line, percent),
            (Some(bar), None) => {
                bar.set_position(0);
                bar.set_message(line);
            }
            (None, _) => self.say(line),
        }
    }

    fn milliseconds(&mut self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for ScreenProgress<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}
