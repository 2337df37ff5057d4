//! A card of the fixtures as a dossier, and what the inspection says of it.

use card_fixtures::authority::{Authority, SodOptions};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::issue::{CARD_ACCESS, COM, SOD};
use card_fixtures::personalisation::{ActiveAuthenticationKey, Personalisation, authority, personalise};
use num_bigint::BigUint;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{
    Access, AccessProtocol, ActiveAuthentication, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthentication,
    ChipAuthenticationOutcome, DataGroup, Dossier, FileContent, FileId, FileRecord, Origin, PasswordKind,
};
use soat::inspection::{Check, CheckKind, Outcome, Profile, ReasonCode, Report, inspect};
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;

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
        for (number, bytes) in self.card.data_groups() {
            put(group(number), bytes);
        }
        for identifier in &self.card.guarded_files {
            let number = u8::try_from(identifier & 0xFF).unwrap();
            dossier.files.insert(group(number), FileRecord::Refused { status: 0x6982 });
        }
        dossier.access = Some(Access { protocol: self.access_protocol(), password: PasswordKind::Can });
        dossier.chip_authentication = self.card.chip_keys.first().map(|key| {
            let curve = Curve::named(key.curve).unwrap();
            ChipAuthentication {
                key_id: key.key_id,
                protocol: "0.4.0.127.0.7.2.2.3.2.2".parse().unwrap(),
                public_key: curve.encode(&curve.public_key(&key.private)),
                outcome: ChipAuthenticationOutcome::Confirmed,
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
                AccessProtocol::Pace { protocol: "0.4.0.127.0.7.2.2.4.2.2".parse().unwrap(), parameter_id: offer.parameter_id }
            }
            None => AccessProtocol::Bac { reason: BacReason::PaceNotOffered },
        }
    }

    /// A store that trusts the authority.
    pub fn trust(&self) -> TrustStore {
        trust([self.authority.csca_certificate()])
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

/// A quirk is read through and noted in `operational`, and fails its check in `strict`.
pub fn assert_quirk(issued: &Issued, kind: CheckKind, code: &'static str) {
    let (operational, strict) = (issued.operational(), issued.strict());
    assert_eq!(row(&operational, kind).outcome, Outcome::Successful, "{code}: {:?}", row(&operational, kind));
    assert!(findings(&operational, kind).contains(&code), "{code}: {:?}", row(&operational, kind));
    assert_eq!(operational.overall, soat::inspection::Overall::Successful, "{code}");
    assert_eq!(ended(&strict, kind), failed(code));
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
