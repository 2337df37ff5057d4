//! The subcommands, one file each.

pub mod card;
pub mod desk;
pub mod doctor;
mod explain;
pub mod gate;
#[cfg(feature = "insurance")]
mod insurance;
pub mod judging;
pub mod key;
mod purge;
mod qr;
pub mod read;
mod readers;
mod report;
#[cfg(feature = "hn212")]
mod serve;
mod signing_key;
mod timestamp;
pub mod trust;
pub mod verify;

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use soat::time::Timestamp;

use crate::command_line::Command;
use crate::error::{Exit, Result};
use crate::messages::Messages;
use crate::printable;

/// What every command needs: the language, and where to say things.
pub struct Session {
    /// The messages in the user's language. Threads share them.
    pub messages: Arc<Messages>,
}

impl Session {
    /// Prints text for people. Colours reach a terminal only, and none where `NO_COLOR` is set.
    pub fn print(&mut self, text: &str) {
        // Whoever closes the pipe has read enough.
        let _ = anstream::stdout().write_all(text.as_bytes());
    }

    /// Prints one row of many.
    pub fn print_row(text: &str) {
        let _ = anstream::stdout().write_all(text.as_bytes());
    }

    /// Prints one JSON document.
    pub fn print_json(&mut self, document: &serde_json::Value) {
        let _ = writeln!(std::io::stdout(), "{}", printable::json(&format!("{document:#}")));
    }

    /// Asks something, and leaves the cursor behind the question.
    pub fn ask(&mut self, question: &str) {
        let mut terminal = anstream::stderr();
        let _ = write!(terminal, "{question}").and_then(|()| terminal.flush());
    }

    /// Asks something that someone at the terminal says yes to; where nobody is there, nobody did.
    pub fn confirms(&mut self, question: &str) -> bool {
        if !std::io::stdin().is_terminal() {
            return false;
        }
        self.ask(question);
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "yes" | "y" | "có" | "co")
    }

    /// Says something beside the result.
    pub fn note(&mut self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }
}

/// What the computer's clock shows.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Runs a command.
///
/// # Errors
/// What a user can mend.
pub fn run(command: Command, session: &mut Session) -> Result<Exit> {
    match command {
        Command::Read(arguments) => read::run(*arguments, session),
        Command::Desk(arguments) => desk::run(*arguments, session),
        Command::Qr(arguments) => qr::run(arguments, session),
        Command::Verify(arguments) => verify::run(arguments, session),
        Command::Trust(arguments) => trust::run(arguments, session),
        Command::Key(command) => signing_key::run(command, session),
        Command::Timestamp(command) => timestamp::run(command, session),
        Command::Report(arguments) => report::run(arguments, session),
        Command::Export(arguments) => report::export(arguments, session),
        Command::Purge(arguments) => purge::run(arguments, session),
        Command::Gate(command) => gate::run(command, session),
        Command::Readers(arguments) => readers::run(&arguments, session),
        Command::Doctor(arguments) => doctor::run(&arguments, session),
        Command::Card(arguments) => card::run(&arguments, session),
        Command::Explain(arguments) => explain::run(&arguments, session),
        #[cfg(feature = "hn212")]
        Command::Serve(arguments) => serve::run(*arguments, session),
        #[cfg(feature = "insurance")]
        Command::Insurance(command) => insurance::run(command, session),
    }
}
