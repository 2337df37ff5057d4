//! The Vietnamese chip ID card. Everything about its holders is invented.

use super::face::{self, Image};
use super::issue::{CARD_ACCESS, chip_key, curve, rsa_key};
use super::mrz::Td1;
use super::security_infos::{
    active_authentication_info, card_access, chip_authentication_info, pace_info, terminal_authentication_info,
};
use super::{PaceOffer, Personalisation, Suite, data_groups};
use crate::authority::{Authority, CurveEncoding, KeyPair, Signer, SodOptions};
use crate::der;
use crate::hash::Hash;
use crate::time::Time;

/// Suite and domain parameter of the card's PACE.
pub const PACE: PaceOffer = PaceOffer::generic(Suite::Aes128, 13);

/// What DG13 and the MRZ say of a holder. Texts of dates are DD/MM/YYYY.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The 12 digits
    pub number: &'static str,
    /// With diacritics
    pub name: &'static str,
    /// As in the MRZ
    pub mrz_name: &'static str,
    /// Birth
    pub birth: &'static str,
    /// Birth, YYMMDD
    pub mrz_birth: &'static str,
    /// Nam or Nữ
    pub sex: &'static str,
    /// `M` or `F`
    pub mrz_sex: &'static str,
    /// Place of origin
    pub origin: &'static str,
    /// Residence
    pub residence: String,
    /// Identifying marks
    pub marks: &'static str,
    /// Issue
    pub issued: &'static str,
    /// Expiry, or `Không thời hạn`
    pub expiry: &'static str,
    /// Expiry, YYMMDD
    pub mrz_expiry: &'static str,
    /// Father and mother
    pub parents: [&'static str; 2],
    /// Spouse
    pub spouse: Option<&'static str>,
    /// The 9 digits of the card before
    pub old_number: Option<&'static str>,
    /// How field 13 nests the parents
    pub parents_form: ParentsForm,
}

/// The two forms of field 13 that are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParentsForm {
    /// SEQUENCE { 13, SEQUENCE { father }, SEQUENCE { mother } }
    Apart,
    /// SEQUENCE { 13, SEQUENCE { father, mother } }
    Together,
}

/// The woman of the 2021 card.
pub fn nguyen_thi_mau() -> Holder {
    Holder {
        number: "001199000001",
        name: "Nguyễn Thị Mẫu",
        mrz_name: "NGUYEN<<THI<MAU",
        birth: "01/01/1999",
        mrz_birth: "990101",
        sex: "Nữ",
        mrz_sex: "F",
        origin: "Phường Mẫu, Ba Đình, Hà Nội",
        residence: "Số 1, Phường Mẫu, Ba Đình, Hà Nội".into(),
        marks: "Nốt ruồi C.1cm trên sau đầu mắt trái",
        issued: "15/03/2021",
        expiry: "01/01/2039",
        mrz_expiry: "390101",
        parents: ["Nguyễn Văn Cha", "Lê Thị Mẹ"],
        spouse: None,
        old_number: Some("012345678"),
        parents_form: ParentsForm::Apart,
    }
}

/// The same woman, with the card of 2024.
pub fn nguyen_thi_mau_2024() -> Holder {
    Holder { issued: "15/09/2024", spouse: Some("Trần Văn Chồng"), parents_form: ParentsForm::Together, ..nguyen_thi_mau() }
}

/// A woman over 60, whose card does not expire.
pub fn le_thi_khong_han() -> Holder {
    Holder {
        number: "001160000001",
        name: "Lê Thị Mẫu",
        mrz_name: "LE<<THI<MAU",
        birth: "01/01/1960",
        mrz_birth: "600101",
        expiry: "Không thời hạn",
        mrz_expiry: "991231",
        parents: ["Lê Văn Cha", "Phạm Thị Mẹ"],
        spouse: Some("Đỗ Văn Chồng"),
        old_number: Some("011111111"),
        ..nguyen_thi_mau()
    }
}

/// A girl under 6.
pub fn tran_thi_be() -> Holder {
    Holder {
        number: "001320000003",
        name: "Trần Thị Bé",
        mrz_name: "TRAN<<THI<BE",
        birth: "05/05/2020",
        mrz_birth: "200505",
        marks: "",
        issued: "15/09/2024",
        expiry: "05/05/2034",
        mrz_expiry: "340505",
        parents: ["Trần Văn Cha", "Nguyễn Thị Mẹ"],
        spouse: None,
        old_number: None,
        parents_form: ParentsForm::Together,
        ..nguyen_thi_mau()
    }
}

/// A man of Hồ Chí Minh City, for the cards that differ in their algorithms alone.
pub fn tran_van_mau() -> Holder {
    Holder {
        number: "079203000002",
        name: "Trần Văn Mẫu",
        mrz_name: "TRAN<<VAN<MAU",
        birth: "02/02/2003",
        mrz_birth: "030202",
        sex: "Nam",
        mrz_sex: "M",
        origin: "Phường Mẫu, Quận 1, TP Hồ Chí Minh",
        residence: "Số 2, Phường Mẫu, Quận 1, TP Hồ Chí Minh".into(),
        issued: "15/09/2024",
        expiry: "02/02/2028",
        mrz_expiry: "280202",
        parents: ["Trần Văn Bố", "Võ Thị Má"],
        old_number: None,
        ..nguyen_thi_mau()
    }
}

