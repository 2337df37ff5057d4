//! `soat trust`: the authorities whose cards the operator accepts.

mod add;
mod check;
mod description;
mod import;
mod published;
mod snapshot;
mod witness;

use std::fmt::Write;
use std::path::Path;

use serde_json::json;
use soat::evidence::TerminalKey;
use soat::pki::Certificate;

pub use self::description::Description;
pub use self::witness::read_key;
use crate::command_line::{Trust, TrustList, TrustRemove, TrustShow};
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::printable::printable;
use crate::trust_folder::{Anchor, Confirmation, Fingerprint, Pinned, TrustFolder};

/// Runs one of the commands.
///
/// # Errors
/// What is wrong with a file, the store or the usage.
pub fn run(command: Trust, session: &mut Session) -> Result<Exit> {
    match command {
        Trust::Add(arguments) => add::run(&arguments, session),
        Trust::AddTerminal(arguments) => witness::add_terminal(&arguments, session),
        Trust::AddTimeStamper(arguments) => witness::add_time_stamper(&arguments, session),
        Trust::Import(arguments) => import::run(&arguments, session),
        Trust::Export(arguments) => snapshot::export(&arguments, session),
        Trust::List(arguments) => list(&arguments, session),
        Trust::Show(arguments) => show(&arguments, session),
        Trust::Remove(arguments) => remove(&arguments, session),
        Trust::Check(arguments) => check::run(&arguments, session),
    }
}

fn list(arguments: &TrustList, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let anchors = folder.anchors()?;
    let (terminals, stampers) = (folder.entries(Pinned::Terminal)?, folder.entries(Pinned::TimeStamper)?);
    if arguments.json {
        let rows: Vec<_> = anchors.iter().map(json_row).collect();
        let mut document = json!({ "version": 1, "path": folder.path().display().to_string(), "anchors": rows,
            "terminals": terminals.iter().map(json_terminal).collect::<Vec<_>>(),
            "time_stampers": stampers.iter().map(json_row).collect::<Vec<_>>(),
            "snapshot": snapshot::json(&folder),
        });
        published::add_to_json(&folder, &mut document)?;
        session.print_json(&document);
        return Ok(Exit::Successful);
    }
    if anchors.is_empty() && terminals.is_empty() && stampers.is_empty() {
        session.print(&format!(
            "{}\n",
            session.messages.format("trust-empty", &[("path", folder.path().display().to_string().into())])
        ));
        return Ok(Exit::Successful);
    }
    let mut text = String::new();
    let certificate = |text: &mut String, anchor: &Anchor| {
        let description = Description::of(&anchor.der);
        let _ = writeln!(text, "{}  {}", anchor.fingerprint.hex(), printable(&description.subject));
        let _ = writeln!(text, "    {} – {}; {}", description.not_before, description.not_after, origin(anchor, session));
    };
    anchors.iter().for_each(|anchor| certificate(&mut text, anchor));
    text += &published::lines(&folder, session)?;
    if !terminals.is_empty() {
        let _ = writeln!(text, "\n{}", session.messages.text("trust-terminals"));
    }
    for terminal in &terminals {
        let name = TerminalKey::from_spki(&terminal.der).map_or("–", |key| key.name());
        let _ = writeln!(text, "{}  {name}", terminal.fingerprint.hex());
        let _ = writeln!(text, "    {}", origin(terminal, session));
    }
    if !stampers.is_empty() {
        let _ = writeln!(text, "\n{}", session.messages.text("trust-time-stampers"));
    }
    stampers.iter().for_each(|stamper| certificate(&mut text, stamper));
    text += &snapshot::line(&folder, session);
    session.print(&text);
    Ok(Exit::Successful)
}

fn json_terminal(terminal: &Anchor) -> serde_json::Value {
    json!({
        "sha256": terminal.fingerprint.hex(),
        "key": TerminalKey::from_spki(&terminal.der).map_or("–", |key| key.name()),
        "provenance": terminal.provenance,
    })
}

fn json_row(anchor: &Anchor) -> serde_json::Value {
    let description = Description::of(&anchor.der);
    json!({
        "sha256": anchor.fingerprint.hex(),
        "subject": description.subject,
        "not_before": description.not_before,
        "not_after": description.not_after,
        "demonstration": anchor.provenance.demonstration,
        "provenance": anchor.provenance,
    })
}

