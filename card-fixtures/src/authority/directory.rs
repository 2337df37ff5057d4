//! LDIF of a directory (RFC 2849), as the ICAO PKD publishes certificates, revocation lists and master lists.

/// An entry of a directory: its name, and its attributes with their values.
pub type Entry<'a> = (&'a str, Vec<(&'a str, Vec<u8>)>);

/// The text: values in base64, lines folded after 76 characters.
pub fn ldif(entries: &[Entry<'_>]) -> String {
    let mut text = String::from("version: 1\n");
    for (name, attributes) in entries {
        text += &format!("\ndn: {name}\nobjectClass: top\n");
        for (attribute, value) in attributes {
            fold(&format!("{attribute}:: {}", base64(value)), &mut text);
        }
    }
    text
}

fn fold(line: &str, text: &mut String) {
    for (index, part) in line.as_bytes().chunks(76).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.extend(part.iter().map(|&octet| char::from(octet)));
        text.push('\n');
    }
}

/// RFC 4648 §4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, &octet| bits << 8 | u32::from(octet)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place) & 0x3F) as usize;
            text.push(if place <= three.len() { char::from(*DIGITS.get(index).unwrap_or(&b'=')) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_rfc_4648() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
