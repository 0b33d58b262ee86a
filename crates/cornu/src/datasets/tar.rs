//! The members of a tar archive, read in passing.

use std::io::Read;

use crate::data::npy::Found;

const BLOCK: usize = 512;
/// CIFAR's largest member has 150 MB.
const MAX_MEMBER: u64 = 1 << 28;

/// Calls `visit` with the name and the content of every ordinary file for which `wanted` says so.
///
/// Nothing is ever written to disk, so names cannot lead anywhere.
pub(super) fn members(
    source: &mut dyn Read,
    wanted: impl Fn(&str) -> bool,
    mut visit: impl FnMut(&str, Vec<u8>) -> Found<()>,
) -> Found<()> {
    let mut header = [0; BLOCK];
    loop {
        source.read_exact(&mut header).map_err(|e| format!("is damaged: {e}"))?;
        // Zeros end an archive.
        if header[0] == 0 {
            return Ok(());
        }
        let (name, kind, size) = parse(&header)?;
        let padded = size.next_multiple_of(BLOCK as u64);
        if matches!(kind, b'0' | 0) && wanted(&name) {
            let mut content = Vec::new();
            source.take(padded).read_to_end(&mut content).map_err(|e| format!("is damaged: {e}"))?;
            if content.len() as u64 != padded {
                return Err(format!("ends in the middle of its member `{name}`"));
            }
            content.truncate(size as usize);
            visit(&name, content)?;
        } else {
            std::io::copy(&mut source.take(padded), &mut std::io::sink())
                .map_err(|e| format!("is damaged: {e}"))?;
        }
    }
}

/// Name, kind and size of a member.
fn parse(header: &[u8; BLOCK]) -> Found<(String, u8, u64)> {
    let sum: u64 =
        header.iter().enumerate().map(|(at, &b)| if (148..156).contains(&at) { 32 } else { b.into() }).sum();
    if octal(&header[148..156]) != Some(sum) {
        return Err("is not a tar archive, or is damaged".into());
    }
    let name = header[..100].split(|&b| b == 0).next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).into_owned();
    match octal(&header[124..136]).filter(|&size| size <= MAX_MEMBER) {
        Some(size) => Ok((name, header[156], size)),
        None => Err(format!("has a member `{name}` of an absurd size")),
    }
}

/// A number as tar writes it, in octal digits among spaces and zeros.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}
