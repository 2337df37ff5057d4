//! libosdp's control panel over an in-memory line. It keeps its own time, the system's; nothing here asserts how fast anything is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libosdp::{
    Channel, ChannelError, ControlPanel, ControlPanelBuilder, OsdpComSet, OsdpCommand, OsdpCommandBuzzer, OsdpCommandFileTx,
    OsdpCommandKeyset, OsdpCommandLed, OsdpCommandMfg, OsdpCommandOutput, OsdpCommandText, OsdpError, OsdpEvent, OsdpFileOps,
    OsdpFlag, OsdpLedColor, OsdpLedParams, OsdpStatusReport, OsdpStatusReportType, PdInfoBuilder,
};
use soat_firmware::osdp::{
    BuzzerCommand, CardBits, Closed, Colour, ComSet, Event, FileKind, Inbox, LedPermanent, LedTemporary, OutputCommand, Part,
    Peripheral, Status,
};

use super::{ADDRESS, KEY, OTHER_KEY, peripheral};

/// libosdp has global state: one panel at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

type Pipe = Arc<Mutex<VecDeque<u8>>>;

/// The panel's end of the line.
struct PanelEnd {
    incoming: Pipe,
    outgoing: Pipe,
}

impl Channel for PanelEnd {
    fn get_id(&self) -> i32 {
        1
    }
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError> {
        let mut incoming = self.incoming.lock().unwrap();
        let count = buffer.len().min(incoming.len());
        buffer.iter_mut().zip(incoming.drain(..count)).for_each(|(to, from)| *to = from);
        if count == 0 { Err(ChannelError::WouldBlock) } else { Ok(count) }
    }
    fn write(&mut self, buffer: &[u8]) -> Result<usize, ChannelError> {
        self.outgoing.lock().unwrap().extend(buffer);
        Ok(buffer.len())
    }
    fn flush(&mut self) -> Result<(), ChannelError> {
        Ok(())
    }
    fn close(&mut self) -> Result<(), ChannelError> {
        Ok(())
    }
}

/// A panel, the peripheral, and the line between them.
struct Bench {
    panel: ControlPanel,
    peripheral: Peripheral<Inbox>,
    to_peripheral: Pipe,
    to_panel: Pipe,
    heard: Arc<Mutex<Vec<OsdpEvent>>>,
    events: Vec<Event>,
    started: Instant,
    /// Whether the reply to the next output command is lost on its way.
    lose_output: bool,
    replies: usize,
    /// Whether the next frame of the panel is damaged on its way.
    damage: bool,
    /// How many replies were BUSY.
    busy: usize,
    /// Whether the owner takes no events.
    idle: bool,
    /// The parts of a file that the owner kept, and from how many on it takes no more.
    parts: Vec<Part>,
    room: usize,
    /// The owner is at something else until that turn.
    turns: usize,
    occupied_until: usize,
    _alone: MutexGuard<'static, ()>,
}

