//! Whether everything that a server needs is as it should be. Nothing is changed.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

pub use infra::finding::{Finding, Severity};
use infra::{
    db::{self, Feed},
    search::{self, IndexState},
};
use rustix::fs::Access;

use crate::{
    services::{FIRST_PASSWORD_FILE, database_options, embedded_database},
    settings::{Origins, Registration, Settings},
};

/// Looks at the settings, the database, the index and the disks.
pub fn examine(settings: &Settings) -> Vec<Finding> {
    let index = search::examine(&settings.search.path);
    let seq = index.current.as_ref().map_or(0, |(_, seq, _)| *seq);
    let looked = db::examine(&database_options(settings), seq);
    let mut findings = of_settings(settings);
    findings.extend(looked.findings);
    findings.extend(of_index(&index, looked.feed));
    if let Some(database) = embedded_database(settings) {
        let directory = parent(&database);
        findings.extend(unwritable("database", &directory, Access::WRITE_OK | Access::EXEC_OK));
        findings.extend(database.exists().then(|| unwritable("database", &database, Access::WRITE_OK)).flatten());
        findings.extend(room(&directory, size(&database) / 10, "the database"));
        let password = database.with_file_name(FIRST_PASSWORD_FILE);
        if password.exists() {
            let found = format!("the first admin's password is in {}", password.display());
            findings.push(Finding::warning("admins", found, "delete the file once the password is known"));
        }
    }
    let index = &settings.search.path;
    findings.extend(unwritable("index", index, Access::WRITE_OK | Access::EXEC_OK));
    findings.extend(room(index, size(index), "a second index, which a rebuild makes"));
    findings
}

/// Less room than this is little on any disk, in bytes.
const SOME: u64 = 256 << 20;

fn of_settings(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut warn = |found: &str, fix: &str| findings.push(Finding::warning("settings", found, fix));
    let is_local = is_local(&settings.server.host);
    if !is_local && settings.auth.registration == Registration::Open {
        warn(
            "whoever reaches this server can make an account: auth.registration is open, and server.host is public",
            "set auth.registration to \"closed\", unless that is meant",
        );
    }
    if !is_local && settings.server.public_url.is_none() {
        warn(
            "server.public_url is not set: cookies are sent without encryption too, and links name server.host",
            "set server.public_url to the URL that people use, such as https://movies.example.org",
        );
    }
    if settings.server.public_url.as_ref().is_some_and(|url| url.starts_with("http://")) && !is_local {
        warn("server.public_url is not encrypted", "put a proxy with TLS in front, and set it to https://");
    }
    if settings.server.cors_origins == Origins::Any {
        warn("pages of every site may use the API: server.cors_origins is *", "name the sites in server.cors_origins");
    }
    if settings.auth.bcrypt_cost < 10 {
        warn("auth.bcrypt_cost is below 10: passwords are tried out fast", "set auth.bcrypt_cost to 10 or more");
    }
    if findings.is_empty() {
        findings.push(Finding::ok("settings", "readable, and none that is risky"));
    }
    findings
}

/// Whether others than this machine cannot reach the host.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn of_index(index: &IndexState, feed: Option<Feed>) -> Vec<Finding> {
    let open = if index.is_open { "a server has it open" } else { "no server has it open" };
    let (name, seq, stamp) = match &index.current {
        Ok(current) => current,
        Err(reason) if index.is_open => {
            let fix = "wait until the server's /readyz says ready; then look again";
            return vec![Finding::warning("index", format!("{reason}; {open}"), fix)];
        }
        Err(reason) => {
            let fix = "start the server, which builds it, or `marquee index rebuild`";
            return vec![Finding::warning("index", reason.clone(), fix)];
        }
    };
    let Some(Feed { last, stamp: found }) = feed else {
        return vec![Finding::ok("index", format!("{name}; {open}"))];
    };
    if *seq > 0 && found != Some(*stamp) {
        let what = format!("{name} is of another state of the database: it ends with change {seq}, which is not there");
        let fix = match index.is_open {
            true => "`marquee index rebuild`",
            false => "start the server, which builds it anew, or `marquee index rebuild`",
        };
        return vec![Finding::warning("index", what, fix)];
    }
    match last.saturating_sub(*seq) {
        0 => vec![Finding::ok("index", format!("{name} holds all {last} changes; {open}"))],
        // The server may be at it.
        behind if index.is_open => vec![Finding::warning(
            "index",
            format!("{name} is {behind} changes behind; {open}"),
            "look again; if it stays so, the server's log says why",
        )],
        behind => {
            vec![Finding::ok(
                "index",
                format!("{name} is {behind} changes behind; the next start applies them; {open}"),
            )]
        }
    }
}

/// An error where a file or directory, or the one above in which it would be made, cannot be used so.
fn unwritable(check: &'static str, path: &Path, access: Access) -> Option<Finding> {
    let there = existing(path);
    rustix::fs::access(&there, access).err().map(|error| {
        let found = format!("{} cannot be written: {error}", there.display());
        Finding::error(check, found, "run this as the user that the server runs as, or chown it")
    })
}

