//! Movies written in the formats that feeds are read in.

mod movie;

use std::{io::Write, ops::ControlFlow};

use domain::{Error, movie::Movie, query::MovieQuery, services::Catalogue};

pub use self::movie::{Fields, MovieBody};
use crate::csv::{COLUMNS, GENRE_SEPARATOR, neutralised};

/// About how many bytes are handed on at a time.
pub const CHUNK_BYTES: usize = 64 << 10;

/// A form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One JSON object on each line.
    #[default]
    Ndjson,
    /// A table with a header, as RFC 4180 has it.
    Csv,
    /// One JSON array.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ndjson, Self::Csv, Self::Json];

    /// The name, which is also the usual ending of a file's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
        }
    }
}

/// A part of an export, never empty.
#[derive(Debug)]
pub struct Chunk {
    /// The text, in UTF-8.
    pub bytes: Vec<u8>,
    /// How many movies end in it.
    pub movies: u64,
}

/// Writes all movies of a list, of one state of the catalogue and in order, and hands the text on piece by piece. Where
/// `send` breaks off, that is the end of it.
pub fn export(
    catalogue: &Catalogue,
    query: &MovieQuery,
    format: Format,
    mut send: impl FnMut(Chunk) -> ControlFlow<()>,
) -> domain::Result<()> {
    let mut writer = Writer::new(format);
    let mut end = Ok(ControlFlow::Continue(()));
    catalogue.walk(query, &mut |movie| {
        end = match writer.write(movie) {
            Ok(()) if writer.bytes.len() < CHUNK_BYTES => return ControlFlow::Continue(()),
            Ok(()) => Ok(send(writer.take())),
            Err(error) => Err(error),
        };
        match end {
            Ok(flow) => flow,
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    if end.map_err(|error| Error::Internal(error.into()))?.is_continue() {
        writer.end();
        if !writer.bytes.is_empty() {
            let _ = send(writer.take());
        }
    }
    Ok(())
}

/// What of an export is written and not handed on yet.
struct Writer {
    format: Format,
    bytes: Vec<u8>,
    /// How many movies are in `bytes`.
    movies: u64,
    /// Whether there is a movie before the next one.
    begun: bool,
}

impl Writer {
    fn new(format: Format) -> Self {
        let bytes = match format {
            Format::Csv => format!("{}\r\n", COLUMNS.join(",")).into_bytes(),
            Format::Ndjson | Format::Json => Vec::new(),
        };
        Self { format, bytes, movies: 0, begun: false }
    }

    fn write(&mut self, movie: &Movie) -> std::io::Result<()> {
        match self.format {
            Format::Ndjson => {
                serde_json::to_writer(&mut self.bytes, &MovieBody::from(movie))?;
                self.bytes.push(b'\n');
            }
            Format::Json => {
                self.bytes.extend_from_slice(if self.begun { b",\n" } else { b"[\n" });
                serde_json::to_writer(&mut self.bytes, &MovieBody::from(movie))?;
            }
            Format::Csv => write_row(&mut self.bytes, movie)?,
        }
        self.movies += 1;
        self.begun = true;
        Ok(())
    }

    fn end(&mut self) {
        if self.format == Format::Json {
            self.bytes.extend_from_slice(if self.begun { b"\n]\n" } else { b"[]\n" });
        }
    }

    fn take(&mut self) -> Chunk {
        let next = Vec::with_capacity(self.bytes.len() + self.bytes.len() / 8);
        Chunk { bytes: std::mem::replace(&mut self.bytes, next), movies: std::mem::take(&mut self.movies) }
    }
}

/// Writes the cells of [`COLUMNS`].
fn write_row(out: &mut Vec<u8>, movie: &Movie) -> std::io::Result<()> {
    let details = &movie.details;
    write!(out, "{},", movie.id.0)?;
    write_text(out, Some(details.name.as_str()));
    write_text(out, details.director.as_ref().map(|director| director.as_str()));
    let mut genres = String::new();
    for genre in &movie.genres {
        if !genres.is_empty() {
            genres.push(GENRE_SEPARATOR);
        }
        genres.push_str(genre.name.as_str());
    }
    write_text(out, Some(&genres));
    /// Writes a number, which is read back as the very same, and nothing for none.
    macro_rules! write_number {
        ($($field:ident),*) => {
            $(
                if let Some(number) = details.$field {
                    write!(out, "{}", number.get())?;
                }
                out.push(b',');
            )*
        };
    }
    write_number!(popularity, imdb_score, year, runtime_minutes, votes);
    write_text(out, details.imdb_id.as_ref().map(|id| id.as_str()));
    write_text(out, details.overview.as_ref().map(|overview| overview.as_str()));
    write_text(out, details.poster_url.as_ref().map(|url| url.as_str()));
    write!(out, "{},{},{}\r\n", movie.version, movie.created_at, movie.updated_at)
}

/// Writes a cell of text and the comma after it.
fn write_text(out: &mut Vec<u8>, text: Option<&str>) {
    let text = neutralised(text.unwrap_or_default());
    if text.contains(['"', ',', '\r', '\n']) {
        out.push(b'"');
        for (i, part) in text.split('"').enumerate() {
            if i > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b',');
}

#[cfg(test)]
mod tests {
    use domain::{
        genre::{Genre, GenreId, GenreName},
        movie::{Field, MovieId, MoviePatch},
        time::Timestamp,
    };

    use super::*;

    fn movie_of(patch: MoviePatch, genres: &[&str]) -> Movie {
        let at = Timestamp::from_unix(1_767_323_045);
        let genre = |(id, name): (u64, &&str)| Genre { id: GenreId(id), name: GenreName::new(name, "").unwrap() };
        let genres = (1..).zip(genres).map(genre).collect();
        let details = patch.onto(None).unwrap().details;
        Movie { id: MovieId(3), version: 1, created_at: at, updated_at: at, details, genres }
    }

    pub(super) fn movie() -> Movie {
        let patch = MoviePatch {
            name: Field::Value("Star Wars".to_owned()),
            year: Field::Value(1977.0),
            popularity: Field::Value(88.0),
            imdb_score: Field::Value(8.8),
            ..MoviePatch::default()
        };
        movie_of(patch, &["Action", "Sci-Fi"])
    }

    fn written(format: Format, movies: &[Movie]) -> String {
        let mut writer = Writer::new(format);
        movies.iter().for_each(|movie| writer.write(movie).unwrap());
        writer.end();
        assert_eq!(writer.movies, movies.len() as u64);
        String::from_utf8(writer.take().bytes).unwrap()
    }

    #[test]
    fn ndjson_has_a_movie_on_each_line() {
        let json = serde_json::to_string(&MovieBody::from(&movie())).unwrap();
        assert_eq!(written(Format::Ndjson, &[movie(), movie()]), format!("{json}\n{json}\n"));
        assert_eq!(written(Format::Ndjson, &[]), "");
    }

    #[test]
    fn json_is_one_array_of_any_length() {
        for count in 0..3 {
            let text = written(Format::Json, &vec![movie(); count]);
            let array: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(array, vec![serde_json::to_value(MovieBody::from(&movie())).unwrap(); count]);
        }
    }

    #[test]
    fn csv_has_a_header_and_quotes_what_needs_it() {
        let header = "id,name,director,genres,popularity,imdb_score,year,runtime_minutes,votes,imdb_id,overview,\
                      poster_url,version,created_at,updated_at\r\n";
        assert_eq!(written(Format::Csv, &[]), header);
        let quoted = MoviePatch {
            name: Field::Value("=1+1".to_owned()),
            director: Field::Value("A, B \"C\"".to_owned()),
            popularity: Field::Value(100.0 / 3.0),
            overview: Field::Value("Two\r\nlines".to_owned()),
            ..MoviePatch::default()
        };
        let expected = format!(
            "{header}\
             3,Star Wars,,Action|Sci-Fi,88,8.8,1977,,,,,,1,2026-01-02T03:04:05Z,2026-01-02T03:04:05Z\r\n\
             3,'=1+1,\"A, B \"\"C\"\"\",,33.333333333333336,,,,,,\"Two\r\nlines\",,1,2026-01-02T03:04:05Z,2026-01-02T03:04:05Z\r\n"
        );
        assert_eq!(written(Format::Csv, &[movie(), movie_of(quoted, &[])]), expected);
    }
}
