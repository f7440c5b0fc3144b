//! Lists: the one shape they all have, and the way from page to page.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderMap, HeaderValue},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Error,
    ports::SearchHealth,
    query::{CountMode, IdPage, Listed, Page, Total},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    conditional::{Preconditions, cache_control},
    parameters::{Given, INVALID_VALUE, Parameters, QueryErrors, Refusal},
    prefer::Prefer,
};
use crate::{body, problem::Problem, state::AppState};

/// What is wrong with a request that names both ways to a page.
pub const OFFSET_OR_CURSOR: &str = "a page begins at an offset or at a cursor, not at both";

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub struct Listing<T> {
    /// The items of this page.
    items: Vec<T>,
    /// How many items the whole list has; `null` where the client does not want them counted.
    #[schema(required)]
    total: Option<TotalBody>,
    /// The most items of a page.
    #[schema(minimum = 1, maximum = 100, example = 20)]
    limit: u32,
    /// How many items stand before this page; `null` where it begins at a cursor.
    #[schema(required, maximum = 10000, example = 0)]
    offset: Option<u32>,
    /// The next page; `null` on the last one.
    #[schema(required, example = "/api/v1/movies?cursor=WzE1NTMyNTE")]
    next: Option<String>,
    /// The page before; `null` on the first one, and where this page begins at a cursor.
    #[schema(required, example = json!(null))]
    prev: Option<String>,
}

/// How many items a list has.
#[derive(Serialize, ToSchema)]
#[schema(as = Total)]
pub struct TotalBody {
    #[schema(example = 57)]
    pub value: u64,
    pub relation: Relation,
}

/// Whether a number is that of all items, or one that there are in any case.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    Exact,
    AtLeast,
}

impl From<Total> for TotalBody {
    fn from(total: Total) -> Self {
        match total {
            Total::Exact(value) => Self { value, relation: Relation::Exact },
            Total::AtLeast(value) => Self { value, relation: Relation::AtLeast },
        }
    }
}

/// Which part of a list was asked for.
#[derive(Debug)]
pub struct Part<Path = &'static str> {
    /// The path of the list.
    pub path: Path,
    /// What else was asked for.
    pub given: Given,
    /// The most items.
    pub limit: u32,
    /// The items before; `None` where the part begins at a cursor.
    pub offset: Option<u32>,
}

impl<Path: AsRef<str>> Part<Path> {
    /// The answer: `next` is the cursor at which the following part begins.
    pub fn listing<T>(&self, items: Vec<T>, total: Option<Total>, next: Option<&str>) -> Listing<T> {
        let next = next.map(|cursor| self.given.url(self.path.as_ref(), &[("offset", None), ("cursor", Some(cursor))]));
        let prev = self.offset.filter(|offset| *offset > 0).map(|offset| {
            let offset = offset.saturating_sub(self.limit).to_string();
            self.given.url(self.path.as_ref(), &[("offset", Some(&offset))])
        });
        Listing { items, total: total.map(TotalBody::from), limit: self.limit, offset: self.offset, next, prev }
    }
}

impl<T> Listing<T> {
    /// The `Link` header (RFC 8288), which says the same as `next` and `prev`.
    pub fn link(&self) -> Option<HeaderValue> {
        let links = [(&self.next, "next"), (&self.prev, "prev")];
        let links = links.iter().filter_map(|(url, rel)| url.as_ref().map(|url| link(url, rel)));
        let links = links.collect::<Vec<_>>().join(", ");
        // Percent-encoded URLs are always a valid header.
        HeaderValue::from_str(&links).ok().filter(|links| !links.is_empty())
    }
}

/// A request for a list in the order of ids, from the database.
#[derive(Debug)]
pub struct IdListRequest {
    /// The text that items contain; empty where the list cannot be searched.
    pub q: String,
    part: Part,
    after: Option<u64>,
    prefer: Prefer,
}

/// Whether a list takes `q`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searchable {
    Yes,
    No,
}

impl IdListRequest {
    /// Reads a request for the list at `path`.
    pub fn read(path: &'static str, searchable: Searchable, request: &HttpRequest) -> Result<Self, QueryErrors> {
        let prefer = Prefer { count: None, ..Prefer::of(request.headers()) };
        Self::parse(path, searchable, request.query_string(), prefer)
    }

