//! The way through a long list, page by page.

use domain::query::parameters::{Parameters, url};

use crate::pages::page::Page;

/// What an address says that is not of the list: the page, and what was done before it is shown.
const NOT_KEPT: [&str; 6] = ["p", "done", "id", "movies", "count", "changes"];

/// A page of a list, and the way to those beside it.
pub struct Paging {
    /// From 1.
    pub number: u32,
    /// The number of the last page.
    pub last: u32,
    path: String,
    given: Vec<(String, String)>,
    anchor: &'static str,
}

impl Paging {
    /// The page that is asked for (`p`) of a list with `last` pages, or the nearest there is.
    pub fn of(page: &Page, last: u32) -> Self {
        let mut parameters = Parameters::read(&page.query);
        let asked = parameters.value("p").and_then(|p| p.parse::<u64>().ok()).unwrap_or(1);
        let last = last.max(1);
        let number = u32::try_from(asked).unwrap_or(u32::MAX).clamp(1, last);
        let is_kept = |(name, value): &&(String, String)| !NOT_KEPT.contains(&name.as_str()) && !value.is_empty();
        let given = parameters.pairs().iter().filter(is_kept).cloned().collect();
        Self { number, last, path: page.path.clone(), given, anchor: "" }
    }

    /// The same, where the list is not all of a page and begins at `anchor`.
    pub fn beginning_at(self, anchor: &'static str) -> Self {
        Self { anchor, ..self }
    }

    /// How many items come before the page.
    pub fn before(&self, size: u32) -> u32 {
        (self.number - 1).saturating_mul(size)
    }

    pub fn previous(&self) -> Option<String> {
        (self.number > 1).then(|| self.page(self.number - 1))
    }

    pub fn next(&self) -> Option<String> {
        (self.number < self.last).then(|| self.page(self.number + 1))
    }

    fn page(&self, number: u32) -> String {
        let number = number.to_string();
        let given = self.given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        url(&self.path, given.chain([("p", number.as_str())])) + self.anchor
    }
}

/// How many pages a list of `total` items has.
pub fn pages(total: u64, size: u32) -> u32 {
    u32::try_from(total.div_ceil(size.into())).unwrap_or(u32::MAX)
}
