//! A verified identity for hospital systems: a Bundle of HL7 FHIR R4 with Patient, Coverage and Provenance. Identifiers are named as the
//! Vietnamese core guide (VN Core) names them.

use serde_json::{Map, Value as Json, json};

use crate::commands::judging::{Judged, Value};

const PATIENT_PROFILE: &str = "http://fhir.ehealth.gov.vn/core/StructureDefinition/vn-core-patient";
/// Numbers of the health insurance. Since June 2025 the ID card is the insurance card, and its number finds the insurance.
const INSURANCE: &str = "http://fhir.ehealth.gov.vn/core/sid/insurance_number";
/// What kind an identifier is: HL7 table 0203.
const IDENTIFIER_TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// The Bundle. `None` where the card did not pass: nothing that was not verified is passed on. It has the fields that the profile
/// releases and no others.
pub fn bundle(judged: &Judged) -> Option<Json> {
    let fields = judged.identity.as_ref()?;
    let value = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.value);
    let text = |name: &str| match value(name)? {
        Value::Text(text) => Some(text.clone()),
        Value::Date(day) => Some(day.to_string()),
        Value::Sex(sex) => Some((*sex).to_owned()),
        Value::NoExpiry => None,
    };
    let digest = hex::encode_upper(judged.report.evidence);
    let [patient_id, coverage_id, provenance_id] = ["patient", "coverage", "provenance"].map(|part| urn(&digest, part));

    let mut patient = object(json!({ "resourceType": "Patient", "meta": { "profile": [PATIENT_PROFILE] } }));
    let kinds = [("personal_number", "NI", "official"), ("old_number", "NI", "old"), ("document_number", "PPN", "official")];
    let identifiers: Vec<Json> = kinds
        .into_iter()
        .filter(|(name, ..)| *name != "document_number" || text("personal_number").is_none())
        .filter_map(|(name, kind, usage)| {
            let coding = json!({ "coding": [{ "system": IDENTIFIER_TYPES, "code": kind }] });
            Some(json!({ "use": usage, "type": coding, "value": text(name)? }))
        })
        .collect();
    put(&mut patient, "identifier", (!identifiers.is_empty()).then(|| identifiers.into()));
    put(&mut patient, "name", text("full_name").map(|name| json!([{ "use": "official", "text": name }])));
    let gender = |sex: String| if sex == "unspecified" { "unknown".to_owned() } else { sex };
    put(&mut patient, "gender", text("sex").map(gender).map(Json::from));
    // A date of which only parts are known is no date of FHIR.
    let birth = value("birth").and_then(|birth| if let Value::Date(day) = birth { Some(day.to_string()) } else { None });
    put(&mut patient, "birthDate", birth.map(Json::from));
    put(&mut patient, "address", text("residence").map(|place| json!([{ "use": "home", "text": place, "country": "VN" }])));

    let mut entries = vec![entry(&patient_id, patient.into())];
    let mut targets = vec![json!({ "reference": patient_id })];
    if let Some(number) = text("personal_number").filter(|_| judged.is_vietnamese) {
        // A draft: who is insured, the insurer's portal says and the card does not.
        let coverage = json!({
            "resourceType": "Coverage",
            "status": "draft",
            "identifier": [{ "system": INSURANCE, "value": number }],
            "subscriberId": number,
            "beneficiary": { "reference": patient_id },
            "payor": [{ "display": "Bảo hiểm xã hội Việt Nam" }],
        });
        entries.push(entry(&coverage_id, coverage));
        targets.push(json!({ "reference": coverage_id }));
    }
    let provenance = json!({
        "resourceType": "Provenance",
        "target": targets,
        "recorded": judged.at.to_string(),
        "agent": [{ "who": { "display": "soat" } }],
        "entity": [{
            "role": "source",
            "what": { "identifier": { "system": "urn:soat:evidence-sha256", "value": digest }, "display": online(judged) },
        }],
    });
    entries.push(entry(&provenance_id, provenance));
    Some(json!({ "resourceType": "Bundle", "type": "collection", "timestamp": judged.at.to_string(), "entry": entries }))
}

/// What the evidence is, and what it is not.
fn online(judged: &Judged) -> String {
    let what = if judged.demonstration { "demonstration, proves nothing" } else { "chip verified offline" };
    format!("{what}; no online confirmation; profile {}", judged.report.profile)
}

fn entry(id: &str, resource: Json) -> Json {
    json!({ "fullUrl": id, "resource": resource })
}

fn object(value: Json) -> Map<String, Json> {
    if let Json::Object(map) = value { map } else { Map::new() }
}

fn put(resource: &mut Map<String, Json>, name: &str, value: Option<Json>) {
    if let Some(value) = value {
        resource.insert(name.to_owned(), value);
    }
}

/// A name that follows from the evidence, as a UUID of version 8 (RFC 9562 §5.8): the same card read once has the same.
fn urn(digest: &str, part: &str) -> String {
    let nibbles: Vec<char> = digest.to_lowercase().chars().collect();
    let group = |range: std::ops::Range<usize>| nibbles.get(range).unwrap_or_default().iter().collect::<String>();
    let place = match part {
        "patient" => 1,
        "coverage" => 2,
        _ => 3,
    };
    format!("urn:uuid:{}-{}-8{}-8{}-{}{place:02}", group(0..8), group(8..12), group(12..15), group(15..18), group(18..28))
}
