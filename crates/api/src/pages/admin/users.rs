//! `/admin/users`: who there is, and what they may do.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;
use domain::{
    Error,
    query::{
        IdPage,
        parameters::{Parameters, url},
    },
    user::{Admin, Role, User, UserChange, UserId},
};

use super::{
    confirm::Confirm,
    paging::{Paging, pages},
};
use crate::{
    endpoint::Endpoint,
    pages::{
        form::Form,
        i18n::Text,
        page::{Page, PageAdmin, see_other},
    },
    problem::Problem,
    state::{State, blocking},
    v1::path_id,
};

const PATH: &str = "/admin/users";

/// How many users a page lists.
const LISTED: u32 = 50;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at(PATH).page().get(list), Endpoint::at("/admin/users/{id}/{what}").page().get(ask).post(change)]
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct ListTemplate<'a> {
    page: &'a Page,
    users: Vec<User>,
    total: u64,
    /// What is to be found in names.
    find: String,
    /// Of the admin who looks at it.
    own_id: Option<UserId>,
    paging: Paging,
    notice: Option<Text<'a>>,
    alert: Option<Text<'a>>,
}

impl ListTemplate<'_> {
    fn is_self(&self, user: &User) -> bool {
        self.own_id == Some(user.id)
    }
}

/// What can be done to a user.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Promote,
    Demote,
    Disable,
    Enable,
    Delete,
}

impl What {
    fn of(text: &str) -> Result<Self, Problem> {
        match text {
            "promote" => Ok(Self::Promote),
            "demote" => Ok(Self::Demote),
            "disable" => Ok(Self::Disable),
            "enable" => Ok(Self::Enable),
            "delete" => Ok(Self::Delete),
            _ => Err(Problem::not_found("page")),
        }
    }

    /// What it changes; `None` where it removes the user.
    fn change(self) -> Option<UserChange> {
        let role = |role| Some(UserChange { role: Some(role), disabled: None });
        let disabled = |disabled| Some(UserChange { role: None, disabled: Some(disabled) });
        match self {
            Self::Promote => role(Role::Admin),
            Self::Demote => role(Role::User),
            Self::Disable => disabled(true),
            Self::Enable => disabled(false),
            Self::Delete => None,
        }
    }

    fn question<'a>(self, page: &'a Page, is_self: bool) -> [Text<'a>; 3] {
        match (self, is_self) {
            (Self::Promote, _) => {
                [page.t("manage-user-promote-title"), page.t("manage-user-promote-text"), page.t("manage-user-promote")]
            }
            (Self::Demote, false) => {
                [page.t("manage-user-demote-title"), page.t("manage-user-demote-text"), page.t("manage-user-demote")]
            }
            (Self::Demote, true) => {
                [page.t("manage-user-demote-title"), page.t("manage-user-demote-self"), page.t("manage-user-demote")]
            }
            (Self::Disable, false) => {
                [page.t("manage-user-disable-title"), page.t("manage-user-disable-text"), page.t("manage-user-disable")]
            }
            (Self::Disable, true) => {
                [page.t("manage-user-disable-title"), page.t("manage-user-disable-self"), page.t("manage-user-disable")]
            }
            (Self::Enable, _) => {
                [page.t("manage-user-enable-title"), page.t("manage-user-enable-text"), page.t("manage-user-enable")]
            }
            (Self::Delete, false) => {
                [page.t("manage-user-delete-title"), page.t("manage-user-delete-text"), page.t("manage-delete")]
            }
            (Self::Delete, true) => {
                [page.t("manage-user-delete-title"), page.t("manage-user-delete-self"), page.t("manage-delete")]
            }
        }
    }
}

async fn list(page: Page, PageAdmin(admin): PageAdmin, state: State) -> Result<HttpResponse, Problem> {
    let mut parameters = Parameters::read(&page.query);
    let notice = match parameters.value("done").as_deref() {
        Some("changed") => Some(page.t("manage-user-changed")),
        Some("deleted") => Some(page.t("manage-user-deleted")),
        _ => None,
    };
    show_list(&page, &state, admin, notice, None).await
}

async fn show_list(
    page: &Page,
    state: &State,
    admin: Admin,
    notice: Option<Text<'_>>,
    alert: Option<Text<'_>>,
) -> Result<HttpResponse, Problem> {
    let find = Parameters::read(&page.query).text("name").unwrap_or_default();
    let own_id = admin.user();
    // As if there were very many: how many there are is known afterwards.
    let skip = Paging::of(page, u32::MAX).before(LISTED);
    let (accounts, name) = (Arc::clone(&state.accounts), find.clone());
    let listed = blocking(move || {
        let part = |skip| accounts.users(&admin, &name, IdPage { limit: LISTED, after: 0, skip });
        let listed = part(skip)?;
        let last = pages(listed.total, LISTED).saturating_sub(1).saturating_mul(LISTED);
        if skip > last { part(last) } else { Ok(listed) }
    })
    .await?;
    let paging = Paging::of(page, pages(listed.total, LISTED));
    let status = if alert.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let total = listed.total;
    let template = ListTemplate { page, users: listed.items, total, find, own_id, paging, notice, alert };
    page.show_as(status, &template)
}

async fn ask(
    page: Page,
    PageAdmin(admin): PageAdmin,
    state: State,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, what) = target(&path)?;
    let accounts = Arc::clone(&state.accounts);
    let own_id = admin.user();
    let user = blocking(move || accounts.user(&admin, id)).await?;
    let [title, text, button] = what.question(&page, own_id == Some(id));
    page.show(&Confirm {
        page: &page,
        title,
        text: text.with("name", user.username.as_str()),
        alert: None,
        action: page.path.clone(),
        fields: Vec::new(),
        button,
        back: PATH.to_owned(),
    })
}

async fn change(
    page: Page,
    PageAdmin(admin): PageAdmin,
    form: Form,
    state: State,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, what) = target(&path)?;
    let is_self = admin.user() == Some(id);
    let accounts = Arc::clone(&state.accounts);
    let caller = admin.clone();
    let result = blocking(move || {
        Ok(match what.change() {
            Some(change) => accounts.change_user(&caller, id, change).map(drop),
            None => accounts.delete_user(&caller, id),
        })
    });
    match result.await? {
        // Whoever is no admin any more sees nothing here.
        Ok(()) if is_self && !matches!(what, What::Promote | What::Enable) => Ok(see_other("/")),
        Ok(()) => {
            let done = if what == What::Delete { "deleted" } else { "changed" };
            let kept = ["name", "p"].map(|name| (name, form.text(name)));
            let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
            Ok(see_other(&url(PATH, kept.chain([("done", done)]))))
        }
        Err(Error::LastAdmin) => {
            let list = Page { path: PATH.to_owned(), ..page };
            show_list(&list, &state, admin, None, Some(list.t("manage-user-last-admin"))).await
        }
        Err(error) => Err(error.into()),
    }
}

fn target(path: &Path<(String, String)>) -> Result<(UserId, What), Problem> {
    let (id, what) = &**path;
    Ok((UserId(path_id(id, "user")?), What::of(what)?))
}
