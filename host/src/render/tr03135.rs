//! The report in the words of BSI TR-03135-1, version 2.5, beside our own document.
//!
//! It is a document of this program: it takes over the guideline's sections, result values and ranges of error codes, and claims to be
//! valid under none of its XML schemas. Where a check of ours has no section there, or ends in a way that its table does not know, the
//! document says so.

mod place;

use serde_json::{Value, json};
use soat::dossier::{AccessProtocol, DataGroup, FileId};
use soat::inspection::{Check, CheckKind, Outcome, Overall, ReasonCode, Report, Weight};

pub use self::place::{PLACES, Place, place};
use crate::commands::judging::Judged;
use crate::messages::Messages;
use crate::render::reasons::explain;

/// The edition whose sections are meant.
pub const GUIDELINE: &str = "BSI TR-03135-1, version 2.5";

/// The range that the guideline leaves to vendors (§5.3).
const VENDOR_CODES: std::ops::RangeInclusive<u32> = 1_000..=999_999;

/// The error code of a reason (§5.3): the same for ever, since it follows from the code's own letters (FNV-1a, 64 bits). A test finds
/// two codes that would share one.
pub fn vendor_code(reason: &str) -> u32 {
    let hash =
        reason.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    let width = u64::from(VENDOR_CODES.end() - VENDOR_CODES.start() + 1);
    VENDOR_CODES.start() + u32::try_from(hash % width).unwrap_or_default()
}

/// The whole document.
pub fn report(judged: &Judged, messages: &Messages) -> Value {
    let report = &judged.report;
    let mut checks = Vec::new();
    for check in &report.checks {
        let parts = parts(check);
        checks.extend(parts.into_iter().map(|(place, outcome)| entry(place, check, result(check, outcome), messages)));
    }
    checks.push(trust_status(report));
    json!({
        "guideline": GUIDELINE,
        "conformance": "vocabulary only: not an instance of the guideline's XML schemas",
        "application": { "name": "soat", "version": env!("CARGO_PKG_VERSION") },
        "profile": report.profile.as_str(),
        "checked_at": judged.at.to_string(),
        "demonstration": judged.demonstration,
        "evidence_sha256": hex::encode_upper(report.evidence),
        "access_protocol": judged.dossier.access.as_ref().map(|access| match access.protocol {
            AccessProtocol::Pace { .. } => "PACE",
            AccessProtocol::Bac { .. } => "BAC",
            AccessProtocol::Unprotected => "none",
        }),
        "overall": { "section": "5.4", "table": "5.2", "result": overall(report.overall) },
        "checks": checks,
    })
}

/// The rows of the guideline that a check of ours is, with the outcome of each.
fn parts(check: &Check) -> Vec<(&'static Place, Outcome)> {
    let one = |name| place(name).map(|place| vec![(place, check.outcome)]).unwrap_or_default();
    let reason = check.reason.map(ReasonCode::as_str).unwrap_or_default();
    match check.kind {
        CheckKind::SodSignature => {
            let (hash, signature) = match reason {
                "sod.message_digest_mismatch" => (Outcome::Failed, Outcome::Undetermined),
                // The hash is compared before the signer is looked for.
                "sod.signature_invalid"
                | "sod.public_key_invalid"
                | "sod.algorithm_unsupported"
                | "sod.algorithm_not_permitted"
                | "sod.signer_certificate_missing"
                | "sod.key_below_floor"
                | "sod.digest_below_floor" => (Outcome::Successful, check.outcome),
                // Well signed, and not what was looked for.
                "sod.content_type" => (Outcome::Successful, Outcome::Successful),
                _ => (check.outcome, check.outcome),
            };
            let outcomes = [("sod_signature", check.outcome), ("sod_hash_value", hash), ("sod_signature_value", signature)];
            outcomes.into_iter().filter_map(|(name, outcome)| Some((place(name)?, outcome))).collect()
        }
        // What EF.SOD says of itself is a part of the object's verification; the comparison with EF.COM is a check of its own.
        CheckKind::SodContent if check.outcome == Outcome::Successful || reason.starts_with("com.") => one("sod_content_com"),
        CheckKind::SodContent => one("sod_content"),
        kind => one(kind.name()),
    }
}

