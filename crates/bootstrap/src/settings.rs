//! What can be configured: `config/default.toml`, then `config/{MARQUEE_ENV}.toml`, then the environment.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::Ipv6Addr,
    path::{Path, PathBuf},
};

use config::{Config, Environment, File, FileFormat, Source, Value, ValueKind};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::network::Network;

/// The defaults, compiled in. Every key there is stands in this file.
const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// The origin of what nobody has set.
const DEFAULT: &str = "default";

/// What stands for a secret where settings are shown.
const MASK: &str = "***";

/// The settings. `config/default.toml` says what each means, its unit and its default. Serialised, they are fit to be
/// shown: without secrets.
#[derive(Debug, Clone, Deserialize, Serialize)]
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
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    pub host: String,
    pub port: u16,
    #[serde(deserialize_with = "public_url")]
    pub public_url: Option<String>,
    #[serde(deserialize_with = "address_or_none")]
    pub metrics_address: Option<String>,
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<Network>,
    pub workers: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub blocking_threads: usize,
    pub search_queue: usize,
    pub password_queue: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub head_seconds: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub body_seconds: usize,
    pub drain_seconds: u64,
    pub shutdown_timeout_seconds: u64,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub send_timeout_seconds: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub max_body_bytes: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub max_batch_bytes: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub max_import_bytes: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub imports_at_once: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub import_idle_seconds: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub exports_at_once: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub export_stall_seconds: usize,
    pub compress_from_bytes: u64,
    #[serde(deserialize_with = "origins")]
    pub cors_origins: Origins,
}

/// Which pages of other origins may use the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Those of these origins, such as `https://app.example.org`; none where there are none.
    These(Vec<String>),
    /// All.
    Any,
}

impl Serialize for Origins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::These(origins) => origins.serialize(serializer),
            Self::Any => ["*"].serialize(serializer),
        }
    }
}

/// Where the catalogue is.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    #[serde(serialize_with = "without_password")]
    pub url: SecretString,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub pool_size: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub connect_timeout_ms: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub lock_timeout_ms: usize,
}

/// The index.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    pub path: PathBuf,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub poll_interval_ms: usize,
    #[serde(deserialize_with = "at_least::<15_000_000, _>")]
    pub writer_bytes: usize,
    pub cache_bytes: usize,
    #[serde(deserialize_with = "at_least::<1, _>")]
    pub facet_matches: usize,
}

/// Copies in memory.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    pub movies_bytes: usize,
}

/// The feed of changes.
#[derive(Debug, Clone, Deserialize, Serialize)]
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
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    pub anonymous_read: bool,
    pub registration: Registration,
    #[serde(deserialize_with = "secret_or_none", serialize_with = "masked")]
    pub admin_password: Option<SecretString>,
    #[serde(deserialize_with = "bcrypt_cost")]
    pub bcrypt_cost: u32,
    pub max_tokens_per_user: u64,
}

/// Whether anybody may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    Open,
    Closed,
}

/// What the catalogue starts with.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DataSettings {
    #[serde(deserialize_with = "path_or_none")]
    pub fixture: Option<PathBuf>,
}

/// The log.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    pub format: LogFormat,
    pub level: String,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// The settings cannot be used; the text is one line that names the key.
#[derive(Debug, thiserror::Error)]
#[error("settings: {0}")]
pub struct SettingsError(String);

/// Where each setting comes from, by its key: `default`, a file, or a variable of the environment.
pub type Sources = BTreeMap<String, String>;

impl Settings {
    /// Reads the settings of this process: files below the working directory, and the environment.
    pub fn load() -> Result<Self, SettingsError> {
        Self::load_with_sources().map(|(settings, _)| settings)
    }

    /// The same, and where each setting comes from.
    pub fn load_with_sources() -> Result<(Self, Sources), SettingsError> {
        Self::with_sources(
            Path::new("config"),
            std::env::vars_os().filter_map(|(key, value)| {
                // What is no text cannot be one of ours: our names and values are.
                Some((key.into_string().ok()?, value.into_string().ok()?))
            }),
        )
    }

