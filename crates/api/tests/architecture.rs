//! The rule of the house: which crate may know which.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may name of our own, tests aside.
const RULE: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("infra", &["domain"]),
    ("bootstrap", &["infra", "domain"]),
    ("ingest", &["domain", "bootstrap"]),
    ("api", &["domain", "ingest", "bootstrap"]),
    ("testing", &[]),
    ("bench", &[]),
];

#[test]
fn every_crate_names_only_those_it_may() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let rule: BTreeMap<&str, BTreeSet<&str>> =
        RULE.into_iter().map(|(name, may)| (name, may.iter().copied().collect())).collect();
    for package in &metadata.packages {
        let names: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .filter(|name| ours.contains(name))
            .collect();
        let may = rule.get(package.name.as_str()).unwrap_or_else(|| panic!("there is no rule for {}", package.name));
        assert!(names.is_subset(may), "{} names {names:?} and may name {may:?}", package.name);
    }
    assert!(rule.keys().all(|name| ours.contains(name)), "{ours:?}");
}

#[test]
fn the_domain_knows_no_library_that_does_io() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let domain = metadata.packages.iter().find(|package| package.name.as_str() == "domain").unwrap();
    for library in ["actix-web", "diesel", "tantivy", "tokio", "reqwest", "bcrypt"] {
        assert!(domain.dependencies.iter().all(|dependency| dependency.name != library), "{library}");
    }
}
