//! Whether the chip is the one that was personalised: active authentication, chip authentication and PACE with chip
//! authentication mapping as one group (BSI TR-03135-1 §3.5).
//!
//! Everything is compared with keys out of files whose hash is signed. From a saved dossier only what anyone can verify again counts:
//! active authentication over the recorded challenge. The transcript of chip authentication could be forged by whoever held the keys: it
//! counts under the signature of a terminal that is believed.

mod active;
mod agreement;
mod mapping;

use alloc::vec::Vec;

use crate::dossier::DataGroup;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};

/// The group, then its members. Chip authentication mapping, which few cards have, has a row only where it is offered or was done.
pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Vec<Check> {
    let active = active::check(examination);
    let agreement = agreement::check(examination);
    let mapping = mapping::check(examination);
    // A member that the profile refuses for a finding fails the group as any other does.
    let members = [active, agreement].into_iter().chain(mapping);
    let members: Vec<Check> = members.map(|member| member.judged_by(examination.profile)).collect();
    let mut rows = alloc::vec![group(examination, &members)];
    rows.extend(members);
    rows
}

/// Failed if a member failed; successful if one succeeded; not supported if the signed EF.SOD offers none.
fn group(examination: &Examination<'_>, members: &[Check]) -> Check {
    let row = examination.row(CheckKind::ChipAuthenticity);
    let Some(sod) = &examination.sod else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    let with = |outcome| members.iter().find(|member| member.outcome == outcome);
    if let Some(failed) = with(Outcome::Failed) {
        return row.failed(failed.reason.unwrap_or(ReasonCode::CHIP_NOT_PROVEN));
    }
    if with(Outcome::Successful).is_some() {
        return row;
    }
    let listed = sod.lists(DataGroup::DG14) || sod.lists(DataGroup::DG15);
    if listed && !examination.is_attested() {
        return row.undetermined(ReasonCode::CHIP_NOT_PROVEN);
    }
    match with(Outcome::Undetermined) {
        Some(member) => row.undetermined(member.reason.unwrap_or(ReasonCode::CHIP_NOT_PROVEN)),
        None => {
            row.not_supported(ReasonCode::CHIP_NOT_OFFERED).weighing(examination.profile.chip_authenticity_not_offered).not_run()
        }
    }
}

/// Why a member that is offered has no result: not done by this reader, or not to be had from files.
fn without_evidence(examination: &Examination<'_>, row: Check, not_done: ReasonCode) -> Check {
    row.undetermined(if examination.is_attested() { not_done } else { ReasonCode::CHIP_NOT_PROVEN })
}
