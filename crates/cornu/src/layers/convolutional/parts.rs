//! What all convolutional layers have in common: how their windows move, and what follows the products.

use crate::activations::Activation;
use crate::constraints::Constraint;
use crate::graph::{Conv, Padding, Slide, Var};
use crate::initializers::Initializer;
use crate::layers::spatial::{
    channel_axis, check_data_format, check_fits, check_positive, check_rank, check_word, padding, restored,
    spatial_axes,
};
use crate::layers::{Build, Call, Outputs, Weight};
use crate::registry::Handle;
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

/// A layer's arguments that say how its window moves.
pub(in crate::layers) struct Window<'a> {
    pub(in crate::layers) kernel_size: &'a [usize],
    pub(in crate::layers) strides: &'a [usize],
    pub(in crate::layers) padding: &'a str,
    pub(in crate::layers) data_format: &'a str,
    pub(in crate::layers) dilation_rate: &'a [usize],
}

impl Window<'_> {
    /// # Errors
    /// If an argument is not one that Keras takes.
    pub(in crate::layers) fn check(&self, paddings: &[&str]) -> Result<(), String> {
        check_positive("kernel_size", self.kernel_size)?;
        check_positive("strides", self.strides)?;
        check_positive("dilation_rate", self.dilation_rate)?;
        check_word("padding", self.padding, paddings)?;
        check_data_format(self.data_format)
    }

    /// # Errors
    /// If both the positions and the taps of the window are apart, which Keras refuses.
    pub(in crate::layers) fn check_apart(&self) -> Result<(), String> {
        let apart = |lengths: &[usize]| lengths.iter().any(|length| *length > 1);
        if apart(self.strides) && apart(self.dilation_rate) {
            return Err(format!(
                "has strides={:?} and dilation_rate={:?}; only one of them may be more than 1",
                self.strides, self.dilation_rate
            ));
        }
        Ok(())
    }

    /// The engine's convolution.
    pub(in crate::layers) fn conv(&self, groups: usize) -> Conv {
        let slide = |((&taps, &stride), &dilation): ((&usize, &usize), &usize)| {
            let padding = match self.padding {
                "causal" => {
                    Padding::Explicit { before: dilation.saturating_mul(taps.saturating_sub(1)), after: 0 }
                }
                word => padding(word),
            };
            Slide { stride, padding, dilation }
        };
        let axes = self.kernel_size.iter().zip(self.strides).zip(self.dilation_rate).map(slide);
        Conv { axes: axes.collect(), groups }
    }

    /// The convolution of each channel with filters of its own: `kernel` is (size…, channels, filters for each).
    pub(super) fn depthwise<'g>(&self, x: Var<'g>, kernel: Var<'g>) -> Var<'g> {
        let shape = kernel.shape();
        let (size, filters) = shape.dims().split_at(shape.rank().saturating_sub(2));
        let channels = filters.first().copied().flatten().unwrap_or(0);
        let all = filters.iter().try_fold(1usize, |all, filters| all.checked_mul((*filters)?));
        let grouped: Shape = size.iter().copied().chain([Some(1), all]).collect();
        x.conv(kernel.reshape(grouped), self.conv(channels))
    }

    /// The number of the input's channels, after a check that the window fits the input.
    ///
    /// # Errors
    /// If the input has the wrong number of axes, its channels are unknown, or it is smaller than the window.
    pub(in crate::layers) fn channels(&self, cx: &Build<'_>, input: &Shape) -> Result<usize> {
        let spatial = self.kernel_size.len();
        check_rank(cx, input, spatial)?;
        if self.padding == "valid" {
            let axes = spatial_axes(self.data_format, spatial);
            for ((axis, slide), taps) in axes.into_iter().zip(self.conv(1).axes).zip(self.kernel_size) {
                check_fits(cx, input, axis, "kernel", slide.extent(*taps))?;
            }
        }
        cx.known_axis(input, channel_axis(self.data_format))
    }
}

/// A layer's arguments about what follows the products: bias, activation, penalty.
pub(super) struct Ending<'a> {
    pub(super) activation: &'a Handle<dyn Activation>,
    pub(super) use_bias: bool,
    pub(super) bias_initializer: &'a Handle<dyn Initializer>,
    pub(super) bias_regularizer: &'a Option<Handle<dyn Regularizer>>,
    pub(super) bias_constraint: &'a Option<Handle<dyn Constraint>>,
    pub(super) activity_regularizer: &'a Option<Handle<dyn Regularizer>>,
}

impl Ending<'_> {
    /// Declares the bias, if there is one.
    ///
    /// # Errors
    /// If its initializer, regularizer or constraint is unknown or has bad arguments.
    pub(super) fn declare(&self, cx: &mut Build<'_>, filters: usize) -> Result<()> {
        if !self.use_bias {
            return Ok(());
        }
        cx.add_weight(
            Weight::new("bias", [filters], self.bias_initializer.clone())
                .regularizer(self.bias_regularizer)
                .constraint(self.bias_constraint),
        )
    }

    /// What the layer gives for these products, whose channels come last.
    ///
    /// # Errors
    /// If the activation or the regularizer is unknown or has bad arguments.
    pub(super) fn finish<'g>(
        &self,
        cx: &mut Call<'_, 'g>,
        products: Var<'g>,
        data_format: &str,
    ) -> Result<Outputs<'g>> {
        let sums = if self.use_bias { products + cx.weight("bias")? } else { products };
        let y = self.activation.get()?.call(restored(sums, data_format));
        cx.penalize(self.activity_regularizer.as_ref(), y)?;
        Ok(y.into())
    }
}
