//! Results for programs: versioned JSON documents. The schema of a report stands in `schema/report-v1.schema.json`.

use serde_json::{Map, Value, json};
use soat::crypto::Cipher;
use soat::dossier::{Access, AccessProtocol, ActiveAuthentication, ChallengeSource, PasswordKind};
use soat::evidence::Terminal;
use soat::inspection::{Check, Disclosure, Failure, Outcome, Overall, Provability, Report, SignerDetails, Weight};
use soat::lds::protocol::{KeyAgreement, ObjectIdentifier, PaceMapping, PaceProtocol};
use soat::pki::{Anchor, Provenance};

use super::reasons::explain;
use super::screen::file_of;
use crate::commands::judging::{Judged, Value as Field};
use crate::commands::trust::Description;
use crate::error::{Error, Exit};
use crate::messages::Messages;

/// Version of every document.
const VERSION: u8 = 1;

/// A failure in the place of a document.
pub fn error(error: &Error, messages: &Messages) -> Value {
    json!({
        "version": VERSION,
        "error": { "code": error.id(), "message": error.message(messages), "remedy": error.remedy(messages) },
        "exit_code": error.exit().code(),
    })
}

/// A failure with the file that it belongs to, where there are many.
pub fn error_of(source: &str, failure: &Error, messages: &Messages) -> Value {
    let mut document = error(failure, messages);
    if let Some(document) = document.as_object_mut() {
        document.insert("source".to_owned(), source.into());
    }
    document
}

/// A report.
pub fn report(judged: &Judged, with_timings: bool, messages: &Messages) -> Value {
    if judged.disclosure == Disclosure::Decision {
        return decision(judged);
    }
    let report = &judged.report;
    let mut document = json!({
        "version": VERSION,
        "overall": overall_name(report.overall),
        "failure": report.failure().map(failure_name),
        "exit_code": judged.exit().code(),
        "demonstration": judged.demonstration,
        "profile": report.profile.as_str(),
        "judged_at": judged.at.to_string(),
        "time_chosen": judged.time_chosen,
        "source": judged.source,
        "read_at": judged.dossier.read_at.map(|time| time.to_string()),
        "evidence_sha256": hex::encode_upper(report.evidence),
        "online_confirmation": online_confirmation(judged),
        "access": judged.dossier.access.as_ref().map(access),
        "active_authentication": judged.dossier.active_authentication.as_ref().map(active_authentication),
        "signer": report.signer().map(signer),
        "anchor": report.anchor().map(anchor),
        "terminal": report.terminal().map(terminal),
        "statement": judged.statement.as_ref().map(|said| json!({ "purpose": said.purpose(), "consent": said.consent() })),
        "pseudonym": judged.pseudonym,
        "time_stamped_at": report.time_stamped_at().map(|time| time.to_string()),
        "checks": report.checks.iter().map(|row| check(row, report, messages)).collect::<Vec<_>>(),
        "identity": judged.identity.as_ref().map(|fields| {
            fields.iter().map(|field| (field.name.to_owned(), value(&field.value))).collect::<Map<_, _>>()
        }),
    });
    if with_timings && let Some(document) = document.as_object_mut() {
        let steps = judged.dossier.timings.iter();
        let steps =
            steps.map(|step| json!({ "step": step.step, "apdus": step.apdus, "bytes": step.bytes, "ms": step.milliseconds }));
        document.insert("timings".to_owned(), steps.collect());
    }
    document
}

/// Allow or deny, and who it is under a name that this site alone gives.
fn decision(judged: &Judged) -> Value {
    json!({
        "version": VERSION,
        "decision": if judged.report.overall == Overall::Successful { "allow" } else { "deny" },
        "overall": overall_name(judged.report.overall),
        "exit_code": judged.exit().code(),
        "demonstration": judged.demonstration,
        "profile": judged.report.profile.as_str(),
        "judged_at": judged.at.to_string(),
        "time_chosen": judged.time_chosen,
        "source": judged.source,
        "online_confirmation": online_confirmation(judged),
        "pseudonym": judged.pseudonym,
    })
}

fn online_confirmation(judged: &Judged) -> &'static str {
    if judged.is_vietnamese { "not_performed" } else { "not_applicable" }
}

/// Adds what was written beside the report, and the exit code that it led to.
pub fn add_kept(document: &mut Value, saved: Option<&str>, photo: Option<&str>, exit: Exit) {
    if let Some(document) = document.as_object_mut() {
        if !document.contains_key("decision") {
            document.insert("saved".to_owned(), saved.into());
            document.insert("photo".to_owned(), photo.into());
        }
        document.insert("exit_code".to_owned(), exit.code().into());
    }
}

fn value(value: &Field) -> Value {
    match value {
        Field::Text(text) => text.as_str().into(),
        Field::Date(day) => day.to_string().into(),
        Field::NoExpiry => "none".into(),
        Field::Sex(sex) => (*sex).into(),
    }
}

