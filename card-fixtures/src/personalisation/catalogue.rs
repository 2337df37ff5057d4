//! Every card that can be had by name.

mod table;

use super::algorithms::{self, ActiveKey, Signature};
use super::{PaceOffer, Personalisation, Suite, passport, reference, vietnam};
use crate::authority::Authority;
use crate::hash::Hash;

/// A card of the catalogue: making it costs some signatures, naming it nothing.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name on the command line
    pub name: &'static str,
    /// One line for people
    pub description: &'static str,
    recipe: Recipe,
}

#[derive(Clone, Copy, Debug)]
enum Recipe {
    Vietnam2021,
    Vietnam2024,
    VietnamNoExpiry,
    VietnamBac,
    VietnamChild,
    Passport,
    /// Buffers of commands and answers
    Reference(Option<(u16, u16)>),
    Signed(Signature),
    Pace(PaceOffer),
    Active(ActiveKey, Hash),
    ActiveSilent(ActiveKey, Hash),
    /// PACE with chip authentication mapping: suite and domain parameter
    Mapping(Suite, u8),
    /// Chip authentication in a prime field: suite and domain parameter
    ModpAgreement(Suite, u8),
    HolderSecrets,
    TwoKeys,
    KeyWithoutInfo,
    Passive,
}

/// Every card, the ordinary ones first.
pub fn catalogue() -> &'static [Entry] {
    table::CATALOGUE
}

/// The card of a name.
pub fn personalise(name: &str) -> Option<Personalisation> {
    entry(name).map(Entry::personalise)
}

/// The authority that issued the card of a name: its CSCA is the anchor of a demonstration.
pub fn authority(name: &str) -> Option<Authority> {
    entry(name).map(Entry::authority)
}

fn entry(name: &str) -> Option<&'static Entry> {
    table::CATALOGUE.iter().find(|entry| entry.name == name)
}

impl Entry {
    /// Makes the card: the same bytes every time.
    pub fn personalise(&self) -> Personalisation {
        let Entry { name, description, recipe } = *self;
        match recipe {
            Recipe::Vietnam2021 => vietnam::card_2021(name, description),
            Recipe::Vietnam2024 => vietnam::card_2024(name, description),
            Recipe::VietnamNoExpiry => vietnam::card_without_expiry(name, description),
            Recipe::VietnamBac => vietnam::card_of_bac(name, description),
            Recipe::VietnamChild => vietnam::card_of_child(name, description),
            Recipe::Passport => passport::card(name, description),
            Recipe::Reference(buffers) => reference::card(name, description, buffers),
            Recipe::Signed(signature) => signature.card(name, description),
            Recipe::Pace(offer) => algorithms::pace_card(name, description, offer),
            Recipe::Active(key, hash) => algorithms::active_card(name, description, key, hash, false),
            Recipe::ActiveSilent(key, hash) => algorithms::active_card(name, description, key, hash, true),
            Recipe::Mapping(suite, parameter_id) => algorithms::mapping_card(name, description, suite, parameter_id),
            Recipe::ModpAgreement(suite, parameter_id) => algorithms::modp_agreement_card(name, description, suite, parameter_id),
            Recipe::HolderSecrets => algorithms::holder_secrets_card(name, description),
            Recipe::TwoKeys => algorithms::two_keys_card(name, description),
            Recipe::KeyWithoutInfo => algorithms::key_without_info_card(name, description),
            Recipe::Passive => algorithms::passive_card(name, description),
        }
    }

    /// The authority that issued it.
    pub fn authority(&self) -> Authority {
        match self.recipe {
            Recipe::Passport => passport::authority(),
            Recipe::Signed(signature) => signature.authority(self.name),
            Recipe::Vietnam2021 | Recipe::VietnamBac | Recipe::VietnamNoExpiry => vietnam::authority_2021(),
            _ => vietnam::authority_2024(),
        }
    }
}

impl Personalisation {
    /// The CSCA certificates (DER) that a demonstration with this card trusts; empty for a card that is not of the catalogue.
    pub fn demonstration_anchors(&self) -> Vec<Vec<u8>> {
        authority(&self.name).iter().map(Authority::csca_certificate).collect()
    }
}
