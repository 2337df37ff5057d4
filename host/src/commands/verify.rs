//! `soat verify`: judges saved dossiers and files of cards, one in full or many in a row each.

mod rows;

use std::path::Path;

use soat::inspection::Demands;

use crate::command_line::Verify;
use crate::commands::Session;
use crate::commands::judging::Judge;
use crate::commands::read::{check_disclosure, check_place, parse_challenge, write_photo, write_tr03135};
use crate::dossier_file::{self, Identity};
use crate::error::{Error, Exit, Result};
use crate::render::{json, photo, screen};

/// Judges what the paths mean.
///
/// # Errors
/// What is wrong with the usage or the trust folder; with one path, also with the path. Of many paths each has its row, and the exit
/// code is that of the worst.
pub fn run(arguments: Verify, session: &mut Session) -> Result<Exit> {
    if let Some(path) = &arguments.output.photo {
        photo::Kind::of(path)?;
        check_place(path)?;
    }
    if let Some(path) = &arguments.output.tr03135 {
        check_place(path)?;
    }
    let identity = arguments.identity.as_deref().map(dossier_file::read_identity).transpose()?;
    let demands = Demands {
        challenge: arguments.challenge.as_deref().map(parse_challenge).transpose()?,
        max_age: arguments.max_age.as_deref().map(parse_age).transpose()?,
    };
    let digest = arguments.digest.as_deref().map(parse_digest).transpose()?;
    let judge = Judge::new(&arguments.judging)?.demanding(demands);
    check_disclosure(judge.disclosure(), &arguments.output)?;
    let mut sources = Vec::new();
    for path in &arguments.paths {
        match dossier_file::find(path) {
            Ok(found) => sources.extend(found.into_iter().map(rows::Source::Found)),
            Err(error) if arguments.paths.len() == 1 => return Err(error),
            Err(error) => sources.push(rows::Source::Failed(path.clone(), error)),
        }
    }
    match sources.as_slice() {
        [rows::Source::Found(only)] if arguments.paths.len() == 1 => {
            one(only, digest, &arguments, &judge, identity.as_ref(), session)
        }
        _ if digest.is_some() => Err(Error::usage("digest-several")),
        _ if arguments.output.photo.is_some() => Err(Error::usage("photo-several")),
        _ if arguments.output.tr03135.is_some() => Err(Error::usage("tr03135-several")),
        _ => Ok(rows::print(sources, &arguments.output, &judge, identity.as_ref(), session)),
    }
}

/// An age as people write it: `90` or `90s`, `10m`, `24h`, `7d`.
///
/// # Errors
/// That it is none, or more seconds than 32 bits count.
pub fn parse_age(text: &str) -> Result<u32> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (text.get(..at), 1),
        Some((at, 'm')) => (text.get(..at), 60),
        Some((at, 'h')) => (text.get(..at), 3600),
        Some((at, 'd')) => (text.get(..at), 86_400),
        _ => (Some(text), 1),
    };
    let digits = number.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    let seconds = digits.and_then(|digits| digits.parse::<u32>().ok()).and_then(|number| number.checked_mul(unit));
    seconds.ok_or_else(|| Error::usage("max-age-invalid"))
}

/// The digest that a report shows, as people type it: groups may be apart.
fn parse_digest(text: &str) -> Result<[u8; 32]> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != ':').collect();
    let bytes = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Error::usage("digest-invalid"))
}

fn one(
    path: &Path,
    digest: Option<[u8; 32]>,
    arguments: &Verify,
    judge: &Judge,
    identity: Option<&Identity>,
    session: &mut Session,
) -> Result<Exit> {
    let output = &arguments.output;
    let judged = judge.judge_loaded(&mut judge.inspector(), dossier_file::load(path, identity)?, path.display().to_string());
    if digest.is_some_and(|digest| digest != judged.report.evidence.as_ref()) {
        // Nothing is shown of a card that is not the one of the report.
        return Err(Error::refused("digest-differs").with("path", path.display()));
    }
    let mut exit = judged.exit();
    let mut written = None;
    if let Some(path) = &output.photo {
        match write_photo(path, &judged) {
            Ok(()) => written = Some(path.display().to_string()),
            Err(error) => {
                session.note(&screen::error(&error, &session.messages));
                exit = exit.worse(error.exit());
            }
        }
    }
    let mut exported = None;
    if let Some(path) = &output.tr03135 {
        match write_tr03135(path, &judged, &session.messages) {
            Ok(()) => exported = Some(path.display().to_string()),
            Err(error) => {
                session.note(&screen::error(&error, &session.messages));
                exit = exit.worse(error.exit());
            }
        }
    }
    if output.json {
        let mut document = json::report(&judged, output.timings, &session.messages);
        json::add_kept(&mut document, None, written.as_deref(), exit);
        session.print_json(&document);
    } else {
        session.print(&screen::report(&judged, output.timings, &session.messages));
        for (id, path) in [("photo-written", written), ("tr03135-written", exported)] {
            if let Some(path) = path {
                session.note(&session.messages.format(id, &[("path", path.into())]));
            }
        }
    }
    Ok(exit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (text, seconds) in [("0", 0), ("90", 90), ("90s", 90), ("10m", 600), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(parse_age(text).unwrap(), seconds, "{text}");
        }
        for text in ["", "m", "-1", "+1", "1.5h", "10 m", "10w", "4294967296", "99999d", "1é"] {
            assert_eq!(parse_age(text).unwrap_err().id(), "max-age-invalid", "{text}");
        }
    }
}
