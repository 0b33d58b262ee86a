"""Penalties with their gradients, and what the constraints leave."""

import numpy as np
import tensorflow as tf
import keras

from .common import fresh, normal, number, plain, rng, tensor, write


def penalty(name, args, w):
    fresh()
    r = getattr(keras.regularizers, name)(**args)
    v = tf.constant(w)
    with tf.GradientTape() as tape:
        tape.watch(v)
        value = r(v)
    return {
        "kind": "regularizer",
        "name": name,
        "args": args,
        "w": tensor(w),
        "value": number(value.numpy()),
        "dw": tensor(tape.gradient(value, v, unconnected_gradients="zero").numpy()),
        "serialized": plain(keras.saving.serialize_keras_object(r)),
    }


def constraint(name, args, w):
    fresh()
    c = getattr(keras.constraints, name)(**args)
    return {
        "kind": "constraint",
        "name": name,
        "args": args,
        "w": tensor(w),
        "result": tensor(np.asarray(c(tf.constant(w)))),
        "serialized": plain(keras.saving.serialize_keras_object(c)),
    }


def main():
    r = rng(12)
    w1, w2, w4 = normal(r, 5), normal(r, 4, 3), normal(r, 2, 2, 3, 2)
    holes = w2.copy()
    holes[0] = 0.0
    holes[:, 1] = 0.0
    cases = []
    for name, many in [
        ("L1", [{}, {"l1": 0.3}]),
        ("L2", [{}, {"l2": 0.3}]),
        ("L1L2", [{}, {"l1": 0.1}, {"l2": 0.2}, {"l1": 0.1, "l2": 0.2}]),
    ]:
        for args in many:
            cases += [penalty(name, args, w) for w in [w1, w2, w4, holes]]
    for args in [{}, {"factor": 0.5}, {"mode": "columns"}, {"factor": 0.5, "mode": "columns"}]:
        cases += [penalty("OrthogonalRegularizer", args, w) for w in [w2, normal(r, 3, 4), normal(r, 2, 2)]]
    for name, many in [
        ("MaxNorm", [{}, {"max_value": 1.0}, {"max_value": 0.5, "axis": 1}]),
        ("NonNeg", [{}]),
        ("UnitNorm", [{}, {"axis": 1}]),
        ("MinMaxNorm", [{}, {"min_value": 0.5, "max_value": 0.8}, {"min_value": 1.5, "max_value": 2.0, "rate": 0.25}, {"min_value": 0.5, "rate": 0.5, "axis": 1}]),
    ]:
        for args in many:
            cases += [constraint(name, args, w) for w in [w2, w2 * np.float32(0.1), holes]]
            cases.append(constraint(name, {k: v for k, v in args.items() if k != "axis"}, w1))
            if "axis" in args or name != "NonNeg":
                cases.append(constraint(name, args | {"axis": [0, 1, 2]}, w4))
    from keras.src.constraints import ALL_OBJECTS_DICT as constraints
    from keras.src.regularizers import ALL_OBJECTS_DICT as regularizers

    strings = {
        "regularizers": {k: v.__name__ for k, v in sorted(regularizers.items())},
        "constraints": {k: v.__name__ for k, v in sorted(constraints.items())},
    }
    write("regularizers_constraints.json", cases, strings=strings)
