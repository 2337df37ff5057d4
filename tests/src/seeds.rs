//! Seeds for the entries: files of synthetic cards, and files of other people's data where they lie.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use card_fixtures::authority::{Authority, CrlOptions, DeviantSigner, Deviation, DeviationListOptions, MasterListOptions, ldif};
use card_fixtures::personalisation::{authority, issue, personalise};
use card_fixtures::time::Time;
use ed25519_dalek::{Signer, SigningKey};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CryptoError, DigestAlgorithm, Provider};
use soat::dossier::{Dossier, FileId};
use soat::evidence::{SavedDossier, TerminalKey, TerminalSigner};
use soat::gate::image::ImageHeader;
use soat::gate::link::message::Request;
use soat::gate::link::{Frame, Kind};
use soat::gate::pack::access_list::{AccessList, Entry as AccessEntry};
use soat::gate::pack::{Content, Settings};
use soat::pki::time_stamp::request;
use soat::time::Timestamp;
use soat::trust_snapshot::{Object, ObjectKind, Snapshot};

use crate::answers::recorded;
use crate::entries::STAMPED;
use crate::openssl_ts::StandIn;

/// One seed: the entry that it is for, a name, and the bytes.
pub type Seed = (&'static str, String, Vec<u8>);

/// Cards whose files differ in kind: both Vietnamese layouts, a TD3 passport with all optional groups, RSA, PSS and BER security objects.
const CARDS: [&str; 7] = [
    "vietnam-2021",
    "vietnam-2024",
    "vietnam-no-expiry",
    "passport-td3",
    "sod-rsa2048-pkcs1-sha256",
    "sod-rsa2048-pss-sha256",
    "sod-bp512r1-sha512",
];

/// Largest synthetic file that is kept as a seed, so that the corpus stays small: larger faces say nothing new.
const LARGEST: usize = 6000;

/// Seeds from synthetic cards.
pub fn synthetic() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for name in CARDS {
        let Some(card) = personalise(name) else { continue };
        for (&identifier, bytes) in &card.application_files {
            if bytes.len() > LARGEST {
                continue;
            }
            if let Some(entry) = entry_of(identifier) {
                seeds.push((entry, format!("{name}-{identifier:04x}"), bytes.clone()));
            }
        }
        if let Some(authority) = authority(name) {
            seeds.push(("certificate", format!("{name}-csca"), authority.csca_certificate()));
            let revoked = vec![(vec![0x11, 0x22], Time::midnight(2024, 8, 1)), (vec![0x05], Time::midnight(2024, 8, 2))];
            let options = CrlOptions { revoked, reason: Some(1), ..CrlOptions::default() };
            seeds.push(("revocation_list", format!("{name}-crl"), authority.revocation_list(&options)));
        }
        let files = card.application_files.iter().filter(|(_, bytes)| bytes.len() <= LARGEST);
        let known = files.filter_map(|(&identifier, bytes)| Some((file_id(identifier)?, bytes.clone())));
        if let Ok(dossier) = Dossier::from_raw_files(known) {
            seeds.push(("dossier", format!("{name}.soat"), dossier.to_cbor()));
        }
    }
    seeds.extend(signed());
    seeds.extend(lists());
    seeds.extend(gate());
    seeds.extend(time_stamp());
    seeds.extend(recorded().map(|answers| ("answers", "passive-only".into(), answers)));
    for (name, zone) in [
        ("td1-vietnam", "IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"),
        ("td3-icao", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    ] {
        seeds.push(("mrz", name.into(), zone.into()));
    }
    for (name, code) in [
        ("card-2021", "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021\r\n"),
        ("card-2024", "001199000001||Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||"),
        ("chat", "001199000001|Nguyễn Thị Mẫu|01/01/1999|Nữ|Hà Nội|15/03/2021"),
        ("insurance", "GD4010199000001|4d|1999|2|-|01 - 001|01/01/2024|-|15/12/2023|01001000|-|4|01/01/2026|x|$"),
    ] {
        seeds.push(("qr", name.into(), code.into()));
    }
    seeds
}

/// A dossier under a terminal's signature; also one with a time-stamp that is none beside it.
fn signed() -> Option<Seed> {
    let card = personalise("vietnam-child")?;
    let files = card.application_files.iter().filter_map(|(&identifier, bytes)| Some((file_id(identifier)?, bytes.clone())));
    let dossier = Dossier::from_raw_files(files).ok()?;
    let saved = SavedDossier::signed(&dossier, &SeedTerminal::new()).ok()?;
    Some(("evidence", "vietnam-child-signed.soat".into(), saved.time_stamped(vec![0x30, 0]).to_cbor()))
}

/// A master list and a deviation list, each with its content alone, a directory, and a snapshot.
fn lists() -> Vec<Seed> {
    let Some(authority) = authority("vietnam-2024") else { return Vec::new() };
    let signer = DeviantSigner::Digest(vec![7; 32]);
    let deviation = Deviation {
        document_type: Some("ID"),
        signer: Some(signer),
        numbers: Some(vec!["C01X00T47".into()]),
        kinds: vec![("2.23.136.1.1.7.2.2", Some(2))],
        ..Deviation::default()
    };
    let content = Authority::deviation_list_content(std::slice::from_ref(&deviation));
    let list = authority.deviation_list(&[deviation], &DeviationListOptions::default());
    let members = [authority.csca_certificate(), authority.document_signer_certificate().der];
    let master_list = authority.master_list(&members, &MasterListOptions::default());
    let crl = authority.revocation_list(&CrlOptions::default());
    let directory = ldif(&[("o=crl,c=VN", vec![("certificateRevocationList;binary", crl.clone())])]);
    let object = Object { kind: ObjectKind::RevocationList, content: crl, provenance: "{}".into() };
    let snapshot = Snapshot::new(1, Timestamp(1_785_542_400), vec![object]).signed(&SeedTerminal::new()).unwrap_or_default();
    vec![
        ("master_list", "vietnam.ml".into(), master_list),
        ("master_list", "members".into(), Authority::master_list_content(0, &members)),
        ("deviation_list", "vietnam.dl".into(), list),
        ("deviation_list", "content".into(), content),
        ("ldif", "vietnam.ldif".into(), directory.into_bytes()),
        ("trust_snapshot", "vietnam.soat".into(), snapshot),
    ]
}

/// What a gate's operator signs, and what is said at its wires.
fn gate() -> Vec<Seed> {
    let anchors = authority("vietnam-2024").map(|authority| authority.csca_certificate()).into_iter().collect();
    let list = AccessList::of(&BTreeMap::from([([7; 16], AccessEntry::ALWAYS)]), Vec::new());
    let content =
        Content { site: "north".into(), zone_minutes: 420, settings: Settings::default(), anchors, revoked: vec![[3; 16]], list };
    let (made, ends) = (Timestamp(1_785_542_400), Timestamp(1_800_000_000));
    let pack = content.signed(1, made, ends, &SeedTerminal::new(), &RustCrypto).unwrap_or_default();
    let image = ImageHeader::sign(b"an image", "stm32f405", 2, &SeedTerminal::new(), &RustCrypto).unwrap_or_default();
    let asked = |request: Request| Frame { kind: Kind::Data, body: request.to_cbor().to_vec() }.to_wire();
    vec![
        ("gate_pack", "north.pack".into(), pack),
        ("gate_image", "next.image".into(), image),
        ("gate_link", "status".into(), asked(Request::Status)),
        ("gate_link", "transmit".into(), asked(Request::Transmit(vec![0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1D]))),
        ("pn532", "firmware-version".into(), hex::decode("0000ff00ff000000ff06fad50332010607e800").unwrap_or_default()),
        ("osdp", "id".into(), hex::decode("530508000061003f").unwrap_or_default()),
    ]
}

/// An answer that OpenSSL made, where there is OpenSSL.
fn time_stamp() -> Option<Seed> {
    let authority = StandIn::new()?;
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[STAMPED]);
    Some(("time_stamp", "openssl.tsr".into(), authority.answer(&request(&digest)?)))
}

