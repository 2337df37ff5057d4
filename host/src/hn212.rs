//! The events of the HN212 desk reader, a USB network device that is a Socket.IO server, spoken on this computer itself: programs that
//! were written for it run when they are pointed here. What differs is that nothing is said of a card that has not been verified.
//!
//! There is no description by the maker. What follows is from two descriptions by integrators and from programs for the reader, with how
//! sure it is: [2+] two or more agree · [1] one says so · [?] inference.
//!
//! | name | from | payload | here |
//! |---|---|---|---|
//! | `/info` [2+] | reader, on connecting | `version serial_nfc serial_device date` [1] | sent; the serial number is `soat` |
//! | `/event` 1 [1] | reader | `{ id, message }`: a card came | sent when its reading begins |
//! | `/event` 2 [2+] | reader | `{ id, message, data }`: the texts; `qr` among them [1] | sent after the verdict; `""` for what is withheld |
//! | `/event` 3 [2+] | reader | `{ id, message }`: why not | sent for each card that is not genuine, or cannot be read |
//! | `/event` 4 [2+] | reader | `img_data dg2 dg13 dg14 dg15 sod` [2+], `dg1` [1], in base64 | sent; files as far as the profile releases all that they say |
//! | `/event` 5 [1] | reader | hashes, the signer's certificate | not sent: they stand in `sod` |
//! | `/event` 6, `/get_qr` [1] | both | the text of the code, unverified | not sent: it would be an identity before the verdict |
//! | `/event` 7, `/get_aa` [1] | both | the chip signs a challenge of the program | refused: it would sign whatever any page asks for |
//! | `/input_data` [1] | program | `idCode dateOfBirth expiryDate clientId`: read the card with this | read with the number alone (PACE with its last six digits) |
//!
//! All are events of the root namespace whose names begin with a slash [2+]. The reader listens at `192.168.5.1:8000`, by http [2+] and by
//! https [2+], which its programs do not verify; here it is http, which browsers allow to pages of https towards this computer. Dates are
//! `DD/MM/YYYY` as in DG13 [?]; one program's sample has `DDMMYYYY` [1]. A raw WebSocket with `CommandName` at the same port [1] is
//! another product's plug-in and is not spoken. Of the camera at port 9000 nothing is.

pub mod events;
pub mod guard;
pub mod server;
