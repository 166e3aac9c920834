//! Every decoder of foreign bytes as one function that takes any bytes and holds what must be true
//! of them: for the fuzzer, which looks for inputs, and for the tests, which keep those found.
//!
//! Never decides what is legal: it drives what devices and the server run. A function panics when
//! a fact is broken; what it is given never makes it fail otherwise.
//!
//! `corpus/TARGET` holds the inputs each begins with: those that `tests/seeds.rs` makes
//! (`LIANDU_GOLDEN=add` writes missing ones) and those that once broke something, named after it.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "what does not hold must stop at once, with the place: that is what is looked for"
)]

mod batches;
mod bodies;
mod bundles;
mod configuration;
mod entries;
mod frames;
mod imports;
mod mended;
mod peers;
mod records;
mod seals;
mod segments;
pub mod world;

pub use batches::batches;
pub use bodies::bodies;
pub use bundles::bundles;
pub use configuration::configuration;
pub use entries::entries;
pub use frames::frames;
pub use imports::imports;
pub use records::{changes, documents};
pub use seals::seals;
pub use segments::segments;

/// A decoder and what must hold of it.
pub type Target = fn(&[u8]);

/// Name and function of each.
pub const TARGETS: [(&str, Target); 11] = [
    ("frames", frames),
    ("batches", batches),
    ("seals", seals),
    ("changes", changes),
    ("documents", documents),
    ("bundles", bundles),
    ("segments", segments),
    ("entries", entries),
    ("imports", imports),
    ("bodies", bodies),
    ("configuration", configuration),
];

/// The program of one target: libFuzzer's under the fuzzing build, else one that says how to get
/// there, so that an ordinary build links nothing of the server a second time.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        // libFuzzer's binding ends the program at every panic, also at those of automerge that core
        // catches by design. This says where; a panic that nobody caught ends it in any case.
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(
            init: std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))),
            |bytes: &[u8]| { liandu_fuzz::$name(bytes) }
        );

        #[cfg(not(fuzzing))]
        fn main() {
            eprintln!("用 use: cargo xtask fuzz {}", stringify!($name));
        }
    };
}
