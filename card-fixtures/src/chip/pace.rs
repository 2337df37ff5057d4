//! PACE with elliptic curves and generic mapping (ICAO 9303-11 §4.4).

use num_bigint::BigUint;

use super::apdu::{Answer, Command, status};
use super::cipher::{Key, Purpose};
use super::data_object::{encode, split, split_all};
use super::quirk::{Attack, BadPoint, ParameterId};
use super::secure_messaging::{Access, Session};
use super::{Directory, VirtualChip};
use crate::curve::{Curve, Point};
use crate::personalisation::{PaceOffer, Suite};

/// 0.4.0.127.0.7.2.2.4.2: id-PACE-ECDH-GM, without the arc of the suite.
const PACE_ECDH_GM: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02];

/// A run of PACE between MSE:Set AT and the last token.
pub(super) struct Pace {
    suite: Suite,
    curve: &'static Curve,
    oid: Vec<u8>,
    password: Vec<u8>,
    step: Step,
}

enum Step {
    Nonce,
    Map { nonce: BigUint },
    Agree { generator: Point },
    Token { session: Session, mac: Key, chip: Point, terminal: Point },
}

impl VirtualChip {
    /// MSE:Set AT for mutual authentication: `80` protocol, `83` password, `84` domain parameter (§4.4.4.1).
    pub(super) fn set_pace(&mut self, command: &Command) -> Result<Answer, u16> {
        if self.power_cycle.session.is_some()
            || (self.power_cycle.directory == Directory::Application && !self.quirks.pace_in_application)
        {
            return Err(status::CONDITIONS);
        }
        let objects = split_all(&command.data).ok_or(status::WRONG_DATA)?;
        let (oid, reference, parameter) = match *objects {
            [(0x80, oid), (0x83, reference)] => (oid, reference, None),
            [(0x80, oid), (0x83, reference), (0x84, parameter)] => (oid, reference, Some(parameter)),
            _ => return Err(status::WRONG_DATA),
        };
        let offer = self.chosen_offer(oid, parameter)?;
        let password = match (reference, &self.card.mrz_key, &self.card.can) {
            ([1], Some(mrz_key), _) => mrz_key.digest(),
            ([2], _, Some(can)) => can.as_bytes().to_vec(),
            _ => return Err(status::REFERENCE_NOT_FOUND),
        };
        self.power_cycle.pace = Some(Pace {
            suite: offer.suite,
            curve: Curve::by_parameter_id(offer.parameter_id).ok_or(status::REFERENCE_NOT_FOUND)?,
            oid: oid.to_vec(),
            password,
            step: Step::Nonce,
        });
        Ok(Answer::bare(status::OK))
    }

    fn chosen_offer(&self, oid: &[u8], parameter: Option<&[u8]>) -> Result<PaceOffer, u16> {
        let suites: Vec<PaceOffer> = self
            .card
            .pace
            .iter()
            .copied()
            .filter(|offer| oid.strip_prefix(&PACE_ECDH_GM) == Some(&[offer.suite.arc()]))
            .collect();
        let first = *suites.first().ok_or(status::WRONG_DATA)?;
        match (parameter, self.quirks.parameter_id) {
            (Some(_), ParameterId::Refused) => Err(status::WRONG_DATA),
            (Some(parameter), _) => {
                suites.into_iter().find(|offer| parameter == [offer.parameter_id]).ok_or(status::REFERENCE_NOT_FOUND)
            }
            (None, ParameterId::Required) => Err(status::REFERENCE_NOT_FOUND),
            (None, _) => {
                // Several sets of domain parameters, whatever the suite, make the reference necessary.
                let ambiguous = self.card.pace.iter().any(|offer| offer.parameter_id != first.parameter_id);
                if ambiguous { Err(status::REFERENCE_NOT_FOUND) } else { Ok(first) }
            }
        }
    }

