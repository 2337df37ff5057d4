//! The inspection: from a dossier to a report.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::attestation::{Attestation, Demands, Witnessed};
use super::card_security::{self, Absence, ProvenCardSecurity};
use super::checks;
use super::evidence;
use super::examination::Examination;
use super::identity::VerifiedIdentity;
use super::profile::Profile;
use super::reason::ReasonCode;
use super::report::{CheckKind, Overall, Report, SignerDetails};
use crate::crypto::{Digest, DigestAlgorithm, Provider, PublicKey, SignatureScheme};
use crate::dossier::Dossier;
use crate::evidence::{SavedDossier, Witnesses};
use crate::pki::chain::{self, Chain};
use crate::pki::{Certificate, TimeStamp, TrustStore, VerifiedMessage};
use crate::time::Timestamp;

/// How many document signers are remembered. Vietnam alone makes several hundred.
const MAX_REMEMBERED: usize = 4096;

/// Inspects dossiers one after the other and remembers which document signers hang on which anchor, so that none is verified twice.
/// One inspector serves one thread; many may share a trust store.
pub struct Inspector<'a> {
    trust: &'a TrustStore,
    profile: Profile,
    provider: &'a dyn Provider,
    witnesses: Option<&'a Witnesses>,
    demands: Demands,
    /// By SHA-256 of the document signer.
    chains: BTreeMap<Vec<u8>, Chain>,
}

impl<'a> Inspector<'a> {
    /// An inspector that remembers nothing yet.
    pub fn new(trust: &'a TrustStore, profile: Profile, provider: &'a dyn Provider) -> Self {
        Self { trust, profile, provider, witnesses: None, demands: Demands::default(), chains: BTreeMap::new() }
    }

    /// The same, believing these witnesses about saved dossiers; otherwise nobody is believed.
    pub fn believing(mut self, witnesses: &'a Witnesses) -> Self {
        self.witnesses = Some(witnesses);
        self
    }

    /// The same, asking this of every dossier.
    pub fn demanding(mut self, demands: Demands) -> Self {
        self.demands = demands;
        self
    }

    /// Judges a saved dossier for a moment, with the signature and the time-stamp around it.
    pub fn inspect_saved(&mut self, saved: &SavedDossier, time: Timestamp) -> Report {
        let nobody = Witnesses::new();
        let witnesses = self.witnesses.unwrap_or(&nobody);
        let evidence = evidence::digest(saved.dossier(), self.provider);
        let witnessed = Witnessed::examine(saved, &evidence, witnesses, &self.profile, time, self.provider);
        self.inspect_with(saved.dossier(), witnessed, evidence, time)
    }

    /// Judges a dossier for a moment.
    pub fn inspect(&mut self, dossier: &Dossier, time: Timestamp) -> Report {
        let evidence = evidence::digest(dossier, self.provider);
        self.inspect_with(dossier, Witnessed::default(), evidence, time)
    }

