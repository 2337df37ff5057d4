//! Distinguished names as ICAO 9303-12 table 6 wants them.

use crate::der;

/// A distinguished name: country, organisation, unit, common name, serial number, in this order, each at most once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// countryName, two letters; empty leaves it out
    pub country: String,
    /// organizationName
    pub organization: Option<String>,
    /// organizationalUnitName
    pub organizational_unit: Option<String>,
    /// commonName
    pub common_name: String,
    /// serialNumber
    pub serial_number: Option<String>,
}

/// One of the forms in which the same name is met. The country is a PrintableString always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameForm {
    /// UTF8String
    #[default]
    Utf8,
    /// PrintableString
    Printable,
    /// UTF8String, the common name first and the country last
    Reversed,
}

impl Name {
    /// A name of country, organisation and common name.
    pub fn new(country: &str, organization: &str, common_name: &str) -> Name {
        Name {
            country: country.into(),
            organization: Some(organization.into()),
            organizational_unit: None,
            common_name: common_name.into(),
            serial_number: None,
        }
    }

    /// `RDNSequence`
    pub fn to_der(&self, form: NameForm) -> Vec<u8> {
        let text = |value: &String| match form {
            NameForm::Utf8 | NameForm::Reversed => der::utf8(value),
            NameForm::Printable => der::printable(value),
        };
        let attributes = [
            Some(("2.5.4.6", der::printable(&self.country))).filter(|_| !self.country.is_empty()),
            self.organization.as_ref().map(|value| ("2.5.4.10", text(value))),
            self.organizational_unit.as_ref().map(|value| ("2.5.4.11", text(value))),
            self.serial_number.as_ref().map(|value| ("2.5.4.5", der::printable(value))),
            Some(("2.5.4.3", text(&self.common_name))),
        ];
        let mut relative: Vec<Vec<u8>> = attributes
            .into_iter()
            .flatten()
            .map(|(oid, value)| der::set_of(vec![der::sequence(&[der::oid(oid), value])]))
            .collect();
        if form == NameForm::Reversed {
            relative.reverse();
        }
        der::sequence(&relative)
    }
}
