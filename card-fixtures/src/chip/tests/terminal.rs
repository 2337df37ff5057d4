//! A terminal in a few lines: it does what it is told, right or wrong.

use num_bigint::BigUint;

use super::super::cipher::{Key, Purpose, pad, unpad};
use super::super::data_object::{encode, split, split_all};
use super::super::domain::{Domain, Element};
use super::*;
use crate::curve::{Curve, Point};
use crate::personalisation::Mapping;

pub struct Terminal {
    pub chip: VirtualChip,
    pub keys: Option<Keys>,
    /// The chip's mapping key and its data, where PACE had chip authentication mapping.
    pub mapping: Option<(Vec<u8>, Vec<u8>)>,
}

/// Session keys and counter of the terminal's side.
#[derive(Clone)]
pub struct Keys {
    pub encryption: Key,
    pub mac: Key,
    pub counter: Vec<u8>,
}

impl Keys {
    pub fn new(suite: Suite, secret: &[u8]) -> Keys {
        Keys {
            encryption: Key::derive(suite, secret, Purpose::Encryption),
            mac: Key::derive(suite, secret, Purpose::Mac),
            counter: vec![0; suite.block_len()],
        }
    }

    pub fn count(&mut self) {
        let next = BigUint::from_bytes_be(&self.counter) + 1u8;
        self.counter = crate::curve::fixed_width(&next, self.counter.len());
    }

    pub fn checksum(&self, header: &[u8], objects: &[u8]) -> Vec<u8> {
        let block = self.counter.len();
        let header = if header.is_empty() { Vec::new() } else { pad(header, block) };
        self.mac.mac_of_padded(&[self.counter.clone(), header, pad(objects, block)].concat())
    }

    pub fn encrypt(&self, data: &[u8]) -> Vec<u8> {
        self.encryption.encrypt(self.encryption.initial_vector(&self.counter), &pad(data, self.counter.len()))
    }
}

/// What the chip said, and whether under secure messaging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub data: Vec<u8>,
    pub status: u16,
    pub protected: bool,
}

impl Terminal {
    pub fn new(card: Personalisation, quirks: Quirks) -> Terminal {
        Terminal { chip: VirtualChip::with_quirks(card, 7, quirks), keys: None, mapping: None }
    }

    pub fn with_bac(card: Personalisation, quirks: Quirks) -> Terminal {
        let mut terminal = Terminal::new(card, quirks);
        assert_eq!(terminal.bac(), 0x9000);
        terminal
    }

    pub fn with_pace(card: Personalisation, quirks: Quirks) -> Terminal {
        let offer = card.pace[0];
        let mut terminal = Terminal::new(card, quirks);
        assert_eq!(terminal.pace(offer, "000001"), 0x9000);
        assert_eq!(terminal.say("0CA4040C", SELECT_APPLICATION.split_at(10).1, None).status, 0x9000);
        terminal
    }

    /// A command without secure messaging.
    pub fn plain(&mut self, command: &[u8]) -> Said {
        let answer = self.chip.transmit(command);
        let (data, status) = answer.split_last_chunk::<2>().expect("the chip answers");
        Said { data: data.to_vec(), status: u16::from_be_bytes(*status), protected: false }
    }

    pub fn plain_hex(&mut self, command: &str) -> u16 {
        self.plain(&hex(command)).status
    }

    /// A protected command from its header with CLA 0C, its data and its Le in hexadecimal.
    pub fn say(&mut self, header: &str, data: &str, le: Option<&str>) -> Said {
        let header = hex(header);
        let mut keys = self.keys.clone().expect("a session");
        keys.count();
        let mut objects = Vec::new();
        if !data.is_empty() {
            let encrypted = keys.encrypt(&hex(data));
            objects.extend(match header[1] & 1 {
                0 => encode(0x87, &[&[1], encrypted.as_slice()].concat()),
                _ => encode(0x85, &encrypted),
            });
        }
        if let Some(le) = le {
            objects.extend(encode(0x97, &hex(le)));
        }
        let checksum = keys.checksum(&header, &objects);
        objects.extend(encode(0x8E, &checksum));
        self.keys = Some(keys);
        let extended = objects.len() > 255 || le.is_some_and(|le| le.len() == 4);
        let command = apdu(&header, &objects, extended);
        self.send_protected(&command, header[1])
    }

