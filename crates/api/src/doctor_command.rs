//! `marquee doctor`.

use std::process::ExitCode;

use bootstrap::{Finding, Settings, Severity};
use clap::Args;
use serde::Serialize;

use crate::say;

#[derive(Args)]
pub struct DoctorArguments {
    /// Print one JSON object, for programs
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    worst: &'static str,
    findings: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    check: &'a str,
    severity: &'static str,
    found: &'a str,
    fix: Option<&'a str>,
}

impl<'a> From<&'a Finding> for Line<'a> {
    fn from(Finding { check, severity, found, fix }: &'a Finding) -> Self {
        Self { check, severity: name(*severity), found, fix: fix.as_deref() }
    }
}

pub fn run(arguments: &DoctorArguments) -> anyhow::Result<ExitCode> {
    let findings = match Settings::load() {
        Ok(settings) => bootstrap::examine(&settings),
        Err(error) => vec![Finding::error("settings", error.to_string(), "correct what the message names")],
    };
    let worst = findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Ok);
    if arguments.json {
        let findings = findings.iter().map(Line::from).collect();
        say(&serde_json::to_string(&Report { worst: name(worst), findings })?)?;
    } else {
        findings.iter().try_for_each(tell)?;
    }
    Ok(ExitCode::from(match worst {
        Severity::Ok => 0,
        Severity::Warning => 1,
        Severity::Error => 2,
    }))
}

fn tell(finding: &Finding) -> anyhow::Result<()> {
    let Finding { check, severity, found, fix } = finding;
    say(&format!("{:8} {check}: {found}", name(*severity)))?;
    fix.as_ref().map_or(Ok(()), |fix| say(&format!("         -> {fix}")))
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "ok",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
