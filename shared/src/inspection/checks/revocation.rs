//! Revocation of the document signer and its authority (ICAO 9303-12 §4.1.5). It runs where a revocation list of the authority is at hand.

use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::pki::crl::RevocationReason;
use crate::pki::revocation::{RevocationStatus, VerifiedCrl, current_lists, is_authority_revoked, is_revoked, status};
use crate::pki::{Certificate, TrustedPath};

const SECONDS_A_DAY: i64 = 86_400;

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::Revocation);
    let (Some(message), Some(path)) = (&examination.message, examination.path()) else {
        // Without a path it is not known whose list would count.
        return row.undetermined(ReasonCode::REVOCATION_UNKNOWN).not_run();
    };
    of_signer(examination, row, message.signer(), path)
}

/// The row for any signer with its path: whose signature carries EF.SOD, or EF.CardSecurity.
pub(in crate::inspection) fn of_signer(
    examination: &Examination<'_>,
    row: Check,
    signer: &Certificate,
    path: &TrustedPath,
) -> Check {
    if is_authority_revoked(path.anchor(), examination.trust, examination.provider) {
        return row.failed(ReasonCode::CSCA_REVOKED);
    }
    if is_revoked(signer, path.anchor(), examination.trust, examination.provider) {
        return row.failed(ReasonCode::DS_REVOKED);
    }
    match status(signer, path.anchor(), examination.trust, examination.time) {
        RevocationStatus::NotRevoked => match not_taken(examination, signer, path) {
            Some(reason) => row.undetermined(reason),
            None => row,
        },
        RevocationStatus::Unknown => row.undetermined(ReasonCode::REVOCATION_UNKNOWN).not_run(),
        RevocationStatus::Stale { .. } => row.undetermined(ReasonCode::REVOCATION_STALE),
        RevocationStatus::Revoked(entry) if entry.reason == RevocationReason::Hold => row.failed(ReasonCode::DS_ON_HOLD),
        RevocationStatus::Revoked(_) => row.failed(ReasonCode::DS_REVOKED),
        RevocationStatus::AuthorityRevoked(_) => row.failed(ReasonCode::CSCA_REVOKED),
    }
}

/// Why the profile does not take any of the lists that are current by their own word. A list that it does not take clears nobody; it
/// revokes all the same, since a wrong refusal is the lesser harm.
fn not_taken(examination: &Examination<'_>, signer: &Certificate, path: &TrustedPath) -> Option<ReasonCode> {
    let floors = &examination.profile.signature_floors;
    let is_strong = |crl: &&VerifiedCrl| {
        crl.issuer().certificate.public_key().is_ok_and(|key| floors.permits_key(&key))
            && floors.permits_digest(crl.scheme().digest())
    };
    let current = current_lists(signer, path.anchor(), examination.trust, examination.time);
    let Some(issued) = current.filter(is_strong).map(|crl| crl.list().this_update()).max() else {
        return Some(ReasonCode::REVOCATION_LIST_BELOW_FLOOR);
    };
    let days = examination.profile.revocation_list_days?;
    let is_too_old = examination.time.0.saturating_sub(issued.0) > i64::from(days) * SECONDS_A_DAY;
    is_too_old.then_some(ReasonCode::REVOCATION_TOO_OLD)
}
