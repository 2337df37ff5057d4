//! How results are shown: to people, to programs, while reading, and as an image.

pub mod counter;
pub mod fhir;
#[cfg(feature = "insurance")]
pub mod insurance;
pub mod json;
pub mod list;
pub mod moment;
pub mod photo;
pub mod preview;
pub mod progress;
pub mod qr;
pub mod reason_page;
pub mod reasons;
pub mod screen;
pub mod sheet;
pub mod tr03135;
