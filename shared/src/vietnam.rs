//! What only Vietnamese cards have.

pub mod csca;
pub mod dg13;
pub mod expiry;
pub mod name;
pub mod personal_number;
pub mod qr;

pub use dg13::Dg13;
pub use expiry::CardExpiry;
pub use personal_number::PersonalNumber;
pub use qr::Qr;
