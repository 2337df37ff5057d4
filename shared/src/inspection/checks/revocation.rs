//! Revocation of the document signer and its authority (ICAO 9303-12 §4.1.5). It runs where a revocation list of the authority is at hand.

use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::pki::crl::RevocationReason;
use crate::pki::revocation::{RevocationStatus, latest_issue, status};
use crate::pki::{TrustedPath, VerifiedMessage};

const SECONDS_A_DAY: i64 = 86_400;

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::Revocation);
    let (Some(message), Some(path)) = (&examination.message, examination.path()) else {
        // Without a path it is not known whose list would count.
        return row.undetermined(ReasonCode::REVOCATION_UNKNOWN).not_run();
    };
    match status(message.signer(), path.anchor(), examination.trust, examination.time) {
        RevocationStatus::NotRevoked if is_too_old(examination, message, path) => {
            row.undetermined(ReasonCode::REVOCATION_TOO_OLD)
        }
        RevocationStatus::NotRevoked => row,
        RevocationStatus::Unknown => row.undetermined(ReasonCode::REVOCATION_UNKNOWN).not_run(),
        RevocationStatus::Stale { .. } => row.undetermined(ReasonCode::REVOCATION_STALE),
        RevocationStatus::Revoked(entry) if entry.reason == RevocationReason::Hold => row.failed(ReasonCode::DS_ON_HOLD),
        RevocationStatus::Revoked(_) => row.failed(ReasonCode::DS_REVOKED),
        RevocationStatus::AuthorityRevoked(_) => row.failed(ReasonCode::CSCA_REVOKED),
    }
}

/// Whether every list that is current by its own word was issued longer ago than the profile takes.
fn is_too_old(examination: &Examination<'_>, message: &VerifiedMessage, path: &TrustedPath) -> bool {
    let Some(days) = examination.profile.revocation_list_days else {
        return false;
    };
    let issued = latest_issue(message.signer(), path.anchor(), examination.trust, examination.time);
    issued.is_none_or(|issued| examination.time.0.saturating_sub(issued.0) > i64::from(days) * SECONDS_A_DAY)
}
