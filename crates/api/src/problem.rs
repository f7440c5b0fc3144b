//! What goes wrong, as HTTP says it: `application/problem+json` (RFC 9457).
//!
//! A handler returns a [`Problem`]; [`crate::request`] completes it with the request's path and id, logs its cause and
//! sends it. Each kind of problem that says more than its status has a `type` of its own, `/problems/NAME`, at which
//! the server explains it.

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use domain::{
    Error,
    error::Cause,
    violation::{Violation, ViolationCode, Violations},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// How long a client waits before it tries again what was not available.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The kinds of problems that say more than their status does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    InvalidParameters,
    UnreadableBody,
    InvalidBody,
    InvalidToken,
    WrongCredentials,
    RegistrationClosed,
    TooManyAttempts,
    UsernameTaken,
    LastAdmin,
    TooManyTokens,
    DuplicateMovie,
    ImdbIdTaken,
    GenreNameTaken,
    GenreInUse,
    StaleVersion,
    IdempotencyKeyReused,
    ChangesGone,
    Unavailable,
}

impl Kind {
    pub const ALL: [Self; 18] = [
        Self::InvalidParameters,
        Self::UnreadableBody,
        Self::InvalidBody,
        Self::InvalidToken,
        Self::WrongCredentials,
        Self::RegistrationClosed,
        Self::TooManyAttempts,
        Self::UsernameTaken,
        Self::LastAdmin,
        Self::TooManyTokens,
        Self::DuplicateMovie,
        Self::ImdbIdTaken,
        Self::GenreNameTaken,
        Self::GenreInUse,
        Self::StaleVersion,
        Self::IdempotencyKeyReused,
        Self::ChangesGone,
        Self::Unavailable,
    ];

