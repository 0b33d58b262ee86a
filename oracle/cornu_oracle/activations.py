"""Values and input gradients of every activation."""

import numpy as np
import tensorflow as tf
import keras

from .common import fresh, normal, rng, tensor, write

SWEEP = np.array(
    [-1e4, -100.0, -50.0, -20.0, -10.0, -6.0, -5.0, -3.0, -2.5, -2.0, -1.5, -1.0, -0.75, -0.5, -0.25, -1e-3, -0.0]
    + [0.0, 1e-3, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 6.0, 7.0, 10.0, 20.0, 50.0, 100.0, 1e4],
    dtype="float32",
)
# `exponential` of the largest ones overflows in both; it gets a narrower sweep.
NARROW = SWEEP[np.abs(SWEEP) <= 50.0]

ELEMENTWISE = [
    ("relu", {}),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 2.0}),
    ("relu", {"max_value": 6.0}),
    ("relu", {"threshold": 1.0}),
    ("relu", {"threshold": -1.0}),
    ("relu", {"negative_slope": 0.25, "max_value": 1.5}),
    ("relu", {"negative_slope": 0.25, "max_value": 6.0}),
    ("relu", {"negative_slope": 0.25, "threshold": 0.5}),
    ("relu", {"max_value": 2.5, "threshold": 0.5}),
    ("relu", {"max_value": 6.0, "threshold": 0.5}),
    ("relu", {"negative_slope": 0.1, "max_value": 2.5, "threshold": 0.5}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("relu6", {}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 0.5}),
    ("celu", {"alpha": 2.0}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("mish", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("sigmoid", {}),
    ("hard_sigmoid", {}),
    ("sparse_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_tanh", {}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 1.5}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 1.5}),
    ("squareplus", {}),
    ("squareplus", {"b": 1.0}),
    ("sparse_plus", {}),
    ("threshold", {"threshold": 0.5, "default_value": 0.25}),
    ("threshold", {"threshold": -1.0, "default_value": -7.0}),
    ("exponential", {}),
    ("log_sigmoid", {}),
    ("linear", {}),
]

GROUPED = [
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": -2}),
    ("log_softmax", {}),
    ("log_softmax", {"axis": 0}),
    ("sparsemax", {}),
    ("sparsemax", {"axis": 0}),
    ("glu", {}),
    ("glu", {"axis": 0}),
]


def case(name, args, x, dy):
    v = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(v)
        y = getattr(keras.activations, name)(v, **args)
    dx = tape.gradient(y, v, output_gradients=tf.constant(dy))
    return {
        "name": name,
        "args": args,
        "x": tensor(x),
        "y": tensor(y.numpy()),
        "dy": tensor(dy),
        "dx": tensor(dx.numpy()),
    }


def main():
    fresh()
    r = rng(1)
    x2, dy2 = normal(r, 4, 6, scale=2.0), normal(r, 4, 6)
    x3, dy3 = normal(r, 2, 3, 4, scale=2.0), normal(r, 2, 3, 4)
    big = np.array([[1e4, 0, -1e4, 3, 2, 1], [5, 5, 5, 5, 5, 5], [-50, -51, -52, 0.5, 0, 50], [0] * 6], "float32")
    cases = []
    for name, args in ELEMENTWISE:
        sweep = NARROW if name == "exponential" else SWEEP
        cases.append(case(name, args, x2, dy2))
        cases.append(case(name, args, sweep, normal(r, *sweep.shape)))
    for name, args in GROUPED:
        for x, dy in [(x2, dy2), (x3, dy3), (big, dy2)]:
            half = dy.shape[args.get("axis", -1)] // 2
            cases.append(case(name, args, x, dy if name != "glu" else np.take(dy, range(half), args.get("axis", -1))))
    serialized = {n: keras.activations.serialize(f) for n, f in sorted(keras.src.activations.ALL_OBJECTS_DICT.items())}
    write("activations.json", cases, aliases=serialized)
