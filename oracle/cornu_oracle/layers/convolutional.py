"""Convolutions: plain, transposed, depthwise, separable."""

import functools
import inspect

from .. import layer_case
from ..layer_case import keras, normal, refused, rng, tf, write_family

from keras.src.backend.tensorflow import nn

case = functools.partial(layer_case.case, scale=0.2)

# First the lengths that every class is differentiated at: elements and weights are few.
SMALL = {1: (2, 4, 1), 2: (1, 3, 3, 1), 3: (1, 2, 2, 2, 1)}
PLAIN = {1: (2, 6, 2), 2: (2, 5, 4, 2), 3: (1, 3, 4, 3, 2)}


def with_transposes(convolve):
    """TensorFlow's processors compute with the channels last; Keras' layers do not always say so."""

    signature = inspect.signature(convolve)

    def wrapped(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        if given.get("data_format") != "channels_first":
            return convolve(**given)
        rank = len(given["inputs"].shape)
        x = tf.transpose(given["inputs"], [0, *range(2, rank), 1])
        y = convolve(**given | {"inputs": x, "data_format": "channels_last"})
        return tf.transpose(y, [0, rank - 1, *range(1, rank - 1)])

    return wrapped


def first(shape):
    """The shape with its channels moved behind the batch."""
    return (shape[0], shape[-1], *shape[1:-1])


FULL = dict(
    kernel_initializer=keras.initializers.HeNormal(seed=3),
    bias_initializer=keras.initializers.Constant(0.5),
    kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02),
    bias_regularizer="l2",
    activity_regularizer=keras.regularizers.L2(0.03),
    kernel_constraint=keras.constraints.MaxNorm(2.0, axis=[0, 1]),
    bias_constraint="non_neg",
)


def renamed(full, kernel, **more):
    """The arguments with `kernel_…` named after another kernel."""
    return {name.replace("kernel_", f"{kernel}_"): value for name, value in full.items()} | more


def conv(r):
    L = keras.layers
    for n, C in [(1, L.Conv1D), (2, L.Conv2D), (3, L.Conv3D)]:
        x = normal(r, *PLAIN[n])
        yield case(lambda: C(1 if n == 3 else 2, 2), normal(r, *SMALL[n]), r)
        yield case(lambda: C(3, 2, padding="same", activation="relu"), x, r, unknown=(1,), fit=n < 3)
        yield case(lambda: C(2, 3, strides=2, padding="same", use_bias=False), x, r, unknown=(1,), fit=n < 3)
        yield case(lambda: C(2, 2, strides=2), x, r, fit=n < 3)
        yield case(lambda: C(2, 2, dilation_rate=2, padding="same"), x, r, fit=n < 3)
        yield case(lambda: C(4, 2, groups=2, name="grouped"), x, r, fit=n < 3)
        # Not as many filters as the last axis is long: TensorFlow's `add` would take that for the channels.
        filters = 3 if n == 3 else 2
        yield case(lambda: C(filters, 2, data_format="channels_first", activation="softmax"), normal(r, *first(PLAIN[n])), r, fit=n < 3)
    x1, x2 = normal(r, *PLAIN[1]), normal(r, *PLAIN[2])
    yield case(lambda: L.Conv1D(2, 3, padding="causal"), x1, r, unknown=(1,))
    yield case(lambda: L.Conv1D(2, 2, padding="causal", dilation_rate=2, activation="tanh"), x1, r)
    yield case(lambda: L.Conv1D(2, 3, padding="causal", strides=2), x1, r)
    yield case(lambda: L.Conv1D(2, 2, dilation_rate=3), x1, r)
    yield case(lambda: L.Conv1D(2, (2,), padding="causal", data_format="channels_first"), normal(r, *first(PLAIN[1])), r)
    yield case(lambda: L.Conv2D(2, (3, 1)), x2, r, unknown=(1, 2))
    yield case(lambda: L.Conv2D(2, (1, 3), strides=(2, 1), padding="SAME"), x2, r)
    yield case(lambda: L.Conv2D(3, 1), x2, r)
    yield case(lambda: L.Conv2D(2, (5, 4)), x2, r)
    yield case(lambda: L.Conv2D(2, (6, 5), padding="same"), x2, r, fit=False)
    yield case(lambda: L.Conv2D(2, 2, dilation_rate=(2, 1)), x2, r)
    yield case(lambda: L.Conv2D(4, 2, groups=2, strides=2, data_format="channels_first"), normal(r, 2, 4, 5, 4), r)
    yield case(lambda: L.Conv2D(2, 2, **FULL), x2, r)
    yield case(lambda: L.Conv2D(2, 2, trainable=False), x2, r)
    yield case(lambda: L.Conv3D(2, (1, 2, 3), strides=(1, 2, 1)), normal(r, *PLAIN[3]), r, fit=False)


