//! One file fetched over HTTP.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sha2::Digest;
use ureq::Agent;

use super::cache::Hash;
use crate::Kind;
use crate::fs::write_atomically;

/// No dataset is larger; a server that sends more is up to no good.
const MAX_BYTES: u64 = 1 << 30;

/// Fetches `url` to `path`, whose folders are made. The file appears only when it is complete and its hash is
/// right. A progress bar shows on a terminal.
pub(super) fn download(url: &str, hash: Hash, path: &Path) -> Result<(), String> {
    let agent: Agent = Agent::config_builder()
        .timeout_resolve(Some(Duration::from_secs(10)))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_secs(3600)))
        .build()
        .into();
    let mut body = agent.get(url).call().map_err(|e| e.to_string())?.into_body();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let bar = progress_bar(path, body.content_length());
    let result = write_atomically(path, |out| {
        let source = bar.wrap_read(body.as_reader().take(MAX_BYTES));
        let (found, wanted) = match hash {
            Hash::Sha256(wanted) => (copy::<sha2::Sha256>(source, out), wanted),
            Hash::Md5(wanted) => (copy::<md5::Md5>(source, out), wanted),
        };
        let found = found?;
        if found == wanted {
            Ok(())
        } else {
            let message = format!("its hash is {found}, not {wanted}: damaged, or not the file Keras uses");
            Err(std::io::Error::other(message))
        }
    });
    bar.finish_and_clear();
    result.map_err(|e| match e.kind() {
        // The caller names the file.
        Kind::Io { source, .. } => source.to_string(),
        _ => e.to_string(),
    })
}

/// Copies everything and returns its hash in hexadecimal digits.
fn copy<D: Digest>(mut source: impl Read, out: &mut dyn Write) -> std::io::Result<String> {
    let (mut digest, mut buffer) = (D::new(), vec![0; 1 << 16]);
    loop {
        let length = source.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
        digest.update(bytes);
        out.write_all(bytes)?;
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A bar on standard error, hidden where that is no terminal.
fn progress_bar(path: &Path, length: Option<u64>) -> ProgressBar {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (bar, template) = match length {
        Some(length) => (ProgressBar::new(length), "{msg} [{bar:30}] {bytes}/{total_bytes} {eta}"),
        None => (ProgressBar::no_length(), "{msg} {spinner} {bytes}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style).with_message(name)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    use super::*;
    use crate::testing::TempDir;

    const SHA256_OF_HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const MD5_OF_HELLO: &str = "5d41402abc4b2a76b9719d911017c592";

    /// Serves one answer to one request and returns its address.
    fn serve(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hello.txt", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let request = BufReader::new(stream.try_clone().unwrap());
            let _ = request.lines().take_while(|line| line.as_ref().is_ok_and(|l| !l.is_empty())).count();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        url
    }

    #[test]
    fn a_good_answer_becomes_a_file() {
        let dir = TempDir::new();
        for (hash, name) in [(Hash::Sha256(SHA256_OF_HELLO), "new/a"), (Hash::Md5(MD5_OF_HELLO), "new/b")] {
            let path = dir.path().join(name);
            download(&serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), hash, &path).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), b"hello");
        }
    }

    #[test]
    fn a_bad_answer_leaves_nothing() {
        let dir = TempDir::new();
        let hash = Hash::Sha256(SHA256_OF_HELLO);
        for (answer, wanted) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\njello", "its hash is "),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "disconnect"),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"),
        ] {
            let message = download(&serve(answer), hash, &dir.path().join("hello.txt")).unwrap_err();
            assert!(message.contains(wanted), "{message}");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }
}