impl Bench {
    fn new(panel_key: [u8; 16], flags: OsdpFlag, peripheral: Peripheral<Inbox>) -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let (to_peripheral, to_panel) = (Pipe::default(), Pipe::default());
        let end = PanelEnd { incoming: to_panel.clone(), outgoing: to_peripheral.clone() };
        let device = PdInfoBuilder::new()
            .address(ADDRESS.into())
            .unwrap()
            .baud_rate(115_200)
            .unwrap()
            .flag(flags)
            .secure_channel_key(panel_key);
        let mut panel = ControlPanelBuilder::new().add_channel(Box::new(end), vec![device]).build().unwrap();
        let heard = Arc::<Mutex<Vec<OsdpEvent>>>::default();
        let hears = heard.clone();
        panel.set_event_callback(move |_, event| {
            hears.lock().unwrap().push(event);
            0
        });
        let started = Instant::now();
        Self {
            panel,
            peripheral,
            to_peripheral,
            to_panel,
            heard,
            events: vec![],
            started,
            lose_output: false,
            replies: 0,
            damage: false,
            busy: 0,
            idle: false,
            parts: vec![],
            room: usize::MAX,
            turns: 0,
            occupied_until: 0,
            _alone: alone,
        }
    }

    /// Own key on both sides, up to the open session.
    fn secure() -> Self {
        let mut bench = Self::new(KEY, OsdpFlag::EnforceSecure, peripheral(Some(KEY)));
        bench.until("a session", |bench| bench.panel.is_sc_active(0) && bench.peripheral.is_secure() && bench.panel.is_online(0));
        bench
    }

    fn turn(&mut self) {
        self.panel.refresh();
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap();
        let mut bytes: Vec<u8> = self.to_peripheral.lock().unwrap().drain(..).collect();
        if let Some(last) = bytes.last_mut().filter(|_| std::mem::take(&mut self.damage)) {
            *last ^= 1;
        }
        for byte in bytes {
            self.peripheral.receive(byte, now);
            let reply = self.peripheral.poll(now).map(<[u8]>::to_vec);
            let events: Vec<_> = std::iter::from_fn(|| if self.idle { None } else { self.peripheral.event() }).collect();
            let is_output = matches!(events[..], [Event::Output(_)]);
            self.events.extend(events);
            let Some(reply) = reply else { continue };
            self.replies += 1;
            // BUSY is in the clear: SOM, address, length, control, 79, CRC; the panel's frames are marked, and so are the replies.
            self.busy += usize::from(reply.len() == 9 && reply[6] == 0x79);
            if self.lose_output && is_output {
                self.lose_output = false;
            } else {
                self.to_panel.lock().unwrap().extend(reply);
            }
        }
        self.keep();
        sleep(Duration::from_millis(1));
    }

    /// The owner keeps a part, and then is at something else for longer than the panel waits.
    fn keep(&mut self) {
        self.turns += 1;
        if self.turns >= self.occupied_until
            && let Some(part) = self.peripheral.receiver().fetch()
        {
            self.peripheral.receiver().kept(self.parts.len() < self.room);
            self.parts.push(part);
            self.occupied_until = self.turns + 150;
        }
    }

    fn until(&mut self, what: &str, reached: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !reached(self) {
            assert!(Instant::now() < deadline, "no {what}; events: {:?}", self.events);
            self.turn();
        }
    }

    fn command(&mut self, command: OsdpCommand) {
        self.panel.send_command(0, command).unwrap();
    }

    fn event(&mut self, what: &str, matching: impl Fn(&Event) -> bool) -> Event {
        self.until(what, |bench| bench.events.iter().any(&matching));
        let at = self.events.iter().position(matching).unwrap();
        self.events.remove(at)
    }

    fn status(&mut self, what: OsdpStatusReportType) -> Vec<u8> {
        self.heard.lock().unwrap().clear();
        self.command(OsdpCommand::Status(OsdpStatusReport { type_: what, nr_entries: 0, report: [0; 64] }));
        self.until("a report", |bench| !bench.heard.lock().unwrap().is_empty());
        let OsdpEvent::Status(report) = self.heard.lock().unwrap().remove(0) else { panic!("no report") };
        report.report[..report.nr_entries].to_vec()
    }

    fn stays_up(&mut self) {
        let replies = self.replies;
        self.until("polling", |bench| bench.replies > replies + 5);
        assert!(self.panel.is_sc_active(0) && self.peripheral.is_secure());
    }
}

#[test]
fn libosdp_opens_a_session_and_polls() {
    let mut bench = Bench::secure();
    assert_eq!(bench.event("an opening", |_| true), Event::SessionOpened { insecure: false });
    let id = bench.panel.get_pd_id(0).unwrap();
    assert_eq!(
        (id.vendor_code, id.model, id.version, u32::from_be_bytes(id.serial_number)),
        ((0xA, 0xB, 0xC), 1, 2, 0x0403_0201)
    );
    bench.stays_up();
    assert_eq!(bench.events, []);
}

