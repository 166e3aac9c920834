//! Uploads under way: who sends which file, how far it is, and when it is given up.
//!
//! Never trusts memory over the disk: after a killed server an upload stands where its file ends.
//! The last word is the hash of the whole, so a piece that the disk lost is found.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use data_encoding::HEXLOWER;
use liandu_core::limits;
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{FileHash, FilesError};

const DAY_MS: i64 = 24 * 3_600_000;

/// Names an upload: of owner and file, so that a phone which lost the address finds it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UploadId(String);

impl UploadId {
    fn of(owner: &str, hash: FileHash) -> UploadId {
        let mut digest = Sha256::new();
        digest.update(b"liandu-upload-1\0");
        digest.update(hash.0);
        digest.update(owner.as_bytes());
        let digest = digest.finalize();
        UploadId(HEXLOWER.encode(digest.get(..16).unwrap_or_default()))
    }

    /// Reads an id; none when it is not one.
    pub fn parse(text: &str) -> Option<UploadId> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        (bytes.len() == 16).then(|| UploadId(text.to_owned()))
    }

    /// The text for an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An upload as it is kept in a file beside its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Upload {
    owner: String,
    hash: String,
    length: u64,
    created_ms: i64,
    /// The file is kept in the store; what is left here counts for the day only.
    done: bool,
    #[serde(skip)]
    offset: u64,
    #[serde(skip)]
    touched_ms: i64,
    #[serde(skip)]
    writing: bool,
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its name.
    pub id: UploadId,
    /// Bytes here.
    pub offset: u64,
    /// Bytes in all.
    pub length: u64,
    /// Forgotten then, unless another piece comes.
    pub expires: Timestamp,
    /// Whether the file was checked and is kept.
    pub done: bool,
}

/// Every upload of the last days.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    known: Mutex<BTreeMap<UploadId, Upload>>,
}

