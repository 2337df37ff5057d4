//! The command `soat`: reads and verifies chip ID cards at a desk.

mod abandon;
mod command_line;
mod commands;
mod dossier_file;
mod error;
mod flat_image;
mod gate_link;
mod gate_site;
#[cfg(feature = "hn212")]
mod hn212;
#[cfg(unix)]
mod installed;
#[cfg(feature = "insurance")]
mod insurance;
mod messages;
mod permissions;
mod printable;
mod profile_file;
mod pseudonym_key;
mod readers;
mod render;
mod safe_file;
mod scan;
mod serial_port;
mod terminal_key;
mod trust_folder;
mod typing;
mod wiping;

use std::process::ExitCode;
use std::sync::Arc;

use command_line::Request;
use commands::Session;
use error::{Error, Exit};
use messages::{Language, Messages};

#[global_allocator]
static ALLOCATOR: wiping::Wiping = wiping::Wiping;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    let mut session = Session { messages: Arc::new(Messages::new(Language::choose(&arguments))) };
    let result = match command_line::parse(arguments, &session.messages) {
        Ok(Request::Print(text, exit)) => {
            session.print(&text);
            Ok(exit)
        }
        Ok(Request::Run(command)) => commands::run(*command, &mut session),
        Err(error) => Err(error),
    };
    let exit = result.unwrap_or_else(|error| report(&error, wants_json, &mut session));
    ExitCode::from(exit.code())
}

/// Says what went wrong: to people on standard error, and to programs that asked for JSON in its place.
fn report(error: &Error, wants_json: bool, session: &mut Session) -> Exit {
    let text = render::screen::error(error, &session.messages);
    session.note(&text);
    if wants_json {
        session.print_json(&render::json::error(error, &session.messages));
    }
    error.exit()
}
