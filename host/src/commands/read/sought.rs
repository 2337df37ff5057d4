//! Which reader the user means.

use crate::readers::virtual_card::DEFAULT;

/// The virtual reader with a card, a gate at a serial port, or a PC/SC reader.
#[derive(Debug, PartialEq, Eq)]
pub enum Sought<'a> {
    /// A card of the catalogue, in this process.
    Virtual(&'a str),
    /// A gate at this port.
    Serial(&'a str),
    /// A PC/SC reader by its name or a part of it; the only one where none is named.
    Pcsc(Option<&'a str>),
}

impl<'a> Sought<'a> {
    /// Reads `virtual`, `virtual:NAME`, `serial:PORT` or the name of a reader.
    pub fn parse(reader: Option<&'a str>) -> Self {
        match reader {
            Some("virtual") => Self::Virtual(DEFAULT),
            Some(name) => match (name.strip_prefix("virtual:"), name.strip_prefix("serial:")) {
                (Some(card), _) => Self::Virtual(card),
                (_, Some(port)) => Self::Serial(port),
                _ => Self::Pcsc(Some(name)),
            },
            None => Self::Pcsc(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_virtual_reader_is_told_from_others() {
        assert_eq!(Sought::parse(Some("virtual")), Sought::Virtual("vietnam-2024"));
        assert_eq!(Sought::parse(Some("virtual:passport-td3")), Sought::Virtual("passport-td3"));
        assert_eq!(Sought::parse(Some("Virtual PCD 00 00")), Sought::Pcsc(Some("Virtual PCD 00 00")));
        assert_eq!(Sought::parse(Some("serial:/dev/ttyUSB0")), Sought::Serial("/dev/ttyUSB0"));
        assert_eq!(Sought::parse(None), Sought::Pcsc(None));
    }
}
