//! Deviation lists (ICAO 9303-3 §7.3): known defects of documents. A match turns failed into undetermined, never more; a compromised key
//! of the chip fails the chip's authenticity (`verdicts.md`, Checks).

use alloc::string::String;
use alloc::vec::Vec;

use crate::dossier::{DataGroup, FileId};
use crate::inspection::country;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};
use crate::lds;
use crate::mrz::MachineReadableZone;
use crate::pki::cms::SignedData;
use crate::pki::deviation_list::{Candidate, Deviation, Match};

use super::validity;

/// The row of the list itself, after it was applied to the rows that it explains.
pub(in crate::inspection) fn apply(examination: &Examination<'_>, rows: &mut [Check]) -> Check {
    let row = examination.row(CheckKind::DeviationList);
    let Some((known, met)) = deviations(examination) else {
        return row.not_supported(ReasonCode::DEVIATION_LIST_NOT_EVALUATED).not_run();
    };
    if met.is_empty() {
        return if known { row } else { row.not_supported(ReasonCode::DEVIATION_LIST_NOT_EVALUATED).not_run() };
    }
    for (certainty, deviation) in &met {
        if *deviation == Deviation::ChipKeyCompromised {
            // A key that may be in other hands proves nothing; where it is not certain that this document is meant, it counts as meant.
            for check in rows.iter_mut().filter(|check| relies_on_chip_key(check)) {
                check.outcome = Outcome::Failed;
                check.reason = Some(ReasonCode::CHIP_KEY_COMPROMISED);
            }
        } else if *certainty == Match::Yes {
            for check in rows.iter_mut().filter(|check| check.outcome == Outcome::Failed && explains(*deviation, check)) {
                check.outcome = Outcome::Undetermined;
                *check = check.clone().finding(ReasonCode::DEVIATION_LIST_APPLIED, None);
            }
        }
    }
    row.undetermined(ReasonCode::DEVIATION_LIST_MATCH)
}

/// Whether there is a list of the document's state, and the deviations that it has for this document; `None` where no list is held.
fn deviations(examination: &Examination<'_>) -> Option<(bool, Vec<(Match, Deviation)>)> {
    let mut lists = examination.trust.deviation_lists().peekable();
    lists.peek()?;
    // What is known of the document, verified or not: a list makes nothing better than undetermined, and a document whose signature is
    // wrong has nothing that is verified.
    let mrz = examination.mrz().or_else(|| lds::dg1::parse(examination.provided(FileId::from(DataGroup::DG1))?).ok());
    let embedded = || {
        let bytes = lds::sod::cms(examination.provided(FileId::Sod)?).ok()?;
        SignedData::from_ber(bytes).ok()?.certificates().first().cloned()
    };
    let signer = examination.message.as_ref().map(|message| message.signer().clone()).or_else(embedded);
    let number = mrz.as_ref().map(|mrz| String::from(mrz.document_number().trim_end_matches('<')));
    let document = Candidate {
        document_type: mrz.as_ref().map(MachineReadableZone::document_code),
        number: number.as_deref(),
        signer: signer.as_ref(),
        issue: validity::issue_date(examination),
    };
    let (mut known, mut met) = (false, Vec::new());
    for list in lists {
        let state = list.signature().root.subject.country().unwrap_or_default();
        let same_state = match &mrz {
            Some(mrz) => country::agree(mrz.issuing_state(), &state),
            None => signer.as_ref().is_some_and(|signer| signer.issuer.country().as_deref() == Some(&state)),
        };
        // No state says what is wrong with the documents of another.
        if same_state {
            known = true;
            met.extend(list.matching(&document, examination.provider).map(|(certainty, found)| (certainty, found.deviation)));
        }
    }
    Some((known, met))
}

fn relies_on_chip_key(check: &Check) -> bool {
    matches!(check.kind, CheckKind::ChipAuthenticity)
        || matches!(check.kind, CheckKind::ActiveAuthentication | CheckKind::ChipAuthentication)
            && matches!(check.outcome, Outcome::Successful)
}

