//! `soat gate log`: fetches a gate's journal, and looks whether it goes on from what was seen last.

use std::path::PathBuf;

use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::link::message::{Answer, Entries, Entry, Request};

use super::state::{Head, Heads, beside};
use crate::command_line::Log;
use crate::commands::Session;
use crate::error::{Exit, Result};
use crate::gate_link::GateLink;

/// More entries than any journal has.
const MOST: usize = 1 << 20;

/// Fetches and shows entries. Without `--from` those that were not seen before.
///
/// # Errors
/// That nobody answers, that the gate keeps no journal, or that it is not the one that was seen.
pub fn run(arguments: &Log, session: &mut Session) -> Result<Exit> {
    let at = &arguments.at;
    let (mut link, hello) = GateLink::connect(&at.device, &at.key)?;
    let device = hello.device(&RustCrypto);
    let state: Option<PathBuf> = arguments.state.clone().or_else(|| at.key.site.as_deref().map(beside));
    let mut heads = state.as_deref().map_or_else(|| Ok(Heads::default()), Heads::read)?;
    let seen = heads.of(device).cloned();
    if let Some(seen) = &seen {
        seen.check(&fetch(&mut link, seen.number)?)?;
    }
    let from = arguments.from.unwrap_or_else(|| seen.as_ref().map_or(0, |seen| seen.number.saturating_add(1)));
    let (first, entries) = all(&mut link, from)?;
    let told = verified(first, &entries);
    let last = entries.last().zip(u64::try_from(entries.len()).ok());
    if let (Some((entry, count)), Some(state)) = (last, &state) {
        let head = Head::of(first.saturating_add(count).saturating_sub(1), &entry.0);
        if seen.is_none_or(|seen| seen.number < head.number) {
            heads.keep(device, head, state)?;
        }
    }
    if at.json {
        let rows: Vec<_> = told.iter().map(|(number, text)| json!({ "number": number, "bytes": text })).collect();
        session.print_json(&json!({ "version": 1, "device": hex::encode_upper(device.0), "entries": rows }));
        return Ok(Exit::Successful);
    }
    for (number, text) in &told {
        session.print(&format!("{number}  {text}\n"));
    }
    let counts = [("count", told.len().into()), ("from", from.to_string().into())];
    session.note(&session.messages.format("gate-journal-total", &counts));
    Ok(Exit::Successful)
}

fn fetch(link: &mut GateLink, from: u64) -> Result<Entries> {
    link.ask_for(&Request::Log(from), |answer| if let Answer::Log(entries) = answer { Some(entries) } else { None })
}

/// All entries from a number on, and the number of the first.
fn all(link: &mut GateLink, from: u64) -> Result<(u64, Vec<Entry>)> {
    let mut part = fetch(link, from)?;
    let (first, mut entries) = (part.first, Vec::new());
    while !part.entries.is_empty() && entries.len() < MOST {
        let count = u64::try_from(part.entries.len()).unwrap_or(u64::MAX);
        let next = part.first.saturating_add(count);
        entries.append(&mut part.entries);
        if next >= part.next {
            break;
        }
        part = fetch(link, next)?;
        // Older ones have gone meanwhile: what follows does not belong behind these.
        if part.first != next {
            break;
        }
    }
    Ok((first, entries))
}

/// The entries with their numbers. The chain of their codes is verified here once the journal's format is known; until then they are shown as
/// they are.
fn verified(first: u64, entries: &[Entry]) -> Vec<(u64, String)> {
    (first..).zip(entries).map(|(number, entry)| (number, hex::encode_upper(&entry.0))).collect()
}
