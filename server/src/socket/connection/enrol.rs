//! A new device presents its invitation: looked at by the keeper, unless too many short ones were
//! wrong lately.
//!
//! Never says why an invitation is refused: unknown, used and expired look the same. Never says that
//! it is refused when the server could not look or write.

use std::sync::{MutexGuard, PoisonError};

use liandu_core::protocol::message::{CloseCode, Enrol, Enrolled};
use liandu_core::protocol::session::Input;

use super::{Connection, End, jitter};
use crate::accounts::invitation::{Presented, presented};
use crate::accounts::typed_codes::TypedCodes;
use crate::engine::{ActError, now};
use crate::keeper::Answer;

impl Connection {
    /// Answers `Enrol`.
    pub(super) async fn enrol(&mut self, enrol: Enrol) -> Result<(), End> {
        let handle = self.handle();
        let is_typed = matches!(presented(&enrol.invitation), Presented::Typed(_));
        if is_typed {
            let tried = self.typed_codes().may_try(&self.address, now());
            if let Err(wait_ms) = tried {
                self.tell(Input::EnrolRefused {
                    retry_after_ms: Some(wait_ms),
                });
                return Ok(());
            }
        }
        let (certified, certificate) = std::sync::mpsc::sync_channel(1);
        let ask = move |keeper: &mut crate::engine::LiveKeeper, now| {
            let (ticket, certificate) = keeper.enrol(now, &enrol)?;
            // The receiver lives until the answer came.
            let _ = certified.send(certificate);
            Ok(ticket)
        };
        let answer = handle.stage(ask).await;
        let refused = matches!(answer, Ok(Answer::Failed(ActError::Missing)));
        if is_typed && !refused {
            self.typed_codes().take_back(&self.address);
        }
        let (Ok(Answer::Acted(_)), Ok(certificate)) = (answer, certificate.try_recv()) else {
            self.tell(if refused {
                Input::EnrolRefused {
                    retry_after_ms: None,
                }
            } else {
                // Nothing is wrong with the invitation: it can be used later.
                Input::End {
                    code: CloseCode::Overloaded,
                    retry_after_ms: Some(jitter()),
                }
            });
            return Ok(());
        };
        let person = certificate.person.clone();
        let read = {
            let person = person.clone();
            move |keeper: &crate::engine::LiveKeeper| {
                let name = keeper
                    .directory()
                    .person(&person)
                    .map(|person| person.name.clone());
                (
                    name.unwrap_or_default(),
                    keeper.scopes_of_person(&person).scopes,
                )
            }
        };
        let (name, scopes) = handle.read(read).await?;
        self.tell(Input::Enrolled(Box::new(Enrolled {
            person,
            name,
            scopes,
            server_key: handle.node_public(),
            certificate,
            deployment: handle.deployment(),
        })));
        Ok(())
    }

    fn typed_codes(&self) -> MutexGuard<'_, TypedCodes> {
        let codes = self.sockets.typed_codes.lock();
        codes.unwrap_or_else(PoisonError::into_inner)
    }
}
