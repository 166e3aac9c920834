//! The two key files: 32 random bytes each, made at the first start, readable by their owner only.
//!
//! Never prints a key, and never makes a new authority key for data that has one elsewhere: the
//! log says whose it is.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use liandu_core::seal::SecretKey;

use crate::keeper::Keys;

/// File of the node's key, in the data folder.
pub const NODE_KEY: &str = "node.key";
/// File of the authority key, in its own folder.
pub const AUTHORITY_KEY: &str = "authority.key";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or writing the file failed.
    #[error("cannot read or make the key file {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// The file has not 32 bytes: bring the right one back from where it is kept.
    #[error("the key file {path} does not hold 32 bytes")]
    Damaged {
        /// Which.
        path: PathBuf,
    },
}

/// Reads both keys, makes those that are missing.
pub fn load_or_make(data: &Path, authority: &Path) -> Result<Keys, KeyError> {
    Ok(Keys {
        node: key(&data.join(NODE_KEY))?,
        authority: key(&authority.join(AUTHORITY_KEY))?,
    })
}

fn key(path: &Path) -> Result<SecretKey, KeyError> {
    let failed = |source| KeyError::File {
        path: path.to_owned(),
        source,
    };
    match std::fs::File::open(path) {
        Ok(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(failed)?;
            let bytes = <[u8; 32]>::try_from(bytes.as_slice());
            let bytes = bytes.map_err(|_| KeyError::Damaged {
                path: path.to_owned(),
            })?;
            Ok(SecretKey::from_bytes(&bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

/// Written beside and renamed, so that half a key is never taken for one.
fn make(path: &Path) -> io::Result<SecretKey> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(SecretKey::from_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_damage_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let first = load_or_make(folder.path(), folder.path()).unwrap();
        let second = load_or_make(folder.path(), folder.path()).unwrap();
        assert_eq!(first.node.to_bytes(), second.node.to_bytes());
        assert_ne!(first.node.to_bytes(), first.authority.to_bytes());
        std::fs::write(folder.path().join(NODE_KEY), b"short").unwrap();
        let broken = load_or_make(folder.path(), folder.path());
        assert!(matches!(broken, Err(KeyError::Damaged { .. })));
    }
}
