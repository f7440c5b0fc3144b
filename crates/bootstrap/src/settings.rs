//! What can be configured: `config/default.toml`, then `config/{MARQUEE_ENV}.toml`, then the environment.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use config::{Config, Environment, File, FileFormat, Source, Value, ValueKind};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};

/// The defaults, compiled in. Every key there is stands in this file.
const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// The settings. `config/default.toml` says what each means, its unit and its default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub database: DatabaseSettings,
    pub search: SearchSettings,
    pub cache: CacheSettings,
    pub changes: ChangesSettings,
    pub auth: AuthSettings,
    pub data: DataSettings,
    pub log: LogSettings,
}

/// Where and how to serve.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    pub host: String,
    pub port: u16,
    #[serde(deserialize_with = "public_url")]
    pub public_url: Option<String>,
    pub workers: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub blocking_threads: usize,
    pub drain_seconds: u64,
    pub shutdown_timeout_seconds: u64,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub send_timeout_seconds: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub max_body_bytes: usize,
}

/// Where the catalogue is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    pub url: SecretString,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub pool_size: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub connect_timeout_ms: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub lock_timeout_ms: usize,
}

/// The index.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    pub path: PathBuf,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub poll_interval_ms: usize,
    #[serde(deserialize_with = "at_least::<15_000_000, _>")]
    pub writer_bytes: usize,
    pub cache_bytes: usize,
}

/// Copies in memory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    pub movies_bytes: usize,
}

/// The feed of changes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesSettings {
    pub retention_days: u32,
    pub max_streams: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub heartbeat_seconds: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub patience_seconds: usize,
}

/// Who may do what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    pub anonymous_read: bool,
    pub registration: Registration,
    #[serde(deserialize_with = "secret_or_none")]
    pub admin_password: Option<SecretString>,
    #[serde(deserialize_with = "bcrypt_cost")]
    pub bcrypt_cost: u32,
}

/// Whether anybody may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    Open,
    Closed,
}

/// What the catalogue starts with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSettings {
    #[serde(deserialize_with = "path_or_none")]
    pub fixture: Option<PathBuf>,
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    pub format: LogFormat,
    pub level: String,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// The settings cannot be used; the text is one line that names the key.
#[derive(Debug, thiserror::Error)]
#[error("settings: {0}")]
pub struct SettingsError(String);

impl Settings {
    /// Reads the settings of this process: files below the working directory, and the environment.
    pub fn load() -> Result<Self, SettingsError> {
        Self::from_sources(
            Path::new("config"),
            std::env::vars_os().filter_map(|(key, value)| {
                // What is no text cannot be one of ours: our names and values are.
                Some((key.into_string().ok()?, value.into_string().ok()?))
            }),
        )
    }

    /// Reads the settings from the files of `directory` and from the variables `environment`.
    pub fn from_sources(
        directory: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut environment: HashMap<String, String> = environment.into_iter().collect();
        let profile = environment.remove("MARQUEE_ENV").filter(|name| !name.is_empty());
        let adopted = adopt_platform_variables(&mut environment);
        environment.retain(|name, _| name.starts_with("MARQUEE_"));

        let defaults = File::from_str(DEFAULTS, FileFormat::Toml);
        let known = keys_of(&defaults)?;
        let mut builder = Config::builder().add_source(defaults);

        let default_file = directory.join("default.toml");
        let profile_file = profile.map(|name| directory.join(format!("{name}.toml")));
        for (path, required) in [(Some(default_file), false), (profile_file, true)] {
            let Some(path) = path else { continue };
            let file = File::from(path.clone()).format(FileFormat::Toml).required(required);
            if let Some(key) = keys_of(&file)?.iter().find(|key| !known.contains(*key)) {
                return Err(SettingsError(format!("{}: {}", path.display(), unknown(key, &known))));
            }
            builder = builder.add_source(file);
        }

        for name in environment.keys().collect::<BTreeSet<_>>() {
            let key = key_of_variable(name);
            if !known.contains(&key) {
                return Err(SettingsError(format!("{name}: {}", unknown(&key, &known))));
            }
        }
        let names: HashMap<String, String> =
            environment.keys().map(|name| (key_of_variable(name), name.clone())).collect();
        // Values stay text: parsing them by their looks would turn the password 007 into 7.
        let environment = Environment::with_prefix("MARQUEE")
            .prefix_separator("_")
            .separator("__")
            .source(Some(environment.into_iter().collect()));

        let merged = builder.add_source(environment).build().map_err(|e| SettingsError(one_line(&e)))?;
        serde_path_to_error::deserialize(merged).map_err(|error| {
            let key = error.path().to_string();
            let name = names.get(&key).unwrap_or(&key);
            let name = adopted.get(name.as_str()).copied().unwrap_or(name);
            SettingsError(format!("{name}: {}", one_line(error.inner())))
        })
    }
}

