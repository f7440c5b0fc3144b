//! The `Prefer` header (RFC 7240).

use actix_web::http::header::HeaderMap;
use domain::query::CountMode;

/// The preferences that lists honour. Others are ignored, as the standard asks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prefer {
    /// `count=exact`, `count=estimated` or `count=none`.
    pub count: Option<CountMode>,
    /// `handling=lenient`: unknown parameters are ignored.
    pub lenient: bool,
}

impl Prefer {
    /// What the headers of a request prefer. Of a preference that is given twice, the first counts.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut count = None;
        let mut handling = None;
        for header in headers.get_all("Prefer").filter_map(|value| value.to_str().ok()) {
            for preference in header.split(',') {
                let (preference, _parameters) = preference.split_once(';').unwrap_or((preference, ""));
                let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
                let value = value.trim().trim_matches('"').to_owned();
                match name.trim().to_ascii_lowercase().as_str() {
                    "count" => drop(count.get_or_insert(value)),
                    "handling" => drop(handling.get_or_insert(value)),
                    _ => {}
                }
            }
        }
        Self {
            count: match count.as_deref() {
                Some("exact") => Some(CountMode::Exact),
                Some("estimated") => Some(CountMode::Estimated),
                Some("none") => Some(CountMode::None),
                _ => None,
            },
            lenient: handling.as_deref() == Some("lenient"),
        }
    }

    /// The value of `Preference-Applied`: the preferences that were honoured, if any.
    pub fn applied(self) -> Option<String> {
        let count = self.count.map(|count| match count {
            CountMode::Exact => "count=exact",
            CountMode::Estimated => "count=estimated",
            CountMode::None => "count=none",
        });
        let handling = self.lenient.then_some("handling=lenient");
        let applied: Vec<_> = count.into_iter().chain(handling).collect();
        (!applied.is_empty()).then(|| applied.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn prefer(headers: &[&'static str]) -> Prefer {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(HeaderName::from_static("prefer"), HeaderValue::from_static(header));
        }
        Prefer::of(&map)
    }

    #[test]
    fn preferences_are_read_in_every_notation() {
        let exact = Prefer { count: Some(CountMode::Exact), lenient: true };
        for headers in [
            &["count=exact, handling=lenient"][..],
            &["handling=lenient", "count=exact"],
            &["respond-async; wait=10, Count = \"exact\"; x=y,HANDLING=lenient"],
            &["count=exact, count=none", "handling=lenient, handling=strict"],
        ] {
            assert_eq!(prefer(headers), exact, "{headers:?}");
        }
        assert_eq!(exact.applied().as_deref(), Some("count=exact, handling=lenient"));
    }

    #[test]
    fn what_is_not_understood_is_ignored() {
        for headers in [&[][..], &["count=all"], &["handling=strict"], &["=", ",;"]] {
            assert_eq!(prefer(headers), Prefer::default(), "{headers:?}");
        }
        assert_eq!(Prefer::default().applied(), None);
    }
}
