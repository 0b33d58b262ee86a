//! `Server`: connections, a thread each, until it is stopped.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::batcher::Served;
use super::http::{Connection, Refused, Response};
use super::routes::answer;

/// What one client may ask of the server.
pub(crate) struct Limits {
    /// Bytes of a body.
    pub(crate) body: usize,
    /// Bytes of a head.
    pub(crate) head: usize,
    /// Connections at a time.
    pub(crate) connections: usize,
    /// How long a request may take to arrive, a response to be taken, and a connection to be idle.
    pub(crate) timeout: Duration,
}

/// A thread of a connection needs little: values are on the heap.
const STACK: usize = 512 << 10;

/// A server that listens.
pub(crate) struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

struct Shared {
    served: Served,
    limits: Limits,
    stopping: AtomicBool,
    open: AtomicUsize,
}

/// Stops a server from another thread.
#[derive(Clone)]
pub(crate) struct Stop {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Server {
    /// Listens on an address.
    pub(crate) fn bind(host: &str, port: u16, served: Served, limits: Limits) -> io::Result<Self> {
        let listener = TcpListener::bind((host, port))?;
        let shared = Shared { served, limits, stopping: AtomicBool::new(false), open: AtomicUsize::new(0) };
        Ok(Server { listener, shared: Arc::new(shared) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What stops it.
    pub(crate) fn stop(&self) -> io::Result<Stop> {
        Ok(Stop { shared: self.shared.clone(), address: self.address()? })
    }

    /// Answers until it is stopped; then what is under way is answered, and nothing new.
    pub(crate) fn run(self) {
        let Server { listener, shared } = self;
        for stream in listener.incoming() {
            if shared.stopping.load(Ordering::SeqCst) {
                break;
            }
            match stream {
                Ok(stream) => accept(stream, &shared),
                // Too many open files, or a client that went away at once: others may fare better.
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
        drop(listener);
        let until = Instant::now() + shared.limits.timeout;
        while shared.open.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Stop {
    /// Asks the server to stop.
    pub(crate) fn stop(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The listener waits for a connection: this is one.
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    }
}

/// Gives a connection a thread, or a refusal where there are too many.
fn accept(stream: TcpStream, shared: &Arc<Shared>) {
    let taken = Open::new(shared.clone());
    let full = shared.open.load(Ordering::SeqCst) > shared.limits.connections;
    let work = move || {
        if let Ok(mut connection) = Connection::new(stream, &taken.0.limits) {
            match full {
                true => {
                    let _ = connection.respond(&Response::error(503, "too many connections"), false);
                }
                false => serve(&mut connection, &taken.0),
            }
        }
    };
    // Where the system has no thread left, the connection is closed.
    let _ = thread::Builder::new().stack_size(STACK).spawn(work);
}

/// Counts a connection as long as it lives.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: Arc<Shared>) -> Self {
        shared.open.fetch_add(1, Ordering::SeqCst);
        Open(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

fn serve(connection: &mut Connection<'_>, shared: &Shared) {
    let stopping = || shared.stopping.load(Ordering::SeqCst);
    loop {
        match connection.request(&stopping) {
            Ok(request) => {
                let keep_alive = request.keep_alive && !stopping();
                let response = answer(&request, &shared.served);
                if connection.respond(&response, keep_alive).is_err() || !keep_alive {
                    return;
                }
            }
            Err(Refused::Gone) => return,
            Err(Refused::Bad(status, message)) => {
                let _ = connection.respond(&Response::error(status, message), false);
                connection.linger();
                return;
            }
        }
    }
}
