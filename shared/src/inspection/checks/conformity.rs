//! Whether files that have their signed hash are built as the standard says: a data group that is not is *non-conformant* (BSI TR-03135-1,
//! the states of a data group). Genuine documents bend it, so that it is a finding; the profile `strict` refuses it.

use der::asn1::ObjectIdentifier;

use crate::crypto::{CryptoError, PublicKey, SignatureScheme};
use crate::dossier::{DataGroup, FileId};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Finding};
use crate::lds::atr_info::AtrInfo;
use crate::lds::dg2::conformity as face;
use crate::lds::security_infos::{SecurityInfo, SecurityInfos};
use crate::lds::{dg1, dg14, dg15};
use crate::mrz::{Format, MachineReadableZone};

/// Puts a finding beside the row of each file that is not built as it should be.
pub(in crate::inspection) fn attach_findings(examination: &Examination<'_>, rows: &mut [Check]) {
    for row in rows {
        if row.kind == CheckKind::AccessProtocol && !states_lengths(examination) {
            row.findings.push(Finding { code: ReasonCode::ATR_INFO_NON_CONFORMANT, file: Some(FileId::AtrInfo) });
        }
        let CheckKind::FileHash(file @ FileId::DataGroup(group)) = row.kind else { continue };
        if examination.file(group).is_some_and(|bytes| !conforms(group, bytes)) {
            row.findings.push(Finding { code: ReasonCode::non_conformant(group), file: Some(file) });
        }
    }
}

/// Whether EF.ATR/INFO, where it was read, says how long commands and answers may be. It is not signed.
fn states_lengths(examination: &Examination<'_>) -> bool {
    let stated = examination.provided(FileId::AtrInfo).map(AtrInfo::parse);
    stated.is_none_or(|info| info.is_ok_and(|info| info.is_complete()))
}

/// Only the files that carry a verdict are looked at; others are read field by field, and a bad field is left out.
fn conforms(group: DataGroup, bytes: &[u8]) -> bool {
    match group {
        DataGroup::DG1 => dg1::parse(bytes).is_ok_and(|zone| is_well_formed(&zone)),
        DataGroup::DG2 => face::conforms(bytes),
        DataGroup::DG14 => dg14::parse(bytes).is_ok_and(|infos| are_well_formed(&infos)),
        DataGroup::DG15 => dg15::parse(bytes).is_ok_and(|key| {
            // What this library lacks may be right all the same.
            matches!(PublicKey::from_spki(key), Ok(_) | Err(CryptoError::Unsupported(_)))
        }),
        _ => true,
    }
}

/// Document type, codes of states, a name, dates, sex and check digits (ICAO 9303-3 §4 and §5).
fn is_well_formed(zone: &MachineReadableZone) -> bool {
    let code = zone.document_code();
    let kinds: &[char] = match zone.format() {
        Format::Td3 => &['P', 'V'],
        Format::Td1 | Format::Td2 => &['A', 'C', 'I', 'P', 'V'],
    };
    code.starts_with(kinds)
        && [zone.issuing_state(), zone.nationality()].into_iter().all(is_code)
        && !zone.primary_name().is_empty()
        && zone.birth().is_plausible()
        && zone.expiry().is_plausible()
        && matches!(zone.sex_as_printed(), "M" | "F" | "<")
        && zone.mismatches().is_empty()
}

/// One to three letters. Which codes there are is another question, and changes.
fn is_code(state: &str) -> bool {
    !state.is_empty() && state.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// Every info that concerns a proof of the chip is one (ICAO 9303-11 §9.2.4 to §9.2.6, BSI TR-03110-3 A.1.1.2).
fn are_well_formed(infos: &SecurityInfos) -> bool {
    // A key goes with a protocol of the same reference, where there are references.
    let goes_with_info = infos.chip_authentication_keys().all(|key| {
        infos.chip_authentication().next().is_none() || infos.chip_authentication().any(|info| info.key_id == key.key_id)
    });
    goes_with_info && infos.infos.iter().all(is_info)
}

fn is_info(info: &SecurityInfo) -> bool {
    match info {
        SecurityInfo::Malformed { .. } => false,
        SecurityInfo::ChipAuthentication(info) => info.kind().is_some() && matches!(info.version, 1 | 2),
        SecurityInfo::ActiveAuthentication(info) => {
            info.version == 1 && SignatureScheme::from_algorithm_identifier(info.signature_algorithm, None, None).is_ok()
        }
        SecurityInfo::Unknown { protocol, .. } => !is_of_chip_authentication(*protocol),
        _ => true,
    }
}

/// Under id-PK or id-CA, where every arc has a meaning.
fn is_of_chip_authentication(protocol: ObjectIdentifier) -> bool {
    const ID_PK: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1");
    const ID_CA: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3");
    [ID_PK, ID_CA].iter().any(|arc| protocol.as_bytes().starts_with(arc.as_bytes()))
}
