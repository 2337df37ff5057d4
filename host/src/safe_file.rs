//! Writing files that hold personal data: readable by the user alone, whole or not at all, never over another file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a new file with mode 0600. It is written under another name beside its place and gets its own only when it is whole.
///
/// # Errors
/// `AlreadyExists` where something stands there; otherwise what the system says.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let unfinished = unfinished(path)?;
    let result = write_new(&unfinished, content).and_then(|()| {
        // A hard link fails where the name is taken by now; renaming would write over it.
        match fs::hard_link(&unfinished, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => claim(&unfinished, path),
            result => result,
        }
    });
    fs::remove_file(&unfinished).ok();
    result
}

/// Where the file system has no links: an empty file takes the name, unless it is taken, and the whole one replaces it.
fn claim(unfinished: &Path, path: &Path) -> io::Result<()> {
    write_new(path, b"")?;
    let result = fs::rename(unfinished, path);
    if result.is_err() {
        fs::remove_file(path).ok();
    }
    result
}

/// Writes a file, replacing the one that stands there: for what this program itself keeps.
///
/// # Errors
/// What the system says.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = unfinished(path)?;
    let result = write_new(&unfinished, content).and_then(|()| fs::rename(&unfinished, path));
    if result.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    result
}

/// Many files of this program's own, written under other names and given theirs together when all of them are on the disk: to wait for
/// the disk once a file would take a second for every three hundred.
#[derive(Default)]
pub struct Batch {
    /// Each under its unfinished name, with the name that it gets.
    written: Vec<(PathBuf, PathBuf)>,
}

impl Batch {
    /// No file yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a file that is to replace the one that stands at `path`.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&mut self, path: &Path, content: &[u8]) -> io::Result<()> {
        let unfinished = unfinished(path)?;
        self.written.push((unfinished, path.to_owned()));
        let (unfinished, _) = self.written.last().ok_or(io::ErrorKind::NotFound)?;
        new_file(unfinished)?.write_all(content)
    }

    /// Waits for the disk, then gives all files their names in the order of writing.
    ///
    /// # Errors
    /// What the system says.
    pub fn commit(mut self) -> io::Result<()> {
        self.sync()?;
        for (unfinished, path) in std::mem::take(&mut self.written) {
            fs::rename(&unfinished, path)?;
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let Some((first, _)) = self.written.first() else { return Ok(()) };
        // All lie in one file system: in one trust folder.
        #[cfg(target_os = "linux")]
        if self.written.len() > 2 {
            return Ok(rustix::fs::syncfs(fs::File::open(first)?)?);
        }
        let _ = first;
        // Windows syncs only what is open for writing.
        self.written.iter().try_for_each(|(path, _)| OpenOptions::new().write(true).open(path)?.sync_all())
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        for (unfinished, _) in &self.written {
            fs::remove_file(unfinished).ok();
        }
    }
}

/// A name beside `path` that nobody else uses.
fn unfinished(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    name.push(format!(".{}", hex::encode(random)));
    Ok(path.with_file_name(name))
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = new_file(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn new_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_whole_and_private_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.soat");
        create(&path, b"content").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"content");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_there_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.soat");
        fs::write(&path, b"first").unwrap();
        assert_eq!(create(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn without_links_too_no_other_file_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (path, unfinished) = (folder.path().join("card.soat"), folder.path().join("unfinished"));
        fs::write(&unfinished, b"content").unwrap();
        claim(&unfinished, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"content");
        fs::write(&unfinished, b"second").unwrap();
        assert_eq!(claim(&unfinished, &path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"content");
        fs::remove_file(&path).unwrap();
        fs::remove_file(&unfinished).unwrap();
        assert!(claim(&unfinished, &path).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.soat");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        assert_eq!(create(&path, b"x").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[test]
    fn a_batch_gives_all_files_their_names_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for names in [&["a", "b"][..], &["c", "d", "e"]] {
            let mut batch = Batch::new();
            names.iter().for_each(|name| batch.write(&path(name), name.as_bytes()).unwrap());
            assert!(names.iter().all(|name| !path(name).exists()));
            batch.commit().unwrap();
            assert!(names.iter().all(|name| fs::read(path(name)).unwrap() == name.as_bytes()));
        }
        let mut given_up = Batch::new();
        given_up.write(&path("f"), b"f").unwrap();
        drop(given_up);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
    }

    #[test]
    fn replacing_leaves_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        replace(&path, b"first").unwrap();
        replace(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