#[test]
fn libosdp_drives_outputs_lamp_buzzer_and_display() {
    let mut bench = Bench::secure();
    bench.command(OsdpCommand::Output(OsdpCommandOutput { output_no: 0, control_code: 5, timer_count: 30 }));
    let output = bench.event("output", |event| matches!(event, Event::Output(_)));
    assert_eq!(output, Event::Output(OutputCommand::For { on: true, tenths: 30 }));

    let temporary = OsdpLedParams {
        control_code: 2,
        on_count: 5,
        off_count: 3,
        on_color: OsdpLedColor::Green,
        off_color: OsdpLedColor::None,
        timer_count: 300,
    };
    let permanent = OsdpLedParams { control_code: 1, on_count: 1, on_color: OsdpLedColor::Blue, ..temporary };
    bench.command(OsdpCommand::Led(OsdpCommandLed { reader: 0, led_number: 0, temporary, permanent }));
    let Event::Led(led) = bench.event("lamp", |event| matches!(event, Event::Led(_))) else { panic!() };
    let LedTemporary::Set { pattern, tenths: 300 } = led.temporary else { panic!("{led:?}") };
    assert_eq!((pattern.on_tenths, pattern.off_tenths, pattern.on, pattern.off), (5, 3, Colour::Green, Colour::Black));
    assert!(matches!(led.permanent, LedPermanent::Set(pattern) if pattern.on == Colour::Blue));

    bench.command(OsdpCommand::Buzzer(OsdpCommandBuzzer { reader: 0, control_code: 2, on_count: 2, off_count: 1, rep_count: 3 }));
    let buzzer = bench.event("buzzer", |event| matches!(event, Event::Buzzer(_)));
    assert_eq!(buzzer, Event::Buzzer(BuzzerCommand::Tone { on_tenths: 2, off_tenths: 1, times: 3 }));

    let text =
        OsdpCommandText { control_code: 3, temp_time: 9, offset_row: 1, offset_col: 2, data: b"Xin chao".into(), reader: 0 };
    bench.command(OsdpCommand::Text(text));
    let Event::Text(text) = bench.event("text", |event| matches!(event, Event::Text(_))) else { panic!() };
    assert_eq!((text.text(), text.seconds, text.wrap, text.column), ("Xin chao", Some(9), false, 2));
    bench.stays_up();
}

#[test]
fn libosdp_hears_cards_and_status() {
    let mut bench = Bench::secure();
    let now = u64::try_from(bench.started.elapsed().as_millis()).unwrap();
    assert!(bench.peripheral.report_card(CardBits::new(0x0123_4567, 26).unwrap(), now));
    bench.until("a card", |bench| !bench.heard.lock().unwrap().is_empty());
    let OsdpEvent::CardRead(card) = bench.heard.lock().unwrap().remove(0) else { panic!("no card") };
    assert_eq!((card.reader_no, card.nr_bits, card.data), (0, 26, vec![0x48, 0xD1, 0x59, 0xC0]));
    assert_eq!(card.format, libosdp::OsdpCardFormats::Wiegand);

    bench.peripheral.set_status(Status { tamper: true, door_open: true, ..Status::default() });
    bench.until("two changes", |bench| bench.heard.lock().unwrap().len() == 2);
    let told: Vec<_> = bench.heard.lock().unwrap().drain(..).collect();
    let shape = |event: &OsdpEvent| match event {
        OsdpEvent::Status(report) => (report.type_, report.report[..report.nr_entries].to_vec()),
        other => panic!("{other:?}"),
    };
    assert_eq!(shape(&told[0]), (OsdpStatusReportType::Local, vec![1, 0]));
    assert_eq!(shape(&told[1]), (OsdpStatusReportType::Input, vec![1, 0]));

    assert_eq!(bench.status(OsdpStatusReportType::Local), [1, 0]);
    assert_eq!(bench.status(OsdpStatusReportType::Input), [1, 0]);
    assert_eq!(bench.status(OsdpStatusReportType::Output), [0]);
    bench.stays_up();
}

