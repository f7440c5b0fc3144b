//! What was just done, told on the page that a browser is sent to, with a way to undo it.
//!
//! It travels in the address, so that nothing has to be remembered. A script takes it out of the address once it is
//! shown; without one, a reload shows it again, and undoing twice is refused by the catalogue.

use std::{ops::RangeInclusive, sync::Arc};

use actix_web::HttpResponse;
use domain::{change::Seq, error::Error};

use super::movies::MOST;
use crate::{
    endpoint::Endpoint,
    pages::{
        accounts::within_site,
        form::Form,
        i18n::Text,
        page::{Page, PageAdmin, see_other},
    },
    problem::Problem,
    state::{State, blocking},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/admin/undo").page().post(undo)]
}

/// What was done, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Added,
    Saved,
    Removed,
    Restored,
    GenresChanged,
    Undone,
    /// Nothing was left to be done.
    Unchanged,
    /// Not undone: movies were changed again.
    ChangedSince,
    /// Not undone: there is nothing of that kind.
    CannotUndo,
    /// Not undone: another movie has the IMDb id by now.
    ImdbIdTaken,
    /// Not done: movies were changed meanwhile.
    Stale,
    /// No movie was chosen.
    NothingChosen,
    /// More movies were chosen than can be changed at once.
    TooMany,
    /// No genre was named.
    NoGenre,
}

const DEEDS: [(&str, Deed); 14] = [
    ("added", Deed::Added),
    ("saved", Deed::Saved),
    ("removed", Deed::Removed),
    ("restored", Deed::Restored),
    ("genres", Deed::GenresChanged),
    ("undone", Deed::Undone),
    ("unchanged", Deed::Unchanged),
    ("changed-since", Deed::ChangedSince),
    ("cannot-undo", Deed::CannotUndo),
    ("imdb-id-taken", Deed::ImdbIdTaken),
    ("stale", Deed::Stale),
    ("nothing-chosen", Deed::NothingChosen),
    ("too-many", Deed::TooMany),
    ("no-genre", Deed::NoGenre),
];

/// The parameters in which a notice travels.
const PARAMETERS: [&str; 3] = ["done", "count", "changes"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    deed: Deed,
    count: u64,
    changes: Option<RangeInclusive<Seq>>,
}

impl Notice {
    /// So many movies were changed, by these changes.
    pub fn new(deed: Deed, count: u64, changes: Option<RangeInclusive<Seq>>) -> Self {
        Self { deed, count, changes }
    }

    /// What a page is to tell. A link from elsewhere tells nothing: it could have anything undone.
    pub fn of(page: &Page) -> Option<Self> {
        if !page.is_led_to {
            return None;
        }
        // Read by hand: movies that were chosen may be more parameters than are read elsewhere.
        let value = |name: &str| pairs(&page.query).find(|(given, _)| *given == name).map(|(_, value)| value);
        let done = value("done")?;
        let (_, deed) = DEEDS.iter().find(|(name, _)| *name == done)?;
        let count = value("count").and_then(|count| count.parse().ok()).unwrap_or(1);
        let changes = value("changes").and_then(range);
        Some(Self { deed: *deed, count, changes })
    }

    /// Sends the browser to `path`, which tells it.
    pub fn see(&self, path: &str) -> HttpResponse {
        let name = DEEDS.iter().find(|(_, deed)| *deed == self.deed).map_or("", |(name, _)| name);
        let count = self.count.to_string();
        let changes = self.undoing();
        let said = [("done", Some(name)), ("count", Some(&count)), ("changes", changes.as_deref())];
        let said = said.into_iter().filter_map(|(name, value)| Some((name, value?)));
        see_other(&with(path, said))
    }

