//! The documents in use, bounded in bytes: the least recently used go first.
//!
//! Never the only copy: every document can be built again from its layers.

use std::collections::BTreeMap;

use liandu_core::id::RecordId;
use liandu_core::record::RecordDoc;

/// Documents kept ready, by record.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    docs: BTreeMap<RecordId, (RecordDoc, u64)>,
    bytes: usize,
    bytes_max: usize,
    turn: u64,
}

impl Cache {
    pub(crate) fn new(bytes_max: usize) -> Cache {
        Cache {
            docs: BTreeMap::new(),
            bytes: 0,
            bytes_max,
            turn: 0,
        }
    }

    pub(crate) fn get(&mut self, id: &RecordId) -> Option<&RecordDoc> {
        self.turn += 1;
        let (doc, used) = self.docs.get_mut(id)?;
        *used = self.turn;
        Some(doc)
    }

    /// Takes a document out, to be changed and put back.
    pub(crate) fn take(&mut self, id: &RecordId) -> Option<RecordDoc> {
        let (doc, _) = self.docs.remove(id)?;
        self.bytes = self.bytes.saturating_sub(doc.bytes_estimate());
        Some(doc)
    }

    pub(crate) fn put(&mut self, id: RecordId, doc: RecordDoc) {
        self.take(&id);
        self.turn += 1;
        self.bytes += doc.bytes_estimate();
        self.docs.insert(id, (doc, self.turn));
        while self.bytes > self.bytes_max && self.docs.len() > 1 {
            let oldest = self
                .docs
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(id, _)| *id);
            let Some(oldest) = oldest else { return };
            self.take(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandu_core::record::kind::Kind;

    #[test]
    fn least_recently_used_document_goes_first_and_one_always_stays() {
        let doc = |n: u8| RecordDoc::birth(RecordId([n; 16]), Kind::Problem).unwrap();
        let one = doc(1).bytes_estimate();
        let mut cache = Cache::new(one * 2 + one / 2);
        for n in 1..=2 {
            cache.put(RecordId([n; 16]), doc(n));
        }
        assert!(cache.get(&RecordId([1; 16])).is_some());
        cache.put(RecordId([3; 16]), doc(3));
        assert!(cache.get(&RecordId([2; 16])).is_none());
        assert!(cache.get(&RecordId([1; 16])).is_some());
        let mut tiny = Cache::new(1);
        tiny.put(RecordId([1; 16]), doc(1));
        assert!(tiny.get(&RecordId([1; 16])).is_some());
    }
}
