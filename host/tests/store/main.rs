//! The trust store as its operator uses it: snapshots, the index of document signers, roots of lists, the audit, what is removed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod attempts;
mod audit;
#[path = "../desk/desk.rs"]
mod desk;
mod index;
mod removal;
mod roots;
mod snapshot;
