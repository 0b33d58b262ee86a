//! File names with places for values: `{epoch:02d}-{val_loss:.2f}.keras`.

use crate::{Error, Result};

/// A file name in which `{name}` and `{name:format}` stand for values: Python's `str.format` as far as file names need it,
/// with the formats `d`, `f`, `e`, `g` and `%`, a width, leading zeros and a precision.
///
/// # Errors
/// If a name is unknown or a format is none of these.
pub(super) fn fill(template: &str, values: &[(&str, f64)]) -> Result<String> {
    let wrong = |message: String| Error::argument(format!("filepath `{template}`"), message);
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let (brace, after) = found.split_at(1);
        if let Some(after) = after.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        let (field, after) = match (brace, after.split_once('}')) {
            ("{", Some(found)) => found,
            _ => return Err(wrong(format!("has a `{brace}` without its partner"))),
        };
        let (name, format) = field.split_once(':').unwrap_or((field, ""));
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let value = value.ok_or_else(|| {
            let known: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
            wrong(format!("names `{name}`, which is not among {}", known.join(", ")))
        })?;
        let number = formatted(value, format);
        text.push_str(&number.ok_or_else(|| wrong(format!("has the format `{format}`, which is unknown")))?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A value in Python's format.
fn formatted(value: f64, format: &str) -> Option<String> {
    let kinds = ['d', 'f', 'e', 'g', '%'];
    let kind = format.chars().last().filter(|kind| kinds.contains(kind));
    let format = kind.map_or(format, |_| &format[..format.len() - 1]);
    let (width, precision) = format.split_once('.').unwrap_or((format, ""));
    let zeros = width.len() > 1 && width.starts_with('0');
    // A file's name is no longer than this on any system.
    let small = |text: &str| text.parse::<usize>().ok().filter(|number| *number < 256);
    let width = if width.is_empty() { 0 } else { small(width)? };
    let precision =
        if precision.is_empty() && !format.contains('.') { None } else { Some(small(precision)?) };
    let text = match kind {
        Some('d') if precision.is_none() => format!("{value:.0}"),
        Some('d') => return None,
        Some('f') => format!("{value:.*}", precision.unwrap_or(6)),
        Some('e') => exponent(format!("{value:.*e}", precision.unwrap_or(6))),
        Some('%') => format!("{:.*}%", precision.unwrap_or(6), value * 100.0),
        Some(_) => general(value, precision.unwrap_or(6).max(1)),
        None => match precision {
            Some(precision) => general(value, precision.max(1)),
            None => format!("{value}"),
        },
    };
    Some(if zeros { format!("{text:0>width$}") } else { format!("{text:>width$}") })
}

/// Python's exponents have a sign and two digits.
fn exponent(text: String) -> String {
    match text.split_once('e').and_then(|(digits, power)| Some((digits, power.parse::<i32>().ok()?))) {
        Some((digits, power)) => {
            format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
        }
        None => text,
    }
}

/// Python's `g`: so many significant digits, as short as they are.
fn general(value: f64, digits: usize) -> String {
    let text = format!("{value:.*e}", digits - 1);
    let Some(power) = text.split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()) else {
        return text;
    };
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if power < -4 || power >= digits as i32 {
        let (mantissa, _) = text.split_once('e').unwrap_or((&text, ""));
        return exponent(format!("{}e{power}", trimmed(mantissa)));
    }
    trimmed(&format!("{value:.*}", (digits as i32 - 1 - power).max(0) as usize))
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn names_are_those_python_makes() {
        let values = [("epoch", 7.0), ("val_loss", 0.123456), ("lr", 0.00001)];
        let filled = |template: &str| fill(template, &values).expect(template);
        assert_eq!(filled("{epoch:02d}-{val_loss:.2f}.keras"), "07-0.12.keras");
        assert_eq!(filled("a{epoch}/{{x}}"), "a7/{x}");
        assert_eq!(filled("{val_loss}"), "0.123456");
        assert_eq!(filled("{val_loss:.3e} {lr:g} {val_loss:8.1%}"), "1.235e-01 1e-05    12.3%");
        assert_eq!(filled("{val_loss:.3}|{epoch:4d}|{val_loss:08.3f}"), "0.123|   7|0000.123");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |template: &str| fill(template, &[("epoch", 1.0)]).unwrap_err().to_string();
        insta::assert_snapshot!(said("{los}.keras"), @"filepath `{los}.keras`: names `los`, which is not among epoch");
        insta::assert_snapshot!(said("{epoch.keras"), @"filepath `{epoch.keras`: has a `{` without its partner");
        insta::assert_snapshot!(said("{epoch:x}"), @"filepath `{epoch:x}`: has the format `x`, which is unknown");
        insta::assert_snapshot!(said("{epoch:99999999999d}"), @"filepath `{epoch:99999999999d}`: has the format `99999999999d`, which is unknown");
    }
}
