//! `soat gate`: gates, their images, keys and packs.

mod enrol;
mod flash;
mod image;
mod journal;
mod load;
mod pack;
mod people;
mod policy;
mod provision;
mod revoked;
mod show;
mod state;
mod status;

use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;

use crate::command_line::Gate;
use crate::commands::Session;
use crate::commands::trust::read_key;
use crate::error::{Error, Exit, Result};
use crate::trust_folder::Fingerprint;

/// Runs one of the commands.
///
/// # Errors
/// What is wrong with a file, the port, the gate or the usage.
pub fn run(command: Gate, session: &mut Session) -> Result<Exit> {
    match command {
        Gate::Pack(arguments) if arguments.show.is_some() => show::run(&arguments, session),
        Gate::Pack(arguments) => pack::run(&arguments, session),
        Gate::Image(arguments) if arguments.show.is_some() => image::show(&arguments, session),
        Gate::Image(arguments) => image::run(&arguments, session),
        Gate::Flash(arguments) => flash::run(&arguments, session),
        Gate::Provision(arguments) => provision::run(&arguments, session),
        Gate::Load(arguments) => load::run(&arguments, session),
        Gate::Enrol(arguments) => enrol::run(&arguments, session),
        Gate::Status(arguments) => status::run(&arguments, session),
        Gate::Selftest(arguments) => status::self_test(&arguments, session),
        Gate::Time(arguments) => status::time(&arguments, session),
        Gate::Log(arguments) => journal::run(&arguments, session),
    }
}

/// The operator that an argument names: the SHA-256 of a public key, or the key's file.
fn operator(text: &str) -> Result<Fingerprint> {
    let path = std::path::Path::new(text);
    let digest = if path.is_file() {
        Some(read_key(path)?.fingerprint(&RustCrypto))
    } else {
        Fingerprint::parse(text).and_then(|fingerprint| Digest::new(&fingerprint.bytes()))
    };
    let fingerprint = digest.and_then(|digest| Fingerprint::parse(&hex::encode(digest)));
    fingerprint.ok_or_else(|| Error::usage("gate-operator-invalid"))
}

/// A table of names and values, the values one below the other.
fn table(rows: &[(&'static str, String)], session: &Session) -> String {
    let names: Vec<String> = rows.iter().map(|(id, _)| session.messages.text(id)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let rows = names.iter().zip(rows);
    rows.map(|(name, (_, value))| format!("{name}{}  {value}\n", " ".repeat(width - name.chars().count()))).collect()
}
