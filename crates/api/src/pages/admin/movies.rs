//! The movies, one page after the other, and changing many at once.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use actix_web::{HttpResponse, http::StatusCode, web::Query};
use askama::Template;
use domain::{
    genre::{GenreName, GenreNames},
    movie::{Director, Field, Movie, MovieId, MoviePatch},
    ports::GenreCount,
    query::{
        CountMode, ListedMovie, MovieFilter, MovieQuery, Page as Part, Start, Total, conditions,
        parameters::{Parameters, url},
    },
    services::{Catalogue, Duplicates, Operation},
    violation::Violations,
};

use super::{
    notice::{Deed, Notice, address, within_admin},
    paging::{Paging, pages},
    typed::{genre_names, joined},
};
use crate::{
    endpoint::Endpoint,
    pages::{
        form::Form,
        i18n::Text,
        page::{Page, PageAdmin},
        violations::{self, Subject},
    },
    problem::Problem,
    state::{State, blocking},
};

const MOVIES: &str = "/admin/movies";

/// The movies of a page where nobody says otherwise.
const ITEMS: u32 = 50;

/// The most movies that are changed at once.
pub const MOST: usize = Catalogue::MOST_AT_ONCE;

/// The orders to choose from.
const ORDERS: [&str; 8] = ["-popularity", "name", "-imdb_score", "-year", "year", "-updated_at", "-created_at", "id"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at(MOVIES).page().get(list),
        // GET: choosing changes nothing, and so can be gone back to.
        Endpoint::at("/admin/movies/selected").page().get(confirm).post(apply),
    ]
}

/// A page of the list.
pub struct MovieList {
    pub path: &'static str,
    pub q: String,
    pub genre: String,
    pub sort: String,
    total: Total,
    pub paging: Paging,
    pub rows: Vec<Row>,
    /// All of them, to choose from.
    pub genres: Vec<GenreCount>,
    /// Where one comes back to.
    pub here: String,
}

/// A movie of the list.
pub struct Row {
    movie: Arc<ListedMovie>,
}

impl Row {
    pub fn id(&self) -> u64 {
        self.movie.id.0
    }

    pub fn name(&self) -> &str {
        self.movie.details.name.as_str()
    }

    pub fn director(&self) -> &str {
        self.movie.details.director.as_ref().map_or("", Director::as_str)
    }

    pub fn year(&self) -> String {
        self.movie.details.year.map(|year| year.get().to_string()).unwrap_or_default()
    }

    pub fn genres(&self) -> String {
        genres_of(&self.movie)
    }

    pub fn score(&self, page: &Page) -> String {
        self.movie.details.imdb_score.map(|score| page.decimal(&score.get())).unwrap_or_default()
    }

    pub fn popularity(&self, page: &Page) -> String {
        self.movie.details.popularity.map(|popularity| page.decimal(&popularity.get())).unwrap_or_default()
    }

    pub fn updated(&self, page: &Page) -> String {
        page.date(&self.movie.updated_at)
    }
}

fn genres_of(movie: &Movie) -> String {
    movie.genres.iter().map(|genre| genre.name.as_str()).collect::<Vec<_>>().join(", ")
}

