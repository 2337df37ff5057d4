//! The file of a site's keys: what its gates believe, the key of its pseudonyms, and each gate's own keys. Readable by its user alone.
//!
//! ```toml
//! format = 1
//! site = "cổng bắc"
//! operator = "…"              # SHA-256 of the key that signs packs
//! pseudonym_key = "…"
//!
//! [[gate]]
//! device = "…"
//! name = "…"
//! provisioned_at = "2026-11-26T08:00:00Z"
//! link_key = "…"
//! journal_key = "…"
//! scbk = "…"
//! osdp_address = 0
//! wiegand = 0
//! least_version = 0
//! ```
//!
//! A gate that is provisioned anew stands there once more: the keys before are kept, since nobody knows whether a code was scanned.

use std::fmt::Write;
use std::path::Path;

use soat::gate::link::LinkKey;
use soat::gate::provisioning::{NAME, Wiegand};
use soat::gate::sealing::DeviceId;
use toml_edit::{Document, Table};
use zeroize::Zeroizing;

use crate::command_line::GateKey;
use crate::error::{Error, Result};
use crate::{permissions, safe_file};

/// A site.
pub struct Site {
    /// Its name: part of each pseudonym.
    pub name: String,
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs.
    pub operator: [u8; 32],
    /// The key of its pseudonyms.
    pub pseudonym_key: Zeroizing<[u8; 32]>,
    /// Its gates, the one that was provisioned last behind.
    pub gates: Vec<Gate>,
}

/// A gate and its keys.
pub struct Gate {
    /// Which one.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// When, RFC 3339.
    pub provisioned_at: String,
    /// The key of its serial link.
    pub link_key: Zeroizing<[u8; 32]>,
    /// With which its journal begins.
    pub journal_key: Zeroizing<[u8; 32]>,
    /// The key of its bus.
    pub scbk: Zeroizing<[u8; 16]>,
    /// Its address there.
    pub osdp_address: u8,
    /// Its Wiegand wires.
    pub wiegand: Wiegand,
    /// The least version of a pack that it takes.
    pub least_version: u64,
}

/// Whether a text can be the name of a site or a gate.
pub fn is_name(text: &str) -> bool {
    (1..=NAME).contains(&text.len()) && !text.chars().any(|letter| letter.is_control() || matches!(letter, '"' | '\\'))
}

impl Site {
    /// Reads a site.
    ///
    /// # Errors
    /// That others can read the file, that it cannot be read, or that it is no site's.
    pub fn read(path: &Path) -> Result<Self> {
        let text = permissions::read_private(path, "gate-site-unreadable", "gate-site-open")?;
        Self::parse(&text).ok_or_else(|| Error::usage("gate-site-invalid").with("path", path.display()))
    }

    fn parse(text: &str) -> Option<Self> {
        let document = Document::parse(text).ok()?;
        let table = document.as_table();
        if table.get("format")?.as_integer() != Some(1) {
            return None;
        }
        let gates = match table.get("gate") {
            Some(gates) => gates.as_array_of_tables()?.iter().map(Gate::parse).collect::<Option<_>>()?,
            None => Vec::new(),
        };
        let name = text_of(table, "site")?;
        is_name(&name).then_some(())?;
        Some(Self { name, operator: *bytes_of(table, "operator")?, pseudonym_key: bytes_of(table, "pseudonym_key")?, gates })
    }

