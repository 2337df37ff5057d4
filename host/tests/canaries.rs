//! What a profile does not release leaves by no way: every output is searched for the fixture's values, after undoing whatever may hide
//! them: base64, hexadecimal, deflate, CBOR, UTF-16, PDF, and names without their marks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[path = "desk/desk.rs"]
mod desk;
#[path = "desk/search.rs"]
mod search;

use desk::Desk;
use search::holds;

const EVERYTHING: &str = "name = \"everything\"\nrelease = [\"personal_number\", \"full_name\", \"birth\", \"sex\", \"nationality\", \
    \"document_type\", \"document_number\", \"issuing_state\", \"issue\", \"expiry\", \"origin\", \"residence\", \"marks\", \"father\", \
    \"mother\", \"spouse\", \"old_number\", \"photo\", \"ethnicity\", \"religion\"]\n";

impl Desk {
    /// A desk that accepts the synthetic issuer, and has a profile that releases everything.
    fn with_profile() -> Self {
        let desk = Self::trusting();
        desk.write("everything.toml", EVERYTHING.as_bytes());
        desk
    }

    /// Both what it prints and what it says.
    fn told(&self, line: &str) -> Vec<u8> {
        let finished = self.run_in("vi_VN.UTF-8", line);
        assert_eq!(finished.code, 0, "{line}: {}", finished.stderr);
        (finished.stdout + &finished.stderr).into_bytes()
    }
}

/// Everything that a desk with this profile writes, by name.
fn outputs(desk: &Desk, profile: &str, rest: &str) -> Vec<(String, Vec<u8>)> {
    let name = |file: &str| format!("{}-{file}", profile.trim_end_matches(".toml"));
    let dossier = name("card.soat");
    let read = format!("read --reader virtual --profile {profile}{rest}");
    let mut found = vec![
        ("screen".to_owned(), desk.told(&read)),
        ("json".to_owned(), desk.told(&format!("{read} --json --timings"))),
        ("saving".to_owned(), desk.told(&format!("{read} --save {dossier} --tr03135 {}", name("tr.json")))),
        ("rows".to_owned(), desk.told(&format!("verify {dossier} {dossier} --profile {profile}"))),
        ("json lines".to_owned(), desk.told(&format!("verify {dossier} {dossier} --profile {profile} --json"))),
    ];
    let files = ["card.html", "card.pdf", "card.csv", "card.jsonl"];
    let options: Vec<String> =
        files.iter().map(|file| format!("--{} {}", file.trim_start_matches("card."), name(file))).collect();
    found.push(("report".to_owned(), desk.told(&format!("report {dossier} --profile {profile} {}", options.join(" ")))));
    found.push(("export".to_owned(), desk.told(&format!("export {dossier} --profile {profile} --fhir {}", name("card.fhir")))));
    for file in files.into_iter().chain(["tr.json", "card.soat", "card.fhir"]) {
        found.push((file.to_owned(), desk.read(&name(file))));
    }
    let pdf = desk.path(&name("card.pdf"));
    match Command::new("pdftotext").arg(&pdf).arg("-").output() {
        Ok(text) if text.status.success() => found.push(("text of the PDF".to_owned(), text.stdout)),
        _ => eprintln!("SKIPPED: there is no pdftotext command"),
    }
    found
}

/// What only DG2 and DG13 say of the holder, by the names of the fields.
fn canaries(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let fields = ["residence", "origin", "marks", "father", "mother", "ethnicity", "religion", "old_number"];
    let line = "read --reader virtual --profile everything.toml --json --photo canary.jpg";
    let text = desk.told(line);
    let end = text.windows(3).position(|window| window == b"\n}\n").unwrap() + 3;
    let document: Value = serde_json::from_slice(&text[..end]).unwrap();
    let value = |name: &str| document["identity"][name].as_str().map(|value| (name.to_owned(), value.as_bytes().to_vec()));
    // Ethnicity and religion of the fixture are everyday words: they are known by what stands beside them.
    let mut found: Vec<_> = fields.into_iter().filter_map(value).filter(|(_, value)| value.len() >= 8).collect();
    assert!(found.len() >= 5, "{document:#}");
    assert!(document["identity"]["religion"].is_string() && document["identity"]["ethnicity"].is_string());
    let photo = desk.read("canary.jpg");
    found.push(("photo".to_owned(), photo[photo.len() / 2..][..40].to_vec()));
    found
}

