//! The server: doors on the loopback addresses, and the sockets of the programs behind them.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{Either, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, Event, SocketRef};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::events::{self, EVENT, INFO};
use super::guard::{Guard, Origin};
use crate::commands::now;
use crate::error::{Error, Result};

/// Connections, and sessions that a connection left behind, together.
const MOST_PLACES: usize = 32;
/// Longest message from a program, in bytes: `/input_data` has some 120.
const LONGEST_MESSAGE: usize = 4096;
/// How long a request's head may take, and an idle connection stay.
const HEAD: Duration = Duration::from_secs(10);
/// How long a session may take to enter the namespace.
const ENTERING: Duration = Duration::from_secs(5);
/// Events that wait for a program that does not take them.
const MOST_WAITING: usize = 32;
/// Events that a program may send in each [`WINDOW`].
const MOST_EVENTS: u32 = 20;
/// The time in which [`MOST_EVENTS`] are counted.
const WINDOW: Duration = Duration::from_secs(10);
/// How long programs are given to hear that the server goes.
const LEAVING: Duration = Duration::from_secs(2);

/// Whoever runs the server, and hears what programs want.
pub trait Ears: Send + Sync + 'static {
    /// A program asks to read the card of this number of 12 digits.
    ///
    /// # Errors
    /// Why it will not be read, for the program.
    fn wish(&self, number: &str) -> std::result::Result<(), String>;

    /// A page of this origin was refused.
    fn refused(&self, origin: &str);

    /// What a program hears that asks for what is not offered.
    fn not_offered(&self) -> &str;
}

/// Open doors, behind which nobody answers yet.
pub struct Server {
    runtime: Runtime,
    listeners: Vec<tokio::net::TcpListener>,
    addresses: Vec<SocketAddr>,
}

/// Speaks to all programs that are there now. Who comes later hears nothing of what was said.
#[derive(Clone)]
pub struct Voice {
    io: SocketIo,
    runtime: Handle,
}

/// `127.0.0.1:8000` or `[::1]:8000`.
///
/// # Errors
/// That it is no such address, or another than this computer's own.
pub fn address(text: &str) -> Result<SocketAddr> {
    let address: SocketAddr = text.parse().map_err(|_| Error::usage("serve-address-invalid").with("address", text))?;
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    if loopback.contains(&address.ip()) { Ok(address) } else { Err(Error::usage("serve-not-loopback").with("address", text)) }
}

impl Server {
    /// Opens the doors.
    ///
    /// # Errors
    /// That one is taken, or not to be had.
    pub fn open(addresses: &[SocketAddr]) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| Error::usage("serve-failed").with("cause", cause.to_string()))?;
        let mut listeners = Vec::new();
        for address in addresses {
            let _inside = runtime.enter();
            let listener = TcpListener::bind(address).and_then(|listener| {
                listener.set_nonblocking(true)?;
                tokio::net::TcpListener::from_std(listener)
            });
            listeners.push(listener.map_err(|cause| match cause.kind() {
                std::io::ErrorKind::AddrInUse => Error::usage("serve-port-taken").with("address", address),
                _ => Error::usage("serve-failed").with("cause", cause.to_string()),
            })?);
        }
        let bound = listeners.iter().map(tokio::net::TcpListener::local_addr).collect::<std::io::Result<Vec<_>>>();
        let addresses = bound.map_err(|cause| Error::usage("serve-failed").with("cause", cause.to_string()))?;
        Ok(Self { runtime, listeners, addresses })
    }

    /// Where the doors are.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Answers until the process is told to end, after giving `begin` a voice.
    ///
    /// # Errors
    /// That nobody could tell the process to end.
    pub fn run(self, origins: Vec<Origin>, programs: bool, ears: Arc<dyn Ears>, begin: impl FnOnce(Voice)) -> Result<()> {
        let guard = Arc::new(Guard::new(&self.addresses, origins, programs));
        let handle = self.runtime.handle().clone();
        let result = self.runtime.block_on(async {
            let end = end().map_err(|cause| Error::usage("serve-failed").with("cause", cause.to_string()))?;
            let (sockets, io) = SocketIo::builder()
                .max_payload(LONGEST_MESSAGE as u64)
                .ws_max_message_size(LONGEST_MESSAGE)
                .ws_max_frame_size(LONGEST_MESSAGE)
                .max_buffer_size(MOST_WAITING)
                .connect_timeout(ENTERING)
                .build_svc();
            io.ns("/", {
                let ears = ears.clone();
                move |socket: SocketRef| {
                    welcome(&socket, &ears);
                    std::future::ready(())
                }
            });
            let places = Arc::new(Semaphore::new(MOST_PLACES));
            for listener in self.listeners {
                tokio::spawn(accept(listener, sockets.clone(), guard.clone(), places.clone(), ears.clone()));
            }
            begin(Voice { io: io.clone(), runtime: handle });
            end.await;
            let _ = tokio::time::timeout(LEAVING, io.close()).await;
            Ok(())
        });
        self.runtime.shutdown_timeout(LEAVING);
        result
    }
}

