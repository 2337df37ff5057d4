//! The card by which reading is measured: files of stated sizes, filled up by what real files hold as well.

use super::face::{self, ImageKind};
use super::issue::{ATR_INFO, CARD_ACCESS, chip_key, curve, data_group, rsa_key};
use super::security_infos::{card_access, chip_authentication_info, pace_info, terminal_authentication_info, unknown_info};
use super::vietnam::{self, Holder};
use super::{Personalisation, Suite, data_groups};
use crate::authority::{Authority, CurveEncoding, Extension, KeyPair, SodOptions};
use crate::der;
use crate::hash::Hash;

/// Bytes of EF.SOD.
pub const SOD_LEN: usize = 1_934;
/// Bytes of DG2.
pub const DG2_LEN: usize = 15_000;
/// Bytes of DG13.
pub const DG13_LEN: usize = 470;
/// Bytes of DG14.
pub const DG14_LEN: usize = 334;
/// Bytes of DG15: the key of RSA-1024.
pub const DG15_LEN: usize = 165;

/// Netscape's comment, an extension that everybody skips.
const COMMENT: &str = "2.16.840.1.113730.1.13";

/// The card; `buffers` are the lengths of commands and answers that EF.ATR/INFO states.
pub fn card(name: &str, description: &str, buffers: Option<(u16, u16)>) -> Personalisation {
    let holder = vietnam::nguyen_thi_mau_2024();
    let mut card = Personalisation::empty(name, description);
    card.mrz_key = Some(holder.zone().key());
    card.can = Some(holder.can().into());
    card.bac = true;
    card.pace = vec![vietnam::PACE];
    card.chip_keys = vec![chip_key(name, curve("brainpoolP256r1"), Suite::Aes128, None)];
    let infos = vec![terminal_authentication_info(), chip_authentication_info(Suite::Aes128, None), pace_info(vietnam::PACE)];
    card.master_files.insert(CARD_ACCESS, card_access(infos.clone()));
    if let Some((commands, answers)) = buffers {
        card.master_files.insert(ATR_INFO, data_groups::ef_atr_info(commands, answers));
    }

    card.put(1, data_groups::dg1(&holder.mrz()));
    let jpeg = face::WOMAN_JPEG.bytes;
    card.put(2, fitted(DG2_LEN, |filler| face::dg2(ImageKind::Jpeg, &face::with_comment(jpeg, filler))));
    card.put(13, fitted(DG13_LEN, |filler| longer_residence(&holder, filler).dg13()));
    let dg14 = fitted(DG14_LEN, |filler| {
        card.put_dg14(CurveEncoding::Named, &infos, &[unknown_info(filler)]);
        card.application_files.get(&data_group(14)).cloned().unwrap_or_default()
    });
    card.put(14, dg14);
    card.put_active_authentication(&KeyPair::Rsa(rsa_key("rsa1024-a")), Hash::Sha1, CurveEncoding::Explicit);
    card.list("0107", &[1, 2, 13, 15, 14]);

    let authority = vietnam::authority_2024();
    let file = fitted(SOD_LEN, |filler| authority.security_object(card.data_groups(), &commented(&authority, filler)));
    card.application_files.insert(super::issue::SOD, file);
    card
}

fn longer_residence(holder: &Holder, filler: usize) -> Holder {
    let mut residence = holder.residence.clone();
    residence.extend(", Thon Mau".chars().cycle().take(filler));
    Holder { residence, ..holder.clone() }
}

/// A document signer whose certificate carries a comment.
fn commented(authority: &Authority, filler: usize) -> SodOptions {
    let mut certificate = authority.document_signer_options();
    let comment = der::ia5(&"Fixture. ".chars().cycle().take(filler).collect::<String>());
    certificate.further_extensions.push(Extension { oid: COMMENT, critical: false, value: comment });
    SodOptions { certificate: Some(certificate), ..SodOptions::default() }
}

/// What `make` gives once its filler brings it to exactly `length` bytes.
///
/// A length field or a signature may grow by a byte with the filler, so that several fillers are tried.
fn fitted(length: usize, mut make: impl FnMut(usize) -> Vec<u8>) -> Vec<u8> {
    let mut filler = length.saturating_sub(make(0).len());
    let mut last = Vec::new();
    for step in 0..40 {
        last = make(filler);
        match last.len() {
            reached if reached == length => break,
            // Around the goal one byte at a time: an ECDSA signature differs in length from one filler to the next.
            reached if reached > length => filler -= (reached - length).min(filler),
            reached => filler += if step < 8 { length - reached } else { 1 },
        }
    }
    last
}
