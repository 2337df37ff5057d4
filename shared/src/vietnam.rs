//! What only Vietnamese cards have.

pub mod code;
pub mod csca;
pub mod date;
pub mod dg13;
pub mod expiry;
pub mod health_insurance;
pub mod name;
pub mod personal_number;
pub mod qr;

pub use code::{Code, Seeming};
pub use date::PartialDate;
pub use dg13::Dg13;
pub use expiry::CardExpiry;
pub use health_insurance::HealthInsurance;
pub use personal_number::PersonalNumber;
pub use qr::Qr;
