//! The document signer's path to an anchor (ICAO 9303-12 §6.1).

use crate::crypto::SignatureScheme;
use crate::inspection::examination::Examination;
use crate::inspection::profile::Profile;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::pki::chain::{Chain, ChainFinding};
use crate::pki::{Certificate, TrustedPath, VerifiedMessage};

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::Chain);
    match &examination.chain {
        None => row.undetermined(ReasonCode::SOD_NOT_VERIFIED),
        Some(Chain::SignatureInvalid) => row.failed(ReasonCode::CHAIN_SIGNATURE_INVALID),
        Some(Chain::NotPermitted) => row.failed(ReasonCode::CHAIN_ALGORITHM_NOT_PERMITTED),
        Some(Chain::Unsupported) => row.undetermined(ReasonCode::CHAIN_ALGORITHM_UNSUPPORTED),
        Some(Chain::IssuerUnknown { name_known }) => {
            let row = row.undetermined(ReasonCode::CHAIN_ISSUER_UNKNOWN);
            if *name_known { row.finding(ReasonCode::CHAIN_NAME_KNOWN, None) } else { row }
        }
        // The key of a document signer or of a list's signer makes no issuer, whoever put it among the anchors.
        Some(Chain::Trusted(path)) if path.anchor().certificate.extensions.denies_authority() => {
            row.failed(ReasonCode::CSCA_NOT_AUTHORITY)
        }
        Some(Chain::Trusted(path)) => {
            let row = path.findings().iter().fold(row, |row, finding| row.finding(code(*finding), None));
            let signer = examination.message.as_ref().map(VerifiedMessage::signer);
            match signer.and_then(|signer| below_floor(examination.profile, signer, path)) {
                Some(reason) => row.failed(reason),
                None => row,
            }
        }
    }
}

/// Whether the profile does not take the issuer's key, or the digest over which it signed.
pub(in crate::inspection) fn below_floor(profile: &Profile, signer: &Certificate, path: &TrustedPath) -> Option<ReasonCode> {
    let floors = &profile.signature_floors;
    let digest = signer.signature_algorithm.signature_scheme(None).ok().map(SignatureScheme::digest);
    if path.anchor().certificate.public_key().is_ok_and(|key| !floors.permits_key(&key)) {
        Some(ReasonCode::CHAIN_KEY_BELOW_FLOOR)
    } else if digest.is_some_and(|digest| !floors.permits_digest(digest)) {
        Some(ReasonCode::CHAIN_DIGEST_BELOW_FLOOR)
    } else {
        None
    }
}

fn code(finding: ChainFinding) -> ReasonCode {
    match finding {
        ChainFinding::KeyIdentifierMismatch => ReasonCode::CHAIN_KEY_IDENTIFIER_MISMATCH,
        ChainFinding::NameMismatch => ReasonCode::CHAIN_NAME_MISMATCH,
        ChainFinding::AnchorNotAuthority => ReasonCode::CSCA_NOT_AUTHORITY,
        ChainFinding::CurveCorrected => ReasonCode::KEY_CURVE_CORRECTED,
        ChainFinding::IntegerNotMinimal => ReasonCode::ECDSA_INTEGER_NOT_MINIMAL,
    }
}