/// Where an anchor came from, on one line.
fn origin(anchor: &Anchor, session: &Session) -> String {
    let provenance = &anchor.provenance;
    let arguments = [("source", printable(&provenance.source).into()), ("time", provenance.added_at.clone().into())];
    let from = session.messages.format("trust-from", &arguments);
    let confirmed = session.messages.text(match provenance.confirmed {
        Confirmation::Fingerprint => "trust-confirmed-fingerprint",
        Confirmation::Question => "trust-confirmed-question",
        Confirmation::MasterList => "trust-confirmed-master_list",
        Confirmation::Link => "trust-confirmed-link",
    });
    if provenance.demonstration {
        format!("{from}; {confirmed}; {}", session.messages.text("trust-is-demonstration"))
    } else {
        format!("{from}; {confirmed}")
    }
}

fn show(arguments: &TrustShow, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    if let Some(text) = published::show(&folder, &arguments.fingerprint, session)? {
        session.print(&text);
        return Ok(Exit::Successful);
    }
    let (kind, anchor) = folder.find_any(&arguments.fingerprint)?;
    let details = match kind {
        Pinned::Terminal => witness::terminal_details(&anchor.der, session),
        Pinned::Anchor => details(&anchor.der, session),
        Pinned::TimeStamper => format!("{}\n{}", session.messages.text("trust-time-stamper"), details(&anchor.der, session)),
    };
    let text = format!("{details}{}\n", origin(&anchor, session));
    session.print(&text);
    Ok(Exit::Successful)
}

fn remove(arguments: &TrustRemove, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    // What lies here and in the snapshot would be trusted all the same.
    let of_snapshot = |fingerprint: Fingerprint| Error::usage("trust-of-snapshot").with("fingerprint", fingerprint.hex());
    if let Some((kind, object)) = published::find(&folder, &arguments.fingerprint)? {
        if folder.is_of_snapshot(object.fingerprint) {
            return Err(of_snapshot(object.fingerprint));
        }
        let subject = published::name(kind, &object);
        folder.discard(kind, object.fingerprint)?;
        session.print(&format!("{}\n", session.messages.format("trust-removed", &[("subject", subject.into())])));
        return Ok(Exit::Successful);
    }
    let (kind, anchor) = folder.find_any(&arguments.fingerprint)?;
    if folder.is_of_snapshot(anchor.fingerprint) {
        return Err(of_snapshot(anchor.fingerprint));
    }
    folder.remove_any(kind, anchor.fingerprint)?;
    if kind == Pinned::Terminal {
        let source = printable(&anchor.provenance.source);
        session.print(&format!("{}\n", session.messages.format("trust-removed", &[("subject", source.into())])));
    } else {
        said(session, "trust-removed", &anchor.der);
    }
    Ok(Exit::Successful)
}

/// A certificate for people to look at before they trust it.
fn details(der: &[u8], session: &Session) -> String {
    let description = Description::of(der);
    let fingerprint = Fingerprint::of(der);
    let line = |id, name, value: &str| format!("{}\n", session.messages.format(id, &[(name, printable(value).into())]));
    let validity = [("from", description.not_before.into()), ("to", description.not_after.into())];
    let mut text = line("trust-certificate", "subject", &description.subject);
    if description.issuer != description.subject {
        text += &line("trust-issuer", "issuer", &description.issuer);
    }
    text += &line("trust-serial", "serial", &description.serial);
    text += &line("trust-key", "key", &description.key);
    text += &format!("{}\n", session.messages.format("trust-valid", &validity));
    text += &line("trust-sha256", "fingerprint", &fingerprint.grouped());
    if soat::vietnam::csca::known(fingerprint.as_ref()).is_some() {
        text += &format!("{}\n", session.messages.text("trust-known-vietnam"));
    }
    text
}

/// Prints what was done with a certificate.
fn said(session: &mut Session, id: &'static str, der: &[u8]) {
    let subject = printable(&Description::of(der).subject);
    let text = session.messages.format(id, &[("subject", subject.into())]);
    session.print(&format!("{text}\n"));
}

/// Every certificate of a file: one in DER, or any number in PEM.
fn certificates_of(path: &Path) -> Result<Vec<Certificate>> {
    let bytes = std::fs::read(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    let failed =
        |cause: String| Error::usage("trust-not-a-certificate").with("path", path.display().to_string()).with("cause", cause);
    let mut ders = Vec::new();
    if bytes.first() == Some(&0x30) {
        ders.push(bytes);
    } else {
        for block in x509_parser::pem::Pem::iter_from_buffer(&bytes) {
            let block = block.map_err(|cause| failed(cause.to_string()))?;
            if block.label.ends_with("CERTIFICATE") {
                ders.push(block.contents);
            }
        }
    }
    if ders.is_empty() {
        return Err(failed("–".to_owned()));
    }
    ders.iter().map(|der| Certificate::from_der(der).map_err(|cause| failed(cause.to_string()))).collect()
}
