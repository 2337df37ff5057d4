//! Terminals and time-stamp authorities that are believed about saved dossiers: `terminals/` and `time-stampers/` beside `anchors/`, in the
//! same form; a terminal's file holds its SubjectPublicKeyInfo.

use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::{TerminalKey, Witnesses};
use soat::pki::Certificate;

use super::{Anchor, Fingerprint, TrustFolder};
use crate::error::{Error, Result};

/// What a file of the trust folder is trusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinned {
    /// It signs document signers.
    Anchor,
    /// It signs dossiers.
    Terminal,
    /// It signs time-stamps, or issues those who do.
    TimeStamper,
}

impl Pinned {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Anchor, Self::Terminal, Self::TimeStamper];

    /// Name of the folder.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Anchor => "anchors",
            Self::Terminal => "terminals",
            Self::TimeStamper => "time-stampers",
        }
    }
}

impl TrustFolder {
    /// Whom the operator believes about saved dossiers, and whether there is anybody.
    ///
    /// # Errors
    /// That a file cannot be read, or is not what its name says.
    pub fn witnesses(&self) -> Result<(Witnesses, bool)> {
        let mut witnesses = Witnesses::new();
        let mut any = false;
        let invalid = |kind: Pinned, entry: &Anchor, cause: String| {
            let path = self.file(kind, entry.fingerprint, "der").display().to_string();
            Error::usage("trust-anchor-invalid")
                .with("path", path)
                .with("cause", cause)
                .with("fingerprint", entry.fingerprint.hex())
        };
        for entry in self.entries(Pinned::Terminal)? {
            let key = TerminalKey::from_spki(&entry.der).map_err(|cause| invalid(Pinned::Terminal, &entry, cause.to_string()))?;
            witnesses.add_terminal(key, entry.provenance.source, &RustCrypto);
            any = true;
        }
        for entry in self.entries(Pinned::TimeStamper)? {
            let certificate =
                Certificate::from_der(&entry.der).map_err(|cause| invalid(Pinned::TimeStamper, &entry, cause.to_string()))?;
            witnesses.add_time_stamp_authority(certificate, entry.provenance.source, &RustCrypto);
            any = true;
        }
        Ok((witnesses, any))
    }

    /// What of the folder has a fingerprint that is this or begins so.
    ///
    /// # Errors
    /// That there is nothing, or that several begin so.
    pub fn find_any(&self, beginning: &str) -> Result<(Pinned, Anchor)> {
        let digits: String = beginning.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase();
        let mut found: Vec<(Pinned, Anchor)> = Vec::new();
        for kind in Pinned::ALL {
            let entries = self.entries(kind)?.into_iter();
            found.extend(entries.filter(|entry| entry.fingerprint.hex().starts_with(&digits)).map(|entry| (kind, entry)));
        }
        match (found.len(), found.pop()) {
            (1, Some(only)) if digits.len() >= 4 => Ok(only),
            (0 | 1, _) => Err(Error::usage("trust-anchor-unknown").with("fingerprint", beginning.to_owned())),
            _ if digits.len() < 4 => Err(Error::usage("trust-anchor-unknown").with("fingerprint", beginning.to_owned())),
            _ => Err(Error::usage("trust-anchor-ambiguous").with("fingerprint", beginning.to_owned())),
        }
    }

    /// Removes one.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn remove_any(&self, kind: Pinned, fingerprint: Fingerprint) -> Result<()> {
        let failed = |cause| Error::file("trust-unwritable", &self.path, &cause);
        std::fs::remove_file(self.file(kind, fingerprint, "der")).map_err(failed)?;
        std::fs::remove_file(self.file(kind, fingerprint, "json")).map_err(failed)
    }
}
