//! Facts of definitions.
