//! Where the files are.

use std::path::{Path, PathBuf};

use super::Error;

/// The files of a data set.
#[derive(Debug, PartialEq, Eq)]
pub struct Files {
    /// `title.basics`
    pub titles: PathBuf,
    /// `title.ratings`
    pub ratings: PathBuf,
    /// `title.crew`
    pub crew: PathBuf,
    /// `name.basics`
    pub names: PathBuf,
    /// What lies unpacked beside a packed file. The packed one is read: it is the one that a new download replaces.
    pub passed_over: Vec<PathBuf>,
}

impl Files {
    /// Finds the files in `directory`, or says which are missing.
    pub fn find(directory: &Path) -> Result<Self, Error> {
        let mut missing = Vec::new();
        let mut passed_over = Vec::new();
        let mut find = |name: &str| {
            let packed = directory.join(format!("{name}.tsv.gz"));
            let plain = directory.join(format!("{name}.tsv"));
            match (packed.exists(), plain.exists()) {
                (true, true) => passed_over.push(plain),
                (true, false) => {}
                (false, true) => return plain,
                (false, false) => missing.push(format!("{name}.tsv.gz or {name}.tsv")),
            }
            packed
        };
        let (titles, ratings) = (find("title.basics"), find("title.ratings"));
        let (crew, names) = (find("title.crew"), find("name.basics"));
        match missing.is_empty() {
            true => Ok(Self { titles, ratings, crew, names, passed_over }),
            false => Err(Error::Missing(missing)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_packed_file_is_preferred_and_a_missing_one_named() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for name in ["title.basics.tsv", "title.ratings.tsv", "title.ratings.tsv.gz", "title.crew.tsv.gz"] {
            fs::write(at(name), "").unwrap();
        }
        let error = Files::find(directory.path()).unwrap_err().to_string();
        assert_eq!(error, "the data set is not whole: no name.basics.tsv.gz or name.basics.tsv");

        fs::write(at("name.basics.tsv"), "").unwrap();
        let expected = Files {
            titles: at("title.basics.tsv"),
            ratings: at("title.ratings.tsv.gz"),
            crew: at("title.crew.tsv.gz"),
            names: at("name.basics.tsv"),
            passed_over: vec![at("title.ratings.tsv")],
        };
        assert_eq!(Files::find(directory.path()).unwrap(), expected);

        let error = Files::find(&at("nowhere")).unwrap_err().to_string();
        assert_eq!(error.matches(" or ").count(), 4, "{error}");
    }
}