    fn to_toml(&self) -> Zeroizing<String> {
        // No longer string is made while it grows: its keys would stay behind.
        let mut text = Zeroizing::new(String::with_capacity(1024 + 1024 * self.gates.len()));
        let hex = |bytes: &[u8]| Zeroizing::new(hex::encode(bytes));
        let _ = write!(
            text,
            "# Keys of a site of gates (soat gate). Whoever has them opens its doors and finds the number behind each pseudonym.\n\
             format = 1\nsite = \"{}\"\noperator = \"{}\"\npseudonym_key = \"{}\"\n",
            self.name,
            *hex(&self.operator),
            *hex(self.pseudonym_key.as_slice()),
        );
        for gate in &self.gates {
            let _ = write!(
                text,
                "\n[[gate]]\ndevice = \"{}\"\nname = \"{}\"\nprovisioned_at = \"{}\"\nlink_key = \"{}\"\njournal_key = \"{}\"\n\
                 scbk = \"{}\"\nosdp_address = {}\nwiegand = {}\nleast_version = {}\n",
                *hex(&gate.device.0),
                gate.name,
                gate.provisioned_at,
                *hex(gate.link_key.as_slice()),
                *hex(gate.journal_key.as_slice()),
                *hex(gate.scbk.as_slice()),
                gate.osdp_address,
                gate.wiegand.bits(),
                gate.least_version,
            );
        }
        text
    }

    /// Writes it into a new file.
    ///
    /// # Errors
    /// That something stands there, or what the system says.
    pub fn create(&self, path: &Path) -> Result<()> {
        safe_file::create(path, self.to_toml().as_bytes()).map_err(|cause| Error::not_created(path, &cause))
    }

    /// Writes it in the place of the file that it was read from.
    ///
    /// # Errors
    /// What the system says.
    pub fn replace(&self, path: &Path) -> Result<()> {
        safe_file::replace(path, self.to_toml().as_bytes()).map_err(|cause| Error::file("file-unwritable", path, &cause))
    }

    /// The entries of a gate, the last one first.
    pub fn of(&self, device: DeviceId) -> impl Iterator<Item = &Gate> {
        self.gates.iter().rev().filter(move |gate| gate.device == device)
    }
}

impl Gate {
    fn parse(table: &Table) -> Option<Self> {
        let number = |name: &str| table.get(name)?.as_integer();
        let name = text_of(table, "name")?;
        is_name(&name).then_some(())?;
        Some(Self {
            device: DeviceId(*bytes_of(table, "device")?),
            name,
            provisioned_at: text_of(table, "provisioned_at").filter(|text| !text.contains(['"', '\\', '\n']))?,
            link_key: bytes_of(table, "link_key")?,
            journal_key: bytes_of(table, "journal_key")?,
            scbk: bytes_of(table, "scbk")?,
            osdp_address: u8::try_from(number("osdp_address")?).ok()?,
            wiegand: Wiegand::of_bits(u8::try_from(number("wiegand")?).ok()?)?,
            least_version: u64::try_from(number("least_version")?).ok()?,
        })
    }
}

fn text_of(table: &Table, name: &str) -> Option<String> {
    table.get(name)?.as_str().map(str::to_owned)
}

fn bytes_of<const N: usize>(table: &Table, name: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    hex::decode_to_slice(table.get(name)?.as_str()?, bytes.as_mut_slice()).ok()?;
    Some(bytes)
}

impl GateKey {
    /// Whether any key is named.
    pub fn is_given(&self) -> bool {
        self.link_key.is_some() || self.site.is_some()
    }

    /// The keys that a gate may have, the likeliest first.
    ///
    /// # Errors
    /// That none is named, that the file cannot be used, or that the site does not have this gate.
    pub fn of(&self, device: DeviceId) -> Result<Vec<LinkKey>> {
        if let Some(path) = &self.link_key {
            return read_link_key(path).map(|key| vec![key]);
        }
        let path = self.site.as_ref().ok_or_else(|| Error::usage("gate-key-missing"))?;
        let site = Site::read(path)?;
        let keys: Vec<_> = site.of(device).map(|gate| LinkKey::new(*gate.link_key)).collect();
        if keys.is_empty() {
            let missing = Error::usage("gate-not-of-site").with("path", path.display());
            return Err(missing.with("device", hex::encode_upper(device.0)));
        }
        Ok(keys)
    }
}

