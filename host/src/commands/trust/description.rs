//! What a certificate says, for people: by x509-parser, a second reader beside the one that decides.

use soat::inspection::inspector::key_name;
use soat::pki::Certificate;
use x509_parser::prelude::{FromDer, X509Certificate};

/// What people look at.
pub struct Description {
    /// Distinguished name of whose key it is.
    pub subject: String,
    /// Distinguished name of who signed it.
    pub issuer: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// First moment.
    pub not_before: String,
    /// Last moment.
    pub not_after: String,
    /// Kind and size of the key.
    pub key: String,
}

impl Description {
    /// Describes a certificate. What cannot be read is a dash: the certificate is judged elsewhere.
    pub fn of(der: &[u8]) -> Self {
        let dash = || "–".to_owned();
        let named = X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate);
        let own = Certificate::from_der(der).ok();
        Self {
            subject: named.as_ref().map_or_else(dash, |certificate| certificate.subject().to_string()),
            issuer: named.as_ref().map_or_else(dash, |certificate| certificate.issuer().to_string()),
            serial: own.as_ref().map_or_else(dash, |certificate| hex::encode_upper(&certificate.serial)),
            not_before: own.as_ref().map_or_else(dash, |certificate| certificate.validity.not_before.to_string()),
            not_after: own.as_ref().map_or_else(dash, |certificate| certificate.validity.not_after.to_string()),
            key: own.and_then(|certificate| certificate.public_key().ok()).map_or_else(dash, |key| key_name(&key)),
        }
    }
}
