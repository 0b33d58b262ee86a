//! Words by which weights are picked out by their paths.

/// Whether one of the words is part of a path.
pub(super) fn is_in(words: &[String], path: &str) -> bool {
    words.iter().any(|word| path.contains(word.as_str()))
}

/// Refuses words that Keras would read as more than words: as regular expressions.
pub(super) fn check_words(argument: &str, words: &[String]) -> Result<(), String> {
    let is_special = |letter: char| r"\^$.|?*+()[]{}".contains(letter);
    match words.iter().find(|word| word.contains(is_special)) {
        Some(word) => {
            Err(format!("`{argument}` wants words, got the pattern `{word}`; list what it stands for"))
        }
        None => Ok(()),
    }
}
