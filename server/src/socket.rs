//! Devices' WebSockets: `/sync`. Frames in and out; what they mean is core's session's business.
//!
//! Never queues for a slow device: a connection holds a cursor and reads its feed when it may
//! send. One broken connection never touches another.

mod connection;
mod pack;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use liandu_core::id::DeviceId;
use liandu_core::limits::{CONNECTIONS_MAX, FRAME_BYTES_MAX, NUMBERS_TOLD_AT_ONCE};
use liandu_core::protocol::session::Opened;
use tokio::sync::{Notify, Semaphore, watch};

use crate::accounts::typed_codes::TypedCodes;
use crate::api::CameFrom;
use crate::engine::{Handle, now};
use crate::seen::Sighting;
use crate::tables::follow::Progress;
use crate::tables::query::Readers;

/// Read buffer of a connection, bytes: an idle one should cost little.
const READ_BUFFER_BYTES: usize = 2 << 10;

/// All open connections.
#[derive(Clone)]
pub struct Sockets {
    handle: Handle,
    devices: Arc<Mutex<Newest>>,
    /// What knows the numbers of problems; none: nobody is told any.
    tables: Option<Tables>,
    /// How many devices are told numbers at a time: offices read the same tables.
    telling: Arc<Semaphore>,
    typed_codes: Arc<Mutex<TypedCodes>>,
    /// Proxies whose word about an address counts.
    proxies: Arc<[IpAddr]>,
}

impl AsRef<[IpAddr]> for Sockets {
    fn as_ref(&self) -> &[IpAddr] {
        &self.proxies
    }
}

/// The office's tables and how far they are.
pub type Tables = (Arc<Readers>, watch::Receiver<Progress>);

/// Number of each device's newest connection, and how to tell it that another took over.
type Newest = BTreeMap<DeviceId, (u64, Arc<Notify>)>;

impl Sockets {
    /// None yet.
    pub fn new(handle: Handle, tables: Option<Tables>, proxies: &[IpAddr]) -> Sockets {
        Sockets {
            handle,
            devices: Arc::default(),
            tables,
            telling: Arc::new(Semaphore::new(NUMBERS_TOLD_AT_ONCE)),
            typed_codes: Arc::default(),
            proxies: proxies.into(),
        }
    }

    /// The route `/sync`.
    pub fn router(self) -> Router {
        Router::new().route("/sync", get(upgrade)).with_state(self)
    }

    /// A device's newest connection takes over; the one before is told.
    fn take_over(&self, device: DeviceId, number: u64, told: Arc<Notify>) {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, other)) = devices.insert(device, (number, told))
            && before != number
        {
            other.notify_one();
        }
    }

    /// Notes for the office that a device is here, and what it said of itself.
    fn came(&self, opened: &Opened) {
        let now = now();
        let sighting = Sighting {
            time: now,
            app: opened.app.clone(),
            unsent: opened.unsent,
            clock_ahead_ms: opened.device_time.0.saturating_sub(now.0),
        };
        let (handle, device) = (self.handle.clone(), opened.device);
        tokio::task::spawn_blocking(move || handle.shared().seen.came(&device, &sighting));
    }

    fn leave(&self, device: DeviceId, number: u64) {
        let handle = self.handle.clone();
        tokio::task::spawn_blocking(move || handle.shared().seen.left(&device, now()));
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if devices
            .get(&device)
            .is_some_and(|(newest, _)| *newest == number)
        {
            devices.remove(&device);
        }
    }
}

async fn upgrade(
    State(sockets): State<Sockets>,
    CameFrom(address): CameFrom,
    upgrade: WebSocketUpgrade,
) -> Response {
    let open = &sockets.handle.shared().connections;
    if sockets.handle.is_stopping() || open.load(Ordering::Relaxed) >= CONNECTIONS_MAX {
        let retry = [("retry-after", "30")];
        return (StatusCode::SERVICE_UNAVAILABLE, retry, "busy").into_response();
    }
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .on_upgrade(move |socket| connection::serve(socket, address, sockets))
}
