//! Datasets: what their combinators give, and what training makes of them.

mod csv;
mod pipelines;
mod threads;
mod training;
