//! Programs of others that are installed beside this one.

use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where a program is installed. A place that depends on the folder in which this one was started is none.
pub fn find(name: &str) -> Option<PathBuf> {
    let is_program = |place: &Path| place.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
    let path = env::var_os("PATH")?;
    env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name)).find(|place| is_program(place))
}
