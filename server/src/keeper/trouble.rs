//! What can go wrong inside the keeper, and what it means for whoever asked.
//!
//! Never reaches a device as it is: it gets "try again" or a verdict.

use liandu_core::log::NotAnEntry;
use liandu_core::record::LoadError;

use super::ask::ActError;
use crate::index::IndexError;
use crate::journal::{AppendError, ReadError};

/// Why a request could not be carried out; nothing of it was answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The index must be rebuilt.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// An entry cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The log does not take more.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A stored record does not load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A stored entry is not one.
    #[error(transparent)]
    Entry(#[from] NotAnEntry),
    /// The log is closed after a failed commit.
    #[error("the log is closed")]
    Closed,
    /// A call into foreign bytes panicked.
    #[error("a document could not be handled")]
    Panicked,
}

impl Trouble {
    /// Whether the same may go well once disk and index are mended.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Trouble::Index(_)
            | Trouble::Read(_)
            | Trouble::Closed
            | Trouble::Append(
                AppendError::GroupFull
                | AppendError::DiskNearlyFull { .. }
                | AppendError::Disk(_)
                | AppendError::Poisoned,
            ) => true,
            Trouble::Append(AppendError::TooLarge { .. })
            | Trouble::Load(_)
            | Trouble::Entry(_)
            | Trouble::Panicked => false,
        }
    }

    /// What to tell whoever asked.
    pub(super) fn answer(&self) -> ActError {
        match self {
            Trouble::Append(AppendError::DiskNearlyFull { .. } | AppendError::Disk(_)) => {
                ActError::Busy { retry_s: 60 }
            }
            Trouble::Append(
                AppendError::TooLarge { .. } | AppendError::GroupFull | AppendError::Poisoned,
            )
            | Trouble::Index(_)
            | Trouble::Read(_)
            | Trouble::Load(_)
            | Trouble::Entry(_)
            | Trouble::Panicked
            | Trouble::Closed => ActError::Failed,
        }
    }
}
