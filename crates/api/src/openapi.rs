//! The OpenAPI document. Handlers describe themselves; what is the same for all of them is added here.

use actix_web::http::StatusCode;
use domain::query::{conditions, parameters::Parameters};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Array, Content, Header, HttpMethod, KnownFormat, Object, OpenApi as Document, PathItem, Ref, RefOr, Response,
        Schema, SchemaFormat, Type,
        path::{Operation, Parameter},
        schema::AdditionalProperties,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{compat, docs, health, metrics, problem, v1};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Marquee",
        description = "A movie catalogue. Reading needs no account where the operator allows it; an admin adds, edits \
            and removes.\n\n\
            **Log in** with `POST /api/v1/auth/login`, press *Authorize* above and enter the token.\n\n\
            Every path also answers with a slash at its end, HEAD where it answers GET, and OPTIONS. An error is \
            `application/problem+json` (RFC 9457); its `type` is a path at which its kind is explained.\n\n\
            **Idempotency-Key.** What creates takes this header: a request that is sent again with the same key and \
            the same body, on whatever server of the catalogue, is answered as the first time, with \
            `Idempotency-Replayed: true`, and done once. A key belongs to a user and a path, and is kept for 24 hours \
            where the first answer was a success or a 409; a request that was refused for another reason can be put \
            right and sent with the same key. A key that comes with another body is a 422.\n\n\
            A token that is not valid is refused with a 401 wherever below `/api` it is sent, also where none is needed.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "movies", description = "Finding and reading movies, and, for admins, changing them"),
        (name = "genres", description = "The genres of the movies"),
        (name = "history", description = "What was done, undoing it, and following the catalogue's changes"),
        (name = "accounts", description = "Making an account, logging in and out, tokens for programs, and, for admins, the users"),
        (name = "older shapes", description = "The same movies for clients of older services"),
        (name = "server", description = "The server itself"),
    ),
    paths(
        v1::movies::list,
        v1::suggest::list,
        v1::similar::list,
        v1::movies::create,
        v1::batch::apply,
        v1::movies::one,
        v1::movies::replace,
        v1::movies::patch,
        v1::movies::delete,
        v1::export::download,
        v1::genres::list,
        v1::genres::create,
        v1::genres::one,
        v1::genres::rename,
        v1::genres::delete,
        v1::genres::merge,
        v1::import::import,
        v1::history::list,
        v1::history::restore,
        v1::history::restore_version,
        v1::changes::list,
        v1::accounts::register,
        v1::accounts::login,
        v1::accounts::logout,
        v1::accounts::me,
        v1::accounts::password,
        v1::tokens::list,
        v1::tokens::create,
        v1::tokens::delete,
        v1::users::list,
        v1::users::patch,
        v1::users::delete,
        compat::list,
        compat::create,
        compat::one,
        compat::replace,
        compat::delete,
        compat::manage::add,
        compat::manage::update,
        compat::manage::delete,
        health::healthz,
        health::readyz,
        health::version,
        metrics::show,
        docs::openapi_json,
        docs::problem,
    ),
    components(schemas(problem::ProblemBody, v1::highlight::HighlightBody)),
    modifiers(&Requests, &ListedMovies, &SecuritySchemes, &Conditions, &Problems, &CommonHeaders),
)]
struct ApiDocument;

/// The bodies in which a field that nobody knows is refused, and those of them that take what was read of a resource:
/// its other fields are ignored.
const STRICT: [(&str, Option<&str>); 9] = [
    ("Batch", None),
    ("Credentials", None),
    ("GenreFields", None),
    ("MergeFields", None),
    ("MovieFields", Some("Movie")),
    ("MoviePatchFields", Some("Movie")),
    ("PasswordChange", None),
    ("TokenFields", None),
    ("UserPatchFields", Some("User")),
];

/// Says of request bodies and parameters what their types do not.
struct Requests;

impl Modify for Requests {
    fn modify(&self, document: &mut Document) {
        let schemas = &mut document.components.get_or_insert_default().schemas;
        for (name, resource) in STRICT {
            let ignored = resource.and_then(|resource| object(schemas.get_mut(resource)?)).cloned();
            let Some(body) = schemas.get_mut(name).and_then(object) else { continue };
            body.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            for (field, mut schema) in ignored.into_iter().flat_map(|resource| resource.properties) {
                if let Some(field) = object(&mut schema) {
                    field.read_only = Some(true);
                }
                body.properties.entry(field).or_insert(schema);
            }
        }
        for item in document.paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                for parameter in operation.parameters.iter_mut().flatten() {
                    let RefOr::T(Parameter { name, schema: Some(schema), .. }) = parameter else { continue };
                    let Some(schema) = object(schema) else { continue };
                    if name == "limit" {
                        // However large it is, it becomes the largest that is granted.
                        schema.format = None;
                    }
                    if name.starts_with("created_at.") || name.starts_with("updated_at.") {
                        schema.format = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
                    }
                }
            }
        }
    }
}

fn object(schema: &mut RefOr<Schema>) -> Option<&mut Object> {
    match schema {
        RefOr::T(Schema::Object(object)) => Some(object),
        _ => None,
    }
}

