"""Configs, weights, outputs, gradients of the layers."""

import numpy as np
import tensorflow as tf
import keras

from .common import fresh, normal, plain, rng, tensor, tensors, variables, write


def randomize(layer, r):
    """Weights that are nowhere special: a bias of zeros would hide a forgotten bias."""
    values = []
    for w in layer.weights:
        v = normal(r, *w.shape)
        values.append(np.abs(v) + 0.5 if "variance" in w.name else v)
    layer.set_weights(values)


def case(make, x, r, training=None, calls=1, initial=False):
    fresh()
    layer = make()
    layer.build(x.shape)
    if layer.weights and not initial:
        randomize(layer, r)
    before = variables(layer.weights)
    accepts = {} if training is None else {"training": training}
    try:
        symbolic = layer(keras.Input(x.shape[1:], dtype=str(x.dtype)))
        output_shape = list(symbolic.shape)
    except ValueError as error:
        output_shape = str(error)
    for _ in range(calls - 1):
        layer(tf.constant(x), **accepts)
    floating = x.dtype.kind == "f"
    v = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(v)
        y = layer(v, **accepts)
        extra = [float(e) for e in layer.losses]
    dy = normal(r, *y.shape)
    weights = [w.value for w in layer.trainable_weights]
    grads = tape.gradient(y, [v, *weights], output_gradients=tf.constant(dy)) if floating else None
    return {
        "class": type(layer).__name__,
        "config": plain(layer.get_config()),
        "serialized": plain(keras.saving.serialize_keras_object(layer)),
        "training": training,
        "calls": calls,
        "weights": before,
        "trainable_paths": [w.path for w in layer.trainable_weights],
        "non_trainable_paths": [w.path for w in layer.non_trainable_weights],
        "count_params": layer.count_params(),
        "x": tensor(x),
        "y": tensor(y.numpy()),
        "output_shape_with_unknown_batch": output_shape,
        "dy": tensor(dy),
        "dx": tensor(grads[0].numpy()) if floating and grads[0] is not None else None,
        "dweights": [tensor(g.numpy()) for g in grads[1:]] if floating else [],
        "weights_after": tensors([w.numpy() for w in layer.weights]) if calls > 1 or training else None,
        "losses": extra,
    }


def dense(r):
    D = keras.layers.Dense
    x2, x3, x4 = normal(r, 5, 3), normal(r, 2, 4, 3), normal(r, 2, 2, 2, 3)
    yield case(lambda: D(4), x2, r)
    for activation in ["relu", "tanh", "sigmoid", "softmax", "elu", "gelu", "linear", "swish"]:
        yield case(lambda: D(4, activation=activation), x2, r)
    yield case(lambda: D(4, use_bias=False), x2, r)
    yield case(lambda: D(4, activation="relu", name="hidden"), x3, r)
    yield case(lambda: D(2, activation="softmax"), x4, r)
    yield case(lambda: D(1), normal(r, 1, 1), r)
    full = dict(
        kernel_initializer=keras.initializers.HeNormal(seed=3),
        bias_initializer=keras.initializers.Constant(0.5),
        kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02),
        bias_regularizer="l2",
        activity_regularizer=keras.regularizers.L2(0.03),
        kernel_constraint=keras.constraints.MaxNorm(2.0, axis=0),
        bias_constraint="non_neg",
    )
    yield case(lambda: D(4, **full), x2, r)
    yield case(lambda: D(4, trainable=False), x2, r)


def shapes(r):
    L = keras.layers
    x2, x3, x4 = normal(r, 2, 6), normal(r, 2, 3, 4), normal(r, 2, 3, 2, 4)
    yield case(lambda: L.Flatten(), x3, r)
    yield case(lambda: L.Flatten(), x4, r)
    yield case(lambda: L.Flatten(), x2, r)
    yield case(lambda: L.Flatten(), normal(r, 4), r)
    yield case(lambda: L.Flatten(data_format="channels_first"), x4, r)
    yield case(lambda: L.Flatten(), r.integers(0, 255, (2, 3, 3)).astype("uint8"), r)
    yield case(lambda: L.Reshape((3, 2)), x2, r)
    yield case(lambda: L.Reshape((-1,)), x3, r)
    yield case(lambda: L.Reshape((2, -1)), x3, r)
    yield case(lambda: L.Reshape((-1, 2, 1)), x2, r)
    yield case(lambda: L.Reshape((4, 3, 1)), x3, r)
    for activation in ["relu", "softmax", "tanh", "linear", "leaky_relu"]:
        yield case(lambda: L.Activation(activation), x3, r)


