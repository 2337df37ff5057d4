//! What this program frees, it wipes: names, numbers and faces pass through strings, parsers, pictures and screens, and would stay in memory
//! long after the card is gone. Wiping each by hand forgets some; the one place through which all of them go does not.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, which gets back nothing but zeros.
pub struct Wiping;

// SAFETY: memory comes from the system's allocator and goes back to it with the layout that it came with.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the contract of the trait.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the block is the caller's until the system has it back. What grows is moved by the trait's own `realloc`, which ends
        // here too. The compiler may not leave out writes that something it cannot see through may look at.
        unsafe {
            memory.write_bytes(0, layout.size());
            System.dealloc(std::hint::black_box(memory), layout);
        }
    }
}
