//! Whether anything is still on its way.
//!
//! Never changes the world.

use liandu_core::protocol::client::{Status as Link, Stop};

use super::World;
use crate::device::Device;

impl World {
    /// Who is not at rest, for the trace.
    pub(crate) fn unrest(&self) -> String {
        let device = |device: &Device| {
            let Some(engine) = &device.engine else {
                return format!("{} is off", device.name);
            };
            format!(
                "{}: quiet {} {:?}; ",
                device.name,
                engine.is_quiet(),
                engine.status()
            )
        };
        self.devices.iter().map(device).collect()
    }

    /// Whether a copy of its folder has taken a device's place at the server.
    pub(crate) fn has_given_way(&self, device: &Device) -> bool {
        let link = |device: &Device| device.engine.as_ref()?.status().connection;
        let id = |device: &Device| device.engine.as_ref()?.device();
        let mut copies = self
            .devices
            .iter()
            .filter(|other| other.name != device.name && id(other) == id(device));
        link(device) != Some(Link::InSync) && copies.any(|copy| link(copy) == Some(Link::InSync))
    }

    /// Whether everybody has everything and nothing is on its way.
    pub(crate) fn is_quiet(&self) -> bool {
        let in_sync = |device: &Device| {
            let Some(engine) = &device.engine else {
                return false;
            };
            let overview = engine.status();
            let link = overview.connection;
            let revoked = matches!(link, Some(Link::Stopped(Stop::Revoked)));
            let sent = overview.on_device + overview.sent == 0;
            let synced = link == Some(Link::InSync) || revoked || self.has_given_way(device);
            engine.is_quiet() && sent && synced
        };
        self.queue.is_empty() && self.server.asks.is_empty() && self.devices.iter().all(in_sync)
    }
}
