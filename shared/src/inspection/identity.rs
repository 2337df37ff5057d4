//! Whose card it is. A [`VerifiedIdentity`] exists only inside a report that passed, and is read only from files whose hash is signed.

use alloc::string::String;
use alloc::vec::Vec;

use super::examination::Examination;
use super::profile::{IdentityField, Released};
use super::pseudonym::{Pseudonym, PseudonymKey};
use crate::crypto::Provider;
use crate::dossier::DataGroup;
use crate::lds::dg2::{Dg2, ImageFormat};
use crate::lds::dg11::Dg11;
use crate::lds::dg12::Dg12;
use crate::mrz::{MachineReadableZone, Sex};
use crate::time::Date;
use crate::vietnam::dg13::Dg13;
use crate::vietnam::expiry::{CardExpiry, day_month_year};

/// The holder and the document, as signed by the issuer. Every field is `None` that the profile does not release; the photo and what the
/// law calls sensitive are not even kept. Personal data: shows nothing in `Debug`.
#[derive(Clone)]
pub struct VerifiedIdentity {
    mrz: MachineReadableZone,
    dg11: Option<Dg11>,
    dg12: Option<Dg12>,
    dg13: Option<Dg13>,
    face: Option<FaceImage>,
    today: Date,
    released: Released,
}

opaque_debug!(VerifiedIdentity, FaceImage, Sensitive<'_>);

/// The first facial image of DG2.
#[derive(Clone, PartialEq, Eq)]
pub struct FaceImage {
    /// JPEG or JPEG 2000.
    pub format: ImageFormat,
    /// The image as it stands in the file. It comes from a verified file and may still be crafted by a careless issuer: decode it with
    /// bounds.
    pub bytes: Vec<u8>,
}

/// What the law calls sensitive, given only when asked for by name (law 91/2025).
#[derive(Clone, Copy)]
pub struct Sensitive<'a> {
    /// Ethnicity.
    pub ethnicity: Option<&'a str>,
    /// Religion.
    pub religion: Option<&'a str>,
}

impl VerifiedIdentity {
    /// Reads the verified files of an examination that came to a successful result.
    pub(super) fn read(examination: &Examination<'_>) -> Option<Self> {
        let mrz = examination.mrz()?;
        let file = |group| examination.file(group);
        let dg13 = file(DataGroup::DG13).filter(|_| mrz.issuing_state() == "VNM");
        let released = examination.profile.released;
        Some(Self {
            released,
            dg11: file(DataGroup::DG11).and_then(|bytes| Dg11::parse(bytes).ok()),
            dg12: file(DataGroup::DG12).and_then(|bytes| Dg12::parse(bytes).ok()),
            dg13: dg13.and_then(|bytes| Dg13::parse(bytes).ok()),
            face: file(DataGroup::DG2).filter(|_| released.has(IdentityField::Photo)).and_then(face),
            mrz,
            today: examination.time.date()?,
        })
    }

    /// Whether the profile releases a field.
    pub fn releases(&self, field: IdentityField) -> bool {
        self.released.has(field)
    }

    /// What stands for the person towards whoever has this key, whether or not the profile releases the number: `None` where the document
    /// has no number of 12 digits.
    pub fn pseudonym(&self, key: &PseudonymKey, purpose: &str, provider: &dyn Provider) -> Option<Pseudonym> {
        key.pseudonym(purpose, self.number()?, provider)
    }

    /// Document code: `P`, `I`, `ID`.
    pub fn document_code(&self) -> Option<&str> {
        self.only(IdentityField::DocumentType, self.mrz.document_code())
    }

    /// Issuing state or organisation, as in the MRZ: `VNM`.
    pub fn issuing_state(&self) -> Option<&str> {
        self.only(IdentityField::IssuingState, self.mrz.issuing_state())
    }

    /// Nationality, as in the MRZ.
    pub fn nationality(&self) -> Option<&str> {
        self.only(IdentityField::Nationality, self.mrz.nationality())
    }

