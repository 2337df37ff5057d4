//! The CSCA of the Vietnamese card, named when it is met and never trusted by itself: an operator confirms it by its fingerprint.

/// A certificate that is known by its fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownCsca {
    /// SHA-256 of the DER certificate.
    pub fingerprint: [u8; 32],
    /// What it is said to be.
    pub name: &'static str,
}

/// `C=VN, O=Vietnam Government Information Security Commission, serialNumber=001, CN=CSCA Vietnam`; P-384; 2021-01-19 to 2046-04-13.
/// Known from one unofficial source and not checked against a card.
pub const CARD_CSCA_2021: KnownCsca = KnownCsca {
    fingerprint: [
        0x6F, 0x0A, 0x20, 0xD6, 0x3A, 0x43, 0xFC, 0x58, 0x9E, 0xAF, 0x0D, 0x8C, 0x52, 0x11, 0x3A, 0x2A, 0x8B, 0xFA, 0x34, 0x1C,
        0x6F, 0x2F, 0xAB, 0x04, 0x12, 0x12, 0x38, 0xAA, 0x0C, 0x22, 0xB1, 0xA9,
    ],
    name: "CSCA Vietnam (ID card, 2021)",
};

/// What a certificate is said to be, by its SHA-256. This is a name, not a reason to trust it.
pub fn known(fingerprint: &[u8]) -> Option<KnownCsca> {
    (fingerprint == CARD_CSCA_2021.fingerprint).then_some(CARD_CSCA_2021)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_fingerprint_is_known() {
        assert_eq!(known(&CARD_CSCA_2021.fingerprint), Some(CARD_CSCA_2021));
        assert_eq!(known(CARD_CSCA_2021.fingerprint.split_at(31).0), None);
        assert_eq!(known(&[0; 32]), None);
    }
}
