//! What the end-to-end tests stand on: a private pcscd, the built command, and the folder of other people's data.

pub mod command;
pub mod pcscd;
pub mod real_data;