fn millis(path: &Path) -> Option<i64> {
    let changed = std::fs::metadata(path).ok()?.modified().ok()?;
    let since = changed.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

impl Uploads {
    /// Takes up what is in the folder, made if it is not there.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Uploads, FilesError> {
        std::fs::create_dir_all(folder)?;
        let uploads = Uploads {
            folder: folder.to_owned(),
            known: Mutex::default(),
        };
        let mut known = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let Some(id) = UploadId::parse(&name).filter(|_| has_end(&path, "json")) else {
                continue;
            };
            // A description that the power cut short: nothing of it was answered.
            let Ok(mut upload) = serde_json::from_slice::<Upload>(&std::fs::read(&path)?) else {
                continue;
            };
            let content = uploads.content(&id);
            let here = std::fs::metadata(&content).map_or(0, |meta| meta.len());
            upload.offset = if upload.done { upload.length } else { here };
            upload.touched_ms = millis(&content).unwrap_or(upload.created_ms);
            known.insert(id, upload);
        }
        *uploads.known() = known;
        uploads.expire(now);
        Ok(uploads)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<UploadId, Upload>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn content(&self, id: &UploadId) -> PathBuf {
        self.folder.join(format!("{}.part", id.0))
    }

    fn description(&self, id: &UploadId) -> PathBuf {
        self.folder.join(format!("{}.json", id.0))
    }

    /// Written aside and renamed, so that it is whole or not there.
    fn describe(&self, id: &UploadId, upload: &Upload) -> io::Result<()> {
        let aside = self.folder.join(format!("{}.new", id.0));
        std::fs::write(&aside, serde_json::to_vec(upload)?)?;
        std::fs::File::open(&aside)?.sync_all()?;
        std::fs::rename(&aside, self.description(id))?;
        std::fs::File::open(&self.folder)?.sync_all()
    }

    fn delete(&self, id: &UploadId) {
        for path in [self.description(id), self.content(id)] {
            // What is left over is found at the next start.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Begins an upload within the owner's limits, or finds it.
    pub(super) fn begin(
        &self,
        owner: &str,
        hash: FileHash,
        length: u64,
        here: bool,
        now: Timestamp,
    ) -> Result<Begun, FilesError> {
        self.expire(now);
        let id = UploadId::of(owner, hash);
        let mut known = self.known();
        if let Some(upload) = known.get(&id)
            && upload.length == length
            && (!upload.done || here)
        {
            return Ok(begun(&id, upload));
        }
        let theirs = || known.values().filter(|upload| upload.owner == owner);
        let open = theirs().filter(|upload| !upload.done).count();
        let of_day = theirs().filter(|upload| now.0 - upload.created_ms < DAY_MS);
        let bytes: u64 = of_day.map(|upload| upload.length).sum();
        let over = bytes.saturating_add(length) > limits::FILES_DAY_BYTES_MAX;
        if over || open >= limits::UPLOADS_OPEN_MAX || known.len() >= limits::UPLOADS_MAX {
            return Err(FilesError::Quota);
        }
        let upload = Upload {
            owner: owner.to_owned(),
            hash: hash.to_string(),
            length,
            created_ms: now.0,
            done: here,
            offset: if here { length } else { 0 },
            touched_ms: now.0,
            writing: false,
        };
        self.delete(&id);
        self.describe(&id, &upload)?;
        let begun = begun(&id, &upload);
        known.insert(id, upload);
        Ok(begun)
    }

    /// How far an owner's upload is.
    pub fn look(&self, id: &UploadId, owner: &str) -> Option<Begun> {
        let known = self.known();
        let upload = known.get(id).filter(|upload| upload.owner == owner)?;
        Some(begun(id, upload))
    }

    /// Takes an owner's upload to write at `offset`; nobody else writes until it is dropped.
    pub fn take(&self, id: &UploadId, owner: &str, offset: u64) -> Result<Taken<'_>, FilesError> {
        let mut known = self.known();
        let upload = known.get_mut(id).filter(|upload| upload.owner == owner);
        let upload = upload.ok_or(FilesError::Unknown)?;
        if upload.writing {
            return Err(FilesError::Writing);
        }
        if upload.offset != offset {
            return Err(FilesError::Offset(upload.offset));
        }
        let hash = upload.hash.parse().map_err(|_| FilesError::Unknown)?;
        upload.writing = true;
        Ok(Taken {
            uploads: self,
            id: id.clone(),
            hash,
            length: upload.length,
            offset,
            forgotten: false,
        })
    }

    /// Ends an owner's upload for good; false when there is none.
    pub fn remove(&self, id: &UploadId, owner: &str) -> Result<bool, FilesError> {
        let mut known = self.known();
        match known.get(id).filter(|upload| upload.owner == owner) {
            None => return Ok(false),
            Some(upload) if upload.writing => return Err(FilesError::Writing),
            Some(_) => {}
        }
        known.remove(id);
        self.delete(id);
        Ok(true)
    }

    /// Forgets uploads that nobody went on with; how many.
    pub fn expire(&self, now: Timestamp) -> usize {
        let mut known = self.known();
        let before = known.len();
        known.retain(|id, upload| {
            let idle = now.0 - upload.touched_ms.max(upload.created_ms);
            let kept = upload.writing || idle < limits::UPLOAD_IDLE_MS_MAX;
            if !kept {
                self.delete(id);
            }
            kept
        });
        before - known.len()
    }

    /// How far the furthest upload of a file is: bytes here, bytes in all.
    pub fn on_the_way(&self, hash: FileHash) -> Option<(u64, u64)> {
        let (known, name) = (self.known(), hash.to_string());
        let of_file = known
            .values()
            .filter(|upload| !upload.done && upload.hash == name);
        of_file.map(|upload| (upload.offset, upload.length)).max()
    }
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|found| found == end)
}

fn begun(id: &UploadId, upload: &Upload) -> Begun {
    Begun {
        id: id.clone(),
        offset: upload.offset,
        length: upload.length,
        expires: Timestamp(upload.touched_ms).plus_ms(limits::UPLOAD_IDLE_MS_MAX),
        done: upload.done,
    }
}

/// The right to write to an upload, given back when dropped.
#[derive(Debug)]
pub struct Taken<'a> {
    uploads: &'a Uploads,
    id: UploadId,
    hash: FileHash,
    length: u64,
    offset: u64,
    forgotten: bool,
}

