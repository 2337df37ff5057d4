//! Prints what the gate's images occupy in its flash.
#![allow(missing_docs)]

use soat_tests::image::{self, Image};

fn main() {
    for image in [Image::PassiveAuthentication, Image::Gate, Image::GateInQemu] {
        match image::build(image) {
            Err(why) => println!("flash: {image:?} cannot be built here: {why}"),
            Ok(path) => match std::fs::read(&path).ok().and_then(|elf| image::flash_bytes(&elf)) {
                Some(bytes) => println!("flash: {image:?}, thumbv7em: {bytes} bytes"),
                None => println!("flash: {} is not readable", path.display()),
            },
        }
    }
}
