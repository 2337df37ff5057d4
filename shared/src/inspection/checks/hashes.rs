//! Every file that was read against its hash in the verified EF.SOD (ICAO 9303-11 §5.1), a row a file.

use alloc::vec::Vec;

use crate::dossier::{DataGroup, FileContent, FileId, FileRecord, Origin};
use crate::inspection::examination::Examination;
use crate::inspection::profile::Weight;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Outcome};
use crate::inspection::verified::VerifiedSod;

const SW_FILE_NOT_FOUND: u16 = 0x6A82;
const SW_SECURITY_STATUS_NOT_SATISFIED: u16 = 0x6982;

pub(in crate::inspection) fn check(examination: &mut Examination<'_>) -> Vec<Check> {
    let mut rows = Vec::new();
    let sod = examination.sod.take();
    for group in DataGroup::all() {
        let record = examination.dossier.files.get(&FileId::from(group));
        let row = examination.row(CheckKind::FileHash(group.into()));
        let was_read = matches!(record, Some(FileRecord::Read(_)));
        match &sod {
            Some(sod) if sod.lists(group) => rows.push(listed(examination, sod, group, record, row)),
            Some(_) if was_read => rows.push(unlisted(examination, group, row)),
            None if was_read => rows.push(row.undetermined(ReasonCode::SOD_NOT_VERIFIED)),
            _ => {}
        }
    }
    examination.sod = sod;
    rows
}

/// A file that EF.SOD does not list is refused, and nothing of it is used. In a folder of raw files it says nothing about the chip, since
/// anyone can lay a file there: it is reported and not counted, unless the profile is a strict one.
fn unlisted(examination: &Examination<'_>, group: DataGroup, row: Check) -> Check {
    let row = row.failed(ReasonCode::unlisted(group));
    if examination.dossier.origin() == Origin::RawFiles && !examination.profile.refuses_findings {
        return row.weighing(Weight::Evaluatory);
    }
    row
}

fn listed<'a>(
    examination: &mut Examination<'a>,
    sod: &VerifiedSod,
    group: DataGroup,
    record: Option<&'a FileRecord>,
    row: Check,
) -> Check {
    let is_chip = examination.dossier.origin() == Origin::Chip;
    // Without these three nothing is known of the holder, or of what the chip can prove.
    let indispensable = [DataGroup::DG1, DataGroup::DG14, DataGroup::DG15].contains(&group);
    let guarded = [DataGroup::DG3, DataGroup::DG4].contains(&group);
    match record {
        Some(FileRecord::Read(FileContent::Bytes(bytes))) => match sod.verify(group, bytes, examination.provider) {
            Some(file) => {
                examination.files.insert(group, file);
                row
            }
            None => row.failed(ReasonCode::hash_mismatch(group)),
        },
        Some(FileRecord::Read(FileContent::Digests { digests, .. })) => {
            match digests.iter().find(|(algorithm, _)| *algorithm == sod.digest_algorithm()) {
                None => row.undetermined(ReasonCode::digest_unavailable(group)),
                Some((_, digest)) if sod.hash(group) != Some(digest) => row.failed(ReasonCode::hash_mismatch(group)),
                // Nothing is known of the holder without the file itself.
                Some(_) if group == DataGroup::DG1 => row.undetermined(ReasonCode::not_supplied(group)),
                Some(_) if is_chip => row.finding(ReasonCode::FILE_DIGEST_ONLY, Some(group.into())),
                // Out of a file the digest proves nothing: it stands in EF.SOD, for anyone to copy.
                Some(_) => outside(row, group).finding(ReasonCode::FILE_DIGEST_ONLY, Some(group.into())),
            }
        }
        Some(FileRecord::Refused { status: SW_FILE_NOT_FOUND }) => row.failed(ReasonCode::missing(group)),
        Some(FileRecord::Refused { .. } | FileRecord::Skipped) if indispensable => row.failed(ReasonCode::not_read(group)),
        Some(FileRecord::Refused { status: SW_SECURITY_STATUS_NOT_SATISFIED }) if guarded => outside(row, group),
        Some(FileRecord::Skipped) => outside(row, group),
        Some(FileRecord::Refused { .. }) => row.undetermined(ReasonCode::not_read(group)),
        Some(FileRecord::Broken) => row.ended(Outcome::Aborted, ReasonCode::read_aborted(group)),
        None if is_chip && indispensable => row.failed(ReasonCode::not_read(group)),
        None if is_chip && guarded => outside(row, group),
        // What was left out on purpose is recorded as skipped. Of this file the reader did not even know: it says nothing.
        None if is_chip => row.undetermined(ReasonCode::not_read(group)),
        None => row.undetermined(ReasonCode::not_supplied(group)),
    }
}

/// The file is there, and outside what this inspection covers.
fn outside(row: Check, group: DataGroup) -> Check {
    row.not_supported(ReasonCode::present(group)).weighing(Weight::Evaluatory).not_run()
}
