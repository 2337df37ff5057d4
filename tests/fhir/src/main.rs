//! Reads Bundles of `soat export --fhir` with an independent model of HL7 FHIR R4, which takes no field that R4 has not, and looks whether
//! their resources point at each other.

use std::process::ExitCode;

use fhirbolt::model::r4::Resource;
use fhirbolt::model::r4::resources::{Bundle, BundleEntry};
use fhirbolt::model::r4::types::Reference;
use serde_json::Value;

fn main() -> ExitCode {
    let mut exit = ExitCode::SUCCESS;
    for path in std::env::args().skip(1) {
        match std::fs::read(&path).map_err(|cause| cause.to_string()).and_then(|bytes| check(&bytes)) {
            Ok(told) => println!("{path}: {told}"),
            Err(cause) => {
                eprintln!("{path}: {cause}");
                exit = ExitCode::FAILURE;
            }
        }
    }
    exit
}

/// The entries of a Bundle. fhirbolt 0.4 refuses the `fullUrl` of a second entry, so that each is given to it in a Bundle of its own.
fn entries(bytes: &[u8]) -> Result<Vec<BundleEntry>, String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|cause| cause.to_string())?;
    let all = document.get("entry").and_then(Value::as_array).ok_or("no entries")?;
    let alone = |entry: &Value| {
        let mut frame = document.clone();
        frame["entry"] = Value::Array(vec![entry.clone()]);
        let bundle: Bundle = fhirbolt::json::from_str(&frame.to_string(), None).map_err(|cause| cause.to_string())?;
        bundle.entry.into_iter().next().ok_or_else(|| "an entry was lost".to_owned())
    };
    all.iter().map(alone).collect()
}

/// What a Bundle holds.
fn check(bytes: &[u8]) -> Result<String, String> {
    let entries = entries(bytes)?;
    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
    let pointed = |reference: &Reference| text(reference.reference.as_ref().and_then(|target| target.value.as_ref()));
    let (mut patient, mut beneficiary, mut targets, mut evidence) = (None, None, Vec::new(), String::new());
    for entry in &entries {
        let url = text(entry.full_url.as_ref().and_then(|url| url.value.as_ref()));
        match entry.resource.as_ref() {
            Some(Resource::Patient(found)) => {
                let identifier = found.identifier.first().and_then(|identifier| identifier.value.as_ref()?.value.as_ref());
                let number = text(identifier);
                let gender = text(found.gender.as_ref().and_then(|gender| gender.value.as_ref()));
                let name = found.name.first().and_then(|name| name.text.as_ref()?.value.as_ref());
                let birth = text(found.birth_date.as_ref().and_then(|birth| birth.value.as_ref()));
                if number.len() != 12
                    || !["female", "male", "unknown"].contains(&gender.as_str())
                    || name.is_none()
                    || birth.len() != 10
                {
                    return Err("the Patient lacks number, gender, name or birth".to_owned());
                }
                patient = Some(url);
            }
            Some(Resource::Coverage(found)) => beneficiary = Some(pointed(&found.beneficiary)),
            Some(Resource::Provenance(found)) => {
                targets.extend(found.target.iter().map(pointed));
                let source =
                    found.entity.first().and_then(|entity| entity.what.identifier.as_ref()?.value.as_ref()?.value.as_ref());
                evidence = text(source);
            }
            _ => return Err("a resource that is none of Patient, Coverage and Provenance".to_owned()),
        }
    }
    match (&patient, &beneficiary) {
        (None, _) => Err("no Patient".to_owned()),
        (patient, beneficiary) if patient != beneficiary => Err("the Coverage is not the Patient's".to_owned()),
        _ if targets.first() != patient.as_ref() || targets.len() + 1 != entries.len() => {
            Err("the Provenance does not point at the other resources".to_owned())
        }
        _ if evidence.len() != 64 => Err("the Provenance has no digest of the evidence".to_owned()),
        _ => Ok(format!("{} resources of R4", entries.len())),
    }
}
