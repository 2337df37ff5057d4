//! Who signed: certificates, CMS, master lists, anchors and the path to them (ICAO 9303-12).
//!
//! Nothing here knows what a data group is. A [`cms::VerifiedMessage`] exists only after its signature was checked; a
//! [`chain::TrustedPath`] exists only after an anchor's key was found to have signed the certificate.

pub mod algorithm;
pub mod certificate;
pub mod chain;
pub mod cms;
pub mod crl;
pub mod master_list;
pub mod revocation;
pub mod trust_store;

pub use certificate::{Certificate, CertificateError};
pub use chain::{Chain, TrustedPath};
pub use cms::{CmsError, SignedData, VerifiedMessage};
pub use crl::{CertificateList, CrlError};
pub use master_list::{CscaMasterList, MasterListError};
pub use revocation::{RevocationStatus, VerifiedCrl};
pub use trust_store::{Anchor, Provenance, TrustStore};
