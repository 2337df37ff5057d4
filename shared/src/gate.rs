//! What a gate and the desk that looks after it agree on.

pub mod enrolled;
pub mod image;
pub mod journal;
pub mod link;
pub mod pack;
pub mod provisioning;
pub mod sealing;
