//! Who is told what a scanner or a camera does: a terminal, line by line, or the screen of a counter.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "cameras are read on Linux, scanners on Unix"))]

use std::io::Write;
use std::path::Path;

use qr_search::Picture;

use crate::messages::Messages;
#[cfg(target_os = "linux")]
use crate::render::preview;

/// Whoever waits for a code.
pub trait Watch {
    /// A device is ready, and this message says what to do.
    fn waits(&mut self, message: &'static str, device: &Path);

    /// What a camera sees.
    fn sees(&mut self, picture: &Picture<'_>);

    /// Whether the search of a picture is at its end, now that codes were found in it or none.
    fn takes(&mut self, found: bool) -> bool {
        found
    }

    /// What the camera saw is to go from the screen.
    fn forgets(&mut self);
}

/// Standard error, with a preview where it is a terminal.
pub struct Console<'a> {
    messages: &'a Messages,
    lines: usize,
}

impl<'a> Console<'a> {
    /// Speaks this language.
    pub fn new(messages: &'a Messages) -> Self {
        Self { messages, lines: 0 }
    }
}

impl Watch for Console<'_> {
    fn waits(&mut self, message: &'static str, device: &Path) {
        let line = self.messages.format(message, &[("device", device.display().to_string().into())]);
        let _ = writeln!(anstream::stderr(), "{line}");
    }

    #[cfg(target_os = "linux")]
    fn sees(&mut self, picture: &Picture<'_>) {
        use std::io::IsTerminal;
        let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok().filter(|_| std::io::stderr().is_terminal());
        let Some(size) = size else { return };
        let (columns, rows) = (usize::from(size.ws_col), usize::from(size.ws_row));
        let text = preview::blocks(picture, columns.min(100), rows.saturating_sub(2).min(40));
        let up = if self.lines > 0 { format!("\x1b[{}A", self.lines) } else { String::new() };
        self.lines = text.lines().count();
        let _ = write!(std::io::stderr(), "{up}{text}");
    }

    #[cfg(not(target_os = "linux"))]
    fn sees(&mut self, _: &Picture<'_>) {}

    fn forgets(&mut self) {
        if self.lines > 0 {
            let _ = write!(std::io::stderr(), "\x1b[{}A\x1b[J", self.lines);
        }
    }
}