impl Holder {
    /// The machine-readable zone.
    pub fn zone(&self) -> Td1<'_> {
        let (_, number) = self.number.split_at(3);
        Td1 {
            code: "ID",
            issuer: "VNM",
            number,
            optional: self.number,
            birth: self.mrz_birth,
            sex: self.mrz_sex,
            expiry: self.mrz_expiry,
            nationality: "VNM",
            name: self.mrz_name,
        }
    }

    /// The 90 characters: the optional data carry the number, two fillers and a check digit over it.
    pub fn mrz(&self) -> String {
        let digits = super::mrz::checked(self.number);
        let (number, digit) = digits.split_at(self.number.len());
        let optional = format!("{number}<<{digit}");
        Td1 { optional: &optional, ..self.zone() }.compose()
    }

    /// The card access number: the last 6 digits.
    pub fn can(&self) -> &'static str {
        self.number.split_at(6).1
    }

    /// DG13: `SEQUENCE { version, OID, SET OF SEQUENCE { number, value } }` in template 6D.
    pub fn dg13(&self) -> Vec<u8> {
        let parents = self.parents.map(der::utf8);
        let parents = match self.parents_form {
            ParentsForm::Apart => parents.map(|name| der::sequence(&[name])).concat(),
            ParentsForm::Together => der::sequence(&parents),
        };
        let values = [
            der::printable(self.number),
            der::utf8(self.name),
            der::printable(self.birth),
            der::utf8(self.sex),
            der::utf8("Việt Nam"),
            der::utf8("Kinh"),
            der::utf8("Không"),
            der::utf8(self.origin),
            der::utf8(&self.residence),
            der::utf8(self.marks),
            der::printable(self.issued),
            der::utf8(self.expiry),
            parents,
            self.spouse.map(|name| der::sequence(&[der::utf8(name)])).unwrap_or_default(),
            self.old_number.map(der::printable).unwrap_or_default(),
            der::printable("00AA11BB22CC33DD"),
        ];
        let mut fields = Vec::new();
        for (number, value) in (1u32..).zip(values) {
            // Without an old number its field is not there at all; without a spouse it is there and empty.
            if number != 15 || !value.is_empty() {
                fields.push(der::sequence(&[der::small_integer(number), value]));
            }
        }
        let identifier = der::tlv(0x06, &[0x28, 0xD3, 0x16, 0x01, 0x00, 0x08]);
        // The cards keep the order of the numbers, which is not that of DER.
        der::tlv(0x6D, &der::sequence(&[der::small_integer(1), identifier, der::unsorted_set_of(&fields)]))
    }
}

/// The key of the authority: P-384 with SHA-384, as the card's real one.
fn country_signer() -> Signer {
    Signer::ecdsa(curve("secp384r1"), Hash::Sha384, "Fixture CSCA Vietnam")
}

fn authority(document_signer: Signer, serial: &str, validity: (Time, Time)) -> Authority {
    let mut authority = Authority::new("VN", country_signer(), document_signer);
    authority.csca_name.common_name = "Fixture CSCA Vietnam".into();
    authority.csca_name.serial_number = Some("001".into());
    authority.document_signer_name.common_name = "Fixture Document Signer Vietnam".into();
    authority.document_signer_name.serial_number = Some(serial.into());
    authority.document_signer_validity = validity;
    authority
}

/// The authority with the document signer of 2021, RSA-2048.
pub fn authority_2021() -> Authority {
    let signer = Signer::rsa_pkcs1(rsa_key("rsa2048-a"), Hash::Sha256);
    authority(signer, "2021-01", (Time::midnight(2021, 1, 15), Time::midnight(2043, 1, 15)))
}

/// The authority with the document signer of 2024, P-256 with SHA-256.
pub fn authority_2024() -> Authority {
    let signer = Signer::ecdsa(curve("secp256r1"), Hash::Sha256, "Fixture Document Signer Vietnam 2024");
    authority(signer, "2024-07", (Time::midnight(2024, 7, 1), Time::midnight(2046, 1, 1)))
}

/// When a card of 2021 was signed.
const SIGNED_2021: Time = Time { hour: 8, minute: 30, ..Time::midnight(2021, 3, 15) };

/// What EF.CardAccess says, byte for byte: terminal authentication, chip authentication, PACE.
fn access_infos() -> Vec<Vec<u8>> {
    vec![terminal_authentication_info(), chip_authentication_info(Suite::Aes128, None), pace_info(PACE)]
}

