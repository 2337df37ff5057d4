//! Who signed: certificates, CMS, master lists, anchors and the path to them (ICAO 9303-12).
//!
//! Nothing here knows what a data group is. A [`cms::VerifiedMessage`] exists only after its signature was checked; a
//! [`chain::TrustedPath`] exists only after an anchor's key was found to have signed the certificate.

pub mod algorithm;
pub mod certificate;
pub mod chain;
pub mod cms;
pub mod crl;
pub mod deviation_list;
pub mod ldif;
pub mod link;
pub mod master_list;
pub mod revocation;
mod signed_list;
pub mod time_stamp;
pub mod trust_store;

pub use certificate::{Certificate, CertificateError};
pub use chain::{Chain, TrustedPath};
pub use cms::{CmsError, SignedData, VerifiedMessage};
pub use crl::{CertificateList, CrlError};
pub use deviation_list::DeviationList;
pub use link::{LinkError, VerifiedLink};
pub use master_list::{CscaMasterList, ListError};
pub use revocation::{RevocationStatus, VerifiedCrl};
pub use time_stamp::{TimeStamp, TimeStampError};
pub use trust_store::{Anchor, Provenance, TrustStore};
