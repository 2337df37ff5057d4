//! Who answers for a saved dossier: proof types that only a check can make (`verdicts.md`, "From a file").

use super::checks::witnesses;
use super::profile::Profile;
use super::report::Check;
use crate::crypto::{Digest, Provider};
use crate::evidence::{SavedDossier, Terminal, Witnesses};
use crate::pki::TimeStamp;
use crate::time::Timestamp;

/// By how many seconds clocks may differ before one of them is doubted.
pub(super) const CLOCK_ALLOWANCE: i64 = 300;

/// The terminal of the trust store whose signature holds over the whole of a saved dossier.
#[derive(Clone, Debug)]
pub(super) struct Attestation {
    terminal: Terminal,
}

impl Attestation {
    pub(super) fn terminal(&self) -> &Terminal {
        &self.terminal
    }
}

/// What a relying party asks of a dossier besides genuineness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// The challenge that active authentication must have answered.
    pub challenge: Option<[u8; 8]>,
    /// How old the reading may be, in seconds.
    pub max_age: Option<u32>,
}

/// What was found of the signature and time-stamp around a saved dossier.
#[derive(Default)]
pub(super) struct Witnessed {
    pub(super) attestation: Option<Attestation>,
    pub(super) time_stamp: Option<TimeStamp>,
    pub(super) rows: alloc::vec::Vec<Check>,
}

impl Witnessed {
    pub(super) fn examine(
        saved: &SavedDossier,
        evidence: &Digest,
        witnesses: &Witnesses,
        profile: &Profile,
        time: Timestamp,
        provider: &dyn Provider,
    ) -> Self {
        let mut witnessed = Self::default();
        if saved.signature().is_some() {
            let (row, terminal) = witnesses::terminal_signature(saved, witnesses, profile, time, provider);
            witnessed.rows.push(row);
            witnessed.attestation = terminal.map(|terminal| Attestation { terminal });
        }
        if let Some(token) = saved.time_stamp() {
            let read_at = saved.dossier().read_at;
            let (row, stamp) = witnesses::time_stamp(token, evidence, read_at, witnesses, profile, time, provider);
            witnessed.rows.push(row);
            witnessed.time_stamp = stamp;
        }
        witnessed
    }
}
