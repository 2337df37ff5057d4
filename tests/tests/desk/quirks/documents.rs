//! Files and signatures as issuers write them, on chips that behave.

use card_fixtures::authority::{
    AttributeOrder, Authority, CurveEncoding, Encoding, KeyIdentifier, NameForm, SignatureOptions, SodOptions,
};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::authority;
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::issue::COM;

use super::Odd;
use crate::Desk;

fn vietnam() -> Odd {
    Odd::new("vietnam-2024")
}

/// The card under a signature that was made in another way.
fn with(signature: SignatureOptions) -> Odd {
    vietnam().signed(&SodOptions { signature, ..SodOptions::default() })
}

#[test]
fn quirk_09_at_the_desk() {
    let mut odd = with(SignatureOptions { encoding: Encoding::BerIndefinite, ..SignatureOptions::default() });
    // The file itself has an indefinite length too.
    let file = odd.card.application_files.get_mut(&0x011D).unwrap();
    let inner = file[if file[1] == 0x82 { 4 } else { 3 }..].to_vec();
    *file = [&[0x77, 0x80], inner.as_slice(), &[0, 0]].concat();
    odd.expect(&[], None);
}

#[test]
fn quirk_10_at_the_desk() {
    let odd = vietnam().signed(&SodOptions { content_type: "1.2.840.113549.1.7.1", ..SodOptions::default() });
    odd.expect(&["sod.content_type_other"], Some("sod.content_type_other"));
}

#[test]
fn quirk_11_at_the_desk() {
    let odd = with(SignatureOptions { attribute_order: AttributeOrder::SignedAsSent, ..SignatureOptions::default() });
    odd.expect(&["cms.attributes_not_der"], Some("cms.attributes_not_der"));
}

#[test]
fn quirk_12_at_the_desk() {
    let Some(desk) = Desk::new() else { return };
    let other_type = with(SignatureOptions { issuer_form: NameForm::Printable, ..SignatureOptions::default() });
    other_type.expect_at(&desk, &["sid.issuer_string_type"], Some("sid.issuer_string_type"));
    let odd = vietnam();
    let mut certificate = odd.authority.document_signer_options();
    certificate.authority_key_identifier = KeyIdentifier::Absent;
    let missing = "ds.authority_key_identifier_missing";
    let odd = odd.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
    odd.expect_at(&desk, &[missing], Some(missing));
}

/// Another authority of the same names is trusted too; and the signer's serial is negative.
#[test]
fn quirk_13_at_the_desk() {
    let Some(desk) = Desk::new() else { return };
    let odd = vietnam();
    let other = authority("sod-p256-sha256").unwrap();
    let namesake = Authority { csca: other.csca, document_signer: other.document_signer, ..odd.authority.clone() };
    desk.trust_certificate(&namesake.csca_certificate());
    let mut certificate = odd.authority.document_signer_options();
    certificate.serial = vec![0x80, 1, 2, 3];
    odd.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() }).expect_at(&desk, &[], None);
}

#[test]
fn quirk_14_at_the_desk() {
    let mut odd = Odd::new("sod-p256-sha256");
    odd.authority.document_signer.declared_curve = Curve::named("brainpoolP256r1");
    odd.signed(&SodOptions::default()).expect(&["key.curve_corrected"], Some("key.curve_corrected"));
}

#[test]
fn quirk_15_at_the_desk() {
    vietnam().signed(&SodOptions { group_hash: Hash::Sha512, ..SodOptions::default() }).expect(&[], None);
}

#[test]
fn quirk_16_at_the_desk() {
    let mut odd = vietnam();
    odd.authority.csca.curve_encoding = CurveEncoding::Explicit;
    odd.authority.document_signer.curve_encoding = CurveEncoding::Explicit;
    odd.signed(&SodOptions::default()).expect(&[], None);
}

#[test]
fn quirk_17_at_the_desk() {
    let odd = vietnam();
    let mut certificate = odd.authority.document_signer_options();
    certificate.key_usage = None;
    let odd = odd.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
    odd.expect(&["ds.key_usage_missing"], Some("ds.key_usage_missing"));
}

#[test]
fn quirk_21_at_the_desk() {
    let mut odd = vietnam();
    odd.card.application_files.insert(COM, data_groups::com("0107", &[1, 2]));
    odd.expect(&["com.inconsistent"], Some("com.inconsistent"));
}

#[test]
fn quirk_22_at_the_desk() {
    let mut odd = vietnam();
    // DG14 with needless length octets.
    let file = odd.card.application_files.get_mut(&0x010E).unwrap();
    let inner = file[if file[1] == 0x82 { 4 } else { 3 }..].to_vec();
    let [high, low] = u16::try_from(inner.len()).unwrap().to_be_bytes();
    *file = [&[0x6E, 0x83, 0, high, low], inner.as_slice()].concat();
    odd.signed(&SodOptions::default()).expect(&[], None);
}

#[test]
fn quirk_23_at_the_desk() {
    let mut odd = Odd::new("passport-td3");
    let fields = [(0x5F0E, b"MUSTERMANN<<ERIKA".to_vec()), (0x5F2B, vec![0x19, 0x64, 0x08, 0x12]), (0x5F11, Vec::new())];
    odd.card.put(11, data_groups::listed(0x6B, &fields));
    odd.signed(&SodOptions::default()).expect(&[], None);
}

/// It opens by its MRZ with 991231, and has no expiry.
#[test]
fn quirk_24_at_the_desk() {
    let mut odd = Odd::new("vietnam-no-expiry");
    odd.card.can = None;
    odd.expect(&[], None);
}
