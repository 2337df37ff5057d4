//! `soat gate image`: an image for gates, signed by who runs the site; or, with `--show`, what one says.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};
use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::TerminalSigner;
use soat::gate::image::{ImageError, ImageHeader, LONGEST_HEADER};

use super::pack::grouped;
use crate::command_line::Image;
use crate::commands::Session;
use crate::commands::read::check_place;
use crate::error::{Error, Exit, Result};
use crate::flat_image::{self, GATE};
use crate::gate_site::{Site, is_name};
use crate::printable::printable;
use crate::safe_file;
use crate::terminal_key::FileKey;

/// Makes a signed image.
///
/// # Errors
/// What is wrong with program, site or key; that the file cannot be written.
pub fn run(arguments: &Image, session: &mut Session) -> Result<Exit> {
    let missing = |name| move || Error::usage("usage-argument-missing").with("name", name);
    let output = arguments.output.as_ref().ok_or_else(missing("--output"))?;
    check_place(output)?;
    if !is_name(&arguments.board) {
        return Err(Error::usage("gate-name-invalid").with("name", "--board"));
    }
    let key = FileKey::read(arguments.signing_key.as_ref().ok_or_else(missing("--signing-key"))?)?;
    let operator = key.key().fingerprint(&RustCrypto);
    if let Some(site) = &arguments.site
        && operator.as_ref() != Site::read(site)?.operator
    {
        return Err(Error::usage("gate-image-other-operator"));
    }
    let image = flat_image::read(arguments.file.as_ref().ok_or_else(missing("ELF|BIN"))?, GATE)?;
    let version = arguments.image_version.ok_or_else(missing("--version"))?;
    let bytes = ImageHeader::sign(&image, &arguments.board, version, &key, &RustCrypto).map_err(|error| refused(&error))?;
    // As a gate will do it: what it would refuse is not handed out.
    let header = whole(&bytes, Some(&operator))?;
    let signer = Signer { sha256: operator, is_operator: true };
    safe_file::create(output, &bytes).map_err(|cause| Error::not_created(output, &cause))?;
    if arguments.json {
        let mut document = document(&header, &signer);
        if let Some(document) = document.as_object_mut() {
            document.insert("path".into(), json!(output.display().to_string()));
        }
        session.print_json(&document);
        return Ok(Exit::Successful);
    }
    let path = [("path", output.display().to_string().into())];
    let text =
        format!("{}\n{}", session.messages.format("gate-image-made", &path), super::table(&rows(&header, &signer), session));
    session.print(&text);
    Ok(Exit::Successful)
}

/// Verifies and shows a signed image.
///
/// # Errors
/// That it cannot be read, or why a gate would not take it.
pub fn show(arguments: &Image, session: &mut Session) -> Result<Exit> {
    let path = arguments.show.as_ref().ok_or_else(|| Error::usage("usage-argument-missing").with("name", "--show"))?;
    let operator = match (&arguments.operator, &arguments.site) {
        (Some(text), _) => Some(super::operator(text)?.bytes()),
        (None, Some(site)) => Some(Site::read(site)?.operator),
        (None, None) => None,
    };
    let operator = match operator {
        Some(bytes) => Some(Digest::new(&bytes).ok_or_else(|| Error::usage("gate-operator-invalid"))?),
        None => None,
    };
    let bytes = read(path)?;
    let header = whole(&bytes, operator.as_ref())?;
    let sha256 = ImageHeader::signer(&bytes, &RustCrypto).map_err(|error| refused(&error))?;
    let signer = Signer { sha256, is_operator: operator.is_some() };
    if arguments.json {
        session.print_json(&document(&header, &signer));
        return Ok(Exit::Successful);
    }
    let verified =
        session.messages.text(if signer.is_operator { "gate-image-verified" } else { "gate-image-verified-by-somebody" });
    let text = format!("{verified}\n{}", super::table(&rows(&header, &signer), session));
    session.print(&text);
    Ok(Exit::Successful)
}

/// The bytes of a signed image; no more of a file than one has, and a byte by which it is seen to be too long.
///
/// # Errors
/// That it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    let longest = LONGEST_HEADER as u64 + u64::from(GATE.room) + 1;
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(longest).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The header of a signed image, behind which the whole image stands.
///
/// # Errors
/// The first rule that it breaks.
pub fn whole(file: &[u8], operator: Option<&Digest>) -> Result<ImageHeader> {
    let (header, image) = ImageHeader::read(file, operator, &RustCrypto).map_err(|error| refused(&error))?;
    match () {
        () if header.length > GATE.room => Err(refused(&ImageError::TooLarge)),
        () if !header.describes(image, &RustCrypto) => Err(refused(&ImageError::Damaged)),
        () => Ok(header),
    }
}

/// What is wrong with a signed image, for people.
pub fn refused(error: &ImageError) -> Error {
    Error::refused("gate-image-refused").with("cause", error)
}

/// Who signed an image.
struct Signer {
    /// Of the key's SubjectPublicKeyInfo.
    sha256: Digest,
    /// Whether the user said that it must be this key.
    is_operator: bool,
}

/// What it says, for people.
fn rows(header: &ImageHeader, signer: &Signer) -> Vec<(&'static str, String)> {
    vec![
        ("gate-image-board", printable(&header.board)),
        ("gate-pack-version", header.version.to_string()),
        ("gate-pack-bytes", format!("{} / {}", header.length, GATE.room)),
        ("gate-image-sha256", hex::encode_upper(header.sha256)),
        (if signer.is_operator { "gate-pack-operator" } else { "gate-image-signer" }, grouped(&signer.sha256)),
    ]
}

/// The same for programs.
fn document(header: &ImageHeader, signer: &Signer) -> Value {
    let sha256 = hex::encode_upper(signer.sha256);
    json!({
        "version": 1,
        "image": {
            "board": header.board,
            "version": header.version,
            "bytes": header.length,
            "sha256": hex::encode_upper(header.sha256),
            "signer_sha256": &sha256,
            "operator_sha256": signer.is_operator.then_some(&sha256),
        },
    })
}
