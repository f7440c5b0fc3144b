//! One's own account: password, language, tokens and logins.

use std::collections::VecDeque;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Path, Query},
};
use askama::Template;
use domain::{
    Error,
    query::IdPage,
    services::{NewToken, new_password},
    user::{Token, TokenId, TokenName, User},
    violation::{Violation, ViolationCode, Violations},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    accounts::show_refused,
    form::Form,
    i18n::{Locale, Text},
    page::{Page, language_cookie, see_other},
    violations::{Subject, Wrong},
};
use crate::{
    auth::SignedIn,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
    v1::{
        accounts::client,
        path_id,
        tokens::{MAX_DAYS, USUAL_DAYS, whole_days},
    },
};

const ACCOUNT: &str = "/account";

/// The most logins that are shown beside that of this browser, the last ones. Programs that log in by themselves have
/// made as many as they like.
const MAX_LOGINS: usize = 20;

/// How many tokens are read at once.
const READ_AT_ONCE: u32 = 1_000;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at(ACCOUNT).page().get(show),
        // A form that is shown again stands at the path it was sent to: from there one comes back.
        Endpoint::at("/account/password").page().get(back).post(change_password),
        Endpoint::at("/account/language").page().get(back).post(choose_language),
        Endpoint::at("/account/tokens").page().get(back).post(create_token),
        Endpoint::at("/account/tokens/{id}").page().get(confirm).post(revoke),
    ]
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountTemplate<'a> {
    page: &'a Page,
    user: &'a User,
    /// What was just done.
    done: Option<Text<'a>>,
    password_wrong: Wrong<'a>,
    password_error: Option<Text<'a>>,
    token_name: &'a str,
    token_days: &'a str,
    token_wrong: Wrong<'a>,
    token_error: Option<Text<'a>>,
    /// The token that was just made.
    made: Option<&'a NewToken>,
    tokens: Vec<Token>,
    logins: Vec<Token>,
    more_logins: usize,
    /// The login by which this page is seen.
    present: TokenId,
}

impl<'a> AccountTemplate<'a> {
    async fn new(page: &'a Page, caller: &'a SignedIn, state: &State) -> Result<Self, Problem> {
        let Tokens { named: tokens, logins, more_logins } = Tokens::of(caller, state).await?;
        Ok(Self {
            page,
            user: &caller.user,
            done: None,
            password_wrong: Wrong::default(),
            password_error: None,
            token_name: "",
            token_days: "",
            token_wrong: Wrong::default(),
            token_error: None,
            made: None,
            tokens,
            logins,
            more_logins,
            present: caller.token.id,
        })
    }

    fn usual_days(&self) -> u32 {
        USUAL_DAYS
    }

    fn max_days(&self) -> u32 {
        MAX_DAYS
    }
}

/// The tokens of a user, the latest first.
struct Tokens {
    named: Vec<Token>,
    /// That of this browser comes before all.
    logins: Vec<Token>,
    more_logins: usize,
}

impl Tokens {
    async fn of(caller: &SignedIn, state: &State) -> Result<Self, Problem> {
        let (accounts, user, present) = (state.accounts.clone(), caller.user.id, caller.token.id);
        blocking(move || {
            let (mut named, mut logins, mut more_logins) = (Vec::new(), VecDeque::new(), 0);
            let mut present_login = None;
            let mut after = 0;
            loop {
                let tokens = accounts.tokens(user, IdPage { limit: READ_AT_ONCE, after, skip: 0 })?.items;
                let Some(last) = tokens.last() else { break };
                after = last.id.0;
                for token in tokens {
                    if token.name.is_some() {
                        named.push(token);
                    } else if token.id == present {
                        present_login = Some(token);
                    } else {
                        logins.push_back(token);
                    }
                }
                let surplus = logins.len().saturating_sub(MAX_LOGINS);
                logins.drain(..surplus);
                more_logins += surplus;
            }
            named.reverse();
            let logins = present_login.into_iter().chain(logins.into_iter().rev()).collect();
            Ok(Self { named, logins, more_logins })
        })
        .await
    }
}

/// What was done before the page is shown, which is said on it.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

async fn show(page: Page, caller: SignedIn, done: Query<Done>, state: State) -> Result<HttpResponse, Problem> {
    let mut template = AccountTemplate::new(&page, &caller, &state).await?;
    template.done = match done.done.as_deref() {
        Some("password") => Some(page.t("account-password-done")),
        Some("language") => Some(page.t("account-language-done")),
        Some("token") => Some(page.t("token-revoke-done")),
        Some("login") => Some(page.t("login-end-done")),
        _ => None,
    };
    page.show(&template)
}

