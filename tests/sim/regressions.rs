//! Seeds that once failed, each with what was wrong.
//!
//! Never removed: a seed that passes today guards what it found.

use super::strange::Strange;
use super::{run, run_strange};

/// An entry that a full disk did not take stayed in the server's cached document; what was built
/// on it was then logged without its ancestor, and the record did not load any more.
#[test]
fn full_disk_leaves_nothing_in_memory_that_is_not_in_the_log() {
    run(9);
    run(11);
}

/// The same record, which no longer loaded, was left unanswered and offered again for ever.
#[test]
fn record_that_does_not_load_is_not_offered_without_end() {
    run(2);
    run(27);
}

/// An index that opened, but whose rows about people could not be read, kept the server from
/// starting instead of being built again.
#[test]
fn damaged_row_of_the_directory_is_rebuilt_at_the_start() {
    run(28);
}

/// A carrier's receipt named a part of what an entry holds; its stamp, without a person, hid the
/// entry's own.
#[test]
fn carrier_reads_the_same_stamps_as_everybody() {
    run(15);
}

/// A record left the device's scopes while an edit of it waited, and a restored server lacked what
/// the edit was built on: both asked and answered without end.
#[test]
fn edit_whose_ancestors_are_gone_is_not_offered_without_end() {
    run(220);
}

/// A device compared with a server whose index had a damaged row: that record was passed over, and
/// the device believed that it had everything.
#[test]
fn damaged_index_is_mended_before_a_device_is_told_that_it_has_everything() {
    run(260);
}

/// A definition that only devices still had came back too late or never, because positions of two
/// lives of the log were compared.
#[test]
fn restored_server_gets_lost_definitions_back() {
    run(142);
}

/// What a refused edit was built on had left the device with its group: the rest could not be
/// built again, and was offered as it was without end.
#[test]
fn edit_that_cannot_be_built_again_is_listed() {
    run(425);
}

/// A device died, or could not give a record yet, between the server's wish for it and its own
/// sending: the wish was in memory only. An edit whose record had left before its receipt came was
/// compared by nobody, and a restored server never got it back.
#[test]
fn what_a_restored_server_asked_for_is_sent_until_it_is_there() {
    run(5067);
    run(1020);
}

/// A held edit that was understood and refused later stayed held on its device for ever.
#[test]
fn held_edit_that_is_refused_later_is_said_to_be_refused() {
    run(498);
}

/// A feed was lost on its way inside a connection that lived on; the next one moved the cursor, and
/// the device believed that it had everything.
#[test]
fn lost_feed_is_noticed_by_its_number() {
    run_strange(8, &[Strange::Middlebox]);
    run_strange(12, &[Strange::Middlebox]);
}

/// A sector could not be read for a while: a comparison passed the record over, and the device got
/// its cursor nevertheless.
#[test]
fn what_cannot_be_read_for_a_while_is_not_passed_over() {
    run_strange(32, &[Strange::Unreadable]);
}

/// The log could not be opened while the index was already cleared to be built again: an empty feed
/// moved everybody's cursor.
#[test]
fn nothing_is_fed_from_an_index_that_is_being_rebuilt() {
    run_strange(147, &[Strange::Unreadable]);
}

/// The log lost an entry beside others: the index went on naming its change as a head, so that no
/// device was ever asked for it.
#[test]
fn head_that_the_log_has_lost_is_not_named() {
    run_strange(104, &[Strange::Flips]);
}

/// A device heard a torn record as far as it fitted; what brought the rest together came alone.
#[test]
fn who_heard_a_torn_record_hears_the_whole_of_it_later() {
    run_strange(121, &[Strange::Flips]);
}

/// A damaged entry was found while devices were connected: their next feed led them into the log's
/// new life without a comparison. And seals of what was lost hid those that prove the rest.
#[test]
fn log_that_begins_a_new_life_under_connections_gets_back_what_it_lost() {
    run_strange(117, &[Strange::Flips]);
}

/// Every start on a full disk left one more copy of a damaged segment.
#[test]
fn server_with_damage_and_a_full_disk_starts_once_there_is_room() {
    run_strange(119, &[Strange::Flips]);
}

/// The node went on with the actor whose last edits the log had lost: two edits of one number.
#[test]
fn node_that_lost_its_own_edits_takes_a_fresh_actor() {
    run_strange(58, &[Strange::Misdirected]);
}

/// A write that went astray hit the log's last entries: they looked like a torn tail, and edits
/// with receipts were cut without a word.
#[test]
fn end_of_the_log_that_was_told_is_asked_for_again() {
    run_strange(27, &[Strange::Misdirected]);
    run_strange(120, &[Strange::Misdirected]);
}

/// A record torn in one life of the log and fed in a later one: what was accepted between the two
/// came as an entry of its own, without what it stands on.
#[test]
fn what_rejoined_between_two_lives_is_fed_as_a_whole() {
    run_strange(40, &[Strange::Misdirected]);
}

/// A sector could not be read when the office published what held edits waited for: those were
/// passed over, and nobody judged them again before the next start.
#[test]
fn held_edits_that_could_not_be_read_when_they_were_understood_are_judged_later() {
    let strange = [
        Strange::Unreadable,
        Strange::Copies,
        Strange::Newer,
        Strange::Middlebox,
        Strange::Forged,
        Strange::Shared,
    ];
    run_strange(13, &strange);
}

/// A membership was taken away and given back before the phone had stored the first: it dropped
/// the group's records, and compared the new scopes with those that it had held before.
#[test]
fn group_that_is_left_and_joined_again_at_once_is_read_again() {
    run_strange(21, &[Strange::Middlebox, Strange::Shared]);
}
