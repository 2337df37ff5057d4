//! Selecting the application, BAC and secure messaging, reading files.

use card_fixtures::chip::{Attack, BadBacAnswer, EndOfFile, Forgery};
use card_fixtures::personalisation::configuration::ConfigurationSet::{Bac, Plain};
use card_fixtures::personalisation::face::{self, Dg2Options, ImageKind};
use card_fixtures::personalisation::issue::data_group;

use crate::document::Document;
use crate::suite::Case;

pub const SELECTION: &[Case] = &[
    Case::one("ISO7816_A_01", Plain, |_| {}),
    Case::one("ISO7816_A_02", Bac, |_| {}),
    Case::one("ISO7816_A_03", Bac, |document| document.attack(Attack::RefuseApplication(0x6A82))),
];

/// From an answer in the middle of EF.SOD on.
fn forge(document: &mut Document, forgery: Forgery) {
    document.attack(Attack::Forge(2, forgery));
}

pub const BASIC_ACCESS: &[Case] = &[
    Case::one("ISO7816_B_01", Bac, |document| document.attack(Attack::BacAnswer(BadBacAnswer::WrongMac))),
    Case::one("ISO7816_B_02", Bac, |document| document.attack(Attack::BacAnswer(BadBacAnswer::WrongCryptogram))),
    Case::one("ISO7816_B_03", Bac, |document| document.attack(Attack::BacAnswer(BadBacAnswer::Status(0x6300)))),
    Case::each("ISO7816_B_04", Bac, |document| {
        [0x6987, 0x6988].map(|status| document.attacking(Attack::Forge(2, Forgery::BareStatus(status)))).to_vec()
    }),
    Case::one("ISO7816_B_05", Bac, |document| forge(document, Forgery::NoMac)),
    Case::one("ISO7816_B_06", Bac, |document| forge(document, Forgery::NoCryptogram)),
    Case::one("ISO7816_B_07", Bac, |document| forge(document, Forgery::NoStatus)),
    Case::one("ISO7816_B_08", Bac, |document| forge(document, Forgery::WrongMac)),
    Case::one("ISO7816_B_09", Bac, |document| forge(document, Forgery::AlteredCryptogram)),
    Case::one("ISO7816_B_10", Bac, |document| {
        document.revoked = vec![document.authority.document_signer_options().serial];
    }),
];

/// DG2 of so many bytes and some more.
fn large(document: &mut Document, surplus: usize) {
    let image = face::with_comment(face::WOMAN_JPEG.bytes, surplus);
    document.card.put(2, face::dg2(ImageKind::Jpeg, &image));
}

pub const READING: &[Case] = &[
    Case::one("ISO7816_C_01", Bac, |document| document.attack(Attack::RefuseFile(data_group(2), 0x6A82))),
    Case::one("ISO7816_C_02", Bac, |document| large(document, 60_000)),
    Case::one("ISO7816_C_03", Bac, |document| document.quirks.end_of_file = EndOfFile::Silent),
    Case::one("ISO7816_C_04", Bac, |document| document.quirks.end_of_file = EndOfFile::WrongOffset),
    Case::one("ISO7816_C_05", Bac, |document| document.quirks.end_of_file = EndOfFile::Warning),
    Case::one("ISO7816_C_06", Bac, |document| document.quirks.end_of_file = EndOfFile::CorrectLength),
    // Whichever byte it is on which the offset leaves its 15 bits.
    Case::each("ISO7816_C_07", Bac, |document| {
        let sizes = [0x7F00, 0x7FFF, 0x8000, 0x8100, 0x1_0000];
        sizes
            .map(|size: usize| {
                let mut document = document.clone();
                large(&mut document, size - face::WOMAN_JPEG.bytes.len());
                document
            })
            .to_vec()
    }),
    Case::one("ISO7816_C_08", Bac, |document| {
        document.card.put(2, face::dg2_with(ImageKind::Jpeg2000, &[], &Dg2Options::default()));
    }),
];
