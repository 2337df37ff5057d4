//! Where each check stands in BSI TR-03135-1, version 2.5, and how it may end there.

/// A row of the guideline.
pub struct Place {
    /// The check of ours; EF.SOD's are taken apart as the guideline does.
    pub name: &'static str,
    /// `electronic`, `combined`, or `none`: the guideline has no such check.
    pub class: &'static str,
    /// The section.
    pub section: Option<&'static str>,
    /// The table of its results.
    pub table: Option<&'static str>,
    /// What it is about there; where it has no section, why.
    pub title: &'static str,
    /// The results that the table knows.
    pub results: &'static [&'static str],
}

impl Place {
    /// Whether the table has the result.
    pub fn knows(&self, result: &str) -> bool {
        self.results.contains(&result)
    }
}

const ALL: &[&str] = &["successful", "failed", "undetermined", "not supported", "aborted"];
const NOT_UNSUPPORTED: &[&str] = &["successful", "failed", "undetermined", "aborted"];
const NOT_UNDETERMINED: &[&str] = &["successful", "failed", "not supported", "aborted"];
const DATA_GROUP: &[&str] = &["identical", "not identical", "present", "not present", "non conformance", "aborted"];

const fn electronic(
    name: &'static str,
    section: &'static str,
    table: &'static str,
    results: &'static [&'static str],
    title: &'static str,
) -> Place {
    Place { name, class: "electronic", section: Some(section), table: Some(table), title, results }
}

/// A check that the guideline does not have: every outcome is ours.
const fn none(name: &'static str, title: &'static str) -> Place {
    Place { name, class: "none", section: None, table: None, title, results: &[] }
}

/// Every check, in the order of a report.
pub const PLACES: &[Place] = &[
    electronic("access_protocol", "5.6.3.1", "5.18", NOT_UNDETERMINED, "Chip access by BAC or PACE"),
    electronic("sod_signature", "5.6.4.2.2", "5.28", NOT_UNSUPPORTED, "Verification of EF.SOD"),
    electronic("sod_hash_value", "5.6.4.2.2", "5.29", NOT_UNSUPPORTED, "Hash value of EF.SOD"),
    electronic("sod_signature_value", "5.6.4.2.2", "5.30", NOT_UNSUPPORTED, "Signature of EF.SOD"),
    electronic("sod_content", "5.6.4.2.2", "5.28", NOT_UNSUPPORTED, "Verification of EF.SOD: what it says of itself"),
    electronic("sod_content_com", "5.6.4.4.1", "5.40", NOT_UNDETERMINED, "EF.SOD against EF.COM"),
    electronic("file_hash", "5.6.4.4.2", "5.42", DATA_GROUP, "Integrity of a data group"),
    electronic("chain", "5.6.4.3.3", "5.33", NOT_UNSUPPORTED, "Signature of the DS certificate"),
    none("validity", "Validity when the document was signed; the guideline compares with the time of the check alone"),
    electronic("validity_today", "5.6.4.3.4", "5.34", NOT_UNSUPPORTED, "Validity of the DS and CSCA certificates"),
    electronic("signer_profile", "5.6.4.3.2", "5.32", NOT_UNSUPPORTED, "Issuer certificates of EF.SOD"),
    electronic("revocation", "5.6.4.3.5", "5.37", NOT_UNSUPPORTED, "Revocation state of the DS certificate"),
    electronic("issuing_state", "5.6.4.5", "5.43", NOT_UNSUPPORTED, "Issuing state in EF.DG1 and DS certificate"),
    electronic("chip_authenticity", "5.6.4.1", "5.23", ALL, "Authenticity of the chip"),
    electronic("active_authentication", "5.6.4.1.1", "5.24", ALL, "Authenticity of the chip by AA"),
    electronic("chip_authentication", "5.6.4.1.2", "5.25", ALL, "Authenticity of the chip by CA"),
    electronic("chip_authentication_mapping", "5.6.4.1.3", "5.26", ALL, "Authenticity of the chip by PACE-CAM"),
    Place {
        name: "card_expiry",
        class: "combined",
        section: Some("5.7.1"),
        table: Some("5.45"),
        title: "Expiration of the document",
        results: NOT_UNSUPPORTED,
    },
    none("data_cross_checks", "Check digits of EF.DG1, EF.DG13 and the personal number against it"),
    none("printed_data", "The printed QR code and MRZ against the chip; the guideline compares the printed MRZ alone (5.7.2)"),
    none("deviation_list", "Deviation list of ICAO 9303-3; the guideline's defects (5.8) come from lists of BSI TR-03129-2"),
    none("terminal_signature", "Signature of the terminal over a saved dossier"),
    none("time_stamp", "Time-stamp of a saved dossier (RFC 3161)"),
    none("challenge", "The relying party's challenge to active authentication"),
    none("evidence_age", "Age of the reading, as the relying party asks for it"),
];

/// The row of a name.
pub fn place(name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.name == name)
}
