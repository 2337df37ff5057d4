//! How results are shown: to people, to programs, while reading, and as an image.

pub mod json;
pub mod photo;
pub mod progress;
pub mod reasons;
pub mod screen;
