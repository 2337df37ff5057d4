//! PACE or BAC, and no downgrade from the one to the other, or to none (ICAO 9303-11 §4.2; `attacks.md` 20).

use alloc::vec::Vec;

use crate::dossier::{AccessProtocol, BacReason, FileId};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};
use crate::lds::SecurityInfos;
use crate::lds::card_access;
use crate::lds::security_infos::PaceInfo;
use crate::sorting;

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = compare(examination);
    // How a chip was opened leaves no trace that anyone could prove again.
    if row.outcome == Outcome::Successful && !examination.is_attested() {
        return row.undetermined(ReasonCode::ACCESS_NOT_ATTESTED);
    }
    row
}

fn compare(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::AccessProtocol);
    let Some(access) = &examination.dossier.access else {
        return row.undetermined(ReasonCode::ACCESS_UNKNOWN).not_run();
    };
    let unsigned = examination.provided(FileId::CardAccess).and_then(|bytes| card_access::parse(bytes).ok());
    let offered = pace_infos(unsigned.as_ref());
    // EF.CardSecurity holds what EF.CardAccess holds, and DG14 holds its PACEInfos: each file that is signed and has any must agree.
    let infos = examination.security_infos();
    let signed: Vec<Vec<&PaceInfo>> = [pace_infos(infos.as_ref()), pace_infos(examination.card_security.infos())]
        .into_iter()
        .filter(|infos| !infos.is_empty())
        .collect();
    let proven = [infos.as_ref(), examination.card_security.infos()];
    if unsigned.as_ref().is_some_and(|unsigned| proven.into_iter().flatten().any(|signed| contradicts(signed, unsigned))) {
        return row.failed(ReasonCode::ACCESS_CARD_ACCESS_MISMATCH);
    }
    match &access.protocol {
        AccessProtocol::Pace { protocol, parameter_id } => {
            if signed.is_empty() {
                return row.finding(ReasonCode::ACCESS_CARD_ACCESS_UNPROVEN, Some(FileId::CardAccess));
            }
            let ran = |info: &&PaceInfo| info.protocol == *protocol && info.parameter_id == Some(u32::from(*parameter_id));
            // EF.CardAccess may be out of reach and the issuer's known one used instead: then what ran is compared.
            if signed.iter().any(|signed| !signed.iter().any(ran) || !offered.is_empty() && offered != *signed) {
                return row.failed(ReasonCode::ACCESS_CARD_ACCESS_MISMATCH);
            }
            row
        }
        AccessProtocol::Bac { reason } => {
            let row = row.finding(ReasonCode::ACCESS_BAC_USED, None);
            // A variant that this reader lacks is no downgrade, so long as it is the one that is signed.
            let lacking = *reason == BacReason::PaceVariantUnknown && signed.iter().all(|signed| offered == *signed);
            if signed.is_empty() || lacking {
                return row;
            }
            row.finding(ReasonCode::ACCESS_PACE_SUPPRESSED, Some(FileId::CardAccess))
        }
        AccessProtocol::Unprotected => {
            let row = row.not_supported(ReasonCode::ACCESS_UNPROTECTED);
            // Every Vietnamese identity card offers PACE, whether its DG14 says so or not.
            let is_vietnamese = examination.mrz().is_some_and(|mrz| mrz.vietnamese_number().is_some());
            if signed.is_empty() && !is_vietnamese {
                return row;
            }
            row.finding(ReasonCode::ACCESS_PACE_SUPPRESSED, Some(FileId::CardAccess))
        }
    }
}

/// Whether two files give one number to different domain parameters.
fn contradicts(signed: &SecurityInfos, unsigned: &SecurityInfos) -> bool {
    signed.pace_domain_parameters().any(|own| {
        unsigned.pace_domain_parameters().any(|other| {
            (own.protocol, own.parameter_id) == (other.protocol, other.parameter_id)
                && own.domain_parameter != other.domain_parameter
        })
    })
}

/// The PACE variants in an order of their own.
fn pace_infos(infos: Option<&SecurityInfos>) -> Vec<&PaceInfo> {
    let mut variants: Vec<&PaceInfo> = infos.into_iter().flat_map(SecurityInfos::pace).collect();
    let key = |info: &PaceInfo| (info.protocol, info.version, info.parameter_id);
    sorting::sort_by(&mut variants, |one, other| key(one) < key(other));
    variants.dedup();
    variants
}
