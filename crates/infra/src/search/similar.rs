//! Movies that are alike: a few short searches find those that can be, which are then compared.

use std::{collections::HashMap, sync::Arc};

use domain::{
    Result,
    matching::Reach,
    movie::{Director, Movie, MovieId, Popularity},
    query::{ListedMovie, MovieFilter, SortField},
    similarity::Profile,
    text,
};

use super::{order::popularity_first, snapshot::Snapshot};

/// So many of a movie's directors, words and genres are searched by.
const DIRECTORS: usize = 4;
const WORDS: usize = 4;
const GENRES: usize = 8;

/// The fewest movies that each search finds, if there are so many.
const FOUND: usize = 30;

impl Snapshot {
    /// See [`MovieSearch::similar`](domain::ports::MovieSearch::similar).
    pub(super) fn similar(&self, id: MovieId, limit: usize) -> Result<Option<Vec<Arc<ListedMovie>>>> {
        let Some(movie) = self.movie_by_id(id)? else { return Ok(None) };
        let profile = Profile::of(&movie);
        let mut found = self.alike(&movie, &profile, limit)?;
        found.remove(&id);
        let compared = found.into_values().filter_map(|other| Some((profile.likeness(&Profile::of(&other))?, other)));
        let mut compared: Vec<_> = compared.collect();
        let popularity = |movie: &ListedMovie| movie.details.popularity.map(Popularity::get);
        compared.sort_by(|(likeness_a, a), (likeness_b, b)| {
            (likeness_b.total_cmp(likeness_a))
                .then_with(|| popularity_first(popularity(a), popularity(b)))
                .then_with(|| a.id.cmp(&b.id))
        });
        Ok(Some(compared.into_iter().take(limit).map(|(_, movie)| movie).collect()))
    }

    /// Movies that can be among the `limit` most alike `movie`, and itself.
    fn alike(&self, movie: &Movie, profile: &Profile, limit: usize) -> Result<HashMap<MovieId, Arc<ListedMovie>>> {
        // The movie itself takes a place.
        let most = FOUND.max(limit + 1);
        let mut found = HashMap::new();
        let mut search = |filter: MovieFilter, by: SortField| -> Result<usize> {
            let movies = self.first(&filter, by, most, Reach::Near)?;
            let count = movies.len();
            found.extend(movies.into_iter().map(|movie| (movie.id, movie)));
            Ok(count)
        };
        for name in movie.details.director.iter().flat_map(Director::names).take(DIRECTORS) {
            search(MovieFilter { director: Some(name.to_owned()), ..MovieFilter::default() }, SortField::Relevance)?;
        }
        for text in texts(movie, profile) {
            search(MovieFilter { name: Some(text), ..MovieFilter::default() }, SortField::Relevance)?;
        }
        let genres = movie.genres.iter().take(GENRES).map(|genre| vec![genre.name.as_str().to_owned()]);
        let genres: Vec<_> = genres.collect();
        let mut with =
            |genres: Vec<Vec<String>>| search(MovieFilter { genres, ..MovieFilter::default() }, SortField::Popularity);
        if genres.is_empty() || with(genres.clone())? > limit {
            return Ok(found);
        }
        // Few have all of them: all but one, then any.
        for i in 0..genres.len() {
            let others = genres[..i].iter().chain(&genres[i + 1..]).cloned().collect::<Vec<_>>();
            if !others.is_empty() {
                with(others)?;
            }
        }
        with(vec![genres.concat()])?;
        Ok(found)
    }
}

/// What names of movies alike may contain, the most telling first.
fn texts(movie: &Movie, profile: &Profile) -> Vec<String> {
    let words = profile.words();
    let mut texts = vec![text::words(movie.details.name.as_str()).join(" "), words.join(" ")];
    // A series often goes by the beginning of its names.
    texts.push(words.iter().take(2).cloned().collect::<Vec<_>>().join(" "));
    texts.extend(words.iter().take(WORDS).cloned());
    let mut known = Vec::new();
    for text in texts {
        if !text.is_empty() && !known.contains(&text) {
            known.push(text);
        }
    }
    known
}
