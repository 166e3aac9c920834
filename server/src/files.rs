//! Photos and files: kept by the hash of their content, uploaded in pieces that survive a lost
//! connection and a killed server, shown small as thumbnails.
//!
//! Never decides who may read a file (records do, in `api::files`), and never changes one: an
//! original is written once under the name that is its SHA-256.

pub mod kind;
pub mod store;
pub mod thumbnail;
pub mod uploads;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use data_encoding::HEXLOWER;
use liandu_core::limits;
use liandu_core::time::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use self::kind::FileKind;
use self::store::{Store, StoreError};
use self::uploads::{Begun, Taken, Uploads};

/// The SHA-256 of a file's content: its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash([u8; 32]);

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHash({self})")
    }
}

/// The text is not 64 digits of lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the SHA-256 of a file in hexadecimal")]
pub struct NotAHash;

impl FromStr for FileHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<FileHash, NotAHash> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| NotAHash)?;
        bytes.try_into().map(FileHash).map_err(|_| NotAHash)
    }
}

/// Why a file or a piece of one was not taken. What the uploader does about it is in each.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// No such upload of this owner, or it has expired: begin it again.
    #[error("there is no such upload")]
    Unknown,
    /// The piece does not begin where the file ends: go on from here.
    #[error("the upload stands at {0}")]
    Offset(u64),
    /// Another request is writing: wait for it.
    #[error("another request writes to this upload")]
    Writing,
    /// Longer than such a file may be: do not send it.
    #[error("longer than such a file may be")]
    TooLarge,
    /// The owner's bytes of a day, or open uploads, are used up: come back later.
    #[error("too much from one device or user in a day")]
    Quota,
    /// The disk is nearly full: come back later.
    #[error("no room for files")]
    NoRoom,
    /// A piece arrived damaged and was thrown away: send it again.
    #[error("the piece's checksum is another")]
    Checksum,
    /// The whole is not what its name says and was thrown away: begin again.
    #[error("the content's SHA-256 is not the name")]
    Mismatch,
    /// Nothing that is kept here: do not send it.
    #[error("not a kind of file that is kept")]
    Kind,
    /// The disk says no: logged where it happened.
    #[error("files: {0}")]
    Disk(#[from] io::Error),
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// Whole, with its length in bytes.
    Here(u64),
    /// Somebody is sending it: bytes that have come, and all.
    OnTheWay {
        /// Bytes here.
        offset: u64,
        /// Bytes in all.
        length: u64,
    },
    /// Nobody has begun to send it.
    Missing,
}

/// All files of a server.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    store: Store,
    uploads: Uploads,
    /// Pictures made small at the same time: each takes memory.
    drawing: Semaphore,
}

