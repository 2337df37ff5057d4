//! EF.CardSecurity: what it says, as far as its signature carries it (ICAO 9303-11 §9.2.11, §4.4.3.5.2).
//!
//! It has its own signer, whom the document signer's rules bind too. Its issuer must be one of the state that issued the document: the
//! file of another state's card proves nothing of this one.

use super::checks::{chain, revocation, sod_signature};
use super::examination::Examination;
use super::reason::ReasonCode;
use super::report::{CheckKind, Outcome};
use crate::crypto::CryptoError;
use crate::dossier::{FileId, FileRecord, Origin};
use crate::lds::card_security::CardSecurity;
use crate::lds::{SecurityInfos, card_access};
use crate::pki::{Certificate, Chain, CmsError, SignedData, TrustedPath, VerifiedMessage};

/// What EF.CardSecurity is worth.
pub(super) enum ProvenCardSecurity {
    /// It is not there.
    Absent(ReasonCode, Absence),
    /// It is there, and nothing of it may be used: why.
    Refused(ReasonCode),
    /// It is there, and whether it may be used cannot be said: why.
    Undecided(ReasonCode),
    /// Its signature hangs on an anchor of the document's state, and the profile does not take it: why. It proves no chip; what it
    /// contradicts, it contradicts.
    Doubted(ReasonCode, SecurityInfos),
    /// Its signature hangs on an anchor of the document's state.
    Verified(SecurityInfos),
}

/// Whether the absence is the chip's doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// The chip says that there is no such file.
    OfTheChip,
    /// It was not read, not given, or not to be had.
    OfTheReading,
}

impl ProvenCardSecurity {
    pub(super) fn infos(&self) -> Option<&SecurityInfos> {
        match self {
            Self::Verified(infos) | Self::Doubted(_, infos) => Some(infos),
            _ => None,
        }
    }
}

/// Judges the file. `find_anchor` looks for the anchor of its signer.
pub(super) fn prove(examination: &Examination<'_>, find_anchor: impl FnOnce(&Certificate) -> Chain) -> ProvenCardSecurity {
    const INVALID: ProvenCardSecurity = ProvenCardSecurity::Refused(ReasonCode::CHIP_PACE_CAM_CARD_SECURITY_INVALID);
    let Some(bytes) = examination.provided(FileId::CardSecurity) else {
        return ProvenCardSecurity::Absent(ReasonCode::CHIP_PACE_CAM_CARD_SECURITY_MISSING, absence(examination));
    };
    let message = match SignedData::from_ber(bytes).and_then(|signed| signed.verify(examination.provider)) {
        Ok(message) => message,
        Err(CmsError::Signature(CryptoError::Unsupported(_))) => {
            return ProvenCardSecurity::Undecided(ReasonCode::CHIP_PACE_CAM_UNSUPPORTED);
        }
        Err(_) => return INVALID,
    };
    if message.content_type() != CardSecurity::CONTENT_TYPE || !may_sign(message.signer()) {
        return INVALID;
    }
    let path = match find_anchor(message.signer()) {
        Chain::Trusted(path) => path,
        Chain::SignatureInvalid | Chain::NotPermitted => return INVALID,
        Chain::Unsupported => return ProvenCardSecurity::Undecided(ReasonCode::CHIP_PACE_CAM_UNSUPPORTED),
        Chain::IssuerUnknown { .. } => return ProvenCardSecurity::Undecided(ReasonCode::CHIP_PACE_CAM_ISSUER_UNKNOWN),
    };
    let Some(document) = examination.path() else {
        return ProvenCardSecurity::Undecided(ReasonCode::CHIP_PACE_CAM_ISSUER_UNKNOWN);
    };
    if !may_issue(&path.anchor().certificate) || !is_of_one_state(document, &path, message.signer()) {
        return INVALID;
    }
    // Whose signature proves a chip is held to what the profile asks of the one that proves its data.
    let profile = examination.profile;
    let floor = sod_signature::below_floor(profile, &message).or(chain::below_floor(profile, message.signer(), &path));
    let revocation = revocation::of_signer(examination, examination.row(CheckKind::Revocation), message.signer(), &path);
    let doubt = match (floor, revocation.reason) {
        (_, Some(_)) if revocation.outcome == Outcome::Failed => {
            return ProvenCardSecurity::Refused(ReasonCode::CHIP_PACE_CAM_SIGNER_REVOKED);
        }
        (Some(_), _) => Some(ReasonCode::CHIP_PROOF_BELOW_FLOOR),
        (None, reason) => reason.filter(|_| revocation.counts()),
    };
    match was_valid_at_signing(examination, &message, &path) {
        Some(true) => {}
        Some(false) => return INVALID,
        None => return ProvenCardSecurity::Undecided(ReasonCode::SIGNING_TIME_UNKNOWN),
    }
    // The content is the same SET as that of EF.CardAccess.
    match (card_access::parse(message.content()), doubt) {
        (Ok(infos), None) => ProvenCardSecurity::Verified(infos),
        (Ok(infos), Some(reason)) => ProvenCardSecurity::Doubted(reason, infos),
        (Err(_), _) => INVALID,
    }
}

fn absence(examination: &Examination<'_>) -> Absence {
    const NOT_FOUND: u16 = 0x6A82;
    match examination.dossier.files.get(&FileId::CardSecurity) {
        Some(FileRecord::Refused { status: NOT_FOUND }) if examination.dossier.origin() == Origin::Chip => Absence::OfTheChip,
        _ => Absence::OfTheReading,
    }
}

/// The rules of a document signer that no profile forgives (ICAO 9303-12 table 6).
fn may_sign(signer: &Certificate) -> bool {
    let extensions = &signer.extensions;
    extensions.unknown_critical.is_empty()
        && signer.algorithms_agree()
        && !extensions.is_certificate_authority()
        && !extensions.extended_key_usage_critical
        && extensions.key_usage.is_none_or(|usage| usage.digital_signature())
}

/// The same of its issuer.
fn may_issue(issuer: &Certificate) -> bool {
    issuer.extensions.unknown_critical.is_empty() && !issuer.extensions.denies_authority()
}

/// A key that everyone has speaks for no real document.
fn is_of_one_state(document: &TrustedPath, own: &TrustedPath, signer: &Certificate) -> bool {
    if own.anchor().demonstration && !document.anchor().demonstration {
        return false;
    }
    let state = document.anchor().certificate.subject.country();
    state.is_some() && state == own.anchor().certificate.subject.country() && state == signer.subject.country()
}

/// As for the document signer: at its signing time, else now, as it was signed by now.
fn was_valid_at_signing(examination: &Examination<'_>, message: &VerifiedMessage, path: &TrustedPath) -> Option<bool> {
    let (signer, issuer) = (message.signer().validity, path.anchor().certificate.validity);
    match message.signing_time() {
        Some(moment) => Some(signer.contains(moment) && issuer.contains(moment)),
        None => signer.contains(examination.time).then_some(true),
    }
}
