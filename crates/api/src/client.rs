//! Where a request comes from, and by which name it reached the server.
//!
//! Behind a proxy every connection comes from the proxy, which says in a header whose request it passes on. Anybody else
//! can say so, too: only those are believed whom the settings name.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap, HeaderName},
};
use bootstrap::Network;

use crate::state;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client's address: of the connection, or, where that comes from a trusted proxy, the one that it names.
pub fn address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    match state::of(request) {
        Ok(state) => behind(peer, request.headers(), &state.settings.server.trusted_proxies),
        Err(_) => peer,
    }
}

/// Under which URL the client reaches the server, without a slash at its end. A trusted proxy may know better than the
/// request that it passes on.
pub fn origin(request: &HttpRequest) -> String {
    let trusted = state::of(request).map_or(&[][..], |state| &state.settings.server.trusted_proxies);
    let is_proxy = request.peer_addr().is_some_and(|peer| is_among(peer.ip().to_canonical(), trusted));
    let said = |name| last(request.headers(), name).filter(|_| is_proxy);
    let host = said(X_FORWARDED_HOST).or_else(|| last(request.headers(), header::HOST));
    let is_secure = said(X_FORWARDED_PROTO).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
    let scheme = if is_secure { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or_else(|| request.app_config().host()))
}

/// The last element of a header: a proxy appends what it says itself.
fn last(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let line = headers.get_all(name).last()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim).filter(|element| !element.is_empty())
}

fn is_among(address: IpAddr, networks: &[Network]) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// Goes back from the connection, from one trusted proxy to who asked it, as far as they can be believed.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| is_among(address, trusted);
    let mut address = peer;
    if !is_trusted(address) {
        return address;
    }
    let name = if headers.contains_key(X_FORWARDED_FOR) { X_FORWARDED_FOR } else { header::FORWARDED };
    let lines: Vec<&str> = headers.get_all(&name).filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().flat_map(|line| line.split(',')).rev() {
        let hop = if name == header::FORWARDED { forwarded_for(hop) } else { Some(hop.trim()) };
        let Some(before) = hop.and_then(parsed) else { break };
        address = before;
        if !is_trusted(address) {
            break;
        }
    }
    address
}

/// The `for` of an element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    named.next().map(|(_, value)| value.trim_matches('"'))
}

/// An address, with or without a port.
fn parsed(text: &str) -> Option<IpAddr> {
    let address = text.parse().or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.ok().or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client(peer: &str, lines: &[(&str, &'static str)]) -> String {
        let trusted = ["10.0.0.0/8", "::1"].map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.parse().unwrap(), HeaderValue::from_static(value));
        }
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        for header in [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")] {
            assert_eq!(client("203.0.113.9", &[header]), "203.0.113.9");
            assert_eq!(client("10.0.0.1", &[header]), "198.51.100.1");
        }
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_claims_is_not_passed_on() {
        // The proxy appends the address it sees to what the client sent.
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, 198.51.100.1")]), "198.51.100.1");
        assert_eq!(
            client("10.0.0.1", &[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "198.51.100.1")]),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.0.0.1", &[("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "198.51.100.1")]),
            "198.51.100.1"
        );
    }

    #[test]
    fn a_chain_of_proxies_is_followed() {
        assert_eq!(client("::1", &[("x-forwarded-for", "1.1.1.1, 198.51.100.1, 10.2.3.4,10.1.1.1")]), "198.51.100.1");
        assert_eq!(client("::1", &[("x-forwarded-for", "10.9.9.9, 10.2.3.4")]), "10.9.9.9", "all are trusted");
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "198.51.100.1, unknown, 10.2.3.4")]), "10.2.3.4");
    }

    #[test]
    fn addresses_are_read_in_every_form() {
        for (header, value, address) in [
            ("x-forwarded-for", "198.51.100.1:4711", "198.51.100.1"),
            ("x-forwarded-for", "[2001:db8::7]:4711", "2001:db8::7"),
            ("x-forwarded-for", "2001:db8::7", "2001:db8::7"),
            ("x-forwarded-for", "::ffff:198.51.100.1", "198.51.100.1"),
            ("forwarded", "proto=https;For=\"[2001:db8::7]:4711\";by=10.0.0.1", "2001:db8::7"),
            ("forwarded", "for=\"[2001:db8::7]\", for=10.0.0.2", "2001:db8::7"),
            ("forwarded", "for=_hidden", "10.0.0.1"),
            ("forwarded", "nonsense", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[(header, value)]), address, "{value}");
        }
    }
}
