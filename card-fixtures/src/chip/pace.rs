//! PACE (ICAO 9303-11 §4.4): three mappings, on elliptic curves and in prime fields.

use num_bigint::BigUint;

use super::apdu::{Answer, Command, status};
use super::cipher::{Key, Purpose, pad};
use super::data_object::{encode, split, split_all};
use super::domain::{Domain, Element};
use super::password::Password;
use super::quirk::{Attack, BadChipData, BadNumber, BadPoint, ParameterId};
use super::secure_messaging::{Access, Session};
use super::{Directory, VirtualChip};
use crate::curve::{Point, fixed_width};
use crate::modp::Group;
use crate::personalisation::{Mapping, PaceOffer, Suite};

/// 0.4.0.127.0.7.2.2.4: id-PACE, without the arcs of the variant and the suite.
const PACE: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04];

/// A run of PACE between MSE:Set AT and the last token.
pub(super) struct Pace {
    suite: Suite,
    mapping: Mapping,
    domain: Domain,
    oid: Vec<u8>,
    password: Password,
    step: Step,
    /// SK_Map,IC of chip authentication mapping.
    mapping_private: Option<BigUint>,
}

enum Step {
    Nonce,
    Map { nonce: Vec<u8> },
    Agree { generator: Element },
    Token(Box<Agreed>),
}

impl Step {
    /// 1 to 4.
    fn number(&self) -> u8 {
        match self {
            Step::Nonce => 1,
            Step::Map { .. } => 2,
            Step::Agree { .. } => 3,
            Step::Token(_) => 4,
        }
    }
}

/// What step 3 came to.
struct Agreed {
    session: Session,
    encryption: Key,
    mac: Key,
    chip: Element,
    terminal: Element,
}

impl PaceOffer {
    /// The arc of the variant under id-PACE.
    fn variant(self) -> u8 {
        let is_group = Group::by_parameter_id(self.parameter_id).is_some();
        match (self.mapping, is_group) {
            (Mapping::Generic, true) => 1,
            (Mapping::Generic, false) => 2,
            (Mapping::Integrated, true) => 3,
            (Mapping::Integrated, false) => 4,
            (Mapping::ChipAuthentication, _) => 6,
        }
    }

    /// The protocol's object identifier, value alone.
    pub(super) fn oid(self) -> Vec<u8> {
        [PACE.as_slice(), &[self.variant(), self.suite.arc()]].concat()
    }
}

impl VirtualChip {
    /// MSE:Set AT for mutual authentication: `80` protocol, `83` password, `84` domain parameter (§4.4.4.1).
    pub(super) fn set_pace(&mut self, command: &Command) -> Result<Answer, u16> {
        if self.power_cycle.session.is_some()
            || (self.power_cycle.directory == Directory::Application && !self.quirks.pace_in_application)
        {
            return Err(status::CONDITIONS);
        }
        if let Some(Attack::PaceStatus(0, status)) = self.quirks.attack {
            return Err(status);
        }
        let objects = split_all(&command.data).ok_or(status::WRONG_DATA)?;
        let (oid, reference, parameter) = match *objects {
            [(0x80, oid), (0x83, reference)] => (oid, reference, None),
            [(0x80, oid), (0x83, reference), (0x84, parameter)] => (oid, reference, Some(parameter)),
            _ => return Err(status::WRONG_DATA),
        };
        let offer = self.chosen_offer(oid, parameter)?;
        let password = Password::of_reference(reference).ok_or(status::REFERENCE_NOT_FOUND)?;
        self.password(password).ok_or(status::REFERENCE_NOT_FOUND)?;
        self.power_cycle.pace = Some(Pace {
            suite: offer.suite,
            mapping: offer.mapping,
            domain: Domain::by_parameter_id(offer.parameter_id).ok_or(status::REFERENCE_NOT_FOUND)?,
            oid: oid.to_vec(),
            password,
            step: Step::Nonce,
            mapping_private: None,
        });
        Ok(Answer::bare(self.password_status(password)))
    }

