//! Documents in memory, bounded in bytes; the least recently used go first.
//!
//! Never drops a document that an unfinished commit has changed: only memory has that state.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::id::RecordId;
use liandu_core::record::RecordDoc;

struct Cached {
    doc: RecordDoc,
    bytes: usize,
    used: u64,
}

/// The cache.
pub(super) struct Cache {
    bytes_max: usize,
    bytes: usize,
    clock: u64,
    documents: BTreeMap<RecordId, Cached>,
    by_use: BTreeMap<u64, RecordId>,
    changed: BTreeSet<RecordId>,
}

impl Cache {
    pub(super) fn new(bytes_max: usize) -> Cache {
        Cache {
            bytes_max,
            bytes: 0,
            clock: 0,
            documents: BTreeMap::new(),
            by_use: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }

    /// Takes a document out; the caller puts it back.
    pub(super) fn take(&mut self, record: &RecordId) -> Option<RecordDoc> {
        let cached = self.documents.remove(record)?;
        self.by_use.remove(&cached.used);
        self.bytes = self.bytes.saturating_sub(cached.bytes);
        Some(cached.doc)
    }

    /// Keeps a document; `changed` when the unfinished commit changed it.
    pub(super) fn put(&mut self, doc: RecordDoc, changed: bool) {
        let record = doc.id();
        self.take(&record);
        self.clock += 1;
        let bytes = doc.bytes_estimate();
        self.bytes = self.bytes.saturating_add(bytes);
        self.by_use.insert(self.clock, record);
        self.documents.insert(
            record,
            Cached {
                doc,
                bytes,
                used: self.clock,
            },
        );
        if changed {
            self.changed.insert(record);
        }
        self.shrink();
    }

    /// Forgets a document.
    pub(super) fn forget(&mut self, record: &RecordId) {
        self.take(record);
        self.changed.remove(record);
    }

    /// The commit is done.
    pub(super) fn committed(&mut self) {
        self.changed.clear();
        self.shrink();
    }

    /// The commit failed: what it changed is not true.
    pub(super) fn failed(&mut self) {
        for record in std::mem::take(&mut self.changed) {
            self.take(&record);
        }
    }

    /// Whether the unfinished commit changed it.
    pub(super) fn is_changed(&self, record: &RecordId) -> bool {
        self.changed.contains(record)
    }

    pub(super) fn len(&self) -> usize {
        self.documents.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn shrink(&mut self) {
        while self.bytes > self.bytes_max {
            let unchanged = |(_, record): &(&u64, &RecordId)| !self.changed.contains(*record);
            let Some(oldest) = self
                .by_use
                .iter()
                .find(unchanged)
                .map(|(_, record)| *record)
            else {
                return;
            };
            self.take(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandu_core::record::kind::Kind;

    fn doc(id: u8) -> RecordDoc {
        RecordDoc::birth(RecordId([id; 16]), Kind::Problem).unwrap()
    }

    #[test]
    fn least_recently_used_go_first_and_changed_ones_stay() {
        let one = doc(1).bytes_estimate();
        let mut cache = Cache::new(one * 2);
        cache.put(doc(1), true);
        cache.put(doc(2), false);
        cache.put(doc(3), false);
        assert!(cache.take(&RecordId([2; 16])).is_none(), "oldest unchanged");
        cache.committed();
        cache.put(doc(4), false);
        assert!(cache.take(&RecordId([1; 16])).is_none());
        assert_eq!(cache.len(), 2);
        assert_eq!(cache.bytes(), one * 2);
    }

    #[test]
    fn failed_commit_forgets_what_it_changed() {
        let mut cache = Cache::new(usize::MAX);
        cache.put(doc(1), true);
        cache.put(doc(2), false);
        cache.failed();
        assert!(cache.take(&RecordId([1; 16])).is_none());
        assert!(cache.take(&RecordId([2; 16])).is_some());
        assert_eq!(cache.bytes(), 0);
    }
}
