//! A camera of Linux (Video4Linux 2): asked for pictures, which the kernel lays into memory that this program sees too.
//!
//! Layouts and numbers are those of `linux/videodev2.h` for 64-bit machines. There was no camera to run this with: what it does with a device
//! that is none is tested, and everything after it (pixels, search, preview) with streams.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use qr_search::Picture;
use rustix::fs::OFlags;
use rustix::ioctl::{Opcode, Setter, Updater, ioctl, opcode};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::Camera;
use super::pixels::Packing;
use crate::error::{Error, Result};
use crate::serial_port::{gone, is_ready, unusable};

const CAPTURE: u32 = 1;
const MEMORY_MAP: u32 = 1;
const CAN_CAPTURE: u32 = 0x0000_0001;
const CAN_STREAM: u32 = 0x0400_0000;
const HAS_DEVICE_CAPABILITIES: u32 = 0x8000_0000;
/// Pictures in flight.
const BUFFERS: u32 = 4;

const QUERY_CAPABILITIES: Opcode = opcode::read::<Capability>(b'V', 0);
const SET_FORMAT: Opcode = opcode::read_write::<Format>(b'V', 5);
const REQUEST_BUFFERS: Opcode = opcode::read_write::<RequestBuffers>(b'V', 8);
const QUERY_BUFFER: Opcode = opcode::read_write::<Buffer>(b'V', 9);
const QUEUE_BUFFER: Opcode = opcode::read_write::<Buffer>(b'V', 15);
const DEQUEUE_BUFFER: Opcode = opcode::read_write::<Buffer>(b'V', 17);
const STREAM_ON: Opcode = opcode::write::<i32>(b'V', 18);
const STREAM_OFF: Opcode = opcode::write::<i32>(b'V', 19);

/// struct v4l2_capability
#[repr(C)]
struct Capability {
    names: [u8; 80],
    version: u32,
    capabilities: u32,
    device_capabilities: u32,
    reserved: [u32; 3],
}

/// struct v4l2_format with its v4l2_pix_format
#[repr(C, align(8))]
struct Format {
    kind: u32,
    padding: u32,
    width: u32,
    height: u32,
    packing: u32,
    field: u32,
    bytes_per_line: u32,
    rest: [u32; 45],
}

/// struct v4l2_requestbuffers
#[repr(C)]
struct RequestBuffers {
    count: u32,
    kind: u32,
    memory: u32,
    rest: [u32; 2],
}

/// struct v4l2_buffer
#[repr(C)]
#[derive(Default)]
struct Buffer {
    index: u32,
    kind: u32,
    bytes_used: u32,
    flags: u32,
    field: u32,
    padding: u32,
    time: [u64; 2],
    time_code: [u32; 4],
    sequence: u32,
    memory: u32,
    offset: u64,
    length: u32,
    rest: [u32; 3],
}

impl Buffer {
    fn of(index: u32) -> Self {
        Self { index, kind: CAPTURE, memory: MEMORY_MAP, ..Self::default() }
    }
}

/// A camera that is running.
pub struct Device {
    file: File,
    path: PathBuf,
    packing: Packing,
    width: usize,
    height: usize,
    stride: usize,
    buffers: Vec<Mapping>,
}