    fn chosen_offer(&self, oid: &[u8], parameter: Option<&[u8]>) -> Result<PaceOffer, u16> {
        let suites: Vec<PaceOffer> = self.card.pace.iter().copied().filter(|offer| oid == offer.oid()).collect();
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
        let last = matches!(pace.step, Step::Token(_));
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
        let (domain, suite) = (pace.domain, pace.suite);
        let number = pace.step.number();
        if let Some(Attack::PaceStatus(step, status)) = self.quirks.attack
            && step == number
        {
            return Err(status);
        }
        let (answer_tag, answer) = match (pace.step, objects.as_slice()) {
            (Step::Nonce, []) => {
                self.check_tries(pace.password)?;
                // As long as the key or longer, in whole blocks.
                let nonce = self.random.bytes(suite.key_len().next_multiple_of(16));
                let secret = self.password(pace.password).ok_or(status::REFERENCE_NOT_FOUND)?;
                let key = Key::derive(suite, &secret, Purpose::Password);
                let mut encrypted = key.encrypt(key.zero_vector(), &nonce);
                if let (Some(Attack::PaceNonce), Some(last)) = (self.quirks.attack, encrypted.last_mut()) {
                    *last ^= 1;
                }
                pace.step = Step::Map { nonce };
                (0x80, encrypted)
            }
            (Step::Map { nonce }, [(0x81, additional)]) if pace.mapping == Mapping::Integrated => {
                let generator = domain.map_integrated(suite, &nonce, additional).ok_or(status::WRONG_DATA)?;
                pace.step = Step::Agree { generator };
                (0x82, Vec::new())
            }
            (Step::Map { nonce }, [(0x81, mapping)]) => {
                let terminal = domain.decode(mapping).ok_or(status::WRONG_DATA)?;
                let private = domain.private(&mut self.random);
                let own = domain.multiply(&domain.generator(), &private).ok_or(status::WRONG_DATA)?;
                let shared = domain.multiply(&terminal, &private).ok_or(status::WRONG_DATA)?;
                let nonce = domain.multiply(&domain.generator(), &BigUint::from_bytes_be(&nonce)).ok_or(status::WRONG_DATA)?;
                let generator = domain.combine(&nonce, &shared).ok_or(status::WRONG_DATA)?;
                pace.step = Step::Agree { generator };
                pace.mapping_private = Some(private);
                (0x82, self.sent_key(domain, &own, Attack::PaceMapping, Attack::PaceMappingNumber))
            }
            (Step::Agree { generator }, [(0x83, key)]) => {
                let terminal = domain.decode(key).ok_or(status::WRONG_DATA)?;
                let private = domain.private(&mut self.random);
                let mut chip = domain.multiply(&generator, &private).ok_or(status::WRONG_DATA)?;
                if self.quirks.attack == Some(Attack::PaceSameKey) {
                    chip = terminal.clone();
                } else if chip == terminal {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                let shared = domain.multiply(&terminal, &private).ok_or(status::WRONG_DATA)?;
                let secret = domain.secret(&shared).ok_or(status::WRONG_DATA)?;
                let sent = self.sent_key(domain, &chip, Attack::PaceKey, Attack::PaceKeyNumber);
                pace.step = Step::Token(Box::new(Agreed {
                    session: Session::new(suite, &secret, Access::Pace),
                    encryption: Key::derive(suite, &secret, Purpose::Encryption),
                    mac: Key::derive(suite, &secret, Purpose::Mac),
                    chip,
                    terminal,
                }));
                (0x84, sent)
            }
            (Step::Token(agreed), [(0x85, token)]) => {
                let Agreed { session, encryption, mac, chip, terminal } = *agreed;
                if *token != self::token(&mac, domain, &pace.oid, &chip) {
                    return Err(self.wrong_password(pace.password));
                }
                let mut own = self::token(&mac, domain, &pace.oid, &terminal);
                if let (Some(Attack::PaceToken), Some(last)) = (self.quirks.attack, own.last_mut()) {
                    *last ^= 1;
                }
                let mut objects = encode(self.sent_tag(number, 0x86), &own);
                if self.quirks.attack == Some(Attack::PaceStrayChipData) {
                    objects.extend(encode(0x8A, &[0x5A; 48]));
                }
                if let (Mapping::ChipAuthentication, Some(private)) = (pace.mapping, &pace.mapping_private) {
                    objects.extend(self.chip_data(domain, private, &encryption)?);
                }
                self.right_password(pace.password);
                self.start_session(session);
                return Ok(Answer::ok(encode(0x7C, &objects)));
            }
            _ => return Err(status::WRONG_DATA),
        };
        self.power_cycle.pace = Some(pace);
        Ok(Answer::ok(encode(0x7C, &encode(self.sent_tag(number, answer_tag), &answer))))
    }

    /// The tag of a step's answer.
    fn sent_tag(&self, step: u8, right: u16) -> u16 {
        match self.quirks.attack {
            Some(Attack::PaceTag(spoilt, tag)) if spoilt == step => u16::from(tag),
            _ => right,
        }
    }

    /// Encrypted chip authentication data: `CA_IC = SK_IC⁻¹ · SK_Map,IC mod n`, padded, under IV = E(KS_Enc, −1) (§4.4.3.5).
    fn chip_data(&self, domain: Domain, mapping_private: &BigUint, encryption: &Key) -> Result<Vec<u8>, u16> {
        let (Some(own), Domain::Curve(curve)) = (&self.card.mapping_key, domain) else { return Err(status::NO_DIAGNOSIS) };
        let mut private = own.private.clone();
        if self.quirks.attack == Some(Attack::Clone) {
            private += 1u8;
        }
        let inverse = private.modinv(curve.order()).ok_or(status::NO_DIAGNOSIS)?;
        let mut data = fixed_width(&(inverse * mapping_private % curve.order()), curve.order_len());
        let bad = match self.quirks.attack {
            Some(Attack::PaceChipData(bad)) => Some(bad),
            _ => None,
        };
        match bad {
            Some(BadChipData::Missing) => return Ok(Vec::new()),
            Some(BadChipData::Wrong) => {
                if let Some(last) = data.last_mut() {
                    *last ^= 1;
                }
            }
            Some(BadChipData::Zero) => data.fill(0),
            Some(BadChipData::Short) => data.truncate(data.len() - 1),
            _ => {}
        }
        let block = encryption.suite().block_len();
        let plain = if bad == Some(BadChipData::Unpadded) { vec![0; 2 * block] } else { pad(&data, block) };
        let mut encrypted = encryption.encrypt(encryption.initial_vector(&vec![0xFF; block]), &plain);
        if bad == Some(BadChipData::Torn) {
            encrypted.pop();
        }
        Ok(match bad {
            Some(BadChipData::Empty) => encode(0x8A, &[]),
            Some(BadChipData::OtherTag) => encode(0x8B, &encrypted),
            Some(BadChipData::NoTag) => encrypted,
            _ => encode(0x8A, &encrypted),
        })
    }

    fn sent_key(
        &self,
        domain: Domain,
        key: &Element,
        bad_point: fn(BadPoint) -> Attack,
        bad_number: fn(BadNumber) -> Attack,
    ) -> Vec<u8> {
        let mut encoded = domain.encode(key);
        let is = |attack| self.quirks.attack == Some(attack);
        match domain {
            Domain::Curve(curve) => {
                if is(bad_point(BadPoint::OffCurve))
                    && let Some(last) = encoded.last_mut()
                {
                    *last ^= 1;
                } else if is(bad_point(BadPoint::Infinity)) {
                    encoded = curve.encode(&Point::Infinity);
                } else if is(bad_point(BadPoint::Short)) {
                    encoded.pop();
                }
            }
            Domain::Group(group) => {
                let numbers = [
                    (BadNumber::Zero, BigUint::ZERO),
                    (BadNumber::One, BigUint::from(1u8)),
                    (BadNumber::MinusOne, group.prime() - 1u8),
                    (BadNumber::Modulus, group.prime().clone()),
                    (BadNumber::NotReduced, group.prime() + group.generator()),
                    (BadNumber::OutsideSubgroup, BigUint::from(2u8)),
                ];
                if is(bad_number(BadNumber::Empty)) {
                    encoded.clear();
                } else if let Some((_, number)) = numbers.into_iter().find(|(bad, _)| is(bad_number(*bad))) {
                    encoded = number.to_bytes_be();
                }
            }
        }
        encoded
    }
}

/// The authentication token over the other side's public key object (§4.4.3.4).
fn token(mac: &Key, domain: Domain, oid: &[u8], received: &Element) -> Vec<u8> {
    let content = [encode(0x06, oid), encode(domain.key_tag(), &domain.encode(received))].concat();
    mac.mac(&encode(0x7F49, &content))
}
