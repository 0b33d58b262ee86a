//! `cornu serve`, asked over a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Folder, command};

/// A server in a process of its own, which ends with its value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Folder, words: &str) -> Self {
        let mut child =
            command(&folder.0, &format!("serve {words} --port 0")).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Server { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// What comes back for bytes: the status and the body.
    fn raw(&self, bytes: &[u8]) -> (u16, String) {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        response(&mut stream)
    }

    fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
        let (status, body) = self.raw((head + body).as_bytes());
        (status, serde_json::from_str(&body).unwrap())
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let (status, body) = self.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        (status, serde_json::from_str(&body).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one response.
fn response(stream: &mut TcpStream) -> (u16, String) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("no response: {line:?}")).parse().unwrap();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (status, String::from_utf8(body).unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|row| row[0].as_f64().unwrap()).collect()
}

#[test]
fn rows_and_columns_are_answered() {
    let folder = Folder::with_line();
    let server = Server::start(&folder, "line.keras");
    let path = "/v1/models/line:predict";
    let (status, rows) = server.post(path, r#"{"instances": [[0.5], [1.5]]}"#);
    assert_eq!(status, 200, "{rows}");
    let weights = folder.weights("line.keras");
    let (w, b) = (weights[0].to_vec::<f64>()[0], weights[1].to_vec::<f64>()[0]);
    for (got, x) in numbers(&rows["predictions"]).iter().zip([0.5, 1.5]) {
        assert!((got - (w * x + b)).abs() < 1e-6, "{rows}");
    }
    let name = &cornu::load_model(folder.path("line.keras")).unwrap().input_names().unwrap()[0];
    for body in [
        json!({"inputs": [[0.5], [1.5]]}),
        json!({"inputs": {name: [[0.5], [1.5]]}, "signature_name": "serving_default"}),
    ] {
        let (_, columns) = server.post("/v1/models/line/versions/1:predict", &body.to_string());
        assert_eq!(columns["outputs"], rows["predictions"], "{body}");
    }
    let (_, named) = server.post(path, &json!({"instances": [{name: [0.5]}, {name: [1.5]}]}).to_string());
    assert_eq!(named, rows);
    let (status, state) = server.get("/v1/models/line");
    assert_eq!((status, &state["model_version_status"][0]["state"]), (200, &json!("AVAILABLE")));
    let (_, metadata) = server.get("/v1/models/line/metadata");
    let signature = &metadata["metadata"]["signature_def"]["signature_def"]["serving_default"];
    assert_eq!(signature["inputs"][name]["tensor_shape"]["dim"][1]["size"], "1");
    assert_eq!(signature["outputs"]["only"]["dtype"], "DT_FLOAT");
}

#[test]
fn wrong_requests_are_told_what_is_wrong() {
    let folder = Folder::with_line();
    let server = Server::start(&folder, "line.keras --max-body 200 --timeout 1");
    let path = "/v1/models/line:predict";
    let mut said = Vec::new();
    for body in [
        "{",
        "[]",
        "{}",
        r#"{"instances": []}"#,
        r#"{"instances": [[1], [2, 3]]}"#,
        r#"{"instances": [["a"]]}"#,
        r#"{"instances": [[1, 2]]}"#,
        r#"{"instances": [{"y": [1]}]}"#,
        r#"{"instances": [[1]], "inputs": [[1]]}"#,
        r#"{"instances": [[1]], "signature_name": "other"}"#,
        &format!(r#"{{"instances": {}1{}}}"#, "[".repeat(80), "]".repeat(80)),
        &" ".repeat(300),
    ] {
        let (status, answer) = server.post(path, body);
        said.push(format!("{status} {}", answer["error"].as_str().unwrap()));
    }
    for path in ["/v1/models/other:predict", "/v1/models/line/versions/2:predict", "/v1/models/line:classify"]
    {
        let (status, answer) = server.post(path, "{}");
        said.push(format!("{status} {}", answer["error"].as_str().unwrap()));
    }
    for path in ["/", "/v1/models/line:predict", "/v1/models/line/labels"] {
        let (status, answer) = server.get(path);
        said.push(format!("{status} {}", answer["error"].as_str().unwrap()));
    }
    let long = format!("GET / HTTP/1.1\r\nLong: {}\r\n\r\n", "x".repeat(40_000));
    for bytes in [
        "nonsense\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        &long,
        // A client that does not send what it promised.
        "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
        "GET /v1/mod",
    ] {
        let (status, answer) = server.raw(bytes.as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        said.push(format!("{status} {}", answer["error"].as_str().unwrap()));
    }
    insta::assert_snapshot!(said.join("\n").replace(&"[".repeat(10), "["));
    // After all of that it works.
    assert_eq!(server.post(path, r#"{"instances": [[1]]}"#).0, 200);
}

#[test]
fn many_clients_at_once_get_each_their_own() {
    let folder = Folder::with_line();
    let server = Server::start(&folder, "line.keras");
    let weights = folder.weights("line.keras");
    let (w, b) = (weights[0].to_vec::<f64>()[0], weights[1].to_vec::<f64>()[0]);
    // Some connect and say nothing, or go away in the middle.
    let idle: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for _ in 0..20 {
        server.connect().write_all(b"POST /v1/models/line:predict HTTP/1.1\r\nContent-Le").unwrap();
    }
    std::thread::scope(|scope| {
        for client in 0..16 {
            let mut stream = server.connect();
            scope.spawn(move || {
                // One connection, many requests; every fifth is wrong, and only that one.
                for ask in 0..20 {
                    let x = f64::from(client * 100 + ask) / 8.0;
                    let body = if ask % 5 == 4 {
                        json!({"instances": [[x, x]]})
                    } else {
                        json!({"instances": [[x]]})
                    };
                    let body = body.to_string();
                    let head = "POST /v1/models/line:predict HTTP/1.1\r\nContent-Length:";
                    stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
                    let (status, answer) = response(&mut stream);
                    let answer: Value = serde_json::from_str(&answer).unwrap();
                    if ask % 5 == 4 {
                        assert_eq!(status, 400, "{answer}");
                    } else {
                        let got = numbers(&answer["predictions"])[0];
                        assert!((got - (w * x + b)).abs() < 1e-3, "{x}: {answer}");
                    }
                }
            });
        }
    });
    drop(idle);
}

#[test]
fn tables_are_served_by_column() {
    let folder = Folder::new();
    let rows: String = (0..60).map(|row| format!("{},{}\n", row, ["cat", "dog"][row / 30])).collect();
    std::fs::write(folder.path("t.csv"), format!("size,kind\n{rows}")).unwrap();
    let run = folder.cornu(
        "fit --csv t.csv --target kind --features size --categorical size --verbose 0 --epochs 2 --output t.keras",
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let server = Server::start(&folder, "t.keras --name pets");
    let (status, rows) =
        server.post("/v1/models/pets:predict", r#"{"instances": [{"size": 3}, {"size": null, "x": 1}]}"#);
    assert_eq!(status, 200, "{rows}");
    let first = &rows["predictions"][0];
    assert!(["cat", "dog"].contains(&first["class"].as_str().unwrap()), "{rows}");
    let sum =
        first["probabilities"]["cat"].as_f64().unwrap() + first["probabilities"]["dog"].as_f64().unwrap();
    assert!((sum - 1.0).abs() < 1e-5, "{rows}");
    let (_, columns) = server.post("/v1/models/pets:predict", r#"{"inputs": {"size": [3, null]}}"#);
    assert_eq!(columns["outputs"]["class"][0], first["class"]);
    let (status, answer) = server.post("/v1/models/pets:predict", r#"{"instances": [{"seize": 3}]}"#);
    assert_eq!((status, answer["error"].as_str()), (400, Some("an instance has none of the columns `size`")));
}

#[cfg(unix)]
#[test]
fn what_is_under_way_is_answered_when_it_is_stopped() {
    let folder = Folder::with_line();
    let mut server = Server::start(&folder, "line.keras");
    let mut stream = server.connect();
    let body = r#"{"instances": [[1]]}"#;
    let head = format!("POST /v1/models/line:predict HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    // An answer to another says that this one has been accepted.
    assert_eq!(server.get("/v1/models/line").0, 200);
    let pid = server.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(response(&mut stream).0, 200);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(TcpStream::connect(&server.address).is_err());
}
