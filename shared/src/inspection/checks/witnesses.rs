//! The signature of a terminal and the time-stamp around a saved dossier. Where there is neither, there is no row.
//!
//! A signature that does not hold fails: somebody altered the file. One that holds under an unknown key says no more than none at all.

use crate::crypto::{CryptoError, Digest, Provider};
use crate::evidence::{SavedDossier, Terminal, Witnesses};
use crate::inspection::attestation::CLOCK_ALLOWANCE;
use crate::inspection::profile::Profile;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};
use crate::pki::{CmsError, TimeStamp, TimeStampError};
use crate::time::Timestamp;

pub(in crate::inspection) fn terminal_signature(
    saved: &SavedDossier,
    witnesses: &Witnesses,
    profile: &Profile,
    now: Timestamp,
    provider: &dyn Provider,
) -> (Check, Option<Terminal>) {
    let row = row(CheckKind::TerminalSignature, profile);
    let key = match saved.verify_signature(provider) {
        Ok(key) => key,
        Err(CryptoError::Unsupported(_)) => return (row.undetermined(ReasonCode::EVIDENCE_SIGNATURE_UNSUPPORTED), None),
        Err(_) => return (row.failed(ReasonCode::EVIDENCE_SIGNATURE_INVALID), None),
    };
    let Some(terminal) = witnesses.terminal(key) else {
        return (row.undetermined(ReasonCode::EVIDENCE_TERMINAL_UNKNOWN).not_run(), None);
    };
    let row = match saved.dossier().read_at {
        Some(read_at) if is_later(read_at, now, 0) => row.undetermined(ReasonCode::EVIDENCE_TIME_IN_FUTURE),
        _ => row,
    };
    (row, Some(terminal.clone()))
}

pub(in crate::inspection) fn time_stamp(
    token: &[u8],
    evidence: &Digest,
    read_at: Option<Timestamp>,
    witnesses: &Witnesses,
    profile: &Profile,
    now: Timestamp,
    provider: &dyn Provider,
) -> (Check, Option<TimeStamp>) {
    let row = row(CheckKind::TimeStamp, profile);
    let authorities = witnesses.time_stamp_authorities().iter().map(|authority| &authority.certificate);
    let stamp = match TimeStamp::verify(token, evidence, authorities, provider) {
        Ok(stamp) => stamp,
        Err(TimeStampError::AuthorityUnknown) => {
            return (row.undetermined(ReasonCode::EVIDENCE_TIME_STAMP_AUTHORITY_UNKNOWN).not_run(), None);
        }
        Err(TimeStampError::Message(CmsError::Signature(CryptoError::Unsupported(_)))) => {
            return (row.undetermined(ReasonCode::EVIDENCE_TIME_STAMP_UNSUPPORTED), None);
        }
        Err(TimeStampError::ImprintMismatch) => return (row.failed(ReasonCode::EVIDENCE_TIME_STAMP_MISMATCH), None),
        Err(_) => return (row.failed(ReasonCode::EVIDENCE_TIME_STAMP_INVALID), None),
    };
    let row = if is_later(stamp.time(), now, stamp.accuracy()) {
        row.undetermined(ReasonCode::EVIDENCE_TIME_IN_FUTURE)
    } else if read_at.is_some_and(|read_at| is_later(read_at, stamp.time(), stamp.accuracy())) {
        row.undetermined(ReasonCode::EVIDENCE_TIME_CONTRADICTION)
    } else {
        row
    };
    // A stamp from the future proves that a clock is wrong, and no time.
    let stamp = (row.outcome == Outcome::Successful).then_some(stamp);
    (row, stamp)
}

/// Whether `one` lies after `other` by more than clocks differ.
pub(super) fn is_later(one: Timestamp, other: Timestamp, accuracy: u32) -> bool {
    one.0.saturating_sub(other.0) > CLOCK_ALLOWANCE.saturating_add(i64::from(accuracy))
}

fn row(kind: CheckKind, profile: &Profile) -> Check {
    let weight = profile.weight(kind);
    Check { kind, weight, outcome: Outcome::Successful, reason: None, findings: alloc::vec::Vec::new(), ran: true }
}
