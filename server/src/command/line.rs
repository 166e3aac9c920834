//! The admin socket: one request and one reply, each a length (4 bytes, big-endian) and CBOR.
//!
//! Never reachable from the network: a Unix socket in the data folder, for its owner only.

use std::fs::{File, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use minicbor::{Decode, Encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::execute;
use super::request::{Reply, Request};
use crate::config::Settings;
use crate::engine::Handle;

/// The largest import: a country's people.
const MESSAGE_BYTES_MAX: usize = 1 << 30;
/// A socket's path may have 107 bytes.
const PATH_BYTES_MAX: usize = 100;

/// Makes the socket; one that a killed server left is replaced. The folder's lock says that no
/// other server uses it.
pub fn listen(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let (short, _folder) = short(path)?;
    let listener = UnixListener::bind(short)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// A long path by its open folder.
fn short(path: &Path) -> io::Result<(PathBuf, Option<File>)> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if path.as_os_str().len() > PATH_BYTES_MAX => {
            let folder = File::open(parent)?;
            let by_number = format!("/proc/self/fd/{}", folder.as_raw_fd());
            Ok((Path::new(&by_number).join(name), Some(folder)))
        }
        _short => Ok((path.to_owned(), None)),
    }
}

/// Answers requests one after the other until the task is ended.
pub async fn answer(listener: UnixListener, handle: Handle, settings: Settings) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let (handle, settings) = (handle.clone(), settings.clone());
        tokio::spawn(async move {
            if let Err(error) = answer_one(stream, &handle, &settings).await {
                tracing::warn!(%error, "an admin command was not answered");
            }
        });
    }
}

async fn answer_one(
    mut stream: UnixStream,
    handle: &Handle,
    settings: &Settings,
) -> io::Result<()> {
    let request: Request = receive(&mut stream).await?;
    let reply = execute::execute(handle, settings, request).await;
    send(&mut stream, &reply).await
}

/// Connects to a running server; none when there is none.
pub async fn connect(path: &Path) -> Option<UnixStream> {
    let (short, _folder) = short(path).ok()?;
    UnixStream::connect(short).await.ok()
}

/// Asks a running server.
pub async fn ask(stream: &mut UnixStream, request: &Request) -> io::Result<Reply> {
    send(stream, request).await?;
    receive(stream).await
}

async fn send<T: Encode<()>>(stream: &mut UnixStream, message: &T) -> io::Result<()> {
    let bytes = minicbor::to_vec(message).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(&bytes).await?;
    stream.flush().await
}

async fn receive<T: for<'b> Decode<'b, ()>>(stream: &mut UnixStream) -> io::Result<T> {
    let length = usize::try_from(stream.read_u32().await?).unwrap_or(usize::MAX);
    if length > MESSAGE_BYTES_MAX {
        return Err(io::Error::other("the message is too large"));
    }
    let mut bytes = Vec::new();
    stream.take(length as u64).read_to_end(&mut bytes).await?;
    minicbor::decode(&bytes).map_err(io::Error::other)
}
