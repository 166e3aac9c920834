//! Originals by hash, in a folder behind `object_store`, so that a cluster can put another store
//! in its place.
//!
//! Never overwrites: a name is its content. What is answered as kept is on the disk.

use std::io;
use std::path::{Path as FilePath, PathBuf};

use axum::body::Bytes;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, WriteMultipart};
use tokio::io::AsyncReadExt;

use super::FileHash;
use super::kind::FileKind;

/// Bytes handed over at once.
const PIECE_BYTES: usize = 1 << 20;
/// First bytes that tell a kind.
const FIRST_BYTES: u64 = 512;

/// The store says no. The file counts as not kept.
#[derive(Debug, thiserror::Error)]
#[error("store of files: {0}")]
pub struct StoreError(#[from] object_store::Error);

/// A file on its way out.
pub struct Got {
    /// Its length, bytes.
    pub length: u64,
    /// Its content.
    pub content: BoxStream<'static, object_store::Result<Bytes>>,
}

/// The originals.
#[derive(Debug)]
pub struct Store {
    objects: LocalFileSystem,
    folder: PathBuf,
}

/// Two digits of the hash are a folder: a million files in one are slow.
fn place(hash: FileHash) -> Path {
    let name = hash.to_string();
    let shelf: String = name.chars().take(2).collect();
    Path::from_iter([shelf, name])
}

impl Store {
    /// Opens the folder, made if it is not there.
    pub fn open(folder: &FilePath) -> Result<Store, super::FilesError> {
        std::fs::create_dir_all(folder)?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(StoreError)?;
        Ok(Store {
            objects: objects.with_fsync(true),
            folder: folder.to_owned(),
        })
    }

    /// The length of a file, none when it is not here.
    pub async fn length(&self, hash: FileHash) -> Result<Option<u64>, StoreError> {
        match self.objects.head(&place(hash)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the content of a file of ours, whose hash has been checked.
    pub async fn put(&self, hash: FileHash, from: &FilePath) -> Result<(), super::FilesError> {
        let mut file = tokio::fs::File::open(from).await?;
        let begun = self.objects.put_multipart(&place(hash)).await;
        let mut writer = WriteMultipart::new(begun.map_err(StoreError)?);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let read = file.read(&mut piece).await?;
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            writer.wait_for_capacity(1).await.map_err(StoreError)?;
            writer.write(bytes);
        }
        writer.finish().await.map_err(StoreError)?;
        Ok(())
    }

    /// A file, none when it is not here.
    pub async fn get(&self, hash: FileHash) -> Result<Option<Got>, StoreError> {
        match self.objects.get(&place(hash)).await {
            Ok(found) => Ok(Some(Got {
                length: found.meta.size,
                content: found.into_stream(),
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What kind of file it is, none when it is not here.
    pub async fn kind(&self, hash: FileHash) -> Result<Option<FileKind>, StoreError> {
        let first = GetOptions {
            range: Some((0..FIRST_BYTES).into()),
            ..GetOptions::default()
        };
        match self.objects.get_opts(&place(hash), first).await {
            Ok(found) => Ok(FileKind::sniff(&found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Where the file lies.
    pub fn path(&self, hash: FileHash) -> PathBuf {
        self.folder.join(place(hash).as_ref())
    }
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> io::Error {
        io::Error::other(error)
    }
}
