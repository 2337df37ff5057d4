//! What was taken from the print on the card against the chip: its QR code (`attacks.md` 32) and its MRZ. Print is not signed. What it says
//! is never shown, only compared; where it is not the chip's, there are two cards.

mod data_page;
mod qr;

use alloc::vec::Vec;

use crate::dossier::{DataGroup, FileContent, PrintedData};
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::vietnam::dg13::Dg13;

/// What a comparison came to: the fields that differ, and what could not be compared.
#[derive(Default)]
pub(super) struct Comparison {
    differing: Vec<ReasonCode>,
    notes: Vec<ReasonCode>,
}

impl Comparison {
    fn field(&mut self, same: bool, code: ReasonCode) {
        if !same {
            self.differing.push(code);
        }
    }
}

/// The row, where something was taken.
pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Option<Check> {
    let printed = &examination.dossier.printed;
    if printed.is_empty() {
        return None;
    }
    let row = examination.row(CheckKind::PrintedData);
    let Some(mrz) = examination.mrz() else {
        return Some(row.undetermined(ReasonCode::FILE_NOT_VERIFIED));
    };
    let data = examination.file(DataGroup::DG13).filter(|_| mrz.issuing_state() == "VNM");
    // A DG13 that cannot be read hides no contradiction with the MRZ.
    let data = data.and_then(|bytes| Dg13::parse(bytes).ok());
    let mut row = row;
    let (mut contradiction, mut unreadable, mut compared) = (None, false, false);
    for (kind, content) in printed {
        let FileContent::Bytes(bytes) = content else { continue };
        compared = true;
        let (comparison, reason) = match kind {
            PrintedData::QrCode => (qr::compare(bytes, &mrz, data.as_ref()), ReasonCode::QR_CONTRADICTS_CHIP),
            PrintedData::Mrz => (data_page::compare(bytes, &mrz), ReasonCode::MRZ_DIFFERS_FROM_DATA_PAGE),
        };
        let Some(comparison) = comparison else {
            unreadable = true;
            continue;
        };
        if !comparison.differing.is_empty() {
            contradiction = contradiction.or(Some(reason));
        }
        row = comparison.differing.into_iter().chain(comparison.notes).fold(row, |row, code| row.finding(code, None));
    }
    Some(match contradiction {
        Some(reason) => row.failed(reason),
        None if unreadable => row.undetermined(ReasonCode::PRINTED_UNREADABLE),
        None if compared => row,
        None => row.undetermined(ReasonCode::PRINTED_WITHHELD).not_run(),
    })
}
