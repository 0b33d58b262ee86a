//! Small tools for data.

mod normalize;
mod pad_sequences;
mod random_seed;
mod random_state;
mod to_categorical;
mod tokenizer;
mod write_atomically;

pub use crate::layers::register_lambda;
pub use crate::registry::register_keras_serializable;
pub use normalize::normalize;
pub use pad_sequences::{PadSequences, Side, pad_sequences};
pub(crate) use random_seed::next_seed;
pub use random_seed::{set_random_seed, with_random_seed};
pub(crate) use random_state::RandomState;
pub use to_categorical::to_categorical;
pub use tokenizer::{Mode, Tokenizer, text_to_word_sequence};
pub use write_atomically::write_atomically;
