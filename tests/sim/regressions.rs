//! Seeds that once failed, each with what was wrong.
//!
//! Never removed: a seed that passes today guards what it found.
