//! Where a request came from: the other end of the connection or, behind a proxy that the
//! configuration trusts, the address that the proxy names.
//!
//! Never believes a header from anybody else: an attacker would choose another address for every
//! try to sign in.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::api::Office;

/// What the proxy adds the address to.
const FORWARDED_HEADER: &str = "x-forwarded-for";

impl AsRef<[IpAddr]> for Office {
    fn as_ref(&self) -> &[IpAddr] {
        &self.door.outside.proxies
    }
}

/// How the outside reaches the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Whether cookies are sent over TLS only: every server but one on loopback.
    pub secure_cookies: bool,
    /// Whether browsers shall use nothing but TLS from now on.
    pub https: bool,
    /// Proxies whose word about the address counts.
    pub proxies: Vec<IpAddr>,
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address a request came from, for the throttle.
#[derive(Debug, Clone)]
pub(crate) struct From(pub(crate) String);

/// `known` knows the proxies that are trusted.
impl<S: AsRef<[IpAddr]> + Send + Sync> FromRequestParts<S> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, known: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        let name = peer.map(|ConnectInfo(Peer(peer))| {
            counted(client(peer.ip(), &parts.headers, known.as_ref()))
        });
        Ok(From(name.unwrap_or_default()))
    }
}

/// The nearest address that is not a trusted proxy; what stands before it anybody may have written.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    let lines = headers.get_all(FORWARDED_HEADER).iter().rev();
    let named = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    for name in named {
        if !proxies.contains(&nearest) {
            break;
        }
        let Ok(before) = name.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = before.to_canonical();
    }
    nearest
}

/// What one address is for the throttle: whoever has one IPv6 address has 2^64 of them.
fn counted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, lines: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_HEADER, line.parse().unwrap());
        }
        let proxies: Vec<IpAddr> = proxies.iter().map(|one| one.parse().unwrap()).collect();
        counted(client(peer.parse().unwrap(), &headers, &proxies))
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(seen("9.9.9.9", &["1.1.1.1"], &[]), "9.9.9.9");
        assert_eq!(seen("9.9.9.9", &["1.1.1.1"], &["10.0.0.1"]), "9.9.9.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1"], &["10.0.0.1"]), "1.1.1.1");
        assert_eq!(
            seen("::ffff:10.0.0.1", &["1.1.1.1"], &["10.0.0.1"]),
            "1.1.1.1"
        );
    }

    #[test]
    fn what_stands_before_the_nearest_stranger_does_not_count() {
        let proxies = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(seen("10.0.0.1", &["8.8.8.8, 1.1.1.1"], &proxies), "1.1.1.1");
        assert_eq!(
            seen("10.0.0.1", &["8.8.8.8", "1.1.1.1, 10.0.0.2"], &proxies),
            "1.1.1.1"
        );
        assert_eq!(
            seen("10.0.0.1", &["8.8.8.8, nonsense"], &proxies),
            "10.0.0.1"
        );
        assert_eq!(seen("10.0.0.1", &[], &proxies), "10.0.0.1");
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        assert_eq!(seen("2001:db8:1:2::5", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(seen("2001:db8:1:2:ffff::9", &[], &[]), "2001:db8:1:2::/64");
    }
}
