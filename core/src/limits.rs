//! Every maximum of the system in one place, units last in names.
//!
//! Never decides what happens at a limit: the code that checks it does, and tests it at the limit
//! and one above.

/// One WebSocket frame either way, bytes.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// A frame's body after inflating, bytes.
pub const FRAME_INFLATED_BYTES_MAX: usize = 8 << 20;
/// One automerge change as it travels, bytes.
pub const CHANGE_BYTES_MAX: usize = 256 << 10;
/// Operations in one change.
pub const CHANGE_OPS_MAX: usize = 20_000;
/// Ancestors one change may name.
pub const CHANGE_DEPS_MAX: usize = 64;
/// One record's changes or document chunk, inflated, bytes.
pub const RECORD_BYTES_MAX: usize = 16 << 20;
/// Changes in one record.
pub const RECORD_CHANGES_MAX: usize = 100_000;
/// How far a change's first operation number may lie above the record's highest.
pub const START_OP_GAP_MAX: u64 = 1_000_000;
/// Highest operation number in a record (automerge narrows to 32 bits in places).
pub const OP_COUNTER_MAX: u64 = 1 << 30;
/// One scalar value, bytes.
pub const VALUE_BYTES_MAX: usize = 16 << 10;
/// Writes in one edit.
pub const EDIT_WRITES_MAX: usize = 500;
/// Characters put into a text by one edit.
pub const TEXT_INSERT_CHARS_MAX: usize = 20_000;
/// Splices in one text edit.
pub const TEXT_SPLICES_MAX: usize = 2_000;
/// Changes of one batch that may wait for an ancestor.
pub const ORPHANS_MAX: usize = 1_000;
/// Records in one push.
pub const PUSH_RECORDS_MAX: usize = 256;
/// Changes in one push.
pub const PUSH_CHANGES_MAX: usize = 20_000;
/// Scopes one device may follow.
pub const SCOPES_MAX: usize = 256;
