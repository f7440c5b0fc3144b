//! Where the database is.

use std::{fmt, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::error::OpenError;

/// A database URL, taken apart as far as it matters here. Never printed: it holds a password.
#[derive(Clone)]
pub enum Address {
    /// A file, by a path that SQLite takes for nothing but a path.
    Sqlite(PathBuf),
    /// The URL as given.
    #[cfg(feature = "mysql")]
    Mysql(String),
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url.split_once(':').ok_or(OpenError::NoScheme)?;
        match scheme {
            "sqlite" => sqlite(rest),
            #[cfg(feature = "mysql")]
            "mysql" => mysql(url),
            #[cfg(not(feature = "mysql"))]
            "mysql" => Err(OpenError::WithoutMysql),
            other => Err(OpenError::UnknownScheme(other.to_owned())),
        }
    }

    /// An error where this is a file that is not there. What only looks at a database makes none.
    pub fn exists(&self) -> Result<(), OpenError> {
        match self {
            Self::Sqlite(path) if !path.exists() => Err(OpenError::NoDatabase(path.clone())),
            _ => Ok(()),
        }
    }
}

/// The database without user and password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            #[cfg(feature = "mysql")]
            Self::Mysql(url) => {
                // A password may have any character in it, an @ too.
                let place = url.rsplit_once('@').map_or_else(|| url.trim_start_matches("mysql://"), |(_, place)| place);
                f.write_str(place.split('?').next().unwrap_or_default())
            }
        }
    }
}

/// The file that `url` names, where it names an SQLite database.
pub fn embedded_database(url: &SecretString) -> Option<PathBuf> {
    match Address::parse(url.expose_secret()) {
        Ok(Address::Sqlite(path)) => Some(path),
        _ => None,
    }
}

fn sqlite(path: &str) -> Result<Address, OpenError> {
    // `sqlite:///absolute` and `sqlite://relative` are in use too.
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(":memory:") {
        return Err(OpenError::InMemory);
    }
    // Without the dot a relative path could begin with "file:", which SQLite reads as a URL.
    Ok(Address::Sqlite(PathBuf::from(".").join(path)))
}

#[cfg(feature = "mysql")]
fn mysql(url: &str) -> Result<Address, OpenError> {
    let path = url.strip_prefix("mysql://").and_then(|rest| rest.split('?').next()?.split_once('/'));
    match path {
        Some((_, name)) if !name.is_empty() => Ok(Address::Mysql(url.to_owned())),
        _ => Err(OpenError::NoName),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(url: &str) -> String {
        match Address::parse(url) {
            Ok(Address::Sqlite(path)) => path.display().to_string(),
            _ => panic!("{url} is not an SQLite address"),
        }
    }

    #[test]
    fn a_path_is_taken_as_a_path() {
        assert_eq!(path("sqlite:data/marquee.db"), "./data/marquee.db");
        assert_eq!(path("sqlite://data/marquee.db"), "./data/marquee.db");
        assert_eq!(path("sqlite:/var/lib/marquee.db"), "/var/lib/marquee.db");
        assert_eq!(path("sqlite:///var/lib/marquee.db"), "/var/lib/marquee.db");
        assert_eq!(path("sqlite:file:x?mode=memory"), "./file:x?mode=memory");
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn an_address_is_shown_without_a_password() {
        for (url, shown) in
            [("mysql://ann:hu@sh:@db:3306/films?ssl_ca=/ca.pem", "db:3306/films"), ("mysql://db/films", "db/films")]
        {
            assert_eq!(Address::parse(url).map(|address| address.to_string()).unwrap_or_default(), shown);
        }
    }

    #[test]
    fn a_database_in_memory_is_refused() {
        for url in ["sqlite::memory:", "sqlite:", "sqlite://", "sqlite://:memory:"] {
            assert!(matches!(Address::parse(url), Err(OpenError::InMemory)), "{url}");
        }
    }

    #[test]
    fn an_embedded_database_is_a_file() {
        let file = |url: &str| embedded_database(&url.into());
        assert_eq!(file("sqlite:/srv/marquee.db"), Some("/srv/marquee.db".into()));
        assert_eq!(file("sqlite:///srv/marquee.db"), Some("/srv/marquee.db".into()));
        assert_eq!(file("mysql://ann:secret@db/films"), None);
        assert_eq!(file("sqlite::memory:"), None);
    }

    #[test]
    fn another_database_is_refused_by_its_name() {
        let error = |url| Address::parse(url).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error("postgres://ann:secret@db/films").contains("postgres"));
        assert!(!error("postgres://ann:secret@db/films").contains("secret"));
        assert!(error("data/marquee.db").contains("sqlite:PATH"));
        #[cfg(not(feature = "mysql"))]
        assert!(error("mysql://ann:secret@db/films").contains("--features mysql"));
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn a_mysql_url_names_a_database() {
        assert!(Address::parse("mysql://ann:secret@db:3306/films?ssl_ca=/ca.pem").is_ok());
        for url in ["mysql:films", "mysql://ann:secret@db", "mysql://ann:secret@db/?ssl_ca=/ca.pem"] {
            assert!(matches!(Address::parse(url), Err(OpenError::NoName)), "{url}");
        }
    }
}