#[test]
fn a_hospital_gets_nothing_of_what_it_does_not_need() {
    let desk = Desk::with_profile();
    let canaries = canaries(&desk);
    // The search finds them where they are.
    let told = outputs(&desk, "everything.toml", "");
    for (name, value) in canaries.iter().filter(|(name, _)| name != "photo") {
        for (output, bytes) in &told {
            let tells =
                ["screen", "json", "json lines", "card.html", "card.csv", "card.jsonl", "card.soat"].contains(&output.as_str());
            assert!(!tells || holds(bytes, value, 2), "{name} is not found in {output}");
        }
    }
    let (_, photo) = canaries.iter().find(|(name, _)| name == "photo").unwrap();
    let dossier = |told: &[(String, Vec<u8>)]| told.iter().find(|(name, _)| name == "card.soat").unwrap().1.clone();
    assert!(holds(&dossier(&told), photo, 1));

    for (profile, rest) in [("hospital", ""), ("hospital", " --release full_name")] {
        let folder = if rest.is_empty() { &desk } else { &Desk::with_profile() };
        for (output, bytes) in outputs(folder, profile, rest) {
            for (name, value) in &canaries {
                assert!(!holds(&bytes, value, 2), "{profile}{rest}: {name} stands in {output}");
            }
            for beside in ["\"religion\"", "\"ethnicity\"", "Tôn giáo", "Dân tộc"] {
                assert!(!holds(&bytes, beside.as_bytes(), 2), "{profile}{rest}: {beside} stands in {output}");
            }
            let is_page = output.ends_with("html") || output.ends_with("pdf");
            assert!(!is_page || !holds(&bytes, b"data:image", 0) && !holds(&bytes, b"DCTDecode", 0), "a photo in {output}");
        }
    }
}

#[test]
fn a_gate_tells_nothing_of_the_holder() {
    let desk = Desk::with_profile();
    let mut canaries = canaries(&desk);
    let of_dg1 = ["001199000001", "199000001", "NGUYEN THI MAU", "1999-01-01", "01/01/1999", "990101", "2039-01-01", "390101"];
    canaries.extend(of_dg1.map(|value| (value.to_owned(), value.as_bytes().to_vec())));
    desk.told("key pseudonym site.key");
    let kept = Path::new("kept.soat");
    desk.told(&format!("read --reader virtual --save {}", kept.display()));
    let given = "--profile gate --pseudonym site.key --purpose north";
    for line in [
        format!("read --reader virtual {given}"),
        format!("read --reader virtual {given} --json"),
        format!("verify kept.soat {given}"),
        format!("verify kept.soat kept.soat {given} --json"),
    ] {
        let told = desk.told(&line);
        for (name, value) in &canaries {
            assert!(!holds(&told, value, 2), "{name} in {line}: {}", String::from_utf8_lossy(&told));
        }
        assert!(!holds(&told, "Tôn giáo".as_bytes(), 2) && !holds(&told, b"religion", 2), "{line}");
    }
}

/// The page loads nothing and runs nothing, and its digest is taken by `soat verify`.
#[test]
fn the_page_stands_alone_and_leads_to_its_dossier() {
    let desk = Desk::with_profile();
    desk.told("read --reader virtual --save card.soat");
    desk.told("read --reader virtual --save other.soat");
    desk.told("report card.soat --html card.html --pdf card.pdf");
    let page = String::from_utf8(desk.read("card.html")).unwrap();
    for word in ["<script", "http://", "https://", "url(", "@import", "<link", "<iframe"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'") && page.contains("không phải là xác nhận trực tuyến"));
    let digest = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    desk.told(&format!("verify card.soat --digest {}", digest.to_lowercase()));
    for (line, code) in [
        (format!("verify other.soat --digest {digest}"), 1),
        ("verify card.soat --digest 12".to_owned(), 2),
        (format!("verify card.soat other.soat --digest {digest}"), 2),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_soat"))
            .args(line.split(' '))
            .current_dir(desk.path("."))
            .env("SOAT_TRUST", "trust")
            .output()
            .unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{line}");
    }
    let text = desk.told("export other.soat --fhir other.fhir");
    assert!(String::from_utf8(text).unwrap().contains("other.fhir"));
    let bundle: Value = serde_json::from_slice(&desk.read("other.fhir")).unwrap();
    let kinds: Vec<&str> =
        bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Patient", "Coverage", "Provenance"]);
}