    /// Each setting as a line of TOML, with a comment that says where it comes from. Secrets are masked.
    pub fn describe(&self, sources: &Sources) -> Result<Vec<String>, SettingsError> {
        fn walk(prefix: &str, value: &serde_json::Value, settings: &mut BTreeMap<String, String>) {
            let text = match value {
                serde_json::Value::Object(table) => {
                    for (key, value) in table {
                        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                        walk(&key, value, settings);
                    }
                    return;
                }
                // What is not set is written as an empty text.
                serde_json::Value::Null => "\"\"".to_owned(),
                // A text, a number or a truth value is written in TOML as in JSON.
                value => value.to_string(),
            };
            settings.insert(prefix.to_owned(), text);
        }
        let values = serde_json::to_value(self).map_err(|error| SettingsError(one_line(&error)))?;
        let mut settings = BTreeMap::new();
        walk("", &values, &mut settings);
        let line = |(key, value): (&String, &String)| {
            let source = sources.get(key).map_or(DEFAULT, String::as_str);
            format!("{key} = {value}  # {source}")
        };
        Ok(settings.iter().map(line).collect())
    }

    /// Reads the settings from the files of `directory` and from the variables `environment`.
    pub fn from_sources(
        directory: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        Self::with_sources(directory, environment).map(|(settings, _)| settings)
    }

    fn with_sources(
        directory: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Self, Sources), SettingsError> {
        let mut environment: HashMap<String, String> = environment.into_iter().collect();
        let profile = environment.remove("MARQUEE_ENV").filter(|name| !name.is_empty());
        let adopted = adopt_platform_variables(&mut environment);
        environment.retain(|name, _| name.starts_with("MARQUEE_"));

        let defaults = File::from_str(DEFAULTS, FileFormat::Toml);
        let known = keys_of(&defaults)?;
        let mut sources: Sources = known.iter().map(|key| (key.clone(), DEFAULT.to_owned())).collect();
        let mut builder = Config::builder().add_source(defaults);

        let default_file = directory.join("default.toml");
        let profile_file = profile.map(|name| directory.join(format!("{name}.toml")));
        for (path, required) in [(Some(default_file), false), (profile_file, true)] {
            let Some(path) = path else { continue };
            let file = File::from(path.clone()).format(FileFormat::Toml).required(required);
            for key in keys_of(&file)? {
                if !known.contains(&key) {
                    return Err(SettingsError(format!("{}: {}", path.display(), unknown(&key, &known))));
                }
                sources.insert(key, path.display().to_string());
            }
            builder = builder.add_source(file);
        }

        for name in environment.keys().collect::<BTreeSet<_>>() {
            let key = key_of_variable(name);
            if !known.contains(&key) {
                return Err(SettingsError(format!("{name}: {}", unknown(&key, &known))));
            }
        }
        let variables = environment.keys().map(|name| {
            let set_by = adopted.get(name.as_str()).copied().unwrap_or(name);
            (key_of_variable(name), set_by.to_owned())
        });
        let names: HashMap<String, String> = variables.collect();
        sources.extend(names.clone());
        // Values stay text: parsing them by their looks would turn the password 007 into 7.
        let environment = Environment::with_prefix("MARQUEE")
            .prefix_separator("_")
            .separator("__")
            .source(Some(environment.into_iter().collect()));

        let merged = builder.add_source(environment).build().map_err(|e| SettingsError(one_line(&e)))?;
        let settings = serde_path_to_error::deserialize(merged).map_err(|error| {
            let key = error.path().to_string();
            let name = names.get(&key).unwrap_or(&key);
            SettingsError(format!("{name}: {}", one_line(error.inner())))
        })?;
        Ok((settings, sources))
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
    let host = "MARQUEE_SERVER__HOST";
    if adopted.contains_key("MARQUEE_SERVER__PORT") && !environment.contains_key(host) {
        environment.insert(host.into(), "0.0.0.0".into());
        adopted.insert(host, "PORT");
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

fn address_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let address = String::deserialize(deserializer)?;
    let is_address = |(host, port): (&str, &str)| !host.is_empty() && port.parse::<u16>().is_ok();
    match address.as_str() {
        "" => Ok(None),
        text if text.rsplit_once(':').is_some_and(is_address) => Ok(Some(address)),
        _ => Err(de::Error::custom("must be HOST:PORT")),
    }
}

/// A list, or the text of one as an environment variable has it: separated by commas.
#[derive(Deserialize)]
#[serde(untagged)]
enum TextOrList {
    Text(String),
    List(Vec<String>),
}

fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Origins, D::Error> {
    let origins = match TextOrList::deserialize(deserializer)? {
        TextOrList::Text(text) => text.split(',').map(str::to_owned).collect(),
        TextOrList::List(list) => list,
    };
    let origins: Vec<_> = origins.iter().map(|origin| origin.trim()).filter(|origin| !origin.is_empty()).collect();
    if origins == ["*"] {
        return Ok(Origins::Any);
    }
    match origins.iter().find(|origin| !is_origin(origin)) {
        None => Ok(Origins::These(origins.into_iter().map(str::to_owned).collect())),
        Some(other) => Err(de::Error::custom(format!(
            "`{other}` is no origin: each is written as browsers send it, such as https://app.example.org, in lower \
             case and without a path; `*` stands alone"
        ))),
    }
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Network>, D::Error> {
    let networks = match TextOrList::deserialize(deserializer)? {
        TextOrList::Text(text) => text.split(',').map(str::to_owned).collect(),
        TextOrList::List(list) => list,
    };
    let named = networks.iter().map(|network| network.trim()).filter(|network| !network.is_empty());
    named.map(|network| network.parse().map_err(de::Error::custom)).collect()
}

/// Whether this is an origin as browsers write it. They leave out the port that a scheme has anyway.
fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let usual_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    if rest.ends_with(usual_port) {
        return false;
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name),
    };
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|n| n.to_string() == port))
}

