//! A stand-in time-stamp authority: OpenSSL's own (`openssl ts`), with keys made for the moment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The configuration of the authority: its key, its certificate, SHA-256, an accuracy of a second and a half.
const CONFIGURATION: &str = "\
[tsa]
default_tsa = stand_in
[stand_in]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[right]
extendedKeyUsage = critical, timeStamping
[not_critical]
extendedKeyUsage = timeStamping
[more]
extendedKeyUsage = critical, timeStamping, emailProtection
[without]
keyUsage = digitalSignature
[req]
distinguished_name = name
[name]
";

/// An authority in a folder of its own.
pub struct StandIn {
    folder: tempfile::TempDir,
}

impl StandIn {
    /// Makes the keys; `None`, with a loud line, where there is no OpenSSL.
    pub fn new() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let authority = Self { folder };
        fs::write(authority.path("tsa.cnf"), CONFIGURATION).ok()?;
        fs::write(authority.path("serial"), "01\n").ok()?;
        let made = authority.openssl("ecparam -name prime256v1 -genkey -noout -out ca.key")
            && authority.openssl("req -new -x509 -config tsa.cnf -extensions authority -key ca.key -subj /C=VN/CN=Stand-in -days 36500 -out ca.pem")
            && authority.issue("tsa", "right");
        if !made {
            eprintln!("SKIPPED: there is no openssl command that could act as a time-stamp authority");
        }
        made.then_some(authority)
    }

    /// Issues a certificate `NAME.pem` with the extensions of a section.
    pub fn issue(&self, name: &str, section: &str) -> bool {
        self.openssl(&format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {name}.key"))
            && self.openssl(&format!("req -new -config tsa.cnf -key {name}.key -subj /C=VN/CN={name} -out {name}.csr"))
            && self.openssl(&format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile tsa.cnf -extensions {section} -out {name}.pem"
            ))
    }

    /// Answers a request.
    ///
    /// # Panics
    /// Where OpenSSL does not.
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        fs::write(self.path("request.tsq"), request).expect("the folder is ours");
        assert!(self.openssl("ts -reply -config tsa.cnf -section stand_in -queryfile request.tsq -out answer.tsr"));
        fs::read(self.path("answer.tsr")).expect("OpenSSL wrote it")
    }

    /// A certificate in DER.
    ///
    /// # Panics
    /// Where there is none of this name.
    pub fn certificate(&self, name: &str) -> Vec<u8> {
        assert!(self.openssl(&format!("x509 -in {name}.pem -outform DER -out {name}.der")));
        fs::read(self.path(&format!("{name}.der"))).expect("OpenSSL wrote it")
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs OpenSSL in the folder; whether it ended well.
    pub fn openssl(&self, line: &str) -> bool {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(self.folder()).stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => true,
            Ok(output) => {
                eprintln!("openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
                false
            }
            Err(_) => false,
        }
    }
}
