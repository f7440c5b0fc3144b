//! The life of a server: start, serve, stop.

use std::{
    any::Any,
    future::poll_fn,
    io::{self, IsTerminal, Write},
    net::{SocketAddr, TcpListener},
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    sync::Arc,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

#[cfg(target_os = "linux")]
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, middleware::from_fn, rt, web};
use anyhow::{Context, anyhow};
use bootstrap::{Services, Settings};
#[cfg(target_os = "linux")]
use socket2::{SockFilter, SockRef};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

use crate::{
    cache::MovieCache,
    cors,
    first_start::{self, Fixture},
    metrics::{Metrics, OwnAddress},
    pages::admin::import::job,
    request, retention, routes,
    state::{AppState, Phase, State, blocking},
    v1::event_stream::Feed,
};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// A server that listens but does not answer yet.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    /// Where metrics have an address of their own.
    metrics_listener: Option<TcpListener>,
    services: Arc<Services>,
    state: State,
    fixture: Option<Fixture>,
}

impl Application {
    /// Takes the address, opens the database and begins to open the index. Blocks while it does.
    pub fn build(settings: Settings) -> anyhow::Result<Self> {
        let server = &settings.server;
        let listener = TcpListener::bind((server.host.as_str(), server.port))
            .with_context(|| format!("cannot listen on {}:{}", server.host, server.port))?;
        // The standard library asks for 128, too few where many clients come back at once.
        rustix::net::listen(&listener, BACKLOG)?;
        let address = listener.local_addr()?;
        let metrics_listener = server.metrics_address.as_deref().map(listen_for_metrics).transpose()?;
        let movies = Arc::new(MovieCache::new(settings.cache.movies_bytes));
        let feed = Arc::new(Feed::new(settings.changes.max_streams));
        let metrics = Arc::new(Metrics::new()?);
        let services = Services::open(&settings, vec![movies.clone(), feed.clone()], Some(metrics.clone()))?;
        let services = Arc::new(services);
        let fixture = Fixture::open(&settings, &services.catalogue)?;
        // After what may fail: a password that is shown this once should not scroll away with an error.
        first_start::make_admin(&settings, &services.accounts)?;
        let state = AppState::new(Arc::new(settings), Arc::clone(&services), movies, feed, metrics)?;
        Ok(Self { listener, address, metrics_listener, services, state: web::Data::new(state), fixture })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address that metrics have of their own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref()?.local_addr().ok()
    }

    /// Serves until SIGINT, or SIGTERM and the time to drain; a second signal ends the process at once.
    pub async fn run_until_stopped(self) -> anyhow::Result<()> {
        let mut signals = Signals::new()?;
        let state = self.state.clone();
        self.announce()?;
        self.run_until(async move {
            let signal = signals.next().await;
            tracing::info!("stopping; requests under way are finished");
            rt::spawn(async move {
                signals.next().await;
                process::exit(1);
            });
            if signal == SignalKind::terminate() {
                state.phase.set_stopping();
                rt::time::sleep(Duration::from_secs(state.settings.server.drain_seconds)).await;
            }
        })
        .await
    }

    /// Serves until `stop` is done. Then it takes no more connections, finishes the requests under way and commits the
    /// index.
    pub async fn run_until(self, stop: impl Future<Output = ()> + 'static) -> anyhow::Result<()> {
        let Self { listener, metrics_listener, services, state, fixture, .. } = self;
        let (stopped, mut reasons) = mpsc::unbounded_channel();

        // Where nobody listens to these any more, the server stops already.
        let (failed, prepared, shared) = (stopped.clone(), Arc::clone(&services), state.clone());
        let preparing = thread::Builder::new().name("prepare".to_owned()).spawn(move || {
            if let Err(error) = caught(|| prepare(&prepared, &shared.phase, fixture)) {
                let _ = failed.send(Err(error));
            }
        })?;
        rt::spawn(async move {
            stop.await;
            let _ = stopped.send(Ok(()));
        });

        let noting = rt::spawn(keep_noting_token_uses(state.clone()));
        let forgetting = rt::spawn(retention::forget_old_changes(state.clone()));
        let discarding = rt::spawn(job::forget_old(state.clone()));
        let door = listener.try_clone()?;
        let server = serve(listener, &state)?;
        let handle = server.handle();
        let serving = rt::spawn(server);
        let watched = metrics_listener.map(|listener| serve_metrics(listener, &state)).transpose()?;
        let watched = watched.map(|server| (server.handle(), rt::spawn(server)));
        let reason = reasons.recv().await.unwrap_or(Ok(()));

        state.phase.set_stopping();
        forgetting.abort();
        discarding.abort();
        state.jobs.stop();
        close(door).await;
        handle.stop(true).await;
        serving.await??;
        let patience = Duration::from_secs(state.settings.server.shutdown_timeout_seconds);
        finished(patience, || preparing.is_finished() && !state.jobs.are_running()).await;
        noting.abort();
        note_token_uses(&state).await;
        services.stop();
        if let Some((handle, serving)) = watched {
            handle.stop(false).await;
            serving.await??;
        }
        tracing::info!("stopped");
        reason
    }

