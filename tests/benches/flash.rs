//! Prints what the passive-authentication image (P-256, RSA) occupies in a gate's flash.
#![allow(missing_docs)]

use soat_tests::image;

fn main() {
    match image::build() {
        Err(why) => println!("flash: the image cannot be built here: {why}"),
        Ok(path) => match std::fs::read(&path).ok().and_then(|elf| image::flash_bytes(&elf)) {
            Some(bytes) => println!("flash: passive-authentication image, thumbv7em, opt-level s: {bytes} bytes"),
            None => println!("flash: {} is not readable", path.display()),
        },
    }
}
