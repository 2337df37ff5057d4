//! What only Vietnamese cards have.

pub mod qr;
