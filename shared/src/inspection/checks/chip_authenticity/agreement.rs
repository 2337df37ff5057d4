//! Chip authentication: the chip answers under keys agreed with the static key of DG14 (ICAO 9303-11 §6.2).

use super::without_evidence;
use crate::crypto::PublicKey;
use crate::dossier::{ChipAuthentication, ChipAuthenticationOutcome, DataGroup};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::lds::SecurityInfos;

pub(super) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::ChipAuthentication);
    let Some(sod) = &examination.sod else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    if !sod.lists(DataGroup::DG14) {
        return row.not_supported(ReasonCode::CHIP_CHIP_AUTHENTICATION_NOT_OFFERED).not_run();
    }
    if examination.file(DataGroup::DG14).is_none() {
        return row.undetermined(ReasonCode::FILE_NOT_VERIFIED);
    }
    let Some(infos) = examination.security_infos() else {
        return row.undetermined(ReasonCode::FILE_MALFORMED);
    };
    if infos.chip_authentication_keys().next().is_none() {
        // What is signed and not understood is no leave to do without: a copy would pass.
        if infos.has_unreadable_chip_authentication() {
            return row.undetermined(ReasonCode::CHIP_CHIP_AUTHENTICATION_UNSUPPORTED);
        }
        return row.not_supported(ReasonCode::CHIP_CHIP_AUTHENTICATION_NOT_OFFERED).not_run();
    }
    let Some(evidence) = &examination.dossier.chip_authentication else {
        return without_evidence(examination, row, ReasonCode::CHIP_CHIP_AUTHENTICATION_NOT_DONE);
    };
    match evidence.outcome {
        ChipAuthenticationOutcome::Confirmed => match signed_key(evidence, &infos) {
            None => row.failed(ReasonCode::CHIP_CHIP_AUTHENTICATION_KEY_MISMATCH),
            Some(_) if !examination.is_attested() => row.undetermined(ReasonCode::CHIP_NOT_PROVEN),
            Some(key) if examination.profile.chip_floors.permits_key(&key) => row,
            Some(_) => row.undetermined(ReasonCode::CHIP_PROOF_BELOW_FLOOR),
        },
        ChipAuthenticationOutcome::WrongKeys => row.failed(ReasonCode::CHIP_CHIP_AUTHENTICATION_FAILED),
        ChipAuthenticationOutcome::Refused(_) => row.undetermined(ReasonCode::CHIP_CHIP_AUTHENTICATION_REFUSED),
        ChipAuthenticationOutcome::Unsupported => row.undetermined(ReasonCode::CHIP_CHIP_AUTHENTICATION_UNSUPPORTED),
    }
}

/// The key that was used, where it is one of the signed ones, under the same key id where both give one (`attacks.md` 16).
fn signed_key(evidence: &ChipAuthentication, infos: &SecurityInfos) -> Option<PublicKey> {
    infos.chip_authentication_keys().find_map(|signed| {
        let same_id = evidence.key_id.is_none() || signed.key_id.is_none() || evidence.key_id == signed.key_id;
        let key = PublicKey::from_spki(&signed.public_key).ok().filter(|_| same_id)?;
        let same_key = match &key {
            PublicKey::Ec(key) => key.point() == evidence.public_key,
            PublicKey::Dh(key) => key.public_number() == evidence.public_key,
            PublicKey::Rsa(_) | PublicKey::Dsa(_) => false,
        };
        same_key.then_some(key)
    })
}