impl Voice {
    /// Says something to all; how many could be told. A program that has stopped listening is sent away.
    pub fn say(&self, payload: &Value) -> usize {
        let _inside = self.runtime.enter();
        let mut told = 0;
        for socket in self.io.sockets() {
            match socket.emit(EVENT, payload) {
                Ok(()) => told += 1,
                Err(_) => {
                    socket.disconnect().ok();
                }
            }
        }
        told
    }
}

/// The end: Ctrl-C, and on Unix SIGTERM.
fn end() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        tokio::signal::ctrl_c().await.ok();
    })
}

/// What a program that came in may ask for.
fn welcome(socket: &SocketRef, ears: &Arc<dyn Ears>) {
    socket.emit(INFO, &events::info(now())).ok();
    let patience = Arc::new(Patience::default());
    socket.on("/input_data", {
        let (ears, patience) = (ears.clone(), patience.clone());
        move |socket: SocketRef, Data(asked): Data<Value>| {
            if patience.allows(&socket) {
                let number = asked.get("idCode").and_then(Value::as_str).unwrap_or_default();
                if let Err(reason) = ears.wish(number) {
                    socket.emit(EVENT, &events::failure(&reason)).ok();
                }
            }
            std::future::ready(())
        }
    });
    let ears = ears.clone();
    socket.on_fallback(move |socket: SocketRef, Event(name): Event| {
        if patience.allows(&socket) && ["/get_aa", "/get_qr"].contains(&name.as_str()) {
            socket.emit(EVENT, &events::failure(ears.not_offered())).ok();
        }
        std::future::ready(())
    });
}

/// How much a program may still say.
#[derive(Default)]
struct Patience {
    began: Mutex<Option<Instant>>,
    said: AtomicU32,
}

impl Patience {
    /// Counts an event. One that talks too much is sent away.
    fn allows(&self, socket: &SocketRef) -> bool {
        let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
        if began.is_none_or(|began| began.elapsed() > WINDOW) {
            *began = Some(Instant::now());
            self.said.store(0, Ordering::Relaxed);
        }
        let is_allowed = self.said.fetch_add(1, Ordering::Relaxed) < MOST_EVENTS;
        if !is_allowed {
            socket.clone().disconnect().ok();
        }
        is_allowed
    }
}

/// Lets connections in at one door while there are places. A place is held by a connection and by the session that it opened.
async fn accept<S, B>(
    listener: tokio::net::TcpListener,
    sockets: S,
    guard: Arc<Guard>,
    places: Arc<Semaphore>,
    ears: Arc<dyn Ears>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static,
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, perhaps: some will be free again.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let (place, sockets, guard, ears) = (Arc::new(place), sockets.clone(), guard.clone(), ears.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, sockets.clone(), guard.clone(), place.clone(), ears.clone()));
            let mut connection = http1::Builder::new();
            connection.timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(64).max_buf_size(16 * 1024);
            connection.serve_connection(TokioIo::new(stream), service).with_upgrades().await.ok();
        });
    }
}

/// One request: refused, or handed on.
async fn answer<S, B>(
    mut request: Request<Incoming>,
    sockets: S,
    guard: Arc<Guard>,
    place: Arc<OwnedSemaphorePermit>,
    ears: Arc<dyn Ears>,
) -> std::result::Result<Response<Either<B, Full<Bytes>>>, Infallible>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
{
    let origin = match guard.admit(&request) {
        Ok(origin) => origin,
        Err(refusal) => {
            if let Some(news) = guard.news(request.headers()) {
                ears.refused(&news);
            }
            return Ok(short(refusal.status(), refusal.text()));
        }
    };
    let mut response = if request.method() == Method::OPTIONS {
        short(StatusCode::NO_CONTENT, "")
    } else {
        request.extensions_mut().insert(place);
        sockets.call(request).await?.map(Either::Left)
    };
    allow(response.headers_mut(), origin);
    Ok(response)
}

/// An answer of this server's own, after which the connection ends.
fn short<B>(status: StatusCode, text: &'static str) -> Response<Either<B, Full<Bytes>>> {
    let mut response = Response::new(Either::Right(Full::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Lets the page of an allowed origin read the answer (Fetch, CORS; Private Network Access), and nobody keep or embed it.
fn allow(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    let mut set = |name: &'static str, value: HeaderValue| headers.insert(name, value);
    set("cache-control", HeaderValue::from_static("no-store"));
    set("x-content-type-options", HeaderValue::from_static("nosniff"));
    set("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    if let Some(origin) = origin {
        set("access-control-allow-origin", origin);
        set("vary", HeaderValue::from_static("Origin"));
        set("access-control-allow-methods", HeaderValue::from_static("GET, POST"));
        set("access-control-allow-headers", HeaderValue::from_static("content-type"));
        set("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
}
