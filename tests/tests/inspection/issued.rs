//! A card of the fixtures as a dossier, and what the inspection says of it.

use card_fixtures::authority::{Authority, CrlOptions, SodOptions};
use card_fixtures::chip::{Quirks, VirtualChip};
use card_fixtures::curve::{Curve, fixed_width};
use card_fixtures::hash::Hash;
use card_fixtures::modp::Group;
use card_fixtures::personalisation::issue::{CARD_ACCESS, CARD_SECURITY, COM, SOD};
use card_fixtures::personalisation::{ActiveAuthenticationKey, Mapping, Personalisation, Suite, authority, personalise};
use card_fixtures::time::Time;
use num_bigint::BigUint;
use soat::chip::{AccessKey, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{
    Access, AccessProtocol, ActiveAuthentication, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthentication,
    ChipAuthenticationOutcome, ChipMapping, ChipMappingOutcome, DataGroup, Dossier, FileContent, FileId, FileRecord, Origin,
    PasswordKind,
};
use soat::inspection::{Check, CheckKind, Outcome, Overall, Profile, ReasonCode, Report, inspect};
use soat::pki::{Certificate, CertificateList, Provenance, TrustStore, VerifiedCrl};
use soat::time::Timestamp;
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

/// 2025-06-01
pub const NOW: Timestamp = Timestamp(1_748_736_000);
pub const CHALLENGE: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
pub const GOOD: (Outcome, Option<&str>) = (Outcome::Successful, None);

pub const fn failed(reason: &'static str) -> (Outcome, Option<&'static str>) {
    (Outcome::Failed, Some(reason))
}

pub const fn undetermined(reason: &'static str) -> (Outcome, Option<&'static str>) {
    (Outcome::Undetermined, Some(reason))
}

/// A card with its authority, before it is read.
pub struct Issued {
    pub card: Personalisation,
    pub authority: Authority,
}

impl Issued {
    pub fn new(name: &str) -> Self {
        Self { card: personalise(name).unwrap(), authority: authority(name).unwrap() }
    }

    pub fn vietnam() -> Self {
        Self::new("vietnam-2024")
    }

    /// The same card under an EF.SOD made in another way.
    pub fn signed(mut self, options: &SodOptions) -> Self {
        self.card.sign(&self.authority, options);
        self
    }

    /// What a reader would have read.
    pub fn dossier(&self) -> Dossier {
        let mut dossier = Dossier::new(Origin::Chip);
        let mut put = |file, bytes: &[u8]| dossier.files.insert(file, FileRecord::Read(FileContent::Bytes(bytes.to_vec())));
        put(FileId::Sod, &self.card.application_files[&SOD]);
        put(FileId::Com, &self.card.application_files[&COM]);
        if let Some(bytes) = self.card.master_files.get(&CARD_ACCESS) {
            put(FileId::CardAccess, bytes);
        }
        if let Some(bytes) = self.card.master_files.get(&CARD_SECURITY).filter(|_| self.card.mapping_key.is_some()) {
            put(FileId::CardSecurity, bytes);
        }
        for (number, bytes) in self.card.data_groups() {
            put(group(number), bytes);
        }
        for identifier in &self.card.guarded_files {
            let number = u8::try_from(identifier & 0xFF).unwrap();
            dossier.files.insert(group(number), FileRecord::Refused { status: 0x6982 });
        }
        dossier.access = Some(Access { protocol: self.access_protocol(), password: PasswordKind::Can });
        dossier.chip_authentication = self.card.chip_keys.first().map(|key| {
            let public_key = match (Curve::named(key.curve), Group::named(key.curve)) {
                (Some(curve), _) => curve.encode(&curve.public_key(&key.private)),
                (_, group) => group.unwrap().public_key(&key.private).to_bytes_be(),
            };
            ChipAuthentication {
                key_id: key.key_id,
                protocol: "0.4.0.127.0.7.2.2.3.2.2".parse().unwrap(),
                public_key,
                outcome: ChipAuthenticationOutcome::Confirmed,
            }
        });
        dossier.chip_mapping = self.card.mapping_key.as_ref().map(|key| {
            let curve = Curve::named(key.curve).unwrap();
            let ephemeral = curve.scalar_from_seed(b"mapping");
            let data = key.private.modinv(curve.order()).unwrap() * &ephemeral % curve.order();
            ChipMapping {
                mapping_key: curve.encode(&curve.public_key(&ephemeral)),
                outcome: ChipMappingOutcome::Data(fixed_width(&data, curve.order_len())),
            }
        });
        dossier.active_authentication = self.card.active_authentication.as_ref().map(|key| ActiveAuthentication {
            challenge: CHALLENGE,
            challenge_source: ChallengeSource::Terminal,
            outcome: ActiveAuthenticationOutcome::Signature(sign(key, &CHALLENGE)),
        });
        dossier
    }

    fn access_protocol(&self) -> AccessProtocol {
        match self.card.pace.first() {
            Some(offer) => {
                let variant = match (offer.mapping, offer.parameter_id) {
                    (Mapping::Generic, 0..8) => 1,
                    (Mapping::Generic, _) => 2,
                    (Mapping::Integrated, 0..8) => 3,
                    (Mapping::Integrated, _) => 4,
                    (Mapping::ChipAuthentication, _) => 6,
                };
                let suite = match offer.suite {
                    Suite::TripleDes => 1,
                    Suite::Aes128 => 2,
                    Suite::Aes192 => 3,
                    Suite::Aes256 => 4,
                };
                let protocol = format!("0.4.0.127.0.7.2.2.4.{variant}.{suite}").parse().unwrap();
                AccessProtocol::Pace { protocol, parameter_id: offer.parameter_id }
            }
            None => AccessProtocol::Bac { reason: BacReason::PaceNotOffered },
        }
    }

    /// A store that trusts the authority.
    pub fn trust(&self) -> TrustStore {
        trust([self.authority.csca_certificate()])
    }

    /// The same store with the authority's current revocation list, without which `strict` comes to nothing.
    pub fn trust_with_list(&self) -> TrustStore {
        let options = CrlOptions {
            this_update: Time::midnight(2025, 5, 1),
            next_update: Some(Time::midnight(2025, 8, 1)),
            ..CrlOptions::default()
        };
        let mut store = self.trust();
        let list = CertificateList::from_der(&self.authority.revocation_list(&options)).unwrap();
        store.add_revocation_list(VerifiedCrl::verify(list, &store, &RustCrypto).unwrap());
        store
    }

    /// The card as the reader finds it on a virtual chip.
    pub fn read(&self) -> Dossier {
        let card = &self.card;
        let key = match &card.mrz_key {
            Some(key) if card.bac => AccessKey::from_fields(&key.document_number, &key.birth, &key.expiry),
            _ => AccessKey::from_can(card.can.as_deref().unwrap()),
        };
        let chip = VirtualChip::with_quirks(card.clone(), 7, Quirks::of(card));
        let (mut channel, mut rng, mut watcher) = (InProcessChannel::extended(chip), SeededRng(1), Watcher::new(1));
        read_card(&mut channel, &key.unwrap(), &ReadingOptions::default(), &RustCrypto, &mut rng, &mut watcher).unwrap()
    }

    /// Read from the chip and judged, as the command does it: under `operational` and under `strict`.
    pub fn read_and_judged(&self) -> [Report; 2] {
        let (dossier, store) = (self.read(), self.trust_with_list());
        [Profile::OPERATIONAL, Profile::STRICT].map(|profile| inspect(&dossier, &store, &profile, NOW, &RustCrypto))
    }

    pub fn report(&self, profile: Profile) -> Report {
        inspect(&self.dossier(), &self.trust(), &profile, NOW, &RustCrypto)
    }

    pub fn operational(&self) -> Report {
        self.report(Profile::OPERATIONAL)
    }

    pub fn strict(&self) -> Report {
        self.report(Profile::STRICT)
    }
}

pub fn trust(certificates: impl IntoIterator<Item = Vec<u8>>) -> TrustStore {
    let mut store = TrustStore::new();
    for certificate in certificates {
        let certificate = Certificate::from_der(&certificate).unwrap();
        store.add(certificate, Provenance::Operator { source: "fixture".into() }, true, &RustCrypto);
    }
    store
}

pub fn group(number: u8) -> FileId {
    DataGroup::new(number).unwrap().into()
}

pub fn row(report: &Report, kind: CheckKind) -> &Check {
    report.check(kind).unwrap_or_else(|| panic!("there is no row {kind:?}"))
}

/// How a check ended, and why.
pub fn ended(report: &Report, kind: CheckKind) -> (Outcome, Option<&'static str>) {
    let row = row(report, kind);
    (row.outcome, row.reason.map(ReasonCode::as_str))
}

pub fn findings(report: &Report, kind: CheckKind) -> Vec<&'static str> {
    row(report, kind).findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The card that a test alters afterwards is genuine: what was altered makes the difference.
pub fn assert_genuine(issued: &Issued) {
    let report = issued.operational();
    assert_eq!(report.overall, Overall::Successful, "{}: {:#?}", issued.card.name, report.checks);
    assert!(report.identity().is_some());
}

/// A quirk that bends no rule: read from the chip, the card is genuine under both profiles, and nothing is noted beside the check.
pub fn assert_unbent(issued: &Issued, kind: CheckKind) {
    for report in issued.read_and_judged() {
        assert_eq!((ended(&report, kind), findings(&report, kind)), (GOOD, vec![]), "{}", report.profile);
        assert_eq!(report.overall, Overall::Successful, "{} {}: {:#?}", issued.card.name, report.profile, report.checks);
        assert!(report.identity().is_some());
    }
}

/// A quirk is read through and noted in `operational`, and fails its check in `strict`: read from the chip, and judged.
pub fn assert_quirk(issued: &Issued, kind: CheckKind, code: &'static str) {
    let [operational, strict] = issued.read_and_judged();
    assert_eq!(row(&operational, kind).outcome, Outcome::Successful, "{code}: {:?}", row(&operational, kind));
    assert!(findings(&operational, kind).contains(&code), "{code}: {:?}", row(&operational, kind));
    assert_eq!(operational.overall, Overall::Successful, "{code}");
    assert!(operational.identity().is_some(), "{code}");
    assert_eq!((ended(&strict, kind), strict.overall), (failed(code), Overall::Failed));
}

pub fn overwrite(dossier: &mut Dossier, file: FileId, bytes: Vec<u8>) {
    dossier.files.insert(file, FileRecord::Read(FileContent::Bytes(bytes)));
}

/// The chip's answer to INTERNAL AUTHENTICATE (ICAO 9303-11 §6.1).
pub fn sign(key: &ActiveAuthenticationKey, challenge: &[u8]) -> Vec<u8> {
    let hash = |bits| match bits {
        160 => (Hash::Sha1, &[0xBC][..]),
        224 => (Hash::Sha224, &[0x38, 0xCC][..]),
        256 => (Hash::Sha256, &[0x34, 0xCC][..]),
        384 => (Hash::Sha384, &[0x36, 0xCC][..]),
        _ => (Hash::Sha512, &[0x35, 0xCC][..]),
    };
    match key {
        ActiveAuthenticationKey::Rsa { modulus, private_exponent, hash_bits } => {
            let (hash, trailer) = hash(*hash_bits);
            let width = modulus.to_bytes_be().len();
            let nonce = vec![0x5A; width - 1 - hash.len() - trailer.len()];
            let digest = hash.digest(&[&nonce, challenge].concat());
            let representative = [&[0x6A], nonce.as_slice(), &digest, trailer].concat();
            let signature = BigUint::from_bytes_be(&representative).modpow(private_exponent, modulus).to_bytes_be();
            [vec![0; width - signature.len()], signature].concat()
        }
        ActiveAuthenticationKey::Ecdsa { curve, private, hash_bits } => {
            let (hash, _) = hash(*hash_bits);
            Curve::named(curve).unwrap().sign(private, &hash.digest(challenge)).to_plain()
        }
    }
}
