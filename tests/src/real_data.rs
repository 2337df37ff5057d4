//! The folder of data made by others. It is read where it lies and never copied.

use std::env;
use std::path::PathBuf;

/// The folder `SOAT_REAL_DATA`, or `shared/data` beside the checkout; `None`, with a loud line, where there is none.
pub fn folder() -> Option<PathBuf> {
    let folder = env::var_os("SOAT_REAL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    if folder.join("INDEX.md").is_file() {
        return folder.canonicalize().ok();
    }
    skip("no folder of real data: set SOAT_REAL_DATA");
    None
}

/// Says that a test did not run, and why.
pub fn skip(why: &str) {
    eprintln!("\n*** SKIPPED: {why} ***\n");
}