    /// One GENERAL AUTHENTICATE. Any refusal ends the run.
    pub(super) fn pace_step(&mut self, mut pace: Pace, command: &Command) -> Result<Answer, u16> {
        let last = matches!(pace.step, Step::Token { .. });
        if command.is_chained() == last {
            return Err(if last { status::LAST_OF_CHAIN_EXPECTED } else { status::CONDITIONS });
        }
        if command.ne.is_none() {
            return Err(status::WRONG_LENGTH);
        }
        let (0x7C, template, []) = split(&command.data).ok_or(status::WRONG_DATA)? else {
            return Err(status::WRONG_DATA);
        };
        let objects = split_all(template).ok_or(status::WRONG_DATA)?;
        let (answer_tag, answer) = match (pace.step, objects.as_slice()) {
            (Step::Nonce, []) => {
                // As long as the key or longer, in whole blocks.
                let nonce = self.random.bytes(pace.suite.key_len().next_multiple_of(16));
                let key = Key::derive(pace.suite, &pace.password, Purpose::Password);
                let encrypted = key.encrypt(key.zero_vector(), &nonce);
                pace.step = Step::Map { nonce: BigUint::from_bytes_be(&nonce) };
                (0x80, encrypted)
            }
            (Step::Map { nonce }, [(0x81, mapping)]) => {
                let terminal = received_point(pace.curve, mapping)?;
                let private = self.random.scalar(pace.curve);
                let own = pace.curve.public_key(&private);
                let shared = finite(pace.curve.multiply(&terminal, &private))?;
                let mapped = pace.curve.add(&pace.curve.public_key(&nonce), &shared);
                pace.step = Step::Agree { generator: finite(mapped)? };
                (0x82, self.sent_point(pace.curve, &own, Attack::PaceMapping))
            }
            (Step::Agree { generator }, [(0x83, key)]) => {
                let terminal = received_point(pace.curve, key)?;
                let private = self.random.scalar(pace.curve);
                let mut chip = pace.curve.multiply(&generator, &private);
                if self.quirks.attack == Some(Attack::PaceSameKey) {
                    chip = terminal.clone();
                } else if chip == terminal {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                let shared = finite(pace.curve.multiply(&terminal, &private))?;
                let secret = pace.curve.encode_x(&shared).ok_or(status::WRONG_DATA)?;
                let sent = self.sent_point(pace.curve, &chip, Attack::PaceKey);
                pace.step = Step::Token {
                    session: Session::new(pace.suite, &secret, Access::Pace),
                    mac: Key::derive(pace.suite, &secret, Purpose::Mac),
                    chip,
                    terminal,
                };
                (0x84, sent)
            }
            (Step::Token { session, mac, chip, terminal }, [(0x85, token)]) => {
                if *token != self::token(&mac, pace.curve, &pace.oid, &chip) {
                    return Err(self.wrong_key());
                }
                let mut own = self::token(&mac, pace.curve, &pace.oid, &terminal);
                if let (Some(Attack::PaceToken), Some(last)) = (self.quirks.attack, own.last_mut()) {
                    *last ^= 1;
                }
                self.start_session(session);
                return Ok(Answer::ok(encode(0x7C, &encode(0x86, &own))));
            }
            _ => return Err(status::WRONG_DATA),
        };
        self.power_cycle.pace = Some(pace);
        Ok(Answer::ok(encode(0x7C, &encode(answer_tag, &answer))))
    }

    fn sent_point(&self, curve: &Curve, point: &Point, attack: fn(BadPoint) -> Attack) -> Vec<u8> {
        let mut encoded = curve.encode(point);
        if self.quirks.attack == Some(attack(BadPoint::OffCurve))
            && let Some(last) = encoded.last_mut()
        {
            *last ^= 1;
        } else if self.quirks.attack == Some(attack(BadPoint::Infinity)) {
            encoded = curve.encode(&Point::Infinity);
        } else if self.quirks.attack == Some(attack(BadPoint::Short)) {
            encoded.pop();
        }
        encoded
    }
}

/// A terminal's ephemeral key: on the curve and not its neutral element.
pub(super) fn received_point(curve: &Curve, encoded: &[u8]) -> Result<Point, u16> {
    finite(curve.decode(encoded).ok_or(status::WRONG_DATA)?)
}

fn finite(point: Point) -> Result<Point, u16> {
    if point == Point::Infinity { Err(status::WRONG_DATA) } else { Ok(point) }
}

/// The authentication token over the other side's public key object (§4.4.3.4).
fn token(mac: &Key, curve: &Curve, oid: &[u8], received: &Point) -> Vec<u8> {
    let content = [encode(0x06, oid), encode(0x86, &curve.encode(received))].concat();
    mac.mac(&encode(0x7F49, &content))
}
