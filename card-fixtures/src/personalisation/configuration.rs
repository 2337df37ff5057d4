//! The documents from which the test cases of BSI TR-03105 part 5.1 start (its §4), as a synthetic issuer makes them.
//!
//! They differ from the guideline's in holder and dates, and in one more point: those that offer no proof of the chip there offer active
//! authentication here, since the strict profile, under which the suite runs, decides nothing without such a proof.

use super::issue::{CARD_ACCESS, chip_key, curve, data_group, rsa_key};
use super::mrz::Td3;
use super::security_infos::{card_access, pace_info, terminal_authentication_info};
use super::{PaceOffer, Personalisation, Suite, data_groups, face};
use crate::authority::{Authority, CurveEncoding, KeyPair, Signer, SodOptions};
use crate::hash::Hash;

/// PACE of the documents that have it.
pub const PACE: PaceOffer = PaceOffer::generic(Suite::TripleDes, 13);

/// A default document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfigurationSet {
    /// No access protocol
    Plain,
    /// BAC
    Bac,
    /// BAC, chip authentication; DG3 and DG4 behind terminal authentication
    Eac,
    /// The same with active authentication
    EacActive,
    /// PACE alone
    Pace,
    /// PACE, chip authentication; DG3 and DG4 behind terminal authentication
    EacPace,
}

/// The zone of every default document.
pub const ZONE: Td3<'static> = Td3 {
    code: "P",
    issuer: "D",
    name: "MUSTERMANN<<ERIKA",
    number: "C01X0006H",
    nationality: "D",
    birth: "640812",
    sex: "F",
    expiry: "340228",
    optional: "",
};

/// RSA-3072 and RSA-2048, PSS with SHA-256.
pub fn authority() -> Authority {
    let csca = Signer::rsa_pss(rsa_key("rsa3072-a"), Hash::Sha256);
    let mut authority = Authority::new("DE", csca, Signer::rsa_pss(rsa_key("rsa2048-a"), Hash::Sha256));
    authority.csca_name.common_name = "Fixture CSCA of the test cases".into();
    authority.document_signer_name.common_name = "Fixture Document Signer of the test cases".into();
    authority
}

impl ConfigurationSet {
    /// Every set.
    pub const ALL: [ConfigurationSet; 6] = [
        ConfigurationSet::Plain,
        ConfigurationSet::Bac,
        ConfigurationSet::Eac,
        ConfigurationSet::EacActive,
        ConfigurationSet::Pace,
        ConfigurationSet::EacPace,
    ];

    /// Name, as in the guideline.
    pub fn name(self) -> &'static str {
        match self {
            ConfigurationSet::Plain => "CFG.DFLT.PLAIN",
            ConfigurationSet::Bac => "CFG.DFLT.BAC",
            ConfigurationSet::Eac => "CFG.DFLT.EAC",
            ConfigurationSet::EacActive => "CFG.DFLT.EACAA",
            ConfigurationSet::Pace => "CFG.DFLT.PACE",
            ConfigurationSet::EacPace => "CFG.DFLT.EACPACE",
        }
    }

    fn has_pace(self) -> bool {
        matches!(self, ConfigurationSet::Pace | ConfigurationSet::EacPace)
    }

    fn is_extended(self) -> bool {
        matches!(self, ConfigurationSet::Eac | ConfigurationSet::EacActive | ConfigurationSet::EacPace)
    }

    /// The document without EF.SOD.
    pub fn unsigned(self) -> Personalisation {
        let mut card = Personalisation::empty(self.name(), "Default document of BSI TR-03105 part 5.1");
        card.mrz_key = Some(ZONE.key());
        card.bac = !self.has_pace() && self != ConfigurationSet::Plain;
        card.put(1, data_groups::dg1(&ZONE.compose()));
        card.put(2, face::dg2(face::WOMAN_JPEG_2000.kind, face::WOMAN_JPEG_2000.bytes));
        let mut shared = Vec::new();
        if self.has_pace() {
            card.can = Some("123456".into());
            card.pace = vec![PACE];
            shared.push(pace_info(PACE));
        }
        if self.is_extended() {
            card.put(3, data_groups::dg3(0xD3));
            card.put(4, data_groups::dg4(0xD4));
            card.guarded_files = vec![data_group(3), data_group(4)];
            card.chip_keys = vec![chip_key(self.name(), curve("secp224r1"), Suite::TripleDes, None)];
            shared.push(terminal_authentication_info());
        }
        if !shared.is_empty() {
            if self.has_pace() {
                card.master_files.insert(CARD_ACCESS, card_access(shared.clone()));
            }
            card.put_dg14(CurveEncoding::Explicit, &shared, &[]);
        }
        if !self.is_extended() || self == ConfigurationSet::EacActive {
            card.put_active_authentication(&KeyPair::Rsa(rsa_key("rsa1024-b")), Hash::Sha256, CurveEncoding::Explicit);
        }
        card.list("0107", &[1, 3, 14, 15, 2, 4]);
        card
    }

    /// The document.
    pub fn card(self) -> Personalisation {
        let mut card = self.unsigned();
        card.sign(&authority(), &SodOptions::default());
        card
    }
}