/// Whether there is room on a disk for what may come.
fn room(directory: &Path, needed: u64, what: &str) -> Option<Finding> {
    let there = existing(directory);
    let free = match rustix::fs::statvfs(&there) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            let found = format!("{}: {error}", there.display());
            return Some(Finding::warning("disk", found, "see whether the disk is there"));
        }
    };
    Some(of_room(&there, free, needed, what))
}

fn of_room(directory: &Path, free: u64, needed: u64, what: &str) -> Finding {
    let (directory, megabytes) = (directory.display(), free >> 20);
    if free < SOME / 8 {
        Finding::error("disk", format!("{directory}: {megabytes} MiB free: nearly full"), "make room")
    } else if free < SOME || free < needed {
        let needed = needed.max(SOME) >> 20;
        let found = format!("{directory}: {megabytes} MiB free, and {what} may need {needed}");
        Finding::warning("disk", found, "make room, or move it to a larger disk")
    } else {
        Finding::ok("disk", format!("{directory}: {megabytes} MiB free"))
    }
}

/// The directory, or the one above it that is there.
fn existing(directory: &Path) -> PathBuf {
    let found = directory.ancestors().find(|directory| directory.exists());
    found.filter(|found| *found != Path::new("")).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// How large a file is, or all files of a directory; 0 where it cannot be told.
fn size(path: &Path) -> u64 {
    fn walk(path: &Path) -> io::Result<u64> {
        let metadata = path.symlink_metadata()?;
        if !metadata.is_dir() {
            return Ok(metadata.len());
        }
        Ok(fs::read_dir(path)?.map(|entry| entry.and_then(|entry| walk(&entry.path())).unwrap_or(0)).sum())
    }
    walk(path).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risky_settings_are_told() {
        let warned = |variables: &[(&str, &str)]| {
            let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let settings = Settings::from_sources(Path::new("nowhere"), variables).unwrap();
            let findings = of_settings(&settings);
            let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning);
            warnings.map(|finding| finding.found.clone()).collect::<Vec<_>>().join("\n")
        };
        let public = ("MARQUEE_SERVER__HOST", "0.0.0.0");
        let url = ("MARQUEE_SERVER__PUBLIC_URL", "https://movies.example.org");
        let closed = ("MARQUEE_AUTH__REGISTRATION", "closed");
        assert_eq!(warned(&[]), "");
        assert_eq!(warned(&[public, url, closed]), "");
        assert!(warned(&[public, url]).contains("auth.registration"));
        assert!(warned(&[public, closed]).contains("server.public_url is not set"));
        let plain = ("MARQUEE_SERVER__PUBLIC_URL", "http://movies.example.org");
        assert!(warned(&[public, closed, plain]).contains("not encrypted"));
        assert!(warned(&[("MARQUEE_SERVER__CORS_ORIGINS", "*")]).contains("cors_origins"));
        assert!(warned(&[("MARQUEE_AUTH__BCRYPT_COST", "9")]).contains("bcrypt_cost"));
    }

    #[test]
    fn a_host_is_local_where_no_other_machine_reaches_it() {
        assert!(["localhost", "127.0.0.1", "127.1.2.3", "::1"].into_iter().all(is_local));
        assert!(!["0.0.0.0", "::", "192.168.0.1", "example.org"].into_iter().any(is_local));
    }

    #[test]
    fn little_room_is_told() {
        let severity = |free: u64, needed: u64| of_room(Path::new("/x"), free << 20, needed << 20, "it").severity;
        assert_eq!(severity(1_000, 900), Severity::Ok);
        assert_eq!(severity(1_000, 1_001), Severity::Warning);
        assert_eq!(severity(200, 0), Severity::Warning);
        assert_eq!(severity(31, 0), Severity::Error);
    }

    #[test]
    fn an_index_is_compared_with_the_feed() {
        let told = |is_open, current: Result<(&str, u64, i64), &str>, last, stamp| {
            let current = current.map(|(name, seq, stamp)| (name.to_owned(), seq, stamp)).map_err(str::to_owned);
            let findings = of_index(&IndexState { is_open, current }, Some(Feed { last, stamp }));
            assert_eq!(findings.len(), 1);
            (findings[0].severity, findings[0].found.clone())
        };
        let index = Ok(("gen-0001", 5, 99));
        assert_eq!(told(true, index, 5, Some(99)).1, "gen-0001 holds all 5 changes; a server has it open");
        assert_eq!(told(false, index, 8, Some(99)).0, Severity::Ok);
        assert_eq!(told(true, index, 8, Some(99)).0, Severity::Warning);
        assert!(told(false, index, 8, Some(98)).1.contains("another state"));
        assert!(told(false, index, 4, None).1.contains("another state"));
        assert_eq!(told(false, Ok(("gen-0001", 0, 0)), 0, None).0, Severity::Ok);
        assert_eq!(told(false, Err("there is no index yet"), 0, None).0, Severity::Warning);
    }
}