impl MovieList {
    /// Reads the page of the list at `path` that the address of `page` asks for; a number that is none, or too large,
    /// becomes the nearest good one.
    pub async fn read(page: &Page, state: &State, path: &'static str) -> Result<Self, Problem> {
        let mut parameters = Parameters::read(&page.query);
        let filter = filter(&mut parameters);
        let [q, genre] = ["q", "genre"].map(|name| value(&parameters, name));
        let sort = Some(value(&parameters, "sort")).filter(|sort| ORDERS.contains(&sort.as_str())).unwrap_or_default();
        let number =
            |name: &str| value(&parameters, name).parse::<u64>().ok().and_then(|number| u32::try_from(number).ok());
        let items = number("items").map_or(ITEMS, |items| items.clamp(1, Part::MAX_LIMIT));
        let reachable = Part::MAX_OFFSET / items + 1;
        let wanted = Paging::of(page, reachable).number;
        parameters.finish(true)?;

        let order = conditions::order(&sort).unwrap_or_default();
        let catalogue = Arc::clone(&state.catalogue);
        let (found, genres, number) = state
            .searching(move || {
                let find = |number: u32| {
                    let start = Start::Offset((number - 1) * items);
                    let part = Part { limit: items, start };
                    catalogue.find(&MovieQuery {
                        filter: filter.clone(),
                        sort: order.clone(),
                        page: part,
                        ..MovieQuery::default()
                    })
                };
                let mut number = wanted;
                let mut found = find(number)?;
                if found.movies.is_empty() && number > 1 {
                    number = pages(counted(found.total), items).clamp(1, number);
                    found = find(number)?;
                }
                Ok((found, catalogue.genres(&Default::default())?, number))
            })
            .await?;
        let last = pages(counted(found.total), items).clamp(number, reachable);
        Ok(Self {
            path,
            q,
            genre,
            sort,
            total: found.total.unwrap_or(Total::Exact(0)),
            paging: Paging::of(page, last).beginning_at("#movies"),
            rows: found.movies.into_iter().map(|movie| Row { movie }).collect(),
            genres,
            here: address(page),
        })
    }

    /// How many movies there are in all.
    pub async fn count_all(state: &State) -> Result<u64, Problem> {
        let page = Part { limit: 1, start: Start::Offset(0) };
        let query = MovieQuery { page, count: CountMode::Exact, ..MovieQuery::default() };
        let catalogue = Arc::clone(&state.catalogue);
        Ok(counted(state.searching(move || catalogue.find(&query)).await?.total))
    }

    /// How many there are.
    pub fn count_text<'a>(&self, page: &'a Page) -> Text<'a> {
        match self.total {
            Total::Exact(count) => page.t("admin-movies-count").with("count", count),
            Total::AtLeast(count) => page.t("admin-movies-count-more").with("count", count),
        }
    }

    /// Whether there are more than are shown.
    pub fn has_more(&self) -> bool {
        counted(Some(self.total)) > self.rows.len() as u64
    }

    /// Whether all can be changed at once.
    pub fn is_few(&self) -> bool {
        matches!(self.total, Total::Exact(count) if count <= MOST as u64)
    }

    pub fn all_text<'a>(&self, page: &'a Page) -> Text<'a> {
        page.t("admin-select-matching").with("count", counted(Some(self.total)))
    }

    pub fn too_many_text<'a>(&self, page: &'a Page) -> Text<'a> {
        page.t("admin-select-too-many").with("most", MOST)
    }

    pub fn is_filtered(&self) -> bool {
        !self.q.is_empty() || !self.genre.is_empty()
    }

    /// Whether the genre that was asked for is none to choose from, such as several.
    pub fn is_other_genre(&self) -> bool {
        !self.genre.is_empty() && !self.genres.iter().any(|genre| self.is_genre(genre))
    }

    pub fn is_genre(&self, genre: &GenreCount) -> bool {
        genre.genre.name.as_str() == self.genre
    }

    /// The orders to choose from: what they are called in addresses and here, and whether it is this one.
    pub fn orders<'a>(&'a self, page: &'a Page) -> impl Iterator<Item = (&'static str, Text<'a>, bool)> {
        ORDERS.into_iter().map(|name| {
            let text = match name {
                "name" => page.t("admin-sort-name"),
                "-imdb_score" => page.t("admin-sort-score"),
                "-year" => page.t("admin-sort-newest"),
                "year" => page.t("admin-sort-oldest"),
                "-updated_at" => page.t("admin-sort-changed"),
                "-created_at" => page.t("admin-sort-added"),
                "id" => page.t("admin-sort-id"),
                _ => page.t("admin-sort-popularity"),
            };
            (name, text, self.sort == name)
        })
    }
}

/// How many there are, at the least.
fn counted(total: Option<Total>) -> u64 {
    match total {
        Some(Total::Exact(count) | Total::AtLeast(count)) => count,
        None => 0,
    }
}

