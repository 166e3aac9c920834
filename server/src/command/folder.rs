//! The data folder as one owner's: a lock that two servers, or a server and a command, never hold
//! at the same time.
//!
//! Never opens what is in the folder: sled would throw away an index that another process has open.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::engine::keys::AUTHORITY_KEY;

const LOCK: &str = "liandu.lock";

/// A locked data folder.
#[derive(Debug)]
pub struct Folder {
    _lock: File,
}

/// Why the folder is not ours.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Somebody else has it: a server, or another command.
    #[error(
        "数据目录 {0} 正被服务器或另一个命令使用，请先停下它 (a server or another command is using this data folder: stop it first)"
    )]
    InUse(PathBuf),
    /// There is no log: most likely a mistyped path.
    #[error(
        "{0} 里没有联督数据，请检查路径；新装系统请先运行一次 serve \
         (no Liandu data here: check the path; on a new machine run `serve` once first)"
    )]
    NoData(PathBuf),
    /// The log is there and the key that signs for it is not.
    #[error(
        "签名密钥 {0} 不见了，日志不能没有它：请从保管处取回，或用 --authority 指明其目录 \
         (the authority key of this log is missing: bring it back, or say where it is with --authority)"
    )]
    NoAuthority(PathBuf),
    /// The disk.
    #[error("不能使用目录 {path} (cannot use this folder)")]
    Disk {
        /// Which.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

impl Folder {
    /// Locks the folder of a server, made if it is not there.
    pub fn make(settings: &Settings) -> Result<Folder, FolderError> {
        make(&settings.data)?;
        let folder = Folder::lock(&settings.data)?;
        // A key that is made anew would not fit the log.
        if has_log(&settings.data) {
            needs_authority(settings)?;
        } else {
            make(&settings.authority)?;
        }
        Ok(folder)
    }

    /// Locks a folder that has a log.
    pub fn existing(settings: &Settings) -> Result<Folder, FolderError> {
        if !has_log(&settings.data) {
            return Err(FolderError::NoData(settings.data.clone()));
        }
        Folder::lock(&settings.data)
    }

    fn lock(data: &Path) -> Result<Folder, FolderError> {
        let path = data.join(LOCK);
        let disk = |source| FolderError::Disk {
            path: data.to_owned(),
            source,
        };
        let mut options = OpenOptions::new();
        let file = options
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path);
        let file = file.map_err(disk)?;
        match file.try_lock() {
            Ok(()) => Ok(Folder { _lock: file }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse(data.to_owned())),
            Err(TryLockError::Error(source)) => Err(disk(source)),
        }
    }
}

/// The authority key must be there before a log with entries is opened for writing.
pub fn needs_authority(settings: &Settings) -> Result<(), FolderError> {
    let key = settings.authority.join(AUTHORITY_KEY);
    if key.exists() {
        Ok(())
    } else {
        Err(FolderError::NoAuthority(key))
    }
}

/// Makes a folder that only its owner reads.
pub fn make(path: &Path) -> Result<(), FolderError> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path);
    made.map_err(|source| FolderError::Disk {
        path: path.to_owned(),
        source,
    })
}

/// Whether a folder has a log with anything in it.
pub fn has_log(data: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(data.join("journal")) else {
        return false;
    };
    files
        .flatten()
        .any(|file| file.file_name().to_string_lossy().contains(".segment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_has_one_owner_and_a_log_needs_its_key() {
        let place = tempfile::tempdir().unwrap();
        let settings = Settings::of(&place.path().join("data"));
        assert!(matches!(
            Folder::existing(&settings),
            Err(FolderError::NoData(_))
        ));
        let owner = Folder::make(&settings).unwrap();
        assert!(matches!(
            Folder::make(&settings),
            Err(FolderError::InUse(_))
        ));
        drop(owner);
        std::fs::create_dir(settings.data.join("journal")).unwrap();
        std::fs::write(settings.data.join("journal/0000000001.segment"), b"x").unwrap();
        assert!(matches!(
            Folder::make(&settings),
            Err(FolderError::NoAuthority(_))
        ));
        std::fs::write(settings.authority.join(AUTHORITY_KEY), [1; 32]).unwrap();
        assert!(Folder::make(&settings).is_ok());
    }
}
