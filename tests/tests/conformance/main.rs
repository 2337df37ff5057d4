//! BSI TR-03105 part 5.1, version 1.5: every test case of the guideline, by its number.
//!
//! `tests/conformance/tr03105.json` says of each what it tests and what must come of it; the modules here say how its document is made.
//! A document is issued by the synthetic authority, laid on the virtual chip, read by the reading engine with the key of its data page, and
//! judged in the profile `strict`; where the table says so, in `operational` too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod document;
mod iso7816_access;
mod iso7816_chip;
mod iso7816_g;
mod lds_com_dg1;
mod lds_data_groups;
mod lds_dg2;
mod lds_h;
mod readme;
mod suite;

use card_fixtures::personalisation::configuration::ConfigurationSet;
use suite::{Case, Table};

/// The cases of every unit.
fn cases() -> impl Iterator<Item = &'static Case> {
    let reading = [iso7816_access::SELECTION, iso7816_access::BASIC_ACCESS, iso7816_access::READING];
    let protocols = [iso7816_chip::AGREEMENT, iso7816_chip::ACTIVE, iso7816_g::COURSE, iso7816_g::CHIP_MAPPING];
    let data = [lds_com_dg1::COMMON_DATA, lds_com_dg1::ZONES, lds_dg2::CASES];
    let files = [lds_data_groups::DG14, lds_data_groups::DG15, lds_data_groups::CARD_SECURITY, lds_data_groups::ATR];
    let security_object = [lds_h::ALGORITHMS, lds_h::MESSAGE, lds_h::CONTENT, lds_h::CERTIFICATE];
    reading.into_iter().chain(protocols).chain(data).chain(files).chain(security_object).flatten()
}

#[test]
fn every_default_document_is_accepted() {
    for set in ConfigurationSet::ALL {
        suite::assert_default_is_accepted(set);
    }
}

#[test]
fn every_number_has_one_test_or_a_reason() {
    Table::read().assert_accounts_for(cases());
}

#[test]
fn the_readme_shows_the_table() {
    readme::assert_shows(&Table::read());
}

/// One test a unit, so that they run side by side.
macro_rules! units {
    ($($name:ident: $unit:literal;)+) => {
        $(#[test]
        fn $name() {
            Table::read().run($unit, cases());
        })+
    };
}

units! {
    iso7816_a_selection: "ISO7816_A";
    iso7816_b_basic_access: "ISO7816_B";
    iso7816_c_reading: "ISO7816_C";
    iso7816_d_chip_authentication: "ISO7816_D";
    iso7816_f_active_authentication: "ISO7816_F";
    iso7816_g_pace: "ISO7816_G";
    lds_a_com: "LDS_A";
    lds_b_dg1: "LDS_B";
    lds_c_dg2: "LDS_C";
    lds_f_dg14: "LDS_F";
    lds_h_security_object: "LDS_H";
    lds_i_dg15: "LDS_I";
    lds_j_card_security: "LDS_J";
    lds_k_atr_info: "LDS_K";
}