impl Files {
    /// Opens the folder, made if it is not there, and takes up unfinished uploads.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Files, FilesError> {
        Ok(Files {
            folder: folder.to_owned(),
            store: Store::open(&folder.join("objects"))?,
            uploads: Uploads::open(&folder.join("uploads"), now)?,
            drawing: Semaphore::new(limits::THUMBNAILS_AT_ONCE_MAX),
        })
    }

    /// The uploads.
    pub fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// Begins an upload, or finds the one that this owner has begun. A file that is here already
    /// is an upload that has come to its end.
    pub async fn begin(
        &self,
        owner: &str,
        hash: FileHash,
        length: u64,
        now: Timestamp,
    ) -> Result<Begun, FilesError> {
        if length == 0 || length > limits::FILE_BYTES_MAX {
            return Err(FilesError::TooLarge);
        }
        let here = self.store.length(hash).await?;
        if here.is_none() && free_bytes(&self.folder)? < length + limits::FILES_RESERVE_BYTES {
            return Err(FilesError::NoRoom);
        }
        self.uploads.begin(owner, hash, length, here.is_some(), now)
    }

    /// Checks and keeps an upload whose last byte has come.
    pub async fn finish(&self, taken: &mut Taken<'_>) -> Result<(), FilesError> {
        let (path, hash) = (taken.path(), taken.hash());
        let read = path.clone();
        let looked = tokio::task::spawn_blocking(move || look_at(&read)).await;
        let (found, kind, length) = looked.map_err(io::Error::other)??;
        let refused = if found != hash {
            Some(FilesError::Mismatch)
        } else {
            match kind {
                None => Some(FilesError::Kind),
                Some(kind) if length > kind.bytes_max() => Some(FilesError::TooLarge),
                Some(_) => None,
            }
        };
        if let Some(error) = refused {
            taken.forget();
            return Err(error);
        }
        self.store.put(hash, &path).await?;
        Ok(taken.done()?)
    }

    /// Where an attachment is.
    pub async fn whereabouts(&self, hash: FileHash) -> Result<Whereabouts, FilesError> {
        if let Some(length) = self.store.length(hash).await? {
            return Ok(Whereabouts::Here(length));
        }
        Ok(match self.uploads.on_the_way(hash) {
            Some((offset, length)) => Whereabouts::OnTheWay { offset, length },
            None => Whereabouts::Missing,
        })
    }

    /// A file, none when it is not here.
    pub async fn get(&self, hash: FileHash) -> Result<Option<store::Got>, FilesError> {
        Ok(self.store.get(hash).await?)
    }

    /// What kind of file it is, none when it is not here.
    pub async fn kind(&self, hash: FileHash) -> Result<Option<FileKind>, FilesError> {
        Ok(self.store.kind(hash).await?)
    }

    /// A small JPEG of a picture, made at the first asking and kept; none for what is no picture,
    /// or cannot be read as one within bounds.
    pub async fn thumbnail(&self, hash: FileHash) -> Result<Option<Vec<u8>>, FilesError> {
        let kept = self.folder.join("thumbnails").join(format!("{hash}.jpg"));
        if let Ok(bytes) = tokio::fs::read(&kept).await {
            return Ok(Some(bytes));
        }
        let Some(kind) = self.store.kind(hash).await?.filter(|kind| kind.is_drawn()) else {
            return Ok(None);
        };
        let _one_of_few = self.drawing.acquire().await.map_err(io::Error::other)?;
        let path = self.store.path(hash);
        let drawn = tokio::task::spawn_blocking(move || thumbnail::of(&path, kind)).await;
        let Some(bytes) = drawn.map_err(io::Error::other)? else {
            return Ok(None);
        };
        if let Some(folder) = kept.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        // Written aside and renamed: nobody reads half a picture.
        let aside = kept.with_extension("new");
        tokio::fs::write(&aside, &bytes).await?;
        tokio::fs::rename(&aside, &kept).await?;
        Ok(Some(bytes))
    }
}

/// Bytes that others than the administrator may still write beside a folder.
fn free_bytes(folder: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// A file's hash, kind and length; blocks.
fn look_at(path: &Path) -> io::Result<(FileHash, Option<FileKind>, u64)> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; 256 << 10];
    let (mut hash, mut kind, mut length) = (Sha256::new(), None, 0u64);
    loop {
        let read = file.read(&mut piece)?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        if length == 0 {
            kind = FileKind::sniff(bytes);
        }
        hash.update(bytes);
        length += bytes.len() as u64;
    }
    Ok((FileHash(hash.finalize().into()), kind, length))
}

/// What `check` finds wrong with a folder of files: those whose content is not what their name
/// says, and how many there are in all. Blocks.
pub fn verify(folder: &Path) -> io::Result<(u64, Vec<String>)> {
    let (mut all, mut wrong) = (0, Vec::new());
    let objects = folder.join("objects");
    if !objects.exists() {
        return Ok((all, wrong));
    }
    for shelf in std::fs::read_dir(objects)? {
        let shelf = shelf?.path();
        if !shelf.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(shelf)? {
            let path = file?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // What was being written when the power went has another name.
            let Ok(hash) = name.parse::<FileHash>() else {
                continue;
            };
            all += 1;
            if look_at(&path)?.0 != hash {
                wrong.push(hash.to_string());
            }
        }
    }
    wrong.sort();
    Ok((all, wrong))
}
