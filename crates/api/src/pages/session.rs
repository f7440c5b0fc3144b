//! The login of a browser: a token in a cookie, and the check that a request that changes something comes from a page of
//! this server.
//!
//! Scripts cannot read the cookie, and browsers do not send it with what other sites post (`SameSite=Lax`). That is
//! checked once more by what browsers say of a request: `Sec-Fetch-Site` (Fetch Metadata), else `Origin` (RFC 6454).
//! Programs send neither, and have no cookies that another site could make them send.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::OffsetDateTime},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use bootstrap::Settings;
use domain::time::Timestamp;

use crate::{problem::Problem, state};

const NAME: &str = "session";

/// The token in the request's cookie.
pub fn token(request: &HttpRequest) -> Option<String> {
    // Most requests of the API have no cookies, for which nothing is to be allocated.
    if !request.headers().contains_key(header::COOKIE) {
        return None;
    }
    request.cookie(NAME).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty())
}

/// The cookie of a login with this token, which is valid until `end`.
pub fn begin(settings: &Settings, token: &str, end: Timestamp) -> Cookie<'static> {
    let mut cookie = cookie(settings, token.to_owned());
    cookie.set_expires(OffsetDateTime::from_unix_timestamp(end.unix()).ok());
    cookie
}

/// The header that takes the cookie away.
pub fn end(settings: &Settings) -> Option<HeaderValue> {
    let mut cookie = cookie(settings, String::new());
    cookie.make_removal();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

fn cookie(settings: &Settings, value: String) -> Cookie<'static> {
    let is_secure = settings.server.public_url.as_ref().is_some_and(|url| url.starts_with("https:"));
    Cookie::build(NAME, value).path("/").http_only(true).same_site(SameSite::Lax).secure(is_secure).finish()
}

/// Refuses a request that changes something and comes from a page of another site.
pub fn check_origin(request: &HttpRequest) -> Result<(), Problem> {
    if request.method().is_safe() {
        return Ok(());
    }
    let public_url = state::of(request)?.settings.server.public_url.as_deref();
    if is_same_origin(request.headers(), public_url) {
        Ok(())
    } else {
        Err(Problem::plain(StatusCode::FORBIDDEN, "This comes from another site's page."))
    }
}

fn is_same_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    text("origin").is_none_or(|origin| is_own(origin, headers, public_url))
}

/// Whether a page of this server leads to the address of a request, as far as its browser tells. It tells it in the
/// same way of what it was sent on to.
pub fn leads_here(request: &HttpRequest) -> Result<bool, Problem> {
    let public_url = state::of(request)?.settings.server.public_url.as_deref();
    Ok(is_led_from_here(request.headers(), public_url))
}

fn is_led_from_here(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        // What is typed or opened from elsewhere is `none`.
        return site == "same-origin";
    }
    // What browsers say of servers without TLS, too.
    text(header::REFERER.as_str()).is_none_or(|referer| {
        let length = referer.match_indices('/').nth(2).map_or(referer.len(), |(place, _)| place);
        is_own(&referer[..length], headers, public_url)
    })
}

/// Whether an origin is this server's.
fn is_own(origin: &str, headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let of_host = host.is_some_and(|host| {
        let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    });
    // A proxy may call this server by another name than browsers do.
    let of_public_url = public_url.is_some_and(|url| {
        let rest =
            url.get(..origin.len()).filter(|start| start.eq_ignore_ascii_case(origin)).map(|_| &url[origin.len()..]);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    of_host || of_public_url
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    #[test]
    fn what_other_sites_post_is_told_by_what_browsers_say() {
        for (headers, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://here:1")], false),
            (&[("origin", "http://here:1")], true),
            (&[("origin", "http://HERE:1")], true),
            (&[("origin", "http://here")], false),
            (&[("origin", "http://here:12")], false),
            (&[("origin", "https://movies.example.org")], true),
            (&[("origin", "https://movies.example.or")], false),
            (&[("origin", "https://movies.example.org.evil.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "")], false),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers.iter().chain(&[("host", "here:1")]) {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_same_origin(&map, Some("https://movies.example.org/catalogue")), expected, "{headers:?}");
        }
    }

    #[test]
    fn what_leads_here_is_told_by_what_browsers_say() {
        for (headers, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("referer", "http://here:1/admin/movies?q=a/b")], true),
            (&[("referer", "http://here:1")], true),
            (&[("referer", "https://movies.example.org/catalogue/admin")], true),
            (&[("referer", "http://evil.example/http://here:1/")], false),
            (&[("referer", "http://here:1@evil.example/")], false),
            (&[("referer", "")], false),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers.iter().chain(&[("host", "here:1")]) {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_led_from_here(&map, Some("https://movies.example.org/catalogue")), expected, "{headers:?}");
        }
    }
}
