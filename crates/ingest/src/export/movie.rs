//! A movie as JSON.

use domain::{
    genre::Genre,
    movie::{Director, ImdbId, Movie, Overview, Popularity, PosterUrl, Runtime, Score, Votes, Year},
    query::parameters::{INVALID_VALUE, Parameters, most_similar},
    time::Timestamp,
};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use utoipa::ToSchema;

use crate::csv::COLUMNS;

/// A movie.
#[derive(ToSchema)]
#[schema(as = Movie, example = json!({
    "id": 3, "name": "Star Wars", "director": "George Lucas",
    "genres": ["Action", "Adventure", "Fantasy", "Sci-Fi"],
    "popularity": 88.0, "imdb_score": 8.8, "year": 1977, "runtime_minutes": 121, "votes": null, "imdb_id": null,
    "overview": null, "poster_url": null,
    "version": 1, "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"
}))]
pub struct MovieBody<'a> {
    /// Given by the server, never reused.
    #[schema(minimum = 1)]
    id: u64,
    #[schema(min_length = 1, max_length = 300)]
    name: &'a str,
    /// Several names are separated by `", "`.
    #[schema(required, min_length = 1, max_length = 300)]
    director: Option<&'a str>,
    #[schema(value_type = Vec<String>, max_items = 32)]
    genres: Genres<'a>,
    #[schema(required, minimum = 0, maximum = 100)]
    popularity: Option<f64>,
    #[schema(required, minimum = 0, maximum = 10)]
    imdb_score: Option<f64>,
    #[schema(required, minimum = 1870, maximum = 2100)]
    year: Option<u16>,
    #[schema(required, minimum = 1, maximum = 60000)]
    runtime_minutes: Option<u32>,
    #[schema(required)]
    votes: Option<u64>,
    #[schema(required, pattern = r"^tt\d{7,10}$")]
    imdb_id: Option<&'a str>,
    #[schema(required, max_length = 5000)]
    overview: Option<&'a str>,
    #[schema(required, max_length = 2000, pattern = "^https://")]
    poster_url: Option<&'a str>,
    /// Counts the states of the movie.
    #[schema(minimum = 1)]
    version: u32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    #[schema(ignore)]
    fields: Fields,
}

impl<'a> From<&'a Movie> for MovieBody<'a> {
    fn from(movie: &'a Movie) -> Self {
        let details = &movie.details;
        Self {
            id: movie.id.0,
            name: details.name.as_str(),
            director: details.director.as_ref().map(Director::as_str),
            genres: Genres(&movie.genres),
            popularity: details.popularity.map(Popularity::get),
            imdb_score: details.imdb_score.map(Score::get),
            year: details.year.map(Year::get),
            runtime_minutes: details.runtime_minutes.map(Runtime::get),
            votes: details.votes.map(Votes::get),
            imdb_id: details.imdb_id.as_ref().map(ImdbId::as_str),
            overview: details.overview.as_ref().map(Overview::as_str),
            poster_url: details.poster_url.as_ref().map(PosterUrl::as_str),
            version: movie.version,
            created_at: movie.created_at,
            updated_at: movie.updated_at,
            fields: Fields::ALL,
        }
    }
}

impl MovieBody<'_> {
    /// The same movie with these fields alone.
    pub fn only(self, fields: Fields) -> Self {
        Self { fields, ..self }
    }
}

impl Serialize for MovieBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Movie", self.fields.0.count_ones() as usize)?;
        let mut shown = self.fields.each();
        /// Writes those of the fields that are shown. They are in the order of [`COLUMNS`].
        macro_rules! write {
            ($($field:ident),*) => {
                $(if shown.next() == Some(true) {
                    object.serialize_field(stringify!($field), &self.$field)?;
                })*
            };
        }
        write!(id, name, director, genres, popularity, imdb_score, year, runtime_minutes);
        write!(votes, imdb_id, overview, poster_url, version, created_at, updated_at);
        object.end()
    }
}

/// Shown by their names.
struct Genres<'a>(&'a [Genre]);

impl Serialize for Genres<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|genre| genre.name.as_str()))
    }
}

/// Which fields of a movie are shown. One bit for each of [`COLUMNS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields(u16);

impl Fields {
    /// Every field.
    pub const ALL: Self = Self((1 << COLUMNS.len()) - 1);

    /// Reads the parameter `fields`: names separated by commas; all fields where it is not given.
    pub fn read(parameters: &mut Parameters) -> Self {
        let Some(names) = parameters.value("fields") else { return Self::ALL };
        let mut fields = Self(0);
        for name in names.split(',').map(str::trim) {
            let Some(place) = COLUMNS.iter().position(|column| *column == name) else {
                let similar = most_similar(name, &COLUMNS);
                let hint = match similar {
                    Some(known) => format!("did you mean {known:?}?"),
                    None => format!("the fields are {}", COLUMNS.join(", ")),
                };
                let name: String = name.chars().take(40).collect();
                parameters.refuse("fields", "unknown_field", format!("a movie has no field {name:?}; {hint}"));
                parameters.suggest(similar);
                return Self::ALL;
            };
            if fields.0 >> place & 1 == 1 {
                parameters.refuse("fields", INVALID_VALUE, format!("the field {name:?} is given more than once"));
                return Self::ALL;
            }
            fields.0 |= 1 << place;
        }
        fields
    }

    /// Whether each is shown, in the order of [`COLUMNS`].
    fn each(self) -> impl Iterator<Item = bool> {
        (0..COLUMNS.len()).map(move |place| self.0 >> place & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::movie, *};

    fn read(query: &str) -> Result<Fields, Vec<&'static str>> {
        let mut parameters = Parameters::read(query);
        let fields = Fields::read(&mut parameters);
        parameters.finish(false).map(|_| fields).map_err(|errors| errors.errors.into_iter().map(|e| e.code).collect())
    }

    fn shown(fields: Fields) -> String {
        serde_json::to_string(&MovieBody::from(&movie()).only(fields)).unwrap()
    }

    #[test]
    fn all_fields_are_shown_under_their_names_in_order() {
        let json = shown(Fields::ALL);
        let mut rest = json.as_str();
        for column in COLUMNS {
            let at = rest.find(&format!("\"{column}\":")).unwrap_or_else(|| panic!("{column} in {rest}"));
            rest = &rest[at..];
        }
        assert_eq!(read("").unwrap(), Fields::ALL);
        assert_eq!(read(&format!("fields={}", COLUMNS.join(","))).unwrap(), Fields::ALL);
    }

    #[test]
    fn only_the_fields_that_are_asked_for_are_shown_in_the_usual_order() {
        assert_eq!(shown(read("fields=year,+id").unwrap()), r#"{"id":3,"year":1977}"#);
        assert_eq!(shown(read("fields=genres").unwrap()), r#"{"genres":["Action","Sci-Fi"]}"#);
    }

    #[test]
    fn fields_that_are_not_there_repeated_or_empty_are_refused() {
        for (query, code) in [
            ("fields=id,genre", "unknown_field"),
            ("fields=", "unknown_field"),
            ("fields=id,", "unknown_field"),
            ("fields=ID", "unknown_field"),
            ("fields=id,id", INVALID_VALUE),
            ("fields=id&fields=name", "repeated_parameter"),
        ] {
            assert_eq!(read(query).unwrap_err(), [code], "{query}");
        }
        let mut parameters = Parameters::read("fields=genre");
        Fields::read(&mut parameters);
        assert_eq!(parameters.finish(false).unwrap_err().did_you_mean, Some("genres"));
    }
}
