//! The page of reason codes (`docs/reasons.md`), made from the table of codes and the locales. A test compares it with the file.

use std::fmt::Write;

use soat::dossier::DataGroup;
use soat::inspection::Outcome;

use super::reasons::{Family, all, explain_family};
use super::tr03135::{GROUP_ENDS, GUIDELINE, PLACES, group_value, outcome_name, place, vendor_code};
use crate::messages::{Language, Messages};

/// The whole page, in Markdown.
pub fn markdown() -> String {
    let (english, vietnamese) = (Messages::new(Language::En), Messages::new(Language::Vi));
    let mut page = String::from(
        "# Reason codes\n\n\
         Written by `soat explain --page`; change the locales, not this file. `soat explain CODE` shows one of them.\n\n\
         A code is stable and has one meaning. *Reason*: why a check ended as it did. *Finding*: noted beside a check that holds all the\n\
         same. *Strict finding*: noted, and in the profile `strict` it fails its check. The number is the vendor's error code in the\n\
         export with `--tr03135`; of data groups each has its own, here that of DG1.\n",
    );
    for family in all() {
        let _ = writeln!(page, "\n## `{}`\n\n{} · {}\n", family.code, family.kind.name(), number(&family));
        for messages in [&english, &vietnamese] {
            let reason = explain_family(&family, messages);
            let _ = writeln!(page, "- {} → {}", reason.cause, reason.remedy.unwrap_or_default());
        }
    }
    let _ = writeln!(page, "\n# Checks in {GUIDELINE}\n");
    page += "The words of the guideline, without a claim of validity under its XML schemas. A result that the table there does not know is\n\
             marked `\"in_table\": false` in the export.\n\n";
    page += &places();
    page += "\nData groups have values of their own (table 5.42):\n\n| end | value | in the table |\n| --- | --- | --- |\n";
    let of_groups = place("file_hash");
    let mut group_row = |end: &str, value: &str| {
        let known = of_groups.is_some_and(|place| place.knows(value));
        let _ = writeln!(page, "| {end} | {value} | {} |", if known { "yes" } else { "no" });
    };
    group_row("successful", group_value(DataGroup::DG1, Outcome::Successful, None));
    for (outcome, reason) in GROUP_ENDS {
        let code = reason(DataGroup::DG1);
        let end = format!("`{}`", code.as_str().replace("dg1.", "dgN."));
        group_row(&end, group_value(DataGroup::DG1, outcome, Some(code)));
    }
    page += "\nEF.SOD's hash value and its signature stand apart (tables 5.29 and 5.30): `sod.message_digest_mismatch` is the hash value's\n\
             failure and leaves the signature undetermined; what is found wrong with the signature leaves the hash value successful.\n\
             `sod_content` with a reason that begins with `com.`, or with none, is the comparison with EF.COM. The trust status (5.6.4.3.6,\n\
             table 5.38) is made from `chain` and `revocation`.\n";
    page
}

/// Each check with its place there, and how its outcomes are called; one that the table does not know has an asterisk.
fn places() -> String {
    let mut table = String::from(
        "| check | section | table | our outcomes there (* not in the table) | what it is there |\n| --- | --- | --- | --- | --- |\n",
    );
    let outcomes = [Outcome::Successful, Outcome::Failed, Outcome::Undetermined, Outcome::NotSupported, Outcome::Aborted];
    for place in PLACES {
        let (section, number) = (place.section.unwrap_or("none"), place.table.unwrap_or("–"));
        let called = |outcome| match outcome_name(outcome) {
            name if place.knows(name) => name.to_owned(),
            name => format!("{name}*"),
        };
        let results = if place.name == "file_hash" { "see below".to_owned() } else { outcomes.map(called).join(", ") };
        let _ = writeln!(table, "| `{}` | {section} | {number} | {results} | {} |", place.name, place.title);
    }
    table
}

/// The vendor's error code; of a family of data groups that of DG1.
pub fn number(family: &Family) -> u32 {
    vendor_code(&family.code.replace("dgN.", "dg1."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// `SOAT_BLESS=1 cargo test --workspace reason_page` writes it anew.
    #[test]
    fn the_page_in_the_repository_is_the_one_that_is_made() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reasons.md");
        if std::env::var_os("SOAT_BLESS").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written == markdown(), "docs/reasons.md is out of date: soat explain --page > docs/reasons.md");
    }
}
