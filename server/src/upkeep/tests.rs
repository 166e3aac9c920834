//! When administrators are warned, and that notes are kept or missed without harm.

use super::*;
use liandu_core::time::Timestamp;

const NOW: Timestamp = Timestamp(1_592_524_800_000);

fn backup(days_ago: i64) -> BackupNote {
    let time = NOW.plus_ms(-days_ago * 24 * 3_600_000).0;
    BackupNote {
        time,
        position: 7,
        hash: "aa".to_owned(),
        bytes: 1,
        path: "/backup/today".into(),
        proved: time,
        restored: false,
    }
}

fn standing(backup: Option<BackupNote>, edits: u64) -> Standing {
    Standing {
        backup,
        of_this_log: true,
        since: Since {
            entries: edits + 3,
            edits: Some(edits),
        },
        check: None,
        running: None,
        warn_days: 7,
    }
}

fn codes(standing: &Standing) -> Vec<&'static str> {
    let warnings = standing.warnings(NOW);
    warnings.iter().map(|warning| warning.code).collect()
}

#[test]
fn an_old_backup_is_warned_of_when_something_came_since() {
    assert_eq!(codes(&standing(None, 5)), ["no-backup"]);
    assert_eq!(codes(&standing(Some(backup(6)), 5)), [""; 0]);
    let old = standing(Some(backup(7)), 5);
    assert_eq!(codes(&old), ["old-backup"]);
    let said = &old.warnings(NOW)[0];
    assert!(said.zh.contains("7 天") && said.zh.contains("5 条"));
    assert_eq!(codes(&standing(Some(backup(70)), 0)), [""; 0]);
    let other = Standing {
        of_this_log: false,
        ..standing(Some(backup(1)), 5)
    };
    assert_eq!(codes(&other), ["other-backup"]);
    let never = Standing {
        warn_days: 0,
        ..standing(None, 5)
    };
    assert_eq!(codes(&never), [""; 0]);
}

#[test]
fn a_check_that_found_something_is_warned_of_until_one_finds_nothing() {
    let mut report = Report::default();
    report.problem(crate::command::check::report::Part::Tables, "坏", "bad");
    let found = CheckNote::of(&report, true, (NOW, NOW));
    let mut standing = standing(Some(backup(0)), 0);
    standing.check = Some(found.clone());
    assert_eq!(codes(&standing), ["check-failed"]);
    assert!(found.advice.0.contains("check --repair"));
    let report = Report {
        ok: true,
        ..Report::default()
    };
    standing.check = Some(CheckNote::of(&report, true, (NOW, NOW)));
    assert_eq!(codes(&standing), [""; 0]);
}

#[test]
fn notes_are_kept_over_a_restart_and_a_broken_one_says_that_nothing_was_done() {
    let folder = tempfile::tempdir().unwrap();
    note_backup(folder.path(), &backup(1));
    let care = Care::new(folder.path(), 7);
    assert_eq!(care.backup(), Some(backup(1)));
    std::fs::write(folder.path().join(BACKUP), "{\"time\": 1").unwrap();
    assert_eq!(care.backup(), None);
    note_backup(folder.path(), &backup(0));
    assert_eq!(care.backup(), Some(backup(0)));
}
