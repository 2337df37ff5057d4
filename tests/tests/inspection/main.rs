//! Cards of the synthetic authority, inspected: each attack beside the unaltered card, each quirk under both profiles.
//!
//! The dossiers are laid out here as a reader would have filled them, so that what is tested is the judgement alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod attempts;
mod card_security;
mod chip;
mod code;
mod crowd;
mod deviation_list;
mod endings;
mod files;
mod format;
mod identity;
mod issued;
mod links;
mod lists;
mod passive;
mod profiles;
mod quirks;
mod revocation;
mod saved;
mod signature;
mod signed;
mod signer;
mod stamped;
