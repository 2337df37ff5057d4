//! `soat gate flash`: boot loader and gate onto a board that has nothing yet, with the tools of the distribution: OpenOCD over SWD, or
//! dfu-util with the loader in the microcontroller's ROM (ST AN2606, AN3156).

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider as _};

use crate::command_line::Flash;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::flat_image::{self, BOOT, GATE, Place};
use crate::printable::printable;

/// The loader in the ROM, as it shows itself on USB.
const ROM_LOADER: &str = "0483:df11";
/// How many of a tool's last lines are shown where it fails.
const LAST_LINES: usize = 8;

/// A program and its arguments.
struct Line {
    tool: &'static str,
    arguments: Vec<String>,
}

/// Writes both programs, or says how.
///
/// # Errors
/// What is wrong with a program; that there is no tool, or that it failed.
pub fn run(arguments: &Flash, session: &mut Session) -> Result<Exit> {
    let programs = [(BOOT, flat_image::read(&arguments.boot, BOOT)?), (GATE, flat_image::read(&arguments.image, GATE)?)];
    let lines = if arguments.dfu { dfu() } else { vec![swd(&arguments.interface, arguments.protect)?] };
    if arguments.dry_run {
        if arguments.json {
            session.print_json(&document(arguments, &programs, &lines));
        } else {
            session.print(&dry(&programs, &lines, session));
        }
        return Ok(Exit::Successful);
    }
    let tools = lines.iter().map(|line| Ok((found(line.tool)?, line))).collect::<Result<Vec<_>>>()?;
    // Nobody takes it back without losing what the gate keeps.
    if arguments.protect && !arguments.yes && !session.confirms(&session.messages.text("gate-flash-question")) {
        return Err(Error::usage("gate-flash-unconfirmed"));
    }
    let folder = tempfile::tempdir().map_err(|cause| Error::file("file-unwritable", &std::env::temp_dir(), &cause))?;
    for (place, flat) in &programs {
        let path = folder.path().join(name(*place));
        std::fs::write(&path, flat).map_err(|cause| Error::file("file-unwritable", &path, &cause))?;
    }
    for (tool, line) in tools {
        session.note(&session.messages.format("gate-flash-writing", &[("tool", line.tool.into())]));
        write(&tool, line, folder.path(), session)?;
    }
    if arguments.json {
        session.print_json(&document(arguments, &programs, &lines));
        return Ok(Exit::Successful);
    }
    let id = match (arguments.dfu, arguments.protect) {
        (true, _) => "gate-flash-done-dfu",
        (false, true) => "gate-flash-done-protected",
        (false, false) => "gate-flash-done-swd",
    };
    session.print(&format!("{}\n", session.messages.text(id)));
    Ok(Exit::Successful)
}

/// The flat file of a place, in the folder in which a tool is started: no path has to pass through its own quotation marks.
fn name(place: Place) -> String {
    format!("{}.bin", place.binary)
}

/// OpenOCD writes, compares and starts; with `protect` it sets read-out protection level 1 (RM0090 §3.7.3) instead of starting, which counts
/// from the next time that power comes.
fn swd(interface: &str, protect: bool) -> Result<Line> {
    let is_name = !interface.is_empty()
        && interface
            .split('/')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    if !is_name {
        return Err(Error::usage("gate-interface-invalid"));
    }
    let program = |place: Place, then: &str| format!("program {} {:#010x} verify{then}", name(place), place.start);
    let mut commands = vec![program(BOOT, "")];
    if protect {
        commands.push(program(GATE, ""));
        commands.extend(["reset halt", "stm32f2x lock 0", "shutdown"].map(str::to_owned));
    } else {
        commands.push(program(GATE, " reset exit"));
    }
    let files = [format!("interface/{interface}.cfg"), "target/stm32f4x.cfg".to_owned()];
    let files = files.into_iter().flat_map(|file| ["-f".to_owned(), file]);
    let commands = commands.into_iter().flat_map(|command| ["-c".to_owned(), command]);
    Ok(Line { tool: "openocd", arguments: files.chain(commands).collect() })
}

