//! Loops over slices: slices in, slices out; nothing here knows what a graph is.
