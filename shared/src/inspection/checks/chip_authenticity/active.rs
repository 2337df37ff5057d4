//! Active authentication: the chip's signature over a challenge, with the key of DG15 (ICAO 9303-11 §6.1).

use alloc::vec::Vec;

use super::without_evidence;
use crate::crypto::iso9796::Recovered;
use crate::crypto::{CryptoError, DigestAlgorithm, EcPublicKey, PublicKey, SignatureScheme};
use crate::dossier::{ActiveAuthenticationOutcome, DataGroup, FileId};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::lds;
use crate::pki::algorithm::{SignatureFindings, verify_signature};

pub(super) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::ActiveAuthentication);
    let Some(sod) = &examination.sod else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    if !sod.lists(DataGroup::DG15) {
        return row.not_supported(ReasonCode::CHIP_ACTIVE_AUTHENTICATION_NOT_OFFERED).not_run();
    }
    let Some(file) = examination.file(DataGroup::DG15) else {
        return row.undetermined(ReasonCode::FILE_NOT_VERIFIED);
    };
    let Some(evidence) = &examination.dossier.active_authentication else {
        return without_evidence(examination, row, ReasonCode::CHIP_ACTIVE_AUTHENTICATION_NOT_DONE);
    };
    let ActiveAuthenticationOutcome::Signature(signature) = &evidence.outcome else {
        return row.undetermined(ReasonCode::CHIP_ACTIVE_AUTHENTICATION_REFUSED);
    };
    let Ok(key) = lds::dg15::parse(file).map_err(drop).and_then(|key| PublicKey::from_spki(key).map_err(drop)) else {
        return row.undetermined(ReasonCode::CHIP_ACTIVE_AUTHENTICATION_UNSUPPORTED);
    };
    let result = match &key {
        PublicKey::Rsa(key) => Recovered::open(examination.provider, key, signature)
            .and_then(|recovered| {
                recovered.verify(examination.provider, &evidence.challenge).map(|()| recovered.digest_algorithm)
            })
            .map(|digest| (digest, Vec::new())),
        PublicKey::Ec(key) => verify_ecdsa(examination, key, &evidence.challenge, signature),
        PublicKey::Dsa(_) | PublicKey::Dh(_) => Err(CryptoError::Unsupported("active authentication with another key")),
    };
    match result {
        Ok((digest, findings)) => {
            let row = findings.into_iter().fold(row, |row, code| row.finding(code, Some(FileId::from(DataGroup::DG15))));
            let floors = &examination.profile.chip_floors;
            let counts = floors.permits_key(&key) && floors.permits_digest(digest);
            if counts { row } else { row.undetermined(ReasonCode::CHIP_PROOF_BELOW_FLOOR) }
        }
        Err(CryptoError::Unsupported(_)) => row.undetermined(ReasonCode::CHIP_ACTIVE_AUTHENTICATION_UNSUPPORTED),
        Err(_) => row.failed(ReasonCode::CHIP_ACTIVE_AUTHENTICATION_FAILED),
    }
}

/// ECDSA: the hash is stated in DG14, or each permitted one is tried; the signature is plain by the book and DER in the field
/// (`quirks.md` 19).
fn verify_ecdsa(
    examination: &Examination<'_>,
    key: &EcPublicKey,
    challenge: &[u8],
    signature: &[u8],
) -> Result<(DigestAlgorithm, Vec<ReasonCode>), CryptoError> {
    let key = PublicKey::Ec(key.clone());
    let infos = examination.security_infos();
    let stated = infos.as_ref().and_then(|infos| infos.active_authentication()).and_then(|info| {
        SignatureScheme::from_algorithm_identifier(info.signature_algorithm, None, None).ok().map(SignatureScheme::digest)
    });
    let permitted: Vec<DigestAlgorithm> = stated.map_or_else(|| DigestAlgorithm::ALL.to_vec(), |digest| alloc::vec![digest]);
    let mut last = CryptoError::SignatureInvalid;
    for digest in permitted {
        for scheme in [SignatureScheme::EcdsaPlain { digest }, SignatureScheme::Ecdsa { digest }] {
            match verify_signature(examination.provider, &key, &scheme, challenge, signature) {
                Ok(bent) => return Ok((digest, findings(stated.is_none(), scheme, bent))),
                Err(error @ (CryptoError::Unsupported(_) | CryptoError::PublicKeyInvalid(_))) => last = error,
                Err(_) => {}
            }
        }
    }
    Err(last)
}

fn findings(undeclared: bool, scheme: SignatureScheme, bent: SignatureFindings) -> Vec<ReasonCode> {
    let codes = [
        (undeclared, ReasonCode::AA_HASH_UNDECLARED),
        (matches!(scheme, SignatureScheme::Ecdsa { .. }), ReasonCode::AA_SIGNATURE_DER),
        (bent.curve_corrected, ReasonCode::KEY_CURVE_CORRECTED),
        (bent.integer_not_minimal, ReasonCode::ECDSA_INTEGER_NOT_MINIMAL),
    ];
    codes.into_iter().filter(|(is_bent, _)| *is_bent).map(|(_, code)| code).collect()
}
