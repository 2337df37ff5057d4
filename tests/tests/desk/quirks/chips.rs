//! Chips that behave oddly at a reader.

use card_fixtures::authority::CurveEncoding;
use card_fixtures::chip::{LostTag, ParameterId, Quirks, ReadLimit, SignatureForm};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::face::{self, ImageKind};
use card_fixtures::personalisation::issue::CARD_ACCESS;
use card_fixtures::personalisation::security_infos::active_authentication_info;

use soat_tests::command::run;

use super::Odd;
use crate::Desk;

fn limit(bytes: usize, status: u16, protected: bool) -> Quirks {
    Quirks { read_limit: Some(ReadLimit { bytes, status, protected }), ..Quirks::vietnam() }
}

/// The Vietnamese card as it would be without PACE.
fn with_bac(quirks: Quirks) -> Odd {
    let mut odd = Odd::vietnam(quirks);
    odd.card.pace.clear();
    odd.card.master_files.remove(&CARD_ACCESS);
    odd.card.put_dg14(CurveEncoding::Explicit, &[], &[active_authentication_info(Hash::Sha256)]);
    odd.signed(&Default::default())
}

#[test]
fn quirk_01_at_the_desk() {
    let noted = ["sm.unprotected_status", "read.block_reduced"];
    Odd::vietnam(limit(192, 0x6700, false)).expect(&noted, Some("sm.unprotected_status"));
}

#[test]
fn quirk_02_at_the_desk() {
    Odd::vietnam(limit(112, 0x6B00, true)).expect(&["read.block_reduced"], None);
}

#[test]
fn quirk_03_at_the_desk() {
    Odd::vietnam(Quirks { answer_part: Some(100), ..Quirks::vietnam() }).expect(&["apdu.get_response"], None);
}

#[test]
fn quirk_04_at_the_desk() {
    Odd::vietnam(Quirks { select_master_file: Some(0x6A86), ..Quirks::default() }).expect(&[], None);
}

#[test]
fn quirk_05_at_the_desk() {
    let Some(desk) = Desk::new() else { return };
    // A SELECT is needed where the tag is lost in DG2, beyond the offsets that a short identifier reaches.
    let whole = {
        let card = desk.lay_genuine("vietnam-2024");
        run(&mut desk.read(&["--can", "000001"]));
        card.chip.apdus()
    };
    let lost = LostTag { after: whole - 4, comes_back: true, other: None };
    let quirks = Quirks { select_warning: Some(0x6283), lost_tag: Some(lost), ..Quirks::vietnam() };
    Odd { with_photo: true, ..Odd::vietnam(quirks) }.expect_at(&desk, &["select.warning"], None);
    with_bac(Quirks::vietnam()).expect_at(&desk, &["access.bac_used"], None);
}

#[test]
fn quirk_06_at_the_desk() {
    let quirks = Quirks { parameter_id: ParameterId::Required, ..Quirks::vietnam() };
    Odd::vietnam(quirks).expect(&["pace.parameter_reference"], None);
}

#[test]
fn quirk_07_at_the_desk() {
    Odd::vietnam(Quirks { refuse_le: true, ..Quirks::vietnam() }).expect(&[], None);
}

#[test]
fn quirk_08_at_the_desk() {
    let Some(desk) = Desk::new() else { return };
    for card in ["pace-im-bp256-aes128", "pace-modp2048-224-aes192", "pace-cam-bp256-aes128"] {
        Odd::new(card).expect_at(&desk, &[], None);
    }
}

#[test]
fn quirk_18_at_the_desk() {
    Odd::vietnam(Quirks { chip_authentication_status: Some(0x6F00), ..Quirks::vietnam() }).expect(&[], None);
}

#[test]
fn quirk_19_at_the_desk() {
    let quirks = Quirks { signature: SignatureForm::Der, ..Quirks::vietnam() };
    Odd::vietnam(quirks).expect(&["aa.signature_der"], Some("aa.signature_der"));
}

#[test]
fn quirk_20_at_the_desk() {
    let mut padded = Odd::vietnam(Quirks::vietnam());
    for content in padded.card.application_files.values_mut() {
        content.extend([0; 300]);
    }
    padded.expect(&[], None);
}

#[test]
fn quirk_25_at_the_desk() {
    with_bac(Quirks { master_file_after_bac: true, ..Quirks::default() }).expect(&["access.bac_used"], None);
}

#[test]
fn quirk_26_at_the_desk() {
    let mut large = Odd { with_photo: true, ..Odd::new("reference-32k") };
    let image = face::with_comment(face::WOMAN_JPEG.bytes, 33_000);
    large.card.put(2, face::dg2(ImageKind::Jpeg, &image));
    large.signed(&Default::default()).expect(&[], None);
}

#[test]
fn quirk_27_at_the_desk() {
    let lost = LostTag { after: 20, comes_back: true, other: None };
    Odd::vietnam(Quirks { lost_tag: Some(lost), ..Quirks::vietnam() }).expect(&["card.resumed"], None);
}

#[test]
fn quirk_28_at_the_desk() {
    // vpcd has no other way to say that an answer was lost than a bare status, which `strict` refuses.
    let quirks = Quirks { answer_cap: Some(180), ..Quirks::vietnam() };
    Odd::vietnam(quirks).expect(&["read.block_reduced"], Some("sm.unprotected_status"));
}
