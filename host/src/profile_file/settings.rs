//! What stands in a profile's file.

use std::ops::{Range, RangeInclusive};

use soat::crypto::DigestAlgorithm;
use soat::inspection::{CheckKind, Disclosure, Floors, IdentityField, Profile, ProfileName, Released, Weight};
use toml_edit::{Item, Key, Table};

use super::{Source, names};
use crate::error::{Error, Result};

const KEYS: [&str; 9] =
    ["name", "base", "findings", "revocation_list_days", "release", "disclosure", "checks", "floors", "chip_floors"];

const DISCLOSURES: [(&str, Disclosure); 3] =
    [("report", Disclosure::Report), ("evidence", Disclosure::Evidence), ("decision", Disclosure::Decision)];

/// What a file may say of a check: how it counts, or nothing, since every profile needs it so.
enum Choice {
    Any(fn(&mut Profile) -> &mut Weight),
    /// Where the signed files offer a proof of the chip it always counts; the choice is what it means that they offer none.
    NotEvaluatory(fn(&mut Profile) -> &mut Weight),
    Fixed(Weight),
}

const CHECKS: [(&str, Choice); 15] = [
    (CheckKind::AccessProtocol.name(), Choice::Any(|profile| &mut profile.access_protocol)),
    (CheckKind::SodSignature.name(), Choice::Fixed(Weight::Mandatory)),
    (CheckKind::SodContent.name(), Choice::Fixed(Weight::Mandatory)),
    ("file_hash", Choice::Fixed(Weight::Mandatory)),
    (CheckKind::Chain.name(), Choice::Fixed(Weight::Mandatory)),
    (CheckKind::Validity.name(), Choice::Fixed(Weight::Mandatory)),
    (CheckKind::ValidityToday.name(), Choice::Any(|profile| &mut profile.validity_today)),
    (CheckKind::SignerProfile.name(), Choice::Any(|profile| &mut profile.signer_profile)),
    (CheckKind::Revocation.name(), Choice::Any(|profile| &mut profile.revocation)),
    (CheckKind::IssuingState.name(), Choice::Fixed(Weight::Mandatory)),
    (CheckKind::ChipAuthenticity.name(), Choice::NotEvaluatory(|profile| &mut profile.chip_authenticity_not_offered)),
    (CheckKind::CardExpiry.name(), Choice::Any(|profile| &mut profile.card_expiry)),
    (CheckKind::DataCrossChecks.name(), Choice::Any(|profile| &mut profile.data_cross_checks)),
    (CheckKind::PrintedData.name(), Choice::Any(|profile| &mut profile.printed_data)),
    (CheckKind::DeviationList.name(), Choice::Fixed(Weight::Evaluatory)),
];

const WEIGHTS: [(&str, Weight); 3] =
    [("mandatory", Weight::Mandatory), ("optional", Weight::Optional), ("evaluatory", Weight::Evaluatory)];

const DIGESTS: [(&str, DigestAlgorithm); 5] = [
    ("sha1", DigestAlgorithm::Sha1),
    ("sha224", DigestAlgorithm::Sha224),
    ("sha256", DigestAlgorithm::Sha256),
    ("sha384", DigestAlgorithm::Sha384),
    ("sha512", DigestAlgorithm::Sha512),
];

/// A key with what stands behind it.
#[derive(Clone, Copy)]
struct Entry<'a> {
    source: &'a Source,
    key: &'a Key,
    item: &'a Item,
}

/// Reads the whole file.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn profile(source: &Source, table: &Table) -> Result<Profile> {
    let entries = entries(source, table);
    let named = |name: &str| entries.iter().find(|entry| entry.key.get() == name);
    // What the others are laid over comes first, wherever it stands.
    let mut profile = named("base").map_or(Ok(Profile::OPERATIONAL), |entry| entry.base())?;
    profile.name = named("name").map_or_else(|| Err(source.error("profile-name-missing", 0..0)), |entry| entry.name())?;
    for entry in &entries {
        match entry.key.get() {
            "name" | "base" => {}
            "findings" => profile.refuses_findings = entry.one_of(&[("noted", false), ("refused", true)])?,
            "revocation_list_days" => profile.revocation_list_days = Some(entry.number(1..=3650)?),
            "release" => {
                profile.released = entry.fields()?.into_iter().collect();
                // The list says it all: nothing besides is to be had by asking.
                profile.on_request = Released::NONE;
            }
            "disclosure" => profile.disclosure = entry.one_of(&DISCLOSURES)?,
            "checks" => {
                for entry in entry.table()? {
                    entry.check(&mut profile)?;
                }
            }
            "floors" => entry.floors(&mut profile.signature_floors)?,
            "chip_floors" => entry.floors(&mut profile.chip_floors)?,
            _ => return Err(entry.unknown_key(&KEYS)),
        }
    }
    Ok(profile)
}

