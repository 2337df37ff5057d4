//! Profiles by name, and out of files that an operator writes (TOML). What is wrong with a file is said with its line and column.

mod settings;

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use soat::inspection::{IdentityField, Profile, Released};
use toml_edit::Document;

use crate::error::{Error, Result};
use crate::permissions;

/// More than any profile has, in bytes.
const LONGEST: u64 = 65_536;

/// The profile that the command line names: one of the known ones, or a file whose name ends in `.toml`.
///
/// # Errors
/// That there is no such profile, or what is wrong with the file.
pub fn choose(name: &str) -> Result<Profile> {
    if name.ends_with(".toml") {
        return read(Path::new(name));
    }
    Profile::by_name(name).ok_or_else(|| {
        let known: Vec<_> = Profile::ALL.iter().map(|profile| profile.name.to_string()).collect();
        Error::usage("usage-value-unknown")
            .with("name", "--profile <NAME|FILE.toml>")
            .with("valid", format!("{}, FILE.toml", known.join(", ")))
    })
}

/// The same profile, releasing these fields and no others.
///
/// # Errors
/// A field that there is not, or that the profile does not release.
pub fn releasing(profile: Profile, fields: &[String]) -> Result<Profile> {
    let chosen = fields.iter().map(|name| {
        let field = IdentityField::by_name(name).ok_or_else(|| {
            Error::usage("usage-value-unknown").with("name", "--release <FIELDS>").with("valid", names(IdentityField::ALL))
        })?;
        if profile.released.and(profile.on_request).has(field) {
            return Ok(field);
        }
        Err(Error::usage("release-withheld").with("name", name).with("profile", profile.name))
    });
    Ok(Profile { released: chosen.collect::<Result<Released>>()?, ..profile })
}

fn names(fields: impl IntoIterator<Item = IdentityField>) -> String {
    fields.into_iter().map(IdentityField::name).collect::<Vec<_>>().join(", ")
}

fn read(path: &Path) -> Result<Profile> {
    parse(&Source::read(path)?)
}

fn parse(source: &Source) -> Result<Profile> {
    let document = Document::parse(source.text.as_str()).map_err(|error| source.syntax(&error))?;
    settings::profile(source, document.as_table())
}

/// A file in TOML and its text, for errors that say where they are.
pub struct Source {
    /// Its path.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl Source {
    /// Reads a file that decides what counts: nobody else may be able to write it.
    ///
    /// # Errors
    /// That others can, that it cannot be read, or that it is too long or not UTF-8.
    pub fn read(path: &Path) -> Result<Self> {
        let unreadable = |cause| Error::file("file-unreadable", path, &cause);
        let file = std::fs::File::open(path).map_err(unreadable)?;
        // Whoever can write here decides what is genuine, as with the anchors.
        permissions::check_file(path, &file.metadata().map_err(unreadable)?)?;
        permissions::check_way(path)?;
        let mut bytes = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LONGEST {
            return Err(Error::usage("profile-too-large").with("path", path.display()));
        }
        let source = |text| Self { name: path.display().to_string(), text };
        String::from_utf8(bytes).map(source).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default()).into_owned();
            source(text).error("profile-not-utf8", good..good)
        })
    }

    /// That it is not TOML.
    pub fn syntax(&self, error: &toml_edit::TomlError) -> Error {
        let cause = error.message().trim().replace('\n', "; ");
        self.error("profile-syntax", error.span().unwrap_or_default()).with("cause", cause)
    }

    /// An error at the first byte of a range.
    pub fn error(&self, id: &'static str, at: Range<usize>) -> Error {
        let (line, column) = self.position(at.start);
        Error::usage(id).with("path", &self.name).with("line", line).with("column", column)
    }

    /// Line and column of a byte, both from 1, columns in letters.
    fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let letters = before.get(line_start..).unwrap_or_default().chars().count();
        (before.bytes().filter(|byte| *byte == b'\n').count() + 1, letters + 1)
    }
}

#[cfg(test)]
mod tests;
