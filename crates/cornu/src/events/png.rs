//! PNG, written without filters.

use std::io::{self, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// An image of one byte a channel, rows from the top: 1 channel is grey, 3 are colours, 4 colours and opacity.
///
/// Source: <https://www.w3.org/TR/png-3/>.
pub(super) fn encode(pixels: &[u8], width: usize, height: usize, channels: usize) -> io::Result<Vec<u8>> {
    let side =
        |length: usize| u32::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput));
    let colour = match channels {
        1 => 0,
        3 => 2,
        _ => 6,
    };
    let mut header = Vec::new();
    header.extend(side(width)?.to_be_bytes());
    header.extend(side(height)?.to_be_bytes());
    // Eight bits a channel; compression, filter and interlace as ever.
    header.extend([8, colour, 0, 0, 0]);
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks_exact((width * channels).max(1)) {
        rows.write_all(&[0])?;
        rows.write_all(row)?;
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header)?;
    chunk(&mut png, b"IDAT", &rows.finish()?)?;
    chunk(&mut png, b"IEND", &[])?;
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) -> io::Result<()> {
    let length = u32::try_from(data.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    png.extend(length.to_be_bytes());
    let mut checksum = Crc::new();
    checksum.update(kind);
    checksum.update(data);
    png.extend(kind);
    png.extend(data);
    png.extend(checksum.sum().to_be_bytes());
    Ok(())
}
