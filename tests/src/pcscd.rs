//! A pcscd of its own for a test, with a virtual reader (vpcd), so that runs can stand side by side.
//!
//! pcscd's socket stands at a fixed path. In a mount namespace of its own that path is another folder, which the test reaches from outside.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::real_data::skip;

const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// A running pcscd; it ends with the value.
pub struct Pcscd {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Pcscd {
    /// Starts one with `readers` virtual readers of one slot pair each; `None`, with a loud line, where it cannot run here.
    pub fn start(readers: u16) -> Option<Self> {
        match Self::try_start(readers) {
            Ok(pcscd) => Some(pcscd),
            Err(why) => {
                skip(&format!("pcscd with vpcd cannot run here: {why}"));
                None
            }
        }
    }

    fn try_start(readers: u16) -> Result<Self, String> {
        if !PathBuf::from(DRIVER).exists() {
            return Err("install pcscd and vsmartcard-vpcd".into());
        }
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let port = free_ports(readers * 2)?;
        let configuration: String = (0..readers)
            .map(|index| {
                let port = port + index * 2;
                format!("FRIENDLYNAME \"Virtual PCD {index}\"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n\n")
            })
            .collect();
        let run = folder.path().join("run");
        fs::create_dir(&run).map_err(|error| error.to_string())?;
        fs::write(folder.path().join("reader.conf"), configuration).map_err(|error| error.to_string())?;
        let script = r#"mount --make-rprivate / && mkdir -p /run/pcscd && mount --bind "$1/run" /run/pcscd && exec pcscd -f -c "$1/reader.conf""#;
        let child = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("unshare: {error}"))?;
        let mut pcscd = Self { child, folder, port };
        let deadline = Instant::now() + Duration::from_secs(10);
        while !pcscd.socket().exists() {
            if let Ok(Some(status)) = pcscd.child.try_wait() {
                return Err(format!("pcscd ended: {status}"));
            }
            if Instant::now() > deadline {
                return Err("pcscd opens no socket".into());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(pcscd)
    }

    /// What `PCSCLITE_CSOCK_NAME` must name for a program that is to use it.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// The TCP port on which the reader of this index waits for a card.
    pub fn port(&self, reader: u16) -> u16 {
        self.port + reader * 2
    }

    /// Ends it, as if the daemon had died.
    pub fn stop(&mut self) {
        // The process is ours; that it has ended already is no fault.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The first of `count` neighbouring ports that are free at this moment.
fn free_ports(count: u16) -> Result<u16, String> {
    for _ in 0..50 {
        let listener = TcpListener::bind(("0.0.0.0", 0)).map_err(|error| error.to_string())?;
        let first = listener.local_addr().map_err(|error| error.to_string())?.port();
        let Some(last) = first.checked_add(count) else { continue };
        if (first + 1..last).all(|port| TcpListener::bind(("0.0.0.0", port)).is_ok()) {
            return Ok(first);
        }
    }
    Err("no free ports".into())
}
