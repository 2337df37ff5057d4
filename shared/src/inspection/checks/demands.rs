//! What a relying party asks for: its own challenge answered (`attacks.md` 17), and a reading that is not old.

use super::witnesses::is_later;
use crate::dossier::Origin;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};

/// Whether active authentication, whose own row is given, answered this challenge.
pub(in crate::inspection) fn challenge(examination: &Examination<'_>, demanded: [u8; 8], active: Option<&Check>) -> Check {
    let row = examination.row(CheckKind::Challenge);
    match &examination.dossier.active_authentication {
        None => row.undetermined(ReasonCode::CHIP_CHALLENGE_ABSENT),
        Some(evidence) if evidence.challenge != demanded => row.failed(ReasonCode::CHIP_CHALLENGE_MISMATCH),
        Some(_) => match active {
            Some(active) if active.outcome == Outcome::Successful => row,
            // That a challenge is repeated in a file proves nothing without the chip's signature over it.
            other => row.undetermined(other.and_then(|active| active.reason).unwrap_or(ReasonCode::CHIP_NOT_PROVEN)),
        },
    }
}

/// Whether the card was read at most so many seconds ago.
///
/// A terminal's signature proves when the card was read. A time-stamp proves that it was read *no later*: an old dossier can be stamped
/// today. So a stamp can show that a reading is too old and never that it is recent.
pub(in crate::inspection) fn age(examination: &Examination<'_>, max_age: u32) -> Check {
    let row = examination.row(CheckKind::EvidenceAge);
    let now = examination.time;
    let too_old = |moment: crate::time::Timestamp, accuracy: u32| {
        now.0.saturating_sub(moment.0) > i64::from(max_age).saturating_add(i64::from(accuracy))
    };
    if examination.time_stamp.is_some_and(|stamp| too_old(stamp.time(), stamp.accuracy())) {
        return row.failed(ReasonCode::EVIDENCE_TOO_OLD);
    }
    match examination.dossier.read_at {
        Some(read_at) if examination.is_attested() => {
            if is_later(read_at, now, 0) {
                row.undetermined(ReasonCode::EVIDENCE_TIME_IN_FUTURE)
            } else if too_old(read_at, 0) {
                row.failed(ReasonCode::EVIDENCE_TOO_OLD)
            } else {
                row
            }
        }
        None if examination.dossier.origin() == Origin::Chip => row,
        _ => row.undetermined(ReasonCode::EVIDENCE_TIME_UNPROVEN),
    }
}
