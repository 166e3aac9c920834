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
/// Rows in one column of a change: operations, or values that they supersede.
pub const CHANGE_ROWS_MAX: u64 = 4 * CHANGE_OPS_MAX as u64;
/// Ancestors one change may name.
pub const CHANGE_DEPS_MAX: usize = 64;
/// One record's changes or document chunk, inflated, bytes.
pub const RECORD_BYTES_MAX: usize = 16 << 20;
/// Rows in one column of a record's document chunk.
pub const RECORD_ROWS_MAX: u64 = RECORD_BYTES_MAX as u64;
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
/// Ancestors looked at to find what the seals of one record's push cover; what lies beyond is not
/// covered until it is sent again in smaller batches.
pub const SEAL_STEPS_MAX: usize = 1_000_000;
/// Records in one push.
pub const PUSH_RECORDS_MAX: usize = 256;
/// Changes in one push.
pub const PUSH_CHANGES_MAX: usize = 20_000;
/// Scopes one device may follow.
pub const SCOPES_MAX: usize = 256;
/// Scopes of a subtree looked at to say how many a device cannot follow.
pub const SCOPES_COUNTED_MAX: usize = 65_536;

/// Most of the office tables' file that readers see as memory, bytes.
pub const TABLES_MAPPED_BYTES_MAX: u64 = 4 << 30;
/// Records up to which the office tables are kept in memory as well (about 140 bytes each); beyond,
/// SQL counts alone.
pub const COLUMNS_RECORDS_MAX: usize = 2_000_000;
/// Different words of one column that are kept in memory.
pub const COLUMNS_WORDS_MAX: usize = 250_000;
/// Commits of the office tables whose columns are kept for readers that have just begun.
pub const COLUMNS_KEPT_MAX: usize = 4;
/// Longest value that the office tables keep for filters and counts, bytes.
pub const FACET_BYTES_MAX: usize = 200;
/// Longest heading of a record, characters.
pub const TITLE_CHARS_MAX: usize = 120;
/// Records on one page of the office API.
pub const PAGE_RECORDS_MAX: usize = 500;
/// Plans on one page of the office API: each is a record that is opened.
pub const PAGE_PLANS_MAX: usize = 50;
/// Records on one page when the request does not say.
pub const PAGE_RECORDS_DEFAULT: usize = 50;
/// Problems looked at in one question for possible duplicates.
pub const ALIKE_LOOKED_MAX: usize = 500;
/// Pairs of possible duplicates in one answer, give or take those of the last problem.
pub const ALIKE_PAIRS_MAX: usize = 50;
/// Possible duplicates of one problem.
pub const ALIKE_OF_ONE_MAX: usize = 20;
/// Groups of one count; the rest is answered as one number.
pub const COUNT_GROUPS_MAX: usize = 2_000;
/// Conditions in one query of the office API.
pub const FILTER_CONDITIONS_MAX: usize = 64;
/// One value in a query of the office API, bytes.
pub const FILTER_VALUE_BYTES_MAX: usize = 400;
/// Columns of an export beside the fixed ones.
pub const EXPORT_FIELDS_MAX: usize = 300;
/// Body of a request to the office API, bytes.
pub const API_BODY_BYTES_MAX: usize = 1 << 20;
/// How long a request to the office API may take, exports excepted, milliseconds.
pub const API_REQUEST_MS_MAX: u64 = 30_000;
/// How long a request waits for the tables to reach a position, milliseconds.
pub const AT_LEAST_WAIT_MS_MAX: u64 = 10_000;
/// Connections that read the tables at the same time.
pub const TABLE_READERS_MAX: usize = 4;
/// Log entries projected into the tables by one transaction.
pub const PROJECT_ENTRIES_MAX: usize = 2_000;
/// Records projected by one transaction of a rebuild.
pub const REBUILD_RECORDS_MAX: usize = 2_000;
/// Password of an office user, bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Password of an office user, characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// An office session ends this long after sign-in, milliseconds.
pub const SESSION_MS_MAX: u64 = 12 * 3_600_000;
/// An office session ends after this long without a request, milliseconds.
pub const SESSION_IDLE_MS_MAX: u64 = 2 * 3_600_000;
/// Office sessions alive at the same time.
pub const SESSIONS_MAX: usize = 20_000;
/// TLS handshakes on their way at the same time; then the oldest makes room.
pub const HANDSHAKES_MAX: usize = 4_096;
/// One TLS handshake.
pub const HANDSHAKE_MS_MAX: u64 = 10_000;
/// Users and addresses whose failed sign-ins are remembered.
pub const THROTTLED_MAX: usize = 20_000;
/// Typed invitation codes that may be wrong within [`TYPED_CODES_MS`], from one address: a county
/// in training may stand behind one. Who has the whole code, in a picture or an address, never waits.
pub const TYPED_CODES_OF_ADDRESS_MAX: usize = 20;
/// ... from all addresses, beside the first ones of each.
pub const TYPED_CODES_MAX: usize = 240;
/// The first ones of an address that do not wait for others.
pub const TYPED_CODES_OF_ADDRESS_FREE: usize = 3;
/// ... in all. At this rate, for all hours that typed letters are good, somebody who commands
/// thousands of addresses meets one of five hundred open codes, of 40 bits each, in 2 of 10,000 such
/// attacks; who commands few, in 8 of a million.
pub const TYPED_CODES_HARD_MAX: usize = 5_000;
/// How long a wrong one counts, milliseconds.
pub const TYPED_CODES_MS: u64 = 3_600_000;
/// How long the letters that may be typed alone are good, milliseconds; the whole code as long as
/// the office said.
pub const TYPED_LETTERS_MS_MAX: i64 = 72 * 3_600_000;
/// New phones that wait for an office at the same time.
pub const NEW_PHONES_MAX: usize = 1_000;
/// ... of one person.
pub const NEW_PHONES_OF_PERSON_MAX: usize = 3;
/// How long a new phone may wait, milliseconds.
pub const NEW_PHONE_MS_MAX: i64 = 30 * 60_000;
/// Sign-ins that may check a password at the same time (each takes memory).
pub const SIGN_INS_AT_ONCE_MAX: usize = 2;
/// A frame before the device is known, bytes.
pub const HELLO_BYTES_MAX: usize = 16 << 10;
/// Records in one feed frame.
pub const FEED_UPDATES_MAX: usize = 4_096;
/// Feed frames the server sends before the first is acknowledged.
pub const FEED_WINDOW_FRAMES: u32 = 8;
/// Push frames a device sends before the first is answered: one being admitted, one waiting.
pub const PUSH_WINDOW_FRAMES: usize = 2;
/// Heads one record may have in a repair.
pub const RECORD_HEADS_MAX: usize = 1_024;
/// Records in one page of heads.
pub const HEADS_RECORDS_MAX: usize = 1_000;
/// Seals of one record in one frame.
pub const RECORD_SEALS_MAX: usize = 1_024;
/// Stamps of one record in one frame.
pub const RECORD_STAMPS_MAX: usize = 20_000;
/// Campaign definition versions named in one message.
pub const DEFINITIONS_MAX: usize = 256;
/// Signed authority statements in one frame.
pub const STATEMENTS_MAX: usize = 4_096;
/// One signed authority statement, bytes.
pub const STATEMENT_BYTES_MAX: usize = 64 << 10;
/// Protocol versions offered in a challenge.
pub const VERSIONS_MAX: usize = 16;
/// Short texts of the protocol (app version, device label, reasons), bytes.
pub const LABEL_BYTES_MAX: usize = 1_000;
/// Between a connection's opening and its hello, ms.
pub const HANDSHAKE_MS: i64 = 15_000;
/// Longest a device waits for an answer before it takes the connection for dead, ms.
pub const ANSWER_MS: i64 = 30_000;
/// First wait before connecting again, ms.
pub const BACKOFF_FIRST_MS: u64 = 1_000;
/// Longest wait before connecting again, ms.
pub const BACKOFF_MS_MAX: u64 = 300_000;
/// Frames that cannot be read before a connection is closed.
pub const STRIKES_MAX: u32 = 3;
/// One feed page asked of the keeper, bytes before deflating.
pub const FEED_PAGE_BYTES_MAX: usize = 2 << 20;
/// One bundle, bytes.
pub const BUNDLE_BYTES_MAX: usize = 256 << 20;
/// A bundle file that an office takes in, bytes: as much as a phone carries there.
pub const BUNDLE_TAKEN_BYTES_MAX: usize = DEVICE_ENVELOPES_BYTES_MAX;
/// Bundle files that are looked through or taken in at the same time; others wait their turn.
pub const BUNDLES_TAKEN_AT_ONCE_MAX: usize = 1;
/// Parts of one bundle.
pub const BUNDLE_PARTS_MAX: usize = 65_536;
/// Parts of one envelope: its bundles, once for each key.
pub const ENVELOPE_PARTS_MAX: usize = 4_096;
/// One bundle in an envelope, bytes: with its cover it travels in one frame.
pub const ENVELOPE_PART_BYTES_MAX: usize = FRAME_BYTES_MAX - 2_048;
/// What stands on an envelope, bytes.
pub const ENVELOPE_COVER_BYTES_MAX: usize = 512;
/// The one-time key of one part of an envelope, bytes: more than any algorithm has today.
pub const ENVELOPE_ONCE_BYTES_MAX: usize = 256;
/// Sheets of receipts in one answer about what was carried.
pub const CARRIED_SHEETS_MAX: usize = 16;
/// Devices of one person that a bundle is closed to; the newest ones.
pub const COLLEAGUE_DEVICES_MAX: usize = 8;
/// Parts of envelopes that a device carries to the office.
pub const DEVICE_ENVELOPES_MAX: usize = 256;
/// All of them together, bytes.
pub const DEVICE_ENVELOPES_BYTES_MAX: usize = 32 << 20;
/// One entry of the journal, bytes.
pub const JOURNAL_ENTRY_BYTES_MAX: usize = 64 << 20;
/// Everything one commit of the journal writes, bytes.
pub const JOURNAL_GROUP_BYTES_MAX: u64 = 256 << 20;
/// A journal segment at least this long is followed by another, bytes.
pub const JOURNAL_SEGMENT_BYTES: u64 = 64 << 20;
/// Left free on the journal's disk: receipts stop before it is full, bytes.
pub const DISK_RESERVE_BYTES: u64 = 256 << 20;
/// Documents that a device keeps ready, bytes.
pub const DEVICE_DOCUMENTS_BYTES_MAX: usize = 64 << 20;
/// Admitted parts of one record on a device before they are packed into one document.
pub const DEVICE_PARTS_MAX: usize = 16;
/// Sheets of receipts that a device carries for others.
pub const DEVICE_SHEETS_MAX: usize = 256;
/// About how many people's devices keep the signed statement of a definition, in an installation
/// with more.
pub const DEFINITION_KEEPERS: u64 = 64;
/// What an office tells the author of a quarantined edit, bytes.
pub const ANSWER_BYTES_MAX: usize = 2_000;
/// Office answers sent on one connection; what is left comes on the next.
pub const ANSWERS_MAX: usize = 256;
/// Device connections of one server.
pub const CONNECTIONS_MAX: u64 = 60_000;
/// Sign-in name of an office user, bytes.
pub const USER_BYTES_MAX: usize = 100;
/// Exports of the office API at the same time.
pub const EXPORTS_AT_ONCE_MAX: usize = 4;
/// How long an export waits for its client to take the next piece, milliseconds.
pub const EXPORT_PIECE_MS_MAX: u64 = 30_000;
/// Entries of one record from which its document is packed, and packed again each time.
pub const PACK_ENTRIES_MIN: u64 = 16;
/// Records packed by one quiet moment of the keeper.
pub const PACKS_AT_ONCE_MAX: usize = 4;
/// Records that wait for being packed.
pub const PACKS_DUE_MAX: usize = 4_096;
/// Clusters of points that one map answers; the rest is answered as one number.
pub const MAP_CLUSTERS_MAX: usize = 5_000;
/// Closest zoom of a map whose points are drawn together.
pub const MAP_ZOOM_MAX: u8 = 22;
/// Records in one spreadsheet: what its rows hold, less the line of heads.
pub const SPREADSHEET_RECORDS_MAX: u64 = 1_048_575;
/// Longest file that is kept (a film), bytes.
pub const FILE_BYTES_MAX: u64 = 256 << 20;
/// Longest picture, bytes.
pub const PICTURE_BYTES_MAX: u64 = 32 << 20;
/// Longest document, bytes.
pub const DOCUMENT_BYTES_MAX: u64 = 64 << 20;
/// A side of a picture that is made small, pixels.
pub const PICTURE_SIDE_PIXELS_MAX: u32 = 20_000;
/// A picture that is made small, decoded, bytes.
pub const PICTURE_DECODED_BYTES_MAX: u64 = 256 << 20;
/// Pictures made small at the same time.
pub const THUMBNAILS_AT_ONCE_MAX: usize = 2;
/// What one device or office user may send in files in a day, bytes.
pub const FILES_DAY_BYTES_MAX: u64 = 2 << 30;
/// Unfinished uploads of one device or office user.
pub const UPLOADS_OPEN_MAX: usize = 256;
/// Uploads that are remembered.
pub const UPLOADS_MAX: usize = 100_000;
/// An upload is forgotten this long after its last piece, milliseconds.
pub const UPLOAD_IDLE_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// Left free on the disk of the files, beside what the log keeps free, bytes.
pub const FILES_RESERVE_BYTES: u64 = 1 << 30;
/// What an upload says about its file, bytes.
pub const UPLOAD_METADATA_BYTES_MAX: usize = 4_096;
/// How long a device's challenge for files may be answered, milliseconds.
pub const DEVICE_CHALLENGE_MS_MAX: i64 = 60_000;
/// How long a device may send and read files before it proves its key again, milliseconds.
pub const DEVICE_TOKEN_MS_MAX: i64 = 3_600_000;
/// Attachments that one record lists.
pub const ATTACHMENTS_MAX: usize = 500;
/// A table that is brought in, bytes.
pub const IMPORT_BYTES_MAX: usize = 8 << 20;
/// The same unpacked, bytes.
pub const IMPORT_UNPACKED_BYTES_MAX: u64 = 64 << 20;
/// Rows of such a table, heads aside.
pub const IMPORT_ROWS_MAX: usize = 10_000;
/// Cells of such a table.
pub const IMPORT_CELLS_MAX: usize = 1_000_000;
/// Wrong cells that are named; the rest is answered as one number.
pub const IMPORT_ERRORS_MAX: usize = 200;
/// Rows that are shown as they were read.
pub const IMPORT_SHOWN_MAX: usize = 20;
/// Changed records that one answer to an open page names.
pub const CHANGES_RECORDS_MAX: usize = 100;
/// How long a page's question for changes waits, milliseconds.
pub const CHANGES_WAIT_MS_MAX: u64 = 25_000;
/// Between two looks for one waiting page, milliseconds.
pub const CHANGES_PAUSE_MS: u64 = 500;
/// Pages that wait for changes at the same time; more are answered at once.
pub const CHANGES_WAITING_MAX: usize = 2_000;
/// Working days overdue after which a problem may rise to a level: a year of them.
pub const RISE_WORKING_DAYS_MAX: u32 = 250;
/// Units whose figures a dispatch keeps; the rest is one number.
pub const DISPATCH_UNITS_MAX: usize = 200;
/// Regions whose figures a dispatch keeps.
pub const DISPATCH_REGIONS_MAX: usize = 500;
/// Overdue problems that a dispatch names.
pub const DISPATCH_OVERDUE_MAX: usize = 50;
/// Decisions that a dispatch names.
pub const DISPATCH_DECISIONS_MAX: usize = 200;
/// The words of a decision, bytes.
pub const DECISION_BYTES_MAX: usize = 600;
/// Problems in one question for numbers.
pub const NUMBERS_MAX: usize = 500;
/// Devices that are told numbers at a time.
pub const NUMBERS_TOLD_AT_ONCE: usize = 2;
/// Rows of sign-ins that wait for the log; what is more is counted without addresses, then names.
pub const SIGN_IN_ROWS_MAX: usize = 64;
/// Entries of sign-ins that the log gets at once in a minute; further ones are counted together.
pub const SIGN_IN_ENTRIES_A_MINUTE_MAX: usize = 60;
/// The filter of an export as the log keeps it, bytes.
pub const EXPORT_FILTER_BYTES_MAX: usize = 2_000;
/// Acts on one page of the audit.
pub const AUDIT_PAGE_MAX: usize = 200;
/// Rows looked through for one page of it.
pub const AUDIT_LOOKED_MAX: usize = 20_000;
/// Acts in one file of the audit.
pub const AUDIT_FILE_ROWS_MAX: usize = 100_000;
/// What a version of the library of laws is called, bytes.
pub const LIBRARY_VERSION_BYTES_MAX: usize = 40;
/// What a law or one of its articles is called, bytes.
pub const LIBRARY_NAME_BYTES_MAX: usize = 200;
/// One article, bytes.
pub const LIBRARY_TEXT_BYTES_MAX: usize = 20_000;
/// A whole library as phones read it, bytes: every phone keeps one.
pub const LIBRARY_BYTES_MAX: usize = 4 << 20;
/// Versions that the list names, the newest ones.
pub const LIBRARY_VERSIONS_SHOWN_MAX: usize = 100;
