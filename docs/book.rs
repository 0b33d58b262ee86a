//! The chapters of the book, so that each block of Rust in them is a test.

macro_rules! chapters {
    ($($name:ident: $file:literal;)*) => {
        $(#[cfg(doctest)] #[doc = include_str!(concat!("src/", $file))] pub mod $name {})*
    };
}

chapters! {
    introduction: "introduction.md";
    first_neuron: "01-first-neuron.md";
    classification: "02-classification.md";
    regression: "03-regression.md";
    shapes: "04-models-of-any-shape.md";
    training: "05-training-well.md";
    saving: "06-saving-and-loading.md";
    images: "07-images.md";
    sequences: "08-sequences.md";
    own: "09-your-own-parts.md";
    looking: "10-looking-and-serving.md";
    side_by_side: "keras-side-by-side.md";
}
