//! Records: automerge documents of some kind, and everything one can do with them.
//!
//! Never judges who may do it (`policy`, `admission`) and never moves bytes.

mod apply;
mod birth;
mod chunk;
mod column;
mod conflict;
mod decided;
pub mod doc;
pub mod edit;
mod fold;
mod graph;
mod judge;
pub mod kind;
pub mod number;
pub mod path;
mod read;
mod schema;
pub mod scope;
pub mod stamp;
mod touch;
pub mod value;
pub mod view;
pub mod visit;

pub use apply::{Author, EditError, Made};
pub use chunk::ChunkError;
pub use doc::{DefinitionRef, Heads, LoadError, RawChange, RecordDoc};

pub(crate) use chunk::{changes_in, load_change as change_of};
pub(crate) use fold::Fold;
pub(crate) use graph::{Clock, Message, Node, Within};
pub(crate) use judge::{decoded, is_text_birth, text_birth_hash};
pub(crate) use touch::{EventBody, Reference, Touch};
