//! A pcscd of one's own with a virtual reader, for tests: own socket, own port, gone when it is dropped.
//!
//! pcscd always serves at /run/pcscd, so it runs in a mount namespace in which that is a directory of its own. Clients find the
//! socket by their environment.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The environment variable by which PC/SC clients find the daemon's socket.
pub const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";

const DAEMONS: [&str; 2] = ["/usr/sbin/pcscd", "/usr/bin/pcscd"];
/// Its arguments: the directory to serve at, the daemon, the readers' configuration.
const IN_NAMESPACE: &str = r#"mkdir -p /run/pcscd && mount --bind "$1" /run/pcscd && exec "$2" --foreground --config "$3""#;
const START: Duration = Duration::from_secs(10);

/// A running pcscd with vpcd as its only reader.
pub struct Pcscd {
    child: Child,
    directory: PathBuf,
    port: u16,
}

/// Why there is no daemon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// pcscd or its driver vpcd is not installed.
    #[error("{0} is not installed")]
    NotInstalled(&'static str),
    /// It did not come up.
    #[error("pcscd did not start")]
    Start(#[from] io::Error),
}

impl Pcscd {
    /// Starts it and waits until its reader listens.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] where pcscd or vpcd is missing; [`Error::Start`] where it cannot run, as where user namespaces are
    /// forbidden. A test skips in either case.
    pub fn start() -> Result<Pcscd, Error> {
        let daemon = DAEMONS.into_iter().find(|path| Path::new(path).exists()).ok_or(Error::NotInstalled("pcscd"))?;
        let driver = driver().ok_or(Error::NotInstalled("vsmartcard-vpcd"))?;
        let port = free_port()?;
        let directory = own_directory()?;
        let readers = directory.join("readers");
        std::fs::create_dir(&readers)?;
        std::fs::write(
            readers.join("vpcd"),
            format!(
                "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {}\nCHANNELID 0x{port:X}\n",
                driver.display()
            ),
        )?;
        std::fs::create_dir(directory.join("run"))?;
        let child = spawn(&directory, daemon).inspect_err(|_| remove(&directory))?;
        // From here on Drop ends the child and removes the directory.
        let mut daemon = Pcscd { child, directory, port };
        daemon.wait_until_ready()?;
        Ok(daemon)
    }

    /// Ends it, and its readers with it, as where the service is stopped. [`Self::resume`] starts it again.
    pub fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(self.socket());
    }

    /// Starts it again, at the same socket and the same port.
    ///
    /// # Errors
    /// [`Error::Start`] where it does not come up.
    pub fn resume(&mut self) -> Result<(), Error> {
        let daemon = DAEMONS.into_iter().find(|path| Path::new(path).exists()).ok_or(Error::NotInstalled("pcscd"))?;
        self.child = spawn(&self.directory, daemon)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let start = Instant::now();
        while !self.socket().exists() || is_free(self.port) {
            if let Some(status) = self.child.try_wait()? {
                return Err(Error::Start(io::Error::other(format!("pcscd ended with {status}"))));
            }
            if start.elapsed() > START {
                return Err(Error::Start(io::ErrorKind::TimedOut.into()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The daemon's socket, for [`SOCKET_VARIABLE`] in a client's environment.
    pub fn socket(&self) -> PathBuf {
        self.directory.join("run/pcscd.comm")
    }

    /// Where the virtual reader listens, for [`super::vpcd::serve`].
    pub fn address(&self) -> (Ipv4Addr, u16) {
        (Ipv4Addr::LOCALHOST, self.port)
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.stop();
        remove(&self.directory);
    }
}

/// Starts the daemon in a namespace in which it serves in this directory.
fn spawn(directory: &Path, daemon: &str) -> io::Result<Child> {
    Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", IN_NAMESPACE, "sh"])
        .args([directory.join("run").as_path(), Path::new(daemon), directory.join("readers").as_path()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn remove(directory: &Path) {
    // A directory left behind in the temporary folder harms nobody.
    let _ = std::fs::remove_dir_all(directory);
}

fn driver() -> Option<PathBuf> {
    let path = Path::new("/usr/lib/pcsc/drivers/serial/libifdvpcd.so");
    path.exists().then(|| path.to_path_buf())
}

/// vpcd takes a port for each of its two readers.
fn free_port() -> io::Result<u16> {
    for _ in 0..50 {
        let port = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?.local_addr()?.port();
        if port < u16::MAX && is_free(port) && is_free(port + 1) {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
}

fn own_directory() -> io::Result<PathBuf> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let directory = std::env::temp_dir().join(format!("soat-pcscd-{}-{number}", std::process::id()));
    std::fs::create_dir(&directory)?;
    Ok(directory)
}
