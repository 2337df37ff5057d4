//! LDIF that the fixture authorities make: every value comes out as another reader of base64 gives it, and OpenSSL reads what it is.

use card_fixtures::authority::{CrlOptions, MasterListOptions, ldif};
use card_fixtures::personalisation::catalogue;
use openssl::base64::decode_block;
use openssl::cms::CmsContentInfo;
use openssl::x509::{X509, X509Crl};
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate};

/// Names and values, by unfolding with plain text replacement and decoding with OpenSSL.
fn values(text: &str) -> Vec<(String, Vec<u8>)> {
    let unfolded = text.replace("\n ", "");
    let encoded = unfolded.lines().filter_map(|line| line.split_once(":: "));
    let name = |name: &str| name.split(';').next().unwrap_or_default().to_lowercase();
    encoded.map(|(attribute, value)| (name(attribute), decode_block(value).unwrap())).collect()
}

#[test]
fn every_value_of_the_directories_of_the_fixture_authorities() {
    let mut seen = 0;
    for entry in catalogue() {
        let authority = entry.authority();
        let list = authority.master_list(&[authority.csca_certificate()], &MasterListOptions::default());
        let text = ldif(&[
            ("o=dsc,c=VN", vec![("userCertificate;binary", authority.document_signer_certificate().der)]),
            ("o=crl,c=VN", vec![("certificateRevocationList;binary", authority.revocation_list(&CrlOptions::default()))]),
            ("o=ml,c=VN", vec![("pkdMasterListContent", list)]),
        ]);
        let mut own = Vec::new();
        let entries = soat::pki::ldif::read(text.as_bytes(), |attribute| own.push((attribute.name, attribute.value))).unwrap();
        assert_eq!(entries, 3);
        own.retain(|(name, _)| name != "objectclass");
        assert_eq!(own, values(&text));
        for (name, value) in own {
            let read = match name.as_str() {
                "usercertificate" => X509::from_der(&value).is_ok() && X509Certificate::from_der(&value).is_ok(),
                "certificaterevocationlist" => {
                    X509Crl::from_der(&value).is_ok() && CertificateRevocationList::from_der(&value).is_ok()
                }
                "pkdmasterlistcontent" => CmsContentInfo::from_der(&value).is_ok(),
                other => panic!("{other}"),
            };
            assert!(read, "{}: {name}", entry.name);
            seen += 1;
        }
    }
    println!("{seen} values");
}
