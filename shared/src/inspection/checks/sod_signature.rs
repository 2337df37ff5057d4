//! The signature of EF.SOD: a message as received, one signer, signed attributes, digests of SHA-1 and SHA-2 (ICAO 9303-11 §5.1).

use der::asn1::ObjectIdentifier;

use crate::crypto::{CryptoError, DigestAlgorithm};
use crate::dossier::{Dossier, FileId, FileRecord, Origin};
use crate::inspection::examination::Examination;
use crate::inspection::profile::Profile;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};
use crate::lds;
use crate::pki::algorithm::AlgorithmIdentifier;
use crate::pki::cms::{CmsError, CmsFinding, SignedData, VerifiedMessage};

/// id-icao-mrtd-security-ldsSecurityObject, ICAO 9303-10 §4.6.2.3
const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");

/// What issuers wrote instead (`quirks.md` 10): an older ICAO arc, the Dutch manufacturer's, id-data.
const OTHER_CONTENT_TYPES: [&str; 3] = ["1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "1.2.840.113549.1.7.1"];

pub(in crate::inspection) fn check(examination: &mut Examination<'_>) -> Check {
    let mut row = examination.row(CheckKind::SodSignature);
    let Some(bytes) = examination.provided(FileId::Sod) else {
        let (outcome, reason) = absent(examination.dossier);
        return row.ended(outcome, reason);
    };
    let Ok(message) = lds::sod::cms(bytes) else {
        return row.failed(ReasonCode::SOD_MALFORMED);
    };
    if lds::sod::has_more_than_the_message(bytes) {
        row = row.finding(ReasonCode::SOD_TRAILING_DATA, Some(FileId::Sod));
    }
    let signed = match SignedData::from_ber(message) {
        Ok(signed) => signed,
        Err(error) => return refused(row, error, None),
    };
    let algorithm = signed.signer().signature_algorithm.clone();
    // Looking into a directory is work: only where the message leaves its signer's certificate to it.
    let verified = match signed.certificates() {
        [] => verify_by_known_signer(signed, examination),
        _ => signed.verify(examination.provider),
    };
    let verified = match verified {
        Ok(verified) => verified,
        Err(error) => return refused(row, error, Some(&algorithm)),
    };
    let content_type = verified.content_type();
    if content_type != LDS_SECURITY_OBJECT {
        if !OTHER_CONTENT_TYPES.iter().any(|known| ObjectIdentifier::new_unwrap(known) == content_type) {
            return row.failed(ReasonCode::SOD_CONTENT_TYPE);
        }
        row = row.finding(ReasonCode::SOD_CONTENT_TYPE_OTHER, Some(FileId::Sod));
    }
    for finding in verified.findings() {
        if let Some(code) = signature_finding(*finding) {
            row = row.finding(code, Some(FileId::Sod));
        }
    }
    if let Some(reason) = below_floor(examination.profile, &verified) {
        row = row.failed(reason);
    }
    examination.message = Some(verified);
    row
}

/// Verifies with each of the known certificates that the message may mean: what one of them did not sign, another of its identifier may
/// have signed. The first one's error stands for them all.
fn verify_by_known_signer(signed: SignedData, examination: &Examination<'_>) -> Result<VerifiedMessage, CmsError> {
    let mut refused = None;
    for known in examination.trust.signers_named(&signed.signer().identifier) {
        match signed.clone().verify_with(alloc::vec![known], examination.provider) {
            Ok(verified) => return Ok(verified),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or_else(|| signed.clone().verify(examination.provider), Err)
}

/// Whether the profile does not take the signer's key, or one of the digests between it and the content.
pub(in crate::inspection) fn below_floor(profile: &Profile, message: &VerifiedMessage) -> Option<ReasonCode> {
    let floors = &profile.signature_floors;
    if message.signer().public_key().is_ok_and(|key| !floors.permits_key(&key)) {
        Some(ReasonCode::SOD_KEY_BELOW_FLOOR)
    } else if [message.scheme().digest(), message.digest()].into_iter().any(|digest| !floors.permits_digest(digest)) {
        Some(ReasonCode::SOD_DIGEST_BELOW_FLOOR)
    } else {
        None
    }
}

/// What it means that there are no bytes of EF.SOD.
fn absent(dossier: &Dossier) -> (Outcome, ReasonCode) {
    match dossier.files.get(&FileId::Sod) {
        Some(FileRecord::Broken) => (Outcome::Aborted, ReasonCode::SOD_READ_ABORTED),
        Some(_) => (Outcome::Failed, ReasonCode::SOD_MISSING),
        None if dossier.origin() == Origin::Chip => (Outcome::Failed, ReasonCode::SOD_MISSING),
        None => (Outcome::Undetermined, ReasonCode::SOD_NOT_SUPPLIED),
    }
}

/// Findings on the signer identifier belong to the content's row.
fn signature_finding(finding: CmsFinding) -> Option<ReasonCode> {
    match finding {
        CmsFinding::AttributesNotDer | CmsFinding::AttributesSorted => Some(ReasonCode::CMS_ATTRIBUTES_NOT_DER),
        CmsFinding::Version => Some(ReasonCode::CMS_VERSION),
        CmsFinding::CurveCorrected => Some(ReasonCode::KEY_CURVE_CORRECTED),
        CmsFinding::IntegerNotMinimal => Some(ReasonCode::ECDSA_INTEGER_NOT_MINIMAL),
        CmsFinding::IssuerStringType | CmsFinding::SignerIdentifierMismatch => None,
    }
}

fn refused(row: Check, error: CmsError, algorithm: Option<&AlgorithmIdentifier>) -> Check {
    let reason = match error {
        CmsError::Structure(_) | CmsError::NotSignedData => ReasonCode::SOD_MALFORMED,
        CmsError::SignerCount(_) => ReasonCode::SOD_SIGNER_COUNT,
        CmsError::SignerVersion => ReasonCode::SOD_SIGNER_VERSION,
        CmsError::DigestNotPermitted(_) => ReasonCode::SOD_DIGEST_NOT_PERMITTED,
        CmsError::DigestNotListed => ReasonCode::SOD_DIGEST_NOT_LISTED,
        CmsError::SignedAttributesMissing => ReasonCode::SOD_SIGNED_ATTRIBUTES_MISSING,
        CmsError::AttributeCount(_) => ReasonCode::SOD_ATTRIBUTE_COUNT,
        CmsError::ContentType(_) => ReasonCode::SOD_CONTENT_TYPE,
        CmsError::ContentTypeMismatch => ReasonCode::SOD_CONTENT_TYPE_MISMATCH,
        CmsError::MessageDigestMismatch => ReasonCode::SOD_MESSAGE_DIGEST_MISMATCH,
        CmsError::SignerCertificateMissing => return row.undetermined(ReasonCode::SOD_SIGNER_CERTIFICATE_MISSING),
        CmsError::SignerCertificateMalformed => ReasonCode::SOD_SIGNER_CERTIFICATE_MALFORMED,
        CmsError::KeyNotPermitted => ReasonCode::SOD_ALGORITHM_NOT_PERMITTED,
        CmsError::Signature(CryptoError::PublicKeyInvalid(_) | CryptoError::Encoding(_)) => ReasonCode::SOD_PUBLIC_KEY_INVALID,
        CmsError::Signature(CryptoError::Unsupported(_)) if algorithm.is_none_or(is_permitted) => {
            return row.undetermined(ReasonCode::SOD_ALGORITHM_UNSUPPORTED);
        }
        CmsError::Signature(CryptoError::Unsupported(_)) => ReasonCode::SOD_ALGORITHM_NOT_PERMITTED,
        CmsError::Signature(_) => ReasonCode::SOD_SIGNATURE_INVALID,
    };
    row.failed(reason)
}

/// Whether the standard permits the algorithm, be it built in or not.
fn is_permitted(algorithm: &AlgorithmIdentifier) -> bool {
    // The digest beside a plain rsaEncryption was looked at before: any will do here.
    algorithm.signature_scheme(Some(DigestAlgorithm::Sha256)).is_ok()
}
