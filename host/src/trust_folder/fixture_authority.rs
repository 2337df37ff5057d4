//! The authority of the virtual cards: its private keys follow from public source, so that its cards prove nothing.

use std::sync::LazyLock;

use card_fixtures::personalisation::catalogue;
use soat::pki::Certificate;

/// What stands in the name of every certificate that it makes.
const ORGANISATION: &str = "Fixture Issuing Authority";

/// The public keys of every country signing authority of the catalogue.
static KEYS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut keys: Vec<_> = catalogue().iter().map(|entry| entry.authority().csca.key.public_key_bytes()).collect();
    keys.sort();
    keys.dedup();
    keys
});

/// Whether a certificate carries its name: what can be told of every anchor at every start.
pub fn is_named_by(certificate: &Certificate) -> bool {
    let name = ORGANISATION.as_bytes();
    certificate.subject.as_der().windows(name.len()).any(|window| window == name)
}

/// Whether a certificate holds one of its keys, under whatever name, or carries its name. Its keys are made anew for that.
pub fn owns(certificate: &Certificate) -> bool {
    is_named_by(certificate) || KEYS.iter().any(|key| certificate.public_key_info.ends_with(key))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_authority_of_the_catalogue_is_known_by_its_key_under_another_name() {
        for name in ["vietnam-2021", "vietnam-2024", "passport-td3", "sod-rsa2048-pkcs1-sha256"] {
            let mut authority = card_fixtures::personalisation::authority(name).unwrap();
            assert!(owns(&Certificate::from_der(&authority.csca_certificate()).unwrap()), "{name}");
            authority.csca_name.organization = Some("Ministry".to_owned());
            assert!(owns(&Certificate::from_der(&authority.csca_certificate()).unwrap()), "{name}, renamed");
        }
    }
}