async fn back(_: SignedIn) -> HttpResponse {
    see_other(ACCOUNT)
}

async fn change_password(
    page: Page,
    caller: SignedIn,
    form: Form,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let [current, new] = ["current", "new"].map(|name| SecretString::from(form.raw(name)));
    let mut found = Violations::default();
    if current.expose_secret().is_empty() {
        found.push(Violation::new("/current", ViolationCode::Required, "a value is needed"));
    }
    found.check(new_password(&caller.user.username, new.clone()));
    let changed = if found.0.is_empty() {
        let (accounts, address, SignedIn { token, user }) = (state.accounts.clone(), client(&request), caller.clone());
        state.hashing(move || Ok(accounts.change_password(&token, &user, &current, new, address))).await?
    } else {
        Err(Error::Invalid(found))
    };
    let Err(error) = changed else { return Ok(see_other("/account?done=password")) };
    let mut template = AccountTemplate::new(&page, &caller, &state).await?;
    match &error {
        Error::Invalid(violations) => template.password_wrong = Wrong::new(&page, Subject::Account, violations),
        Error::TooManyAttempts { .. } => template.password_error = Some(page.t("account-password-too-many")),
        _ => return Err(error.into()),
    }
    show_refused(&page, &Problem::from(error), &template)
}

async fn choose_language(_: SignedIn, form: Form) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::plain(StatusCode::BAD_REQUEST, "The pages do not speak this language.");
    let locale = Locale::by_tag(form.text("lang")).ok_or_else(unknown)?;
    let mut response = see_other("/account?done=language");
    response.add_cookie(&language_cookie(locale)).map_err(Problem::internal)?;
    Ok(response)
}

/// The new token is on the answer itself, so that it is nowhere kept to be shown.
async fn create_token(page: Page, caller: SignedIn, form: Form, state: State) -> Result<HttpResponse, Problem> {
    let mut found = Violations::default();
    let name = found.check(TokenName::new(form.text("name")));
    let days = found.check(match form.text("expires_in_days") {
        "" => Ok(USUAL_DAYS),
        days => whole_days(days.parse().ok()),
    });
    let created = match (name, days) {
        (Some(name), Some(days)) => {
            let (accounts, token) = (state.accounts.clone(), caller.token.clone());
            blocking(move || Ok(accounts.create_token(&token, &name, days))).await?
        }
        _ => Err(Error::Invalid(found)),
    };
    let mut template = AccountTemplate::new(&page, &caller, &state).await?;
    let error = match created {
        Ok(made) => {
            template.made = Some(&made);
            return page.show_as(StatusCode::CREATED, &template);
        }
        Err(error) => error,
    };
    (template.token_name, template.token_days) = (form.text("name"), form.text("expires_in_days"));
    match &error {
        Error::Invalid(violations) => template.token_wrong = Wrong::new(&page, Subject::Token, violations),
        Error::TooManyTokens { most } => template.token_error = Some(page.t("tokens-too-many").with("most", *most)),
        _ => return Err(error.into()),
    }
    show_refused(&page, &Problem::from(error), &template)
}

#[derive(Template)]
#[template(path = "revoke.html")]
struct RevokeTemplate<'a> {
    page: &'a Page,
    token: &'a Token,
}

async fn confirm(page: Page, caller: SignedIn, id: Path<String>, state: State) -> Result<HttpResponse, Problem> {
    let token = own_token(&id, &caller, &state).await?;
    page.show(&RevokeTemplate { page: &page, token: &token })
}

async fn revoke(caller: SignedIn, id: Path<String>, state: State) -> Result<HttpResponse, Problem> {
    let token = own_token(&id, &caller, &state).await?;
    let accounts = state.accounts.clone();
    blocking(move || accounts.revoke_token(caller.user.id, token.id)).await?;
    Ok(see_other(if token.name.is_some() { "/account?done=token" } else { "/account?done=login" }))
}

async fn own_token(id: &str, caller: &SignedIn, state: &State) -> Result<Token, Problem> {
    let id = TokenId(path_id(id, "token")?);
    let (accounts, user) = (state.accounts.clone(), caller.user.id);
    blocking(move || accounts.token(user, id)).await
}