/// A link's key of its own: 64 hexadecimal digits.
fn read_link_key(path: &Path) -> Result<LinkKey> {
    let text = permissions::read_private(path, "gate-link-key-unreadable", "gate-link-key-open")?;
    let mut bytes = Zeroizing::new([0; LinkKey::LEN]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
        .map_err(|_| Error::usage("gate-link-key-invalid").with("path", path.display()))?;
    Ok(LinkKey::new(*bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A gate, by its device.
    pub fn gate(device: u8) -> Gate {
        Gate {
            device: DeviceId([device; 16]),
            name: "cổng bắc 1".into(),
            provisioned_at: "2026-11-26T08:00:00Z".into(),
            link_key: Zeroizing::new([1; 32]),
            journal_key: Zeroizing::new([2; 32]),
            scbk: Zeroizing::new([3; 16]),
            osdp_address: 7,
            wiegand: Wiegand::Bits34,
            least_version: 9,
        }
    }

    fn site() -> Site {
        let gates = vec![gate(1), gate(2), Gate { link_key: Zeroizing::new([8; 32]), ..gate(1) }];
        Site { name: "cổng bắc".into(), operator: [4; 32], pseudonym_key: Zeroizing::new([5; 32]), gates }
    }

    #[test]
    fn a_site_comes_back_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.toml");
        site().create(&path).unwrap();
        let read = Site::read(&path).unwrap();
        assert_eq!(*read.to_toml(), *site().to_toml());
        assert_eq!((read.name.as_str(), read.operator, read.gates.len()), ("cổng bắc", [4; 32], 3));
        let keys: Vec<_> = read.of(DeviceId([1; 16])).map(|gate| *gate.link_key).collect();
        assert_eq!(keys, [[8; 32], [1; 32]], "the last one first");
        assert_eq!(site().create(&path).unwrap_err().id(), "file-exists");
        read.replace(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            assert_eq!(Site::read(&path).err().unwrap().id(), "gate-site-open");
        }
    }

    #[test]
    fn what_is_no_site_is_refused() {
        let good = site().to_toml();
        assert!(Site::parse(&good).is_some());
        for (from, to) in [
            ("format = 1", "format = 2"),
            ("operator = \"04", "operator = \"0"),
            ("wiegand = 34", "wiegand = 35"),
            ("site = \"cổng bắc\"", ""),
            ("site = \"cổng bắc\"", "site = \"\""),
            ("osdp_address = 7", "osdp_address = 700"),
            ("[[gate]]", "[gate]"),
        ] {
            assert!(Site::parse(&good.replace(from, to)).is_none(), "{from} → {to}");
        }
        assert!(!is_name("") && !is_name("a\"b") && !is_name("a\nb") && !is_name(&"x".repeat(33)) && is_name("cổng bắc 1"));
    }

    #[test]
    fn keys_are_looked_for_where_they_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("site.toml"), folder.path().join("link.key"));
        site().create(&path).unwrap();
        safe_file::create(&key, "07".repeat(32).as_bytes()).unwrap();
        let given =
            |link_key: Option<&PathBuf>, site: Option<&PathBuf>| GateKey { link_key: link_key.cloned(), site: site.cloned() };
        let keys = given(None, Some(&path)).of(DeviceId([1; 16])).unwrap();
        assert_eq!(keys.iter().map(|key| *key.expose()).collect::<Vec<_>>(), [[8; 32], [1; 32]]);
        assert_eq!(given(None, Some(&path)).of(DeviceId([9; 16])).unwrap_err().id(), "gate-not-of-site");
        assert_eq!(given(Some(&key), Some(&path)).of(DeviceId([9; 16])).unwrap().len(), 1);
        assert_eq!(given(None, None).of(DeviceId([1; 16])).unwrap_err().id(), "gate-key-missing");
        safe_file::replace(&key, b"07").unwrap();
        assert_eq!(given(Some(&key), None).of(DeviceId([1; 16])).unwrap_err().id(), "gate-link-key-invalid");
    }
}
