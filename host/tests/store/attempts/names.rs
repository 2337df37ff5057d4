//! Names of files and of authorities, on the screen and in JSON.

use card_fixtures::authority::{Authority, Name};

use crate::desk::{Desk, fingerprint, own};

/// Found: a line break in the name of a file added a row to the verdicts, which nobody had judged.
#[cfg(unix)]
#[test]
fn attempt_a_row_out_of_a_file_name() {
    let desk = Desk::trusting();
    for name in ["a.soat", "b\nGENUINE  c.soat", "d\u{1b}[2K\u{1b}[32mGENUINE\u{202E}.soat", "e\u{85}GENUINE\u{2028}GENUINE.soat"]
    {
        desk.write(&format!("cards/{name}"), b"torn");
    }
    for language in ["en_US.UTF-8", "vi_VN.UTF-8"] {
        let finished = desk.run_in(language, "verify cards");
        assert_eq!(finished.code, 2);
        assert_eq!(finished.stdout.lines().count(), 4, "{}", finished.stdout);
        assert!(finished.stdout.lines().all(|line| !line.starts_with("GENUINE")), "{}", finished.stdout);
        let mut shown = finished.stdout.chars().chain(finished.stderr.chars());
        assert!(shown.all(|letter| letter == '\n' || !letter.is_control() && !('\u{2028}'..='\u{202E}').contains(&letter)));
    }
    let json = desk.run("verify cards --json");
    assert_eq!(json.stdout.lines().count(), 4);
    assert!(
        json.stdout.chars().all(|letter| letter == '\n' || !letter.is_control() && !('\u{2028}'..='\u{202E}').contains(&letter))
    );
    for line in json.stdout.lines() {
        let document: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&document["exit_code"], &document["overall"]), (&2.into(), &serde_json::Value::Null));
    }
}

/// Found: names in certificates reached a terminal by way of JSON with their control sequences of one octet.
#[test]
fn attempt_to_draw_by_the_name_of_an_authority() {
    let desk = Desk::new();
    let name = Name::new("VN", "Ministry\u{9b}2J\u{9b}32mGENUINE", "CSCA \u{202E}ENIUNEG\u{061C}\u{7f}");
    let drawing = Authority { csca_name: name, ..own() };
    desk.trust("csca.der", &drawing.csca_certificate());
    for line in ["trust list", "trust list --json", &format!("trust show {}", fingerprint(&drawing.csca_certificate()))] {
        let finished = desk.run(line);
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        assert!(finished.stdout.contains("GENUINE"));
        let steers = |letter: char| letter != '\n' && letter.is_control() || matches!(letter, '\u{202E}' | '\u{061C}');
        assert!(!finished.stdout.chars().any(steers), "{line}: {:?}", finished.stdout);
    }
    let subject = desk.json("trust list")["anchors"][0]["subject"].as_str().unwrap().to_owned();
    assert!(subject.contains("Ministry\u{9b}2J"), "JSON says what is there: {subject:?}");
}
