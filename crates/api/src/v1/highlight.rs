//! Movies of a list with the places where words were found.

use domain::highlight::Highlight;
use serde::Serialize;
use utoipa::ToSchema;

use super::movie_body::MovieBody;

/// A movie, or some fields of it, and beside them where words were found.
#[derive(Serialize)]
pub struct Highlighted<'a> {
    #[serde(flatten)]
    pub movie: MovieBody<'a>,
    pub highlight: HighlightBody<'a>,
}

/// The texts of a movie in which words were found, as HTML: what was found is between `<mark>` and `</mark>`, and `&`,
/// `<`, `>`, `"` and `'` are escaped. A text in which nothing was found is left out.
#[derive(Serialize, ToSchema)]
#[schema(as = Highlight)]
pub struct HighlightBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "<mark>Star</mark> Wars")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    director: Option<&'a str>,
    /// All genres in their order, where something was found in one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    genres: Option<&'a [String]>,
}

impl<'a> From<&'a Highlight> for HighlightBody<'a> {
    fn from(highlight: &'a Highlight) -> Self {
        let Highlight { name, director, genres } = highlight;
        Self { name: name.as_deref(), director: director.as_deref(), genres: genres.as_deref() }
    }
}
