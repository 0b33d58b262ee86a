//! NumPy's files, as the real NumPy wrote them (fixtures/npz/make.py) or as an enemy changed them.

use std::path::PathBuf;

use cornu::{DType, Result, Tensor, data};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "npz", name].iter().collect()
}

/// `arange(24).reshape(2, 3, 4) - 5` and the like.
fn grid(start: i64, dtype: DType) -> Tensor {
    Tensor::from((start..start + 24).collect::<Vec<_>>()).reshape([2, 3, 4]).unwrap().cast(dtype)
}

#[test]
fn every_type_of_numpys_becomes_the_nearest_of_ours() -> Result<()> {
    let file = data::load_npz(fixture("types.npz"))?;
    let want = [
        ("f2_little", grid(-5, DType::F32)),
        ("f4_little", grid(-5, DType::F32)),
        ("f4_big", grid(-5, DType::F32)),
        ("f8_little", grid(-5, DType::F64)),
        ("f8_big", grid(-5, DType::F64)),
        ("i1_byte", grid(-5, DType::I32)),
        ("i2_little", grid(-5, DType::I32)),
        ("i4_big", grid(-5, DType::I32)),
        ("i4_little", grid(-5, DType::I32)),
        ("i8_little", grid(-5, DType::I64)),
        ("i8_big", grid(-5, DType::I64)),
        ("u1_byte", grid(0, DType::U8)),
        ("u2_little", grid(0, DType::I32)),
        ("u4_little", grid(0, DType::I64)),
        ("u8_little", grid(0, DType::I64)),
        ("b1_byte", Tensor::new((-5..19).map(|v| v > 0).collect::<Vec<_>>(), [2, 3, 4])?),
    ];
    assert_eq!(file.iter().collect::<Vec<_>>(), want.iter().map(|(n, t)| (*n, t)).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn memory_order_compression_and_version_make_no_difference() -> Result<()> {
    let file = data::load_npz(fixture("orders.npz"))?;
    assert_eq!(file.get("fortran")?, &grid(-5, DType::F32));
    let transposed = file.get("transposed")?;
    assert_eq!(transposed.shape(), [4, 3, 2]);
    assert_eq!(transposed.as_slice::<i32>()?[..5], [-5, 7, -1, 11, 3]);
    assert_eq!(file.get("scalar")?, &Tensor::scalar(2.5f64));
    assert_eq!(file.get("empty")?.shape(), [0, 3]);
    assert_eq!(file.get("zeros")?, &Tensor::zeros([300, 10], DType::F32));
    assert_eq!(data::load_npy(fixture("version3.npy"))?, grid(-5, DType::F32));
    Ok(())
}

#[test]
fn messages_name_file_and_array() {
    let root = fixture("");
    let line = |error: cornu::Error| error.to_string().replace(root.to_str().unwrap(), "");
    let file = data::load_npz(fixture("orders.npz")).unwrap();
    let lines = [
        line(data::load_npz(fixture("objects.npz")).unwrap_err()),
        line(data::load_npz(fixture("version3.npy")).unwrap_err()),
        line(data::load_npy(fixture("orders.npz")).unwrap_err()),
        line(data::load_npz(fixture("nowhere.npz")).unwrap_err()),
        line(file.get("fortan").unwrap_err()),
        line(
            data::save_npz(
                "x.npz",
                &[("x".into(), Tensor::scalar(1i32)), ("x".into(), Tensor::scalar(2i32))],
            )
            .unwrap_err(),
        ),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

/// A small linear congruential generator: the same changes in every run.
fn changes(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % below
    }
}

/// Reading must return, with arrays no larger than a deflated file of this size can hold.
fn survives(bytes: &[u8]) -> bool {
    match data::read_npz(bytes) {
        Ok(file) => {
            assert!(file.iter().map(|(_, tensor)| tensor.len()).sum::<usize>() <= bytes.len() * 1032);
            true
        }
        Err(_) => false,
    }
}

#[test]
fn every_truncated_file_is_refused() {
    let whole = std::fs::read(fixture("orders.npz")).unwrap();
    assert!(survives(&whole));
    for length in 0..whole.len() {
        assert!(!survives(&whole[..length]), "{length} bytes");
    }
}

#[test]
fn changed_bytes_never_panic() {
    for name in ["orders.npz", "types.npz"] {
        let whole = std::fs::read(fixture(name)).unwrap();
        let mut random = changes(name.len() as u64);
        let mut refused = 0;
        for _ in 0..2000 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] ^= 1 << random(8),
                    1 => bytes[at] = [0, 0xFF, 0x7F, 0x80][random(4)],
                    2 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, random(256) as u8),
                }
            }
            refused += usize::from(!survives(&bytes));
        }
        // Checksums find nearly everything; what passes hit a time stamp or an alignment byte.
        assert!(refused > 1500, "{name}: {refused}");
    }
}

#[test]
fn changed_headers_never_panic() {
    // Without a zip file around it nothing is checksummed, so the changes reach the parser.
    let whole = std::fs::read(fixture("version3.npy")).unwrap();
    let mut random = changes(3);
    let mut refused = 0;
    for _ in 0..2000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random(3) {
            bytes[random(128)] = b"0123456789'(),:{}<>|fiubOLTF \xFF\x00"[random(30)];
        }
        refused += usize::from(data::read_npy(&bytes).is_err());
    }
    assert!((1000..2000).contains(&refused), "{refused}");
}

#[test]
fn two_entries_of_one_name_are_refused() {
    // Both names are of one length, so one is written over the other.
    let path = std::env::temp_dir().join(format!("cornu-twice-{}.npz", std::process::id()));
    data::save_npz(&path, &[("aa".into(), Tensor::scalar(1i32)), ("ab".into(), Tensor::scalar(2i32))])
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    for at in 0..bytes.len() - 6 {
        if bytes[at..].starts_with(b"ab.npy") {
            bytes[at + 1] = b'a';
        }
    }
    let message = data::read_npz(&bytes).unwrap_err().to_string();
    assert_eq!(message, "npz: has two entries of one name");
}