    /// The `type`: a path on this server.
    pub fn uri(self) -> &'static str {
        self.texts().0
    }

    /// The `title`.
    pub fn title(self) -> &'static str {
        self.texts().1
    }

    /// What a client can do about it.
    pub fn explanation(self) -> &'static str {
        self.texts().2
    }

    fn status(self) -> StatusCode {
        match self {
            Self::InvalidParameters | Self::UnreadableBody => StatusCode::BAD_REQUEST,
            Self::InvalidBody | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::InvalidToken | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::RegistrationClosed => StatusCode::FORBIDDEN,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::UsernameTaken
            | Self::LastAdmin
            | Self::TooManyTokens
            | Self::DuplicateMovie
            | Self::ImdbIdTaken
            | Self::GenreNameTaken
            | Self::GenreInUse => StatusCode::CONFLICT,
            Self::StaleVersion => StatusCode::PRECONDITION_FAILED,
            Self::ChangesGone => StatusCode::GONE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::InvalidParameters => (
                "/problems/invalid-parameters",
                "Invalid parameters",
                "Parameters, in the URL or in headers, are unknown, repeated or have values that are not allowed. `errors` \
                 names each; `did_you_mean` is the known parameter nearest to an unknown one.",
            ),
            Self::UnreadableBody => (
                "/problems/unreadable-body",
                "Unreadable body",
                "The body is not what its Content-Type says, in UTF-8, or ends too early. Of a feed, `stored_records` came before that and are stored.",
            ),
            Self::InvalidBody => (
                "/problems/invalid-body",
                "Invalid body",
                "The body is readable but breaks rules. `errors` names every field that does, by its JSON pointer.",
            ),
            Self::InvalidToken => (
                "/problems/invalid-token",
                "Invalid token",
                "The token is unknown, has expired or was revoked, or its user is disabled. Log in again.",
            ),
            Self::WrongCredentials => (
                "/problems/wrong-credentials",
                "Wrong username or password",
                "No enabled user has this name and this password.",
            ),
            Self::RegistrationClosed => (
                "/problems/registration-closed",
                "Registration is closed",
                "On this server accounts are made by its operator.",
            ),
            Self::TooManyAttempts => (
                "/problems/too-many-attempts",
                "Too many attempts",
                "There were too many wrong passwords, or too many registrations, from this address. Others are refused \
                 for the number of seconds in `Retry-After`.",
            ),
            Self::UsernameTaken => (
                "/problems/username-taken",
                "Username taken",
                "Another user has this name. Names are compared without regard to case.",
            ),
            Self::LastAdmin => (
                "/problems/last-admin",
                "Last admin",
                "This user is the only enabled admin, and so cannot be demoted, disabled or removed. Make another user \
                 an admin first.",
            ),
            Self::TooManyTokens => (
                "/problems/too-many-tokens",
                "Too many tokens",
                "A user has a limited number of tokens; logins are not counted. End one that is not used any more.",
            ),
            Self::DuplicateMovie => (
                "/problems/duplicate-movie",
                "Duplicate movie",
                "The movie `existing_id` has the same name, director and year. With `?allow_duplicate=true` the movie \
                 is stored all the same.",
            ),
            Self::ImdbIdTaken => {
                ("/problems/imdb-id-taken", "IMDb id taken", "The movie `existing_id` has this `imdb_id`.")
            }
            Self::GenreNameTaken => (
                "/problems/genre-name-taken",
                "Genre name taken",
                "The genre `existing_id` has this name. Names are compared without regard to case.",
            ),
            Self::GenreInUse => (
                "/problems/genre-in-use",
                "Genre in use",
                "`movie_count` movies have this genre. With `?detach=true` it is taken from them.",
            ),
            Self::StaleVersion => (
                "/problems/stale-version",
                "Stale version",
                "The movie was changed since the state that `If-Match` names; its version is `current_version` now. \
                 Read it again, and apply the change to that.",
            ),
            Self::IdempotencyKeyReused => (
                "/problems/idempotency-key-reused",
                "Idempotency key used for another request",
                "Within the last 24 hours this user sent another request to this path with the same `Idempotency-Key`. \
                 Nothing was done. Choose a new key for each new request.",
            ),
            Self::ChangesGone => (
                "/problems/changes-gone",
                "Changes gone",
                "The feed cannot be followed from this number. Changes are kept after the number `oldest_since`; older \
                 ones were removed. If the number is above `last_seq`, the last of the feed, the database was restored \
                 or replaced. Note `last_seq`, take all movies anew, and follow the feed from the noted number.",
            ),
            Self::Unavailable => (
                "/problems/unavailable",
                "Not available right now",
                "Something that the server needs is away, or the server is starting or stopping. Try again after the \
                 number of seconds in `Retry-After`.",
            ),
        }
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body, or the name of a parameter.
    #[schema(example = "/imdb_score")]
    pub field: String,
    /// Which rule is broken.
    #[schema(value_type = String, example = "out_of_range")]
    pub code: &'static str,
    /// The rule in words.
    #[schema(example = "a score is 0 to 10")]
    pub detail: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

impl From<Violation> for FieldError {
    fn from(violation: Violation) -> Self {
        let code = match violation.code {
            ViolationCode::Required => "required",
            ViolationCode::WrongType => "wrong_type",
            ViolationCode::OutOfRange => "out_of_range",
            ViolationCode::TooShort => "too_short",
            ViolationCode::TooLong => "too_long",
            ViolationCode::InvalidFormat => "invalid_format",
            ViolationCode::UnknownField => "unknown_field",
            ViolationCode::NotFound => "not_found",
            ViolationCode::NotAllowed => "not_allowed",
            ViolationCode::StaleVersion => "stale_version",
            ViolationCode::Taken => "taken",
            ViolationCode::Duplicate => "duplicate",
            ViolationCode::Incorrect => "incorrect",
        };
        Self { field: violation.field, code, detail: violation.detail }
    }
}

/// The errors in one sentence, where they are few.
fn summary(errors: &[FieldError]) -> String {
    const FEW: usize = 3;
    if errors.len() > FEW {
        return "Several things are wrong: `errors` has each.".to_owned();
    }
    let told = |error: &FieldError| format!("{}: {}", error.field.trim_start_matches('/'), error.detail);
    errors.iter().map(told).collect::<Vec<_>>().join("; ")
}

/// An answer that is an error.
#[derive(Debug)]
pub struct Problem(Box<Content>);

#[derive(Debug)]
struct Content {
    kind: Option<Kind>,
    status: StatusCode,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    /// Members beyond those of RFC 9457.
    extensions: Map<String, Value>,
    headers: HeaderMap,
    /// For the log alone.
    cause: Option<Cause>,
}

impl Problem {
    fn new(kind: Option<Kind>, status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Content {
            kind,
            status,
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    fn of(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Some(kind), kind.status(), detail)
    }

    /// A problem that its status says all about.
    pub fn plain(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(None, status, detail)
    }

    /// 400: the parameters of the URL.
    pub fn parameters(errors: Vec<FieldError>) -> Self {
        Self::of(Kind::InvalidParameters, summary(&errors)).with_errors(errors)
    }

    /// 400: the body is not what its type says.
    pub fn unreadable_body(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::UnreadableBody, detail)
    }

    /// 422: the body breaks rules.
    pub fn violations(violations: Violations) -> Self {
        let errors: Vec<_> = violations.0.into_iter().map(FieldError::from).collect();
        Self::of(Kind::InvalidBody, summary(&errors)).with_errors(errors)
    }

    /// 401: a token is needed.
    pub fn token_needed() -> Self {
        Self::plain(StatusCode::UNAUTHORIZED, "A token is needed here: Authorization: Bearer TOKEN.")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"marquee\""))
    }

    /// 401: a token was given, but not a valid one.
    pub fn invalid_token(detail: &'static str) -> Self {
        const CHALLENGE: &str = "Bearer realm=\"marquee\", error=\"invalid_token\"";
        Self::of(Kind::InvalidToken, detail).with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE))
    }

    /// 403: the user's role does not allow it.
    pub fn admins_only() -> Self {
        Self::plain(StatusCode::FORBIDDEN, "Only an admin may do this.")
    }

    /// 404: there is no such thing, or nothing at this path.
    pub fn not_found(what: &str) -> Self {
        Self::plain(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }

    /// 405: the path knows other methods; `allow` is the value of the header of that name.
    pub fn method_not_allowed(method: &Method, allow: &HeaderValue) -> Self {
        let detail = format!("{method} is not among {}.", allow.to_str().unwrap_or_default());
        Self::plain(StatusCode::METHOD_NOT_ALLOWED, detail).with_header(header::ALLOW, allow.clone())
    }

    /// 413: the body is larger than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::plain(StatusCode::PAYLOAD_TOO_LARGE, format!("A body here has at most {limit} bytes."))
    }

    /// 415: the body is of another type than `accepted`.
    pub fn unsupported_type(accepted: &[&str]) -> Self {
        let accepted = accepted.join(", ");
        let problem = Self::plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("The Content-Type of a body here is {accepted}, in UTF-8."),
        );
        match HeaderValue::from_str(&accepted) {
            Ok(accepted) => problem.with_header(header::ACCEPT, accepted),
            Err(_) => problem,
        }
    }

    /// 415: the body is compressed, and not in one of the ways `accepted`.
    pub fn unsupported_encoding(accepted: &'static str) -> Self {
        let detail = format!("The Content-Encoding of a body here is {accepted}.");
        Self::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
            .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))
    }

    /// 503: something is away for now.
    pub fn unavailable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Unavailable, detail).with_retry_after(RETRY_AFTER)
    }

    /// 500. Says nothing of `cause`, which goes to the log.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "The server failed. Its log says more about this request.")
            .with_cause(Some(cause.into()))
    }

    /// With one more member.
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.extensions.insert(member.to_owned(), value.into());
        self
    }

    /// With one more header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    fn with_retry_after(self, wait: Duration) -> Self {
        // Rounded up: who comes back on time must not be early.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    fn with_cause(mut self, cause: Option<Cause>) -> Self {
        self.0.cause = cause;
        self
    }

    /// What is wrong, in words.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What its answer says in headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// What brought it about, for the log.
    pub fn cause(&self) -> Option<&Cause> {
        self.0.cause.as_ref()
    }

    /// The answer to the request for `instance` with the id `request_id`.
    pub fn response_to(&self, instance: &str, request_id: &str) -> HttpResponse {
        self.response(Some(instance), Some(request_id))
    }

    fn response(&self, instance: Option<&str>, request_id: Option<&str>) -> HttpResponse {
        let content = &self.0;
        let status_phrase = content.status.canonical_reason().unwrap_or("Error");
        let body = ProblemBody {
            kind: content.kind.map_or("about:blank", Kind::uri),
            title: content.kind.map_or(status_phrase, Kind::title),
            status: content.status.as_u16(),
            detail: &content.detail,
            instance,
            request_id,
            errors: &content.errors,
            extensions: &content.extensions,
        };
        let mut response = HttpResponse::build(content.status);
        for (name, value) in &content.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json")).json(body)
    }
}

