//! libosdp, made by others, as the control panel of the gate in QEMU.

use std::sync::{MutexGuard, PoisonError};

use libosdp::{
    Channel, ChannelError, ControlPanelBuilder, OsdpCommand, OsdpCommandFileTx, OsdpCommandMfg, OsdpCommandOutput, OsdpError,
    OsdpEvent, OsdpFileOps, OsdpFlag, PdInfoBuilder,
};
use soat::gate::journal::Since;

use super::*;

/// libosdp has global state: one panel at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The panel's end of the bus, and when each reply of the gate began.
struct PanelEnd {
    wire: UnixStream,
    replies: Arc<Mutex<Vec<Instant>>>,
}

impl Channel for PanelEnd {
    fn get_id(&self) -> i32 {
        1
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError> {
        match self.wire.read(buffer) {
            Ok(count @ 1..) => {
                // SOM, and an address with the bit of replies: each reply comes in one piece or begins one.
                if buffer[..count].windows(2).any(|pair| pair == [0x53, ADDRESS | 0x80]) {
                    self.replies.lock().unwrap().push(Instant::now());
                }
                Ok(count)
            }
            _ => Err(ChannelError::WouldBlock),
        }
    }

    fn write(&mut self, buffer: &[u8]) -> Result<usize, ChannelError> {
        self.wire.write_all(buffer).map_err(|_| ChannelError::TransportError)?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> Result<(), ChannelError> {
        Ok(())
    }

    fn close(&mut self) -> Result<(), ChannelError> {
        Ok(())
    }
}

/// Number of bits of a credential, and the bits.
type Card = (usize, Vec<u8>);

/// A panel at the bus of a machine.
struct Panel {
    panel: libosdp::ControlPanel,
    replies: Arc<Mutex<Vec<Instant>>>,
    /// The credentials that it was told.
    cards: Arc<Mutex<Vec<Card>>>,
    _alone: MutexGuard<'static, ()>,
}

impl Panel {
    /// A panel with the key of the bus, once its session is open.
    fn at(machine: &mut Machine) -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let wire = machine.bus.try_clone().unwrap();
        wire.set_nonblocking(true).unwrap();
        let replies = Arc::<Mutex<Vec<Instant>>>::default();
        let end = PanelEnd { wire, replies: Arc::clone(&replies) };
        let device = PdInfoBuilder::new().address(ADDRESS.into()).unwrap().baud_rate(9600).unwrap();
        let device = device.flag(OsdpFlag::EnforceSecure).secure_channel_key(SCBK);
        let mut panel = ControlPanelBuilder::new().add_channel(Box::new(end), vec![device]).build().unwrap();
        let cards = Arc::<Mutex<Vec<Card>>>::default();
        let seen = Arc::clone(&cards);
        panel.set_event_callback(move |_, event| {
            if let OsdpEvent::CardRead(card) = event {
                seen.lock().unwrap().push((card.nr_bits, card.data));
            }
            0
        });
        let mut panel = Self { panel, replies, cards, _alone: alone };
        panel.until("session", machine, |panel, _| panel.panel.is_sc_active(0) && panel.panel.is_online(0));
        panel
    }

    fn until(&mut self, what: &str, machine: &mut Machine, mut reached: impl FnMut(&mut Self, &mut Machine) -> bool) {
        let end = Instant::now() + DECISION;
        while !reached(self, machine) {
            assert!(Instant::now() < end, "no {what}");
            self.panel.refresh();
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn command(&mut self, machine: &mut Machine, command: OsdpCommand) {
        self.until("room for a command", machine, |panel, _| panel.panel.send_command(0, command.clone()).is_ok());
    }

    fn send_file(&mut self, machine: &mut Machine, pack: Vec<u8>) {
        self.panel.register_file_ops(0, Box::new(Sent(pack))).unwrap();
        self.command(machine, OsdpCommand::FileTx(OsdpCommandFileTx { id: 0x80, flags: 0 }));
    }

    /// Goes on until the console says this; gives the first line of it, past those that begin with one of the others.
    fn says(&mut self, machine: &mut Machine, wanted: &str) -> String {
        let mut said = None;
        self.until(wanted, machine, |_, machine| {
            said = machine.console.try_recv().ok().filter(|line| line.starts_with(wanted));
            said.is_some()
        });
        said.unwrap()
    }
}

/// A session under its own key, the credential of who came in, polls that are answered while the card is read and verified, and the lock
/// driven by the panel.
#[test]
fn gate_qemu_answers_its_control_panel_while_it_verifies() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let mut panel = Panel::at(&mut machine);

    machine.pn532.lock().unwrap().lay(SharedChip::new(genuine()), Modulation::TypeA);
    machine.scanner.write_all(CODE.as_bytes()).unwrap();
    let (mut started, mut ended) = (None, None);
    panel.until("decision", &mut machine, |_, machine| {
        match machine.console.try_recv().as_deref() {
            Ok("reading") => started = Some(Instant::now()),
            Ok("decided admitted") => ended = Some(Instant::now()),
            Ok(line) => assert!(!line.starts_with("decided"), "{line}"),
            Err(_) => {}
        }
        ended.is_some()
    });
    let answered = panel.replies.lock().unwrap().iter().filter(|at| Some(**at) > started && Some(**at) < ended).count();
    println!("{answered} replies between the marks, in {:?}", ended.unwrap() - started.unwrap());
    // It polls about twenty times a second, and a decision lasts a quarter of one here: more than one must fall between the marks.
    assert!(answered >= 2, "{answered} replies while the card was read and verified");
    panel.until("credential", &mut machine, |panel, _| !panel.cards.lock().unwrap().is_empty());
    let bits = Format::that_holds(CREDENTIAL).unwrap();
    let sent = (bits.value << (64 - bits.count)).to_be_bytes();
    let (count, data) = panel.cards.lock().unwrap()[0].clone();
    assert_eq!((count, &data[..4]), (usize::from(bits.count), &sent[..4]));

    let before = machine.openings();
    panel.until("shut lock", &mut machine, |_, machine| machine.relay().last() == Some(&false));
    let output = OsdpCommandOutput { output_no: 0, control_code: 5, timer_count: 10 };
    panel.command(&mut machine, OsdpCommand::Output(output));
    panel.until("opening by the panel", &mut machine, |_, machine| machine.openings() == before + 1);
    panel.until("end of the pulse", &mut machine, |_, machine| machine.relay().last() == Some(&false));
}

#[test]
fn gate_qemu_opens_a_card_with_the_key_of_its_control_panel() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let mut panel = Panel::at(&mut machine);
    let mut present = |machine: &mut Machine, digits: &[u8]| {
        let data = [&[1], digits].concat();
        panel.command(machine, OsdpCommand::Mfg(OsdpCommandMfg { vendor_code: (0, 0, 0), data }));
        panel.says(machine, "panel card key");
        machine.pn532.lock().unwrap().lay(SharedChip::new(genuine()), Modulation::TypeA);
        let decision = panel.says(machine, "decided");
        machine.pn532.lock().unwrap().take();
        let end = Instant::now() + Duration::from_secs(4);
        panel.until("the pulse", machine, |_, _| Instant::now() > end);
        decision
    };
    assert_eq!(present(&mut machine, b"000002"), "decided refused gate.wrong_key");
    assert_eq!(machine.openings(), 0);
    assert_eq!(present(&mut machine, b"000001"), "decided admitted");
    assert_eq!(machine.openings(), 1);
}

/// The file that the panel sends.
struct Sent(Vec<u8>);

impl OsdpFileOps for Sent {
    fn open(&mut self, _: i32, _: bool) -> Result<usize, OsdpError> {
        Ok(self.0.len())
    }

