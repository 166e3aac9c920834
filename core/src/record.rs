//! Records: automerge documents of some kind, and everything one can do with them.
//!
//! Never judges who may do it (`policy`, `admission`) and never moves bytes.

pub mod edit;
pub mod kind;
pub mod path;
pub mod scope;
pub mod value;
