//! How results are shown: to people, to programs, while reading, and as an image.

#[cfg(feature = "insurance")]
pub mod insurance;
pub mod json;
pub mod photo;
pub mod progress;
pub mod reason_page;
pub mod reasons;
pub mod screen;
pub mod tr03135;
