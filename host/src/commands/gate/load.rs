//! `soat gate load`: takes a pack to a gate, which takes it over once it is whole and verified; or an image, which it tries with its next
//! start.

use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider as _};
use soat::gate::image::{ImageError, ImageHeader};
use soat::gate::link::message::{PIECE, Request};
use soat::gate::pack::LONGEST_PACK;

use super::image;
use crate::command_line::Load;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::gate_link::GateLink;
use crate::render::progress::ScreenProgress;

/// What a gate is sent.
enum Sent {
    Pack,
    /// An image of this version.
    Image(u32),
}

/// Sends a pack or an image.
///
/// # Errors
/// That it cannot be read or is neither, or why the gate does not take it.
pub fn run(arguments: &Load, session: &mut Session) -> Result<Exit> {
    let bytes = image::read(&arguments.file)?;
    let sent = recognise(&bytes, arguments)?;
    let (mut link, _) = GateLink::connect(&arguments.at.device, &arguments.at.key)?;
    send(&bytes, &sent, arguments, &mut link, session)?;
    if arguments.at.json {
        let (kind, image) = match sent {
            Sent::Pack => ("pack", None),
            Sent::Image(version) => ("image", Some(version)),
        };
        session.print_json(&json!({ "version": 1, "taken": true, "kind": kind, "image": image, "bytes": bytes.len() }));
        return Ok(Exit::Successful);
    }
    let path = ("path", arguments.file.display().to_string().into());
    let told = match sent {
        Sent::Pack => session.messages.format("gate-loaded", &[path]),
        Sent::Image(version) => session.messages.format("gate-image-loaded", &[path, ("version", version.to_string().into())]),
    };
    session.print(&format!("{told}\n"));
    Ok(Exit::Successful)
}

/// What a file is, by its content. Whose it is and whether it follows is for the gate to say; that an image is torn is seen here, before it
/// takes a minute to send.
fn recognise(bytes: &[u8], arguments: &Load) -> Result<Sent> {
    match ImageHeader::read(bytes, None, &RustCrypto) {
        Err(ImageError::NotAnImage) if bytes.len() > LONGEST_PACK => {
            Err(Error::usage("gate-pack-too-large").with("most", LONGEST_PACK))
        }
        Err(ImageError::NotAnImage) => Ok(Sent::Pack),
        // So torn that nothing says what it was.
        Err(ImageError::Damaged) => Err(Error::usage("gate-load-damaged").with("path", arguments.file.display())),
        Err(error) => Err(image::refused(&error)),
        Ok(_) => image::whole(bytes, None).map(|header| Sent::Image(header.version)),
    }
}

/// Sends it, piece by piece.
fn send(bytes: &[u8], sent: &Sent, arguments: &Load, link: &mut GateLink, session: &Session) -> Result<()> {
    let number = |number: usize| u32::try_from(number).map_err(|_| Error::usage("gate-pack-too-large").with("most", u32::MAX));
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[bytes]);
    let sha256 = digest.as_ref().first_chunk().copied().unwrap_or_default();
    let length = number(bytes.len())?;
    let path = [("path", arguments.file.display().to_string().into())];
    let line = session.messages.format("progress-sending", &path);
    let mut progress = ScreenProgress::new(&session.messages);
    link.order(&match sent {
        Sent::Pack => Request::PackBegin(length, sha256),
        Sent::Image(_) => Request::ImageBegin(length, sha256),
    })?;
    for (place, piece) in bytes.chunks(PIECE).enumerate() {
        let from = number(place * PIECE)?;
        progress.reached(&line, u64::from(from) * 100 / u64::from(length.max(1)));
        link.order(&match sent {
            Sent::Pack => Request::PackData(from, piece.to_vec()),
            Sent::Image(_) => Request::ImageData(from, piece.to_vec()),
        })?;
    }
    link.order(match sent {
        Sent::Pack => &Request::PackEnd,
        Sent::Image(_) => &Request::ImageEnd,
    })
}