/// Whether a deviation is what the check failed for.
fn explains(deviation: Deviation, check: &Check) -> bool {
    let reason = check.reason.unwrap_or(ReasonCode::DEVIATION_LIST_MATCH);
    let of_authority = || reason.as_str().starts_with("csca.");
    // What a deviation must never excuse: a clone, a revocation, an extension that nobody understands, a wrong issuer.
    if matches!(
        check.kind,
        CheckKind::ChipAuthenticity | CheckKind::ActiveAuthentication | CheckKind::ChipAuthentication | CheckKind::Revocation
    ) || [ReasonCode::DS_UNKNOWN_CRITICAL_EXTENSION, ReasonCode::CSCA_UNKNOWN_CRITICAL_EXTENSION].contains(&reason)
    {
        return false;
    }
    match deviation {
        Deviation::CertificateOrKey => {
            matches!(check.kind, CheckKind::Chain | CheckKind::SignerProfile | CheckKind::Validity | CheckKind::ValidityToday)
        }
        Deviation::SignerSignature => check.kind == CheckKind::Chain,
        Deviation::SignerEncoding => check.kind == CheckKind::SignerProfile && !of_authority(),
        Deviation::AuthorityEncoding => check.kind == CheckKind::SignerProfile && of_authority(),
        Deviation::Files => {
            matches!(check.kind, CheckKind::SodSignature | CheckKind::SodContent | CheckKind::FileHash(_))
        }
        Deviation::GroupHash(place) => group(place).is_some_and(|group| {
            check.kind == CheckKind::FileHash(FileId::from(group)) && reason == ReasonCode::hash_mismatch(group)
        }),
        Deviation::SodSignature => {
            check.kind == CheckKind::SodSignature
                && [ReasonCode::SOD_SIGNATURE_INVALID, ReasonCode::SOD_MESSAGE_DIGEST_MISMATCH].contains(&reason)
        }
        Deviation::ComInconsistent => check.kind == CheckKind::SodContent && reason == ReasonCode::COM_INCONSISTENT,
        Deviation::Mrz => check.kind == CheckKind::DataCrossChecks,
        Deviation::MrzData(place) => match check.kind {
            CheckKind::DataCrossChecks => true,
            CheckKind::IssuingState => place == Some(2),
            CheckKind::CardExpiry => place == Some(8),
            _ => false,
        },
        Deviation::MrzCheckDigit(_) => check.kind == CheckKind::DataCrossChecks && reason == ReasonCode::MRZ_CHECK_DIGIT,
        // A broken group ends undetermined already; an unusable chip gives nothing that could fail; a state's own use is its own.
        Deviation::GroupMalformed(_)
        | Deviation::Chip
        | Deviation::NationalUse
        | Deviation::ChipKeyCompromised
        | Deviation::Unknown(_) => false,
    }
}