fn filter(parameters: &mut Parameters) -> MovieFilter {
    let filter = conditions::filter(parameters);
    // What the form does not show must not choose movies unseen.
    MovieFilter { q: filter.q, genres: filter.genres, ..MovieFilter::default() }
}

fn value(parameters: &Parameters, name: &str) -> String {
    let given = parameters.pairs().iter().find(|(given, _)| given == name);
    given.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "admin/movies.html")]
struct ListTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    list: MovieList,
}

async fn list(page: Page, _: PageAdmin, state: State) -> Result<HttpResponse, Problem> {
    let list = MovieList::read(&page, &state, MOVIES).await?;
    page.show(&ListTemplate { page: &page, notice: Notice::of(&page), list })
}

/// What is done to many movies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Delete,
    AddGenres,
    RemoveGenres,
    SetGenres,
}

impl Action {
    fn named(name: &str) -> Option<Self> {
        [Self::Delete, Self::AddGenres, Self::RemoveGenres, Self::SetGenres].into_iter().find(|a| a.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::AddGenres => "add",
            Self::RemoveGenres => "remove",
            Self::SetGenres => "set",
        }
    }

    pub fn deletes(self) -> bool {
        self == Self::Delete
    }

    /// Whether genres that do not exist yet are made.
    fn makes_genres(self) -> bool {
        matches!(self, Self::AddGenres | Self::SetGenres)
    }

    /// The genres that `movie` has afterwards; `None` where it has them already.
    fn genres(self, names: &GenreNames, movie: &Movie) -> Option<Result<GenreNames, Violations>> {
        let before: GenreNames = movie.genres.iter().collect();
        let after = match self {
            Self::Delete => return None,
            Self::AddGenres => before.with(names, "/genres"),
            Self::RemoveGenres => Ok(before.without(names)),
            Self::SetGenres => Ok(names.clone()),
        };
        match after {
            Ok(after) if after.are_those_of(&before) => None,
            after => Some(after.map_err(Violations)),
        }
    }
}

/// A movie that is going to be changed.
pub struct Affected {
    movie: Movie,
    /// What it has afterwards, if it is still there.
    genres: String,
}

impl Affected {
    pub fn id(&self) -> u64 {
        self.movie.id.0
    }

    /// The movie and its version, as the form sends it.
    pub fn mark(&self) -> Mark {
        Mark { id: self.movie.id, version: self.movie.version.into() }
    }

    pub fn name(&self) -> &str {
        self.movie.details.name.as_str()
    }

    pub fn director(&self) -> &str {
        self.movie.details.director.as_ref().map_or("", Director::as_str)
    }

    pub fn year(&self) -> String {
        self.movie.details.year.map(|year| year.get().to_string()).unwrap_or_default()
    }

    pub fn before(&self) -> String {
        genres_of(&self.movie)
    }

    pub fn after(&self) -> &str {
        &self.genres
    }
}

/// A version of a movie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    id: MovieId,
    version: u64,
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let (id, version) = text.split_once('.')?;
        Some(Self { id: MovieId(id.parse().ok()?), version: version.parse().ok()? })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id.0, self.version)
    }
}

#[derive(Template)]
#[template(path = "admin/selected.html")]
struct ConfirmTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    action: Action,
    genres: &'a str,
    affected: Vec<Affected>,
    /// How many are like that already.
    unaffected: usize,
    /// Genres that there are not yet.
    new_genres: String,
    /// What is wrong, and with which movie.
    wrong: Vec<(String, String)>,
    next: &'a str,
    here: String,
}

impl ConfirmTemplate<'_> {
    fn title(&self) -> Text<'_> {
        let text = match self.action {
            Action::Delete => self.page.t("admin-confirm-delete"),
            Action::AddGenres => self.page.t("admin-confirm-add-genres"),
            Action::RemoveGenres => self.page.t("admin-confirm-remove-genres"),
            Action::SetGenres => self.page.t("admin-confirm-set-genres"),
        };
        text.with("count", self.affected.len())
    }
}

