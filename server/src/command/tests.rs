//! Commands on real folders: what they do, through the engine and without a process.

use liandu_core::campaign::HEBEI_JSON;
use liandu_core::id::{PersonId, RecordId, RegionCode};
use liandu_core::log::GrantEntry;
use liandu_core::record::Heads;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;

use super::admin::ask;
use super::folder::Folder;
use super::request::{HeldOf, Reply, Request};
use super::{check, execute, line, rebuild, restore};
use crate::config::Settings;
use crate::engine::{self, OfficeAct, OfficeUser};
use crate::index::sled::SledIndex;
use crate::index::{Index, keys};
use crate::packs::{FolderPacks, Packs};

struct Place {
    _folder: tempfile::TempDir,
    settings: Settings,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::of(&folder.path().join("data"));
    settings.limits.disk_reserve_mib = 1;
    Place {
        _folder: folder,
        settings,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

fn office() -> OfficeUser {
    OfficeUser {
        user: "wang".to_owned(),
        session: String::new(),
        person: PersonId::new("wang").unwrap(),
    }
}

fn record(number: u8) -> RecordId {
    RecordId::v7(1, [number; 10])
}

fn user_add() -> Request {
    let region = RegionCode::new("130123").unwrap();
    let role = "congress-office".to_owned();
    Request::UserAdd {
        user: "wang".to_owned(),
        person: PersonId::new("wang").unwrap(),
        name: "王".to_owned(),
        region: region.clone(),
        password: "x".to_owned(),
        grants: vec![GrantEntry {
            role,
            region,
            unit: None,
        }],
    }
}

/// A new folder with a campaign, an office user and two problems.
fn begun() -> Place {
    let place = place();
    let folder = Folder::make(&place.settings).unwrap();
    let handle = engine::start(&place.settings.engine()).unwrap();
    runtime().block_on(async {
        let json = HEBEI_JSON.to_vec();
        for request in [Request::Publish { json }, user_add()] {
            let reply = execute::execute(&handle, &place.settings, request).await;
            assert!(matches!(reply, Reply::Done { .. }), "{reply:?}");
        }
        for number in [1, 2] {
            let write = Write {
                path: "f/title".parse().unwrap(),
                value: Value::Text("河道污染".to_owned()),
            };
            let act = OfficeAct {
                record: record(number),
                create: Some((Kind::Problem, "130123/-/office".parse().unwrap())),
                campaign: "hebei-6plus1".parse().unwrap(),
                behalf: None,
                edit: Edit::Create {
                    writes: vec![write],
                    texts: Vec::new(),
                },
                seen: Heads::default(),
            };
            handle.edit(office(), act).await.unwrap();
        }
        handle.stop().await;
    });
    rebuild::rebuild(&place.settings, &folder, false, true).unwrap();
    place
}

fn files_of(settings: &Settings) -> Vec<u8> {
    std::fs::read(settings.engine().journal().join("0000000001.segment")).unwrap()
}

#[test]
fn check_agrees_with_a_good_folder_and_changes_nothing() {
    let place = begun();
    let before = files_of(&place.settings);
    let report = check::whole(&place.settings).unwrap();
    assert!(report.ok, "{}", report.text());
    assert_eq!((report.records, report.tables_records), (2, Some(2)));
    assert_eq!(files_of(&place.settings), before);
}

#[test]
fn check_finds_wrong_rows_of_index_and_tables_and_a_rebuild_mends_them() {
    let place = begun();
    let config = place.settings.engine();
    let mut index = SledIndex::open(&config.index()).unwrap();
    let gone = [
        (keys::record(&record(1)), None),
        (b"zzz".to_vec(), Some(b"extra".to_vec())),
    ];
    index.apply(&gone.into_iter().collect()).unwrap();
    index.flush().unwrap();
    drop(index);
    let tables = rusqlite::Connection::open(place.settings.tables_file()).unwrap();
    tables
        .execute("UPDATE record SET title = 'x' WHERE id = ?1", [record(2).0])
        .unwrap();
    drop(tables);
    let report = check::whole(&place.settings).unwrap();
    assert!(!report.ok);
    let said = report.text();
    assert!(
        said.contains("2 rows of the index differ from the log (r:missing, z:extra)"),
        "{said}"
    );
    assert!(said.contains("tables and document differ"), "{said}");
    let folder = Folder::existing(&place.settings).unwrap();
    rebuild::rebuild(&place.settings, &folder, true, true).unwrap();
    let report = check::whole(&place.settings).unwrap();
    assert!(report.ok, "{}", report.text());
}

#[test]
fn check_says_where_the_log_is_damaged() {
    let place = begun();
    let path = place.settings.engine().journal().join("0000000001.segment");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let report = check::whole(&place.settings).unwrap();
    assert!(
        !report.ok && report.text().contains("日志有损坏"),
        "{}",
        report.text()
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "only looked at");
}

#[test]
fn restore_of_an_older_backup_erases_again_what_was_erased_since() {
    let place = begun();
    let backups = tempfile::tempdir().unwrap();
    let back_up = |name: &str| {
        let to = backups.path().join(name).to_str().unwrap().to_owned();
        ask(&place.settings, Request::Backup { to }).unwrap()
    };
    back_up("old");
    let reason = "当事人申请".to_owned();
    ask(
        &place.settings,
        Request::Erase {
            record: record(1),
            reason,
        },
    )
    .unwrap();
    assert!(matches!(
        back_up("new"),
        Reply::BackedUp { tombstones: 1, .. }
    ));
    assert!(!backups.path().join("old").join("authority.key").exists());
    let mut settings = Settings::of(&backups.path().join("restored"));
    settings.authority = place.settings.authority.clone();
    settings.limits.disk_reserve_mib = 1;
    let applied = restore::restore(&settings, &backups.path().join("old"), &[]).unwrap();
    assert_eq!(applied.erased_again, 1);
    let report = check::whole(&settings).unwrap();
    assert!(report.ok, "{}", report.text());
    assert_eq!((report.records, report.records_erased), (1, 1));
    let noted = std::fs::read_to_string(settings.data.join("last-backup.json")).unwrap();
    assert!(noted.contains("\"restored\": true"), "{noted}");
    let again = restore::restore(&settings, &backups.path().join("old"), &[]);
    assert!(again.is_err(), "a folder with a log is not written over");
}

#[test]
fn check_finds_a_pack_of_an_erased_record() {
    let place = begun();
    let reason = "当事人申请".to_owned();
    let record = record(1);
    ask(&place.settings, Request::Erase { record, reason }).unwrap();
    assert!(check::whole(&place.settings).unwrap().ok);
    let mut packs = FolderPacks::new(&place.settings.engine().packs());
    packs.write(&record, b"left over").unwrap();
    let report = check::whole(&place.settings).unwrap();
    assert!(!report.ok && report.text().contains("still has a pack"));
    let folder = Folder::existing(&place.settings).unwrap();
    rebuild::rebuild(&place.settings, &folder, true, false).unwrap();
    assert!(check::whole(&place.settings).unwrap().ok);
}

#[test]
fn damaged_backup_is_not_restored() {
    let place = begun();
    let backups = tempfile::tempdir().unwrap();
    let to = backups.path().join("b");
    ask(
        &place.settings,
        Request::Backup {
            to: to.to_str().unwrap().to_owned(),
        },
    )
    .unwrap();
    let segment = to.join("journal/0000000001.segment");
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let mut settings = Settings::of(&backups.path().join("restored"));
    settings.authority = place.settings.authority.clone();
    assert!(restore::restore(&settings, &to, &[]).is_err());
    assert!(
        !settings.engine().journal().exists(),
        "nothing a server would start from"
    );
}

#[test]
fn province_is_imported_at_once_through_the_socket_of_a_running_server() {
    let place = begun();
    let _folder = Folder::existing(&place.settings).unwrap();
    let mut groups = "code,name,region,domain,kind\n".to_owned();
    let mut people = "code,name,level,region,group,member_kind,role,leader\n".to_owned();
    for n in 0..2_052 {
        groups.push_str(&format!("g-{n},小组{n},130123,land,deputy_group\n"));
    }
    for n in 0..41_606 {
        let group = n % 2_052;
        people.push_str(&format!(
            "p-{n},代表{n},county,130123,g-{group},deputy,representative,\n"
        ));
    }
    let files = tempfile::tempdir().unwrap();
    let (g, p) = (files.path().join("g.csv"), files.path().join("p.csv"));
    std::fs::write(&g, groups).unwrap();
    std::fs::write(&p, people).unwrap();
    let request = super::admin::import(Some(&g), Some(&p)).unwrap();
    let runtime = runtime();
    let handle = engine::start(&place.settings.engine()).unwrap();
    let listener = runtime
        .block_on(async { line::listen(&place.settings.admin_socket()) })
        .unwrap();
    runtime.spawn(line::answer(
        listener,
        handle.clone(),
        place.settings.clone(),
    ));
    ask(&place.settings, request).unwrap();
    let counts = ask(&place.settings, Request::Counts).unwrap();
    assert!(
        matches!(
            counts,
            Reply::Counts {
                groups: 2_052,
                people: 41_607,
                users: 1,
                ..
            }
        ),
        "{counts:?}"
    );
    let again = ask(&place.settings, user_add());
    assert!(again.unwrap_err().to_string().contains("this user exists"));
    let held = ask(&place.settings, Request::Held(HeldOf::default())).unwrap();
    assert_eq!(held, Reply::Held(Vec::new()));
    runtime.block_on(handle.stop());
}

#[test]
fn import_with_an_unknown_group_changes_nothing() {
    let place = begun();
    let files = tempfile::tempdir().unwrap();
    let path = files.path().join("p.csv");
    std::fs::write(&path, "code,name,region,group\np-1,王,130123,g-9\n").unwrap();
    let request = super::admin::import(None, Some(&path)).unwrap();
    let said = ask(&place.settings, request).unwrap_err().to_string();
    assert!(said.contains("p-1") && said.contains("g-9"), "{said}");
    let counts = ask(&place.settings, Request::Counts).unwrap();
    assert!(
        matches!(counts, Reply::Counts { people: 1, .. }),
        "{counts:?}"
    );
}
