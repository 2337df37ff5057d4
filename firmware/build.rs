//! Gives the linker the board's memory map: the boot loader in front, the gate behind it (docs/gate-board.md), everything else alone.

use std::{env, fs, io, path::PathBuf};

/// Binary, where it begins in flash, and the KiB that it may have there.
const IMAGES: [(&str, u32, u32); 4] = [
    ("boot", 0x0800_0000, 32),
    ("gate", 0x0802_0000, 512),
    ("costs", 0x0800_0000, 1024),
    ("passive-authentication", 0x0800_0000, 1024),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return Ok(());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for (image, origin, kib) in IMAGES {
        let folder = out.join(image);
        fs::create_dir_all(&folder)?;
        // STM32F405: 1 MiB of flash, 128 KiB of contiguous RAM.
        let map = format!(
            "MEMORY\n{{\n  FLASH : ORIGIN = {origin:#010x}, LENGTH = {kib}K\n  RAM : ORIGIN = 0x20000000, LENGTH = 128K\n}}\n"
        );
        fs::write(folder.join("memory.x"), map)?;
        println!("cargo::rustc-link-arg-bin={image}=-L{}", folder.display());
        println!("cargo::rustc-link-arg-bin={image}=-Tlink.x");
    }
    Ok(())
}
