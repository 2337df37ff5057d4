//! A virtual card on a virtual reader, until it is dropped.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use card_fixtures::chip::VirtualChip;
use card_fixtures::plug::{SharedChip, vpcd};

/// The card and the thread that plays it to vpcd.
pub struct PluggedCard {
    /// The card, to watch it and to take it away.
    pub chip: SharedChip,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl PluggedCard {
    /// Lays a card on the reader that waits at this address.
    pub fn new(chip: VirtualChip, address: (Ipv4Addr, u16)) -> Self {
        let chip = SharedChip::new(chip);
        let stop = Arc::new(AtomicBool::new(false));
        let (card, flag) = (chip.clone(), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            // The daemon may go away in the middle: that is what some tests are about.
            let _ = vpcd::serve(&card, address, &flag);
        });
        Self { chip, stop, thread: Some(thread) }
    }
}

impl Drop for PluggedCard {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}
