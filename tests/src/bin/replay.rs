//! Replays the fuzz corpus, also where a machine word has 32 bits: `cargo run -p soat-tests --bin replay --target i686-unknown-linux-gnu`.

use std::process::ExitCode;

use soat_tests::replay::corpus;

fn main() -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for (name, deepest, inputs) in corpus() {
        println!("{name}: {deepest} of {inputs} inputs reach the deepest type, in {} bits", usize::BITS);
        if deepest == 0 {
            code = ExitCode::FAILURE;
        }
    }
    code
}