    fn parse(
        path: &'static str,
        searchable: Searchable,
        query_string: &str,
        prefer: Prefer,
    ) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let q = match searchable {
            Searchable::Yes => parameters.text("q").unwrap_or_default(),
            Searchable::No => String::new(),
        };
        let limit = parameters.parsed("limit", |text| limit(text, Page::MAX_LIMIT)).unwrap_or(Page::DEFAULT_LIMIT);
        let offset = parameters.parsed("offset", offset);
        let cursor = parameters.value("cursor");
        if cursor.is_some() && offset.is_some() {
            parameters.refuse("cursor", INVALID_VALUE, OFFSET_OR_CURSOR);
        }
        let after = cursor.as_ref().and_then(|cursor| id_in_cursor(cursor, path, &q));
        if cursor.is_some() && after.is_none() {
            parameters.refuse("cursor", INVALID_VALUE, Error::BadCursor.to_string());
        }
        let offset = if cursor.is_some() { None } else { Some(offset.unwrap_or(0)) };
        let given = parameters.finish(prefer.lenient)?;
        Ok(Self { q, part: Part { path, given, limit, offset }, after, prefer })
    }

    /// The part that is asked for.
    pub fn page(&self) -> IdPage {
        let Part { limit, offset, .. } = self.part;
        IdPage { limit, after: self.after.unwrap_or(0), skip: offset.unwrap_or(0) }
    }

    /// The answer: what was found, whose last item has the id by which the next part is asked for.
    pub fn answer<T, B: Serialize + From<T>>(
        &self,
        found: Listed<T>,
        id: impl Fn(&T) -> u64,
    ) -> Result<HttpResponse, Problem> {
        let last = found.items.last().filter(|_| found.more).map(id);
        let next = last.map(|last| id_cursor(self.part.path, &self.q, last)).transpose()?;
        let items: Vec<B> = found.items.into_iter().map(B::from).collect();
        let listing = self.part.listing(items, Some(Total::Exact(found.total)), next.as_deref());
        let mut response = HttpResponse::Ok();
        response.insert_header((header::VARY, "Prefer"));
        if let Some(link) = listing.link() {
            response.insert_header((header::LINK, link));
        }
        if let Some(applied) = self.prefer.applied() {
            response.insert_header(("Preference-Applied", applied));
        }
        Ok(response.json(listing))
    }
}

