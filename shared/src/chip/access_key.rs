//! The secret that opens a chip: from the MRZ, or the card access number.

use alloc::string::String;

use zeroize::Zeroizing;

/// What opens a chip. It is wiped when dropped and has no `Debug`.
#[derive(Clone)]
pub enum AccessKey {
    /// Document number, birth and expiry: BAC and PACE with password MRZ.
    Mrz(MrzKey),
    /// The card access number: PACE with password CAN.
    Can(CardAccessNumber),
}

/// The fields of the MRZ from which the keys are derived, in the canonical form of ICAO 9303-11 §9.7.2:
/// document number (at least 9 characters, filled with `<`) and check digit, birth and check digit, expiry and check digit.
#[derive(Clone)]
pub struct MrzKey {
    information: Zeroizing<String>,
}

impl MrzKey {
    /// The string that is hashed: `L898902C<369080619406236`.
    pub fn information(&self) -> &str {
        &self.information
    }
}

/// Six digits.
#[derive(Clone)]
pub struct CardAccessNumber {
    digits: Zeroizing<String>,
}

impl CardAccessNumber {
    /// The digits in ASCII.
    pub fn digits(&self) -> &str {
        &self.digits
    }
}
