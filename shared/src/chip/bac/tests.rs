use super::*;
use crate::chip::AccessKey;
use crate::chip::apdu::StatusWord;
use crate::chip::error::Step;
use crate::chip::reading::Limits;
use crate::chip::scripted::{Script, Still, Written, octets};
use crate::crypto::rustcrypto::RustCrypto;

const CHALLENGE: (&str, &str) = ("0084000008", "4608F919887022129000");
const AUTHENTICATE: &str = "0082000028 72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7 28";
const ANSWER: &str = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449 9000";

/// Runs BAC with the key and the random numbers of appendix D.3, then sends the commands of D.4 for as long as the script goes on.
fn run(steps: &[(&str, &str)], then: Option<Command>) -> Result<Option<Vec<u8>>, ReadError> {
    let AccessKey::Mrz(key) = AccessKey::from_fields("L898902C<", "690806", "940623").unwrap() else { panic!("an MRZ key") };
    let mut script = Script::new(steps);
    let mut still = Still::default();
    let mut exchange = Exchange::new(&mut script, &mut still, &RustCrypto, Limits::default());
    exchange.enter(Step::Access(Protocol::Bac));
    let mut rng = Written::new(&["781723860C06C226", "0B795240CB7049B01C19B33E32804F0B"]);
    open(&mut exchange, &key, &mut rng)?;
    let answer = then.map(|command| exchange.send(command)).transpose()?;
    assert!(script.is_done());
    Ok(answer.map(|response| response.data))
}

/// ICAO 9303-11 appendix D.2 and D.3, byte for byte, and the first command of D.4 under the keys that follow.
#[test]
fn worked_example_of_basic_access_control() {
    let select = Command::new(0x00, 0xA4, [0x02, 0x0C]).with_data(octets("011E"));
    let secured = ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000");
    assert_eq!(run(&[CHALLENGE, (AUTHENTICATE, ANSWER), secured], Some(select)), Ok(Some(Vec::new())));
}

#[test]
fn worked_example_of_document_keys() {
    let AccessKey::Mrz(key) = AccessKey::from_fields("L898902C<", "690806", "940623").unwrap() else { panic!("an MRZ key") };
    let keys = document_keys(&RustCrypto, &key);
    assert_eq!(keys.encryption.as_slice(), octets("AB94FDECF2674FDFB9B391F85D7F76F2"));
    assert_eq!(keys.mac.as_slice(), octets("7962D9ECE03D1ACD4C76089DCE131543"));
}

/// `attacks.md` 24: any error to EXTERNAL AUTHENTICATE means a wrong key, and it was sent once.
#[test]
fn attack_24_a_refused_answer_is_a_wrong_key_and_is_not_repeated() {
    for (status, tries_left) in
        [("6300", None), ("63C2", Some(2)), ("6982", None), ("6985", None), ("6700", None), ("6F00", None)]
    {
        let denied = ReadError::AccessDenied { protocol: Protocol::Bac, tries_left };
        assert_eq!(run(&[CHALLENGE, (AUTHENTICATE, status)], None), Err(denied), "{status}");
    }
}

/// `quirks.md` 7: a chip without BAC says so with one of these.
#[test]
fn a_refused_challenge_means_no_bac() {
    for status in [0x6700, 0x6A88, 0x6D00, 0x6982] {
        let refusal = hex::encode(u16::to_be_bytes(status));
        let not_offered = ReadError::CardIncompatible(Incompatibility::BacNotOffered(StatusWord(status)));
        assert_eq!(run(&[("0084000008", &refusal)], None), Err(not_offered));
    }
}

#[test]
fn a_chip_that_does_not_know_the_key_is_found_out() {
    let misbehaved = |reason| Err(ReadError::CardMisbehaved { step: Step::Access(Protocol::Bac), reason });
    let wrong_mac = ANSWER.replace("4D7449", "4D7448");
    assert_eq!(run(&[CHALLENGE, (AUTHENTICATE, &wrong_mac)], None), misbehaved(Misbehaviour::Proof));
    let short = ANSWER.replace("46B9342A", "");
    let malformed = Misbehaviour::Malformed("the answer to EXTERNAL AUTHENTICATE is 40 bytes");
    assert_eq!(run(&[CHALLENGE, (AUTHENTICATE, &short)], None), misbehaved(malformed));
    let empty = Misbehaviour::Malformed("a challenge is 8 bytes");
    assert_eq!(run(&[("0084000008", "01029000")], None), misbehaved(empty));
    // The right MAC over another's challenges: the terminal's own token sent back.
    let reflected = AUTHENTICATE.split_once(' ').and_then(|(_, rest)| rest.rsplit_once(' ')).unwrap().0;
    let reflected = alloc::format!("{reflected}9000");
    assert_eq!(run(&[CHALLENGE, (AUTHENTICATE, &reflected)], None), misbehaved(Misbehaviour::Proof));
}
