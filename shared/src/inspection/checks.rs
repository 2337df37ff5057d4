//! The rows of `verdicts.md`, one file each.

pub(super) mod access_protocol;
pub(super) mod card_expiry;
pub(super) mod chain;
pub(super) mod chip_authenticity;
pub(super) mod conformity;
pub(super) mod cross_checks;
pub(super) mod demands;
pub(super) mod deviation_list;
pub(super) mod hashes;
pub(super) mod issuing_state;
pub(super) mod printed_data;
pub(super) mod reading;
pub(super) mod revocation;
pub(super) mod signer_profile;
pub(super) mod sod_content;
pub(super) mod sod_signature;
pub(super) mod validity;
pub(super) mod witnesses;
