//! Requests and responses of HTTP/1.1 on one connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::connections::Limits;

/// A request, read whole.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Vec<u8>,
    pub(super) keep_alive: bool,
}

/// Why there is no request.
#[derive(Debug)]
pub(super) enum Refused {
    /// The client is gone, or has nothing more to ask.
    Gone,
    /// The client asked for what it does not get: a status and why.
    Bad(u16, String),
}

/// A status with JSON.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Response {
    /// A message as TensorFlow Serving writes it.
    pub(super) fn error(status: u16, message: impl std::fmt::Display) -> Self {
        Response { status, body: serde_json::json!({"error": message.to_string()}).to_string() }
    }
}

/// How long is waited before a stop is looked for.
const GLANCE: Duration = Duration::from_millis(200);
/// Header lines at most.
const HEADERS: usize = 64;

/// A connection with what was read of it and not used.
pub(super) struct Connection<'a> {
    stream: TcpStream,
    unused: Vec<u8>,
    limits: &'a Limits,
}

impl<'a> Connection<'a> {
    pub(super) fn new(stream: TcpStream, limits: &'a Limits) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(limits.timeout))?;
        Ok(Connection { stream, unused: Vec::new(), limits })
    }

    /// The next request, if one comes before the connection was idle for too long or the server stops.
    pub(super) fn request(&mut self, stopping: &dyn Fn() -> bool) -> Result<Request, Refused> {
        let idle = Instant::now() + self.limits.timeout;
        while self.unused.is_empty() {
            // What has arrived already is read even while the server stops.
            match self.read(GLANCE) {
                Ok(0) => return Err(Refused::Gone),
                Ok(_) => {}
                Err(error) if is_timeout(&error) && !stopping() && Instant::now() < idle => {}
                Err(_) => return Err(Refused::Gone),
            }
        }
        // From its first byte on a request has so much time, however it trickles in.
        let deadline = Instant::now() + self.limits.timeout;
        let Head { method, path, length, keep_alive, expects, end } = self.head(deadline)?;
        self.unused.drain(..end);
        if length > self.limits.body {
            let message = format!("the body has {length} bytes; {} are taken at most", self.limits.body);
            return Err(Refused::Bad(413, message));
        }
        if expects {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").map_err(|_| Refused::Gone)?;
        }
        while self.unused.len() < length {
            self.more(deadline)?;
        }
        let rest = self.unused.split_off(length);
        let body = std::mem::replace(&mut self.unused, rest);
        Ok(Request { method, path, body, keep_alive })
    }

    /// Reads until the end of the head.
    fn head(&mut self, deadline: Instant) -> Result<Head, Refused> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut parsed = httparse::Request::new(&mut headers);
            match parsed.parse(&self.unused) {
                Ok(httparse::Status::Complete(end)) => return Head::of(&parsed, end),
                Ok(httparse::Status::Partial) => {}
                Err(httparse::Error::TooManyHeaders) => {
                    return Err(Refused::Bad(431, format!("more than {HEADERS} header lines")));
                }
                Err(error) => return Err(Refused::Bad(400, format!("no HTTP/1.1 request: {error}"))),
            }
            if self.unused.len() > self.limits.head {
                return Err(Refused::Bad(431, format!("headers of more than {} bytes", self.limits.head)));
            }
            self.more(deadline)?;
        }
    }

    /// Reads something before the deadline.
    fn more(&mut self, deadline: Instant) -> Result<(), Refused> {
        let left = deadline.saturating_duration_since(Instant::now());
        let read = if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { self.read(left) };
        match read {
            Ok(0) => Err(Refused::Gone),
            Ok(_) => Ok(()),
            Err(error) if is_timeout(&error) => {
                Err(Refused::Bad(408, format!("the request took longer than {:?}", self.limits.timeout)))
            }
            Err(_) => Err(Refused::Gone),
        }
    }

    fn read(&mut self, timeout: Duration) -> io::Result<usize> {
        let mut buffer = [0; 16 << 10];
        self.stream.set_read_timeout(Some(timeout.max(Duration::from_millis(1))))?;
        let count = loop {
            match self.stream.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.unused.extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    /// Sends a response, and whether more may be asked after it.
    pub(super) fn respond(&mut self, response: &Response, keep_alive: bool) -> io::Result<()> {
        let Response { status, body } = response;
        let (reason, connection) = (reason(*status), if keep_alive { "keep-alive" } else { "close" });
        let head = format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: {connection}\r\n\r\n",
            body.len()
        );
        // One write: a client sees all of it or nothing.
        self.stream.write_all((head + body).as_bytes())
    }

    /// Ends a connection whose client may still be sending: what is closed with unread bytes is reset, and the
    /// client might lose the response.
    pub(super) fn linger(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until && matches!(self.read(GLANCE), Ok(count) if count > 0) {
            self.unused.clear();
        }
    }
}

/// What the head of a request says.
struct Head {
    method: String,
    path: String,
    length: usize,
    keep_alive: bool,
    expects: bool,
    end: usize,
}

impl Head {
    fn of(request: &httparse::Request<'_, '_>, end: usize) -> Result<Self, Refused> {
        let bad = |message: &str| Refused::Bad(400, message.into());
        let (Some(method), Some(path)) = (request.method, request.path) else {
            return Err(bad("the request has no method or path"));
        };
        let mut lengths = Vec::new();
        let mut head = Head {
            method: method.into(),
            path: path.split(['?', '#']).next().unwrap_or_default().into(),
            length: 0,
            keep_alive: request.version == Some(1),
            expects: false,
            end,
        };
        for header in request.headers.iter() {
            let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
            match header.name.to_ascii_lowercase().as_str() {
                "content-length" => {
                    // Only digits: what two parsers read differently is how requests are smuggled.
                    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                    let length = digits.then(|| value.parse().unwrap_or(usize::MAX));
                    lengths.push(length.ok_or_else(|| bad("Content-Length is no number"))?);
                }
                "transfer-encoding" => {
                    return Err(Refused::Bad(411, "send the body with its Content-Length".into()));
                }
                "connection" if value.eq_ignore_ascii_case("close") => head.keep_alive = false,
                "connection" if value.eq_ignore_ascii_case("keep-alive") => head.keep_alive = true,
                "expect" => head.expects = value.eq_ignore_ascii_case("100-continue"),
                _ => {}
            }
        }
        match lengths.as_slice() {
            [] if method == "POST" => Err(Refused::Bad(411, "send the body with its Content-Length".into())),
            [] => Ok(head),
            [length] => Ok(Head { length: *length, ..head }),
            _ => Err(bad("Content-Length is given twice")),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
