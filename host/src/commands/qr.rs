//! `soat qr`: says what the codes in pictures, and those that a scanner or a camera reads, are. Nothing of it is signed.

use std::time::Duration;

use crate::abandon::Patience;
use crate::command_line::Qr;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::render::{qr as render, screen};
use crate::scan::watch::Console;
use crate::scan::{Scan, source};

/// Reads codes from where the arguments say. Of many pictures each is told, and the exit code is that of the worst.
///
/// # Errors
/// What is wrong with the only picture, or with the device.
pub fn run(arguments: Qr, session: &mut Session) -> Result<Exit> {
    let patience = Patience::of(Duration::from_secs(arguments.wait.into()));
    let scans: Vec<(String, Result<Scan>)> =
        match source::device(&arguments.scanner, &patience, &mut Console::new(&session.messages))? {
            Some(scan) => vec![(scan.source.clone(), Ok(scan))],
            None => arguments.images.iter().map(|path| (path.display().to_string(), source::file(path))).collect(),
        };
    let is_only = scans.len() == 1;
    let mut exit = Exit::Successful;
    let mut documents = Vec::new();
    for (name, scan) in scans {
        match scan.and_then(of_one_person) {
            Ok(scan) => {
                let codes = scan.codes();
                if !codes.iter().any(render::has_fields) {
                    exit = exit.worse(Exit::Usage);
                }
                if arguments.json {
                    documents.push(render::json(&scan.source, &codes, &session.messages));
                } else {
                    session.print(&render::screen(&scan.source, &codes, &session.messages));
                }
            }
            Err(error) if is_only => return Err(error),
            Err(error) => {
                exit = exit.worse(error.exit());
                if arguments.json {
                    documents.push(render::json_error(&name, &error, &session.messages));
                } else {
                    session.print(&screen::error_row(&name, &error, &session.messages));
                }
            }
        }
    }
    if arguments.json {
        session.print_json(&serde_json::json!({ "scans": documents }));
    }
    Ok(exit)
}

fn of_one_person(scan: Scan) -> std::result::Result<Scan, Error> {
    scan.check_one_person().map(|()| scan)
}
