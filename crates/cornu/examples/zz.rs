use std::time::Instant;
fn main() -> cornu::Result<()> {
    for n in ["iris", "digits", "mnist", "fashion_mnist", "california_housing", "cifar10"] {
        let t = Instant::now();
        match cornu::datasets::load(n) {
            Ok(((a, b), (c, d))) => println!("{n} {:?} {a:?} {b:?} {c:?} {d:?}", t.elapsed()),
            Err(e) => println!("{n} {:?} {e}", t.elapsed()),
        }
    }
    Ok(())
}