/// A terminal whose key everybody knows.
pub struct SeedTerminal(SigningKey, TerminalKey);

impl Default for SeedTerminal {
    fn default() -> Self {
        Self::new()
    }
}

impl SeedTerminal {
    /// The key of all ones.
    pub fn new() -> Self {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = TerminalKey::ed25519(key.verifying_key().as_bytes());
        Self(key, public)
    }
}

impl TerminalSigner for SeedTerminal {
    fn key(&self) -> &TerminalKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

/// Seeds from the folder of other people's data. They never enter the repository.
pub fn real(folder: &Path) -> Vec<Seed> {
    let kinds = [
        ("security_object", "sods", ""),
        ("security_object", "loes2006", "ef011D"),
        ("dg1", "loes2006", "ef0101"),
        ("dg2", "loes2006", "ef0102"),
        ("security_object", "bsi-silver-2008", "EF_SOD"),
        ("dg1", "bsi-silver-2008", "Datagroup1.bin"),
        ("dg2", "bsi-silver-2008", "Datagroup2.bin"),
        ("certificate", "master-lists", ".cer"),
        ("certificate", "vn", ".cer"),
        ("deviation_list", "deviation-lists", ".bin"),
    ];
    let mut seeds = Vec::new();
    for (entry, sub, part) in kinds {
        for file in fs::read_dir(folder.join(sub)).into_iter().flatten().flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if let (true, Ok(bytes)) = (name.contains(part), fs::read(file.path())) {
                seeds.push((entry, name, bytes));
            }
        }
    }
    seeds
}

fn file_id(identifier: u16) -> Option<FileId> {
    match identifier {
        issue::SOD => Some(FileId::Sod),
        issue::COM => Some(FileId::Com),
        _ => u8::try_from(identifier & 0xFF).ok().and_then(soat::dossier::DataGroup::new).map(FileId::DataGroup),
    }
}

fn entry_of(identifier: u16) -> Option<&'static str> {
    Some(match identifier {
        issue::SOD => "security_object",
        issue::COM | 0x010E => "tlv",
        0x0101 => "dg1",
        0x010D => "dg13",
        0x0102 | 0x0107 | 0x010B | 0x010C | 0x010F | 0x0110 => "dg2",
        _ => return None,
    })
}