/// An error.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// The kind of problem: a path on this server that explains it, or `about:blank` where the status says it all.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-body")]
    kind: &'static str,
    /// The kind in words.
    #[schema(example = "Invalid body")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time.
    #[schema(example = "imdb_score: a score is 0 to 10")]
    detail: &'a str,
    /// The path of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "/api/v1/movies")]
    instance: Option<&'a str>,
    /// The id under which the log speaks of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "5f1c0e7a9b3d4c6e8f00112233445566")]
    request_id: Option<&'a str>,
    /// Every single thing that is wrong, where there are such; of very many, the first.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
    #[serde(flatten)]
    #[schema(value_type = ProblemMembers)]
    extensions: &'a Map<String, Value>,
}

/// The further members of a problem: each stands where its kind calls for it.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "it describes what `Problem::with` adds")]
struct ProblemMembers {
    /// The known parameter, or name in a parameter, that is nearest to an unknown one.
    #[schema(required = false, example = "genre")]
    did_you_mean: String,
    /// The movie or genre that there is already.
    #[schema(required = false, example = 3)]
    existing_id: u64,
    /// The movie's version now.
    #[schema(required = false, minimum = 1, example = 4)]
    current_version: u32,
    /// How many movies have the genre.
    #[schema(required = false, example = 12)]
    movie_count: u64,
    /// How many records of an import were read before it failed, and stay.
    #[schema(required = false, example = 2000)]
    stored_records: u64,
    /// The least `since` that is still known.
    #[schema(required = false, example = 100)]
    oldest_since: u64,
    /// The number of the last change.
    #[schema(required = false, example = 250)]
    last_seq: u64,
    /// Why the server is not ready: `starting` or `draining`.
    #[schema(required = false, example = "starting")]
    readiness: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.status, self.0.detail)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.response(None, None)
    }
}

