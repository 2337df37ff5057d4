//! A board's first programs, through tools that stand in for those of the distribution: they note what they are asked and given.

use std::os::unix::fs::PermissionsExt as _;

use soat_tests::pty::Pty;

use super::images::{elf, program};
use super::*;

const BOOT: u32 = 0x0800_0000;
const GATE: u32 = 0x0802_0000;
const ARGUMENTS: [&str; 6] = ["gate", "flash", "--boot", "boot.elf", "--image", "gate.elf"];

/// A folder with both programs, and a place for tools.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        fs::create_dir(bench.path("bin")).unwrap();
        fs::write(bench.path("boot.elf"), elf(&[(BOOT, &program(BOOT, 300))])).unwrap();
        fs::write(bench.path("gate.elf"), elf(&[(GATE, &program(GATE, 500)), (GATE + 512, b"data")])).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A tool that notes its arguments, one a line, and copies what it finds; then it does this.
    fn tool(&self, name: &str, then: &str) {
        let folder = self.0.path().display();
        let script =
            format!("#!/bin/sh\nprintf '%s\\n' {name} \"$@\" >>'{folder}/asked'\n/bin/cp boot.bin gate.bin '{folder}'\n{then}\n");
        fs::write(self.path("bin").join(name), script).unwrap();
        fs::set_permissions(self.path("bin").join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = soat(&[&ARGUMENTS[..], more].concat());
        command.current_dir(self.0.path()).env("PATH", self.path("bin")).env("TMPDIR", self.0.path());
        command
    }

    fn run(&self, more: &[&str]) -> Finished {
        run(&mut self.command(more))
    }

    /// What the tools were asked since the last time.
    fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.path("asked")).unwrap_or_default();
        let _ = fs::remove_file(self.path("asked"));
        asked.lines().map(str::to_owned).collect()
    }
}

#[test]
fn gate_link_a_board_is_written_over_swd() {
    let bench = Bench::new();
    bench.tool("openocd", "exit 0");
    let done = bench.run(&["--interface", "cmsis-dap"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.stdout.contains("written and compared") && done.stdout.contains("soat gate provision"), "{done:?}");
    let (boot, gate) = ("program boot.bin 0x08000000 verify", "program gate.bin 0x08020000 verify reset exit");
    let files = ["openocd", "-f", "interface/cmsis-dap.cfg", "-f", "target/stm32f4x.cfg"];
    assert_eq!(bench.asked(), [&files[..], &["-c", boot, "-c", gate]].concat());
    assert_eq!(fs::read(bench.path("boot.bin")).unwrap(), program(BOOT, 300));
    assert_eq!(fs::read(bench.path("gate.bin")).unwrap(), [&program(GATE, 500)[..], &[0xFF; 12], b"data"].concat());
    // What was written for the tool is gone.
    let left: Vec<_> = fs::read_dir(bench.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".tmp")), "{left:?}");
}

