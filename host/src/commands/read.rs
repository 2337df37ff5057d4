//! `soat read`: reads a card, judges it, and shows the verdict.

mod failure;
mod sought;
pub mod source;

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use soat::chip::ReadingOptions;
use soat::chip::reading::Face;
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, Dossier, FileId, PrintedData};
use soat::evidence::{SavedDossier, Statement};
use soat::inspection::{Disclosure, IdentityField, Released, withhold, withhold_printed};

use self::source::Source;
use crate::command_line::{Judging, Key, Output, Read, Scanner};
use crate::commands::judging::{Judge, Judged, profile_of};
use crate::commands::key::Given;
use crate::commands::{Session, key};
use crate::dossier_file;
use crate::error::{Error, Exit, Result};
use crate::messages::Messages;
use crate::render::{json, photo, screen, tr03135};
use crate::safe_file;
use crate::terminal_key::FileKey;
use crate::typing::{self, Template, Typed};

/// Reads a card. What can be wrong with the arguments is said before the card is touched.
///
/// # Errors
/// Why there is no verdict.
pub fn run(arguments: Read, session: &mut Session) -> Result<Exit> {
    let Read {
        reader,
        key,
        scanner,
        judging,
        output,
        save,
        recipient,
        sign,
        consent,
        no_photo,
        challenge,
        wait,
        r#type: template,
        type_after,
    } = arguments;
    let wait = Duration::from_secs(wait.into());
    let template = template.as_deref().map(Template::parse).transpose()?;
    let challenge = challenge.as_deref().map(parse_challenge).transpose()?;
    let recipient = recipient.map(|text| text.parse().map_err(|_| Error::usage("recipient-invalid"))).transpose()?;
    let signing_key = sign.as_deref().map(FileKey::read).transpose()?;
    let statement = consent.map(|consent| {
        let purpose = judging.purpose.as_deref().unwrap_or_default();
        Statement::new(purpose, &consent).ok_or_else(|| Error::usage("statement-invalid").with("most", Statement::MAX_LEN))
    });
    let statement = statement.transpose()?;
    if let Some(path) = &output.photo {
        photo::Kind::of(path)?;
    }
    for path in [&save, &output.photo, &output.tr03135].into_iter().flatten() {
        check_place(path)?;
    }
    if let Some(template) = &template {
        template.check(&profile_of(&judging)?)?;
    }

    let (judge, given, mut source) = lay(reader.as_deref(), key, &scanner, &judging, wait, session)?;
    check_disclosure(judge.disclosure(), &output)?;
    if judge.disclosure() == Disclosure::Decision && save.is_some() {
        return Err(Error::usage("disclosure-decision").with("name", "--save"));
    }
    if judge.disclosure() == Disclosure::Evidence && save.is_some() && (recipient.is_none() || statement.is_none()) {
        return Err(Error::usage("disclosure-evidence"));
    }
    let face = if no_photo { Face::Skipped } else { Face::Kept };
    let options = ReadingOptions { face, challenge, read_at: Some(judge.at()), ..ReadingOptions::default() };
    let judged = judge.judge(source.read(&given, &options, session)?, source.name());
    // The verdict is shown even where a file cannot be written.
    let mut kept = Kept::default();
    let mut failures = Vec::new();
    if let Some(path) = &save {
        let (dossier, withheld) = released(&judged.dossier, judge.released(), recipient.is_some());
        match write_dossier(path, &dossier, signing_key.as_ref(), statement.as_ref(), recipient.as_ref()) {
            Ok(()) => {
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
        if !kept.withheld.is_empty() {
            session.note(&session.messages.format("saved-withheld", &[("files", kept.withheld.join(", ").into())]));
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

/// What of a dossier may be saved, and the files that are withheld: one that says more than the profile releases is kept whole only where
/// the dossier is encrypted (`verdicts.md`, "From a file").
fn released(dossier: &Dossier, released: Released, encrypted: bool) -> (Cow<'_, Dossier>, Vec<String>) {
    let is_withheld = |group: &DataGroup| !released.covers(*group) && dossier.bytes(FileId::from(*group)).is_some();
    let withheld: Vec<DataGroup> = if encrypted { Vec::new() } else { DataGroup::all().filter(is_withheld).collect() };
    let is_print_withheld = |kind: &PrintedData| !encrypted && !released.covers_printed(*kind);
    let print: Vec<PrintedData> = dossier.printed.keys().copied().filter(is_print_withheld).collect();
    if withheld.is_empty() && print.is_empty() {
        return (Cow::Borrowed(dossier), Vec::new());
    }
    let mut kept = dossier.clone();
    for group in &withheld {
        withhold(&mut kept, FileId::from(*group), &RustCrypto);
    }
    for kind in &print {
        withhold_printed(&mut kept, *kind, &RustCrypto);
    }
    let names = withheld.into_iter().map(|group| FileId::from(group).to_string()).chain(print.iter().map(ToString::to_string));
    (Cow::Owned(kept), names.collect())
}

/// Finds the anchors, the key and the card that the arguments name.
fn lay(
    reader: Option<&str>,
    key: Key,
    scanner: &Scanner,
    judging: &Judging,
    wait: Duration,
    session: &mut Session,
) -> Result<(Judge, Given, Source)> {
    let given = key::from_arguments(key, scanner, wait, session)?;
    let (judge, source) = Source::find(reader, judging, wait)?;
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
pub fn judged(reader: Option<&str>, key: Key, judging: &Judging, wait: u16, session: &mut Session) -> Result<Judged> {
    let wait = Duration::from_secs(wait.into());
    let (judge, given, mut source) = lay(reader, key, &Scanner::default(), judging, wait, session)?;
    let options = ReadingOptions { face: Face::Skipped, read_at: Some(judge.at()), ..ReadingOptions::default() };
    let dossier = source.read(&given, &options, session)?;
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

fn write_dossier(
    path: &Path,
    dossier: &Dossier,
    signing_key: Option<&FileKey>,
    statement: Option<&Statement>,
    recipient: Option<&age::x25519::Recipient>,
) -> Result<()> {
    let unsigned = || SavedDossier::unsigned(dossier).map_err(|_| CryptoError::Length);
    let saved = signing_key.map_or_else(unsigned, |key| SavedDossier::signed_stating(dossier, statement.cloned(), key));
    let saved = saved.map_err(|cause| Error::usage("dossier-not-saved").with("cause", cause.to_string()))?;
    let bytes = dossier_file::to_bytes(&saved, recipient)?;
    safe_file::create(path, &bytes).map_err(|cause| Error::not_created(path, &cause))
}

/// A challenge of 8 bytes in hexadecimal.
///
/// # Errors
/// That it is none.
pub fn parse_challenge(text: &str) -> Result<[u8; 8]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Error::usage("challenge-invalid"))
}
