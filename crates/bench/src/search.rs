//! Asks a running server what people ask, and says what that costs.

use std::{
    borrow::Cow,
    collections::VecDeque,
    fs::{self, OpenOptions},
    io::Write,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    path::PathBuf,
    process::{Child, Command},
    time::{Duration, Instant},
};

use anyhow::Context;
use serde::Deserialize;

use crate::{
    catalogue::Movie,
    cpu::Process,
    http::{self, Answer, Client, Pace},
    plain::Plain,
    queries::{self, Expected, LIST, Mix, Query},
    report::{self, ALL},
    stats::{Figure, Found, Line, Measured, Summary, Way},
};

/// How many of the slowest requests are shown.
const SLOWEST: usize = 10;

/// How many movies a page has where nothing else is asked for.
const PAGE: u64 = 20;
/// And at most: a walk to a page far behind takes the fewest requests.
const LARGEST_PAGE: u64 = 100;
/// A walk that takes longer than this ends where it is.
const WALK: Duration = Duration::from_secs(300);

#[derive(clap::Args)]
pub struct Options {
    /// The server, such as http://127.0.0.1:8080.
    #[arg(long)]
    url: String,
    /// How many movies `bench generate` was asked for.
    #[arg(long)]
    movies: u64,
    /// The seed of the catalogue, and of the queries.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The process of the server, for its CPU time.
    #[arg(long)]
    pid: Option<u32>,
    /// Queries of the mix that are asked without being measured, before all others.
    #[arg(long, default_value_t = 2_000)]
    warm_up: usize,
    /// Queries of the mix that are asked one at a time.
    #[arg(long, default_value_t = 10_000)]
    alone: usize,
    /// Queries of each kind that is measured by itself.
    #[arg(long, default_value_t = 400)]
    by_itself: usize,
    /// Queries of the mix that are asked over all connections, as soon as one is free; and as many at a fixed rate.
    #[arg(long, default_value_t = 20_000)]
    requests: usize,
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Requests a second at the fixed rate; by default half of what the server managed before.
    #[arg(long)]
    rate: Option<f64>,
    /// The page that is compared with the first, by following `next`; 0: none.
    #[arg(long, default_value_t = 100_000)]
    page: u64,
    /// Where the plain index to compare with is; it is built there if it is not there.
    #[arg(long)]
    plain: Option<PathBuf>,
    /// A file to which the results are appended, one JSON object per line.
    #[arg(long)]
    record: Option<PathBuf>,
    /// The name of the run in that file.
    #[arg(long, default_value = "search")]
    run: String,
}

/// What is looked at of an answer.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    items: Vec<Item<'a>>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    director: Option<Cow<'a, str>>,
}

/// Requests of one kind.
#[derive(Default)]
struct Tally {
    took: Vec<Duration>,
    cpu: Vec<Duration>,
    failures: u64,
    asked: u64,
    found: u64,
    in_first_3: u64,
}

/// How an answer compares with what was expected.
enum Verdict {
    /// Nothing can be said but that it is an answer.
    Fine,
    Wrong,
    /// Where in the list what was looked for is.
    Sought(Option<usize>),
}

struct Slow {
    took: Duration,
    cpu: Option<Duration>,
    target: String,
}

/// A run: where to ask, and all that was found out.
struct Run<'a> {
    options: &'a Options,
    address: SocketAddr,
    process: Option<Process>,
    lines: Vec<Line>,
    /// By how they were sent; only of the mix.
    slow: Vec<Slow>,
    /// What was wrong first.
    wrong: Option<String>,
}