    /// Document number.
    pub fn document_number(&self) -> Option<String> {
        self.only(IdentityField::DocumentNumber, String::from(self.mrz.document_number().as_str()))
    }

    /// The number of the person, where the document has one: DG13, the Vietnamese MRZ, DG11.
    pub fn personal_number(&self) -> Option<&str> {
        self.only(IdentityField::PersonalNumber, self.number()?)
    }

    fn number(&self) -> Option<&str> {
        let optional = self.dg11.as_ref().and_then(|details| details.personal_number.as_deref());
        self.dg13.as_ref().and_then(|data| data.personal_number.as_deref()).or(self.mrz.vietnamese_number()).or(optional)
    }

    /// The full name as the state writes it, with diacritics where DG13 or DG11 has them; else as in the MRZ.
    pub fn full_name(&self) -> Option<String> {
        self.only(IdentityField::FullName, ())?;
        if let Some(name) = self.dg13.as_ref().and_then(|data| data.name.as_deref()) {
            return Some(String::from(name));
        }
        if let Some(name) = self.dg11.as_ref().and_then(|details| details.name.as_ref()) {
            return Some(joined(&name.primary, &name.secondary));
        }
        Some(joined(&self.mrz.primary_name(), &self.mrz.secondary_name()))
    }

    /// Primary identifier of the MRZ.
    pub fn primary_name(&self) -> Option<String> {
        self.only(IdentityField::FullName, String::from(self.mrz.primary_name().as_str()))
    }

    /// Secondary identifier of the MRZ; empty where there is none.
    pub fn secondary_name(&self) -> Option<String> {
        self.only(IdentityField::FullName, String::from(self.mrz.secondary_name().as_str()))
    }

    /// Date of birth, where it is wholly known.
    pub fn birth(&self) -> Option<Date> {
        self.only(IdentityField::Birth, ())?;
        let written = self.dg13.as_ref().and_then(|data| day_month_year(data.birth.as_deref()?));
        let optional = || self.dg11.as_ref().and_then(|details| details.birth?.date());
        written.or_else(optional).or_else(|| self.mrz.birth().birth(self.today))
    }

    /// Date of birth as in the MRZ, `YYMMDD`; unknown parts are fillers.
    pub fn birth_as_printed(&self) -> Option<String> {
        self.only(IdentityField::Birth, String::from(self.mrz.birth().as_str()))
    }

    /// Sex.
    pub fn sex(&self) -> Option<Sex> {
        self.only(IdentityField::Sex, self.mrz.sex())
    }

    /// When the document expires, if ever; `None` also where its date cannot be read.
    pub fn expiry(&self) -> Option<CardExpiry> {
        self.only(IdentityField::Expiry, ())?;
        let written = self.dg13.as_ref().and_then(|data| CardExpiry::from_text(data.expiry.as_deref()?));
        written.or_else(|| CardExpiry::from_mrz(&self.mrz.expiry(), self.today))
    }

    /// Date of issue, where DG13 or DG12 has it.
    pub fn issue(&self) -> Option<Date> {
        self.only(IdentityField::Issue, ())?;
        let written = self.dg13.as_ref().and_then(|data| day_month_year(data.issue.as_deref()?));
        written.or_else(|| self.dg12.as_ref().and_then(|details| details.issue?.date()))
    }

    /// The MRZ, where everything that stands in it is released.
    pub fn mrz(&self) -> Option<&MachineReadableZone> {
        use IdentityField as F;
        const IN_MRZ: [F; 9] = [
            F::PersonalNumber,
            F::FullName,
            F::Birth,
            F::Sex,
            F::Nationality,
            F::DocumentType,
            F::DocumentNumber,
            F::IssuingState,
            F::Expiry,
        ];
        IN_MRZ.into_iter().all(|field| self.releases(field)).then_some(&self.mrz)
    }

