//! `soat timestamp`: time-stamps of saved dossiers (RFC 3161), as files: the network is somebody else's.

use std::path::Path;

use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::SavedDossier;
use soat::inspection::evidence_digest;
use soat::pki::time_stamp::{TimeStamp, TimeStampError, request, token_of_response};

use crate::command_line::{Timestamp, TimestampAttach, TimestampRequest};
use crate::commands::Session;
use crate::commands::read::check_place;
use crate::dossier_file::{self, Loaded};
use crate::error::{Error, Exit, Result};
use crate::safe_file;
use crate::trust_folder::TrustFolder;

/// Runs one of the commands.
///
/// # Errors
/// What is wrong with a file.
pub fn run(command: Timestamp, session: &mut Session) -> Result<Exit> {
    match command {
        Timestamp::Request(arguments) => ask(&arguments, session),
        Timestamp::Attach(arguments) => attach(&arguments, session),
    }
}

fn ask(arguments: &TimestampRequest, session: &mut Session) -> Result<Exit> {
    check_place(&arguments.request)?;
    let saved = load(&arguments.dossier)?;
    let digest = evidence_digest(saved.dossier(), &RustCrypto);
    let bytes = request(&digest).ok_or_else(|| Error::usage("timestamp-no-dossier").with("path", shown(&arguments.dossier)))?;
    write(&arguments.request, &bytes)?;
    let digest = hex::encode_upper(digest);
    session.print(&format!(
        "{}\n",
        session.messages.format("timestamp-requested", &[("path", shown(&arguments.request).into()), ("digest", digest.into())])
    ));
    Ok(Exit::Successful)
}

fn attach(arguments: &TimestampAttach, session: &mut Session) -> Result<Exit> {
    check_place(&arguments.output)?;
    let saved = load(&arguments.dossier)?;
    let path = &arguments.response;
    let answer = std::fs::read(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    let refused = |cause: TimeStampError| {
        let id = match cause {
            TimeStampError::ImprintMismatch => "timestamp-of-another",
            TimeStampError::Refused(_) => "timestamp-refused",
            _ => "timestamp-invalid",
        };
        Error::usage(id).with("path", shown(path)).with("cause", cause.to_string())
    };
    let token = token_of_response(&answer).map_err(refused)?;
    let (witnesses, _) = TrustFolder::open(arguments.store.trust.as_deref())?.witnesses()?;
    let authorities = witnesses.time_stamp_authorities().iter().map(|authority| &authority.certificate);
    let known = match TimeStamp::verify(token, &evidence_digest(saved.dossier(), &RustCrypto), authorities, &RustCrypto) {
        Ok(stamp) => Some(stamp.time()),
        // Who verifies the dossier later may know the authority.
        Err(TimeStampError::AuthorityUnknown) => None,
        Err(cause) => return Err(refused(cause)),
    };
    write(&arguments.output, &saved.time_stamped(token.to_vec()).to_cbor())?;
    let place = ("path", shown(&arguments.output).into());
    let text = match known {
        Some(time) => session.messages.format("timestamp-attached", &[place, ("time", time.to_string().into())]),
        None => session.messages.format("timestamp-attached-unknown", &[place]),
    };
    session.print(&format!("{text}\n"));
    Ok(Exit::Successful)
}

fn load(path: &Path) -> Result<SavedDossier> {
    match dossier_file::load(path, None)? {
        Loaded::Saved(saved) => Ok(*saved),
        Loaded::Raw(_) => Err(Error::usage("timestamp-no-dossier").with("path", shown(path))),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    safe_file::create(path, bytes).map_err(|cause| Error::file("file-unwritable", path, &cause))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
