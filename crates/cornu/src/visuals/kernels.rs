//! Filters of convolutions as images.

use super::Picture;
use super::ink::Color;
use super::picture::{MARGIN, SMALL};
use super::shape::{Font, Style};
use crate::models::Model;
use crate::{Error, Result, Tensor};

/// As many images as one can look at.
const MOST: usize = 64;

/// The filters of a `Conv2D` as a grid of images: in colour where it reads three channels, else one grey image for each
/// filter and channel, white the largest and black the smallest number of all. At most 64 images are shown.
///
/// ```
/// use cornu::layers::{Conv2D, Input};
/// let model = cornu::Sequential::new().add(Input::new([8, 8, 3])).add(Conv2D::new(16, 5).name("first"));
/// let picture = cornu::visuals::plot_kernels(&model, "first")?;
/// assert!(picture.to_svg().contains("16 filters of 5 × 5"));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the model is not built, has no such layer, or the layer has no kernel over two axes.
pub fn plot_kernels(model: &Model, layer: &str) -> Result<Picture> {
    let kernel = model.get_layer(layer)?.get_weights().into_iter().next();
    match kernel {
        Some(kernel) if kernel.rank() == 4 && !kernel.is_empty() => Ok(grid(layer, &kernel)),
        other => {
            let got =
                other.map_or("no weights".into(), |kernel| format!("a first weight {}", kernel.to_shape()));
            let message = format!(
                "layer `{layer}` needs a kernel of shape (height, width, channels, filters), got {got}"
            );
            Err(Error::argument("plot_kernels", message))
        }
    }
}

fn grid(layer: &str, kernel: &Tensor) -> Picture {
    let &[rows, columns, channels, filters] = kernel.shape() else { return Picture::new(layer, 0.0, 0.0) };
    let values: Vec<f64> = kernel.to_vec();
    let (low, high) = super::scale::extent(values.iter().copied()).unwrap_or((0.0, 1.0));
    let in_color = channels == 3;
    let images = if in_color { filters } else { filters * channels };
    let shown = images.min(MOST);

    let pixel = (48.0 / rows.max(columns) as f64).max(1.0);
    let (width, height) = (pixel * columns as f64, pixel * rows as f64);
    const GAP: f64 = 8.0;
    let across = shown.min(if shown <= 16 { 8 } else { 12 });
    let down = shown.div_ceil(across);
    let top = MARGIN + 50.0;
    let sheet = (
        (2.0 * MARGIN + across as f64 * (width + GAP) - GAP).max(340.0),
        top + down as f64 * (height + GAP) - GAP + MARGIN,
    );
    let title = format!("Kernels of {layer}");
    let mut picture = Picture::new(title.clone(), sheet.0, sheet.1);
    picture.heading(&title);
    let counted =
        |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    let (of, over) = (counted(filters, "filter"), counted(channels, "channel"));
    let mut note = format!("{of} of {rows} × {columns} over {over}");
    if shown < images {
        note.push_str(&format!(", the first {shown} of {images} images"));
    }
    picture.text(MARGIN, MARGIN + 33.0, note, Font::new(SMALL, Color::Muted));

    let grey = |value: f64| -> u8 {
        let share = if high > low && value.is_finite() { (value - low) / (high - low) } else { 0.5 };
        (share * 255.0).round() as u8
    };
    for image in 0..shown {
        let (filter, channel) = if in_color { (image, 0) } else { (image / channels, image % channels) };
        let (left, top) = (
            MARGIN + (image % across) as f64 * (width + GAP),
            top + (image / across) as f64 * (height + GAP),
        );
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let at = |channel: usize| {
                let index = ((row * columns + column) * channels + channel) * filters + filter;
                grey(values[index])
            };
            let rgb = if in_color { [at(0), at(1), at(2)] } else { [at(channel); 3] };
            let place = (left + column as f64 * pixel, top + row as f64 * pixel);
            picture.rect(place, (pixel, pixel), 0.0, Style::fill(Color::Rgb(rgb)));
        }
        picture.rect((left, top), (width, height), 0.0, Style::stroke(Color::Border, 1.0));
    }
    picture
}