/// Asks once more for the genres, of what was chosen before.
#[derive(Template)]
#[template(path = "admin/selected_genres.html")]
struct GenresTemplate<'a> {
    page: &'a Page,
    action: Action,
    typed: &'a str,
    wrong: Vec<Text<'a>>,
    /// What was chosen.
    kept: &'a [(String, String)],
    next: &'a str,
}

impl GenresTemplate<'_> {
    fn title(&self) -> Text<'_> {
        match self.action {
            Action::Delete => self.page.t("admin-delete-movies"),
            Action::AddGenres => self.page.t("admin-add-genres"),
            Action::RemoveGenres => self.page.t("admin-remove-genres"),
            Action::SetGenres => self.page.t("admin-set-genres"),
        }
    }

    /// What is sent again as it was.
    fn fields(&self) -> impl Iterator<Item = &(String, String)> {
        self.kept.iter().filter(|(name, _)| name != "genres")
    }
}

/// What the form with the list sends.
struct Chosen(Vec<(String, String)>);

impl Chosen {
    fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value.trim())
    }

    /// The movies: those that are ticked, or all that are found; `None` where these are too many.
    async fn movies(&self, state: &State) -> Result<Option<Vec<MovieId>>, Problem> {
        if self.text("all") != "1" {
            let ids = self.0.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok());
            let ids: Vec<_> = ids.take(MOST + 1).map(MovieId).collect();
            return Ok((ids.len() <= MOST).then_some(ids));
        }
        let query = url("", ["q", "genre"].map(|name| (name, self.text(name))));
        let mut parameters = Parameters::read(query.trim_start_matches('?'));
        let filter = filter(&mut parameters);
        parameters.finish(true)?;
        let page = Part { limit: MOST as u32, start: Start::Offset(0) };
        let query = MovieQuery { filter, page, ..MovieQuery::default() };
        let catalogue = Arc::clone(&state.catalogue);
        let found = state.searching(move || catalogue.find(&query)).await?;
        Ok(found.next.is_none().then(|| found.movies.iter().map(|movie| movie.id).collect()))
    }
}

async fn confirm(
    page: Page,
    _: PageAdmin,
    chosen: Query<Vec<(String, String)>>,
    state: State,
) -> Result<HttpResponse, Problem> {
    let chosen = Chosen(chosen.into_inner());
    let next = within_admin(chosen.text("next"));
    let see = |deed| Ok(Notice::new(deed, 1, None).see(next));
    let Some(action) = Action::named(chosen.text("action")) else { return see(Deed::NothingChosen) };
    let names = match genre_names(chosen.text("genres")) {
        _ if action.deletes() => GenreNames::default(),
        Ok(names) => names,
        Err(violations) => {
            let template = GenresTemplate {
                page: &page,
                action,
                typed: chosen.text("genres"),
                wrong: violations.0.iter().map(|wrong| violations::text(&page, Subject::Movie, wrong)).collect(),
                kept: &chosen.0,
                next,
            };
            return page.show_as(StatusCode::UNPROCESSABLE_ENTITY, &template);
        }
    };
    if names.as_slice().is_empty() && matches!(action, Action::AddGenres | Action::RemoveGenres) {
        return see(Deed::NoGenre);
    }
    let Some(movies) = chosen.movies(&state).await? else { return see(Deed::TooMany) };
    let movies = stored(&state, movies).await?;
    if movies.is_empty() {
        return see(Deed::NothingChosen);
    }
    let (mut affected, mut unaffected, mut wrong) = (Vec::new(), 0, Vec::new());
    for movie in movies {
        match action.genres(&names, &movie) {
            None if action.deletes() => affected.push(Affected { movie, genres: String::new() }),
            None => unaffected += 1,
            Some(Ok(after)) => affected.push(Affected { movie, genres: joined(after.as_slice()) }),
            Some(Err(violations)) => {
                let text = |violation| violations::text(&page, Subject::Movie, violation).to_string();
                let texts: Vec<String> = violations.0.iter().map(text).collect();
                wrong.push((movie.details.name.to_string(), texts.join(" ")));
            }
        }
    }
    if affected.is_empty() && wrong.is_empty() {
        return see(Deed::Unchanged);
    }
    let new_genres = if action.makes_genres() { unknown(&state, &names).await? } else { Vec::new() };
    page.show(&ConfirmTemplate {
        page: &page,
        notice: Notice::of(&page),
        action,
        genres: &joined(names.as_slice()),
        affected,
        unaffected,
        new_genres: joined(&new_genres),
        wrong,
        next,
        here: address(&page),
    })
}

