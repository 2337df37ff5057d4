//! A panel on the crate osdp: its frames, typed commands and secure channel.

use osdp::command::{
    AcuRxSize, BuzzerControl, BuzzerTone, Cap, Chlng, ComSet as ComSetCommand, Command, Id, KeySet, OutputControl,
    OutputControlCode, Poll, SCrypt, output::OutputRecord,
};
use osdp::packet::{Address, ControlByte, CtrlFlags, PacketBuilder, ParsedPacket, Scb, ScsType, Sqn};
use osdp::reply::{CCrypt, RMacI, Reply, ReplyCode};
use osdp::secure::frame::{Direction, seal, unseal};
use osdp::secure::session::{Disconnected, Secure, Session};
use soat_firmware::osdp::{BuzzerCommand, CardBits, Closed, Event, Inbox, OutputCommand, Peripheral};

use super::{ADDRESS, KEY, OTHER_KEY, peripheral};

const RANDOM: [u8; 8] = *b"\xB0\xB1random";

struct Bench {
    peripheral: Peripheral<Inbox>,
    session: Option<Session<Secure>>,
    sequence: Sqn,
}

impl Bench {
    fn new(peripheral: Peripheral<Inbox>) -> Self {
        Self { peripheral, session: None, sequence: Sqn::ZERO }
    }

    fn exchange(&mut self, frame: &[u8]) -> Vec<u8> {
        frame.iter().for_each(|byte| self.peripheral.receive(*byte, 1_000));
        self.sequence = self.sequence.next();
        self.peripheral.poll(1_000).unwrap().to_vec()
    }

    /// A frame outside a session; the reply's security block and the reply.
    fn plain(&mut self, block: Option<(ScsType, u8)>, command: &Command) -> (Option<(ScsType, Vec<u8>)>, Reply) {
        let flags = if block.is_some() { CtrlFlags::USE_CRC | CtrlFlags::HAS_SCB } else { CtrlFlags::USE_CRC };
        let frame = PacketBuilder {
            addr: Address::pd(ADDRESS).unwrap(),
            ctrl: ControlByte::new(self.sequence, flags),
            scb: block.map(|(kind, key)| Scb::new(kind, [key])),
            code: command.code().as_byte(),
            data: command.encode_data().unwrap(),
        };
        let sequence = self.sequence;
        let reply = self.exchange(&frame.encode().unwrap());
        let (parsed, used) = ParsedPacket::parse(&reply).unwrap();
        assert!(used == reply.len() && parsed.addr.is_reply() && parsed.addr.pd_addr() == ADDRESS);
        assert_eq!(parsed.ctrl.sqn, sequence);
        let reply = Reply::decode(ReplyCode::from_byte(parsed.code).unwrap(), parsed.data).unwrap();
        (parsed.scb.map(|block| (block.ty, block.data.to_vec())), reply)
    }

    /// A handshake as far as the device lets it.
    fn open(&mut self, key: [u8; 16], server_key: [u8; 16]) -> Reply {
        self.sequence = Sqn::ZERO;
        let (block, ccrypt) = self.plain(Some((ScsType::Scs11, 1)), &Command::Chlng(Chlng::new(RANDOM)));
        assert_eq!(block, Some((ScsType::Scs12, vec![1])));
        let Reply::CCrypt(ccrypt) = ccrypt else { panic!("{ccrypt:?}") };
        let session = Session::<Disconnected>::new(key).challenge(RANDOM).receive_ccrypt(&ccrypt).ok().unwrap();
        let cryptogram = if key == server_key { session.server_cryptogram() } else { server_cryptogram(server_key, &ccrypt) };
        let (block, reply) = self.plain(Some((ScsType::Scs13, 1)), &Command::SCrypt(SCrypt::new(cryptogram)));
        if let Reply::RMacI(RMacI { r_mac_i }) = &reply {
            assert_eq!(block, Some((ScsType::Scs14, vec![1])));
            self.session = Some(session.confirm_rmac_i(r_mac_i).ok().unwrap());
        }
        reply
    }

    fn secured(&mut self, command: &Command) -> Reply {
        let data = command.encode_data().unwrap();
        let mut session = self.session.take().unwrap();
        let address = Address::pd(ADDRESS).unwrap();
        let frame =
            seal(&mut session, address, self.sequence, Direction::AcuToPd, !data.is_empty(), command.code().as_byte(), &data);
        let reply = self.exchange(&frame.unwrap());
        let (parsed, _) = ParsedPacket::parse(&reply).unwrap();
        let plain = unseal(&mut session, &parsed, &reply).unwrap();
        self.session = Some(session);
        Reply::decode(ReplyCode::from_byte(parsed.code).unwrap(), &plain).unwrap()
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.peripheral.event()).collect()
    }
}

