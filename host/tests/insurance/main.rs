//! `soat insurance check` against a stand-in for the portal, which behaves as the portal is known to, and worse.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
#![cfg(feature = "insurance")]

mod stand_in;
#[cfg(unix)]
mod tls;

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use stand_in::{Act, stand_in};

const SECRETS: [&str; 6] = ["geheim", "ACCESS", "IDTOKEN", "001199000001", "001090000002", "01001_BV"];

fn token() -> Act {
    Act::Answer(200, json!({ "maKetQua": "200", "APIKey": { "access_token": "ACCESS", "id_token": "IDTOKEN" } }).to_string())
}

fn answer(document: &Value) -> Act {
    Act::Answer(200, document.to_string())
}

fn valid() -> Value {
    json!({ "maKetQua": "000", "hoTen": "NGUYEN THI MAU", "ngaySinh": "1999", "gtTheTu": "01/01/2026", "gtTheDen": "31/12/2026", "maThe": "DN4010000000001", "maDKBD": "01001" })
}

fn soat(port: u16, language: &str, arguments: &[&str]) -> Output {
    soat_at(&format!("http://127.0.0.1:{port}"), language, arguments, &[])
}

/// Asks the portal at an address, with these variables in the environment besides.
fn soat_at(url: &str, language: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    soat_with("password='geheim'", url, language, arguments, variables)
}

