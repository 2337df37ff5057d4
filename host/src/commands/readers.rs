//! `soat readers`: the readers and what lies on them.

use std::fmt::Write;

use serde_json::json;

use crate::command_line::Readers;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::readers::pcsc::Service;

/// Lists the readers.
///
/// # Errors
/// That the service does not run, or that there is no reader.
pub fn run(arguments: &Readers, session: &mut Session) -> Result<Exit> {
    let readers = Service::connect()?.readers()?;
    if arguments.json {
        let rows: Vec<_> = readers
            .iter()
            .map(|reader| {
                let atr = (!reader.atr.is_empty()).then(|| hex::encode_upper(&reader.atr));
                json!({ "name": reader.name(), "card_present": reader.card_present(), "atr": atr })
            })
            .collect();
        session.print_json(&json!({ "version": 1, "readers": rows }));
        return Ok(Exit::Successful);
    }
    if readers.is_empty() {
        return Err(Error::card("reader-none"));
    }
    let mut text = String::new();
    for reader in &readers {
        let state = match (reader.card_present(), reader.card_mute()) {
            (true, false) => session.messages.text("reader-card-present"),
            (true, true) => session.messages.text("reader-card-mute"),
            (false, _) => session.messages.text("reader-card-none"),
        };
        let _ = writeln!(text, "{}\n    {state}", reader.name());
        if !reader.atr.is_empty() {
            let _ = writeln!(text, "    ATR {}", hex::encode_upper(&reader.atr));
        }
    }
    session.print(&text);
    Ok(Exit::Successful)
}
