//! Random bytes from outside: the engine draws ids, keys and actors from what it is given.
//!
//! Never reaches for the system's randomness: the driver does, and tests give a seed.

use liandu_core::id::{Actor, DeviceId, EventId, ItemId, RecordId};
use liandu_core::time::Timestamp;

/// A source of random bytes. Real ones must be unpredictable: keys are made of them.
pub trait Entropy {
    /// Fills the buffer.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The same bytes for the same seed (SplitMix64). For simulations and tests only.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// A source with this seed.
    pub fn new(seed: u64) -> Seeded {
        Seeded(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(word) {
                *to = from;
            }
        }
    }
}

/// `N` random bytes.
pub(crate) fn draw<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0u8; N];
    entropy.fill(&mut bytes);
    bytes
}

pub(crate) fn record_id(entropy: &mut dyn Entropy, now: Timestamp) -> RecordId {
    RecordId::v7(u64::try_from(now.0).unwrap_or(0), draw(entropy))
}

pub(crate) fn event_id(entropy: &mut dyn Entropy) -> EventId {
    EventId(draw(entropy))
}

/// 12 hexadecimal digits: unique enough within one collection of one record.
pub(crate) fn item_id(entropy: &mut dyn Entropy) -> Option<ItemId> {
    let bytes: [u8; 6] = draw(entropy);
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    ItemId::new(&text).ok()
}

pub(crate) fn actor(entropy: &mut dyn Entropy, device: &DeviceId) -> Actor {
    Actor::of(device, draw(entropy))
}

pub(crate) fn device_id(entropy: &mut dyn Entropy) -> DeviceId {
    DeviceId(draw(entropy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_same_bytes_and_another_seed_others() {
        let draw_one = |seed| draw::<20>(&mut Seeded::new(seed));
        assert_eq!(draw_one(1), draw_one(1));
        assert_ne!(draw_one(1), draw_one(2));
        assert_ne!(draw_one(1), [0; 20]);
    }
}