/// The cursor of a list in the order of ids: good for the same list and the same text alone.
fn id_cursor(path: &str, q: &str, last: u64) -> Result<String, Error> {
    let json = serde_json::to_vec(&(path, q, last)).map_err(|e| Error::Internal(e.into()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// Reads what [`id_cursor`] wrote for the same list.
fn id_in_cursor(cursor: &str, path: &str, q: &str) -> Option<u64> {
    let json = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (of_path, of_q, last): (String, String, u64) = serde_json::from_slice(&json).ok()?;
    (of_path == path && of_q == q).then_some(last)
}

/// The answer to a request for a list.
pub struct ListResponse {
    builder: HttpResponseBuilder,
    /// Whether the client has this list already.
    pub is_known: bool,
}

impl ListResponse {
    /// Begins an answer. To be called before the list is read: its tag must not be newer than the list.
    pub fn begin(state: &AppState, request: &HeaderMap, prefer: Prefer) -> Self {
        let health = state.catalogue.health();
        let etag = list_etag(health, prefer.count.unwrap_or_default());
        let is_known = health.ready && Preconditions::of(request).is_known(&etag);
        let mut builder = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        builder
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, cache_control(state)))
            .insert_header((header::VARY, "Prefer"));
        if let Some(applied) = prefer.applied() {
            builder.insert_header(("Preference-Applied", applied));
        }
        Self { builder, is_known }
    }

    /// 304.
    pub fn not_modified(mut self) -> HttpResponse {
        self.builder.finish()
    }

    /// 200.
    pub fn send(mut self, link: Option<HeaderValue>, list: impl Serialize) -> HttpResponse {
        if let Some(link) = link {
            self.builder.insert_header((header::LINK, link));
        }
        /// A page of usual size.
        const USUAL: usize = 16 << 10;
        let mut json = Vec::with_capacity(USUAL);
        match serde_json::to_writer(&mut json, &list) {
            Ok(()) => self.builder.insert_header((header::CONTENT_TYPE, body::JSON)).body(json),
            Err(error) => HttpResponse::from_error(Problem::internal(error)),
        }
    }
}

/// The weak tag of every list: it changes with the catalogue, and with the program that shows it. A list with other
/// counts is another one, too.
fn list_etag(health: SearchHealth, count: CountMode) -> HeaderValue {
    let count = match count {
        CountMode::Estimated => "",
        CountMode::Exact => "-exact",
        CountMode::None => "-none",
    };
    let etag = format!("W/\"{}-{}-{:x}{count}\"", env!("CARGO_PKG_VERSION"), health.applied, health.stamp);
    // A version, a number and a word are always a valid header.
    HeaderValue::from_str(&etag).unwrap_or_else(|_| HeaderValue::from_static("W/\"0\""))
}

/// One link of a `Link` header.
pub fn link(url: &str, rel: &str) -> String {
    format!("<{url}>; rel=\"{rel}\"")
}

/// Reads a `limit`: what is over `max` becomes `max`.
pub fn limit(text: &str, max: u32) -> Result<u32, Refusal> {
    match whole(text) {
        Some(0) => Err(("out_of_range", "a page has at least 1 item".to_owned())),
        Some(limit) => Ok(limit.min(max)),
        None => Err((INVALID_VALUE, "a whole number from 1 on is expected".to_owned())),
    }
}

/// Reads an `offset`.
pub fn offset(text: &str) -> Result<u32, Refusal> {
    match whole(text) {
        Some(offset) if offset <= Page::MAX_OFFSET => Ok(offset),
        Some(_) => Err((
            "out_of_range",
            format!("the offset is at most {}; beyond it, follow `next`, which has a cursor", Page::MAX_OFFSET),
        )),
        None => Err((INVALID_VALUE, "a whole number from 0 on is expected".to_owned())),
    }
}

/// A whole number without a sign; the largest there is where it is larger.
fn whole(text: &str) -> Option<u32> {
    let is_whole = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_whole.then(|| text.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::parameters::Parameters;

    fn part(query: &str, offset: Option<u32>) -> Part {
        let mut parameters = Parameters::read(query);
        for name in ["q", "limit", "offset", "cursor"] {
            parameters.value(name);
        }
        Part { path: "/list", given: parameters.finish(false).unwrap(), limit: 10, offset }
    }

    #[test]
    fn a_list_has_one_shape() {
        let listing = part("q=a%26b", Some(0)).listing(vec![1, 2], Some(Total::AtLeast(10_000)), Some("xyz"));
        insta::assert_snapshot!(serde_json::to_string(&listing).unwrap(), @r#"{"items":[1,2],"total":{"value":10000,"relation":"at_least"},"limit":10,"offset":0,"next":"/list?q=a%26b&cursor=xyz","prev":null}"#);
        assert_eq!(listing.link().unwrap(), "</list?q=a%26b&cursor=xyz>; rel=\"next\"");
    }

    #[test]
    fn a_page_with_a_number_knows_the_one_before() {
        for (offset, prev) in [(25, Some("/list?q=a&offset=15")), (5, Some("/list?q=a&offset=0")), (0, None)] {
            let listing = part(&format!("q=a&offset={offset}"), Some(offset)).listing(vec![1], None, None);
            assert_eq!(listing.prev.as_deref(), prev);
        }
        let listing = part("q=a&offset=25", Some(25)).listing(vec![1], None, Some("x"));
        let expected = "</list?q=a&cursor=x>; rel=\"next\", </list?q=a&offset=15>; rel=\"prev\"";
        assert_eq!(listing.link().unwrap(), expected);
    }

    #[test]
    fn a_cursor_of_ids_continues_its_own_list_alone() {
        let read = |path, query: &str| IdListRequest::parse(path, Searchable::Yes, query, Prefer::default());
        let cursor = id_cursor("/list", "b", 7).unwrap();
        let page = read("/list", &format!("q=b&limit=3&cursor={cursor}")).unwrap().page();
        assert_eq!(page, IdPage { limit: 3, after: 7, skip: 0 });
        assert_eq!(read("/list", "offset=4").unwrap().page(), IdPage { limit: 20, after: 0, skip: 4 });
        for (path, query) in [("/list", "q=c"), ("/list", "q="), ("/other", "q=b"), ("/list", "q=b&offset=0")] {
            let errors = read(path, &format!("{query}&cursor={cursor}")).unwrap_err().errors;
            assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["cursor"], "{path} {query}");
        }
        for damaged in ["", "x", "%25", "bnVsbA"] {
            assert!(read("/list", &format!("cursor={damaged}")).is_err(), "{damaged}");
        }
    }

    #[test]
    fn the_last_page_at_a_cursor_has_no_links() {
        let listing = part("q=a&cursor=x", None).listing(Vec::<u8>::new(), Some(Total::Exact(0)), None);
        insta::assert_snapshot!(serde_json::to_string(&listing).unwrap(), @r#"{"items":[],"total":{"value":0,"relation":"exact"},"limit":10,"offset":null,"next":null,"prev":null}"#);
        assert_eq!(listing.link(), None);
    }
}
