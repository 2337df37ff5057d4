//! `soat serve --hn212`, with the clients that programs for the HN212 use, and with what else may knock.
#![cfg(feature = "hn212")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod doors;
mod program;
mod programs;
#[path = "../desk/search.rs"]
mod search;
mod server;
