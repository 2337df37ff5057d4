//! The built command `soat`, run as a user runs it.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The binary, built once a test process so that it is never stale.
///
/// # Panics
/// Where it cannot be built: a test can do nothing then.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // The whole workspace, so that dependencies keep the features with which they are there already.
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--locked", "--workspace", "--bin", "soat"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .status();
        assert!(built.is_ok_and(|status| status.success()), "the command soat does not build");
        // …/target/debug/deps/<this test>
        let test = env::current_exe().unwrap_or_default();
        let folder = test.parent().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
        let binary = folder.join("soat");
        assert!(binary.is_file(), "{} is missing", binary.display());
        binary
    })
}

/// The binary as users have it, optimised, for benches.
///
/// # Panics
/// Where it cannot be built.
pub fn release_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // The whole workspace, so that dependencies are built with the features that the benches have.
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--locked", "--release", "--workspace", "--bin", "soat"])
            .current_dir(workspace)
            .status();
        assert!(built.is_ok_and(|status| status.success()), "the command soat does not build");
        let bench = env::current_exe().unwrap_or_default();
        let folder = bench.parent().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
        folder.join("soat")
    })
}

/// The command with English messages, no trust folder of the user's, and nothing on standard input.
pub fn soat(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).env("LANG", "en_US.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES").env("NO_COLOR", "1");
    command.env("SOAT_TRUST", env::temp_dir().join("soat-tests-no-trust"));
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
///
/// # Panics
/// Where it cannot be started.
pub fn run(command: &mut Command) -> Finished {
    Finished::from(command.output().expect("the command starts"))
}

/// Runs it with text on standard input.
///
/// # Panics
/// Where it cannot be started or fed.
pub fn run_with_input(command: &mut Command, input: &str) -> Finished {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    if let Some(mut stdin) = child.stdin.take() {
        // The command may end before it reads: that is its right.
        let _ = stdin.write_all(input.as_bytes());
    }
    Finished::from(child.wait_with_output().expect("the command ends"))
}

/// What a finished command left behind.
#[derive(Debug)]
pub struct Finished {
    /// Exit code; -1 after a signal.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