impl From<Violations> for Problem {
    fn from(violations: Violations) -> Self {
        Self::violations(violations)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::Invalid(violations) => Self::violations(violations),
            Error::DuplicateMovie { existing } => {
                Self::of(Kind::DuplicateMovie, detail).with("existing_id", existing.0)
            }
            Error::ImdbIdTaken { existing } => Self::of(Kind::ImdbIdTaken, detail).with("existing_id", existing.0),
            Error::GenreNameTaken { existing } => {
                Self::of(Kind::GenreNameTaken, detail).with("existing_id", existing.0)
            }
            Error::GenreInUse { movies } => Self::of(Kind::GenreInUse, detail).with("movie_count", movies),
            Error::UsernameTaken => Self::of(Kind::UsernameTaken, detail),
            Error::LastAdmin => Self::of(Kind::LastAdmin, detail),
            Error::TooManyTokens { most: _ } => Self::of(Kind::TooManyTokens, detail),
            Error::Stale { current } => Self::of(Kind::StaleVersion, detail).with("current_version", current),
            Error::ChangedSince { movies: _ } => Self::plain(StatusCode::CONFLICT, detail),
            Error::IdempotencyKeyReused => Self::of(Kind::IdempotencyKeyReused, detail),
            Error::ChangesGone { oldest, last } => {
                Self::of(Kind::ChangesGone, detail).with("oldest_since", oldest).with("last_seq", last)
            }
            Error::BadCursor => Self::parameters(vec![FieldError::new("cursor", "invalid_value", detail)]),
            Error::WrongCredentials => Self::of(Kind::WrongCredentials, detail)
                .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"marquee\"")),
            Error::BadToken => Self::invalid_token("The token is not valid."),
            Error::RegistrationClosed => Self::of(Kind::RegistrationClosed, detail),
            Error::TooManyAttempts { retry_after } => {
                Self::of(Kind::TooManyAttempts, detail).with_retry_after(retry_after)
            }
            Error::Unavailable { what: _, cause } => Self::unavailable(detail).with_cause(cause),
            Error::Internal(cause) => Self::internal(cause),
        }
    }
}
