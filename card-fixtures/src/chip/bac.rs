//! Basic access control (ICAO 9303-11 §4.3).

use sha1::{Digest, Sha1};

use super::apdu::{Answer, Command, status};
use super::cipher::{Key, MAC_LEN, Purpose};
use super::quirk::{Attack, BadBacAnswer};
use super::secure_messaging::{Access, Session};
use super::{Directory, VirtualChip};
use crate::personalisation::{MrzKey, Suite};

const CHALLENGE_LEN: usize = 8;
const KEY_LEN: usize = 16;

impl MrzKey {
    /// SHA-1 of the MRZ information: BAC's key seed is its first 16 bytes, PACE's password the whole (§4.3.2, §9.7.3).
    pub(super) fn digest(&self) -> Vec<u8> {
        let mut information = Sha1::new();
        for field in [format!("{:<<9}", self.document_number), self.birth.clone(), self.expiry.clone()] {
            information.update(&field);
            information.update([check_digit(&field)]);
        }
        information.finalize().to_vec()
    }
}

/// Check digit over weights 7, 3, 1 (ICAO 9303-3 §4.9).
fn check_digit(field: &str) -> u8 {
    let sum: u32 = field
        .bytes()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(byte, weight)| weight * char::from(byte).to_digit(36).unwrap_or(0))
        .sum();
    b'0' + u8::try_from(sum % 10).expect("a remainder of ten is a digit")
}

impl VirtualChip {
    /// GET CHALLENGE: RND.IC, good for the next command alone.
    pub(super) fn get_challenge(&mut self, command: &Command) -> Result<Answer, u16> {
        if !self.card.bac {
            return Err(self.quirks.bac_refusal.unwrap_or(status::WRONG_INS));
        }
        if command.p1_p2() != 0 {
            return Err(status::WRONG_P1_P2);
        }
        if !command.data.is_empty() || !matches!(command.ne, Some(CHALLENGE_LEN | 256)) {
            return Err(status::WRONG_LENGTH);
        }
        let challenge = self.random.bytes(CHALLENGE_LEN);
        self.power_cycle.challenge = Some(challenge.clone());
        Ok(Answer::ok(challenge))
    }

    /// EXTERNAL (MUTUAL) AUTHENTICATE with E.IFD ‖ M.IFD; its success starts the session.
    pub(super) fn external_authenticate(&mut self, command: &Command) -> Result<Answer, u16> {
        let Some(mrz_key) = self.card.mrz_key.as_ref().filter(|_| self.card.bac) else {
            return Err(status::WRONG_INS);
        };
        let in_application = self.power_cycle.directory == Directory::Application;
        if self.power_cycle.session.is_some() || !(in_application || self.quirks.master_file_after_bac) {
            return Err(status::CONDITIONS);
        }
        if command.p1_p2() != 0 {
            return Err(status::WRONG_P1_P2);
        }
        if !matches!(command.ne, Some(40 | 256)) {
            return Err(status::WRONG_LENGTH);
        }
        let challenge = self.power_cycle.challenge.take().ok_or(status::CONDITIONS)?;
        let digest = mrz_key.digest();
        let (seed, _) = digest.split_at(KEY_LEN);
        let encryption = Key::derive(Suite::TripleDes, seed, Purpose::Encryption);
        let mac = Key::derive(Suite::TripleDes, seed, Purpose::Mac);

        let (cryptogram, checksum) = command
            .data
            .split_at_checked(2 * CHALLENGE_LEN + KEY_LEN)
            .filter(|(_, checksum)| checksum.len() == MAC_LEN)
            .ok_or(status::WRONG_LENGTH)?;
        if mac.mac(cryptogram) != checksum {
            return Err(self.wrong_key());
        }
        let plain = encryption.decrypt(encryption.zero_vector(), cryptogram).ok_or(status::WRONG_LENGTH)?;
        let (terminal_challenge, rest) = plain.split_at(CHALLENGE_LEN);
        let (returned_challenge, terminal_key) = rest.split_at(CHALLENGE_LEN);
        if returned_challenge != challenge {
            return Err(self.wrong_key());
        }

        let chip_key = self.random.bytes(KEY_LEN);
        let answer = [challenge.as_slice(), terminal_challenge, &chip_key].concat();
        let bad = match self.quirks.attack {
            Some(Attack::BacAnswer(bad)) => Some(bad),
            _ => None,
        };
        if let Some(BadBacAnswer::Status(status)) = bad {
            return Err(status);
        }
        let sent = if bad == Some(BadBacAnswer::WrongCryptogram) { vec![0; answer.len()] } else { answer };
        let mut cryptogram = encryption.encrypt(encryption.zero_vector(), &sent);
        cryptogram.extend(mac.mac(&cryptogram));
        if let (Some(BadBacAnswer::WrongMac), Some(last)) = (bad, cryptogram.last_mut()) {
            *last ^= 1;
        }
        let secret: Vec<u8> = terminal_key.iter().zip(&chip_key).map(|(ifd, ic)| ifd ^ ic).collect();
        // SSC: the lower halves of RND.IC and RND.IFD (§9.8.6.3).
        let counter = [challenge.split_at(4).1, terminal_challenge.split_at(4).1].concat();
        self.start_session(Session::with_counter(Suite::TripleDes, &secret, Access::Bac, counter));
        Ok(Answer::ok(cryptogram))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mrz_information_of_9303_11_appendix_d_2() {
        let key = |document_number: &str, birth: &str, expiry: &str| MrzKey {
            document_number: document_number.into(),
            birth: birth.into(),
            expiry: expiry.into(),
        };
        let digest = hex::encode(key("L898902C", "690806", "940623").digest());
        assert_eq!(digest, "239ab9cb282daf66231dc5a4df6bfbaedf477565");
        let long = key("D23145890734", "340712", "950712").digest();
        assert_eq!(long, Sha1::digest(b"D23145890734934071279507122").to_vec());
    }
}