    /// Additional personal details, where all of them are released.
    pub fn additional_personal_details(&self) -> Option<&Dg11> {
        self.dg11.as_ref().filter(|_| self.released.covers(DataGroup::DG11))
    }

    /// Additional document details, where they are released.
    pub fn additional_document_details(&self) -> Option<&Dg12> {
        self.dg12.as_ref().filter(|_| self.released.covers(DataGroup::DG12))
    }

    fn only<T>(&self, field: IdentityField, value: T) -> Option<T> {
        self.releases(field).then_some(value)
    }

    /// A field of a Vietnamese card's DG13 that is not sensitive.
    pub fn vietnamese(&self) -> Option<VietnameseDetails<'_>> {
        self.dg13.as_ref().map(|data| VietnameseDetails { data, released: self.released })
    }

    /// Ethnicity and religion, where the profile names them.
    pub fn sensitive(&self) -> Option<Sensitive<'_>> {
        let data = self.dg13.as_ref()?;
        let named = |field, value| if self.released.has(field) { value } else { None };
        Some(Sensitive {
            ethnicity: named(IdentityField::Ethnicity, data.ethnicity.as_deref()),
            religion: named(IdentityField::Religion, data.religion.as_deref()),
        })
    }

    /// The face.
    pub fn face(&self) -> Option<&FaceImage> {
        self.face.as_ref()
    }
}

/// What DG13 of a Vietnamese card says beside what every document says, as far as the profile releases it.
#[derive(Clone, Copy)]
pub struct VietnameseDetails<'a> {
    data: &'a Dg13,
    released: Released,
}

opaque_debug!(VietnameseDetails<'_>);

impl<'a> VietnameseDetails<'a> {
    /// Date of birth as written, parts of which may be missing.
    pub fn birth_as_written(self) -> Option<&'a str> {
        self.released(IdentityField::Birth, &self.data.birth)
    }

    /// `Nam` or `Nữ`.
    pub fn sex_as_written(self) -> Option<&'a str> {
        self.released(IdentityField::Sex, &self.data.sex)
    }

    /// Nationality, in Vietnamese.
    pub fn nationality(self) -> Option<&'a str> {
        self.released(IdentityField::Nationality, &self.data.nationality)
    }

    /// Place of origin, or of birth registration.
    pub fn place_of_origin(self) -> Option<&'a str> {
        self.released(IdentityField::Origin, &self.data.place_of_origin)
    }

    /// Residence when the card was issued; it may have changed since.
    pub fn residence(self) -> Option<&'a str> {
        self.released(IdentityField::Residence, &self.data.residence)
    }

    /// Identifying marks.
    pub fn identifying_marks(self) -> Option<&'a str> {
        self.released(IdentityField::Marks, &self.data.identifying_marks)
    }

    /// Father's name.
    pub fn father(self) -> Option<&'a str> {
        self.released(IdentityField::Father, &self.data.father)
    }

    /// Mother's name.
    pub fn mother(self) -> Option<&'a str> {
        self.released(IdentityField::Mother, &self.data.mother)
    }

    /// Spouse's name.
    pub fn spouse(self) -> Option<&'a str> {
        self.released(IdentityField::Spouse, &self.data.spouse)
    }

    /// The number before 2021, 9 digits.
    pub fn old_number(self) -> Option<&'a str> {
        self.released(IdentityField::OldNumber, &self.data.old_number)
    }

    fn released(self, field: IdentityField, value: &'a Option<String>) -> Option<&'a str> {
        value.as_deref().filter(|_| self.released.has(field))
    }
}

fn face(bytes: &[u8]) -> Option<FaceImage> {
    let group = Dg2::parse(bytes).ok()?;
    let first = group.faces.first()?;
    Some(FaceImage { format: first.format, bytes: first.image.to_vec() })
}

fn joined(primary: &str, secondary: &str) -> String {
    String::from(alloc::format!("{primary} {secondary}").trim())
}