    /// What was witnessed belongs to this very dossier.
    fn inspect_with(&mut self, dossier: &Dossier, witnessed: Witnessed, evidence: Digest, time: Timestamp) -> Report {
        let Witnessed { attestation, time_stamp, rows: witnessed_rows } = witnessed;
        let mut examination = Examination {
            dossier,
            profile: &self.profile,
            trust: self.trust,
            provider: self.provider,
            time,
            message: None,
            sod: None,
            files: BTreeMap::new(),
            chain: None,
            card_security: ProvenCardSecurity::Absent(ReasonCode::CHIP_PACE_CAM_CARD_SECURITY_MISSING, Absence::OfTheReading),
            attestation: attestation.as_ref(),
            time_stamp: time_stamp.as_ref(),
        };
        let sod_signature = checks::sod_signature::check(&mut examination);
        let sod_content = checks::sod_content::check(&mut examination);
        let hashes = checks::hashes::check(&mut examination);
        let signer = examination.message.as_ref().map(VerifiedMessage::signer);
        examination.chain = signer.map(|signer| find_anchor(&mut self.chains, signer, self.trust, self.provider));
        examination.card_security =
            card_security::prove(&examination, |signer| find_anchor(&mut self.chains, signer, self.trust, self.provider));
        let examination = examination;

        let mut rows = Vec::with_capacity(16 + hashes.len());
        rows.push(checks::access_protocol::check(&examination));
        rows.push(sod_signature);
        rows.push(sod_content);
        rows.extend(hashes);
        rows.push(checks::chain::check(&examination));
        rows.push(checks::validity::at_signing(&examination));
        rows.push(checks::validity::today(&examination));
        rows.push(checks::signer_profile::check(&examination));
        rows.push(checks::revocation::check(&examination));
        rows.push(checks::issuing_state::check(&examination));
        rows.extend(checks::chip_authenticity::check(&examination));
        rows.push(checks::card_expiry::check(&examination));
        rows.push(checks::cross_checks::check(&examination));
        rows.extend(checks::printed_data::check(&examination));
        rows.extend(witnessed_rows);
        if let Some(challenge) = self.demands.challenge {
            let active = rows.iter().find(|row| row.kind == CheckKind::ActiveAuthentication);
            let row = checks::demands::challenge(&examination, challenge, active);
            rows.push(row);
        }
        if let Some(max_age) = self.demands.max_age {
            rows.push(checks::demands::age(&examination, max_age));
        }
        checks::conformity::attach_findings(&examination, &mut rows);
        checks::reading::attach_findings(&examination, &mut rows);
        let mut rows: Vec<_> = rows.into_iter().map(|row| row.judged_by(&self.profile)).collect();
        let deviations = checks::deviation_list::apply(&examination, &mut rows);
        rows.push(deviations);

        let overall = Overall::of(&rows);
        Report {
            profile: self.profile.name,
            overall,
            time,
            origin: dossier.origin(),
            evidence,
            signer: examination.message.as_ref().map(|message| signer_details(message, self.provider)),
            anchor: examination.path().map(|path| path.anchor().clone()),
            identity: if overall == Overall::Successful { VerifiedIdentity::read(&examination) } else { None },
            terminal: attestation.as_ref().map(Attestation::terminal).cloned(),
            time_stamped_at: time_stamp.as_ref().map(TimeStamp::time),
            checks: rows,
        }
    }
}

/// Judges one dossier.
pub fn inspect(dossier: &Dossier, trust: &TrustStore, profile: &Profile, time: Timestamp, provider: &dyn Provider) -> Report {
    Inspector::new(trust, *profile, provider).inspect(dossier, time)
}

fn find_anchor(
    chains: &mut BTreeMap<Vec<u8>, Chain>,
    signer: &Certificate,
    trust: &TrustStore,
    provider: &dyn Provider,
) -> Chain {
    let key = provider.digest(DigestAlgorithm::Sha256, &[signer.as_der()]).as_ref().to_vec();
    if let Some(known) = chains.get(&key) {
        return known.clone();
    }
    let found = chain::find_anchor(signer, trust, provider);
    if chains.len() >= MAX_REMEMBERED {
        chains.clear();
    }
    chains.insert(key, found.clone());
    found
}

fn signer_details(message: &VerifiedMessage, provider: &dyn Provider) -> SignerDetails {
    let certificate = message.signer().clone();
    SignerDetails {
        sha256: certificate.fingerprint(provider),
        key: certificate.public_key().map_or_else(|_| String::new(), |key| key_name(&key)),
        scheme: scheme_name(message.scheme()),
        signing_time: message.signing_time(),
        certificate,
    }
}

/// A key for people: `RSA, 2048 bits`, `brainpoolP256r1`.
pub fn key_name(key: &PublicKey) -> String {
    match key {
        PublicKey::Rsa(key) => format!("RSA, {} bits", key.bits()),
        PublicKey::Ec(key) => String::from(key.curve().name()),
        PublicKey::Dsa(_) => format!("DSA, {} bits", key.bits()),
        PublicKey::Dh(_) => format!("Diffie-Hellman, {} bits", key.bits()),
    }
}

/// A signature scheme for people: `ECDSA with SHA-256`.
pub fn scheme_name(scheme: SignatureScheme) -> String {
    let family = match scheme {
        SignatureScheme::RsaPkcs1 { .. } => "RSA (PKCS #1 v1.5)",
        SignatureScheme::RsaPss { .. } => "RSA-PSS",
        SignatureScheme::Ecdsa { .. } | SignatureScheme::EcdsaPlain { .. } => "ECDSA",
        SignatureScheme::Dsa { .. } => "DSA",
    };
    format!("{family} with {}", scheme.digest().name())
}
