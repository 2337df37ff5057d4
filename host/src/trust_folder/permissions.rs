//! Who else can write: a folder or file that others can is refused, with the command that mends it.

use std::fs::{self, Metadata};
use std::path::Path;

use crate::error::{Error, Result};

/// Refuses a folder that others own or can write, or that they can exchange for another on the way to it.
#[cfg(unix)]
pub fn check_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let read = |path: &Path| fs::metadata(path).map_err(|cause| Error::file("trust-unreadable", path, &cause));
    refuse(path, &read(path)?)?;
    let given = std::path::absolute(path).map_err(|cause| Error::file("trust-unreadable", path, &cause))?;
    let whole = path.canonicalize().map_err(|cause| Error::file("trust-unreadable", path, &cause))?;
    // Both ways there: a link on the way can be turned by whoever can write the folder in which it stands.
    for above in given.ancestors().skip(1).chain(whole.ancestors().skip(1)) {
        let metadata = read(above)?;
        // In a sticky folder such as /tmp others cannot exchange what is not theirs.
        if metadata.mode() & 0o1000 == 0 {
            refuse(above, &metadata)?;
        }
    }
    Ok(())
}

/// Refuses a file that others own or can write.
#[cfg(unix)]
pub fn check_file(path: &Path, metadata: &Metadata) -> Result<()> {
    refuse(path, metadata)
}

#[cfg(unix)]
fn refuse(path: &Path, metadata: &Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let refused = |id| {
        let quoted = format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
        Err(Error::usage(id).with("path", path.display().to_string()).with("quoted", quoted))
    };
    if metadata.mode() & 0o022 != 0 {
        return refused("trust-writable-by-others");
    }
    // Whoever owns it can make it writable again. Root can do so everywhere.
    if metadata.uid() != 0 && metadata.uid() != rustix::process::geteuid().as_raw() {
        return refused("trust-owned-by-another");
    }
    Ok(())
}

/// Creates a folder and what leads to it, for the user alone.
#[cfg(unix)]
pub fn create_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|cause| Error::file("trust-unwritable", path, &cause))
}

/// On Windows the profile's access control list keeps others out.
#[cfg(not(unix))]
pub fn check_folder(_: &Path) -> Result<()> {
    Ok(())
}

/// On Windows the profile's access control list keeps others out.
#[cfg(not(unix))]
pub fn check_file(_: &Path, _: &Metadata) -> Result<()> {
    Ok(())
}

/// Creates a folder and what leads to it.
#[cfg(not(unix))]
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|cause| Error::file("trust-unwritable", path, &cause))
}