#[test]
fn gate_link_a_board_is_written_by_its_rom_loader() {
    let bench = Bench::new();
    bench.tool("dfu-util", "exit 0");
    let done = bench.run(&["--dfu", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let first = ["dfu-util", "-a", "0", "-d", "0483:df11", "-s", "0x08000000", "-D", "boot.bin"];
    let second = ["dfu-util", "-a", "0", "-d", "0483:df11", "-s", "0x08020000", "-D", "gate.bin"];
    assert_eq!(bench.asked(), [first, second].concat());
    let told = json(&done);
    assert_eq!((&told["written"], &told["protected"]), (&true.into(), &false.into()));
    assert_eq!(told["commands"], serde_json::json!([first, second]));
    assert_eq!(told["programs"][1]["sha256"], hex::encode_upper(Hash::Sha256.digest(&fs::read(bench.path("gate.bin")).unwrap())));
    // The loader in the ROM has no protection to set.
    assert_eq!(bench.run(&["--dfu", "--protect", "--yes"]).code, 2);
    assert_eq!(bench.asked().len(), 0);
}

#[test]
fn gate_link_a_tool_that_fails_or_is_missing_is_told_with_its_last_lines() {
    let bench = Bench::new();
    for (mode, tool) in [("--swd", "openocd"), ("--dfu", "dfu-util")] {
        let missing = bench.run(&[mode]);
        assert!(missing.code == 2 && missing.stderr.contains(&format!("apt install {tool}")), "{missing:?}");
        bench.tool(tool, "echo 'Error: open failed' >&2; exit 1");
        let failed = bench.run(&[mode]);
        assert_eq!(failed.code, 4, "{failed:?}");
        assert!(failed.stderr.contains("  Error: open failed\n") && failed.stderr.contains("exit status: 1"), "{failed:?}");
        // After the first failure nothing more is tried.
        assert_eq!(bench.asked().iter().filter(|word| *word == tool).count(), 1);
        let remedy = if tool == "openocd" { "SWDIO" } else { "BOOT0" };
        assert!(failed.stderr.contains(remedy), "{failed:?}");
    }
}

#[test]
fn gate_link_a_dry_run_says_what_would_be_done_and_does_nothing() {
    let bench = Bench::new();
    bench.tool("openocd", "exit 0");
    let dry = bench.run(&["--dry-run", "--protect"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    assert!(dry.stdout.contains("gate.bin: 516 bytes from 0x08020000 on"), "{dry:?}");
    let lock = "-c \"program gate.bin 0x08020000 verify\" -c \"reset halt\" -c \"stm32f2x lock 0\" -c shutdown\n";
    assert!(dry.stdout.ends_with(lock), "{dry:?}");
    let told = json(&bench.run(&["--dry-run", "--dfu", "--json"]));
    assert_eq!((&told["written"], told["commands"].as_array().unwrap().len()), (&false.into(), 2));
    assert_eq!(bench.asked().len(), 0);
}

#[test]
fn gate_link_a_board_is_protected_only_where_somebody_agrees() {
    let bench = Bench::new();
    bench.tool("openocd", "exit 0");
    let nobody = bench.run(&["--protect"]);
    assert!(nobody.code == 2 && nobody.stderr.contains("Nothing was written"), "{nobody:?}");
    assert_eq!(bench.asked().len(), 0);
    for (answer, agreed) in [("no", false), ("", false), ("yes", true)] {
        let mut terminal = Pty::start(&mut bench.command(&["--protect"])).unwrap();
        terminal.wait_for("Going back erases everything: programs, keys, packs. Protect the board? Type yes or no:").unwrap();
        terminal.type_text(&format!("{answer}\n")).unwrap();
        terminal.wait_for(if agreed { "read-out protection is set" } else { "Nothing was written" }).unwrap();
        drop(terminal);
        assert_eq!(bench.asked().contains(&"stm32f2x lock 0".to_owned()), agreed, "{answer}");
    }
    let agreed = bench.run(&["--protect", "--yes", "--json"]);
    assert_eq!((agreed.code, &json(&agreed)["protected"]), (0, &true.into()), "{agreed:?}");
    let asked = bench.asked();
    assert_eq!(asked[asked.len() - 6..], ["-c", "reset halt", "-c", "stm32f2x lock 0", "-c", "shutdown"]);
}

#[test]
fn gate_link_each_program_goes_to_its_own_place() {
    let bench = Bench::new();
    bench.tool("openocd", "exit 0");
    let refused = |reason: &str| {
        let finished = bench.run(&[]);
        assert!(finished.code == 2 && finished.stderr.contains(reason), "{reason}: {finished:?}");
    };
    fs::write(bench.path("boot.elf"), elf(&[(BOOT, &program(BOOT, 32 * 1024 + 1))])).unwrap();
    refused("more than the 32768 bytes");
    fs::copy(bench.path("gate.elf"), bench.path("boot.elf")).unwrap();
    refused("begins at 0x08020000, and what belongs here begins at 0x08000000");
    fs::write(bench.path("boot.elf"), elf(&[(BOOT, &program(BOOT, 300))])).unwrap();
    fs::copy(bench.path("boot.elf"), bench.path("gate.elf")).unwrap();
    refused("begins at 0x08000000, and what belongs here begins at 0x08020000");
    assert_eq!(bench.asked().len(), 0);
}
