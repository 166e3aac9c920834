//! Copying a journal for a backup while it is being written.
//!
//! Never copies what is not durable, and never what damage left beside.

use std::io;

use super::format::{ENTRY_HEADER_BYTES, SEGMENT_HEADER_BYTES};
use super::{Disk, Journal, Position};

/// A file to copy and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// File name, the same in the copy.
    pub name: String,
    /// Bytes from its beginning.
    pub bytes: u64,
}

/// Why a copy is not complete. Remove it and begin again.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The position is beyond the durable end.
    #[error("position {0} is not durable yet")]
    NotDurable(Position),
    /// The destination holds files already.
    #[error("the destination is not empty")]
    NotEmpty,
    /// Reading or writing failed.
    #[error("cannot copy {name}")]
    Disk {
        /// File name.
        name: String,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
}

/// Bytes copied at once.
const CHUNK_BYTES: u64 = 4 << 20;

impl<D: Disk> Journal<D> {
    /// Copies everything up to `up_to` into an empty folder, durably. The copy opens as a journal
    /// whose last position is `up_to`.
    pub fn copy_to<T: Disk>(&self, to: &mut T, up_to: Position) -> Result<(), CopyError> {
        copy_pieces(&self.disk, to, &self.pieces(up_to)?)
    }

    /// What `copy_to` would copy, so that another thread can do it with its own handle on the
    /// files while this journal goes on.
    pub fn pieces(&self, up_to: Position) -> Result<Vec<Piece>, CopyError> {
        if up_to.0 > self.last {
            return Err(CopyError::NotDurable(up_to));
        }
        let mut pieces = Vec::new();
        let wanted = self
            .segments
            .iter()
            .filter(|segment| segment.first <= up_to.0);
        for segment in wanted {
            pieces.push(Piece {
                name: segment.name(),
                bytes: segment.end,
            });
        }
        let next = up_to.next();
        if let Some(piece) = pieces.last_mut()
            && let Some((pointer, header)) = self.header_at(up_to)
            && self
                .pointer_at(next)
                .is_some_and(|other| other.segment == pointer.segment)
        {
            let frame = ENTRY_HEADER_BYTES.saturating_add(u64::from(header.length));
            piece.bytes = pointer
                .offset
                .saturating_add(frame)
                .max(SEGMENT_HEADER_BYTES);
        }
        Ok(pieces)
    }
}

/// Copies `pieces` into an empty folder, durably.
pub fn copy_pieces<F: Disk, T: Disk>(
    from: &F,
    to: &mut T,
    pieces: &[Piece],
) -> Result<(), CopyError> {
    let on = |name: &str| {
        let name = name.to_owned();
        move |source| CopyError::Disk { name, source }
    };
    if !to.list().map_err(on("."))?.is_empty() {
        return Err(CopyError::NotEmpty);
    }
    let mut buffer = Vec::new();
    for Piece { name, bytes } in pieces {
        to.create(name, &[]).map_err(on(name))?;
        let mut offset = 0;
        while offset < *bytes {
            let take = bytes.saturating_sub(offset).min(CHUNK_BYTES);
            buffer.resize(usize::try_from(take).unwrap_or(0), 0);
            from.read_at(name, offset, &mut buffer).map_err(on(name))?;
            to.write_at(name, offset, &buffer).map_err(on(name))?;
            offset = offset.saturating_add(take);
        }
        to.sync(name).map_err(on(name))?;
    }
    to.sync_folder().map_err(on("."))
}