/// `PORT` and `DATABASE_URL`, as platforms like Heroku set them, stand in for ours where those are not set. Returns for
/// which of ours.
fn adopt_platform_variables(environment: &mut HashMap<String, String>) -> HashMap<&'static str, &'static str> {
    let mut adopted = HashMap::new();
    for (theirs, ours) in [("PORT", "MARQUEE_SERVER__PORT"), ("DATABASE_URL", "MARQUEE_DATABASE__URL")] {
        let value = environment.remove(theirs).filter(|value| !value.is_empty());
        if let Some(value) = value
            && !environment.contains_key(ours)
        {
            environment.insert(ours.into(), value);
            adopted.insert(ours, theirs);
        }
    }
    if adopted.contains_key("MARQUEE_SERVER__PORT") {
        environment.entry("MARQUEE_SERVER__HOST".into()).or_insert_with(|| "0.0.0.0".into());
    }
    adopted
}

fn key_of_variable(name: &str) -> String {
    name.strip_prefix("MARQUEE_").unwrap_or(name).to_lowercase().replace("__", ".")
}

/// The keys of a source, as `table.key`.
fn keys_of(source: &(impl Source + Send + Sync)) -> Result<BTreeSet<String>, SettingsError> {
    fn walk(prefix: &str, value: &Value, keys: &mut BTreeSet<String>) {
        match &value.kind {
            ValueKind::Table(table) => {
                for (key, value) in table {
                    let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    walk(&key, value, keys);
                }
            }
            _ => {
                keys.insert(prefix.to_owned());
            }
        }
    }
    let mut keys = BTreeSet::new();
    for (key, value) in source.collect().map_err(|e| SettingsError(one_line(&e)))? {
        walk(&key, &value, &mut keys);
    }
    Ok(keys)
}

fn unknown(key: &str, known: &BTreeSet<String>) -> String {
    let nearest = known.iter().min_by_key(|candidate| strsim::damerau_levenshtein(key, candidate));
    match nearest {
        Some(nearest) => format!("there is no setting `{key}`; the nearest is `{nearest}`"),
        None => format!("there is no setting `{key}`"),
    }
}

fn one_line(error: &dyn std::error::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn at_least<'de, const MIN: usize, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let number = usize::deserialize(deserializer)?;
    if number >= MIN { Ok(number) } else { Err(de::Error::custom(format!("must be at least {MIN}"))) }
}

fn bcrypt_cost<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let cost = u32::deserialize(deserializer)?;
    if (4..=31).contains(&cost) { Ok(cost) } else { Err(de::Error::custom("must be 4 to 31")) }
}

fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(deserializer)?;
    match url.trim_end_matches('/') {
        "" => Ok(None),
        url if url.starts_with("https://") || url.starts_with("http://") => Ok(Some(url.to_owned())),
        _ => Err(de::Error::custom("must begin with https:// or http://")),
    }
}

fn secret_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok((!text.is_empty()).then(|| text.into()))
}

