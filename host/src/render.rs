//! How results are shown: to people, to programs, while reading, and as an image.

pub mod fhir;
pub mod json;
pub mod list;
pub mod photo;
pub mod progress;
pub mod reason_page;
pub mod reasons;
pub mod screen;
pub mod sheet;
pub mod tr03135;