impl Taken<'_> {
    /// Where the content is written.
    pub fn path(&self) -> PathBuf {
        self.uploads.content(&self.id)
    }

    /// What the whole must be.
    pub fn hash(&self) -> FileHash {
        self.hash
    }

    /// Bytes in all.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Bytes here.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The content now ends here.
    pub fn reached(&mut self, offset: u64, now: Timestamp) {
        self.offset = offset;
        if let Some(upload) = self.uploads.known().get_mut(&self.id) {
            (upload.offset, upload.touched_ms) = (offset, now.0);
        }
    }

    /// The content is kept elsewhere.
    pub(super) fn done(&mut self) -> io::Result<()> {
        let mut known = self.uploads.known();
        if let Some(upload) = known.get_mut(&self.id) {
            upload.done = true;
            self.uploads.describe(&self.id, upload)?;
        }
        // A second copy that only takes room.
        let _ = std::fs::remove_file(self.uploads.content(&self.id));
        Ok(())
    }

    /// The content is worth nothing: the upload is gone.
    pub(super) fn forget(&mut self) {
        self.forgotten = true;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut known = self.uploads.known();
        if self.forgotten {
            known.remove(&self.id);
            self.uploads.delete(&self.id);
        } else if let Some(upload) = known.get_mut(&self.id) {
            upload.writing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> FileHash {
        FileHash([n; 32])
    }

    #[test]
    fn uploads_expire_after_a_week_without_a_piece_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path(), Timestamp(0)).unwrap();
        let begun = uploads
            .begin("a", hash(1), 10, false, Timestamp(0))
            .unwrap();
        let week = limits::UPLOAD_IDLE_MS_MAX;
        assert_eq!(uploads.expire(Timestamp(week - 1)), 0);
        uploads
            .take(&begun.id, "a", 0)
            .unwrap()
            .reached(3, Timestamp(week - 1));
        assert_eq!(
            uploads.expire(Timestamp(week)),
            0,
            "a piece gives another week"
        );
        assert_eq!(uploads.expire(Timestamp(2 * week - 1)), 1);
        assert_eq!(uploads.look(&begun.id, "a"), None);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing is left"
        );
    }

    #[test]
    fn a_day_s_bytes_are_bounded_and_come_back_the_next_day() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path(), Timestamp(0)).unwrap();
        let most = limits::FILES_DAY_BYTES_MAX;
        uploads
            .begin("a", hash(1), most, false, Timestamp(0))
            .unwrap();
        let more = |owner, now| uploads.begin(owner, hash(2), 1, false, Timestamp(now));
        assert!(matches!(more("a", DAY_MS - 1), Err(FilesError::Quota)));
        assert!(more("b", DAY_MS - 1).is_ok(), "others are not concerned");
        let again = Uploads::open(folder.path(), Timestamp(DAY_MS - 1)).unwrap();
        let full = again.begin("a", hash(3), 1, false, Timestamp(DAY_MS - 1));
        assert!(
            matches!(full, Err(FilesError::Quota)),
            "a restart forgets nothing"
        );
        assert!(more("a", DAY_MS).is_ok());
    }

    #[test]
    fn one_writes_at_a_time_and_only_the_owner_where_the_file_ends() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path(), Timestamp(0)).unwrap();
        let id = uploads
            .begin("a", hash(1), 10, false, Timestamp(0))
            .unwrap()
            .id;
        assert!(matches!(
            uploads.take(&id, "b", 0),
            Err(FilesError::Unknown)
        ));
        assert!(matches!(
            uploads.take(&id, "a", 4),
            Err(FilesError::Offset(0))
        ));
        let taken = uploads.take(&id, "a", 0).unwrap();
        assert!(matches!(
            uploads.take(&id, "a", 0),
            Err(FilesError::Writing)
        ));
        assert!(matches!(uploads.remove(&id, "a"), Err(FilesError::Writing)));
        drop(taken);
        assert!(!uploads.remove(&id, "b").unwrap());
        assert!(uploads.remove(&id, "a").unwrap());
    }
}
