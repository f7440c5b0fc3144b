//! CPU time and place of processes, as Linux tells of them.

use std::{fs, time::Duration};

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};

/// A process that is measured.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    /// The CPU time of the threads that are there now, to the nanosecond. What a thread used that has ended is not in it.
    pub fn of_threads(self) -> anyhow::Result<Duration> {
        let tasks = format!("/proc/{}/task", self.0);
        let mut total = 0;
        for task in fs::read_dir(&tasks).with_context(|| tasks.clone())? {
            // A thread may end meanwhile.
            if let Ok(schedule) = fs::read_to_string(task?.path().join("schedstat")) {
                total += first_number(&schedule)?;
            }
        }
        Ok(Duration::from_nanos(total))
    }

    /// The CPU time of all threads that there ever were, to a hundredth of a second.
    pub fn of_all(self) -> anyhow::Result<Duration> {
        let file = format!("/proc/{}/stat", self.0);
        let stat = fs::read_to_string(&file).with_context(|| file.clone())?;
        Ok(Duration::from_millis(10 * ticks(&stat).with_context(|| file.clone())?))
    }

    /// The cores it may run on, as `taskset` takes them.
    pub fn cores(self) -> anyhow::Result<String> {
        let file = format!("/proc/{}/status", self.0);
        let status = fs::read_to_string(&file).with_context(|| file.clone())?;
        let cores = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        Ok(cores.context(file)?.trim().to_owned())
    }
}

/// The CPU time of the calling thread.
pub fn of_this_thread() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

fn first_number(text: &str) -> anyhow::Result<u64> {
    Ok(text.split_whitespace().next().context("no number")?.parse()?)
}

/// User and system time of `/proc/PID/stat`, in hundredths of a second (`USER_HZ`, which is 100 everywhere).
fn ticks(stat: &str) -> Option<u64> {
    // The program's name, in parentheses, may hold anything.
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_stand_behind_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 100 0 0 0 25 17 0 0 20 0 4 0 100 1 2";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("7 nonsense"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_uses_time() {
        let process = Process(std::process::id());
        assert!(process.of_threads().unwrap() > Duration::ZERO);
        assert!(of_this_thread() > Duration::ZERO);
        process.of_all().unwrap();
        assert!(!process.cores().unwrap().is_empty());
    }
}
