//! PACE with chip authentication mapping: the chip's mapping key is the product of its data and the static key of EF.CardSecurity
//! (ICAO 9303-11 §4.4.3.5.2; `attacks.md` 22).

use super::without_evidence;
use crate::crypto::{CryptoError, NamedCurve, PublicKey};
use crate::dossier::{AccessProtocol, ChipMapping, ChipMappingOutcome};
use crate::inspection::card_security::{Absence, ProvenCardSecurity};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::lds::SecurityInfos;
use crate::lds::protocol::{PaceMapping, PaceProtocol};

/// `None` where it was neither offered nor done.
pub(super) fn check(examination: &Examination<'_>) -> Option<Check> {
    let row = examination.row(CheckKind::ChipAuthenticationMapping);
    match evidence(examination) {
        Some((curve, evidence)) => Some(judge(examination, row, curve, evidence)),
        // What the signed files offer and the chip did not do was left away by someone.
        None if is_offered(examination) => Some(without_evidence(examination, row, ReasonCode::CHIP_PACE_CAM_NOT_DONE)),
        None => None,
    }
}

fn judge(examination: &Examination<'_>, row: Check, curve: NamedCurve, evidence: &ChipMapping) -> Check {
    if examination.sod.is_none() {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    }
    let ChipMappingOutcome::Data(data) = &evidence.outcome else {
        return row.failed(ReasonCode::CHIP_PACE_CAM_DATA_MISSING);
    };
    let infos = match &examination.card_security {
        ProvenCardSecurity::Verified(infos) => infos,
        ProvenCardSecurity::Refused(reason) | ProvenCardSecurity::Absent(reason, Absence::OfTheChip) => {
            return row.failed(*reason);
        }
        ProvenCardSecurity::Undecided(reason) | ProvenCardSecurity::Doubted(reason, _) => return row.undetermined(*reason),
        ProvenCardSecurity::Absent(reason, Absence::OfTheReading) => return without_evidence(examination, row, *reason),
    };
    match proves(examination, curve, infos, &evidence.mapping_key, data) {
        // Whoever makes up the data makes up the mapping key to it.
        Proof::Holds if !examination.is_attested() => row.undetermined(ReasonCode::CHIP_NOT_PROVEN),
        Proof::Holds if curve.bits() < usize::from(examination.profile.chip_floors.ec) => {
            row.undetermined(ReasonCode::CHIP_PROOF_BELOW_FLOOR)
        }
        Proof::Holds => row,
        Proof::Wrong => row.failed(ReasonCode::CHIP_PACE_CAM_FAILED),
        Proof::NoKey => row.failed(ReasonCode::CHIP_PACE_CAM_KEY_MISSING),
        Proof::Unsupported => row.undetermined(ReasonCode::CHIP_PACE_CAM_UNSUPPORTED),
    }
}

/// What the chip sent, and the curve on which PACE ran.
fn evidence<'a>(examination: &Examination<'a>) -> Option<(NamedCurve, &'a ChipMapping)> {
    let AccessProtocol::Pace { protocol, parameter_id } = &examination.dossier.access.as_ref()?.protocol else { return None };
    let mapping = PaceProtocol::from_object_identifier(*protocol)?.mapping;
    let curve = NamedCurve::from_parameter_id(*parameter_id)?;
    let evidence = examination.dossier.chip_mapping.as_ref()?;
    (mapping == PaceMapping::ChipAuthentication).then_some((curve, evidence))
}

/// Whether DG14 or EF.CardSecurity, both signed, offer the protocol.
fn is_offered(examination: &Examination<'_>) -> bool {
    let offers = |infos: &SecurityInfos| {
        infos.pace().filter_map(|info| info.kind()).any(|kind| kind.mapping == PaceMapping::ChipAuthentication)
    };
    examination.security_infos().is_some_and(|infos| offers(&infos)) || examination.card_security.infos().is_some_and(offers)
}

enum Proof {
    Holds,
    Wrong,
    /// EF.CardSecurity has no key on the curve.
    NoKey,
    Unsupported,
}

/// Whether `PK_Map,IC = KA(CA_IC, PK_IC)` for a signed key on the curve of PACE. The data are as wide as the order (§4.4.5.6).
fn proves(examination: &Examination<'_>, curve: NamedCurve, infos: &SecurityInfos, mapping_key: &[u8], data: &[u8]) -> Proof {
    let mut found = Proof::NoKey;
    for info in infos.chip_authentication_keys() {
        let Ok(PublicKey::Ec(key)) = PublicKey::from_spki(&info.public_key) else { continue };
        if key.curve() != curve {
            continue;
        }
        // The chip chose the length, and a multiplication takes as long as its scalar is.
        if data.len() != curve.field_len() {
            found = Proof::Wrong;
            continue;
        }
        match examination.provider.multiply_point(curve, data, key.point()) {
            Ok(product) if product == mapping_key => return Proof::Holds,
            Err(CryptoError::Unsupported(_)) => found = Proof::Unsupported,
            Ok(_) | Err(_) => found = Proof::Wrong,
        }
    }
    found
}
