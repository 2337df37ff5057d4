//! What EF.SOD says of itself, and EF.COM beside it: version, signer identifier, unique groups (BSI TR-03135-1 §3.6).

use alloc::collections::BTreeSet;

use crate::dossier::{DataGroup, FileId, FileRecord, Origin};
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
        Some(com) if is_consistent(com, &sod) => row,
        Some(_) => row.finding(ReasonCode::COM_INCONSISTENT, Some(FileId::Com)),
        None if refused || examination.dossier.origin() == Origin::Chip => row.not_supported(ReasonCode::COM_MISSING),
        None => row.not_supported(ReasonCode::COM_NOT_SUPPLIED),
    };
    let permitted = examination.profile.signature_floors.permits_digest(sod.digest_algorithm());
    let row = if permitted { row } else { row.failed(ReasonCode::SOD_DIGEST_BELOW_FLOOR) };
    examination.sod = Some(sod);
    row
}

/// Whether EF.COM lists what EF.SOD lists, and nothing unknown, and gives the same version where both give one.
fn is_consistent(com: &[u8], sod: &VerifiedSod) -> bool {
    let Ok(com) = Com::parse(com) else {
        return false;
    };
    let listed: BTreeSet<DataGroup> = com.data_groups().collect();
    let same_version = match (&sod.object().version_info, com.lds_version) {
        (Some(info), Some(version)) => info.lds_version.as_bytes() == version,
        _ => true,
    };
    com.unknown_tags().next().is_none() && listed.iter().eq(sod.object().hashes.keys()) && same_version
}