def dropout(r):
    L = keras.layers
    x = normal(r, 3, 4)
    yield case(lambda: L.Dropout(0.5), x, r, training=False)
    yield case(lambda: L.Dropout(0.5), x, r)
    yield case(lambda: L.Dropout(0.0), x, r, training=True)
    yield case(lambda: L.Dropout(0.25, noise_shape=(None, 1), seed=3), x, r, training=False)
    yield case(lambda: L.Dropout(0.25, seed=3), x, r, training=False)


def dropout_statistics():
    out = []
    for rate in [0.1, 0.25, 0.5, 0.9, 1.0]:
        fresh()
        layer = keras.layers.Dropout(rate, seed=5)
        x = np.full((400, 500), 2.0, "float32")
        with tf.GradientTape() as tape:
            v = tf.constant(x)
            tape.watch(v)
            y = layer(v, training=True)
        # At rate 1 Keras returns zeros that do not depend on the input: no gradient at all.
        g = tape.gradient(y, v, unconnected_gradients="zero").numpy()
        y = y.numpy()
        out.append(
            {
                "rate": rate,
                "x": 2.0,
                "n": y.size,
                "share_of_zeros": float((y == 0).mean()),
                "values": sorted({float(v) for v in np.unique(y)}),
                "gradient_values": sorted({float(v) for v in np.unique(g)}),
                "gradient_is_y_over_x": bool(np.allclose(g, y / 2.0)),
                "mean": float(y.mean()),
            }
        )
    return out


def normalization(r):
    B = keras.layers.BatchNormalization
    x2, x3, x4 = normal(r, 6, 3, scale=2.0), normal(r, 2, 4, 3, scale=2.0), normal(r, 2, 3, 2, 4, scale=2.0)
    x2 = x2 + np.float32(1.5)
    for training in [False, True]:
        yield case(lambda: B(), x2, r, training=training)
        yield case(lambda: B(), x2, r, training=training, initial=True)
        yield case(lambda: B(center=False), x2, r, training=training)
        yield case(lambda: B(scale=False), x2, r, training=training)
        yield case(lambda: B(center=False, scale=False), x2, r, training=training)
        yield case(lambda: B(momentum=0.8, epsilon=0.1), x2, r, training=training)
        yield case(lambda: B(), x3, r, training=training)
        yield case(lambda: B(), x4, r, training=training)
        yield case(lambda: B(axis=1), x4, r, training=training)
        yield case(lambda: B(axis=1), x3, r, training=training)
        yield case(lambda: B(axis=2, name="bn"), x4, r, training=training)
        yield case(lambda: B(trainable=False), x2, r, training=training)
    yield case(lambda: B(), x2, r)
    yield case(lambda: B(momentum=0.9), x2, r, training=True, calls=5, initial=True)
    yield case(lambda: B(momentum=0.5, axis=1), x4, r, training=True, calls=3, initial=True)
    yield case(lambda: B(), normal(r, 1, 3), r, training=True)
    yield case(lambda: B(), np.full((4, 3), 1e3, "float32"), r, training=True)
    full = dict(
        beta_initializer="ones",
        gamma_initializer=keras.initializers.Constant(0.5),
        moving_mean_initializer="ones",
        moving_variance_initializer=keras.initializers.Constant(2.0),
        beta_regularizer="l1",
        gamma_regularizer=keras.regularizers.L2(0.02),
        beta_constraint="non_neg",
        gamma_constraint=keras.constraints.MaxNorm(1.0),
    )
    yield case(lambda: B(**full), x2, r, training=True, initial=True)


def inputs():
    out = []
    for args in [
        {"shape": (3,)},
        {"shape": (28, 28), "name": "image"},
        {"shape": (None, 4)},
        {"shape": ()},
        {"shape": (3,), "batch_size": 8},
        {"shape": (2,), "dtype": "int32"},
    ]:
        fresh()
        t = keras.Input(**args)
        layer = t._keras_history.operation
        out.append(
            {
                "args": plain(args),
                "shape": plain(t.shape),
                "dtype": t.dtype,
                "name": layer.name,
                "config": plain(layer.get_config()),
                "serialized": plain(keras.saving.serialize_keras_object(layer)),
            }
        )
    return out


def main():
    r = rng(4)
    cases = [*dense(r), *shapes(r), *dropout(r), *normalization(r)]
    notes = [
        "weights are those before the call, in get_weights order; dx and dweights (trainable weights, in order) follow from dy.",
        "with calls > 1 the layer was called that often on x in the same mode; y is the last one; weights_after are the weights then.",
        "losses holds layer.losses in order: the activity penalty first, then the penalties of the weights.",
    ]
    write("layers.json", cases, notes, inputs=inputs(), dropout_statistics=dropout_statistics())
