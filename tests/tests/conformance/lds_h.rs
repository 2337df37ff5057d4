//! EF.SOD: by which algorithms it is signed, the message around it, the security object in it, the document signer's certificate.

mod algorithms;
mod certificate;
mod content;
mod message;

pub use algorithms::CASES as ALGORITHMS;
pub use certificate::CASES as CERTIFICATE;
pub use content::CASES as CONTENT;
pub use message::CASES as MESSAGE;
