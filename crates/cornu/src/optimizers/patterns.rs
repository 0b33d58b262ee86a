//! Patterns by which weights are picked out: regular expressions, as Keras' `re.search` reads them.

use regex_lite::Regex;

/// Whether one of the patterns is found in a text. Those that are none were refused by [`check_patterns`].
pub(super) fn is_found(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text)))
}

/// Refuses what is no regular expression.
pub(super) fn check_patterns(argument: &str, patterns: &[String]) -> Result<(), String> {
    for pattern in patterns {
        if let Err(error) = Regex::new(pattern) {
            return Err(format!("`{argument}` wants regular expressions, got `{pattern}`: {error}"));
        }
    }
    Ok(())
}