    fn offset_read(&self, buffer: &mut [u8], offset: u64) -> Result<usize, OsdpError> {
        let rest = &self.0[usize::try_from(offset).unwrap()..];
        let count = buffer.len().min(rest.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn offset_write(&self, _: &[u8], _: u64) -> Result<usize, OsdpError> {
        Err(OsdpError::FileTransfer("read only"))
    }

    fn close(&mut self) -> Result<(), OsdpError> {
        Ok(())
    }
}

/// A pack comes over the bus in parts, between polls. It is worth what its signature says, whoever sent it.
#[test]
fn gate_qemu_takes_the_next_pack_from_its_control_panel_and_no_other() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let mut panel = Panel::at(&mut machine);
    let mut altered = pack_of_version(&pack_content(), 2).unwrap();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    panel.send_file(&mut machine, altered);
    panel.says(&mut machine, "panel file refused");
    drop(panel);

    let mut machine = start_again(&image, machine);
    assert_eq!(machine.says(), "ready");
    let mut panel = Panel::at(&mut machine);
    panel.send_file(&mut machine, pack_of_version(&pack_content(), 2).unwrap());
    // It starts anew with it, which ends this machine.
    panel.until("start", &mut machine, |_, machine| machine.process.try_wait().unwrap().is_some());
    drop(panel);
    let mut machine = start_again(&image, machine);
    // What lies at its start is of an earlier version by now.
    assert!(machine.says().starts_with("pack refused"));
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    let entries = keeping::left(machine.folder.path(), Since::Start).journal.entries;
    let packs: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.kind.as_str(), entry.reason.as_str()))
        .filter(|(kind, _)| kind.starts_with("pack"))
        .collect();
    assert_eq!(packs[..3], [("pack.taken", "1"), ("pack.refused", "pack.damaged"), ("pack.taken", "2")]);
}