/// A card of a holder without its EF.SOD: access by BAC and PACE, DG1, DG2 where there is a face, DG3 guarded, DG13, DG14.
pub fn unsigned(name: &str, description: &str, holder: &Holder, face: Option<Image>) -> Personalisation {
    let mut card = Personalisation::empty(name, description);
    card.mrz_key = Some(holder.zone().key());
    card.can = Some(holder.can().into());
    card.bac = true;
    card.pace = vec![PACE];
    card.master_files.insert(CARD_ACCESS, card_access(access_infos()));
    card.put(1, data_groups::dg1(&holder.mrz()));
    if let Some(image) = face {
        card.put(2, face::dg2(image.kind, image.bytes));
    }
    card.put(3, data_groups::dg3(0x5A));
    card.guarded_files = vec![super::issue::data_group(3)];
    card.put(13, holder.dg13());
    card.chip_keys = vec![chip_key(name, curve("brainpoolP256r1"), Suite::Aes128, None)];
    card.put_dg14(CurveEncoding::Explicit, &access_infos(), &[]);
    card
}

/// EF.COM in the card's own order, and EF.SOD.
pub fn finish(card: &mut Personalisation, authority: &Authority, options: &SodOptions) {
    card.list("0107", &[1, 2, 3, 13, 15, 14]);
    card.sign(authority, options);
}

/// The card of 2021: RSA document signer, active authentication with RSA-1024 and SHA-1.
pub fn card_2021(name: &str, description: &str) -> Personalisation {
    let mut card = unsigned(name, description, &nguyen_thi_mau(), Some(face::WOMAN_JPEG));
    card.put_active_authentication(&KeyPair::Rsa(rsa_key("rsa1024-a")), Hash::Sha1, CurveEncoding::Explicit);
    let mut options = SodOptions::default();
    options.signature.signing_time = Some(SIGNED_2021);
    finish(&mut card, &authority_2021(), &options);
    card
}

/// The card of 2024: P-256 document signer, active authentication with P-256.
pub fn card_2024(name: &str, description: &str) -> Personalisation {
    card_2024_of(name, description, &nguyen_thi_mau_2024())
}

/// The card of 2024 of any holder.
pub fn card_2024_of(name: &str, description: &str, holder: &Holder) -> Personalisation {
    let mut card = unsigned(name, description, holder, Some(face::WOMAN_JPEG));
    put_ecdsa(&mut card);
    finish(&mut card, &authority_2024(), &SodOptions::default());
    card
}

/// The card of a woman over 60: no expiry, a bare JPEG 2000 code stream, active authentication with RSA-2048 and SHA-256.
pub fn card_without_expiry(name: &str, description: &str) -> Personalisation {
    let mut card = unsigned(name, description, &le_thi_khong_han(), Some(face::WOMAN_CODE_STREAM));
    card.put_active_authentication(&KeyPair::Rsa(rsa_key("rsa2048-b")), Hash::Sha256, CurveEncoding::Explicit);
    let mut options = SodOptions::default();
    options.signature.signing_time = Some(SIGNED_2021);
    finish(&mut card, &authority_2021(), &options);
    card
}

/// The card of 2021 without PACE: no EF.CardAccess, and none in DG14.
pub fn card_of_bac(name: &str, description: &str) -> Personalisation {
    let mut card = unsigned(name, description, &nguyen_thi_mau(), Some(face::WOMAN_JPEG));
    card.pace.clear();
    card.master_files.remove(&CARD_ACCESS);
    card.put_dg14(CurveEncoding::Explicit, &[chip_authentication_info(Suite::Aes128, None)], &[]);
    card.put_active_authentication(&KeyPair::Rsa(rsa_key("rsa1024-a")), Hash::Sha1, CurveEncoding::Explicit);
    let mut options = SodOptions::default();
    options.signature.signing_time = Some(SIGNED_2021);
    finish(&mut card, &authority_2021(), &options);
    card
}

/// The card of a child under 6: no photo, so no DG2.
pub fn card_of_child(name: &str, description: &str) -> Personalisation {
    let mut card = unsigned(name, description, &tran_thi_be(), None);
    put_ecdsa(&mut card);
    finish(&mut card, &authority_2024(), &SodOptions::default());
    card
}

/// Active authentication with P-256, announced in DG14.
fn put_ecdsa(card: &mut Personalisation) {
    let key = KeyPair::ec(curve("secp256r1"), &format!("active authentication of {}", card.name));
    card.put_active_authentication(&key, Hash::Sha256, CurveEncoding::Explicit);
    card.put_dg14(CurveEncoding::Explicit, &access_infos(), &[active_authentication_info(Hash::Sha256)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_those_of_the_printed_cards() {
        let expected = "IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<";
        assert_eq!(nguyen_thi_mau().mrz(), expected);
        let expected = "IDVNM1600000016001160000001<<76001010F9912315VNM<<<<<<<<<<<4LE<<THI<MAU<<<<<<<<<<<<<<<<<<<";
        assert_eq!(le_thi_khong_han().mrz(), expected);
        assert_eq!(nguyen_thi_mau().can(), "000001");
    }

    #[test]
    fn card_access_is_the_constant() {
        let expected =
            "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d";
        assert_eq!(hex::encode(card_access(access_infos())), expected);
    }
}
