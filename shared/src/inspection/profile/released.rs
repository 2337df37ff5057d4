//! Which fields of the identity a profile releases: each user gets what it needs, and what the law calls sensitive only by name.

use crate::dossier::{DataGroup, PrintedData};

/// A field of the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is what its name in ICAO 9303-10 or in DG13 says")]
pub enum IdentityField {
    PersonalNumber,
    FullName,
    Birth,
    Sex,
    Nationality,
    DocumentType,
    DocumentNumber,
    IssuingState,
    Issue,
    Expiry,
    Origin,
    Residence,
    Marks,
    Father,
    Mother,
    Spouse,
    OldNumber,
    Photo,
    Ethnicity,
    Religion,
}

impl IdentityField {
    /// Every field, in the order in which a desk is shown them.
    pub const ALL: [Self; 20] = [
        Self::PersonalNumber,
        Self::FullName,
        Self::Birth,
        Self::Sex,
        Self::Nationality,
        Self::DocumentType,
        Self::DocumentNumber,
        Self::IssuingState,
        Self::Issue,
        Self::Expiry,
        Self::Origin,
        Self::Residence,
        Self::Marks,
        Self::Father,
        Self::Mother,
        Self::Spouse,
        Self::OldNumber,
        Self::Photo,
        Self::Ethnicity,
        Self::Religion,
    ];

    /// Stable name in JSON and in profiles: `personal_number`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PersonalNumber => "personal_number",
            Self::FullName => "full_name",
            Self::Birth => "birth",
            Self::Sex => "sex",
            Self::Nationality => "nationality",
            Self::DocumentType => "document_type",
            Self::DocumentNumber => "document_number",
            Self::IssuingState => "issuing_state",
            Self::Issue => "issue",
            Self::Expiry => "expiry",
            Self::Origin => "origin",
            Self::Residence => "residence",
            Self::Marks => "marks",
            Self::Father => "father",
            Self::Mother => "mother",
            Self::Spouse => "spouse",
            Self::OldNumber => "old_number",
            Self::Photo => "photo",
            Self::Ethnicity => "ethnicity",
            Self::Religion => "religion",
        }
    }

    /// The field of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released(u32);

impl Released {
    /// No field.
    pub const NONE: Self = Self(0);

    /// Every field but those that the law calls sensitive (law 91/2025); the photo is written only where it is asked for besides.
    pub const ORDINARY: Self =
        Self((1 << IdentityField::ALL.len()) - 1 - IdentityField::Ethnicity.bit() - IdentityField::Religion.bit());

    /// The same with a field.
    #[must_use]
    pub const fn with(self, field: IdentityField) -> Self {
        Self(self.0 | field.bit())
    }

    /// All fields of either.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it has a field.
    pub const fn has(self, field: IdentityField) -> bool {
        self.0 & field.bit() != 0
    }

    /// Whether all that stands in a data group is released. Each is signed as a whole, so that one that is not cannot be kept in part.
    /// DG1 is needed to judge at all.
    pub fn covers(self, group: DataGroup) -> bool {
        let text = || IdentityField::ALL.into_iter().filter(|field| *field != IdentityField::Photo);
        match group {
            DataGroup::DG2 => self.has(IdentityField::Photo),
            // DG11 has no ethnicity and no religion.
            DataGroup::DG11 => text().filter(|field| Self::ORDINARY.has(*field)).all(|field| self.has(field)),
            DataGroup::DG12 => self.has(IdentityField::Issue),
            DataGroup::DG13 => text().all(|field| self.has(field)),
            _ => true,
        }
    }

    /// Whether all that stands in what was taken from the print is released. Fields 8 to 11 of a QR code may hold names of parents. The
    /// MRZ says what DG1 says, which is needed to judge at all.
    pub fn covers_printed(self, printed: PrintedData) -> bool {
        use IdentityField as F;
        const OF_QR: [F; 9] =
            [F::PersonalNumber, F::OldNumber, F::FullName, F::Birth, F::Sex, F::Residence, F::Issue, F::Father, F::Mother];
        match printed {
            PrintedData::QrCode => OF_QR.into_iter().all(|field| self.has(field)),
            PrintedData::Mrz => true,
        }
    }

    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = IdentityField> {
        IdentityField::ALL.into_iter().filter(move |field| self.has(*field))
    }
}

impl FromIterator<IdentityField> for Released {
    fn from_iter<I: IntoIterator<Item = IdentityField>>(fields: I) -> Self {
        fields.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn fields_are_told_apart() {
        for field in IdentityField::ALL {
            let one = Released::NONE.with(field);
            assert!(one.fields().eq([field]), "{field:?}");
            assert_eq!(IdentityField::by_name(field.name()), Some(field));
        }
        assert_eq!(IdentityField::by_name("Photo"), None);
    }

    #[test]
    fn what_is_sensitive_is_not_ordinary() {
        let withheld = IdentityField::ALL.into_iter().filter(|field| !Released::ORDINARY.has(*field));
        assert!(withheld.eq([IdentityField::Ethnicity, IdentityField::Religion]));
    }

    #[test]
    fn a_file_is_covered_where_all_that_it_says_is_released() {
        let covered = |released: Released| {
            DataGroup::all().filter(|group| !released.covers(*group)).map(DataGroup::number).collect::<Vec<_>>()
        };
        assert_eq!(covered(Released::ORDINARY), [13]);
        assert!(covered(IdentityField::ALL.into_iter().collect()).is_empty());
        assert_eq!(covered(Released::NONE), [2, 11, 12, 13]);
        assert_eq!(covered(Released::NONE.with(IdentityField::Photo)), [11, 12, 13]);
    }

    #[test]
    fn a_code_is_covered_where_all_that_it_may_say_is_released() {
        assert!(Released::ORDINARY.covers_printed(PrintedData::QrCode));
        for field in [IdentityField::Residence, IdentityField::Mother, IdentityField::OldNumber] {
            let without = IdentityField::ALL.into_iter().filter(|other| *other != field).collect::<Released>();
            assert!(!without.covers_printed(PrintedData::QrCode), "{field:?}");
        }
        assert!(Released::NONE.covers_printed(PrintedData::Mrz));
    }
}
