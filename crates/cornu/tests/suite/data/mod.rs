//! Datasets: what their combinators give, and what training makes of them.

mod csv;
mod keras;
mod pipelines;
mod threads;
mod training;
