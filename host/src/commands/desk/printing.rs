//! The page of a card on paper: through the system's printing (`lp`), or as a file in a folder.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use zeroize::Zeroizing;

use super::free_name;
use super::state::Event;
use crate::commands::judging::Judged;
use crate::error::{Error, Result};
use crate::messages::Messages;
use crate::render::sheet;
use crate::safe_file;

/// Where pages go.
pub enum Printing {
    /// Into a folder, as PDF.
    Folder(PathBuf),
    /// To a printer of this name, or the system's usual one.
    Printer(Option<String>),
}

impl Printing {
    /// Where the arguments say.
    pub fn new(folder: Option<PathBuf>, printer: Option<String>) -> Self {
        folder.map_or(Self::Printer(printer), Self::Folder)
    }

    /// Prints the page of a card. A printer may take its time: the counter goes on meanwhile, and is told.
    pub fn print(&self, judged: &Judged, number: u32, events: &Sender<Event>, messages: &Messages) {
        let page = Zeroizing::new(sheet::pdf::page(&sheet::of(judged, messages)));
        let told = |result| Event::Kept { saved: false, result };
        match self {
            Self::Folder(folder) => {
                let path = free_name(folder, &judged.at.to_string(), number, "pdf");
                let made = safe_file::create(&path, &page).map_err(|cause| Error::not_created(&path, &cause));
                let line = messages.format("saved", &[("path", path.display().to_string().into())]);
                let _ = events.send(told(made.map(|()| line)));
            }
            Self::Printer(printer) => {
                let (printer, events, line) = (printer.clone(), events.clone(), messages.text("desk-printed"));
                thread::spawn(move || {
                    let _ = events.send(told(send(printer.as_deref(), &page).map(|()| line)));
                });
            }
        }
    }
}

/// Gives a page to `lp`, which reads it from its standard input: no file of it is left behind.
fn send(printer: Option<&str>, page: &[u8]) -> Result<()> {
    let mut command = Command::new("lp");
    command.args(["-t", "soat"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(printer) = printer {
        command.arg("-d").arg(printer);
    }
    let mut lp = command.spawn().map_err(|_| Error::usage("desk-no-printing"))?;
    if let Some(mut input) = lp.stdin.take() {
        // Where it refuses the page, it says why below.
        let _ = input.write_all(page);
    }
    let ended = lp.wait_with_output().map_err(|_| Error::usage("desk-no-printing"))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let cause = said.lines().next().unwrap_or_default().trim().chars().take(120).collect::<String>();
    Err(Error::card("desk-not-printed").with("cause", cause))
}
