//! The way through a long list, page by page.

use domain::query::parameters::{Parameters, url};

use crate::pages::page::Page;

/// A page of a list, and the way to those beside it.
pub struct Paging {
    /// From 1.
    pub number: u64,
    /// The number of the last page.
    pub last: u64,
    path: String,
    given: Vec<(String, String)>,
}

impl Paging {
    /// The page that is asked for (`p`) of a list of `total` items, or the nearest there is.
    pub fn of(page: &Page, total: u64, size: u64) -> Self {
        let mut parameters = Parameters::read(&page.query);
        let asked = parameters.value("p").and_then(|p| p.parse().ok()).unwrap_or(1);
        let last = total.div_ceil(size).max(1);
        let is_kept = |(name, _): &&(String, String)| !matches!(name.as_str(), "p" | "done" | "id" | "movies");
        let given = parameters.pairs().iter().filter(is_kept).cloned().collect();
        Self { number: u64::clamp(asked, 1, last), last, path: page.path.clone(), given }
    }

    pub fn previous(&self) -> Option<String> {
        (self.number > 1).then(|| self.page(self.number - 1))
    }

    pub fn next(&self) -> Option<String> {
        (self.number < self.last).then(|| self.page(self.number + 1))
    }

    fn page(&self, number: u64) -> String {
        let number = number.to_string();
        let given = self.given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        url(&self.path, given.chain([("p", number.as_str())]))
    }
}
