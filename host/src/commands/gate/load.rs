//! `soat gate load`: takes a pack to a gate, which takes it over once it is whole and verified.

use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider as _};
use soat::gate::link::message::{PIECE, Request};

use super::show;
use crate::command_line::Load;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::gate_link::GateLink;

/// Sends a pack.
///
/// # Errors
/// That it cannot be read, or why the gate does not take it.
pub fn run(arguments: &Load, session: &mut Session) -> Result<Exit> {
    let bytes = show::read(&arguments.pack)?;
    let (mut link, _) = GateLink::connect(&arguments.at.device, &arguments.at.key)?;
    let number = |number: usize| u32::try_from(number).map_err(|_| Error::usage("gate-pack-too-large").with("most", u32::MAX));
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[&bytes]);
    let sha256 = digest.as_ref().first_chunk().copied().unwrap_or_default();
    link.order(&Request::PackBegin(number(bytes.len())?, sha256))?;
    for (place, piece) in bytes.chunks(PIECE).enumerate() {
        link.order(&Request::PackData(number(place * PIECE)?, piece.to_vec()))?;
    }
    link.order(&Request::PackEnd)?;
    if arguments.at.json {
        session.print_json(&json!({ "version": 1, "taken": true, "bytes": bytes.len() }));
        return Ok(Exit::Successful);
    }
    let path = [("path", arguments.pack.display().to_string().into())];
    session.print(&format!("{}\n", session.messages.format("gate-loaded", &path)));
    Ok(Exit::Successful)
}
