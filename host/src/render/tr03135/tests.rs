#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;
use soat::dossier::DataGroup;

#[test]
fn vendor_codes_lie_in_their_range_and_no_two_reasons_share_one() {
    let mut known = BTreeMap::new();
    for code in ReasonCode::ALL {
        let number = vendor_code(code.as_str());
        assert!(VENDOR_CODES.contains(&number), "{code}");
        if let Some(other) = known.insert(number, code) {
            panic!("{code} and {other} share {number}: give the newer one another name before it is released");
        }
    }
}

/// They stand in the logs of others: these must never change.
#[test]
fn vendor_codes_are_for_ever() {
    for (reason, number) in KNOWN {
        assert_eq!(vendor_code(reason), number, "{reason}");
    }
}

const KNOWN: [(&str, u32); 4] = [
    ("sod.signature_invalid", 298_557),
    ("dg2.hash_mismatch", 64_885),
    ("chain.issuer_unknown", 492_478),
    ("chip.active_authentication_failed", 204_522),
];

fn every_kind() -> Vec<CheckKind> {
    let source = include_str!("../../../../shared/src/inspection/report.rs");
    // The enumeration itself, so that a new check cannot be forgotten here.
    let names = source.split("Self::").skip(1).filter_map(|rest| rest.split_once(" => \"")?.1.split('"').next());
    let names: Vec<&str> = names.take(22).collect();
    let kinds = [
        CheckKind::AccessProtocol,
        CheckKind::SodSignature,
        CheckKind::SodContent,
        CheckKind::FileHash(DataGroup::DG2.into()),
        CheckKind::Chain,
        CheckKind::Validity,
        CheckKind::ValidityToday,
        CheckKind::SignerProfile,
        CheckKind::Revocation,
        CheckKind::IssuingState,
        CheckKind::ChipAuthenticity,
        CheckKind::ActiveAuthentication,
        CheckKind::ChipAuthentication,
        CheckKind::ChipAuthenticationMapping,
        CheckKind::CardExpiry,
        CheckKind::DataCrossChecks,
        CheckKind::PrintedData,
        CheckKind::DeviationList,
        CheckKind::TerminalSignature,
        CheckKind::TimeStamp,
        CheckKind::Challenge,
        CheckKind::EvidenceAge,
    ];
    assert_eq!(kinds.map(CheckKind::name).to_vec(), names);
    kinds.to_vec()
}

#[test]
fn every_check_and_outcome_has_its_place() {
    let outcomes = [Outcome::Successful, Outcome::Failed, Outcome::Undetermined, Outcome::NotSupported, Outcome::Aborted];
    for kind in every_kind() {
        for outcome in outcomes {
            let check = Check { kind, weight: Weight::Mandatory, outcome, reason: None, findings: Vec::new(), ran: true };
            let parts = parts(&check);
            assert!(!parts.is_empty(), "{kind:?}");
            for (place, outcome) in parts {
                assert_eq!(place.section.is_some(), place.table.is_some() && !place.results.is_empty(), "{kind:?}");
                assert!(!result(&check, outcome).is_empty());
            }
        }
    }
}

fn ended(kind: CheckKind, outcome: Outcome, reason: ReasonCode) -> Check {
    Check { kind, weight: Weight::Mandatory, outcome, reason: Some(reason), findings: Vec::new(), ran: true }
}

#[test]
fn hash_and_signature_of_the_security_object_stand_apart() {
    let values = |outcome, reason| {
        let parts = parts(&ended(CheckKind::SodSignature, outcome, reason));
        parts.iter().map(|(place, outcome)| (place.table.unwrap(), outcome_name(*outcome))).collect::<Vec<_>>()
    };
    assert_eq!(
        values(Outcome::Failed, ReasonCode::SOD_SIGNATURE_INVALID),
        [("5.28", "failed"), ("5.29", "successful"), ("5.30", "failed")]
    );
    assert_eq!(
        values(Outcome::Failed, ReasonCode::SOD_MESSAGE_DIGEST_MISMATCH),
        [("5.28", "failed"), ("5.29", "failed"), ("5.30", "undetermined")]
    );
    assert_eq!(
        values(Outcome::Failed, ReasonCode::SOD_CONTENT_TYPE),
        [("5.28", "failed"), ("5.29", "successful"), ("5.30", "successful")]
    );
    assert_eq!(values(Outcome::Failed, ReasonCode::SOD_MALFORMED), [("5.28", "failed"), ("5.29", "failed"), ("5.30", "failed")]);
    assert_eq!(
        values(Outcome::Undetermined, ReasonCode::SOD_SIGNER_CERTIFICATE_MISSING),
        [("5.28", "undetermined"), ("5.29", "successful"), ("5.30", "undetermined")]
    );
}

#[test]
fn data_groups_end_as_in_their_own_table() {
    let group = DataGroup::DG2;
    let kind = CheckKind::FileHash(group.into());
    let expected = [
        ("not identical", true),
        ("not present", true),
        ("present", true),
        ("present", true),
        ("non conformance", true),
        ("non conformance", true),
        ("non conformance", true),
        ("aborted", true),
        ("undetermined", false),
    ];
    for ((outcome, reason), (value, in_table)) in GROUP_ENDS.into_iter().zip(expected) {
        let check = ended(kind, outcome, reason(group));
        let (place, outcome) = parts(&check).into_iter().next().unwrap();
        let found = result(&check, outcome);
        assert_eq!((found, place.knows(found)), (value, in_table), "{:?}", check.reason);
    }
}
