//! Devices whose key is kept outside their engine, by somebody who answers late or not at all.
//!
//! Never asked by a device that has its key itself.

use liandu_core::protocol::envelope::Agreements;
use liandu_core::seal::{SecretKey, ToSign};
use liandu_device::{Engine, Input};
use x25519_dalek::x25519;

use super::world::World;

/// What the keeper of a device's key says about a file for it.
pub(crate) fn agreements(engine: &Engine, keeper: Option<&SecretKey>, file: &[u8]) -> Agreements {
    let agreed = |once| Some((once, x25519(keeper?.agreement(), once)));
    engine
        .once_keys(file)
        .into_iter()
        .filter_map(agreed)
        .collect()
}

impl World {
    /// Now and then a keeper fails.
    pub(crate) fn signed(&mut self, device: usize, start: u64, (id, words): (u64, &ToSign)) {
        let here = &self.devices[device];
        if here.starts != start || here.engine.is_none() {
            return;
        }
        let fails = here.enrolled && !self.calm && self.rng.percent(3);
        let input = match &self.devices[device].keeper {
            Some(key) if !fails => {
                let signature = key.sign(words);
                Input::Signed { id, signature }
            }
            Some(_) | None => Input::NotSigned(id),
        };
        self.tell(device, input);
    }
}
