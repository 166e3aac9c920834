//! What is counted of devices that misbehave, or of who passes for one.
//!
//! Never notes who it was: whatever a stranger says of itself may be another's name.

use std::sync::atomic::Ordering;

use liandu_core::protocol::message::CloseCode;
use liandu_core::protocol::session::Odd;

use super::Connection;

impl Connection {
    /// A message could not be read or came out of turn.
    pub(super) fn noted(&self, odd: Odd) {
        tracing::debug!(?odd, number = self.number, "odd");
        let counts = &self.sockets.handle.shared().misbehaviour;
        counts.oddities.fetch_add(1, Ordering::Relaxed);
    }

    /// The server ends the connection.
    pub(super) fn closing(&self, code: CloseCode) {
        tracing::debug!(?code, number = self.number, "closing");
        if turns_away(code) {
            let counts = &self.sockets.handle.shared().misbehaviour;
            counts.turned_away.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whether that is said to who should not be here, or not so.
fn turns_away(code: CloseCode) -> bool {
    match code {
        CloseCode::BadSignature
        | CloseCode::UnknownDevice
        | CloseCode::ProtocolError
        | CloseCode::TooSlow
        | CloseCode::InvitationRefused => true,
        // An honest device's everyday, or one that hands in what it has.
        CloseCode::Revoked
        | CloseCode::VersionTooOld
        | CloseCode::Overloaded
        | CloseCode::ShuttingDown
        | CloseCode::Superseded
        | CloseCode::Done
        | CloseCode::Newer(_) => false,
    }
}
