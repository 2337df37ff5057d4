//! Who else can write, and who can read a secret: a folder or file that others can is refused, with the command that mends it.

use std::fs::{self, Metadata};
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Refuses a folder that others own or can write, or that they can exchange for another on the way to it.
#[cfg(unix)]
pub fn check_folder(path: &Path) -> Result<()> {
    refuse(path, &fs::metadata(path).map_err(|cause| Error::file("trust-unreadable", path, &cause))?)?;
    check_way(path)
}

/// Refuses a way to a file or folder on which others can exchange it for another: by writing a folder above it, or by turning a link.
#[cfg(unix)]
pub fn check_way(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |cause| Error::file("trust-unreadable", &path, &cause)
    };
    let given = std::path::absolute(path).map_err(unreadable(path))?;
    for step in given.ancestors() {
        let itself = fs::symlink_metadata(step).map_err(unreadable(step))?;
        if itself.is_symlink() {
            check_owner(step, &itself)?;
            let target = fs::read_link(step).map_err(unreadable(step))?;
            check_way(&step.parent().unwrap_or(step).join(target))?;
        }
        let above = fs::metadata(step).map_err(unreadable(step))?;
        // In a sticky folder such as /tmp others cannot exchange what is not theirs.
        if step != given && above.mode() & 0o1000 == 0 {
            refuse(step, &above)?;
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
    if metadata.mode() & 0o022 != 0 {
        return Err(refused("trust-writable-by-others", path));
    }
    check_owner(path, metadata)
}

/// Whoever owns it can make it writable again. Root can do so everywhere.
#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    if metadata.uid() != 0 && metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused("trust-owned-by-another", path));
    }
    Ok(())
}

#[cfg(unix)]
fn refused(id: &'static str, path: &Path) -> Error {
    let quoted = format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    Error::usage(id).with("path", path.display().to_string()).with("quoted", quoted)
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
pub fn check_way(_: &Path) -> Result<()> {
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

/// No secret's file is longer, in bytes.
const LONGEST_SECRET: u64 = 16 * 1024;

/// The text of a file that holds a secret. One that is longer than any is cut, and so is none.
///
/// # Errors
/// Under the ids given that it cannot be read, and that others can read it, with the command that mends it.
pub fn read_private(path: &Path, unreadable: &'static str, open: &'static str) -> Result<Zeroizing<String>> {
    let failed = |cause| Error::file(unreadable, path, &cause);
    let file = fs::File::open(path).map_err(failed)?;
    check_private(path, &file.metadata().map_err(failed)?, open)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST_SECRET).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(unix)]
fn check_private(path: &Path, metadata: &Metadata, id: &'static str) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    if metadata.mode() & 0o077 == 0 { Ok(()) } else { Err(refused(id, path)) }
}

/// On Windows the profile's access control list keeps others out.
#[cfg(not(unix))]
fn check_private(_: &Path, _: &Metadata, _: &'static str) -> Result<()> {
    Ok(())
}
