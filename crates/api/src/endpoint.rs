//! One path and its methods.

use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder,
    dev::{AppService, HttpServiceFactory},
    guard,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    middleware::from_fn,
    web,
};

use crate::{auth, pages, problem::Problem};

/// A path with the handlers of its methods. It answers HEAD where it answers GET, OPTIONS, and every other method
/// with a 405 that says which are allowed. A token that is not valid is refused, whatever the method.
pub struct Endpoint {
    path: &'static str,
    methods: Vec<Method>,
    resource: Resource,
    callers: Callers,
}

/// Where a request went: the data of the resource that answered it.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The place of the endpoint among all of them.
    pub number: usize,
    /// Its path, as registered.
    pub path: &'static str,
}

/// How it is found out who is asking.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// By token: one that is not valid is refused.
    Api,
    /// As a browser's user, who has no valid token any more, or never had one.
    Page,
    /// Not at all.
    Ignored,
}

impl Endpoint {
    /// The path `path`, in the syntax of actix-web and without a slash at its end.
    pub fn at(path: &'static str) -> Self {
        Self { path, methods: Vec::new(), resource: web::resource(path), callers: Callers::Api }
    }

    /// Takes no notice of tokens: for what is about the server itself and has to answer without the database, by which
    /// tokens are checked.
    pub fn ignoring_tokens(mut self) -> Self {
        self.callers = Callers::Ignored;
        self
    }

    /// A page for people: see [`pages::page::around`].
    pub fn page(mut self) -> Self {
        self.callers = Callers::Page;
        self
    }

    /// Tells those who look at its answers that it is this one of all endpoints.
    pub fn numbered(mut self, number: usize) -> Self {
        self.resource = self.resource.app_data(Route { number, path: self.path });
        self
    }

    /// Whether it is a page.
    pub fn is_page(&self) -> bool {
        self.callers == Callers::Page
    }

    /// Answers GET and HEAD. What a handler says to GET is sent to HEAD without the body.
    pub fn get<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let get_or_head = guard::Any(guard::Get()).or(guard::Head());
        self.resource = self.resource.route(web::route().guard(get_or_head).to(handler));
        self.methods.extend([Method::GET, Method::HEAD]);
        self
    }

    /// Answers POST.
    pub fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.method(Method::POST, handler)
    }

    /// Answers PUT.
    pub fn put<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.method(Method::PUT, handler)
    }

    /// Answers PATCH.
    pub fn patch<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.method(Method::PATCH, handler)
    }

    /// Answers DELETE.
    pub fn delete<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.method(Method::DELETE, handler)
    }

    fn method<F, Args>(mut self, method: Method, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.route(web::method(method.clone()).to(handler));
        self.methods.push(method);
        self
    }

    /// The path, as registered.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The methods that have handlers.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }
}

impl HttpServiceFactory for Endpoint {
    fn register(self, config: &mut AppService) {
        let names: Vec<&str> = self.methods.iter().map(Method::as_str).chain(["OPTIONS"]).collect();
        // Names of methods are always a valid header.
        let allow = HeaderValue::from_str(&names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static("OPTIONS"));
        let other = move |request: HttpRequest| {
            let answer = match request.method() {
                &Method::OPTIONS => {
                    Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow.clone())).finish())
                }
                method => Err(Problem::method_not_allowed(method, &allow)),
            };
            async { answer }
        };
        let resource = self.resource.default_service(web::to(other));
        match self.callers {
            Callers::Api => resource.wrap(from_fn(auth::authenticate)).register(config),
            Callers::Page => resource.wrap(from_fn(pages::page::around)).register(config),
            Callers::Ignored => resource.register(config),
        }
    }
}
