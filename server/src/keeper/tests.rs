//! Keeper tests.