    /// Sends a built protected command and opens the answer.
    pub fn send_protected(&mut self, command: &[u8], ins: u8) -> Said {
        let mut said = self.plain(command);
        while said.status >> 8 == 0x61 {
            let rest = self.plain(&[0x00, 0xC0, 0x00, 0x00, said.status as u8]);
            said = Said { data: [said.data, rest.data].concat(), ..rest };
        }
        let Some((others, [(0x99, status), (0x8E, checksum)])) =
            split_all(&said.data).and_then(|objects| objects.split_last_chunk::<2>().map(|(o, l)| (o.to_vec(), *l)))
        else {
            return said;
        };
        assert_eq!(status, said.status.to_be_bytes(), "DO 99 repeats the status");
        let keys = self.keys.as_mut().unwrap();
        let before = keys.clone();
        keys.count();
        if checksum != keys.checksum(&[], &said.data[..said.data.len() - 10]) {
            *keys = before;
            return Said { data: Vec::new(), protected: false, ..said };
        }
        let data = match *others {
            [] => Vec::new(),
            [(tag, cryptogram)] => {
                assert_eq!(tag, if ins & 1 == 0 { 0x87 } else { 0x85 });
                let cryptogram = if tag == 0x87 { &cryptogram[1..] } else { cryptogram };
                let vector = keys.encryption.initial_vector(&keys.counter);
                unpad(&keys.encryption.decrypt(vector, cryptogram).unwrap(), keys.counter.len()).unwrap()
            }
            _ => panic!("{others:?}"),
        };
        Said { data, status: said.status, protected: true }
    }

    /// READ BINARY of a file by its short identifier.
    pub fn read(&mut self, short: u8, offset: u8, le: &str) -> Said {
        self.say(&format!("0CB0{:02X}{offset:02X}", 0x80 | short), "", Some(le))
    }

    /// BAC with the right key; the status of its last command.
    pub fn bac(&mut self) -> u16 {
        assert_eq!(self.plain_hex(SELECT_APPLICATION), 0x9000);
        let challenge = self.plain(&hex("0084000008"));
        if challenge.status != 0x9000 {
            return challenge.status;
        }
        let digest = self.chip.card.mrz_key.as_ref().unwrap().digest();
        let document = Keys::new(Suite::TripleDes, &digest[..16]);
        let own = [[0x11; 8].to_vec(), challenge.data.clone(), vec![0x22; 16]].concat();
        let mut data = document.encryption.encrypt(vec![0; 8], &own);
        data.extend(document.mac.mac(&data));
        let answer = self.plain(&[&[0x00, 0x82, 0x00, 0x00, 0x28], data.as_slice(), &[0x28]].concat());
        if answer.status == 0x9000 {
            let plain = document.encryption.decrypt(vec![0; 8], &answer.data[..32]).unwrap();
            let secret: Vec<u8> = plain[16..].iter().map(|byte| byte ^ 0x22).collect();
            let mut keys = Keys::new(Suite::TripleDes, &secret);
            keys.counter = [&challenge.data[4..], &[0x11; 4]].concat();
            self.keys = Some(keys);
        }
        answer.status
    }

    /// PACE with the CAN and the domain parameter named; the status that ended it.
    pub fn pace(&mut self, offer: PaceOffer, can: &str) -> u16 {
        self.pace_with(offer, 2, can).1
    }

    /// PACE with a password by its number: the status of MSE:Set AT, and the one that ended it.
    pub fn pace_with(&mut self, offer: PaceOffer, reference: u8, password: &str) -> (u16, u16) {
        let set = [encode(0x80, &pace_oid(offer)), encode(0x83, &[reference]), encode(0x84, &[offer.parameter_id])].concat();
        let begun = self.plain(&apdu(&hex("0022C1A4"), &set, false)[..5 + set.len()]).status;
        if begun >> 8 != 0x63 && begun != 0x9000 {
            return (begun, begun);
        }
        (begun, self.pace_steps(offer, password).err().unwrap_or(0x9000))
    }

