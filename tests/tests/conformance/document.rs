//! A document on its way through an inspection system: made, read, judged.

use card_fixtures::authority::{Authority, CrlOptions, CurveEncoding, SignatureOptions, SodOptions};
use card_fixtures::chip::{Attack, Quirks, VirtualChip};
use card_fixtures::der;
use card_fixtures::personalisation::configuration::{ConfigurationSet, authority};
use card_fixtures::personalisation::issue::{CARD_ACCESS, CARD_SECURITY, SOD, chip_key, curve};
use card_fixtures::personalisation::security_infos::{card_access, chip_authentication_public_key_info, pace_info};
use card_fixtures::personalisation::{MrzKey, PaceOffer, Personalisation, Suite};
use card_fixtures::time::Time;
use soat::chip::{AccessKey, ChannelLimits, ReadError, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{FileContent, PrintedData};
use soat::inspection::{Profile, Report, inspect};
use soat::pki::{Certificate, CertificateList, Provenance, TrustStore, VerifiedCrl};
use soat::time::Timestamp;
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

/// 2025-06-01
const NOW: Timestamp = Timestamp(1_748_736_000);

/// A document, with all that an inspection meets.
#[derive(Clone)]
pub struct Document {
    pub card: Personalisation,
    pub authority: Authority,
    /// How EF.SOD is signed. None: the file is there already.
    pub sod: Option<SodOptions>,
    /// The key printed on the data page.
    pub data_page: MrzKey,
    /// The whole MRZ as printed, where it is compared with the chip.
    pub printed_zone: Option<String>,
    /// With what the chip is opened.
    pub key: Key,
    pub quirks: Quirks,
    pub limits: ChannelLimits,
    /// The CSCA certificates that are trusted.
    pub anchors: Vec<Vec<u8>>,
    /// Document signers that are known from a directory.
    pub directory: Vec<Vec<u8>>,
    /// Serial numbers that the issuer has revoked.
    pub revoked: Vec<Vec<u8>>,
}

/// What of the data page opens the chip.
#[derive(Clone, Copy, Default)]
pub enum Key {
    /// The MRZ
    #[default]
    Mrz,
    /// The card access number
    CardAccessNumber,
}

impl Document {
    /// A default document of the guideline.
    pub fn of(set: ConfigurationSet) -> Self {
        let card = set.unsigned();
        let authority = authority();
        Self {
            data_page: card.mrz_key.clone().unwrap(),
            printed_zone: None,
            key: Key::default(),
            quirks: Quirks::default(),
            limits: ChannelLimits::SHORT,
            anchors: vec![authority.csca_certificate()],
            directory: Vec::new(),
            revoked: Vec::new(),
            sod: Some(SodOptions::default()),
            card,
            authority,
        }
    }

    /// How EF.SOD will be signed.
    pub fn sod(&mut self) -> &mut SodOptions {
        self.sod.as_mut().unwrap()
    }

    /// Another authority issues the document and is trusted.
    pub fn issued_by(&mut self, authority: Authority) {
        self.anchors = vec![authority.csca_certificate()];
        self.authority = authority;
    }

    /// The chip is a hostile one.
    pub fn attack(&mut self, attack: Attack) {
        self.quirks.attack = Some(attack);
    }

    /// The same document on a hostile chip.
    pub fn attacking(&self, attack: Attack) -> Self {
        let mut document = self.clone();
        document.attack(attack);
        document
    }

    /// Signs the files as they are now; what is altered afterwards is altered behind the issuer's back.
    pub fn sign_now(&mut self) {
        if let Some(options) = self.sod.take() {
            self.card.sign(&self.authority, &options);
        }
    }

    /// A file of the application, EF.SOD signed before, under another tag.
    pub fn retag(&mut self, file: u16, tag: u8) {
        if file == SOD {
            self.sign_now();
        }
        let content = self.card.application_files.get_mut(&file).unwrap();
        *content = der::retag(tag, content);
    }

    /// A file of the application whose outermost length is off. The issuer signs what a reader gets by that length.
    pub fn restate_length(&mut self, file: u16, by: isize) {
        if file == SOD {
            self.sign_now();
        }
        let whole = der::restate_length(&self.card.application_files[&file], by);
        if by < 0 && self.sod.is_some() {
            let (read, _) = whole.split_at(whole.len() - by.unsigned_abs());
            self.card.application_files.insert(file, read.to_vec());
            self.sign_now();
        }
        self.card.application_files.insert(file, whole);
    }

    /// PACE with chip authentication mapping, before the variants that are offered anyway; EF.CardSecurity holds its key.
    pub fn offer_mapping(&mut self) {
        let offer = PaceOffer::chip_authentication(Suite::Aes128, 13);
        self.card.pace.insert(0, offer);
        self.card.mapping_key = Some(chip_key("mapping", curve("brainpoolP256r1"), Suite::Aes128, None));
        self.put_pace_infos(|_| {});
        self.put_card_security(&SignatureOptions::default(), |_| {});
    }

    /// EF.CardAccess by what the chip offers, altered, and DG14 with the same.
    pub fn put_pace_infos(&mut self, alter: impl Fn(&mut Vec<Vec<u8>>)) {
        let mut infos: Vec<Vec<u8>> = self.card.pace.iter().copied().map(pace_info).collect();
        alter(&mut infos);
        self.card.master_files.insert(CARD_ACCESS, card_access(infos.clone()));
        self.card.put_dg14(CurveEncoding::Explicit, &infos, &[]);
    }

    /// EF.CardSecurity: what EF.CardAccess says and the key of the mapping, altered, and signed in a certain way.
    pub fn put_card_security(&mut self, options: &SignatureOptions, alter: impl Fn(&mut Vec<Vec<u8>>)) {
        let key = self.card.mapping_key.as_ref().unwrap();
        let mut infos: Vec<Vec<u8>> = self.card.pace.iter().copied().map(pace_info).collect();
        infos.push(chip_authentication_public_key_info(key, CurveEncoding::Explicit));
        alter(&mut infos);
        let file = self.authority.card_security(&card_access(infos), options);
        self.card.master_files.insert(CARD_SECURITY, file);
    }

    /// Puts EF.SOD into its place, unless it is there.
    pub fn signed(mut self) -> Self {
        if let Some(options) = self.sod.take() {
            self.card.sign(&self.authority, &options);
        }
        self
    }

    /// Reads the document and judges it under each profile.
    pub fn inspect<const N: usize>(&self, profiles: [Profile; N]) -> Result<[Report; N], ReadError> {
        let MrzKey { document_number, birth, expiry } = &self.data_page;
        let key = match self.key {
            Key::Mrz => AccessKey::from_fields(document_number, birth, expiry).unwrap(),
            Key::CardAccessNumber => AccessKey::from_can(self.card.can.as_deref().unwrap()).unwrap(),
        };
        let chip = VirtualChip::with_quirks(self.card.clone(), 7, self.quirks.clone());
        let mut channel = InProcessChannel::new(chip, self.limits);
        let options = ReadingOptions::default();
        let mut dossier = read_card(&mut channel, &key, &options, &RustCrypto, &mut SeededRng(1), &mut Watcher::new(1))?;
        if let Some(zone) = &self.printed_zone {
            dossier.printed.insert(PrintedData::Mrz, FileContent::Bytes(zone.clone().into_bytes()));
        }
        let store = self.trust();
        Ok(profiles.map(|profile| inspect(&dossier, &store, &profile, NOW, &RustCrypto)))
    }

    /// The anchors and a current revocation list of the issuer, without which the strict profile decides nothing.
    fn trust(&self) -> TrustStore {
        let mut store = TrustStore::new();
        for anchor in &self.anchors {
            let certificate = Certificate::from_der(anchor).unwrap();
            store.add(certificate, Provenance::Operator { source: "test cases".into() }, true, &RustCrypto);
        }
        for signer in &self.directory {
            store.add_signer(Certificate::from_der(signer).unwrap());
        }
        let list = CrlOptions {
            this_update: Time::midnight(2025, 5, 1),
            next_update: Some(Time::midnight(2025, 8, 1)),
            revoked: self.revoked.iter().map(|serial| (serial.clone(), Time::midnight(2025, 4, 1))).collect(),
            ..CrlOptions::default()
        };
        let list = CertificateList::from_der(&self.authority.revocation_list(&list)).unwrap();
        if let Ok(list) = VerifiedCrl::verify(list, &store, &RustCrypto) {
            store.add_revocation_list(list);
        }
        store
    }
}
