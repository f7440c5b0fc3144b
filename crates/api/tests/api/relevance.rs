//! How well search finds what people mean: judged queries over the fixture, as docs/search.md describes them.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use serde::Deserialize;
use serde_json::Value;
use testing::TestDatabase;

use crate::{
    movies::{MOVIES, encoded},
    test_app::{Ask, TestApp},
};

testing::on_every_database! {
    what_people_mean_is_found_no_worse_than_before,
}

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");
const JUDGED: &str = include_str!("../../../../fixtures/judged_queries.json");

/// The line of all queries together.
const ALL: &str = "all";

#[derive(Deserialize)]
struct Judged {
    /// The lowest figures allowed, by kind.
    at_least: BTreeMap<String, Figures>,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Query {
    kind: String,
    q: String,
    /// The right answers, as `Name (year)`.
    right: Vec<String>,
}

/// Each between 0 and 1.
#[derive(Deserialize, Default, Clone, Copy)]
struct Figures {
    /// The mean of 1 / rank of the first right answer; 0 where the first page has none.
    mrr: f64,
    /// The share of queries with a right answer among the first five.
    success_at_5: f64,
    /// The share of right answers, five for each query at most, among the first five.
    recall_at_5: f64,
    /// Like `success_at_5`, where a query that finds nothing is corrected as the answer suggests.
    suggested: f64,
}

/// What a query found on its first page.
struct Found<'a> {
    query: &'a Query,
    titles: Vec<String>,
    /// The first suggestion, and what it finds.
    suggestion: Option<(String, Vec<String>)>,
}

impl Found<'_> {
    fn figures(&self) -> Figures {
        let right = &self.query.right;
        let best = best_rank(&self.titles, right);
        let among_5 = right.iter().filter(|title| rank(&self.titles, title).is_some_and(|rank| rank <= 5)).count();
        let suggested = self.suggestion.as_ref().and_then(|(_, titles)| best_rank(titles, right));
        let share = |holds: bool| if holds { 1.0 } else { 0.0 };
        Figures {
            mrr: best.map_or(0.0, |rank| 1.0 / rank as f64),
            success_at_5: share(among_5 > 0),
            recall_at_5: among_5 as f64 / right.len().min(5) as f64,
            suggested: share(best.or(suggested).is_some_and(|rank| rank <= 5)),
        }
    }
}

/// The rank of a title, 1 being the first.
fn rank(titles: &[String], title: &str) -> Option<usize> {
    titles.iter().position(|found| found == title).map(|place| place + 1)
}

fn best_rank(titles: &[String], right: &[String]) -> Option<usize> {
    right.iter().filter_map(|title| rank(titles, title)).min()
}

impl Figures {
    fn mean<'a>(found: impl Iterator<Item = &'a Found<'a>> + Clone) -> Self {
        let mean = |of: fn(Figures) -> f64| {
            let sum: f64 = found.clone().map(|found| of(found.figures())).sum();
            // As it is printed and committed.
            (sum / found.clone().count() as f64 * 1_000.0).round() / 1_000.0
        };
        Self {
            mrr: mean(|figures| figures.mrr),
            success_at_5: mean(|figures| figures.success_at_5),
            recall_at_5: mean(|figures| figures.recall_at_5),
            suggested: mean(|figures| figures.suggested),
        }
    }

    fn is_below(self, least: Self) -> bool {
        self.mrr < least.mrr
            || self.success_at_5 < least.success_at_5
            || self.recall_at_5 < least.recall_at_5
            || self.suggested < least.suggested
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { mrr, success_at_5, recall_at_5, suggested } = self;
        write!(f, "{mrr:8.3}{success_at_5:11.3}{recall_at_5:10.3}{suggested:11.3}")
    }
}

fn titles(list: &Value) -> Vec<String> {
    let title = |movie: &Value| format!("{} ({})", movie["name"].as_str().unwrap(), movie["year"]);
    list["items"].as_array().unwrap().iter().map(title).collect()
}

fn what_people_mean_is_found_no_worse_than_before(database: &TestDatabase) {
    let judged: Judged = serde_json::from_str(JUDGED).unwrap();
    let app = TestApp::spawn_with(database, &[("DATA__FIXTURE", FIXTURE)]);
    let ask = |q: &str| app.get(&format!("{MOVIES}?q={}&fields=name,year", encoded(q))).answer().json();
    let found = judged.queries.iter().map(|query| {
        let list = ask(&query.q);
        let suggestion = list["suggestions"][0].as_str().map(|q| (q.to_owned(), titles(&ask(q))));
        Found { query, titles: titles(&list), suggestion }
    });
    let found = found.collect::<Vec<_>>();
    if let Some(place) = std::env::var("RELEVANCE_BEYOND").ok().and_then(|place| place.parse().ok()) {
        eprint!("{}", beyond(place, &found));
    }

    let mut kinds = vec![ALL];
    for query in &judged.queries {
        if !kinds.contains(&query.kind.as_str()) {
            kinds.push(&query.kind);
        }
    }
    assert!(judged.at_least.keys().all(|kind| kinds.contains(&kind.as_str())));
    let mut table =
        format!("\n{:32}{:>8}{:>8}{:>11}{:>10}{:>11}\n", "", "queries", "MRR", "success@5", "recall@5", "suggested");
    let mut fallen = Vec::new();
    for kind in kinds {
        let of_kind = found.iter().filter(|found| kind == ALL || found.query.kind == kind);
        let figures = Figures::mean(of_kind.clone());
        writeln!(table, "{kind:32}{:8}{figures}", of_kind.count()).unwrap();
        let least = judged.at_least.get(kind).copied().unwrap_or_default();
        if figures.is_below(least) {
            fallen.push(format!("{kind}: {figures}, and at least{least}"));
        }
    }
    eprintln!("{table}");
    assert!(fallen.is_empty(), "{fallen:#?}");
}

/// The queries whose first right answer comes later than `place`.
fn beyond(place: usize, found: &[Found]) -> String {
    let mut text = String::new();
    let first = |titles: &[String]| match titles {
        [] => "nothing".to_owned(),
        titles => titles.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", "),
    };
    for Found { query, titles, suggestion } in found {
        if best_rank(titles, &query.right).is_some_and(|rank| rank <= place) {
            continue;
        }
        writeln!(text, "{}: {}\n        found {}", query.kind, query.q, first(titles)).unwrap();
        if let Some((q, titles)) = suggestion {
            writeln!(text, "        suggested {q}, which finds {}", first(titles)).unwrap();
        }
        for title in &query.right {
            let rank = rank(titles, title).map_or("-".to_owned(), |rank| rank.to_string());
            writeln!(text, "{rank:>6}  {title}").unwrap();
        }
    }
    text
}

#[test]
fn queries_are_judged_by_titles_of_the_fixture() {
    let judged: Judged = serde_json::from_str(JUDGED).unwrap();
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(FIXTURE).unwrap()).unwrap();
    let films = titles(&serde_json::json!({ "items": fixture }));
    assert!(judged.queries.len() >= 200);
    for (i, query) in judged.queries.iter().enumerate() {
        assert!(!query.right.is_empty() && query.right.iter().all(|title| films.contains(title)), "{}", query.q);
        assert!(judged.queries[..i].iter().all(|other| other.q != query.q), "{} is there twice", query.q);
    }
}