fn path_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok((!text.is_empty()).then(|| text.into()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let empty = tempfile::tempdir().unwrap();
        load_from(empty.path(), variables)
    }

    fn load_from(directory: &Path, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_sources(directory, variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn error(variables: &[(&str, &str)]) -> String {
        load(variables).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_complete() {
        let settings = load(&[]).unwrap();
        assert_eq!((settings.server.host.as_str(), settings.server.port), ("127.0.0.1", 8080));
        assert_eq!(settings.database.url.expose_secret(), "sqlite:data/marquee.db");
        assert!(settings.auth.admin_password.is_none() && settings.server.public_url.is_none());
    }

    #[test]
    fn production_differs_in_known_keys_only() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
        let settings = load_from(&shipped, &[("MARQUEE_ENV", "production")]).unwrap();
        assert_eq!(settings.auth.registration, Registration::Closed);
        assert_eq!(settings.data.fixture, None);
    }

    #[test]
    fn values_are_taken_as_written() {
        for password in ["007123", "1e5", "true", " x "] {
            let settings = load(&[("MARQUEE_AUTH__ADMIN_PASSWORD", password)]).unwrap();
            assert_eq!(settings.auth.admin_password.unwrap().expose_secret(), password);
        }
    }

    #[test]
    fn the_environment_beats_the_files_and_a_profile_beats_the_defaults() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("default.toml"), "[server]\nport = 1\nworkers = 1\n").unwrap();
        std::fs::write(directory.path().join("here.toml"), "[server]\nport = 2\nhost = \"::1\"\n").unwrap();
        let settings = load_from(directory.path(), &[("MARQUEE_ENV", "here"), ("MARQUEE_SERVER__PORT", "3")]).unwrap();
        assert_eq!((settings.server.port, settings.server.workers), (3, 1));
        assert_eq!(settings.server.host, "::1");
    }

    #[test]
    fn a_platforms_port_opens_every_interface() {
        let settings = load(&[("PORT", "5000"), ("DATABASE_URL", "mysql://u:p@h/d")]).unwrap();
        assert_eq!((settings.server.host.as_str(), settings.server.port), ("0.0.0.0", 5000));
        assert_eq!(settings.database.url.expose_secret(), "mysql://u:p@h/d");
    }

    #[test]
    fn our_own_variables_beat_the_platforms() {
        let settings = load(&[
            ("PORT", "5000"),
            ("MARQUEE_SERVER__PORT", "80"),
            ("DATABASE_URL", "mysql://u:p@h/d"),
            ("MARQUEE_DATABASE__URL", "sqlite:x.db"),
        ])
        .unwrap();
        assert_eq!((settings.server.host.as_str(), settings.server.port), ("127.0.0.1", 80));
        assert_eq!(settings.database.url.expose_secret(), "sqlite:x.db");
    }

    #[test]
    fn an_unknown_key_is_named_with_the_nearest_one() {
        let message = error(&[("MARQUEE_SERVER__PRT", "1")]);
        assert!(message.contains("MARQUEE_SERVER__PRT") && message.contains("server.port"), "{message}");
        assert!(error(&[("MARQUEE_SERVER_PORT", "1")]).contains("MARQUEE_SERVER_PORT"));

        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("here.toml"), "[auth]\nregistratoin = \"open\"\n").unwrap();
        let message = load_from(directory.path(), &[("MARQUEE_ENV", "here")]).unwrap_err().to_string();
        assert!(message.contains("here.toml") && message.contains("auth.registratoin"), "{message}");
    }

    #[test]
    fn a_bad_value_is_named_in_one_line() {
        for (name, value) in [
            ("MARQUEE_SERVER__PORT", "http"),
            ("MARQUEE_SERVER__PORT", "70000"),
            ("MARQUEE_AUTH__REGISTRATION", "maybe"),
            ("MARQUEE_AUTH__ANONYMOUS_READ", "perhaps"),
            ("MARQUEE_AUTH__BCRYPT_COST", "3"),
            ("MARQUEE_DATABASE__POOL_SIZE", "0"),
            ("MARQUEE_SERVER__PUBLIC_URL", "movies.example.org"),
        ] {
            let message = error(&[(name, value)]);
            assert!(message.contains(name) && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn a_platforms_bad_value_is_named_as_the_platform_named_it() {
        assert!(error(&[("PORT", "abc")]).starts_with("settings: PORT: "));
    }

    #[test]
    fn a_missing_profile_is_an_error() {
        assert!(error(&[("MARQUEE_ENV", "nowhere")]).contains("nowhere"));
    }

    #[test]
    fn secrets_do_not_print() {
        let settings = load(&[("MARQUEE_AUTH__ADMIN_PASSWORD", "hush"), ("DATABASE_URL", "mysql://u:hush@h/d")]);
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