pub fn run(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let host = options.url.trim_end_matches('/');
    let host = host.strip_prefix("http://").context("--url has to begin with http://")?;
    let address = host.to_socket_addrs()?.next().context("--url: no such host")?;
    let process = options.pid.map(Process);
    let mut run = Run { options, address, process, lines: Vec::new(), slow: Vec::new(), wrong: None };

    let wanted = options.warm_up + options.alone + 2 * options.requests;
    let sample = queries::sample(options.movies, options.seed, wanted as u64)?;
    let mut mix = Mix::new(&sample, options.seed);
    run.warm_up(&mix.take(options.warm_up)?)?;

    writeln!(out, "# {} movies, {} connections", options.movies, options.connections)?;
    writeln!(out, "## The mix, one request at a time")?;
    let body = run.mix_alone(&mix.take(options.alone)?, out)?;
    run.print_slow(out)?;
    let (genre, share) = queries::half_genre(&sample);
    run.by_themselves(&sample, out)?;
    run.pages(out)?;

    let closed = mix.take(options.requests)?;
    writeln!(out, "## The mix, each connection sends as soon as it is answered")?;
    let throughput = run.together(Pace::Closed, &closed, out)?;
    let rate = options.rate.unwrap_or(throughput / 2.0).max(1.0);
    writeln!(out, "## The mix at a fixed rate of {rate:.0} requests/s, from when each was due")?;
    run.together(Pace::Open(rate), &mix.take(options.requests)?, out)?;
    run.print_slow(out)?;

    writeln!(out, "## The bare handler, {} bytes", body.len())?;
    run.bare(&body, out)?;
    if let Some(directory) = &options.plain {
        let plain = Plain::open(directory, options.movies, options.seed)?;
        writeln!(out, "## Plain Tantivy: number of hits, first 20 by a number; {genre} is {:.0} %", share * 100.0)?;
        run.plain(&plain, genre, &misspelt_words(&closed), out)?;
    }
    report::compare(&run.lines, out)?;
    run.record()?;
    match run.wrong {
        None => Ok(()),
        Some(wrong) => anyhow::bail!("not every answer was right; the first that was not: {wrong}"),
    }
}

