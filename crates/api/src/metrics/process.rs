//! What the system says of this process, under the names that Prometheus has for it. Only Linux says it.

use std::{fs, time::Duration};

use rustix::{
    param::{clock_ticks_per_second, page_size},
    process::{Resource, getrlimit},
};

use super::Sample;

/// Numbers of `/proc/self/stat`.
struct Stat {
    cpu: Duration,
    /// After the start of the system.
    started: Duration,
    resident_bytes: u64,
    threads: u64,
}

pub fn sample(sample: &mut Sample) -> prometheus::Result<()> {
    if let Some(stat) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(parsed) {
        sample.counter("process_cpu_seconds_total", "Time on processors.", stat.cpu.as_secs_f64())?;
        sample.gauge("process_resident_memory_bytes", "Memory in use.", stat.resident_bytes as f64)?;
        sample.gauge("process_threads", "Threads.", stat.threads as f64)?;
        if let Some(booted) = fs::read_to_string("/proc/stat").ok().as_deref().and_then(booted) {
            let started = booted as f64 + stat.started.as_secs_f64();
            sample.gauge("process_start_time_seconds", "When it was started, in Unix time.", started)?;
        }
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        // Itself is one of them.
        sample.gauge("process_open_fds", "Open files and connections.", open.count().saturating_sub(1) as f64)?;
    }
    if let Some(most) = getrlimit(Resource::Nofile).current {
        sample.gauge("process_max_fds", "The most open files and connections.", most as f64)?;
    }
    Ok(())
}

fn parsed(stat: &str) -> Option<Stat> {
    // The name before it may have any character in it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    // proc(5) counts from 1, and the two before these as well.
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    let time = |ticks: u64| Duration::from_secs_f64(ticks as f64 / clock_ticks_per_second() as f64);
    Some(Stat {
        cpu: time(field(14)? + field(15)?),
        threads: field(20)?,
        started: time(field(22)?),
        resident_bytes: field(24)? * page_size() as u64,
    })
}

fn booted(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194304 90 0 0 0 150 50 0 0 20 0 9 0 300 5000000 40 184 1 1";
        let stat = parsed(stat).unwrap();
        let tick = 1.0 / clock_ticks_per_second() as f64;
        assert_eq!((stat.cpu.as_secs_f64(), stat.started.as_secs_f64()), (200.0 * tick, 300.0 * tick));
        assert_eq!((stat.threads, stat.resident_bytes), (9, 40 * page_size() as u64));
        assert_eq!(booted("cpu 1 2\nbtime 1700000000\nprocesses 5\n"), Some(1_700_000_000));
        assert!(parsed("").is_none() && parsed("7 (a) S 1").is_none());
    }
}
