//! The real folder: what can be seen of it from outside.
//!
//! Never proves that bytes reached the medium: only that what the system says about it is passed on.

use super::*;

#[test]
fn journal_copied_into_a_folder_opens_there_whatever_folders_lie_beside() {
    let (journal, opened) = open(filled(10));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("lost+found")).unwrap();
    let mut disk = FolderDisk::open(folder.path()).unwrap();
    journal.copy_to(&mut disk, Position(30)).unwrap();
    let (copied, again) = open(disk);
    assert_eq!(again, opened);
    assert_eq!(contents(&copied), expected(30));
}

#[test]
fn torn_tail_and_unfinished_rewrite_are_gone_after_opening() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(FolderDisk::open(folder.path()).unwrap());
    fill(&mut journal, 3);
    let bytes = journal.bytes();
    drop(journal);
    let path = folder.path().join(segment_name(1));
    let mut torn = std::fs::read(&path).unwrap();
    torn.extend([9; 40]);
    std::fs::write(&path, torn).unwrap();
    let unfinished = folder.path().join("0000000001.segment.new");
    std::fs::write(&unfinished, "half").unwrap();
    let (_journal, opened) = open(FolderDisk::open(folder.path()).unwrap());
    assert_eq!(
        opened.damage,
        [Damage::TornTail {
            segment: 1,
            bytes: 40
        }]
    );
    assert_eq!(path.metadata().unwrap().len(), bytes);
    assert!(!unfinished.exists());
}

#[test]
fn removing_what_is_gone_succeeds_and_what_cannot_be_removed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut disk = FolderDisk::open(folder.path()).unwrap();
    disk.remove("gone").unwrap();
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    assert!(disk.remove("folder").is_err());
}

#[test]
fn failed_fsync_of_a_file_or_of_the_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut disk = FolderDisk::open(folder.path()).unwrap();
    // A device that takes every byte and keeps none.
    std::os::unix::fs::symlink("/dev/null", folder.path().join("device")).unwrap();
    disk.write_at("device", 0, b"taken").unwrap();
    assert!(disk.sync("device").is_err());
    disk.sync_folder().unwrap();
    folder.close().unwrap();
    assert!(disk.sync_folder().is_err());
}

#[test]
fn files_in_use_stay_open_and_no_more_than_64() {
    let folder = tempfile::tempdir().unwrap();
    let mut disk = FolderDisk::open(folder.path()).unwrap();
    let names: Vec<String> = (1..=70).map(segment_name).collect();
    for name in &names {
        disk.create(name, b"bytes").unwrap();
        disk.len(name).unwrap();
    }
    // What is open can be read although its name is gone.
    for name in &names {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    let open = names.iter().filter(|name| disk.len(name).is_ok());
    assert_eq!(open.count(), 64);
}
