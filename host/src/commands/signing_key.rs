//! `soat key`: the key with which this terminal signs what it saves, and that of a site's pseudonyms.

use std::path::PathBuf;

use crate::command_line::KeyCommand;
use crate::commands::Session;
use crate::commands::read::check_place;
use crate::error::{Exit, Result};
use crate::pseudonym_key;
use crate::terminal_key::FileKey;
use crate::trust_folder::Fingerprint;

/// Makes a key.
///
/// # Errors
/// That a file is there already or cannot be written.
pub fn run(command: KeyCommand, session: &mut Session) -> Result<Exit> {
    let file = match command {
        KeyCommand::New { file } => file,
        KeyCommand::Pseudonym { file } => {
            pseudonym_key::create(&file)?;
            let path = file.display().to_string();
            session.print(&format!("{}\n", session.messages.format("pseudonym-key-made", &[("path", path.into())])));
            return Ok(Exit::Successful);
        }
    };
    let mut public = file.clone().into_os_string();
    public.push(".pub");
    let public = PathBuf::from(public);
    for path in [&file, &public] {
        check_place(path)?;
    }
    let key = FileKey::create(&file, &public)?;
    let arguments = [
        ("path", file.display().to_string().into()),
        ("public", public.display().to_string().into()),
        ("fingerprint", Fingerprint::of(key.spki()).grouped().into()),
    ];
    session.print(&format!("{}\n", session.messages.format("signing-key-made", &arguments)));
    Ok(Exit::Successful)
}