impl Run<'_> {
    fn warm_up(&mut self, queries: &[Query]) -> anyhow::Result<()> {
        let mut client = Client::connect(self.address)?;
        let mut tally = Tally::default();
        for query in queries {
            let answer = client.get(&query.target)?;
            self.wrong = self.wrong.take().or(tally.count(query, &answer));
        }
        Ok(())
    }

    /// Measures the mix with each request alone. Returns the answer that is nearest to their mean size.
    fn mix_alone(&mut self, queries: &[Query], out: &mut impl Write) -> anyhow::Result<Vec<u8>> {
        let mut bodies: Vec<(usize, &str)> = Vec::new();
        let begun = Instant::now();
        let tallies = self.alone(queries, |query, answer| bodies.push((answer.body.len(), &query.target)))?;
        self.report(Way::Alone, tallies, begun.elapsed(), true, out)?;
        let mean = bodies.iter().map(|(bytes, _)| bytes).sum::<usize>() / bodies.len().max(1);
        let nearest = bodies.iter().min_by_key(|(bytes, _)| bytes.abs_diff(mean));
        let (_, target) = nearest.context("no queries were asked")?;
        Ok(Client::connect(self.address)?.get(target)?.body.to_vec())
    }

    /// Sends requests one at a time, and reads the server's CPU time before and after each.
    fn alone<'q>(
        &mut self,
        queries: &'q [Query],
        mut each: impl FnMut(&'q Query, &Answer<'_>),
    ) -> anyhow::Result<Tallies> {
        let mut client = Client::connect(self.address)?;
        let mut tallies = Tallies::default();
        for query in queries {
            let before = self.cpu()?;
            let begun = Instant::now();
            let answer = client.get(&query.target)?;
            let took = begun.elapsed();
            let cpu = self.cpu()?.zip(before).and_then(|(after, before)| after.checked_sub(before));
            each(query, &answer);
            let tally = tallies.of(query.kind);
            tally.took.push(took);
            tally.cpu.extend(cpu);
            self.wrong = self.wrong.take().or(tally.count(query, &answer));
            self.slow.push(Slow { took, cpu, target: query.target.clone() });
        }
        Ok(tallies)
    }

    fn cpu(&self) -> anyhow::Result<Option<Duration>> {
        self.process.map(Process::of_threads).transpose()
    }

    fn by_themselves(&mut self, sample: &[Movie], out: &mut impl Write) -> anyhow::Result<()> {
        if self.options.by_itself == 0 {
            return Ok(());
        }
        writeln!(out, "## Kinds by themselves, one request at a time")?;
        for queries in queries::by_themselves(sample, self.options.seed, self.options.by_itself) {
            // What is asked again and again is warm.
            let warm = queries.len().min(20);
            self.warm_up(&queries[..warm])?;
            let begun = Instant::now();
            let tallies = self.alone(&queries, |_, _| {})?;
            self.report(Way::Alone, tallies, begun.elapsed(), false, out)?;
        }
        self.slow.clear();
        Ok(())
    }

    /// Compares pages far behind with the first ones.
    fn pages(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        if self.options.page == 0 {
            return Ok(());
        }
        writeln!(out, "## Pages by cursor, one request at a time")?;
        let walks = [
            ("by popularity", LIST.to_owned()),
            ("by score", format!("{LIST}?sort=-imdb_score")),
            ("of the commonest word", format!("{LIST}?q={}", crate::catalogue::common_word(1))),
        ];
        for (name, list) in walks {
            self.walk(name, &list, out)?;
        }
        Ok(())
    }

    fn walk(&mut self, name: &str, list: &str, out: &mut impl Write) -> anyhow::Result<()> {
        let mut client = Client::connect(self.address)?;
        let mut next = |target: &str| -> anyhow::Result<Option<String>> {
            let answer = client.get(target)?;
            anyhow::ensure!(answer.status == 200, "GET {target}: {}", answer.status);
            Ok(serde_json::from_slice::<Page>(answer.body)?.next)
        };
        // The largest pages lead there soonest; the pages that are measured have the usual size.
        let steps = self.options.page * PAGE / LARGEST_PAGE;
        let mut trail = VecDeque::from([with_limit(list, LARGEST_PAGE)]);
        let mut walked = 0;
        let begun = Instant::now();
        while walked < steps
            && begun.elapsed() < WALK
            && let Some(last) = trail.back()
            && let Some(following) = next(last)?
        {
            trail.push_back(with_limit(&following, LARGEST_PAGE));
            walked += 1;
            if trail.len() as u64 > self.options.by_itself as u64 * PAGE / LARGEST_PAGE + 1 {
                trail.pop_front();
            }
        }
        // Where the list ends before, there have to be enough pages from there on.
        let begin = if walked < steps { trail.front() } else { trail.back() };
        let page = if walked < steps { walked + 1 - trail.len() as u64 } else { walked } * LARGEST_PAGE / PAGE;
        let mut pages = vec![with_limit(begin.context("an empty trail")?, PAGE)];
        while pages.len() < self.options.by_itself
            && let Some(last) = pages.last()
            && let Some(following) = next(last)?
        {
            pages.push(with_limit(&following, PAGE));
        }
        let query = |target: String| Query { kind: "page", target, expected: Expected::Anything };
        let far: Vec<Query> = pages.into_iter().map(query).collect();
        let first = vec![query(with_limit(list, PAGE)); far.len()];
        for (kind, queries) in [("first", first), ("far", far)] {
            self.warm_up(&queries[..queries.len().min(20)])?;
            let begun = Instant::now();
            let mut tallies = self.alone(&queries, |_, _| {})?;
            let tally = std::mem::take(tallies.of("page"));
            self.report_one(Way::Alone, &format!("{kind} page {name}"), tally, begun.elapsed(), out)?;
        }
        writeln!(out, "  The far ones begin with page {}.", page + 1)?;
        let Options { run, movies, .. } = self.options;
        let figure = format!("far page {name}");
        self.lines.push(Line::Figure(Figure { run: run.clone(), movies: *movies, figure, value: (page + 1) as f64 }));
        self.slow.clear();
        Ok(())
    }

    /// Sends requests over all connections. Returns how many a second were answered.
    fn together(&mut self, pace: Pace, queries: &[Query], out: &mut impl Write) -> anyhow::Result<f64> {
        let targets: Vec<&str> = queries.iter().map(|query| query.target.as_str()).collect();
        let mut tallies = Tallies::default();
        let (mut slow, mut wrong) = (Vec::new(), None);
        let before = self.process.map(Process::of_all).transpose()?;
        let took = http::run(self.address, self.options.connections, pace, &targets, |number, took, answer| {
            let query = &queries[number];
            let tally = tallies.of(query.kind);
            tally.took.push(took);
            wrong = wrong.take().or(tally.count(query, &answer));
            slow.push(Slow { took, cpu: None, target: query.target.clone() });
        })?;
        let after = self.process.map(Process::of_all).transpose()?;
        self.wrong = self.wrong.take().or(wrong);
        self.slow = slow;
        let way = if matches!(pace, Pace::Closed) { Way::Closed } else { Way::Open };
        self.report(way, tallies, took, true, out)?;
        let per_second = queries.len() as f64 / took.as_secs_f64();
        write!(out, "{per_second:.0} requests/s")?;
        let cpu = before.zip(after).map(|(before, after)| mean_micros(after.saturating_sub(before), queries.len()));
        if let Some(cpu) = cpu {
            write!(out, ", {cpu:.0} us of CPU each on average")?;
        }
        writeln!(out)?;
        if let Some(Line::Measured(all)) = self.lines.last_mut() {
            all.mean_cpu = cpu;
        }
        Ok(per_second)
    }

    /// Measures a handler that answers with `body`, on the cores of the server.
    fn bare(&mut self, body: &[u8], out: &mut impl Write) -> anyhow::Result<()> {
        let bare = Bare::start(body, self.process)?;
        let process = self.process.map(|_| Process(bare.child.id()));
        let mut server =
            Run { address: bare.address, process, lines: Vec::new(), slow: Vec::new(), wrong: None, ..*self };
        let query = |_| Query { kind: "bare", target: "/".to_owned(), expected: Expected::Anything };
        let queries: Vec<Query> = (0..self.options.requests.max(self.options.alone)).map(query).collect();
        server.warm_up(&queries[..self.options.warm_up.min(queries.len())])?;
        let begun = Instant::now();
        let mut tallies = server.alone(&queries[..self.options.alone], |_, _| {})?;
        server.report_one(Way::BareAlone, "bare", std::mem::take(tallies.of("bare")), begun.elapsed(), out)?;
        // A handler that does nothing answers soon: ten times as many take as long as a hundredth of a second can tell.
        let targets = vec!["/"; self.options.requests * 10];
        let before = process.map(Process::of_all).transpose()?;
        let mut tally = Tally::default();
        let took = http::run(bare.address, self.options.connections, Pace::Closed, &targets, |_, took, answer| {
            tally.took.push(took);
            tally.failures += u64::from(answer.status != 200);
        })?;
        let after = process.map(Process::of_all).transpose()?;
        server.report_one(Way::BareClosed, "bare", tally, took, out)?;
        let cpu = before.zip(after).map(|(before, after)| mean_micros(after.saturating_sub(before), targets.len()));
        if let Some(Line::Measured(measured)) = server.lines.last_mut() {
            measured.mean_cpu = cpu;
        }
        writeln!(
            out,
            "{:.0} requests/s, {:.1} us of CPU each on average",
            targets.len() as f64 / took.as_secs_f64(),
            cpu.unwrap_or_default()
        )?;
        self.lines.append(&mut server.lines);
        Ok(())
    }

    fn plain(&mut self, plain: &Plain, genre: &str, misspelt: &[String], out: &mut impl Write) -> anyhow::Result<()> {
        let begun = Instant::now();
        for asked in plain.ask(genre, misspelt, 50)? {
            let tally = Tally { took: asked.took, cpu: asked.cpu, ..Tally::default() };
            self.report_one(Way::Tantivy, asked.kind, tally, begun.elapsed(), out)?;
        }
        Ok(())
    }

    /// Prints and keeps the kinds, and with `all` all of them together as the last.
    fn report(
        &mut self,
        way: Way,
        tallies: Tallies,
        took: Duration,
        all: bool,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let mut together = Tally::default();
        for (kind, tally) in tallies.0 {
            together.add(&tally);
            self.report_one(way, kind, tally, took, out)?;
        }
        if all {
            self.report_one(way, ALL, together, took, out)?;
        }
        Ok(())
    }

    fn report_one(
        &mut self,
        way: Way,
        kind: &str,
        tally: Tally,
        took: Duration,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let requests = tally.took.len();
        let share = |count: u64| count as f64 / tally.asked as f64;
        let measured = Measured {
            run: self.options.run.clone(),
            movies: self.options.movies,
            way,
            kind: kind.to_owned(),
            requests: requests as u64,
            failures: tally.failures,
            per_second: requests as f64 / took.as_secs_f64(),
            found: (tally.asked > 0).then(|| Found {
                asked: tally.asked,
                anywhere: share(tally.found),
                in_first_3: share(tally.in_first_3),
            }),
            mean_cpu: (!tally.cpu.is_empty()).then(|| mean_micros(tally.cpu.iter().sum(), tally.cpu.len())),
            cpu: (!tally.cpu.is_empty()).then(|| Summary::of(tally.cpu)),
            latency: Summary::of(tally.took),
        };
        print(&measured, out)?;
        self.lines.push(Line::Measured(measured));
        Ok(())
    }

    fn print_slow(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        let mut slow = std::mem::take(&mut self.slow);
        slow.sort_unstable_by_key(|slow| std::cmp::Reverse(slow.took));
        writeln!(out, "The slowest:")?;
        for Slow { took, cpu, target } in slow.into_iter().take(SLOWEST) {
            write!(out, "  {:>9.1} ms", took.as_secs_f64() * 1e3)?;
            if let Some(cpu) = cpu {
                write!(out, " {:>9.1} ms CPU", cpu.as_secs_f64() * 1e3)?;
            }
            writeln!(out, "  {target}")?;
        }
        Ok(())
    }

    fn record(&self) -> anyhow::Result<()> {
        let Some(path) = &self.options.record else { return Ok(()) };
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&serde_json::to_string(line)?);
            text.push('\n');
        }
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(text.as_bytes()).with_context(|| path.display().to_string())
    }
}

