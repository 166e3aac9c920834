//! Which servers a device believes over TLS: those the system's authorities vouch for, or only
//! those of one authority of the office's own.
//!
//! Never believes a server without a certificate, and has no switch for it.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tokio_tungstenite::Connector;

/// Why a certificate file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Not PEM: export the certificate again.
    #[error("证书文件不是 PEM 格式 (the certificate file is not PEM): {0}")]
    Pem(#[from] pem::Error),
    /// A certificate that cannot be understood: export it again.
    #[error("证书不能使用 (the certificate cannot be used): {0}")]
    Certificate(#[from] rustls::Error),
    /// There is none in it: name the authority's certificate.
    #[error("文件中没有证书 (there is no certificate in the file)")]
    None,
}

/// Only what certificates of this PEM text vouch for.
pub(super) fn only(pem: &[u8]) -> Result<Connector, TrustError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        return Err(TrustError::None);
    }
    Ok(connector(roots)?)
}

/// What the system's authorities vouch for.
pub(super) fn system() -> Result<Connector, TrustError> {
    let mut roots = RootCertStore::empty();
    // One odd certificate among a system's hundreds must not shut out all servers.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(connector(roots)?)
}

fn connector(roots: RootCertStore) -> Result<Connector, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Connector::Rustls(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_without_a_certificate_is_refused() {
        assert!(matches!(only(b""), Err(TrustError::None)));
        assert!(matches!(only(b"hello"), Err(TrustError::None)));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(
            only(broken.as_bytes()),
            Err(TrustError::Certificate(_))
        ));
    }
}
