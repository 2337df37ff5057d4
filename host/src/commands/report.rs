//! `soat report`: a saved dossier as one page for people; many as a day's list. `soat export`: one for the systems of others.

use std::path::Path;

use soat::inspection::Disclosure;

use crate::command_line::{Export, Judging, Report};
use crate::commands::Session;
use crate::commands::judging::{Judge, Judged};
use crate::commands::read::check_place;
use crate::dossier_file::{self, Identity};
use crate::error::{Error, Exit, Result};
use crate::render::sheet;
use crate::render::{fhir, list, screen};
use crate::safe_file;

/// Judges what the paths mean and writes what is asked for. The exit code is that of the worst card.
///
/// # Errors
/// What is wrong with the usage or a file.
pub fn run(arguments: Report, session: &mut Session) -> Result<Exit> {
    let pages = [&arguments.html, &arguments.pdf];
    let lists = [&arguments.csv, &arguments.jsonl];
    let places: Vec<&Path> = pages.into_iter().chain(lists).flatten().map(std::path::PathBuf::as_path).collect();
    if places.is_empty() {
        return Err(Error::usage("report-nothing"));
    }
    places.iter().try_for_each(|path| check_place(path))?;
    let identity = arguments.identity.as_deref().map(dossier_file::read_identity).transpose()?;
    let judge = telling(&arguments.judging, "soat report")?;
    let mut found = Vec::new();
    for path in &arguments.paths {
        found.extend(dossier_file::find(path)?);
    }
    let one = pages.into_iter().flatten().next().is_some();
    if one && found.len() != 1 {
        return Err(Error::usage("report-several"));
    }
    let mut exit = Exit::Successful;
    let mut rows = list::List::new(judge.released());
    for path in &found {
        match judged(path, &judge, identity.as_ref()) {
            Ok(judged) => {
                exit = exit.worse(judged.exit());
                if one {
                    write_pages(&arguments, &judged, session)?;
                }
                rows.add(&judged, &session.messages);
            }
            Err(error) if found.len() == 1 => return Err(error),
            Err(error) => {
                exit = exit.worse(error.exit());
                rows.add_failure(path, &error, &session.messages);
                session.note(&screen::error(&error, &session.messages));
            }
        }
    }
    if let Some(path) = &arguments.csv {
        write(path, rows.csv().as_bytes(), session)?;
    }
    if let Some(path) = &arguments.jsonl {
        write(path, rows.json_lines().as_bytes(), session)?;
    }
    session.note(&session.messages.text("report-offline"));
    Ok(exit)
}

/// Judges a dossier and writes its verified identity as a FHIR Bundle.
///
/// # Errors
/// What is wrong with the usage or a file, or that the card did not pass.
pub fn export(arguments: Export, session: &mut Session) -> Result<Exit> {
    check_place(&arguments.fhir)?;
    let identity = arguments.identity.as_deref().map(dossier_file::read_identity).transpose()?;
    let judge = telling(&arguments.judging, "soat export")?;
    let judged = judged(&arguments.path, &judge, identity.as_ref())?;
    match fhir::bundle(&judged) {
        Some(bundle) => write(&arguments.fhir, format!("{bundle:#}\n").as_bytes(), session)?,
        None => session.note(&screen::error(&Error::usage("fhir-not-verified"), &session.messages)),
    }
    session.note(&session.messages.text("report-offline"));
    Ok(judged.exit())
}

/// A judge whose profile tells more than allow or deny.
fn telling(judging: &Judging, command: &str) -> Result<Judge> {
    let judge = Judge::new(judging)?;
    if judge.disclosure() == Disclosure::Decision {
        return Err(Error::usage("disclosure-decision").with("name", command));
    }
    Ok(judge)
}

fn judged(path: &Path, judge: &Judge, identity: Option<&Identity>) -> Result<Judged> {
    let loaded = dossier_file::load(path, identity)?;
    Ok(judge.judge_loaded(&mut judge.inspector(), loaded, path.display().to_string()))
}

fn write_pages(arguments: &Report, judged: &Judged, session: &mut Session) -> Result<()> {
    let sheet = sheet::of(judged, &session.messages);
    if let Some(path) = &arguments.html {
        write(path, sheet::html::page(&sheet).as_bytes(), session)?;
    }
    if let Some(path) = &arguments.pdf {
        write(path, &sheet::pdf::page(&sheet), session)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8], session: &mut Session) -> Result<()> {
    safe_file::create(path, content).map_err(|cause| Error::not_created(path, &cause))?;
    session.note(&session.messages.format("saved", &[("path", path.display().to_string().into())]));
    Ok(())
}
