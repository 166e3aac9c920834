//! The server's index as a disk would keep it: rows in memory, of which a crash leaves what was
//! written back and some whole batches after it.
//!
//! Never leaves half a batch: that is what the real engine promises too.

use std::sync::{Arc, Mutex, MutexGuard};

use liandu_server::index::memory::MemoryIndex;
use liandu_server::index::{Batch, Index, IndexError, Row};

use super::rng::Rng;

/// A handle on the index; clones are handles on the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SimIndex(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    live: MemoryIndex,
    durable: MemoryIndex,
    since: Vec<Batch>,
}

impl SimIndex {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The process dies: some batches that were not written back are gone.
    pub(crate) fn crash(&self, rng: &mut Rng) {
        let state = &mut *self.state();
        let kept = rng.below(state.since.len() + 1);
        for batch in std::mem::take(&mut state.since).iter().take(kept) {
            state.durable.apply(batch).unwrap();
        }
        state.live = state.durable.clone();
    }

    pub(crate) fn rows(&self) -> MemoryIndex {
        self.state().live.clone()
    }

    /// A row is not what it was: somebody wrote into the file.
    pub(crate) fn damage(&self, rng: &mut Rng) {
        let state = &mut *self.state();
        let rows: Vec<(Vec<u8>, Vec<u8>)> = state
            .live
            .rows()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if let Some((key, mut value)) = rng.pick(&rows).cloned() {
            value.clear();
            state
                .live
                .apply(&[(key, Some(value))].into_iter().collect())
                .unwrap();
        }
    }
}

impl Index for SimIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.state().live.get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], rows_max: usize) -> Result<Vec<Row>, IndexError> {
        self.state().live.scan(prefix, from, rows_max)
    }

    fn apply(&mut self, batch: &Batch) -> Result<(), IndexError> {
        let mut state = self.state();
        state.since.push(batch.clone());
        state.live.apply(batch)
    }

    fn flush(&mut self) -> Result<(), IndexError> {
        let state = &mut *self.state();
        state.since.clear();
        state.durable = state.live.clone();
        Ok(())
    }

    fn clear(&mut self) -> Result<(), IndexError> {
        *self.state() = State::default();
        Ok(())
    }

    fn bytes(&self) -> u64 {
        0
    }
}
