//! A data set in the form of IMDb's, of the same movies as [`catalogue`] writes and of other titles like them.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::catalogue::{self, Movie, Movies, person};

/// Progress is shown after so many titles.
const TOLD_EVERY: u64 = 1_000_000;

const NULL: &str = "\\N";

/// What is no movie.
const OTHER_TYPES: [&str; 8] =
    ["tvEpisode", "short", "tvSeries", "video", "tvMovie", "tvMiniSeries", "tvSpecial", "videoGame"];

/// Writes the four files with `titles` titles, `movies` of a hundred of them movies, in constant memory but for the
/// fingerprints that keep titles apart.
pub fn write(directory: &Path, titles: u64, movies: u32, seed: u64) -> anyhow::Result<()> {
    fs::create_dir_all(directory)?;
    let table = |name: &str, columns: &str| -> anyhow::Result<_> {
        let mut table = BufWriter::with_capacity(1 << 20, File::create(directory.join(format!("{name}.tsv")))?);
        writeln!(table, "{}", columns.replace(' ', "\t"))?;
        Ok(table)
    };
    let mut basics = table(
        "title.basics",
        "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
    )?;
    let mut ratings = table("title.ratings", "tconst averageRating numVotes")?;
    let mut crew = table("title.crew", "tconst directors writers")?;
    let mut names = table("name.basics", "nconst primaryName birthYear deathYear primaryProfession knownForTitles")?;

    let mut catalogue = Movies::new(titles, seed)?;
    // What the catalogue does not draw; another seed, so that the two do not run alike.
    let mut rng = ChaCha8Rng::seed_from_u64(!seed);
    for number in 1..=titles {
        let Movie { name, director, genres, imdb_score, year, runtime_minutes, votes, .. } = catalogue.next();
        let title_type = match rng.random_range(0..100) < movies {
            true => "movie",
            false => OTHER_TYPES[rng.random_range(0..OTHER_TYPES.len())],
        };
        let runtime = runtime_minutes.map_or(NULL.to_owned(), |minutes| minutes.to_string());
        let is_adult = u8::from(rng.random_bool(0.02));
        let genres = genres.join(",");
        writeln!(
            basics,
            "tt{number:07}\t{title_type}\t{name}\t{name}\t{is_adult}\t{year}\t{NULL}\t{runtime}\t{genres}"
        )?;
        if let Some(score) = imdb_score {
            writeln!(ratings, "tt{number:07}\t{score:.1}\t{votes}")?;
        }
        let second = match rng.random_bool(0.1) {
            true => format!(",nm{:07}", rng.random_range(1..=catalogue::directors(titles))),
            false => String::new(),
        };
        let directors = if rng.random_bool(0.9) { format!("nm{director:07}{second}") } else { NULL.to_owned() };
        writeln!(crew, "tt{number:07}\t{directors}\t{NULL}")?;
        if number.is_multiple_of(TOLD_EVERY) {
            let _ = writeln!(io::stderr(), "{number} titles");
        }
    }
    for rank in 1..=titles.max(catalogue::directors(titles)) {
        let born = if rng.random_bool(0.4) { rng.random_range(1900..=2005).to_string() } else { NULL.to_owned() };
        let title = rng.random_range(1..=titles.max(1));
        writeln!(names, "nm{rank:07}\t{}\t{born}\t{NULL}\tdirector\ttt{title:07}", person(rank))?;
    }
    for mut table in [basics, ratings, crew, names] {
        table.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: [&str; 4] = ["title.basics", "title.ratings", "title.crew", "name.basics"];

    fn data_set(titles: u64, movies: u32, seed: u64) -> [String; 4] {
        let directory = tempfile::tempdir().unwrap();
        write(&directory.path().join("new"), titles, movies, seed).unwrap();
        TABLES.map(|table| fs::read_to_string(directory.path().join(format!("new/{table}.tsv"))).unwrap())
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let first = data_set(500, 60, 7);
        assert_eq!(first, data_set(500, 60, 7));
        for (table, (one, other)) in TABLES.iter().zip(first.iter().zip(data_set(500, 60, 8))) {
            assert_ne!(*one, other, "{table}");
        }
    }

    #[test]
    fn every_row_has_as_many_cells_as_the_header() {
        for text in data_set(1_000, 60, 1) {
            let cells = |line: &str| line.split('\t').count();
            assert!(text.lines().all(|line| cells(line) == cells(text.lines().next().unwrap())));
        }
    }

    #[test]
    fn as_many_titles_are_movies_as_asked_for() {
        let movies = |movies| data_set(1_000, movies, 1)[0].matches("\tmovie\t").count();
        assert_eq!((movies(0), movies(100)), (0, 1_000));
        assert!((550..650).contains(&movies(60)));
    }

    #[test]
    fn everybody_who_is_credited_has_a_name() {
        for titles in [1, 2_000] {
            let [_, _, crew, names] = data_set(titles, 60, 1);
            let known: std::collections::HashSet<&str> =
                names.lines().filter_map(|row| row.split('\t').next()).collect();
            let credited = crew.lines().skip(1).filter_map(|row| row.split('\t').nth(1)).filter(|cell| *cell != NULL);
            assert!(credited.flat_map(|cell| cell.split(',')).all(|person| known.contains(person)));
        }
    }
}
