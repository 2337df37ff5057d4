//! What EF.SOD says of itself, and EF.COM beside it: version, signer identifier, unique groups (BSI TR-03135-1 §3.6).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::dossier::{FileId, FileRecord, Origin};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::inspection::verified::VerifiedSod;
use crate::lds::LdsErrorReason;
use crate::lds::com::Com;
use crate::pki::cms::CmsFinding;

pub(in crate::inspection) fn check(examination: &mut Examination<'_>) -> Check {
    let mut row = examination.row(CheckKind::SodContent);
    let Some(message) = &examination.message else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    let sod = match VerifiedSod::read(message) {
        Ok(sod) => sod,
        Err(error) => {
            return row.failed(match error.reason {
                LdsErrorReason::DuplicateDataGroup(_) => ReasonCode::SOD_DUPLICATE_DATA_GROUP,
                LdsErrorReason::UnknownVersion(_) => ReasonCode::SOD_VERSION_UNKNOWN,
                LdsErrorReason::UnknownDigestAlgorithm => ReasonCode::SOD_DIGEST_NOT_PERMITTED,
                _ => ReasonCode::SOD_MALFORMED,
            });
        }
    };
    for finding in message.findings() {
        row = match finding {
            CmsFinding::IssuerStringType => row.finding(ReasonCode::SID_ISSUER_STRING_TYPE, Some(FileId::Sod)),
            CmsFinding::SignerIdentifierMismatch => row.finding(ReasonCode::SID_MISMATCH, Some(FileId::Sod)),
            _ => row,
        };
    }
    // Version 1 brings the version information, version 0 has none (ICAO 9303-10 §4.6.2.3).
    if (sod.object().version == 1) != sod.object().version_info.is_some() {
        return row.failed(ReasonCode::SOD_VERSION_INCONSISTENT);
    }
    let refused = matches!(examination.dossier.files.get(&FileId::Com), Some(FileRecord::Refused { .. }));
    let row = match examination.provided(FileId::Com) {
        Some(bytes) => com_findings(bytes, &sod).into_iter().fold(row, |row, code| row.finding(code, Some(FileId::Com))),
        None if refused || examination.dossier.origin() == Origin::Chip => row.not_supported(ReasonCode::COM_MISSING),
        None => row.not_supported(ReasonCode::COM_NOT_SUPPLIED),
    };
    let permitted = examination.profile.signature_floors.permits_digest(sod.digest_algorithm());
    let row = if permitted { row } else { row.failed(ReasonCode::SOD_DIGEST_BELOW_FLOOR) };
    examination.sod = Some(sod);
    row
}

/// What is the matter with EF.COM, by itself and beside EF.SOD.
fn com_findings(bytes: &[u8], sod: &VerifiedSod) -> Vec<ReasonCode> {
    let Ok(com) = Com::parse(bytes) else {
        return alloc::vec![ReasonCode::COM_NON_CONFORMANT];
    };
    let bent = [(!has_versions(&com), ReasonCode::COM_NON_CONFORMANT), (!is_consistent(&com, sod), ReasonCode::COM_INCONSISTENT)];
    bent.into_iter().filter(|(is_bent, _)| *is_bent).map(|(_, code)| code).collect()
}

/// LDS 1.x with Unicode 4.0 (ICAO 9303-10 §4.6.1).
fn has_versions(com: &Com) -> bool {
    let is_first = |version: [u8; 4]| version.starts_with(b"01") && version.iter().all(u8::is_ascii_digit);
    com.lds_version.is_some_and(is_first) && com.unicode_version == Some(*b"040000")
}

/// Whether EF.COM lists what EF.SOD lists, and nothing unknown, and gives the same version where both give one.
fn is_consistent(com: &Com, sod: &VerifiedSod) -> bool {
    let mut listed = BTreeSet::new();
    listed.extend(com.data_groups());
    let same_version = match (&sod.object().version_info, com.lds_version) {
        (Some(info), Some(version)) => info.lds_version.as_bytes() == version,
        _ => true,
    };
    com.unknown_tags().next().is_none() && listed.iter().eq(sod.object().hashes.keys()) && same_version
}