/// An outcome, and the reason of each data group for it.
type GroupEnd = (Outcome, fn(DataGroup) -> ReasonCode);

/// How a data group's row can end but successfully, for the page.
pub const GROUP_ENDS: [GroupEnd; 9] = [
    (Outcome::Failed, ReasonCode::hash_mismatch),
    (Outcome::Failed, ReasonCode::missing),
    (Outcome::Failed, ReasonCode::not_read),
    (Outcome::NotSupported, ReasonCode::present),
    (Outcome::Failed, ReasonCode::unlisted),
    (Outcome::Failed, ReasonCode::non_conformant),
    (Outcome::Undetermined, ReasonCode::digest_unavailable),
    (Outcome::Aborted, ReasonCode::read_aborted),
    (Outcome::Undetermined, ReasonCode::not_supplied),
];

/// The value of table 5.42 for such an end.
pub fn group_value(group: DataGroup, outcome: Outcome, reason: Option<ReasonCode>) -> &'static str {
    let is = |code: ReasonCode| reason == Some(code);
    match outcome {
        Outcome::Successful => "identical",
        Outcome::Aborted => "aborted",
        _ if is(ReasonCode::hash_mismatch(group)) => "not identical",
        _ if is(ReasonCode::missing(group)) => "not present",
        _ if is(ReasonCode::present(group)) || is(ReasonCode::not_read(group)) => "present",
        _ if [ReasonCode::digest_unavailable(group), ReasonCode::unlisted(group), ReasonCode::non_conformant(group)]
            .into_iter()
            .any(is) =>
        {
            "non conformance"
        }
        _ => "undetermined",
    }
}

/// The result in the words of the table.
fn result(check: &Check, outcome: Outcome) -> &'static str {
    match check.kind {
        CheckKind::FileHash(FileId::DataGroup(group)) => group_value(group, outcome, check.reason),
        _ => outcome_name(outcome),
    }
}

fn entry(place: &Place, check: &Check, result: &str, messages: &Messages) -> Value {
    let file = match check.kind {
        CheckKind::FileHash(file) => Some(file),
        _ => None,
    };
    let coded = |code: ReasonCode, file: Option<FileId>| json!({ "error_code": vendor_code(code.as_str()), "reason": code.as_str(), "description": explain(code.as_str(), file, messages).cause });
    let reason = check.reason.filter(|_| result != "successful" && result != "identical");
    json!({
        "class": place.class,
        "section": place.section,
        "table": place.table,
        "title": place.title,
        "file": file.map(|file| file.to_string()),
        "check": check.kind.name(),
        "profile": match check.weight {
            Weight::Mandatory => "m",
            Weight::Optional => "o",
            Weight::Evaluatory => "e",
        },
        "result": result,
        "in_table": place.knows(result),
        "error": reason.map(|code| coded(code, file)),
        "findings": check.findings.iter().map(|finding| coded(finding.code, finding.file.or(file))).collect::<Vec<_>>(),
    })
}

/// Whether the document signer's certificate is trusted, from the rows on which it rests (§5.6.4.3.6).
fn trust_status(report: &Report) -> Value {
    let outcome = |kind| report.check(kind).map(|check| check.outcome);
    let status = match (outcome(CheckKind::Chain), outcome(CheckKind::Revocation)) {
        (Some(Outcome::Failed), _) | (_, Some(Outcome::Failed)) => "not trusted",
        (Some(Outcome::Successful), _) => "trusted",
        (Some(Outcome::Aborted), _) => "aborted",
        _ => "undetermined",
    };
    json!({
        "class": "electronic",
        "section": "5.6.4.3.6",
        "table": "5.38",
        "title": "Trust status of the certificate of EF.SOD",
        "result": status,
        "in_table": true,
    })
}

/// The name of an outcome in the guideline (§3.5.2).
pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Successful => "successful",
        Outcome::Failed => "failed",
        Outcome::Undetermined => "undetermined",
        Outcome::NotSupported => "not supported",
        Outcome::Aborted => "aborted",
    }
}

fn overall(overall: Overall) -> &'static str {
    match overall {
        Overall::Successful => "successful",
        Overall::Failed => "failed",
        Overall::Undetermined => "undetermined",
        Overall::Aborted => "aborted",
    }
}

#[cfg(test)]
mod tests;
