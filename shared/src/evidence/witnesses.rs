//! Whose word counts about a saved dossier: terminals for what they read and when, time-stamp authorities for a moment.

use alloc::string::String;
use alloc::vec::Vec;

use super::TerminalKey;
use crate::crypto::{Digest, Provider};
use crate::pki::Certificate;

/// A terminal whose key the operator confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its public key.
    pub key: TerminalKey,
    /// SHA-256 of the key's SubjectPublicKeyInfo.
    pub sha256: Digest,
    /// Name of the file that it was read from, or another hint for people.
    pub source: String,
}

/// A certificate that time-stamps may hang on: the authority's own, or the one that issued it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampAuthority {
    /// The certificate.
    pub certificate: Certificate,
    /// SHA-256 of the certificate.
    pub sha256: Digest,
    /// Name of the file that it was read from, or another hint for people.
    pub source: String,
}

/// Whom the operator believes about saved dossiers. Empty: nobody.
#[derive(Clone, Debug, Default)]
pub struct Witnesses {
    terminals: Vec<Terminal>,
    authorities: Vec<TimeStampAuthority>,
}

impl Witnesses {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Believes a terminal.
    pub fn add_terminal(&mut self, key: TerminalKey, source: String, provider: &dyn Provider) {
        let sha256 = key.fingerprint(provider);
        if self.terminal(&key).is_none() {
            self.terminals.push(Terminal { key, sha256, source });
        }
    }

    /// Believes a time-stamp authority.
    pub fn add_time_stamp_authority(&mut self, certificate: Certificate, source: String, provider: &dyn Provider) {
        let sha256 = certificate.fingerprint(provider);
        if !self.authorities.iter().any(|known| known.sha256 == sha256) {
            self.authorities.push(TimeStampAuthority { certificate, sha256, source });
        }
    }

    /// The terminal of a key.
    pub fn terminal(&self, key: &TerminalKey) -> Option<&Terminal> {
        self.terminals.iter().find(|terminal| terminal.key == *key)
    }

    /// All time-stamp authorities.
    pub fn time_stamp_authorities(&self) -> &[TimeStampAuthority] {
        &self.authorities
    }
}