/// Kinds in the order in which they were first asked.
#[derive(Default)]
struct Tallies(Vec<(&'static str, Tally)>);

impl Tallies {
    fn of(&mut self, kind: &'static str) -> &mut Tally {
        let known = self.0.iter().position(|(known, _)| *known == kind);
        let place = known.unwrap_or_else(|| {
            self.0.push((kind, Tally::default()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }
}

impl Tally {
    /// Counts an answer; returns what is wrong with it.
    fn count(&mut self, query: &Query, answer: &Answer<'_>) -> Option<String> {
        match verdict(query, answer) {
            Verdict::Fine => return None,
            Verdict::Sought(place) => {
                self.asked += 1;
                self.found += u64::from(place.is_some());
                self.in_first_3 += u64::from(place.is_some_and(|place| place < 3));
                return None;
            }
            Verdict::Wrong => self.failures += 1,
        }
        let body: String = String::from_utf8_lossy(answer.body).chars().take(300).collect();
        Some(format!("GET {}: {} {body}", query.target, answer.status))
    }

    fn add(&mut self, other: &Self) {
        self.took.extend(&other.took);
        self.cpu.extend(&other.cpu);
        self.failures += other.failures;
        self.asked += other.asked;
        self.found += other.found;
        self.in_first_3 += other.in_first_3;
    }
}

fn verdict(query: &Query, answer: &Answer<'_>) -> Verdict {
    if answer.status != 200 {
        return Verdict::Wrong;
    }
    if query.expected == Expected::Anything {
        return Verdict::Fine;
    }
    let Ok(page) = serde_json::from_slice::<Page>(answer.body) else { return Verdict::Wrong };
    let place = |found: &dyn Fn(&Item) -> bool| Verdict::Sought(page.items.iter().position(found));
    match &query.expected {
        Expected::Anything => Verdict::Fine,
        Expected::Nothing if page.items.is_empty() => Verdict::Fine,
        Expected::Nothing => Verdict::Wrong,
        Expected::Named(name) => {
            // Many movies may have that name, and others that differ in case alone.
            let name = name.to_lowercase();
            place(&|item| item.name.as_ref().is_some_and(|found| found.to_lowercase() == name))
        }
        Expected::DirectedBy(director) => place(&|item| item.director.as_deref() == Some(director)),
    }
}

/// A target with `limit` as its only one.
fn with_limit(target: &str, limit: u64) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let others = query.split('&').filter(|parameter| !parameter.is_empty() && !parameter.starts_with("limit="));
    let parameters: Vec<String> = others.map(str::to_owned).chain([format!("limit={limit}")]).collect();
    format!("{path}?{}", parameters.join("&"))
}

/// Words for a search of one misspelt word: the longest ones of the misspelt queries.
fn misspelt_words(queries: &[Query]) -> Vec<String> {
    let misspelt = queries.iter().filter(|query| query.kind == "misspelt" && query.target.is_ascii());
    let text = misspelt.filter_map(|query| query.target.split_once("q=")).map(|(_, text)| text);
    let words = text.filter(|text| !text.contains("%D") && !text.contains("%E"));
    words.filter_map(|text| text.split("%20").max_by_key(|word| word.len())).map(str::to_owned).collect()
}

fn mean_micros(total: Duration, requests: usize) -> f64 {
    (total.as_nanos() as f64 / requests as f64 / 100.0).round() / 10.0
}

fn print(measured: &Measured, out: &mut impl Write) -> anyhow::Result<()> {
    let of = |summary: &Summary| {
        let Summary { p50, p95, p99, max, .. } = summary;
        format!("{p50:>9.0} {p95:>9.0} {p99:>9.0} {max:>9.0}")
    };
    write!(out, "{:<42} {:>7} | us {}", measured.kind, measured.requests, of(&measured.latency))?;
    if let Some(cpu) = &measured.cpu {
        write!(out, " | CPU {}", of(cpu))?;
    }
    if let Some(found) = measured.found {
        write!(out, " | found {:.1} %, in first 3 {:.1} %", found.anywhere * 100.0, found.in_first_3 * 100.0)?;
    }
    if measured.failures > 0 {
        write!(out, " | {} FAILED", measured.failures)?;
    }
    writeln!(out)?;
    Ok(())
}

/// A process of `bench bare`; it ends with this value.
struct Bare {
    child: Child,
    address: SocketAddr,
    body: PathBuf,
}

impl Bare {
    /// Starts it on the cores of `beside`.
    fn start(body: &[u8], beside: Option<Process>) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let file = std::env::temp_dir().join(format!("marquee-bench-{}", std::process::id()));
        fs::write(&file, body)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = match beside {
            Some(process) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &process.cores()?]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(["bare", "--port", &address.port().to_string(), "--body"]).arg(&file);
        let child = command.spawn().context("starting the bare handler")?;
        let bare = Self { child, address, body: file };
        let begun = Instant::now();
        while Client::connect(address).is_err() {
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(10), "the bare handler did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(bare)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.body);
    }
}
