//! `soat read`: reads a card, judges it, and shows the verdict.

mod failure;
pub mod keeping;
mod sought;
pub mod source;

use std::path::Path;
use std::time::Duration;

use soat::chip::ReadingOptions;
use soat::chip::reading::Face;
use soat::inspection::{Disclosure, IdentityField};

use self::keeping::Keeping;
use self::source::Source;
use crate::command_line::{GateKey, Judging, Key, Output, Read, Scanner};
use crate::commands::judging::{Judge, Judged, profile_of};
use crate::commands::key::Given;
use crate::commands::{Session, key};
use crate::error::{Error, Exit, Result};
use crate::messages::Messages;
use crate::render::{json, photo, screen, tr03135};
use crate::safe_file;
use crate::typing::{self, Template, Typed};

/// Reads a card. What can be wrong with the arguments is said before the card is touched.
///
/// # Errors
/// Why there is no verdict.
pub fn run(arguments: Read, session: &mut Session) -> Result<Exit> {
    let Read { reader, gate, gate_code, key, scanner, judging, output, save, evidence, no_photo, challenge, wait, .. } =
        arguments;
    let (template, type_after) = (arguments.r#type, arguments.type_after);
    let wait = Duration::from_secs(wait.into());
    let template = template.as_deref().map(Template::parse).transpose()?;
    let challenge = challenge.as_deref().map(parse_challenge).transpose()?;
    let keeping = Keeping::new(evidence, judging.purpose.as_deref())?;
    if let Some(path) = &output.photo {
        photo::Kind::of(path)?;
    }
    for path in [&save, &output.photo, &output.tr03135].into_iter().flatten() {
        check_place(path)?;
    }
    if let Some(template) = &template {
        template.check(&profile_of(&judging)?)?;
    }

    let (judge, given, mut source) = lay((reader.as_deref(), &gate), key, &scanner, gate_code, &judging, wait, session)?;
    check_disclosure(judge.disclosure(), &output)?;
    if save.is_some() {
        keeping.check(judge.disclosure())?;
    }
    let options = options(&judge, challenge, no_photo);
    let judged = judge.judge(source.read_shown(&given, &options, session)?, source.name());
    // The verdict is shown even where a file cannot be written.
    let mut kept = Kept::default();
    let mut failures = Vec::new();
    if let Some(path) = &save {
        match keeping.write(path, &judged, judge.released()) {
            Ok(withheld) => {
                kept.saved = Some(path.display().to_string());
                kept.withheld = withheld;
            }
            Err(error) => failures.push(error),
        }
    }
    if let Some(path) = &output.photo {
        match write_photo(path, &judged) {
            Ok(()) => kept.photo = Some(path.display().to_string()),
            Err(error) => failures.push(error),
        }
    }
    if let Some(path) = &output.tr03135 {
        match write_tr03135(path, &judged, &session.messages) {
            Ok(()) => kept.tr03135 = Some(path.display().to_string()),
            Err(error) => failures.push(error),
        }
    }
    let exit = failures.iter().fold(judged.exit(), |exit, error| exit.worse(error.exit()));
    if output.json {
        let mut document = json::report(&judged, output.timings, &session.messages);
        json::add_kept(&mut document, kept.saved.as_deref(), kept.photo.as_deref(), exit);
        session.print_json(&document);
    } else {
        session.print(&screen::report(&judged, output.timings, &session.messages));
        if let Some(line) = keeping::withheld(&kept.withheld, &session.messages) {
            session.note(&line);
        }
        for (id, path) in [("saved", kept.saved), ("photo-written", kept.photo), ("tr03135-written", kept.tr03135)] {
            if let Some(path) = path {
                session.note(&session.messages.format(id, &[("path", path.into())]));
            }
        }
    }
    for error in &failures {
        session.note(&screen::error(error, &session.messages));
    }
    match template {
        Some(template) => {
            Ok(exit.worse(type_out(&template, &judged, Duration::from_secs(type_after.into()), output.json, session)))
        }
        None => Ok(exit),
    }
}

/// Types what the template asks for, if the card passed. The verdict stands whatever becomes of the typing.
fn type_out(template: &Template, judged: &Judged, after: Duration, json: bool, session: &mut Session) -> Exit {
    let Some(fields) = &judged.identity else {
        session.note(&session.messages.text("type-not-passed"));
        return Exit::Successful;
    };
    match typing::type_out(&template.keys(fields), after, session) {
        Ok(Typed::By(tool)) => session.note(&session.messages.format("type-done", &[("tool", tool.into())])),
        Ok(Typed::Nowhere(text)) => {
            session.note(&session.messages.text("type-nowhere"));
            if !json {
                session.print(&text);
            }
        }
        Err(error) => {
            session.note(&screen::error(&error, &session.messages));
            return error.exit();
        }
    }
    Exit::Successful
}

/// What was written beside the report.
#[derive(Default)]
struct Kept {
    saved: Option<String>,
    /// The files that were saved as their digests alone.
    withheld: Vec<String>,
    photo: Option<String>,
    tr03135: Option<String>,
}

/// How a card is read for this judge.
pub fn options(judge: &Judge, challenge: Option<[u8; 8]>, no_photo: bool) -> ReadingOptions {
    let face = if no_photo { Face::Skipped } else { Face::Kept };
    ReadingOptions { face, challenge, read_at: Some(judge.at()), ..ReadingOptions::default() }
}

/// Finds the anchors, the key and the card that the arguments name.
fn lay(
    (reader, gate): (Option<&str>, &GateKey),
    key: Key,
    scanner: &Scanner,
    gate_code: bool,
    judging: &Judging,
    wait: Duration,
    session: &mut Session,
) -> Result<(Judge, Given, Source)> {
    let given = key::from_arguments(key, scanner, wait, session)?;
    let mut source = Source::new(reader, gate, wait)?;
    let judge = source.judge(judging)?;
    source.find()?;
    let given = if gate_code { Some(source.scan(session)?) } else { given };
    let given = match (given, source.own_key()) {
        (Some(given), _) => given,
        (None, Some(own)) => own?,
        (None, None) => key::ask(session)?,
    };
    Ok((judge, given, source))
}

/// Reads and judges a card without its photo, for a command that goes on from the verdict.
///
/// # Errors
/// Why there is no verdict.
#[cfg(feature = "insurance")]
pub fn judged(reader: (Option<&str>, &GateKey), key: Key, judging: &Judging, wait: u16, session: &mut Session) -> Result<Judged> {
    let wait = Duration::from_secs(wait.into());
    let (judge, given, mut source) = lay(reader, key, &Scanner::default(), false, judging, wait, session)?;
    let dossier = source.read_shown(&given, &options(&judge, None, true), session)?;
    Ok(judge.judge(dossier, source.name()))
}

/// Refuses to write more than allow or deny where the profile tells no more.
///
/// # Errors
/// Which argument asks for more.
pub fn check_disclosure(disclosure: Disclosure, output: &Output) -> Result<()> {
    let more = [("--photo", output.photo.is_some()), ("--tr03135", output.tr03135.is_some()), ("--timings", output.timings)];
    match more.into_iter().find(|(_, asked)| *asked && disclosure == Disclosure::Decision) {
        Some((name, _)) => Err(Error::usage("disclosure-decision").with("name", name)),
        None => Ok(()),
    }
}

/// Writes the verified face.
///
/// # Errors
/// That the card did not pass, that there is no face, or that the file cannot be written.
pub fn write_photo(path: &Path, judged: &Judged) -> Result<()> {
    if judged.identity.is_none() {
        return Err(Error::usage("photo-not-verified"));
    }
    if judged.report.identity().is_some_and(|identity| !identity.releases(IdentityField::Photo)) {
        return Err(Error::usage("photo-withheld").with("profile", judged.report.profile));
    }
    let face = judged.face().ok_or_else(|| Error::usage("photo-none"))?;
    photo::write(path, face)
}

/// Writes the report in the words of BSI TR-03135.
///
/// # Errors
/// That the file cannot be written.
pub fn write_tr03135(path: &Path, judged: &Judged, messages: &Messages) -> Result<()> {
    let document = format!("{:#}\n", tr03135::report(judged, messages));
    safe_file::create(path, document.as_bytes()).map_err(|cause| Error::not_created(path, &cause))
}

/// Refuses to write over a file, or into a folder that is not there, before anything is read.
///
/// # Errors
/// That something stands there, or that the folder is missing.
pub fn check_place(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(Error::usage("file-exists").with("path", path.display().to_string()));
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(std::fs::metadata) {
        Some(Err(cause)) => Err(Error::file("file-unwritable", path, &cause)),
        _ => Ok(()),
    }
}

/// A challenge of 8 bytes in hexadecimal.
///
/// # Errors
/// That it is none.
pub fn parse_challenge(text: &str) -> Result<[u8; 8]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Error::usage("challenge-invalid"))
}
