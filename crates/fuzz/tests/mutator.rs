//! Inputs changed at random, from a seed. libFuzzer's own changes without its eyes: it does not
//! see what an input reaches, so it finds what is near the corpus.

const INPUT_BYTES_MAX: usize = 16 << 10;
/// Where lengths and counts go wrong.
const TELLING: [u8; 10] = [0, 1, 2, 0x7f, 0x80, 0x81, 0x9b, 0xbf, 0xfe, 0xff];

/// splitmix64.
pub(crate) struct Mutator(u64);

impl Mutator {
    pub(crate) fn new(seed: u64, round: u64) -> Mutator {
        let mut mutator = Mutator(seed.wrapping_mul(0x5851_F42D_4C95_7F2D) ^ round);
        mutator.next();
        mutator
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, below: usize) -> usize {
        (self.next() % below.max(1) as u64) as usize
    }

    /// One of the inputs, changed in one to five places.
    pub(crate) fn changed(mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut input = inputs[self.below(inputs.len())].clone();
        for _ in 0..=self.below(5) {
            let other = &inputs[self.below(inputs.len())];
            self.change(&mut input, other);
        }
        input.truncate(INPUT_BYTES_MAX);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(input.len() + 1);
        let length = 1 + self.below(16).min(input.len() - at);
        let until = (at + length).min(input.len());
        match self.below(8) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..until)),
            2 => {
                let again = input[at..until].to_vec();
                input.splice(at..at, again);
            }
            3 => {
                let from = self.below(other.len() + 1);
                let to = (from + self.below(64)).min(other.len());
                input.splice(at..until, other[from..to].iter().copied());
            }
            4 => input.insert(at, TELLING[self.below(TELLING.len())]),
            5 if at < input.len() => input[at] = TELLING[self.below(TELLING.len())],
            6 if at < input.len() => input[at] ^= 1 << self.below(8),
            _ if at < input.len() => input[at] = input[at].wrapping_add(self.next() as u8),
            _ => {}
        }
    }
}

#[test]
fn seed_and_round_say_the_input() {
    let inputs = [b"one input".to_vec(), b"and another one".to_vec()];
    let changed = |seed, round| Mutator::new(seed, round).changed(&inputs);
    assert_eq!(changed(1, 7), changed(1, 7));
    let different: std::collections::BTreeSet<Vec<u8>> = (0..100).map(|n| changed(1, n)).collect();
    assert!(different.len() > 90);
}