#[test]
fn libosdp_changes_the_key_and_comes_back_with_it() {
    let mut bench = Bench::secure();
    bench.command(OsdpCommand::KeySet(OsdpCommandKeyset::new_scbk(OTHER_KEY)));
    bench.event("a key", |event| *event == Event::KeySet { insecure: false });
    assert_eq!(bench.peripheral.key().unwrap().expose(), &OTHER_KEY);
    bench.event("an end", |event| *event == Event::SessionClosed(Closed::KeyChanged));
    bench.until("a session under it", |bench| bench.peripheral.is_secure() && bench.panel.is_sc_active(0));
    bench.stays_up();
}

#[test]
fn libosdp_moves_the_address() {
    let mut bench = Bench::secure();
    bench.command(OsdpCommand::ComSet(OsdpComSet { address: 9, baud_rate: 9_600 }));
    let moved = bench.event("a move", |event| matches!(event, Event::ComSet(_)));
    assert_eq!(moved, Event::ComSet(ComSet::new(9, 9_600).unwrap()));
    bench.stays_up();
}

#[test]
fn libosdp_repeats_what_was_not_answered_and_it_is_not_done_twice() {
    let mut bench = Bench::secure();
    bench.stays_up();
    bench.events.clear();
    bench.lose_output = true;
    bench.command(OsdpCommand::Output(OsdpCommandOutput { output_no: 0, control_code: 2, timer_count: 0 }));
    bench.until("a loss", |bench| !bench.lose_output);
    bench.stays_up();
    assert_eq!(bench.events, [Event::Output(OutputCommand::Set(true))]);
}

#[test]
fn libosdp_says_again_what_was_damaged() {
    let mut bench = Bench::secure();
    bench.stays_up();
    bench.events.clear();
    // Whichever frame comes first is damaged; libosdp then takes to checksums.
    bench.damage = true;
    bench.command(OsdpCommand::Output(OsdpCommandOutput { output_no: 0, control_code: 2, timer_count: 0 }));
    bench.until("the output", |bench| !bench.damage && !bench.events.is_empty());
    bench.stays_up();
    assert_eq!(bench.events, [Event::Output(OutputCommand::Set(true))]);
}

#[test]
fn libosdp_asks_again_where_the_owner_was_busy() {
    let mut bench = Bench::secure();
    bench.stays_up();
    bench.events.clear();
    bench.idle = true;
    let drive = |bench: &mut Bench, tenths| {
        let replies = bench.replies;
        bench.command(OsdpCommand::Output(OsdpCommandOutput { output_no: 0, control_code: 5, timer_count: tenths }));
        bench.until("two replies", |bench| bench.replies > replies + 1);
    };
    (1..=16).for_each(|tenths| drive(&mut bench, tenths));
    assert_eq!(bench.busy, 0);
    bench.command(OsdpCommand::Output(OsdpCommandOutput { output_no: 0, control_code: 5, timer_count: 17 }));
    bench.until("BUSY", |bench| bench.busy == 1);
    bench.idle = false;
    bench.stays_up();
    let expected: Vec<_> = (1..=17).map(|tenths| Event::Output(OutputCommand::For { on: true, tenths })).collect();
    assert_eq!(bench.events, expected);
}

#[test]
fn libosdp_with_another_key_gets_nowhere() {
    let mut bench = Bench::new(OTHER_KEY, OsdpFlag::EnforceSecure, peripheral(Some(KEY)));
    // ID, CAP, CHLNG are answered; the panel finds our cryptogram wrong and goes.
    bench.until("a challenge", |bench| bench.replies >= 3);
    (0..300).for_each(|_| bench.turn());
    assert!(!bench.panel.is_sc_active(0) && !bench.panel.is_online(0) && !bench.peripheral.is_secure());
    assert_eq!(bench.events, []);
}

#[test]
fn libosdp_provisions_under_the_default_key_with_the_jumper() {
    let mut device = peripheral(None);
    device.set_jumper(true, 0);
    let mut bench = Bench::new(KEY, OsdpFlag::empty(), device);
    bench.until("a session", |bench| bench.peripheral.is_secure() && bench.panel.is_sc_active(0));
    assert_eq!(
        bench.events,
        [
            Event::SessionOpened { insecure: true },
            Event::KeySet { insecure: true },
            Event::SessionClosed(Closed::KeyChanged),
            Event::SessionOpened { insecure: false }
        ]
    );
    assert_eq!(bench.peripheral.key().unwrap().expose(), &KEY);
    bench.stays_up();
}

