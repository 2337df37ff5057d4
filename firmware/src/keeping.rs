//! What the gate keeps, and keeps through a power cut at any moment: keys and settings, its journal, its packs.
//!
//! | module | where | what |
//! |---|---|---|
//! | [`records`] | flash of the microcontroller, two sectors | values by number, each replaced whole or not at all |
//! | [`vault`] | the same | those values by their types: keys, floors, the active pack |
//! | [`journal`] | a NOR flash beside it, and its keys in the vault | what happened at the door |
//! | [`keeper`] | | vault and journal as the gate writes to them |
//! | [`packs`] | flash of the microcontroller, two sectors | the pack that is in force, and the one that is coming |
//! | [`time_floor`] | | before which moment no clock is believed |
//!
//! Flash is whatever implements [`embedded_storage::nor_flash`]. The tests cut the power at every single write and erase of sequences of
//! operations, with the write torn that was under way.

pub mod journal;
pub mod keeper;
pub mod packs;
pub mod records;
pub mod time_floor;
pub mod vault;

#[cfg(test)]
pub(crate) mod flash_double;
#[cfg(test)]
pub(crate) mod tests;
