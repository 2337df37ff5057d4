//! DG2: biometric templates and the record of the face.

use card_fixtures::personalisation::configuration::ConfigurationSet::Bac;
use card_fixtures::personalisation::face::{self, Dg2Options, Image};
use card_fixtures::personalisation::issue::data_group;

use crate::document::Document;
use crate::suite::Case;

fn put(document: &mut Document, image: Image, options: &Dg2Options) {
    document.card.put(2, face::dg2_with(image.kind, image.bytes, options));
}

/// The default image with these changes around it.
fn changed(document: &mut Document, options: &Dg2Options) {
    put(document, face::WOMAN_JPEG_2000, options);
}

fn default() -> Dg2Options {
    Dg2Options::default()
}

/// An angle beyond the largest, 181 steps of two degrees.
const TOO_WIDE: u8 = 182;

pub const CASES: &[Case] = &[
    Case::one("LDS_C_01", Bac, |document| put(document, face::WOMAN_JPEG_2000, &default())),
    Case::one("LDS_C_02", Bac, |document| put(document, face::WOMAN_JPEG, &default())),
    Case::one("LDS_C_03", Bac, |document| changed(document, &Dg2Options { feature_points: 12, ..default() })),
    Case::one("LDS_C_04", Bac, |document| document.retag(data_group(2), 0x76)),
    Case::one("LDS_C_05", Bac, |document| document.restate_length(data_group(2), -1)),
    Case::one("LDS_C_06", Bac, |document| document.restate_length(data_group(2), 1)),
    Case::one("LDS_C_07", Bac, |document| changed(document, &Dg2Options { instances: None, ..default() })),
    Case::one("LDS_C_08", Bac, |document| changed(document, &Dg2Options { format_owner: Some(0x01FF), ..default() })),
    Case::one("LDS_C_09", Bac, |document| changed(document, &Dg2Options { format_owner: None, ..default() })),
    Case::one("LDS_C_10", Bac, |document| changed(document, &Dg2Options { format_type: Some(0x0009), ..default() })),
    Case::one("LDS_C_11", Bac, |document| changed(document, &Dg2Options { format_type: None, ..default() })),
    Case::one("LDS_C_12", Bac, |document| changed(document, &Dg2Options { biometric_type: vec![0, 0, 2], ..default() })),
    Case::one("LDS_C_13", Bac, |document| changed(document, &Dg2Options { biometric_type: vec![8], ..default() })),
    Case::one("LDS_C_14", Bac, |document| changed(document, &Dg2Options { identifier: *b"FIR\0", ..default() })),
    Case::one("LDS_C_15", Bac, |document| changed(document, &Dg2Options { version: *b"990\0", ..default() })),
    Case::one("LDS_C_16", Bac, |document| changed(document, &Dg2Options { uncounted_feature_points: 3, ..default() })),
    Case::one("LDS_C_17", Bac, |document| changed(document, &Dg2Options { gender: 0x10, ..default() })),
    Case::one("LDS_C_18", Bac, |document| changed(document, &Dg2Options { eye_colour: 0x10, ..default() })),
    Case::one("LDS_C_19", Bac, |document| changed(document, &Dg2Options { hair_colour: 0x10, ..default() })),
    Case::one("LDS_C_20", Bac, |document| changed(document, &Dg2Options { pose: [TOO_WIDE, 0, 0], ..default() })),
    Case::one("LDS_C_21", Bac, |document| changed(document, &Dg2Options { pose: [0, TOO_WIDE, 0], ..default() })),
    Case::one("LDS_C_22", Bac, |document| changed(document, &Dg2Options { pose: [0, 0, TOO_WIDE], ..default() })),
    Case::one("LDS_C_23", Bac, |document| changed(document, &Dg2Options { pose_uncertainty: [TOO_WIDE, 0, 0], ..default() })),
    Case::one("LDS_C_24", Bac, |document| changed(document, &Dg2Options { pose_uncertainty: [0, TOO_WIDE, 0], ..default() })),
    Case::one("LDS_C_25", Bac, |document| changed(document, &Dg2Options { pose_uncertainty: [0, 0, TOO_WIDE], ..default() })),
    Case::one("LDS_C_26", Bac, |document| changed(document, &Dg2Options { image_type: 0x10, ..default() })),
    Case::one("LDS_C_27", Bac, |document| changed(document, &Dg2Options { data_type: Some(0), ..default() })),
    Case::one("LDS_C_28", Bac, |document| changed(document, &Dg2Options { has_data: false, ..default() })),
];