/// Says that the movies of a list may show some fields alone.
struct ListedMovies;

impl Modify for ListedMovies {
    fn modify(&self, document: &mut Document) {
        let schemas = &mut document.components.get_or_insert_default().schemas;
        let Some(RefOr::T(Schema::Object(movie))) = schemas.get("Movie") else { return };
        let mut listed = movie.clone();
        listed.required.clear();
        listed.properties.insert("highlight".to_owned(), Ref::from_schema_name("Highlight").into());
        listed.description = Some(
            "A movie, or, where `fields` says so, these fields of it; with `highlight=true`, where words were found."
                .to_owned(),
        );
        schemas.insert("ListedMovie".to_owned(), listed.into());
        for list in ["Listing_Movie", "SimilarMovies_Movie"] {
            if let Some(RefOr::T(Schema::Object(list))) = schemas.get_mut(list) {
                let items = Array::new(Ref::from_schema_name("ListedMovie"));
                list.properties.insert("items".to_owned(), items.into());
            }
        }
    }
}

/// The document as JSON, for people as much as for programs.
pub fn document_json() -> String {
    // The document is made of texts and lists: it can always be written.
    ApiDocument::openapi().to_pretty_json().unwrap_or_default()
}

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of a login. The field takes the token alone."))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let description = "The same token as older clients send it. The field takes the whole value: `Token mq_...`";
        let token = ApiKeyValue::with_description("Authorization", description);
        components.add_security_scheme("token", SecurityScheme::ApiKey(ApiKey::Header(token)));
    }
}

/// What chooses and orders movies is the same for an export as for a list.
struct Conditions;

impl Modify for Conditions {
    fn modify(&self, document: &mut Document) {
        let mut parameters = Parameters::read("");
        conditions::filter(&mut parameters);
        conditions::sort(&mut parameters);
        let paths = &mut document.paths.paths;
        let get = |item: &PathItem| item.get.as_ref().and_then(|operation| operation.parameters.clone());
        let mut shared = paths.get("/api/v1/movies").and_then(get).unwrap_or_default();
        let is_shared = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(parameter) => parameters.known().contains(&parameter.name.as_str()),
            RefOr::Ref(_) => false,
        };
        shared.retain(is_shared);
        if let Some(export) = paths.get_mut("/api/v1/export").and_then(|item| item.get.as_mut()) {
            shared.append(export.parameters.get_or_insert_default());
            export.parameters = Some(shared);
        }
    }
}

/// Gives every error of every operation its body, its headers and, where the handler says none, its description.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut Document) {
        for (path, item) in &mut document.paths.paths {
            let may_fail = path.starts_with("/api/") || path.starts_with("/manage/");
            for (_, operation) in operations(item) {
                let responses = &mut operation.responses.responses;
                let slow = operation.request_body.as_ref().map(|_| "408");
                for status in ["401", "500", "503"].into_iter().chain(slow).filter(|_| may_fail) {
                    responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new("")));
                }
                for (status, response) in responses {
                    if let (Ok(status), RefOr::T(response)) = (status.parse(), response) {
                        describe_problem(status, response);
                    }
                }
            }
        }
    }
}

fn describe_problem(status: StatusCode, response: &mut Response) {
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    if response.description.is_empty() {
        response.description = match status.as_u16() {
            400 => "A parameter is not known or not allowed, or the body cannot be read",
            401 => "No token where one is needed, or one that is not valid",
            403 => "The user may not do this",
            404 => "There is no such thing",
            408 => "The body was not there in time",
            409 => "It stands against something that exists",
            410 => "It is not kept any more",
            412 => "The movie is not in the state that `If-Match` names",
            413 => "The body is too large",
            415 => "The body is of a type that is not taken here",
            422 => "The body is readable but breaks rules: `errors` names them all",
            429 => "Too many failed attempts",
            500 => "The server failed",
            503 => "What this needs is not available right now",
            _ => status.canonical_reason().unwrap_or("Error"),
        }
        .to_owned();
    }
    let schema = Ref::from_schema_name("Problem");
    response.content.insert("application/problem+json".to_owned(), RefOr::T(Content::new(Some(schema))));
    match status {
        StatusCode::UNAUTHORIZED => add_header(response, "WWW-Authenticate", Type::String, "How to sign a request"),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            add_header(response, "Retry-After", Type::Integer, "Seconds to wait before the next attempt");
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => add_header(response, "Accept", Type::String, "The types taken here"),
        _ => {}
    }
}

/// The headers of every answer.
struct CommonHeaders;

impl Modify for CommonHeaders {
    fn modify(&self, document: &mut Document) {
        for item in document.paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                for response in operation.responses.responses.values_mut() {
                    if let RefOr::T(response) = response {
                        let description = "The id of the request: the client's `X-Request-Id`, or one made here";
                        add_header(response, "X-Request-Id", Type::String, description);
                    }
                }
            }
        }
    }
}

fn add_header(response: &mut Response, name: &str, of: Type, description: &str) {
    let mut header = Header::new(Object::with_type(of));
    header.description = Some(description.to_owned());
    response.headers.insert(name.to_owned(), RefOr::T(header));
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
