//! `soat readers`: the readers and what lies on them.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use crate::abandon::{Patience, SLICE};
use crate::command_line::Readers;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::gate_link::GateLink;
use crate::readers::pcsc::Service;
use crate::readers::serial;

/// A gate has searched both types of cards in that time, whatever it did before.
const LOOK: Duration = Duration::from_secs(2);

/// Lists the readers.
///
/// # Errors
/// That the service does not run, or that there is no reader.
pub fn run(arguments: &Readers, session: &mut Session) -> Result<Exit> {
    if let Some(reader) = &arguments.reader {
        let port = reader.strip_prefix("serial:").ok_or_else(|| Error::usage("reader-not-serial"))?;
        return gate(Path::new(port), arguments, session);
    }
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

/// A gate at a serial port, which is listed where it is named alone: no port is spoken to unasked.
fn gate(port: &Path, arguments: &Readers, session: &mut Session) -> Result<Exit> {
    let (link, _) = GateLink::connect(port, &arguments.gate)?;
    let (link, patience) = (Arc::new(Mutex::new(link)), Patience::of(LOOK));
    let mut card_present = serial::card_present(&link)?;
    while !card_present && !patience.is_over() {
        std::thread::sleep(SLICE);
        card_present = serial::card_present(&link)?;
    }
    let name = format!("serial:{}", port.display());
    if arguments.json {
        let rows = [json!({ "name": name, "card_present": card_present, "atr": null })];
        session.print_json(&json!({ "version": 1, "readers": rows }));
        return Ok(Exit::Successful);
    }
    let state = session.messages.text(if card_present { "reader-card-present" } else { "reader-card-none" });
    session.print(&format!("{name}\n    {state}\n"));
    Ok(Exit::Successful)
}
