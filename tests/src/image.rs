//! Images for the gate, built for thumbv7em, and what they occupy.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::real_data::skip;

const TARGET: &str = "thumbv7em-none-eabihf";

/// An image: its binary and the features that it is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// Passive authentication alone, of a saved dossier.
    PassiveAuthentication,
    /// The same, built with the features of the gate for QEMU, so that what it rests on is built once.
    PassiveAuthenticationBesideGate,
    /// The gate for the board.
    Gate,
    /// The gate for QEMU.
    GateInQemu,
    /// The boot loader for the board.
    Boot,
    /// The boot loader for QEMU.
    BootInQemu,
    /// Counts what the gate's cryptography costs.
    Costs,
}

impl Image {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::PassiveAuthentication => ("passive-authentication", "image"),
            Self::PassiveAuthenticationBesideGate => ("passive-authentication", "image,qemu"),
            Self::Gate => ("gate", "board"),
            Self::Boot => ("boot", "board"),
            Self::BootInQemu => ("boot", "image,qemu"),
            Self::Costs => ("costs", "image,qemu"),
            Self::GateInQemu => ("gate", "image,qemu"),
        }
    }
}

/// Builds an image; an error says why it cannot be built here.
///
/// # Errors
/// What cargo said.
pub fn build(image: Image) -> Result<PathBuf, String> {
    // Two gates are one binary until each is kept under its own name.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (binary, feature) = image.names();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--locked", "--profile", "flash", "-p", "soat-firmware", "--features", feature, "--target", TARGET])
        .args(["--bin", binary])
        // They would take the place of the image's own flags, of `.cargo/config.toml`.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(&root)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let built = target.join(TARGET).join("flash").join(binary);
    let kept = built.with_file_name(format!("{binary}-{feature}"));
    std::fs::copy(&built, &kept).map_err(|error| error.to_string())?;
    Ok(kept)
}

/// An image that QEMU can run, for a test; where it cannot be built or run here, the test is skipped.
///
/// # Panics
/// Where it does not build for another reason than a missing target.
pub fn in_qemu(image: Image) -> Option<PathBuf> {
    if Command::new("qemu-system-arm").arg("--version").output().is_err() {
        skip("qemu-system-arm is not installed");
        return None;
    }
    match build(image) {
        Ok(image) => Some(image),
        Err(why) if why.contains("can't find crate for `core`") => {
            skip("the target thumbv7em-none-eabihf is not installed");
            None
        }
        Err(why) => panic!("the image does not build: {why}"),
    }
}

/// The gate as a program of this computer.
///
/// # Panics
/// Where it does not build.
pub fn simulator() -> PathBuf {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // With the features of the whole workspace, so that what it rests on is built once.
        let output = Command::new(cargo)
            .args(["build", "--locked", "--workspace", "--features", "soat-firmware/simulator", "--bin", "simulator"])
            .current_dir(&root)
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "the simulator does not build: {}", String::from_utf8_lossy(&output.stderr));
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        target.join("debug").join("simulator")
    });
    BUILT.clone()
}

/// Bytes that an image occupies in flash: its loadable segments with contents (ELF32, little-endian).
pub fn flash_bytes(elf: &[u8]) -> Option<u32> {
    segments(elf)?.into_iter().try_fold(0_u32, |sum, (_, contents)| sum.checked_add(u32::try_from(contents.len()).ok()?))
}

/// What lies in flash from the first byte of an image on, with the gaps between its segments blank.
pub fn flat(elf: &[u8]) -> Option<Vec<u8>> {
    let mut segments = segments(elf)?;
    segments.sort_unstable_by_key(|(address, _)| *address);
    let start = segments.first()?.0;
    let mut bytes = Vec::new();
    for (address, contents) in segments {
        bytes.resize(usize::try_from(address.checked_sub(start)?).ok()?, 0xFF);
        bytes.extend_from_slice(contents);
    }
    Some(bytes)
}

/// The segments with contents, and where each lies in flash.
fn segments(elf: &[u8]) -> Option<Vec<(u32, &[u8])>> {
    const PT_LOAD: u32 = 1;
    let half = |at: usize| Some(u16::from_le_bytes(*elf.get(at..)?.first_chunk()?));
    let word = |at: usize| Some(u32::from_le_bytes(*elf.get(at..)?.first_chunk()?));
    if elf.first_chunk::<5>()? != b"\x7fELF\x01" {
        return None;
    }
    let table = usize::try_from(word(28)?).ok()?;
    let (size, count) = (usize::from(half(42)?), usize::from(half(44)?));
    let mut segments = Vec::new();
    for header in (0..count).map(|index| table + index * size) {
        let (offset, length) = (usize::try_from(word(header + 4)?).ok()?, usize::try_from(word(header + 16)?).ok()?);
        if word(header)? == PT_LOAD && length > 0 {
            segments.push((word(header + 12)?, elf.get(offset..)?.get(..length)?));
        }
    }
    Some(segments)
}
