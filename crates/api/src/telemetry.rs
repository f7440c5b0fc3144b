//! The log.

use std::{
    io::{self, IsTerminal},
    panic,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, bail};
use bootstrap::settings::{LogFormat, LogSettings};
use tracing_subscriber::EnvFilter;

/// Libraries that report their routine at the level at which we report requests, clients that speak no HTTP as errors,
/// and merges that others have overtaken as warnings.
const QUIET: &str = "actix_server=warn,actix_http::h1=off,tantivy=warn,tantivy::indexer::segment_manager=error";

const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

static PANICS: AtomicU64 = AtomicU64::new(0);

/// How often this process has panicked since [`init`].
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

/// Sends the log to standard error, panics included.
pub fn init(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = filter(&settings.level).with_context(|| format!("settings: log.level: {}", settings.level))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match settings.format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    }
    .map_err(|error| anyhow::anyhow!("the log cannot be set up: {error}"))?;
    panic::set_hook(Box::new(|panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        let place = panic.location().map(ToString::to_string);
        let backtrace = std::backtrace::Backtrace::capture();
        tracing::error!(place, %backtrace, "panicked: {}", panic.payload_as_str().unwrap_or("no text"));
    }));
    Ok(())
}

fn filter(level: &str) -> anyhow::Result<EnvFilter> {
    // Alone, a word that is no level would be taken for a module, and nothing else logged.
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word.trim()));
    if let Some(unclear) = level.split(',').find(|directive| !directive.contains('=') && !is_level(directive)) {
        bail!("`{unclear}` is none of {}", LEVELS.join(", "));
    }
    // What the settings say of a library comes later and counts.
    Ok(EnvFilter::builder().parse(format!("{QUIET},{level}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_word_or_directives() {
        for good in ["info", "WARN", "off", "info,api=debug", "api::request=warn,error"] {
            assert!(filter(good).is_ok(), "{good}");
        }
        for bad in ["", "loud", "info,", "api=loud"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_library_is_as_loud_as_the_settings_say() {
        assert!(filter("info,tantivy=debug").unwrap().to_string().contains("tantivy=debug"));
        assert!(filter("info").unwrap().to_string().contains("tantivy=warn"));
    }
}