#[test]
fn libosdp_does_not_provision_without_the_jumper() {
    let mut bench = Bench::new(KEY, OsdpFlag::empty(), peripheral(None));
    bench.until("both challenges", |bench| bench.replies >= 4);
    (0..300).for_each(|_| bench.turn());
    assert!(!bench.panel.is_sc_active(0) && !bench.peripheral.is_secure());
    assert!(bench.events.is_empty() && bench.peripheral.key().is_none());
}

/// The file that the panel sends.
struct Sent(Vec<u8>);

impl OsdpFileOps for Sent {
    fn open(&mut self, _id: i32, _read_only: bool) -> Result<usize, OsdpError> {
        Ok(self.0.len())
    }
    fn offset_read(&self, buffer: &mut [u8], offset: u64) -> Result<usize, OsdpError> {
        let rest = &self.0[usize::try_from(offset).unwrap()..];
        let count = buffer.len().min(rest.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
    fn offset_write(&self, _buffer: &[u8], _offset: u64) -> Result<usize, OsdpError> {
        Err(OsdpError::FileTransfer("read only"))
    }
    fn close(&mut self) -> Result<(), OsdpError> {
        Ok(())
    }
}

/// The file, and how many of its bytes the panel says it has sent.
fn send_file(bench: &mut Bench, file: &[u8]) -> i32 {
    bench.panel.register_file_ops(0, Box::new(Sent(file.to_vec()))).unwrap();
    bench.command(OsdpCommand::FileTx(OsdpCommandFileTx { id: 0x80, flags: 0 }));
    i32::try_from(file.len()).unwrap()
}

#[test]
fn libosdp_sends_a_trust_pack_to_an_owner_that_is_slow() {
    let pack: Vec<u8> = (0..2_000_u32).map(|i| u8::try_from(i * i % 251).unwrap()).collect();
    let mut bench = Bench::secure();
    let total = send_file(&mut bench, &pack);
    bench.until("the file", |bench| bench.panel.file_transfer_status(0).is_ok_and(|(size, sent)| (size, sent) == (total, total)));
    bench.until("an answer", |bench| bench.parts.last().is_some_and(Part::is_last));
    let came: Vec<u8> = bench.parts.iter().flat_map(|part| part.bytes().to_vec()).collect();
    assert!(bench.parts.iter().all(|part| part.kind == FileKind::TrustPack) && came == pack, "{} bytes", came.len());
    assert!(bench.busy > 0, "it was told to wait");
    let told = |bench: &mut Bench| bench.peripheral.receiver().was_told();
    let deadline = Instant::now() + Duration::from_secs(10);
    while !told(&mut bench) && Instant::now() < deadline {
        bench.turn();
    }
    assert!(told(&mut bench), "it knows that the file was taken, and waits for the start");
}

#[test]
fn libosdp_stops_where_a_file_is_refused() {
    let mut bench = Bench::secure();
    bench.room = 1;
    send_file(&mut bench, &[7; 2_000]);
    bench.until("a refusal", |bench| bench.parts.len() == 2);
    // libosdp sends on to the end, whatever it is answered.
    (0..1000).for_each(|_| bench.turn());
    assert_eq!(bench.parts.len(), 2, "nothing is kept after what was refused");
    assert!(!bench.peripheral.receiver().was_told());
}

#[test]
fn libosdp_gives_the_key_of_the_next_card() {
    let mut bench = Bench::secure();
    bench.events.clear();
    let mfg = |data: &[u8]| OsdpCommand::Mfg(OsdpCommandMfg { vendor_code: (0xA, 0xB, 0xC), data: data.to_vec() });
    bench.command(mfg(b"\x01000001"));
    bench.event("a key", |event| *event == Event::CardKey);
    assert_eq!(bench.peripheral.take_card_key().as_deref(), Some(b"000001"));
    bench.stays_up();
}
