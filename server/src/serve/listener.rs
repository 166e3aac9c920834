//! Connections accepted for the routes: plain, or over TLS (rustls) with the office's own
//! certificate files.
//!
//! Never lets one slow handshake hold up the others: each has a task, a time and one of a bounded
//! number of places, and when all are taken the one that dawdled longest makes room.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use liandu_core::limits::{HANDSHAKE_MS_MAX, HANDSHAKES_MAX};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::api::Peer;
use crate::config::TlsFiles;

/// Why the certificate cannot be used. Shown to the administrator as it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsError {
    /// A file is missing or holds something else: put the right PEM file there.
    #[error("{path} 不是可用的 PEM 文件 (not a PEM file that can be used): {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    #[error("证书与密钥不能使用 (certificate and key cannot be used together): {0}")]
    Pair(#[from] rustls::Error),
}

/// Reads certificate chain and key.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
    let of = |path: &Path, source| TlsError::File {
        path: path.to_owned(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(|all| all.collect::<Result<Vec<_>, _>>())
        .map_err(|source| of(&files.certificate, source))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|source| of(&files.key, source))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts plain connections.
pub(crate) struct PlainListener(pub(crate) TcpListener);

impl Listener for PlainListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Only costs time when it fails.
        let _ = stream.set_nodelay(true);
        (stream, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, PlainListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, PlainListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

type Ready = (TlsStream<TcpStream>, SocketAddr);

/// Accepts TLS connections.
pub(crate) struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    shaking: JoinSet<Option<Ready>>,
    /// Oldest first; those that ended are cleared away when there are many.
    begun: VecDeque<AbortHandle>,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, acceptor: TlsAcceptor) -> TlsListener {
        TlsListener {
            listener,
            acceptor,
            shaking: JoinSet::new(),
            begun: VecDeque::new(),
        }
    }

    fn shake(&mut self, stream: TcpStream, address: SocketAddr) {
        if self.begun.len() >= HANDSHAKES_MAX {
            self.begun.retain(|task| !task.is_finished());
        }
        if self.begun.len() >= HANDSHAKES_MAX
            && let Some(oldest) = self.begun.pop_front()
        {
            oldest.abort();
        }
        // Only costs time when it fails.
        let _ = stream.set_nodelay(true);
        let accepting = self.acceptor.accept(stream);
        self.begun.push_back(self.shaking.spawn(async move {
            let at_most = Duration::from_millis(HANDSHAKE_MS_MAX);
            match tokio::time::timeout(at_most, accepting).await {
                Ok(Ok(stream)) => Some((stream, address)),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a TLS handshake failed");
                    None
                }
                Err(_) => None,
            }
        }));
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Ready {
        loop {
            tokio::select! {
                (stream, address) = Listener::accept(&mut self.listener) => {
                    self.shake(stream, address);
                }
                Some(done) = self.shaking.join_next() => {
                    if let Ok(Some(ready)) = done {
                        return ready;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