impl Device {
    /// Opens a camera and starts it.
    pub fn open(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0));
        let file = options.open(path).map_err(|cause| unusable(path, &cause))?;
        let none = || Error::usage("camera-no-stream").with("device", path.display().to_string());
        let mut capability = Capability { names: [0; 80], version: 0, capabilities: 0, device_capabilities: 0, reserved: [0; 3] };
        update::<QUERY_CAPABILITIES, _>(&file, &mut capability).map_err(|_| none())?;
        let own = if capability.capabilities & HAS_DEVICE_CAPABILITIES != 0 {
            capability.device_capabilities
        } else {
            capability.capabilities
        };
        if own & CAN_CAPTURE == 0 || own & CAN_STREAM == 0 {
            return Err(none());
        }
        let mut device =
            Self { file, path: path.to_owned(), packing: Packing::Grey, width: 0, height: 0, stride: 0, buffers: Vec::new() };
        if !device.choose_packing()? {
            return Err(none());
        }
        device.start().map_err(|cause| unusable(path, &cause.into()))?;
        Ok(device)
    }

    /// Asks for 1280 × 720 in each packing; a camera answers with what it has nearest to it.
    fn choose_packing(&mut self) -> Result<bool> {
        for packing in Packing::ALL {
            let mut format = Format {
                kind: CAPTURE,
                padding: 0,
                width: 1280,
                height: 720,
                packing: packing.code(),
                field: 0,
                bytes_per_line: 0,
                rest: [0; 45],
            };
            match update::<SET_FORMAT, _>(&self.file, &mut format) {
                Ok(()) => {}
                Err(cause) if cause == rustix::io::Errno::BUSY => return Err(unusable(&self.path, &cause.into())),
                Err(_) => continue,
            }
            let side = |pixels: u32| usize::try_from(pixels).ok().filter(|side| (1..=8192).contains(side));
            if let (true, Some(width), Some(height)) = (format.packing == packing.code(), side(format.width), side(format.height))
            {
                (self.packing, self.width, self.height) = (packing, width, height);
                self.stride = usize::try_from(format.bytes_per_line).unwrap_or(0);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn start(&mut self) -> rustix::io::Result<()> {
        let mut request = RequestBuffers { count: BUFFERS, kind: CAPTURE, memory: MEMORY_MAP, rest: [0; 2] };
        update::<REQUEST_BUFFERS, _>(&self.file, &mut request)?;
        for index in 0..request.count {
            let mut buffer = Buffer::of(index);
            update::<QUERY_BUFFER, _>(&self.file, &mut buffer)?;
            // The upper half of the union is not set where it holds a 32-bit offset.
            self.buffers.push(Mapping::new(&self.file, buffer.offset & 0xFFFF_FFFF, buffer.length)?);
            update::<QUEUE_BUFFER, _>(&self.file, &mut buffer)?;
        }
        set::<STREAM_ON>(&self.file)
    }
}

impl Camera for Device {
    fn next(&mut self, deadline: Instant) -> Result<Option<Picture<'static>>> {
        loop {
            let patience = deadline.saturating_duration_since(Instant::now());
            if patience.is_zero() || !is_ready(&self.file, patience).map_err(|cause| unusable(&self.path, &cause))? {
                return Ok(None);
            }
            let mut buffer = Buffer::of(0);
            match update::<DEQUEUE_BUFFER, _>(&self.file, &mut buffer) {
                Ok(()) => {}
                Err(rustix::io::Errno::AGAIN) => continue,
                Err(_) => return Err(gone(&self.path)),
            }
            let mapping = usize::try_from(buffer.index).ok().and_then(|index| self.buffers.get(index));
            let used = usize::try_from(buffer.bytes_used).unwrap_or(0);
            let bytes = mapping.and_then(|mapping| mapping.bytes().get(..used)).unwrap_or_default();
            let picture = self.packing.picture(bytes, self.width, self.height, self.stride);
            update::<QUEUE_BUFFER, _>(&self.file, &mut buffer).map_err(|_| gone(&self.path))?;
            // The first pictures of many cameras are cut off.
            if picture.is_some() {
                return Ok(picture);
            }
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = set::<STREAM_OFF>(&self.file);
    }
}

/// Memory of the kernel into which it lays pictures.
struct Mapping {
    start: *mut std::ffi::c_void,
    length: usize,
}

impl Mapping {
    fn new(file: &File, offset: u64, length: u32) -> rustix::io::Result<Self> {
        let length = usize::try_from(length).map_err(|_| rustix::io::Errno::OVERFLOW)?;
        // SAFETY: the kernel chooses a place that is free, and the mapping is given up only when this value is dropped.
        let start = unsafe { mmap(std::ptr::null_mut(), length, ProtFlags::READ, MapFlags::SHARED, file, offset)? };
        Ok(Self { start, length })
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: `start` is mapped for `length` bytes while this value lives. The kernel writes there only while the buffer is queued,
        // and it is read only between being taken out and queued again.
        unsafe { std::slice::from_raw_parts(self.start.cast(), self.length) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this length, and nothing borrowed from it outlives this value.
        let _ = unsafe { munmap(self.start, self.length) };
    }
}

fn update<const OPCODE: Opcode, T>(file: &File, value: &mut T) -> rustix::io::Result<()> {
    // SAFETY: each number stands with its structure in the constants above, which have the kernel's layout and size.
    unsafe { ioctl(file, Updater::<OPCODE, T>::new(value)) }
}

fn set<const OPCODE: Opcode>(file: &File) -> rustix::io::Result<()> {
    let kind = i32::try_from(CAPTURE).unwrap_or(1);
    // SAFETY: VIDIOC_STREAMON and VIDIOC_STREAMOFF take a pointer to an int.
    unsafe { ioctl(file, Setter::<OPCODE, i32>::new(kind)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes out of `linux/videodev2.h` on x86-64, which stand in the numbers of its requests: VIDIOC_QUERYCAP 80685600, S_FMT C0D05605,
    /// REQBUFS C0145608, QUERYBUF C0585609.
    #[test]
    fn structures_have_the_sizes_of_the_kernel() {
        assert_eq!((size_of::<Capability>(), size_of::<Format>()), (104, 208));
        assert_eq!((size_of::<RequestBuffers>(), size_of::<Buffer>()), (20, 88));
        assert_eq!(std::mem::offset_of!(Buffer, memory), 60);
        assert_eq!((std::mem::offset_of!(Buffer, offset), std::mem::offset_of!(Buffer, length)), (64, 72));
    }

    #[test]
    fn what_is_no_camera_is_said_so() {
        assert_eq!(Device::open(Path::new("/dev/null")).err().map(|error| error.id()), Some("camera-no-stream"));
        assert_eq!(Device::open(Path::new("/dev/video99")).err().map(|error| error.id()), Some("scanner-not-found"));
    }
}