/// What a panel with this key would prove itself by.
fn server_cryptogram(key: [u8; 16], ccrypt: &CCrypt) -> [u8; 16] {
    let keys = osdp::secure::crypto::SessionKeys::derive(&key, &RANDOM);
    osdp::secure::crypto::server_cryptogram(&keys.s_enc, &RANDOM, &ccrypt.rnd_b)
}

#[test]
fn the_crate_osdp_identifies_the_device() {
    let mut bench = Bench::new(peripheral(Some(KEY)));
    let (block, reply) = bench.plain(None, &Command::Id(Id::standard()));
    let Reply::PdId(id) = reply else { panic!("{reply:?}") };
    assert_eq!((block, id.vendor_oui, id.serial), (None, [0xA, 0xB, 0xC], 0x0403_0201));
    let (_, reply) = bench.plain(None, &Command::Cap(Cap::standard()));
    let Reply::PdCap(capabilities) = reply else { panic!("{reply:?}") };
    assert!(capabilities.capabilities.iter().all(|capability| capability.function().is_some()));
    let (_, reply) = bench.plain(None, &Command::Poll(Poll));
    assert!(
        matches!(&reply, Reply::Nak(nak) if nak.error == osdp::reply::NakErrorCode::EncryptedCommunicationRequired),
        "{reply:?}"
    );
}

#[test]
fn the_crate_osdp_opens_a_session_and_drives_the_device() {
    let mut bench = Bench::new(peripheral(Some(KEY)));
    assert!(matches!(bench.open(KEY, KEY), Reply::RMacI(_)));
    assert_eq!(bench.secured(&Command::Poll(Poll)).code(), ReplyCode::Ack);
    let output = OutputRecord { output: 0, code: OutputControlCode::TemporaryOnResume, timer: 30 };
    assert_eq!(bench.secured(&Command::Output(OutputControl { records: vec![output] })).code(), ReplyCode::Ack);
    let buzzer = BuzzerControl { reader: 0, tone: BuzzerTone::Default, on_time: 1, off_time: 2, count: 3 };
    assert_eq!(bench.secured(&Command::Buzzer(buzzer)).code(), ReplyCode::Ack);
    let size = AcuRxSize { max_size: 1_440 };
    assert_eq!(bench.secured(&Command::AcuRxSize(size)).code(), ReplyCode::Ack);
    let line = bench.secured(&Command::ComSet(ComSetCommand { address: ADDRESS, baud: 9_600 }));
    assert!(matches!(&line, Reply::Com(line) if (line.address, line.baud) == (ADDRESS, 9_600)), "{line:?}");

    bench.peripheral.report_card(CardBits::new(0x0123_4567, 26).unwrap(), 1_000);
    let Reply::Raw(card) = bench.secured(&Command::Poll(Poll)) else { panic!("no card") };
    assert_eq!((card.reader, card.format_code, card.bit_count, &card.bits[..]), (0, 1, 26, &[0x48, 0xD1, 0x59, 0xC0][..]));
    let events = bench.events();
    assert_eq!(
        events[..2],
        [Event::SessionOpened { insecure: false }, Event::Output(OutputCommand::For { on: true, tenths: 30 })]
    );
    assert_eq!(events[2], Event::Buzzer(BuzzerCommand::Tone { on_tenths: 1, off_tenths: 2, times: 3 }));
}

#[test]
fn the_crate_osdp_changes_the_key() {
    let mut bench = Bench::new(peripheral(Some(KEY)));
    bench.open(KEY, KEY);
    assert_eq!(bench.secured(&Command::KeySet(KeySet::scbk(OTHER_KEY))).code(), ReplyCode::Ack);
    assert_eq!(bench.events()[1..], [Event::KeySet { insecure: false }, Event::SessionClosed(Closed::KeyChanged)]);
    assert!(matches!(bench.open(OTHER_KEY, OTHER_KEY), Reply::RMacI(_)));
}

#[test]
fn a_panel_that_proves_another_key_is_refused() {
    let mut bench = Bench::new(peripheral(Some(KEY)));
    let reply = bench.open(KEY, OTHER_KEY);
    assert!(
        matches!(&reply, Reply::Nak(nak) if nak.error == osdp::reply::NakErrorCode::EncryptedCommunicationRequired),
        "{reply:?}"
    );
    assert_eq!((bench.events(), bench.peripheral.is_secure()), (vec![Event::PanelRefused], false));
}