/// dfu-util writes both. It does not start them: its “leave” would jump past the boot loader, and the pin that chose the ROM's loader has to
/// be taken back anyway.
fn dfu() -> Vec<Line> {
    let line = |place: Place| {
        let arguments = ["-a", "0", "-d", ROM_LOADER, "-s", &format!("{:#010x}", place.start), "-D", &name(place)];
        Line { tool: "dfu-util", arguments: arguments.map(str::to_owned).to_vec() }
    };
    vec![line(BOOT), line(GATE)]
}

fn missing(tool: &'static str) -> Error {
    Error::usage("gate-flash-tool-missing").with("tool", tool)
}

#[cfg(unix)]
fn found(tool: &'static str) -> Result<PathBuf> {
    crate::installed::find(tool).ok_or_else(|| missing(tool))
}

#[cfg(not(unix))]
fn found(tool: &'static str) -> Result<PathBuf> {
    Ok(tool.into())
}

/// Runs a tool to its end.
fn write(tool: &Path, line: &Line, folder: &Path, session: &mut Session) -> Result<()> {
    let output = Command::new(tool).args(&line.arguments).current_dir(folder).stdin(Stdio::null()).output();
    let failed = |status: String| {
        let error = Error::card(if line.tool == "openocd" { "gate-flash-failed-swd" } else { "gate-flash-failed-dfu" });
        error.with("tool", line.tool).with("status", status)
    };
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            session.note(&last_lines(&output));
            Err(failed(output.status.to_string()))
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => Err(missing(line.tool)),
        Err(cause) => Err(failed(cause.to_string())),
    }
}

/// The end of what a tool said.
fn last_lines(output: &Output) -> String {
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    // Bars of progress come back to the beginning of their line.
    let lines: Vec<&str> = said.iter().flat_map(|text| text.split(['\n', '\r'])).filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(LAST_LINES));
    last.map(|line| format!("  {}", printable(line))).collect::<Vec<_>>().join("\n")
}

/// What would be written, and how, as a shell takes it.
fn dry(programs: &[(Place, Vec<u8>); 2], lines: &[Line], session: &Session) -> String {
    let mut text = String::new();
    for (place, flat) in programs {
        let told = [
            ("name", name(*place).into()),
            ("start", format!("{:#010x}", place.start).into()),
            ("bytes", flat.len().to_string().into()),
            ("sha256", sha256(flat).into()),
        ];
        text += &format!("{}\n", session.messages.format("gate-flash-program", &told));
    }
    for line in lines {
        let words = line.arguments.iter().map(|word| if word.contains(' ') { format!("\"{word}\"") } else { word.clone() });
        text += &format!("{} {}\n", line.tool, words.collect::<Vec<_>>().join(" "));
    }
    text
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode_upper(RustCrypto.digest(DigestAlgorithm::Sha256, &[bytes]))
}

/// The same for programs.
fn document(arguments: &Flash, programs: &[(Place, Vec<u8>); 2], lines: &[Line]) -> Value {
    let programs = programs.iter().map(|(place, flat)| {
        json!({ "name": name(*place), "start": format!("{:#010x}", place.start), "bytes": flat.len(), "sha256": sha256(flat) })
    });
    let commands = lines.iter().map(|line| [vec![line.tool.to_owned()], line.arguments.clone()].concat());
    json!({
        "version": 1,
        "written": !arguments.dry_run,
        "protected": arguments.protect && !arguments.dry_run,
        "programs": programs.collect::<Vec<_>>(),
        "commands": commands.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_a_name_and_leads_nowhere_else() {
        assert!(swd("stlink", false).is_ok() && swd("ftdi/olimex-arm-usb-ocd-h", false).is_ok());
        for other in ["", "../stlink", "/etc/stlink", "stlink.cfg", "stlink ", "ftdi//x", "x;shutdown"] {
            assert_eq!(swd(other, false).err().unwrap().id(), "gate-interface-invalid", "{other}");
        }
    }

    #[test]
    fn a_tools_last_lines_are_its_own_and_steer_nothing() {
        let failing = || Command::new("sh").args(["-c", "seq 20; printf '\\033[2J end\\r\\n' >&2; exit 1"]).output().unwrap();
        let lines = last_lines(&failing());
        assert_eq!(lines.lines().count(), LAST_LINES);
        assert!(lines.starts_with("  14\n") && lines.ends_with("\u{FFFD}[2J end"), "{lines}");
    }
}
