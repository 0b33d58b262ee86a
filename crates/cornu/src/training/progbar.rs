//! Keras' progress bar as text.

use std::fmt::Write;

use super::Logs;

/// A bar on a terminal, which is drawn over itself. Times are seconds on a clock of the caller's.
///
/// Source: <https://keras.io/api/utils/python_utils/#progbar-class>.
#[derive(Debug)]
pub(crate) struct Progbar {
    target: usize,
    start: f64,
    drawn: f64,
    after_first_step: Option<f64>,
    /// The characters of the last drawing.
    width: usize,
}

/// The bar's length in characters.
const LENGTH: usize = 20;

/// A bar is drawn so often, in seconds, and no more.
const INTERVAL: f64 = 0.05;

impl Progbar {
    /// For so many steps.
    pub(crate) fn new(target: usize, now: f64) -> Self {
        Progbar { target, start: now, drawn: f64::NEG_INFINITY, after_first_step: None, width: 0 }
    }

    /// What is drawn after a step; `logs` is asked only then.
    pub(crate) fn update(&mut self, done: usize, logs: impl FnOnce() -> Logs, now: f64) -> Option<String> {
        let per_step = self.per_step(done, now);
        if now - self.drawn < INTERVAL {
            return None;
        }
        self.drawn = now;
        let left = per_step * self.target.saturating_sub(done) as f64;
        Some(self.draw(done, &duration(left), per_step, &logs(), ""))
    }

    /// What is drawn in the end.
    pub(crate) fn finish(&mut self, logs: &Logs, now: f64) -> String {
        let per_step = self.per_step(self.target, now);
        self.draw(self.target, &format!("{:.0}s", now - self.start), per_step, logs, "\n")
    }

    /// A line that says as much as the finished bar, for a file or a pipe.
    pub(crate) fn line(&mut self, logs: &Logs, now: f64) -> String {
        let (target, per_step) = (self.target, self.per_step(self.target, now));
        format!("{target}/{target} - {:.0}s - {}{}", now - self.start, each(per_step), values(logs))
    }

    fn draw(&mut self, done: usize, time: &str, per_step: f64, logs: &Logs, end: &str) -> String {
        let (target, digits) = (self.target, self.target.to_string().len());
        let count = format!("{done:digits$}/{target}");
        let filled = (LENGTH * done.min(target)).checked_div(target).unwrap_or(LENGTH);
        let rest = format!("{}{}", each(per_step), values(logs));
        let mut text = "\u{8}".repeat(self.width);
        let _ = write!(text, "\r\x1b[1m{count}\x1b[0m ");
        if filled > 0 {
            let _ = write!(text, "\x1b[32m{}\x1b[0m", "━".repeat(filled));
        }
        let _ = write!(text, "\x1b[37m{}\x1b[0m \x1b[1m{time}\x1b[0m {rest}", "━".repeat(LENGTH - filled));
        // A space stands before each part.
        let width = count.len() + LENGTH + time.len() + rest.chars().count() + 3;
        text += &" ".repeat(self.width.saturating_sub(width));
        self.width = width;
        text + end
    }

    /// Seconds a step. The first one, which is not like the others, does not count once there are more.
    fn per_step(&mut self, done: usize, now: f64) -> f64 {
        let first = self.after_first_step;
        if done == 1 {
            self.after_first_step = Some(now);
        }
        match (first, done) {
            (_, 0) => 0.0,
            (Some(first), 2..) => (now - first) / (done - 1) as f64,
            _ => (now - self.start) / done as f64,
        }
    }
}

/// The time that is left.
fn duration(seconds: f64) -> String {
    let whole = seconds as u64;
    match seconds {
        s if s > 3600.0 => format!("{}:{:02}:{:02}", whole / 3600, whole % 3600 / 60, whole % 60),
        s if s > 60.0 => format!("{}:{:02}", whole / 60, whole % 60),
        _ => format!("{whole}s"),
    }
}

fn each(per_step: f64) -> String {
    match per_step {
        s if s >= 1.0 || s == 0.0 => format!("{s:.0}s/step"),
        s if s >= 1e-3 => format!("{:.0}ms/step", s * 1e3),
        s => format!("{:.0}us/step", s * 1e6),
    }
}

fn values(logs: &Logs) -> String {
    if logs.is_empty() { String::new() } else { format!(" - {logs}") }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Each look at Keras' own bar, on a clock of the fixture's.
    #[test]
    fn bars_are_keras_own() {
        let text = include_str!("../../tests/fixtures/histories/progbar.json");
        let fixture: Value = serde_json::from_str(text).unwrap();
        for case in fixture["cases"].as_array().unwrap() {
            let target = case["target"].as_u64().unwrap() as usize;
            let mut bar = Progbar::new(target, case["start"].as_f64().unwrap());
            for look in case["looks"].as_array().unwrap() {
                let pairs = look["logs"].as_array().unwrap().iter();
                let number = |value: &Value| match value {
                    Value::String(word) => word.parse().unwrap(),
                    number => number.as_f64().unwrap(),
                };
                let logs: Logs = pairs.map(|pair| (pair[0].as_str().unwrap(), number(&pair[1]))).collect();
                let now = look["now"].as_f64().unwrap();
                let done = look["done"].as_u64().unwrap() as usize;
                let found = match (look["finalize"].as_bool().unwrap(), case["verbose"].as_u64().unwrap()) {
                    (true, 1) => Some(bar.finish(&logs, now)),
                    (true, _) => Some(bar.line(&logs, now) + "\n"),
                    (false, _) => bar.update(done, || logs, now),
                };
                assert_eq!(found.unwrap_or_default(), look["text"].as_str().unwrap(), "{}", case["name"]);
            }
        }
    }
}