    fn pace_steps(&mut self, offer: PaceOffer, password: &str) -> Result<(), u16> {
        let domain = Domain::by_parameter_id(offer.parameter_id).unwrap();
        let encrypted = self.authenticate("10860000", &[])?;
        let password = Key::derive(offer.suite, password.as_bytes(), Purpose::Password);
        let nonce = password.decrypt(password.zero_vector(), &encrypted).unwrap();
        let private = BigUint::from(0x1357_9BDFu32);
        let mut mapping_key = Vec::new();
        let generator = if offer.mapping == Mapping::Integrated {
            let additional = vec![0x3C; offer.suite.key_len()];
            assert_eq!(self.authenticate("10860000", &encode(0x81, &additional))?, []);
            domain.map_integrated(offer.suite, &nonce, &additional).unwrap()
        } else {
            let own = domain.multiply(&domain.generator(), &private).unwrap();
            mapping_key = self.authenticate("10860000", &encode(0x81, &domain.encode(&own)))?;
            let shared = domain.multiply(&domain.decode(&mapping_key).expect("a key"), &private).unwrap();
            let nonce = domain.multiply(&domain.generator(), &BigUint::from_bytes_be(&nonce)).unwrap();
            domain.combine(&nonce, &shared).unwrap()
        };
        let own = domain.multiply(&generator, &private).unwrap();
        let chip = self.authenticate("10860000", &encode(0x83, &domain.encode(&own)))?;
        let chip = domain.decode(&chip).expect("a key");
        let secret = domain.secret(&domain.multiply(&chip, &private).unwrap()).unwrap();
        let keys = Keys::new(offer.suite, &secret);
        let token = |key: &Element| {
            let object = [encode(0x06, &pace_oid(offer)), encode(domain.key_tag(), &domain.encode(key))].concat();
            keys.mac.mac(&encode(0x7F49, &object))
        };
        let answer = self.authenticate_all("00860000", &encode(0x85, &token(&chip)))?;
        let objects = split_all(&answer).unwrap();
        assert_eq!(objects[0], (0x86, token(&own).as_slice()));
        self.mapping = objects.get(1).map(|(tag, encrypted)| {
            assert_eq!(*tag, 0x8A);
            let vector = keys.encryption.initial_vector(&[0xFF; 16]);
            let data = keys.encryption.decrypt(vector, encrypted).and_then(|data| unpad(&data, 16));
            (mapping_key, data.unwrap_or_default())
        });
        self.keys = Some(keys);
        Ok(())
    }

    /// PACE step 2.
    pub fn map(&mut self, curve: &Curve, encoded: &[u8]) -> Result<Point, u16> {
        self.authenticate("10860000", &encode(0x81, encoded)).map(|point| curve.decode(&point).expect("a point"))
    }

    /// A GENERAL AUTHENTICATE; the value of the answer's only object.
    pub fn authenticate(&mut self, header: &str, object: &[u8]) -> Result<Vec<u8>, u16> {
        let template = self.authenticate_all(header, object)?;
        Ok(split(&template).unwrap().1.to_vec())
    }

    /// The same, and all objects of the answer. Long data go in links of a chain, long answers come in parts.
    fn authenticate_all(&mut self, header: &str, object: &[u8]) -> Result<Vec<u8>, u16> {
        let data = encode(0x7C, object);
        let (last, links) = match data.len() {
            length @ 256.. => (&data[255..length], vec![&data[..255]]),
            _ => (&data[..], Vec::new()),
        };
        for link in links {
            let command = apdu(&hex("10860000"), link, false);
            let said = self.plain(&command[..command.len() - 1]);
            assert_eq!((said.status, said.data.len()), (0x9000, 0), "a link");
        }
        let mut said = self.plain(&apdu(&hex(header), last, false));
        while said.status >> 8 == 0x61 {
            let rest = self.plain(&[0x00, 0xC0, 0x00, 0x00, said.status as u8]);
            said = Said { data: [said.data, rest.data].concat(), ..rest };
        }
        if said.status != 0x9000 {
            return Err(said.status);
        }
        let (0x7C, template, []) = split(&said.data).unwrap() else { panic!("{said:?}") };
        Ok(template.to_vec())
    }
}

/// Header, Lc, data and an Le of zero.
pub fn apdu(header: &[u8], data: &[u8], extended: bool) -> Vec<u8> {
    let length = (data.len() as u16).to_be_bytes();
    if extended { [header, &[0], &length, data, &[0, 0]].concat() } else { [header, &length[1..], data, &[0]].concat() }
}

pub fn pace_oid(offer: PaceOffer) -> Vec<u8> {
    offer.oid()
}