    /// Says where to look, also to a newcomer whose log level hides it.
    fn announce(&self) -> anyhow::Result<()> {
        let configured = self.state.settings.server.public_url.clone();
        let url = configured.unwrap_or_else(|| format!("http://{}", self.address));
        let mut terminal = io::stderr();
        if terminal.is_terminal() {
            writeln!(terminal, "\n  Marquee listens on {url}\n  Documentation: {url}/docs\n  Ctrl-C stops it.\n")?;
        } else {
            tracing::info!(address = %self.address, docs = format!("{url}/docs"), "listening");
        }
        if let Some(address) = self.metrics_address() {
            tracing::info!(%address, "metrics have their own address");
        }
        Ok(())
    }
}

/// Lets nobody in any more, and gives those who are in already the time to be taken care of: the framework drops the
/// connections that no worker has begun with, and the system those that it has made and nobody has accepted. Only Linux
/// can; whoever comes then gets no answer from the system until the door is gone, and is refused.
async fn close(door: TcpListener) {
    #[cfg(target_os = "linux")]
    {
        /// For connections to be accepted and get to a worker, also on a busy machine.
        const INSIDE: Duration = Duration::from_millis(150);
        /// "Return 0": of every packet nothing is let through.
        const NOTHING: SockFilter = SockFilter::new(0x06, 0, 0, 0);
        match SockRef::from(&door).attach_filter(&[NOTHING]) {
            Ok(()) => rt::time::sleep(INSIDE).await,
            Err(error) => tracing::debug!(%error, "connections are taken until the end"),
        }
    }
    drop(door);
}

/// What `work` returns, or an error where it panics. What the panic said is logged where it happens.
fn caught(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(anyhow!("the start panicked; the log says where")))
}

/// Waits until threads have ended, at most `timeout`: one may be reading from something that never ends.
async fn finished(timeout: Duration, have_ended: impl Fn() -> bool) {
    let begin = Instant::now();
    while !have_ended() && begin.elapsed() < timeout {
        rt::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Stores when tokens were used, away from the requests that used them.
async fn keep_noting_token_uses(state: State) {
    loop {
        rt::time::sleep(Duration::from_secs(1)).await;
        note_token_uses(&state).await;
    }
}

async fn note_token_uses(state: &State) {
    let accounts = Arc::clone(&state.accounts);
    if let Err(problem) = blocking(move || accounts.store_token_uses()).await {
        tracing::debug!(%problem, "when tokens were used was not noted");
    }
}

/// Loads what a first start loads, and waits until lists can be read.
fn prepare(services: &Services, phase: &Phase, fixture: Option<Fixture>) -> anyhow::Result<()> {
    let catalogue = &services.catalogue;
    if let Some(fixture) = fixture {
        fixture.load(&services.import, phase)?;
        while !phase.is_stopping() && !catalogue.catch_up(Duration::from_secs(1))? {}
    }
    phase.set_started();
    while !phase.is_stopping() && !catalogue.health().ready {
        thread::sleep(Duration::from_millis(20));
    }
    if !phase.is_stopping() {
        tracing::info!("ready");
    }
    Ok(())
}

fn serve(listener: TcpListener, state: &State) -> io::Result<actix_web::dev::Server> {
    let settings = Arc::clone(&state.settings);
    let state = state.clone();
    let workers = match settings.server.workers {
        0 => thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(cors::middleware(&state.settings.server.cors_origins))
            .wrap(from_fn(request::around))
            .configure(routes::configure)
    });
    let send_timeout = u32::try_from(settings.server.send_timeout_seconds.saturating_mul(1000)).unwrap_or(u32::MAX);
    Ok(server
        .workers(workers)
        // What is sent in parts would wait for the client's acknowledgement of the part before, often 40 ms.
        .tcp_nodelay(true)
        .on_connect(move |connection, _| limit_sending(connection, send_timeout))
        // Each worker has its own threads for what blocks.
        .worker_max_blocking_threads((settings.server.blocking_threads / workers).max(1))
        .client_request_timeout(Duration::from_secs(settings.server.head_seconds as u64))
        .shutdown_timeout(settings.server.shutdown_timeout_seconds)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn listen_for_metrics(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("server.metrics_address: cannot listen on {address}"))
}

/// Serves what watches the server: beside the others, it answers whatever they do.
fn serve_metrics(listener: TcpListener, state: &State) -> io::Result<actix_web::dev::Server> {
    let state = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(OwnAddress)
            .wrap(from_fn(request::around))
            .configure(routes::configure_metrics)
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

/// Has the system close a connection whose client takes nothing of what it is sent for so many milliseconds: the
/// framework waits for ever. Only Linux can.
fn limit_sending(connection: &dyn Any, milliseconds: u32) {
    #[cfg(target_os = "linux")]
    if let Some(connection) = connection.downcast_ref::<TcpStream>()
        && let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(connection, milliseconds)
    {
        tracing::debug!(%error, "a connection has no time limit");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (connection, milliseconds);
}

/// The signals that ask a process to end.
struct Signals([(SignalKind, Signal); 2]);

impl Signals {
    fn new() -> io::Result<Self> {
        let listen = |kind| Ok::<_, io::Error>((kind, signal(kind)?));
        Ok(Self([listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?]))
    }

    async fn next(&mut self) -> SignalKind {
        poll_fn(|context| {
            let came =
                self.0.iter_mut().find_map(|(kind, signal)| signal.poll_recv(context).is_ready().then_some(*kind));
            came.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_panics_has_failed() {
        assert!(caught(|| panic!("on purpose")).is_err());
        assert!(caught(|| Ok(())).is_ok());
    }
}
