//! What the end-to-end tests stand on: the built command, a card on a virtual reader, and the folder of other people's data.

pub mod answers;
pub mod card_photos;
pub mod cddl;
pub mod command;
pub mod crowd;
pub mod entries;
pub mod gate_at_port;
pub mod gate_board;
pub mod gate_machine;
pub mod image;
pub mod memory;
pub mod openssl_ts;
pub mod plugged;
pub mod provider;
pub mod pty;
pub mod real_data;
pub mod replay;
pub mod seeded;
pub mod seeds;
pub mod thumb;
pub mod tmux;
pub mod virtual_channel;
