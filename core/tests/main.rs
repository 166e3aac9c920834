//! Entry.

