//! Entries that only say what happened: who came in, who read or carried something out, what units
//! were told, which laws were published. They change nothing that is derived but lists of themselves.
//!
//! Never asks whether it was allowed: the caller did.

use liandu_core::log::{ContactRead, Exported, LibrarySet, LogEntry, Notified, SignIns};
use liandu_core::time::Timestamp;

use super::ask::{AuthorityAct, OfficeUser};

/// The entry for such an act, none for another one.
pub(super) fn happened_entry(
    time: Timestamp,
    by: &OfficeUser,
    act: AuthorityAct,
) -> Option<LogEntry> {
    let user = by.user.clone();
    Some(match act {
        AuthorityAct::ContactRead { record, purpose } => LogEntry::ContactRead(ContactRead {
            record,
            user,
            session: by.session.clone(),
            purpose,
            time,
        }),
        AuthorityAct::SignIns(rows) => LogEntry::SignIns(SignIns { rows, time }),
        AuthorityAct::Exported {
            what,
            format,
            filter,
            rows,
            as_of,
        } => LogEntry::Exported(Exported {
            user,
            session: by.session.clone(),
            what,
            format,
            filter,
            rows,
            as_of,
            time,
        }),
        AuthorityAct::Library(set) => {
            LogEntry::Library(Box::new(LibrarySet { user, time, ..*set }))
        }
        AuthorityAct::Notified {
            record,
            event,
            unit,
            failure,
        } => LogEntry::Notified(Notified {
            record,
            event,
            unit,
            failure,
            time,
        }),
        AuthorityAct::Groups(_)
        | AuthorityAct::People(_)
        | AuthorityAct::Invite { .. }
        | AuthorityAct::RevokeDevice { .. }
        | AuthorityAct::RevokePerson { .. }
        | AuthorityAct::Account(_)
        | AuthorityAct::Grants { .. }
        | AuthorityAct::Definition(_)
        | AuthorityAct::DispatchFrozen(_)
        | AuthorityAct::Decided(_)
        | AuthorityAct::Move { .. }
        | AuthorityAct::Erase { .. } => return None,
    })
}
