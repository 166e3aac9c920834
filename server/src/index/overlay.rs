//! Rows of the unfinished commit over the index below: what is staged is seen by admission at
//! once and reaches the index only when the log has it.
//!
//! Never writes below before `commit`.

use super::{Batch, Index, IndexError, Row};

/// An index with staged rows over it.
pub struct Overlay<I: Index> {
    below: I,
    staged: Batch,
}

impl<I: Index> Overlay<I> {
    /// Nothing staged.
    pub fn new(below: I) -> Overlay<I> {
        Overlay {
            below,
            staged: Batch::new(),
        }
    }

    /// Stages rows.
    pub fn stage(&mut self, rows: Batch) {
        self.staged.extend(rows);
    }

    /// Stages rows again with other values; rows that are no longer staged as present stay away.
    pub fn restage(&mut self, rows: Batch) {
        for (key, row) in rows {
            if let Some(staged @ Some(_)) = self.staged.get_mut(&key) {
                *staged = row;
            }
        }
    }

    /// Keys of the staged rows that begin with `prefix` and are put.
    pub fn staged_keys(&self, prefix: &[u8]) -> impl Iterator<Item = &Vec<u8>> {
        let from = self.staged.range(prefix.to_vec()..);
        let prefix = prefix.to_vec();
        from.take_while(move |(key, _)| key.starts_with(&prefix))
            .filter_map(|(key, row)| row.is_some().then_some(key))
    }

    /// Forgets what is staged.
    pub fn drop_staged(&mut self) {
        self.staged.clear();
    }

    /// Writes what is staged as one batch. On an error it is still staged.
    pub fn commit(&mut self) -> Result<(), IndexError> {
        if !self.staged.is_empty() {
            self.below.apply(&self.staged)?;
            self.staged.clear();
        }
        Ok(())
    }

    /// The index below.
    pub fn below(&self) -> &I {
        &self.below
    }

    /// The index below, to flush or clear it.
    pub fn below_mut(&mut self) -> &mut I {
        &mut self.below
    }

    /// The index below; what is staged is forgotten.
    pub fn into_below(self) -> I {
        self.below
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        match self.staged.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.below.get(key),
        }
    }

    /// As `Index::scan`, staged rows included.
    pub fn scan(
        &self,
        prefix: &[u8],
        from: &[u8],
        rows_max: usize,
    ) -> Result<Vec<Row>, IndexError> {
        let start = from.max(prefix).to_vec();
        let mut staged = self
            .staged
            .range(start.clone()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .peekable();
        if staged.peek().is_none() {
            return self.below.scan(prefix, from, rows_max);
        }
        // Each staged row hides at most one row below.
        let hidden = self.staged.len();
        let below = self
            .below
            .scan(prefix, &start, rows_max.saturating_add(hidden))?;
        let mut below = below.into_iter().peekable();
        let mut rows = Vec::new();
        while rows.len() < rows_max {
            let staged_first = match (staged.peek(), below.peek()) {
                (Some((key, _)), Some((under, _))) => {
                    if *key == under {
                        below.next();
                        continue;
                    }
                    *key < under
                }
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            if staged_first {
                if let Some((key, Some(value))) = staged.next() {
                    rows.push((key.clone(), value.clone()));
                }
            } else {
                rows.extend(below.next());
            }
        }
        Ok(rows)
    }
}
