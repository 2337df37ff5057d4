//! What Soát reads of certificates, revocation lists and directories, beside what x509-parser and OpenSSL read of the same bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod certificates;
mod directory;
mod revocation_lists;

use openssl::asn1::{Asn1IntegerRef, Asn1Time, Asn1TimeRef};
use soat::time::Timestamp;

/// Whether OpenSSL reads the same moment.
fn is_moment(time: &Asn1TimeRef, moment: Timestamp) -> bool {
    Asn1Time::from_unix(moment.0).unwrap().compare(time).unwrap().is_eq()
}

/// Whether OpenSSL reads the same integer: sign and magnitude of the value octets.
fn is_integer(number: &Asn1IntegerRef, octets: &[u8]) -> bool {
    let number = number.to_bn().unwrap();
    let is_negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let magnitude = if is_negative {
        // Two's complement, as wide as the octets are.
        let mut carry = true;
        let mut inverted: Vec<u8> = octets.iter().map(|octet| !octet).collect();
        for octet in inverted.iter_mut().rev() {
            let (sum, overflows) = octet.overflowing_add(u8::from(carry));
            (*octet, carry) = (sum, overflows);
        }
        inverted
    } else {
        octets.to_vec()
    };
    let zeros = magnitude.iter().take_while(|&&octet| octet == 0).count();
    number.is_negative() == is_negative && number.to_vec() == magnitude[zeros..]
}
