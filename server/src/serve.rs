//! A running server put together: keeper thread, projector thread, HTTP and WebSocket routes, the
//! admin socket, and an orderly end.
//!
//! Never decides about an edit or a request: it only connects those who do.

mod listener;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use axum::extract::connect_info::Connected;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::serve::{IncomingStream, Listener};
use liandu_core::campaign::HEBEI_JSON;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::api::{self, Door, Edge, Office, Outside, Peer};
use crate::basemap;
use crate::command::execute::{self, console};
use crate::command::folder::Folder;
use crate::command::line;
use crate::config::Settings;
use crate::engine::{self, ActError, AuthorityAct, Handle};
use crate::files::Files;
use crate::notices;
use crate::serve::listener::{PlainListener, TlsListener};
use crate::socket::{Sockets, Tables};
use crate::tables::follow;
use crate::upkeep::Care;
use crate::web::{self, Pages};

/// How long open requests may take to end after the signal.
const END_AT_MOST: Duration = Duration::from_secs(10);
/// How often the log notes that everything is durable and the index is written back.
const REST_EVERY: Duration = Duration::from_secs(30);

/// Runs the server until SIGINT or SIGTERM. Prints one line with the address when it is ready.
pub fn run(settings: Settings) -> anyhow::Result<()> {
    // Held until everything else is dropped.
    let folder = Folder::make(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let handle = engine::start(&settings.engine()).map_err(execute::explained)?;
    let result = runtime.block_on(serve(&settings, handle.clone()));
    runtime.block_on(handle.stop());
    runtime.shutdown_timeout(Duration::from_secs(1));
    drop(folder);
    tracing::info!("stopped");
    result
}

async fn serve(settings: &Settings, handle: Handle) -> anyhow::Result<()> {
    first_definition(&handle).await?;
    std::fs::create_dir_all(&settings.tables)?;
    let runtime = tokio::runtime::Handle::current();
    let (readers, progress) = follow::start(handle.clone(), &settings.tables_file(), runtime)?;
    let readers = Arc::new(readers);
    let outside = Outside {
        secure_cookies: settings.is_secure() || !settings.listen.ip().is_loopback(),
        https: settings.is_secure(),
        proxies: settings.trusted_proxies.clone(),
    };
    let door = Arc::new(Door::new(Edge::system(), outside));
    let acceptor = settings.tls.as_ref().map(listener::acceptor).transpose()?;
    let files = Arc::new(Files::open(&settings.files(), engine::now())?);
    let told = settings.notices.clone().map(|told| {
        let (readers, progress) = (readers.clone(), progress.clone());
        notices::run(Arc::new(told), handle.clone(), readers, progress, console())
    });
    let tables = (readers.clone(), progress.clone());
    let care = Care::new(&settings.data, settings.backup.warn_days);
    let mut office = Office::new(handle.clone(), (readers, progress), door, (files, care))
        .context("系统没有随机数 (the system has no random bytes to give)")?;
    office.noticed = settings.notices.as_ref().map(|told| told.events.clone());
    let telling = told.map(tokio::spawn);
    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!(
            "不能监听 {0} (cannot listen at {0}; is another server there?)",
            settings.listen
        )
    })?;
    let address = listener.local_addr()?;
    let admin = line::listen(&settings.admin_socket())?;
    let admin = tokio::spawn(line::answer(admin, handle.clone(), settings.at(address)));
    let resting = tokio::spawn(rest(handle.clone()));
    let noting = tokio::spawn(api::note_tries(office.clone()));
    let door = office.clone();
    let files = Pages::of(settings.web.clone());
    let tiles = settings.map.as_ref().and_then(basemap::Settings::origin);
    let routes = api::router(office)
        .merge(sync_route(settings, handle.clone(), tables))
        .merge(basemap::router(settings.map.clone()))
        .fallback_service(web::router(files, tiles));
    ready(settings, address)?;
    tracing::info!(%address, position = handle.numbers().position, "listening");
    let served = match acceptor {
        Some(acceptor) => {
            let listener = TlsListener::new(listener, acceptor);
            until_asked_to_stop(listener, routes, handle).await
        }
        None => until_asked_to_stop(PlainListener(listener), routes, handle).await,
    };
    admin.abort();
    resting.abort();
    noting.abort();
    api::write_all_tries(&door).await;
    if let Some(telling) = telling {
        telling.abort();
    }
    // Removed so that commands see at once that no server runs.
    let _ = std::fs::remove_file(settings.admin_socket());
    Ok(served?)
}

async fn until_asked_to_stop<L>(listener: L, routes: Router, handle: Handle) -> io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
    for<'a> Peer: Connected<IncomingStream<'a, L>>,
{
    let routes = routes.into_make_service_with_connect_info::<Peer>();
    let (stopping, stopped) = watch::channel(false);
    let server = axum::serve(listener, routes).with_graceful_shutdown(async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        handle.begin_stop();
        stopping.send_replace(true);
    });
    tokio::select! {
        served = async { server.await } => served,
        () = overdue(stopped) => Ok(()),
    }
}

/// The line that whoever started the server waits for.
fn ready(settings: &Settings, address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {}://{address}", settings.scheme())?;
    out.flush()
}

/// The devices' route, closed to more connections than configured.
fn sync_route(settings: &Settings, handle: Handle, tables: Tables) -> Router {
    let most = settings.limits.connections as u64;
    let numbers = handle.clone();
    let counted = move |request: Request, next: Next| {
        let open = numbers.numbers().connections;
        async move {
            if open < most {
                next.run(request).await
            } else {
                busy()
            }
        }
    };
    Sockets::new(handle, Some(tables), &settings.trusted_proxies)
        .router()
        .layer(from_fn(counted))
}

fn busy() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [("retry-after", "30")],
        "busy",
    )
        .into_response()
}

/// A log without any campaign gets the built-in one: forms must be there before the first phone.
pub(crate) async fn first_definition(handle: &Handle) -> Result<(), ActError> {
    let names = handle.read(|keeper| keeper.definitions().iter().count());
    if names.await.map_err(|_| ActError::Failed)? == 0 {
        let position = handle
            .act(console(), AuthorityAct::Definition(HEBEI_JSON.to_vec()))
            .await?;
        tracing::info!(
            position = position.0,
            "the built-in definition is in the log"
        );
    }
    Ok(())
}

async fn rest(handle: Handle) {
    let mut every = tokio::time::interval(REST_EVERY);
    let mut before = None;
    loop {
        every.tick().await;
        let position = handle.numbers().position;
        if before.replace(position) != Some(position) {
            handle.rest().await;
        }
    }
}

async fn asked_to_stop() {
    let wait = async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        io::Result::Ok(())
    };
    if let Err(error) = wait.await {
        tracing::error!(%error, "no signals: stop the server with SIGKILL, nothing is lost");
        std::future::pending::<()>().await;
    }
}

/// Ends when a stop was asked for and open requests took too long.
async fn overdue(mut stopping: watch::Receiver<bool>) {
    let asked = stopping.wait_for(|asked| *asked).await.is_ok();
    if !asked {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(END_AT_MOST).await;
    tracing::warn!("some requests did not end in time");
}
