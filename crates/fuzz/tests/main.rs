//! What the fuzzer looks for by the hour, looked for by the second with every build: no special
//! build, the same functions and the same corpus.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests: clippy allows these only in functions marked as tests"
)]

mod corpus;
mod mutator;
mod seeds;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use liandu_fuzz::Target;
use mutator::Mutator;

/// Changed inputs each target meets; those that keep a server or a disk meet fewer.
const ROUNDS: u64 = 2_000;

fn number(name: &str, unless: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(unless, |text| text.parse().expect(name))
}

/// Runs one input; one that breaks something is kept, with what to do about it.
fn meet(name: &str, target: Target, input: &[u8], origin: &str) {
    if catch_unwind(AssertUnwindSafe(|| target(input))).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-broken"));
        std::fs::write(&kept, input).expect("a file");
        panic!(
            "{name} is broken by {origin}. The input is in {}: mend the decoder, and keep the \
             input as crates/fuzz/corpus/{name}/WHAT-IT-BROKE",
            kept.display()
        );
    }
}

fn every_kept_input(name: &str) {
    let target = find(name);
    for (file, input) in corpus::of(name) {
        meet(name, target, &input, &file);
    }
}

/// Rounds of the same seed meet the same inputs.
fn changed_inputs(name: &str, share: u64) {
    let target = find(name);
    let inputs: Vec<Vec<u8>> = corpus::of(name)
        .into_iter()
        .map(|(_, input)| input)
        .collect();
    let seed = number("LIANDU_FUZZ_SEED", 1);
    for round in 0..number("LIANDU_FUZZ_ROUNDS", ROUNDS) / share {
        let input = Mutator::new(seed, round).changed(&inputs);
        let origin = format!("LIANDU_FUZZ_SEED={seed}, round {round}");
        meet(name, target, &input, &origin);
    }
}

fn find(name: &str) -> Target {
    let mut targets = liandu_fuzz::TARGETS.iter();
    targets.find(|(known, _)| *known == name).expect(name).1
}

macro_rules! targets {
    ($($name:ident: $share:literal,)*) => {
        $(mod $name {
            #[test]
            fn holds_for_every_input_that_is_kept() {
                super::every_kept_input(stringify!($name));
            }

            #[test]
            fn holds_for_changed_inputs() {
                super::changed_inputs(stringify!($name), $share);
            }
        })*

        #[test]
        fn every_target_has_its_short_run() {
            let tested = [$(stringify!($name)),*];
            assert_eq!(liandu_fuzz::TARGETS.map(|(name, _)| name), tested);
        }
    };
}

targets! {
    frames: 1,
    batches: 1,
    seals: 1,
    changes: 1,
    documents: 1,
    bundles: 1,
    segments: 1,
    entries: 1,
    imports: 1,
    bodies: 4,
    configuration: 1,
}