/// The same with this line of the account about its password.
fn soat_with(password: &str, url: &str, language: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let account = folder.path().join("account.toml");
    let text =
        format!("url='{url}'\nusername='01001_BV'\n{password}\nofficer_name='Trần Văn Mẫu'\nofficer_number='001090000002'\n");
    fs::write(&account, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&account, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    Command::new(env!("CARGO_BIN_EXE_soat"))
        .args(["insurance", "check", "--plain-loopback", "--now", "2026-11-22T08:00:00Z", "--account"])
        .arg(&account)
        .args(arguments)
        .env_clear()
        .env("LANG", language)
        .env("SOAT_TRUST", folder.path().join("trust"))
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

const UNVERIFIED: [&str; 6] = ["--unverified-number", "001199000001", "--name", "Nguyễn Thị Mẫu", "--born", "01/01/1999"];

/// Asks in JSON about a number that nobody has checked.
fn ask(acts: Vec<Act>) -> (i32, Value, usize) {
    let (port, requests) = stand_in(acts);
    let output = soat(port, "en", &[&UNVERIFIED[..], &["--json", "--timeout", "2"]].concat());
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for secret in SECRETS {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap(), requests.try_iter().count())
}

#[test]
fn the_two_calls_are_as_the_portal_wants_them() {
    let (port, requests) = stand_in(vec![token(), answer(&valid())]);
    let output = soat(port, "vi", &UNVERIFIED);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CÓ BẢO HIỂM") && text.contains("chưa được đối chiếu") && text.contains("31/12/2026"), "{text}");
    let (first, second) = (requests.recv().unwrap(), requests.recv().unwrap());
    let md5 = "e8636ea013e682faf61f56ce1cb1ab5c"; // printf geheim | md5sum
    assert!(first.0.starts_with("POST /api/token/take HTTP/1.1"), "{}", first.0);
    assert_eq!(first.1, json!({ "username": "01001_BV", "password": md5 }));
    let line =
        format!("POST /api/egw/KQNhanLichSuKCB2024?token=ACCESS&id_token=IDTOKEN&username=01001_BV&password={md5} HTTP/1.1");
    assert_eq!(second.0.trim(), line);
    let person = json!({ "maThe": "001199000001", "hoTen": "Nguyễn Thị Mẫu", "ngaySinh": "01/01/1999", "hoTenCb": "Trần Văn Mẫu", "cccdCb": "001090000002" });
    assert_eq!(second.1, person);
}

#[test]
fn codes_end_in_their_exit_codes() {
    for (code, exit) in [("000", 0), ("001", 3), ("003", 3), ("010", 1), ("050", 1), ("054", 2), ("055", 2), ("999", 3)] {
        let mut document = valid();
        document["maKetQua"] = code.into();
        document["ghiChu"] = "\u{1b}[2Jxin chào".into();
        let (code_seen, told, _) = ask(vec![token(), answer(&document)]);
        assert_eq!(code_seen, exit, "{code}");
        assert_eq!(told["holder"], "unverified");
        assert_eq!(told["insurance"]["portal_text"].is_string(), code == "999", "{code}");
    }
}

#[test]
fn an_expired_token_is_taken_again_once() {
    let refused = || Act::Answer(401, String::new());
    let (exit, _, calls) = ask(vec![token(), refused(), token(), answer(&valid())]);
    assert_eq!((exit, calls), (0, 4));
    let (exit, told, calls) = ask(vec![token(), answer(&json!({ "maKetQua": "401" })), token(), refused()]);
    assert_eq!((exit, calls), (2, 4));
    assert_eq!(told["error"]["code"], "insurance-account-refused");
    let (exit, _, calls) = ask(vec![refused()]);
    assert_eq!((exit, calls), (2, 1));
}

#[test]
fn a_portal_that_lies_or_fails_is_named() {
    let mut another = valid();
    another["hoTen"] = "LE VAN KHAC".into();
    let (exit, told, _) = ask(vec![token(), answer(&another)]);
    assert_eq!((exit, &told["insurance"]["conclusion"]), (1, &json!("other_person")));
    assert!(told["insurance"]["card"].is_null() && !told.to_string().contains("KHAC"));
    let failing = [
        (Act::Hang, "insurance-timed-out"),
        (Act::HangUp, "insurance-broken"),
        (Act::Answer(500, String::new()), "insurance-status"),
        (Act::Answer(302, String::new()), "insurance-status"),
        (Act::Answer(200, "<html>".to_owned()), "insurance-unreadable"),
        (Act::Answer(200, "x".repeat(300_000)), "insurance-too-long"),
    ];
    for (act, id) in failing {
        let (exit, told, calls) = ask(vec![token(), act]);
        assert_eq!((exit, told["error"]["code"].as_str().unwrap(), calls), (3, id, 2));
    }
}

#[test]
fn a_verified_card_is_asked_about_and_another_is_not() {
    let (port, requests) = stand_in(vec![token(), answer(&valid())]);
    let output = soat(port, "en", &["--reader", "virtual:vietnam-2024", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["holder"], "verified", "{told:#}");
    assert_eq!(requests.try_iter().count(), 2);

    let (port, requests) = stand_in(vec![token()]);
    let (arguments, folder) = (["--reader", "virtual:vietnam-2024", "--release", "sex", "--json"], tempfile::tempdir().unwrap());
    let told: Value = serde_json::from_slice(&soat(port, "en", &arguments).stdout).unwrap();
    assert_eq!(told["error"]["code"], "insurance-withheld");

    let file = folder.path().join("card.soat");
    let read = ["read", "--reader", "virtual:vietnam-2024", "--save"];
    assert!(Command::new(env!("CARGO_BIN_EXE_soat")).args(read).arg(&file).output().unwrap().status.success());
    // Without the anchor of its issuer the card is not verified.
    let output = soat(port, "en", &["--dossier", file.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["error"]["code"], "insurance-not-verified");
    assert_eq!(requests.try_iter().count(), 0, "the portal was asked");
}

/// An account that others can read is not used; what stands in it is not repeated.
#[cfg(unix)]
#[test]
fn an_account_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let account = folder.path().join("account.toml");
    fs::write(&account, "username='01001_BV'\npassword='geheim'\nofficer_name='Trần Văn Mẫu'\nofficer_number='001090000002'\n")
        .unwrap();
    fs::set_permissions(&account, fs::Permissions::from_mode(0o644)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_soat"))
        .args(["insurance", "check", "--json", "--reader", "virtual", "--account"])
        .arg(&account)
        .env_clear()
        .env("LANG", "en_US.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), told["error"]["code"].as_str()), (Some(2), Some("insurance-account-open")), "{told}");
    let all = [output.stdout, output.stderr].concat();
    let all = String::from_utf8_lossy(&all);
    assert!(all.contains("chmod 600") && !all.contains("geheim"), "{all}");
}

/// A stand-in for the key store's tool, which keeps what it was asked.
#[cfg(unix)]
#[test]
fn a_password_out_of_the_key_store() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let tool = folder.path().join("secret-tool");
    let path = folder.path().display().to_string();
    let install = |work: &str| {
        fs::write(&tool, format!("#!/bin/sh\nprintf '%s ' \"$@\" > '{path}/argv'\n{work}\n")).unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let ask = |port: u16, path: &str| {
        let url = format!("http://127.0.0.1:{port}");
        soat_with("password_store='secret-service'", &url, "en", &[&UNVERIFIED[..], &["--json"]].concat(), &[("PATH", path)])
    };
    install("printf geheim");
    let (port, requests) = stand_in(vec![token(), answer(&valid())]);
    let output = ask(port, &path);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(requests.recv().unwrap().1["password"], "e8636ea013e682faf61f56ce1cb1ab5c");
    let argv = fs::read_to_string(folder.path().join("argv")).unwrap();
    assert_eq!(argv, "lookup service soat-insurance username 01001_BV ");

    for (work, path, code) in [
        ("printf geheim; exit 1", path.as_str(), "insurance-store-empty"),
        ("exit 0", &path, "insurance-store-empty"),
        ("printf geheim", "/nowhere", "insurance-store-missing"),
    ] {
        install(work);
        let (port, requests) = stand_in(vec![token()]);
        let output = ask(port, path);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), told["error"]["code"].as_str()), (Some(2), Some(code)), "{told}");
        assert_eq!(requests.try_iter().count(), 0);
    }
}
