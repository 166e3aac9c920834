//! What a device carries to the office for others.
//!
//! Never keeps the device waiting for its own things: one part at a time, and "later" when the
//! server has too much to do.

use liandu_core::protocol::message::{Carried, Carry, Outcome};
use liandu_core::protocol::session::Input;

use tokio::sync::oneshot;

use super::{Connection, End};
use crate::engine::{ActError, LiveKeeper};
use crate::keeper::{Answer, Whole};

impl Connection {
    /// Opens a part, admits what is inside and tells the device what became of it.
    pub(super) async fn deliver(&mut self, carry: Carry) -> Result<(), End> {
        let handle = self.handle();
        let number = carry.number;
        let without_receipts = |outcome| Carried {
            number,
            outcome,
            receipts: Vec::new(),
        };
        // The keeper says it before the answer is durable.
        let (say, said) = oneshot::channel();
        let push = move |keeper: &mut LiveKeeper, now| match keeper.deliver(
            now,
            &carry.cover,
            &carry.part,
        ) {
            Ok((ticket, whole)) => {
                say.send(whole).ok();
                Ok(ticket)
            }
            Err(error) => {
                tracing::debug!(%error, "a carried part cannot be opened");
                Err(match error.may_be_newer() {
                    true => ActError::Failed,
                    false => ActError::Missing,
                })
            }
        };
        let carried = match handle.try_stage(push).await {
            Answer::Pushed(pushed) => {
                handle.shared().seen.arrived(&pushed.arrived);
                let whole = said.await.unwrap_or(Whole::No);
                let sign = move |keeper: &LiveKeeper| keeper.delivered(number, &pushed, whole);
                handle.read(sign).await?
            }
            Answer::Failed(ActError::Missing) => without_receipts(Outcome::Unreadable),
            Answer::Failed(_) | Answer::Edited(_) | Answer::Acted(_) | Answer::Answered(_) => {
                without_receipts(Outcome::Later)
            }
        };
        self.tell(Input::Delivered(carried));
        Ok(())
    }
}
