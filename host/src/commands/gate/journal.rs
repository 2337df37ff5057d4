//! `soat gate log`: fetches a gate's journal, and verifies it with the key that the desk kept, and against what was seen of it before.

use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::journal::{ENTRY, Entry, Head, JournalKey, Kind, Run, Since, verify};
use soat::gate::link::message::{Answer, Request};

use super::state::{Heads, beside};
use crate::command_line::Log;
use crate::commands::Session;
use crate::error::{Exit, Result};
use crate::gate_link::GateLink;
use crate::gate_site::{Gate, Site};
use crate::render::moment::moment;

/// More bytes than any journal has.
const MOST: usize = 16 << 20;

/// Fetches, verifies and shows entries; without `--from` those that were not seen before. It ends in 1 where the journal was tampered with.
/// With the link's key alone entries are shown, and nobody knows whether they are true.
///
/// # Errors
/// That nobody answers, or that a file cannot be read or written.
pub fn run(arguments: &Log, session: &mut Session) -> Result<Exit> {
    let at = &arguments.at;
    let (mut link, hello) = GateLink::connect(&at.device, &at.key)?;
    let device = hello.device(&RustCrypto);
    let site = if at.key.link_key.is_none() { at.key.site.as_deref().map(Site::read).transpose()? } else { None };
    let gate = site.as_ref().and_then(|site| site.of(device).find(|gate| link.has_key(&gate.link_key)));
    let Some(gate) = gate else {
        let bytes = fetch(&mut link, arguments.from.unwrap_or(0))?;
        let entries: Vec<_> = bytes.as_chunks::<ENTRY>().0.iter().filter_map(Entry::read).collect();
        session.note(&session.messages.text("gate-journal-unverified"));
        return Ok(show(&entries, None, at.json, session));
    };
    let state = arguments.state.clone().or_else(|| at.key.site.as_deref().map(beside));
    let mut heads = state.as_deref().map_or_else(|| Ok(Heads::default()), Heads::read)?;
    let since = match (arguments.from, heads.of(gate)) {
        (Some(from), _) => Since::Sequence(from),
        (None, Some(head)) => Since::Head(head),
        (None, None) => Since::Start,
    };
    let run = read(&mut link, gate, since)?;
    if let (Since::Start | Since::Head(_), true, Some(state)) = (since, run.faults.is_empty(), &state) {
        heads.keep(gate, run.head, state)?;
    }
    // The one before is read again, and was shown before.
    let seen = if let Since::Head(head) = since { head.sequence } else { 0 };
    let entries: Vec<_> = run.entries.iter().copied().filter(|entry| entry.sequence >= seen).collect();
    Ok(show(&entries, Some(&run), at.json, session))
}

fn read(link: &mut GateLink, gate: &Gate, since: Since) -> Result<Run> {
    let from = match since {
        Since::Start => 0,
        Since::Sequence(from) => from,
        Since::Head(Head { sequence, .. }) => sequence.saturating_sub(1),
    };
    let bytes = fetch(link, from)?;
    Ok(verify(&bytes, &JournalKey::new(&gate.journal_key), since, &RustCrypto))
}

/// The bytes of all entries from a number on.
fn fetch(link: &mut GateLink, mut from: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let log = |answer| if let Answer::Log(entries) = answer { Some(entries) } else { None };
        let part = link.ask_for(&Request::Log(from), log)?;
        part.entries.iter().for_each(|entry| bytes.extend_from_slice(&entry.0));
        // Not all numbers need be there: it goes on behind the last one that is.
        let last = part.entries.last().and_then(|entry| entry.0.first_chunk()).map(|number| u64::from_be_bytes(*number));
        match last.and_then(|last| last.checked_add(1)).filter(|next| *next > from) {
            Some(next) if next < part.next && bytes.len() <= MOST => from = next,
            _ => return Ok(bytes),
        }
    }
}

/// The message that says in words what happened; for programs there are codes.
fn words(kind: Kind) -> String {
    format!("gate-kind-{}", kind.as_str().replace('.', "-"))
}

/// One line an entry: number, time, what happened, why, how many, to whom; reasons are codes, which the documents explain.
fn table(entries: &[Entry], session: &Session) -> String {
    let kinds: Vec<_> = entries.iter().map(|entry| session.messages.text(&words(entry.kind))).collect();
    let width = kinds.iter().map(|kind| kind.chars().count()).max().unwrap_or(0);
    let digits = entries.last().map_or(0, |entry| entry.sequence.to_string().len());
    let line = |(entry, kind): (&Entry, &String)| {
        let time = entry.time.map_or_else(|| "–".to_owned(), |time| moment(time, &session.messages));
        let count = if entry.count > 0 { format!("× {}", entry.count) } else { String::new() };
        let person = entry.person.map(hex::encode).unwrap_or_default();
        let rest = [entry.reason.as_str(), &count, &person].into_iter().filter(|word| !word.is_empty());
        let line = format!("{:digits$}  {time:20}  {kind:width$}  {}", entry.sequence, rest.collect::<Vec<_>>().join("  "));
        format!("{}\n", line.trim_end())
    };
    entries.iter().zip(&kinds).map(line).collect()
}

fn show(entries: &[Entry], run: Option<&Run>, json: bool, session: &mut Session) -> Exit {
    let faults: Vec<String> = run.iter().flat_map(|run| &run.faults).map(ToString::to_string).collect();
    let exit = if faults.is_empty() { Exit::Successful } else { Exit::Failed };
    if json {
        let rows: Vec<_> = entries
            .iter()
            .map(|entry| {
                json!({
                    "number": entry.sequence,
                    "time": entry.time.map(|time| time.to_string()),
                    "kind": entry.kind.as_str(),
                    "reason": Some(entry.reason.as_str()).filter(|reason| !reason.is_empty()),
                    "count": entry.count,
                    "person": entry.person.map(hex::encode),
                })
            })
            .collect();
        session.print_json(&json!({
            "version": 1,
            "verified": run.is_some(),
            "entries": rows,
            "lost": run.map_or(0, |run| run.lost),
            "faults": faults,
        }));
        return exit;
    }
    session.print(&table(entries, session));
    let counts = [("count", entries.len().into()), ("lost", run.map_or(0, |run| run.lost).to_string().into())];
    session.note(&session.messages.format("gate-journal-total", &counts));
    for fault in &faults {
        let cause = [("cause", session.messages.cause(fault).into())];
        session.note(&session.messages.format("gate-journal-fault", &cause));
    }
    exit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Language, Messages};

    #[test]
    fn every_kind_of_entry_has_words_in_both_languages() {
        for language in Language::ALL {
            let messages = Messages::new(language);
            for kind in Kind::ALL {
                assert!(messages.optional(&words(*kind), &[]).is_some(), "{kind:?}");
            }
        }
    }
}
