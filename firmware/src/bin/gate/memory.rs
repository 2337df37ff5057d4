//! The heap and the stack, and the most that was used of either.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::addr_of_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

use cortex_m_rt::STACK_PAINT_VALUE;
use embedded_alloc::LlffHeap;

#[global_allocator]
static HEAP: Measured = Measured { heap: LlffHeap::empty(), most: AtomicUsize::new(0) };

/// EF.SOD of 16 KiB and what is made of it, twice, and the anchors.
const HEAP_BYTES: usize = 72 * 1024;

/// Gives the heap its memory, once.
pub fn begin() {
    static mut MEMORY: [u8; HEAP_BYTES] = [0; HEAP_BYTES];
    // SAFETY: `main` calls this once, and nothing else names MEMORY.
    unsafe { HEAP.heap.init(addr_of_mut!(MEMORY) as usize, HEAP_BYTES) }
}

/// The most bytes of the heap that were in use.
pub fn most_of_heap() -> u32 {
    u32::try_from(HEAP.most.load(Ordering::Relaxed)).unwrap_or(u32::MAX)
}

/// The most bytes of the stack that were in use: what is not painted any more.
pub fn most_of_stack() -> u32 {
    unsafe extern "C" {
        static _stack_start: u32;
        static _stack_end: u32;
    }
    // SAFETY: the linker puts both symbols at the ends of the memory of the stack, which lies there for ever.
    let words = unsafe {
        let (end, start) = (&raw const _stack_end, &raw const _stack_start);
        (0..start.offset_from_unsigned(end)).map(move |place| end.add(place).read_volatile())
    };
    let whole = words.size_hint().0;
    let painted = words.take_while(|word| *word == STACK_PAINT_VALUE).count();
    u32::try_from((whole - painted) * size_of::<u32>()).unwrap_or(u32::MAX)
}

struct Measured {
    heap: LlffHeap,
    most: AtomicUsize,
}

// SAFETY: all is passed on to the heap.
unsafe impl GlobalAlloc for Measured {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let place = unsafe { self.heap.alloc(layout) };
        self.most.fetch_max(self.heap.used(), Ordering::Relaxed);
        place
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { self.heap.dealloc(place, layout) }
    }
}