fn group(place: Option<u32>) -> Option<DataGroup> {
    DataGroup::new(u8::try_from(place?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::profile::Weight;

    /// What a check may fail for, once a row.
    fn failures() -> Vec<Check> {
        use CheckKind as Kind;
        use ReasonCode as Code;
        let (one, two) = (DataGroup::DG1, DataGroup::DG2);
        let failures = [
            (Kind::AccessProtocol, Code::ACCESS_CARD_ACCESS_MISMATCH),
            (Kind::SodSignature, Code::SOD_SIGNATURE_INVALID),
            (Kind::SodSignature, Code::SOD_MESSAGE_DIGEST_MISMATCH),
            (Kind::SodSignature, Code::SOD_MALFORMED),
            (Kind::SodContent, Code::COM_INCONSISTENT),
            (Kind::SodContent, Code::SOD_VERSION_UNKNOWN),
            (Kind::FileHash(one.into()), Code::hash_mismatch(one)),
            (Kind::FileHash(two.into()), Code::hash_mismatch(two)),
            (Kind::FileHash(two.into()), Code::missing(two)),
            (Kind::Chain, Code::CHAIN_SIGNATURE_INVALID),
            (Kind::Validity, Code::DS_NOT_VALID_AT_SIGNING),
            (Kind::ValidityToday, Code::DS_EXPIRED),
            (Kind::SignerProfile, Code::DS_KEY_USAGE),
            (Kind::SignerProfile, Code::CSCA_KEY_USAGE),
            (Kind::SignerProfile, Code::DS_UNKNOWN_CRITICAL_EXTENSION),
            (Kind::SignerProfile, Code::CSCA_UNKNOWN_CRITICAL_EXTENSION),
            (Kind::Revocation, Code::DS_REVOKED),
            (Kind::IssuingState, Code::ISSUING_STATE_MISMATCH),
            (Kind::ChipAuthenticity, Code::CHIP_NOT_PROVEN),
            (Kind::ActiveAuthentication, Code::CHIP_ACTIVE_AUTHENTICATION_FAILED),
            (Kind::ChipAuthentication, Code::CHIP_CHIP_AUTHENTICATION_FAILED),
            (Kind::ChipAuthenticationMapping, Code::CHIP_PACE_CAM_FAILED),
            (Kind::CardExpiry, Code::CARD_EXPIRED),
            (Kind::DataCrossChecks, Code::MRZ_CHECK_DIGIT),
            (Kind::DataCrossChecks, Code::DG13_CONTRADICTS_DG1),
            (Kind::PrintedData, Code::QR_CONTRADICTS_CHIP),
            (Kind::TerminalSignature, Code::EVIDENCE_SIGNATURE_INVALID),
            (Kind::TimeStamp, Code::EVIDENCE_TIME_STAMP_INVALID),
            (Kind::Challenge, Code::CHIP_CHALLENGE_MISMATCH),
            (Kind::EvidenceAge, Code::EVIDENCE_TOO_OLD),
        ];
        let row = |(kind, reason)| Check {
            kind,
            weight: Weight::Mandatory,
            outcome: Outcome::Failed,
            reason: Some(reason),
            findings: Vec::new(),
            ran: true,
        };
        failures.map(row).into()
    }

    /// A list makes of a failure no more than its own deviation explains (ICAO 9303-3 §7.3.5).
    #[test]
    fn a_deviation_explains_its_own_failures_and_no_others() {
        let cross = ["mrz.check_digit", "dg13.contradicts_dg1"];
        let unknown = Deviation::Unknown(der::asn1::ObjectIdentifier::new_unwrap("1.2.3"));
        for (deviation, expected) in [
            (
                Deviation::CertificateOrKey,
                &["chain.signature_invalid", "ds.not_valid_at_signing", "ds.expired", "ds.key_usage", "csca.key_usage"][..],
            ),
            (Deviation::SignerSignature, &["chain.signature_invalid"]),
            (Deviation::SignerEncoding, &["ds.key_usage"]),
            (Deviation::AuthorityEncoding, &["csca.key_usage"]),
            (
                Deviation::Files,
                &[
                    "sod.signature_invalid",
                    "sod.message_digest_mismatch",
                    "sod.malformed",
                    "com.inconsistent",
                    "sod.version_unknown",
                    "dg1.hash_mismatch",
                    "dg2.hash_mismatch",
                    "dg2.missing",
                ],
            ),
            (Deviation::GroupHash(Some(2)), &["dg2.hash_mismatch"]),
            (Deviation::GroupHash(Some(1)), &["dg1.hash_mismatch"]),
            (Deviation::GroupHash(Some(258)), &[]),
            (Deviation::GroupHash(None), &[]),
            (Deviation::SodSignature, &["sod.signature_invalid", "sod.message_digest_mismatch"]),
            (Deviation::ComInconsistent, &["com.inconsistent"]),
            (Deviation::Mrz, &cross),
            (Deviation::MrzData(None), &cross),
            (Deviation::MrzData(Some(1)), &cross),
            (Deviation::MrzData(Some(2)), &["issuing_state.mismatch", "mrz.check_digit", "dg13.contradicts_dg1"]),
            (Deviation::MrzData(Some(8)), &["card.expired", "mrz.check_digit", "dg13.contradicts_dg1"]),
            (Deviation::MrzCheckDigit(None), &["mrz.check_digit"]),
            (Deviation::GroupMalformed(Some(2)), &[]),
            (Deviation::Chip, &[]),
            (Deviation::NationalUse, &[]),
            (Deviation::ChipKeyCompromised, &[]),
            (unknown, &[]),
        ] {
            let rows = failures();
            let explained = rows.iter().filter(|row| explains(deviation, row)).filter_map(|row| row.reason);
            assert_eq!(explained.map(ReasonCode::as_str).collect::<Vec<_>>(), expected, "{deviation:?}");
        }
    }

    /// A key in other hands takes away what was proven with it, and makes no failure another one.
    #[test]
    fn what_stands_on_the_key_of_the_chip() {
        for outcome in [Outcome::Successful, Outcome::Failed, Outcome::Undetermined, Outcome::NotSupported] {
            for row in failures() {
                let kind = row.kind;
                let member = matches!(kind, CheckKind::ActiveAuthentication | CheckKind::ChipAuthentication);
                let expected = kind == CheckKind::ChipAuthenticity || member && outcome == Outcome::Successful;
                assert_eq!(relies_on_chip_key(&Check { outcome, ..row }), expected, "{kind:?} {outcome:?}");
            }
        }
    }
}