fn entries<'a>(source: &'a Source, table: &'a Table) -> Vec<Entry<'a>> {
    let keys = table.iter().filter_map(|(name, _)| table.get_key_value(name));
    keys.map(|(key, item)| Entry { source, key, item }).collect()
}

impl<'a> Entry<'a> {
    fn key_span(self) -> Range<usize> {
        self.key.span().or_else(|| self.item.span()).unwrap_or_default()
    }

    fn wrong_value(self, id: &'static str) -> Error {
        self.source.error(id, self.item.span().unwrap_or_else(|| self.key_span())).with("name", self.key.get())
    }

    fn unknown_key(self, known: &[&str]) -> Error {
        let error = self.source.error("profile-key-unknown", self.key_span());
        error.with("name", self.key.get()).with("valid", known.join(", "))
    }

    fn unknown_value(self, found: &str, valid: String) -> Error {
        self.wrong_value("profile-value-unknown").with("found", found).with("valid", valid)
    }

    fn text(self) -> Result<&'a str> {
        self.item.as_str().ok_or_else(|| self.wrong_value("profile-not-text"))
    }

    fn number(self, range: RangeInclusive<u16>) -> Result<u16> {
        let number = self.item.as_integer().ok_or_else(|| self.wrong_value("profile-not-number"))?;
        u16::try_from(number)
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.wrong_value("profile-number-range").with("least", range.start()).with("most", range.end()))
    }

    fn one_of<T: Copy>(self, choices: &[(&str, T)]) -> Result<T> {
        let text = self.text()?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let valid: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.unknown_value(text, valid.join(", "))
        })
    }

    fn table(self) -> Result<Vec<Entry<'a>>> {
        // Inline tables would be read in another way, and nobody needs them here.
        let table = self.item.as_table().ok_or_else(|| self.wrong_value("profile-not-table"))?;
        Ok(entries(self.source, table))
    }

    fn name(self) -> Result<ProfileName> {
        let text = self.text()?;
        // A report that names a profile of soat was judged by that very profile.
        if Profile::by_name(text).is_some() {
            return Err(self.wrong_value("profile-name-taken").with("found", text));
        }
        ProfileName::parse(text).ok_or_else(|| self.wrong_value("profile-name-invalid"))
    }

    fn base(self) -> Result<Profile> {
        let text = self.text()?;
        Profile::by_name(text).ok_or_else(|| {
            let known: Vec<_> = Profile::ALL.iter().map(|profile| profile.name.to_string()).collect();
            self.unknown_value(text, known.join(", "))
        })
    }

    fn fields(self) -> Result<Vec<IdentityField>> {
        let list = self.item.as_array().ok_or_else(|| self.wrong_value("profile-not-list"))?;
        let field = |value: &toml_edit::Value| {
            let at = value.span().unwrap_or_else(|| self.key_span());
            let text =
                value.as_str().ok_or_else(|| self.source.error("profile-not-text", at.clone()).with("name", self.key.get()))?;
            IdentityField::by_name(text).ok_or_else(|| {
                let error = self.source.error("profile-value-unknown", at).with("name", self.key.get());
                error.with("found", text).with("valid", names(IdentityField::ALL))
            })
        };
        list.iter().map(field).collect()
    }

    fn check(self, profile: &mut Profile) -> Result<()> {
        let Some((_, choice)) = CHECKS.iter().find(|(name, _)| *name == self.key.get()) else {
            return Err(self.unknown_key(&CHECKS.map(|(name, _)| name)));
        };
        let weight = self.one_of(&WEIGHTS)?;
        match choice {
            Choice::Any(place) => *place(profile) = weight,
            Choice::NotEvaluatory(_) if weight == Weight::Evaluatory => {
                return Err(self.unknown_value("evaluatory", "mandatory, optional".to_owned()));
            }
            Choice::NotEvaluatory(place) => *place(profile) = weight,
            Choice::Fixed(fixed) if *fixed != weight => {
                let name = WEIGHTS.iter().find(|(_, weight)| weight == fixed).map_or("", |(name, _)| name);
                return Err(self.wrong_value("profile-check-fixed").with("weight", name));
            }
            Choice::Fixed(_) => {}
        }
        Ok(())
    }

    fn floors(self, floors: &mut Floors) -> Result<()> {
        let lowest = Floors::LOWEST;
        for entry in self.table()? {
            match entry.key.get() {
                "rsa" => floors.rsa = entry.number(lowest.rsa..=8192)?,
                "finite_field" => floors.finite_field = entry.number(lowest.finite_field..=8192)?,
                "ec" => floors.ec = entry.number(lowest.ec..=521)?,
                "digest" => floors.digest = entry.one_of(&DIGESTS)?,
                _ => return Err(entry.unknown_key(&["rsa", "finite_field", "ec", "digest"])),
            }
        }
        Ok(())
    }
}
