//! `soat read --type`, with a stand-in for the tool that types: it keeps what it was given, and by which way.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const NOW: &str = "2026-11-22T08:00:00Z";

/// A folder with tools in it, which is the only place where programs are looked for.
struct Session {
    folder: tempfile::TempDir,
}

impl Session {
    fn with(tools: &[&str]) -> Self {
        let session = Self { folder: tempfile::tempdir().unwrap() };
        for tool in tools {
            session.install(tool, "/bin/cat > \"$here/stdin\"");
        }
        session
    }

    fn install(&self, tool: &str, work: &str) {
        let here = self.folder.path().display();
        let script = format!("#!/bin/sh\nhere='{here}'\nprintf '%s\\n' \"$LC_ALL\" \"$@\" > \"$here/argv\"\n{work}\n");
        let path = self.folder.path().join(tool);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn read(&self, display: &str, template: &str, rest: &str) -> Output {
        self.read_in("en_US.UTF-8", display, template, rest)
    }

    fn read_in(&self, language: &str, display: &str, template: &str, rest: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_soat"));
        let card = if rest.contains("--reader") { "" } else { "--reader virtual" };
        command.args(["read", "--type", template, "--type-after", "0"]).args(format!("{card} {rest}").split_whitespace());
        if !rest.contains("--now") {
            command.args(["--now", NOW]);
        }
        command.env_clear().env("LANG", language).env("PATH", self.folder.path()).env("SOAT_TRUST", "trust");
        if !display.is_empty() {
            command.env(display, "session-0");
        }
        command.current_dir(self.folder.path()).stdin(Stdio::null()).output().unwrap()
    }

    /// What the tool was given: its arguments, and its standard input. It reads letters by its locale.
    fn given(&self) -> Option<(Vec<String>, String)> {
        let argv = fs::read_to_string(self.folder.path().join("argv")).ok()?;
        let stdin = fs::read_to_string(self.folder.path().join("stdin")).ok()?;
        assert_eq!(argv.lines().next(), Some("C.UTF-8"));
        Some((argv.lines().skip(1).map(ToOwned::to_owned).collect(), stdin))
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn fields_go_to_the_tool_of_the_session_by_its_standard_input() {
    let template = "{number}{tab}{name}{tab}{birth:dd/mm/yyyy}{tab}{sex}{tab}{residence}{enter}";
    let expected = "001199000001\tNguyễn Thị Mẫu\t01/01/1999\tNữ\tSố 1, Phường Mẫu, Ba Đình, Hà Nội\n";
    for (display, tools, arguments) in [
        ("DISPLAY", &["xdotool", "wtype", "ydotool"][..], &["type", "--clearmodifiers", "--file", "-"][..]),
        ("WAYLAND_DISPLAY", &["xdotool", "wtype", "ydotool"], &["-"]),
    ] {
        let session = Session::with(tools);
        let output = session.read(display, template, "");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let (argv, stdin) = session.given().unwrap();
        assert_eq!((argv.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), stdin.as_str()), (arguments, expected));
        assert!(stderr(&output).contains("Typed by"), "{}", stderr(&output));
        assert!(!stderr(&output).contains("Nguyễn"), "{}", stderr(&output));
    }
}

#[test]
fn a_tool_without_letters_for_a_name_types_nothing_of_it() {
    let session = Session::with(&["ydotool"]);
    let output = session.read("WAYLAND_DISPLAY", "{number}{tab}{name}", "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("ydotool has no keys for letters with diacritics") && session.given().is_none(),
        "{}",
        stderr(&output)
    );
    assert_eq!(session.read("WAYLAND_DISPLAY", "{number}{tab}{name:plain}", "").status.code(), Some(0));
    let (argv, stdin) = session.given().unwrap();
    assert_eq!((argv.join(" "), stdin.as_str()), ("type --file -".to_owned(), "001199000001\tNGUYEN THI MAU"));
}

#[test]
fn where_nothing_types_it_is_printed() {
    for (display, tools) in [("", &["xdotool", "wtype", "ydotool"][..]), ("DISPLAY", &[]), ("WAYLAND_DISPLAY", &["xdotool"])] {
        let session = Session::with(tools);
        let output = session.read(display, "{number}{tab}{name}{enter}", "");
        assert_eq!((output.status.code(), session.given()), (Some(0), None));
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.ends_with("\n001199000001 ⇥ Nguyễn Thị Mẫu ⏎\n"), "{printed}");
        assert!(stderr(&output).contains("Nothing here can type"), "{}", stderr(&output));
        let json = session.read(display, "{number}{enter}", "--json");
        assert!(serde_json::from_slice::<serde_json::Value>(&json.stdout).is_ok(), "one document and nothing else");
    }
}

#[test]
fn nothing_is_typed_of_a_card_that_does_not_pass() {
    let other = "079088000001||Lê-Khác|02021988|Nữ|Số-9|16092024||||";
    for (rest, exit) in [(format!("--qr {other}"), 1), ("--profile bank".to_owned(), 3)] {
        for display in ["DISPLAY", ""] {
            let session = Session::with(&["xdotool"]);
            let output = session.read(display, "{number}{tab}{name}", &rest);
            assert_eq!((output.status.code(), session.given()), (Some(exit), None), "{}", stderr(&output));
            assert!(stderr(&output).contains("Nothing was typed, because the card did not pass"), "{}", stderr(&output));
            let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
            assert!(!printed.contains("001199000001") && !printed.contains("Nguyễn") && !printed.contains("Khác"), "{printed}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_template_is_said_before_a_card_is_read() {
    let session = Session::with(&["xdotool"]);
    for (template, rest, english, vietnamese) in [
        ("{number}{tab}{nmae}", "", "column 15", "cột 15"),
        ("{birth:dd-mon}", "", "column 11", "cột 11"),
        (
            "{number}{tab}{residence}",
            "--profile hospital",
            "column 15: the profile hospital does not release “residence”",
            "không cho hiện",
        ),
        ("{religion}", "", "does not release “religion”", "không cho hiện “religion”"),
        ("{number}", "--release full_name", "does not release “personal_number”", "không cho hiện"),
        ("{number}", "--profile gate", "allow or deny", "cho vào hay từ chối"),
    ] {
        // A reader that is not there would be the error, were it looked for.
        let rest = format!("{rest} --reader nowhere --can 000001");
        for (language, words) in [("en_US.UTF-8", english), ("vi_VN.UTF-8", vietnamese)] {
            let output = session.read_in(language, "DISPLAY", template, &rest);
            assert_eq!(output.status.code(), Some(2), "{template}");
            assert!(stderr(&output).contains(words), "{template}: {}", stderr(&output));
        }
        assert!(session.given().is_none());
    }
}

#[test]
fn a_tool_that_fails_is_named_and_not_quoted() {
    let session = Session::with(&[]);
    session.install("xdotool", "/bin/cat >&2; exit 3");
    let output = session.read("DISPLAY", "{number}{tab}{name}", "");
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.contains("xdotool could not type: exit status: 3") && !told.contains("001199000001"), "{told}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("GENUINE"), "the verdict stands");
}

/// A program in the folder where one happens to stand is not taken for the tool.
#[test]
fn tools_are_taken_from_whole_paths_alone() {
    let session = Session::with(&["xdotool"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_soat"));
    command.args(["read", "--reader", "virtual", "--type", "{number}", "--type-after", "0"]);
    command
        .env_clear()
        .env("LANG", "en_US.UTF-8")
        .env("PATH", ":.:nowhere")
        .env("DISPLAY", ":0")
        .current_dir(session.folder.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(stderr(&output).contains("Nothing here can type") && session.given().is_none(), "{}", stderr(&output));
    assert!(Path::new(session.folder.path()).join("xdotool").exists());
}