def conv_transpose(r):
    L = keras.layers
    for n, C in [(1, L.Conv1DTranspose), (2, L.Conv2DTranspose), (3, L.Conv3DTranspose)]:
        x = normal(r, *PLAIN[n])
        yield case(lambda: C(1 if n == 3 else 2, 2), normal(r, *SMALL[n]), r)
        yield case(lambda: C(3, 3, strides=2, padding="same", activation="relu"), x, r, unknown=(1,), fit=n < 3)
        yield case(lambda: C(2, 2, strides=3, use_bias=False), x, r, unknown=(1,), fit=n < 3)
        yield case(lambda: C(2, 3, strides=2), x, r, fit=n < 3)
    x1, x2 = normal(r, *PLAIN[1]), normal(r, *PLAIN[2])
    yield case(lambda: L.Conv1DTranspose(2, 3, strides=2, output_padding=1), x1, r)
    yield case(lambda: L.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=0), x1, r)
    yield case(lambda: L.Conv1DTranspose(2, 2, data_format="channels_first"), normal(r, *first(PLAIN[1])), r)
    yield case(lambda: L.Conv2DTranspose(2, (3, 2), strides=(2, 1), padding="same"), x2, r)
    yield case(lambda: L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), x2, r)
    yield case(lambda: L.Conv2DTranspose(2, 3, strides=(3, 2), output_padding=(2, 0)), x2, r)
    yield case(lambda: L.Conv2DTranspose(2, 3, padding="same"), x2, r)
    yield case(lambda: L.Conv2DTranspose(2, 2, strides=2, data_format="channels_first"), normal(r, *first(PLAIN[2])), r)
    yield case(lambda: L.Conv2DTranspose(2, 2, **FULL), x2, r)


def depthwise(r):
    L = keras.layers
    for n, C in [(1, L.DepthwiseConv1D), (2, L.DepthwiseConv2D)]:
        x = normal(r, *PLAIN[n])
        yield case(lambda: C(2), normal(r, 1, *([3] * n), 2), r)
        yield case(lambda: C(3, depth_multiplier=2, padding="same", activation="relu"), x, r, unknown=(1,))
        yield case(lambda: C(2, strides=2, use_bias=False), x, r)
        yield case(lambda: C(2, dilation_rate=2, padding="same"), x, r)
        yield case(lambda: C(2, strides=2, dilation_rate=2, padding="same"), x, r)
        yield case(lambda: C(2, depth_multiplier=3, data_format="channels_first"), normal(r, *first(PLAIN[n])), r)
        yield case(lambda: C(2), x[..., :1], r)
    x2 = normal(r, *PLAIN[2])
    yield case(lambda: L.DepthwiseConv2D((3, 2), padding="same"), x2, r)
    yield case(lambda: L.DepthwiseConv2D(2, **renamed(FULL, "depthwise")), x2, r)


def separable(r):
    L = keras.layers
    for n, C in [(1, L.SeparableConv1D), (2, L.SeparableConv2D)]:
        x = normal(r, *PLAIN[n])
        yield case(lambda: C(2, 2), normal(r, 1, *([3] * n), 2), r)
        yield case(lambda: C(3, 3, depth_multiplier=2, padding="same", activation="relu"), x, r, unknown=(1,))
        yield case(lambda: C(2, 2, strides=2, use_bias=False), x, r)
        yield case(lambda: C(2, 2, dilation_rate=2, padding="same"), x, r)
        yield case(lambda: C(2, 2, data_format="channels_first"), normal(r, *first(PLAIN[n])), r)
    more = dict(
        pointwise_initializer="ones",
        pointwise_regularizer=keras.regularizers.L2(0.02),
        pointwise_constraint="unit_norm",
    )
    x2 = normal(r, *PLAIN[2])
    yield case(lambda: L.SeparableConv2D(2, 2, **renamed(FULL, "depthwise", **more)), x2, r)


def rejected():
    L = keras.layers
    image = (None, 3, 3, 2)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 4}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "dilation_rate": 3}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, image)
    yield refused(L.Conv2D, {"filters": 3, "kernel_size": 2, "groups": 2}, image)
    yield refused(L.Conv2D, {"filters": 3, "kernel_size": 2, "groups": 3}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "groups": 0}, image)
    yield refused(L.Conv2D, {"filters": 0, "kernel_size": 2}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 0}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": (2, 2, 2)}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "strides": 0}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "strides": -1}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "padding": "causal"}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2, "data_format": "channels_middle"}, image)
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2}, (None, 3, 3))
    yield refused(L.Conv2D, {"filters": 2, "kernel_size": 2}, (None, 3, 3, None))
    yield refused(L.Conv1D, {"filters": 2, "kernel_size": 5}, (None, 4, 2))
    yield refused(L.Conv1D, {"filters": 2, "kernel_size": 2, "padding": "full"}, (None, 4, 2))
    yield refused(L.Conv3D, {"filters": 2, "kernel_size": 3}, (None, 3, 3, 2, 1))
    yield refused(L.Conv2DTranspose, {"filters": 2, "kernel_size": 2, "strides": 2, "output_padding": 2}, image)
    yield refused(L.Conv2DTranspose, {"filters": 0, "kernel_size": 2}, image)
    yield refused(L.Conv2DTranspose, {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, image)
    yield refused(L.Conv2DTranspose, {"filters": 2, "kernel_size": 2, "padding": "causal"}, image)
    yield refused(L.Conv1DTranspose, {"filters": 2, "kernel_size": 2}, image)
    yield refused(L.DepthwiseConv2D, {"kernel_size": 4}, image)
    yield refused(L.DepthwiseConv2D, {"kernel_size": 2, "depth_multiplier": 0}, image)
    yield refused(L.DepthwiseConv1D, {"kernel_size": 2}, image)
    yield refused(L.SeparableConv2D, {"filters": 2, "kernel_size": 4}, image)
    yield refused(L.SeparableConv1D, {"filters": 0, "kernel_size": 2}, (None, 4, 2))


def main():
    r = rng(11)
    nn.conv, nn.conv_transpose = with_transposes(nn.conv), with_transposes(nn.conv_transpose)
    cases = [*conv(r), *conv_transpose(r), *depthwise(r), *separable(r)]
    write_family("convolutional", cases, rejected())
