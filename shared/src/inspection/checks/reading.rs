//! What the reading noted, laid beside the rows that it concerns.

use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind, Finding};

/// Puts each finding beside its file's row, or beside the access protocol where it concerns no file that has a row.
pub(in crate::inspection) fn attach_findings(examination: &Examination<'_>, rows: &mut [Check]) {
    for noted in &examination.dossier.findings {
        let own = noted.file.and_then(|file| rows.iter().position(|row| row.kind == CheckKind::FileHash(file)));
        let index = own.or_else(|| rows.iter().position(|row| row.kind == CheckKind::AccessProtocol));
        if let Some(row) = index.and_then(|index| rows.get_mut(index)) {
            let finding = Finding { code: ReasonCode::of_reading(&noted.code), file: noted.file };
            if !row.findings.contains(&finding) {
                row.findings.push(finding);
            }
        }
    }
}
