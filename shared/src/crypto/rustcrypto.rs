//! The provider on RustCrypto.
