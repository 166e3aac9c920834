//! Who is woken when a scope's feed moves: only the connections that follow it.
//!
//! Never holds what moved: a woken connection reads its feed by position.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use liandu_core::id::ScopeId;
use tokio::sync::Notify;

use crate::keeper::Moved;

type Followers = BTreeMap<u64, Arc<Notify>>;

/// Connections by the scopes they follow.
#[derive(Default)]
pub(crate) struct Wakes(Mutex<BTreeMap<ScopeId, Followers>>);

impl Wakes {
    fn scopes(&self) -> MutexGuard<'_, BTreeMap<ScopeId, Followers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection follows these scopes.
    pub(crate) fn follow(&self, connection: u64, scopes: &[ScopeId], wake: &Arc<Notify>) {
        let mut all = self.scopes();
        for scope in scopes {
            let followers = all.entry(*scope).or_default();
            followers.insert(connection, Arc::clone(wake));
        }
    }

    /// A connection follows these scopes no more.
    pub(crate) fn leave(&self, connection: u64, scopes: &[ScopeId]) {
        let mut all = self.scopes();
        for scope in scopes {
            if let Some(followers) = all.get_mut(scope) {
                followers.remove(&connection);
                if followers.is_empty() {
                    all.remove(scope);
                }
            }
        }
    }

    /// Wakes who follows what moved.
    pub(crate) fn wake(&self, moved: &Moved) {
        let all = self.scopes();
        match moved {
            Moved::Scopes(scopes) => {
                let followers = scopes.iter().filter_map(|scope| all.get(scope));
                followers
                    .flat_map(BTreeMap::values)
                    .for_each(|wake| wake.notify_one());
            }
            Moved::Anything => {
                all.values()
                    .flat_map(BTreeMap::values)
                    .for_each(|wake| wake.notify_one());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_followers_of_the_moved_scope_are_woken() {
        let wakes = Wakes::default();
        let (one, two) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (a, b) = (ScopeId([1; 8]), ScopeId([2; 8]));
        wakes.follow(1, &[a, b], &one);
        wakes.follow(2, &[b], &two);
        wakes.wake(&Moved::Scopes([a].into()));
        one.notified().await;
        let woken = |notify: &Arc<Notify>| {
            let notify = Arc::clone(notify);
            async move {
                tokio::select! {
                    biased;
                    () = notify.notified() => true,
                    () = std::future::ready(()) => false,
                }
            }
        };
        assert!(!woken(&two).await);
        wakes.wake(&Moved::Anything);
        assert!(woken(&one).await && woken(&two).await);
        wakes.leave(2, &[b]);
        wakes.wake(&Moved::Scopes([b].into()));
        assert!(woken(&one).await && !woken(&two).await);
    }
}