fn secret_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok((!text.is_empty()).then(|| text.into()))
}

fn masked<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| MASK).serialize(serializer)
}

fn without_password<S: Serializer>(url: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    let url = url.expose_secret();
    // A password may have any character in it, an @ or a : too.
    let masked = url.split_once(':').filter(|(scheme, _)| *scheme != "sqlite").and_then(|(scheme, rest)| {
        let (user, place) = rest.rsplit_once('@')?;
        let slashes = if user.starts_with("//") { "//" } else { "" };
        let (user, _) = user[slashes.len()..].split_once(':')?;
        Some(format!("{scheme}:{slashes}{user}:{MASK}@{place}"))
    });
    serializer.serialize_str(masked.as_deref().unwrap_or(url))
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
            ("MARQUEE_SERVER__IMPORTS_AT_ONCE", "0"),
            ("MARQUEE_SERVER__PUBLIC_URL", "movies.example.org"),
            ("MARQUEE_SERVER__CORS_ORIGINS", "movies.example.org"),
            ("MARQUEE_SERVER__METRICS_ADDRESS", "9100"),
            ("MARQUEE_SERVER__TRUSTED_PROXIES", "10.0.0.0/8,proxy.example.org"),
            ("MARQUEE_AUTH__MAX_TOKENS_PER_USER", "many"),
        ] {
            let message = error(&[(name, value)]);
            assert!(message.contains(name) && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn origins_are_a_list_or_a_text_with_commas() {
        let origins = |text: &str| load(&[("MARQUEE_SERVER__CORS_ORIGINS", text)]).map(|s| s.server.cors_origins);
        let these = |list: &[&str]| Origins::These(list.iter().map(|&origin| origin.to_owned()).collect());
        assert_eq!(load(&[]).unwrap().server.cors_origins, these(&[]));
        assert_eq!(origins("*").unwrap(), Origins::Any);
        for one in ["https://[::1]:8443", "http://[::1]", "https://app.example.org:8443"] {
            assert_eq!(origins(one).unwrap(), these(&[one]));
        }
        let two = these(&["https://app.example.org", "http://localhost:3000"]);
        assert_eq!(origins("https://app.example.org, http://localhost:3000").unwrap(), two);
        let directory = tempfile::tempdir().unwrap();
        let list = "[server]\ncors_origins = [\"https://app.example.org\", \"http://localhost:3000\"]\n";
        std::fs::write(directory.path().join("default.toml"), list).unwrap();
        assert_eq!(load_from(directory.path(), &[]).unwrap().server.cors_origins, two);
        for bad in [
            "null",
            "https://",
            "https://app.example.org/",
            "https://App.example.org",
            "https://app.example.org:443",
            "http://app.example.org:80",
            "ftp://app.example.org",
            "*,https://app.example.org",
            "https://*.example.org",
            "https://[::1",
            "https://app.example.org:",
            "https://app.example.org:080",
        ] {
            let error = origins(bad).unwrap_err().to_string();
            assert!(error.contains("CORS_ORIGINS") && error.contains("no origin"), "{bad}: {error}");
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

    /// What is shown of the settings, each line as its key, its value and where it comes from.
    fn described(directory: &Path, variables: &[(&str, &str)]) -> BTreeMap<String, (String, String)> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let (settings, sources) = Settings::with_sources(directory, variables).unwrap();
        let parts = |line: &String| {
            let (key, rest) = line.split_once(" = ").unwrap();
            let (value, origin) = rest.rsplit_once("  # ").unwrap();
            (key.to_owned(), (value.to_owned(), origin.to_owned()))
        };
        settings.describe(&sources).unwrap().iter().map(parts).collect()
    }

    #[test]
    fn every_setting_is_described() {
        let shown = described(Path::new("nowhere"), &[]);
        let known = keys_of(&File::from_str(DEFAULTS, FileFormat::Toml)).unwrap();
        assert_eq!(shown.keys().collect::<Vec<_>>(), known.iter().collect::<Vec<_>>());
        assert!(shown.values().all(|(_, origin)| origin == "default"), "{shown:?}");
        // What is shown says the same as the file that it comes from.
        let written: String = shown.iter().map(|(key, (value, _))| format!("{key} = {value}\n")).collect();
        let read = |text: &str| Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build().unwrap();
        assert_eq!(read(&written).cache, read(DEFAULTS).cache);
    }

    #[test]
    fn each_setting_says_where_it_comes_from() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str| directory.path().join(name).display().to_string();
        let default = "[server]\nworkers = 3\nmax_body_bytes = 5\nhost = \"::1\"\n[log]\nlevel = \"info\"\n";
        std::fs::write(file("default.toml"), default).unwrap();
        std::fs::write(file("here.toml"), "[server]\nmax_body_bytes = 6\ndrain_seconds = 7\n").unwrap();
        let variables = [
            ("MARQUEE_ENV", "here"),
            ("MARQUEE_SERVER__DRAIN_SECONDS", "8"),
            ("MARQUEE_AUTH__ANONYMOUS_READ", "false"),
            ("MARQUEE_DATA__FIXTURE", ""),
            ("MARQUEE_SEARCH__PATH", "a \"b\"  # c"),
            ("PORT", "5000"),
        ];
        let shown = described(directory.path(), &variables);
        for (key, value, origin) in [
            ("server.workers", "3", file("default.toml").as_str()),
            ("log.level", "\"info\"", &file("default.toml")),
            ("server.max_body_bytes", "6", &file("here.toml")),
            ("server.drain_seconds", "8", "MARQUEE_SERVER__DRAIN_SECONDS"),
            ("auth.anonymous_read", "false", "MARQUEE_AUTH__ANONYMOUS_READ"),
            ("data.fixture", "\"\"", "MARQUEE_DATA__FIXTURE"),
            ("search.path", r#""a \"b\"  # c""#, "MARQUEE_SEARCH__PATH"),
            ("server.port", "5000", "PORT"),
            ("server.host", "\"0.0.0.0\"", "PORT"),
            ("auth.registration", "\"open\"", "default"),
        ] {
            assert_eq!(shown[key], (value.to_owned(), origin.to_owned()), "{key}");
        }
        let shown = described(directory.path(), &[("PORT", "5000"), ("MARQUEE_SERVER__HOST", "::2")]);
        assert_eq!(shown["server.host"], ("\"::2\"".to_owned(), "MARQUEE_SERVER__HOST".to_owned()));
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = |name, value| described(Path::new("nowhere"), &[(name, value)]);
        let password = shown("MARQUEE_AUTH__ADMIN_PASSWORD", "hush");
        assert_eq!(password["auth.admin_password"], ("\"***\"".to_owned(), "MARQUEE_AUTH__ADMIN_PASSWORD".to_owned()));
        assert_eq!(shown("PORT", "1")["auth.admin_password"].0, "\"\"");
        for (url, expected) in [
            ("mysql://ann:hush@db:3306/films?ssl_ca=/ca.pem", "mysql://ann:***@db:3306/films?ssl_ca=/ca.pem"),
            ("mysql://ann:hu@sh:hush/hush@db/films", "mysql://ann:***@db/films"),
            ("mysql:ann:hush@db/films", "mysql:ann:***@db/films"),
            ("mysql://ann@db:3306/films", "mysql://ann@db:3306/films"),
            ("mysql://db:3306/films", "mysql://db:3306/films"),
            ("sqlite:a:b@c.db", "sqlite:a:b@c.db"),
        ] {
            assert_eq!(
                shown("DATABASE_URL", url)["database.url"],
                (format!("{expected:?}"), "DATABASE_URL".to_owned())
            );
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let settings = load(&[("MARQUEE_AUTH__ADMIN_PASSWORD", "hush"), ("DATABASE_URL", "mysql://u:hush@h/d")]);
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
