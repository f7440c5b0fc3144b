//! Conditional requests (RFC 9110, section 13), and what is said for them about caching.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use crate::state::AppState;

/// The `Cache-Control` of what can be read: a copy may be kept, but is asked about before each use. What is not for
/// everybody stays out of shared caches.
pub fn cache_control(state: &AppState) -> &'static str {
    if state.settings.auth.anonymous_read { "no-cache" } else { "private, no-cache" }
}

/// The conditions of one request.
#[derive(Debug, Default)]
pub struct Preconditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// The entity tags of one header.
#[derive(Debug)]
enum Tags {
    Any,
    List(Vec<String>),
}

impl Preconditions {
    pub fn of(headers: &HeaderMap) -> Self {
        Self { if_match: Tags::of(headers, &IF_MATCH), if_none_match: Tags::of(headers, &IF_NONE_MATCH) }
    }

    /// Whether the client sets no conditions.
    pub fn are_absent(&self) -> bool {
        self.if_match.is_none() && self.if_none_match.is_none()
    }

    /// Whether the client may change the state that has the strong tag `etag`.
    pub fn allow_change(&self, etag: &HeaderValue) -> bool {
        let means_this = match &self.if_match {
            None | Some(Tags::Any) => true,
            // A strong comparison: a weak tag equals none.
            Some(Tags::List(tags)) => tags.iter().any(|tag| tag.as_bytes() == etag.as_bytes()),
        };
        means_this && !self.is_known(etag)
    }

    /// Whether the client has the state with the tag `etag` already.
    pub fn is_known(&self, etag: &HeaderValue) -> bool {
        let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
        match &self.if_none_match {
            None => false,
            Some(Tags::Any) => true,
            Some(Tags::List(tags)) => tags.iter().any(|tag| opaque(tag.as_bytes()) == opaque(etag.as_bytes())),
        }
    }
}

impl Tags {
    fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        if !headers.contains_key(name) {
            return None;
        }
        // Tags of this server contain no commas; what is not read here is not one of them.
        let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
        let tags: Vec<_> = lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().to_owned()).collect();
        Some(if tags == ["*"] { Self::Any } else { Self::List(tags) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETAG: HeaderValue = HeaderValue::from_static("\"1-a\"");

    fn given(name: HeaderName, values: &[&'static str]) -> Preconditions {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        Preconditions::of(&headers)
    }

    #[test]
    fn a_change_without_conditions_is_allowed() {
        assert!(Preconditions::default().allow_change(&ETAG));
    }

    #[test]
    fn if_match_compares_strongly() {
        for good in [&["\"1-a\""][..], &["*"], &["\"0\", \"1-a\""], &["\"0\"", "\"1-a\""]] {
            assert!(given(IF_MATCH, good).allow_change(&ETAG), "{good:?}");
        }
        for bad in [&["W/\"1-a\""][..], &["\"0\""], &["1-a"], &[""], &["\"1-A\""]] {
            assert!(!given(IF_MATCH, bad).allow_change(&ETAG), "{bad:?}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly() {
        for known in [&["\"1-a\""][..], &["W/\"1-a\""], &["*"], &["\"0\",W/\"1-a\""], &["\"0\"", "\"1-a\""]] {
            assert!(given(IF_NONE_MATCH, known).is_known(&ETAG), "{known:?}");
            assert!(!given(IF_NONE_MATCH, known).allow_change(&ETAG), "{known:?}");
        }
        for other in [&["\"0\""][..], &["1-a"], &[""], &["w/\"1-a\""]] {
            assert!(!given(IF_NONE_MATCH, other).is_known(&ETAG), "{other:?}");
        }
    }
}
