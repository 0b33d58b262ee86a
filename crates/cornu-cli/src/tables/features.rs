//! The transformers that make a network's features of columns.

use cornu::preprocessing::{
    ColumnTransformer, HandleUnknown, MissingIndicator, OneHotEncoder, Pipeline, SimpleImputer,
    StandardScaler, Strategy, TfidfVectorizer,
};

use super::kinds::Kind;

/// Words kept of a text.
const WORDS: usize = 1000;
/// A word or category counts from so many rows on, or from this part of them.
const ROWS: usize = 5;
const PART: f64 = 0.01;

/// Numbers imputed by their median and scaled, categories one-hot, texts as the weights of their words.
pub(super) fn transformer(columns: &[(String, Kind)], rows: usize) -> ColumnTransformer {
    let of = |wanted: &dyn Fn(&Kind) -> bool| -> Vec<String> {
        columns.iter().filter(|(_, kind)| wanted(kind)).map(|(name, _)| name.clone()).collect()
    };
    let least = ROWS.max((PART * rows as f64) as usize);
    let mut transformer = ColumnTransformer::new();
    let numbers = of(&|kind| *kind == Kind::Number);
    if !numbers.is_empty() {
        let fill = SimpleImputer::new().strategy(Strategy::Median).add_indicator(true);
        let pipeline = Pipeline::new().step("impute", fill).step("scale", StandardScaler::new());
        transformer = transformer.transformer("number", pipeline, numbers);
    }
    let categories = of(&|kind| *kind == Kind::Category);
    if !categories.is_empty() {
        // Later rows may hold others, or miss what is always there in training.
        let encoder = OneHotEncoder::new()
            .handle_unknown(HandleUnknown::InfrequentIfExist)
            .min_frequency(least.min(rows / 20).max(1));
        transformer = transformer.transformer("category", encoder, categories);
    }
    for name in of(&|kind| matches!(kind, Kind::Presence(_))) {
        let indicator = MissingIndicator::new().all(true);
        transformer = transformer.transformer(format!("presence_{name}"), indicator, vec![name]);
    }
    for name in of(&|kind| *kind == Kind::Text) {
        let words = TfidfVectorizer::new().min_df(least.min(rows / 10).max(1)).max_features(WORDS);
        transformer = transformer.transformer(format!("text_{name}"), words, vec![name]);
    }
    transformer
}