    pub fn text<'a>(&self, page: &'a Page) -> Text<'a> {
        let text = match self.deed {
            Deed::Added => page.t("admin-done-added"),
            Deed::Saved => page.t("admin-done-saved"),
            Deed::Removed => page.t("admin-done-removed"),
            Deed::Restored => page.t("admin-done-restored"),
            Deed::GenresChanged => page.t("admin-done-genres"),
            Deed::Undone => page.t("admin-done-undone"),
            Deed::Unchanged => page.t("admin-done-unchanged"),
            Deed::ChangedSince => page.t("admin-not-undone-changed"),
            Deed::CannotUndo => page.t("admin-not-undone"),
            Deed::ImdbIdTaken => page.t("admin-not-undone-imdb-id"),
            Deed::Stale => page.t("admin-not-done-stale"),
            Deed::NothingChosen => page.t("admin-nothing-chosen"),
            Deed::TooMany => page.t("admin-select-too-many"),
            Deed::NoGenre => page.t("admin-no-genre"),
        };
        text.with("count", self.count).with("most", MOST)
    }

    /// Whether it tells of something that was not done.
    pub fn is_alert(&self) -> bool {
        use Deed::{CannotUndo, ChangedSince, ImdbIdTaken, NoGenre, NothingChosen, Stale, TooMany};
        matches!(self.deed, ChangedSince | CannotUndo | ImdbIdTaken | Stale | NothingChosen | TooMany | NoGenre)
    }

    /// The changes that can be undone.
    pub fn undoing(&self) -> Option<String> {
        self.changes.as_ref().map(|changes| format!("{}-{}", changes.start(), changes.end()))
    }

    /// What undoing is called here.
    pub fn undo_text<'a>(&self, page: &'a Page) -> Text<'a> {
        if self.deed == Deed::Undone { page.t("admin-redo") } else { page.t("admin-undo") }
    }

    /// Where one is after undoing: here, unless there is nothing here then.
    pub fn next(&self, page: &Page) -> String {
        if self.deed == Deed::Added { "/admin/movies".to_owned() } else { with(&page.address(), []) }
    }
}

/// The address `path` without a notice, and with further parameters, which need no encoding.
fn with<'a>(path: &'a str, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = pairs(query).filter(|(name, _)| !PARAMETERS.contains(name));
    let pairs: Vec<String> = kept.chain(more).map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// The parameters of a query string, as they are.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The address of a page without its notice.
pub fn address(page: &Page) -> String {
    with(&page.address(), [])
}

/// Where to go on: a page of the admin section, else the list of movies.
pub fn within_admin(next: &str) -> &str {
    match within_site(next) {
        next if next == "/admin" || next.starts_with("/admin/") || next.starts_with("/admin?") => next,
        _ => "/admin/movies",
    }
}

fn range(text: &str) -> Option<RangeInclusive<Seq>> {
    let (first, last) = text.split_once('-')?;
    Some(first.parse().ok()?..=last.parse().ok()?)
}

async fn undo(PageAdmin(admin): PageAdmin, form: Form, state: State) -> Result<HttpResponse, Problem> {
    let next = within_admin(form.text("next"));
    let Some(changes) = range(form.text("changes")) else {
        return Ok(Notice::new(Deed::CannotUndo, 1, None).see(next));
    };
    let catalogue = Arc::clone(&state.catalogue);
    let notice = match blocking(move || Ok(catalogue.undo(&admin, *changes.start(), *changes.end()))).await? {
        Ok(undone) if undone.movies == 0 => Notice::new(Deed::Unchanged, 0, None),
        Ok(undone) => Notice::new(Deed::Undone, undone.movies, undone.changes),
        Err(Error::ChangedSince { movies }) => Notice::new(Deed::ChangedSince, movies, None),
        Err(Error::NotFound(_)) => Notice::new(Deed::CannotUndo, 1, None),
        Err(Error::ImdbIdTaken { .. }) => Notice::new(Deed::ImdbIdTaken, 1, None),
        Err(error) => return Err(error.into()),
    };
    Ok(notice.see(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_takes_the_place_of_the_one_before() {
        let said = [("done", "saved")];
        assert_eq!(
            with("/admin/movies?q=a%26b&done=removed&count=3&changes=1-3", said),
            "/admin/movies?q=a%26b&done=saved"
        );
        assert_eq!(with("/admin/movies", said), "/admin/movies?done=saved");
    }

    #[test]
    fn one_goes_on_within_the_admin_section() {
        for good in ["/admin", "/admin?p=2", "/admin/movies?q=a"] {
            assert_eq!(within_admin(good), good);
        }
        for bad in ["", "/", "/administrator", "//admin/", "https://evil.example/admin/"] {
            assert_eq!(within_admin(bad), "/admin/movies", "{bad}");
        }
    }
}