/// Those of the genres that there are not yet.
async fn unknown(state: &State, names: &GenreNames) -> Result<Vec<GenreName>, Problem> {
    let catalogue = Arc::clone(&state.catalogue);
    let known = state.searching(move || catalogue.genres(&Default::default())).await?;
    let known: HashSet<String> = known.iter().map(|known| known.genre.name.key()).collect();
    Ok(names.as_slice().iter().filter(|name| !known.contains(&name.key())).cloned().collect())
}

/// Those of the movies that there are, in the order of `ids`, as the database has them.
async fn stored(state: &State, ids: Vec<MovieId>) -> Result<Vec<Movie>, Problem> {
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || {
        let (movies, _) = catalogue.movies(&ids)?;
        let mut movies: HashMap<MovieId, Movie> = movies.into_iter().map(|movie| (movie.id, movie)).collect();
        Ok(ids.iter().filter_map(|id| movies.remove(id)).collect())
    })
    .await
}

async fn apply(PageAdmin(admin): PageAdmin, form: Form, state: State) -> Result<HttpResponse, Problem> {
    let next = within_admin(form.text("next"));
    let marks: Vec<Mark> = form.all("movie").filter_map(Mark::read).collect();
    let Some(action) = Action::named(form.text("action")).filter(|_| (1..=MOST).contains(&marks.len())) else {
        return Ok(Notice::new(Deed::NothingChosen, 1, None).see(next));
    };
    let names = genre_names(form.text("genres"))?;
    let operations = match action {
        Action::Delete => marks.iter().map(|mark| delete(*mark)).collect(),
        _ => {
            let movies = stored(&state, marks.iter().map(|mark| mark.id).collect()).await?;
            set_genres(action, &names, &marks, &movies)
        }
    };
    let Some(operations) = operations else {
        return Ok(Notice::new(Deed::Stale, 1, None).see(within_admin(form.text("here"))));
    };
    let deed = if action.deletes() { Deed::Removed } else { Deed::GenresChanged };
    let catalogue = Arc::clone(&state.catalogue);
    let answer = blocking(move || Ok(catalogue.batch(&admin, &operations, Duplicates::Allow, None))).await?;
    match answer.outcome {
        Ok(done) => Ok(Notice::new(deed, done.len() as u64, answer.changes).see(next)),
        // Somebody was quicker: what is confirmed has to be looked at again.
        Err(domain::Error::Invalid(violations)) => {
            let count = violations.0.len() as u64;
            Ok(Notice::new(Deed::Stale, count, None).see(within_admin(form.text("here"))))
        }
        Err(error) => Err(error.into()),
    }
}

fn delete(Mark { id, version }: Mark) -> Option<Result<Operation, Violations>> {
    Some(Ok(Operation::Delete { id, version: Some(version) }))
}

/// The changes to the genres of the movies in the versions `marks`; `None` where one is not there any more.
fn set_genres(
    action: Action,
    names: &GenreNames,
    marks: &[Mark],
    movies: &[Movie],
) -> Option<Vec<Result<Operation, Violations>>> {
    let movies: HashMap<MovieId, &Movie> = movies.iter().map(|movie| (movie.id, movie)).collect();
    let operation = |Mark { id, version }: &Mark| {
        let movie = movies.get(id)?;
        let genres = action.genres(names, movie).unwrap_or_else(|| Ok(movie.genres.iter().collect()));
        Some(genres.map(|genres| {
            let genres = genres.as_slice().iter().map(|name| name.as_str().to_owned()).collect();
            let patch = MoviePatch { genres: Field::Value(genres), ..MoviePatch::default() };
            Operation::Update { id: *id, version: Some(*version), patch }
        }))
    };
    marks.iter().map(operation).collect()
}