fn signer(signer: &SignerDetails) -> Value {
    json!({
        "sha256": hex::encode_upper(signer.sha256),
        "key": signer.key,
        "scheme": signer.scheme,
        "not_before": signer.validity().not_before.to_string(),
        "not_after": signer.validity().not_after.to_string(),
        "signing_time": signer.signing_time.map(|time| time.to_string()),
    })
}

fn anchor(anchor: &Anchor) -> Value {
    let source = match &anchor.provenance {
        Provenance::Operator { source } | Provenance::MasterList { source, .. } | Provenance::Link { source, .. } => source,
    };
    json!({
        "sha256": hex::encode_upper(anchor.sha256),
        "subject": Description::of(anchor.certificate.as_der()).subject,
        "source": source,
        "demonstration": anchor.demonstration,
    })
}

fn terminal(terminal: &Terminal) -> Value {
    json!({ "sha256": hex::encode_upper(terminal.sha256), "key": terminal.key.name(), "source": terminal.source })
}

fn provability_name(provability: Provability) -> &'static str {
    match provability {
        Provability::Anyone => "anyone",
        Provability::Terminal => "terminal",
        Provability::Nobody => "nobody",
    }
}

fn check(check: &Check, report: &Report, messages: &Messages) -> Value {
    let file = file_of(check.kind);
    let explained = check.reason.map(|reason| explain(reason.as_str(), file, messages));
    let (cause, remedy) = explained.map_or((None, None), |reason| (Some(reason.cause), reason.remedy));
    let findings = check.findings.iter().map(|finding| {
        let explained = explain(finding.code.as_str(), finding.file.or(file), messages);
        json!({ "code": finding.code.as_str(), "file": finding.file.map(|file| file.to_string()), "cause": explained.cause, "remedy": explained.remedy })
    });
    json!({
        "check": check.kind.name(),
        "file": file.map(|file| file.to_string()),
        "weight": weight_name(check.weight),
        "outcome": outcome_name(check.outcome),
        "provable": provability_name(report.provability(check)),
        "reason": check.reason.map(|reason| reason.as_str()),
        "cause": cause,
        "remedy": remedy,
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn access(access: &Access) -> Value {
    let (protocol, variant, parameter) = match access.protocol {
        AccessProtocol::Pace { protocol, parameter_id } => ("pace", pace_variant(protocol), Some(parameter_id)),
        AccessProtocol::Bac { .. } => ("bac", None, None),
        AccessProtocol::Unprotected => ("none", None, None),
    };
    let password = match access.password {
        PasswordKind::Can => "can",
        PasswordKind::Mrz => "mrz",
        PasswordKind::Pin => "pin",
        PasswordKind::Puk => "puk",
    };
    json!({ "protocol": protocol, "variant": variant, "parameter_id": parameter, "password": password })
}

/// The names of ICAO 9303-11 tables 2 and 3, cut to what differs: `ECDH-CAM-AES-CBC-CMAC-128`.
fn pace_variant(protocol: ObjectIdentifier) -> Option<String> {
    let kind = PaceProtocol::from_object_identifier(protocol)?;
    let agreement = match kind.agreement {
        KeyAgreement::Dh => "DH",
        KeyAgreement::Ecdh => "ECDH",
    };
    let mapping = match kind.mapping {
        PaceMapping::Generic => "GM",
        PaceMapping::Integrated => "IM",
        PaceMapping::ChipAuthentication => "CAM",
    };
    let cipher = match kind.cipher {
        Cipher::TripleDes => "3DES-CBC-CBC",
        Cipher::Aes128 => "AES-CBC-CMAC-128",
        Cipher::Aes192 => "AES-CBC-CMAC-192",
        Cipher::Aes256 => "AES-CBC-CMAC-256",
    };
    Some(format!("{agreement}-{mapping}-{cipher}"))
}

fn active_authentication(evidence: &ActiveAuthentication) -> Value {
    let source = match evidence.challenge_source {
        ChallengeSource::Terminal => "terminal",
        ChallengeSource::RelyingParty => "relying_party",
    };
    json!({ "challenge": hex::encode_upper(evidence.challenge), "challenge_source": source })
}

fn overall_name(overall: Overall) -> &'static str {
    match overall {
        Overall::Successful => "successful",
        Overall::Failed => "failed",
        Overall::Undetermined => "undetermined",
        Overall::Aborted => "aborted",
    }
}

fn failure_name(failure: Failure) -> &'static str {
    match failure {
        Failure::Expired => "expired",
        Failure::Refused => "refused",
        Failure::OtherCard => "other_card",
        Failure::NotGenuine => "not_genuine",
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Successful => "successful",
        Outcome::Failed => "failed",
        Outcome::Undetermined => "undetermined",
        Outcome::NotSupported => "not_supported",
        Outcome::Aborted => "aborted",
    }
}

fn weight_name(weight: Weight) -> &'static str {
    match weight {
        Weight::Mandatory => "mandatory",
        Weight::Optional => "optional",
        Weight::Evaluatory => "evaluatory",
    }
}
