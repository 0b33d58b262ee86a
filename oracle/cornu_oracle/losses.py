"""Values and prediction gradients of the losses, alone and behind the activation that ends a model."""

import warnings

import numpy as np
import tensorflow as tf
import keras

from .common import fresh, normal, plain, rng, tensor, write

REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"]


def probabilities(r, *shape):
    x = np.exp(normal(r, *shape))
    return (x / x.sum(-1, keepdims=True)).astype("float32")


def case(loss, args, y_true, y_pred, sample_weight=None):
    fn = getattr(keras.losses, loss)(**args)
    v = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(v)
        value = fn(y_true, v, sample_weight=sample_weight)
        total = tf.reduce_sum(value)
    return {
        "kind": "loss",
        "loss": loss,
        "args": args,
        "y_true": tensor(y_true),
        "y_pred": tensor(y_pred),
        "sample_weight": None if sample_weight is None else tensor(sample_weight),
        "value": tensor(value.numpy()),
        "dy_pred": tensor(tape.gradient(total, v).numpy()),
    }


def regression(r):
    for loss in ["MeanSquaredError", "MeanAbsoluteError"]:
        a, b = normal(r, 5, 3), normal(r, 5, 3)
        w = np.abs(normal(r, 5))
        yield case(loss, {}, a, b)
        yield case(loss, {}, a, a)
        for reduction in REDUCTIONS:
            yield case(loss, {"reduction": reduction}, a, b)
            yield case(loss, {"reduction": reduction}, a, b, w)
        # Shapes Keras brings to the same rank before it subtracts.
        yield case(loss, {}, normal(r, 5), normal(r, 5, 1))
        yield case(loss, {}, normal(r, 5, 1), normal(r, 5))
        yield case(loss, {"reduction": "none"}, normal(r, 5), normal(r, 5, 1))
        yield case(loss, {"reduction": "none"}, normal(r, 5), normal(r, 5))
        yield case(loss, {}, normal(r, 5), normal(r, 5))
        yield case(loss, {}, normal(r, 5), normal(r, 5, 1), w)
        yield case(loss, {}, normal(r, 5, 1), normal(r, 5, 1), w.reshape(5, 1))
        yield case(loss, {}, r.integers(0, 4, (5, 3)).astype("int64"), b)
        yield case(loss, {}, r.integers(0, 4, (5,)).astype("int32"), normal(r, 5, 1))
        yield case(loss, {}, normal(r, 3), b)
        x, y = normal(r, 2, 3, 4), normal(r, 2, 3, 4)
        yield case(loss, {}, x, y)
        yield case(loss, {}, x, y, np.abs(normal(r, 2, 3)))
        yield case(loss, {}, x, y, np.abs(normal(r, 2, 1)))
        yield case(loss, {"reduction": "none"}, x, y, np.abs(normal(r, 2, 3)))
        yield case(loss, {}, normal(r, 2, 3), normal(r, 2, 3, 1), np.abs(normal(r, 2, 1)))
        yield case(loss, {}, a, b, np.zeros(5, "float32"))
        yield case(loss, {"reduction": "mean_with_sample_weight"}, a, b, np.zeros(5, "float32"))


def binary(r):
    loss = "BinaryCrossentropy"
    t = r.integers(0, 2, (6, 3))
    p, z = r.uniform(0.02, 0.98, (6, 3)).astype("float32"), normal(r, 6, 3, scale=3.0)
    hard = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 1e-8]], "float32")
    big = np.array([[-50.0, 50.0, 0.0], [100.0, -100.0, 1.0]], "float32")
    w = np.abs(normal(r, 6))
    for smoothing in [0.0, 0.1]:
        for logits, y in [(False, p), (True, z)]:
            args = {"from_logits": logits, "label_smoothing": smoothing}
            yield case(loss, args, t.astype("float32"), y)
            yield case(loss, args, t.astype("int32"), y, w)
            for reduction in REDUCTIONS:
                yield case(loss, args | {"reduction": reduction}, t.astype("float32"), y, w)
        yield case(loss, {"label_smoothing": smoothing}, t[:2].astype("float32"), hard)
        yield case(loss, {"label_smoothing": smoothing}, 1.0 - t[:2].astype("float32"), hard)
        yield case(loss, {"from_logits": True, "label_smoothing": smoothing}, t[:2].astype("float32"), big)
    yield case(loss, {}, t[:, 0].astype("float32"), p[:, :1])
    yield case(loss, {}, t[:, 0].astype("int64"), p[:, :1], w)
    yield case(loss, {}, t[:, :1].astype("uint8"), p[:, :1], w)
    yield case(loss, {}, t[:, :1].astype(bool), p[:, :1], w)
    yield case(loss, {"reduction": "none"}, t[:, 0].astype("float32"), p[:, :1], w)
    yield case(loss, {"axis": 0, "reduction": "none"}, t.astype("float32"), p)
    yield case(loss, {"axis": 0}, t.astype("float32"), p)
    yield case(loss, {}, r.uniform(0, 1, (6, 3)).astype("float32"), p)
    x = r.uniform(0.02, 0.98, (2, 3, 4)).astype("float32")
    yield case(loss, {}, r.integers(0, 2, (2, 3, 4)).astype("float32"), x)
    yield case(loss, {}, r.integers(0, 2, (2, 3, 4)).astype("float32"), x, np.abs(normal(r, 2, 3)))
    yield case(loss, {}, r.integers(0, 2, (2, 3)).astype("float32"), x[..., :1], np.abs(normal(r, 2, 1)))


def categorical(r):
    loss = "CategoricalCrossentropy"
    t = np.eye(4)[r.integers(0, 4, 6)]
    p, z = probabilities(r, 6, 4), normal(r, 6, 4, scale=3.0)
    loose = r.uniform(0.0, 2.0, (6, 4)).astype("float32")
    big = np.array([[50.0, -50.0, 0.0, 1.0], [-50.0, 50.0, 50.0, 49.0]], "float32")
    hard = np.array([[0.0, 1.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]], "float32")
    w = np.abs(normal(r, 6))
    for smoothing in [0.0, 0.1]:
        for logits, y in [(False, p), (False, loose), (True, z)]:
            args = {"from_logits": logits, "label_smoothing": smoothing}
            yield case(loss, args, t.astype("float32"), y)
            yield case(loss, args, t.astype("int32"), y, w)
        for reduction in REDUCTIONS:
            yield case(loss, {"label_smoothing": smoothing, "reduction": reduction}, t.astype("float32"), p, w)
        yield case(loss, {"label_smoothing": smoothing}, t[:2].astype("float32"), hard)
        yield case(loss, {"label_smoothing": smoothing}, np.array([[0, 1, 0, 0], [1, 0, 0, 0]], "float32"), hard)
        yield case(loss, {"from_logits": True, "label_smoothing": smoothing}, t[:2].astype("float32"), big)
    yield case(loss, {}, r.uniform(0, 1, (6, 4)).astype("float32"), p)
    yield case(loss, {"from_logits": True}, r.uniform(0, 1, (6, 4)).astype("float32"), z)
    yield case(loss, {"axis": 0, "reduction": "none"}, t.astype("float32"), loose)
    yield case(loss, {"axis": 1}, t.astype("float32"), p)
    y3 = np.eye(4)[r.integers(0, 4, (2, 3))].astype("float32")
    yield case(loss, {}, y3, probabilities(r, 2, 3, 4))
    yield case(loss, {"reduction": "none"}, y3, probabilities(r, 2, 3, 4), np.abs(normal(r, 2, 3)))
    yield case(loss, {"axis": 1, "from_logits": True, "reduction": "none"}, y3, normal(r, 2, 3, 4))


def sparse(r):
    loss = "SparseCategoricalCrossentropy"
    t = r.integers(0, 4, 6)
    p, z = probabilities(r, 6, 4), normal(r, 6, 4, scale=3.0)
    loose = r.uniform(0.0, 2.0, (6, 4)).astype("float32")
    big = np.array([[50.0, -50.0, 0.0, 1.0], [-50.0, 50.0, 50.0, 49.0]], "float32")
    hard = np.array([[0.0, 1.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]], "float32")
    w = np.abs(normal(r, 6))
    for logits, y in [(False, p), (False, loose), (True, z)]:
        args = {"from_logits": logits}
        for labels in [t.astype("int32"), t.astype("float32"), t.reshape(6, 1).astype("int64")]:
            yield case(loss, args, labels, y)
            yield case(loss, args, labels, y, w)
        yield case(loss, args, t.astype("uint8"), y)
        yield case(loss, args | {"ignore_class": int(t[0])}, t.astype("int32"), y)
        yield case(loss, args | {"ignore_class": int(t[0])}, t.astype("int32"), y, w)
        yield case(loss, args | {"ignore_class": -1}, np.where(t == t[0], -1, t).astype("int32"), y)
        for reduction in REDUCTIONS:
            yield case(loss, args | {"ignore_class": int(t[0]), "reduction": reduction}, t.astype("int32"), y, w)
    for reduction in REDUCTIONS:
        yield case(loss, {"reduction": reduction}, t.astype("int32"), p, w)
    yield case(loss, {}, np.array([0, 1]), hard)
    yield case(loss, {}, np.array([1, 2]), hard)
    yield case(loss, {"from_logits": True}, np.array([1, 0]), big)
    y3 = r.integers(0, 4, (2, 3))
    yield case(loss, {}, y3, probabilities(r, 2, 3, 4))
    yield case(loss, {}, y3[..., None], probabilities(r, 2, 3, 4))
    yield case(loss, {"reduction": "none"}, y3, probabilities(r, 2, 3, 4), np.abs(normal(r, 2, 3)))
    yield case(loss, {"ignore_class": 2}, y3, probabilities(r, 2, 3, 4))


def through(end, layers, loss, args, logits, y_true):
    """The same loss behind the layers that end a model, inside the compiled step as `fit` runs it."""
    fresh()
    inputs = keras.Input(logits.shape[1:])
    x = inputs
    for layer in layers():
        x = layer(x)
    model = keras.Model(inputs, x)
    fn = getattr(keras.losses, loss)(**args)
    model.compile(loss=fn, metrics=[])

    @tf.function
    def graph(v):
        with tf.GradientTape() as tape:
            tape.watch(v)
            value = fn(y_true, model(v, training=True))
        return value, tape.gradient(value, v)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value, grad = graph(tf.constant(logits))
        with tf.GradientTape() as tape:
            v = tf.constant(logits)
            tape.watch(v)
            eager = fn(y_true, model(v, training=True))
        eager_grad = tape.gradient(eager, v)
        # What the same loss says of bare probabilities: where both agree, the logits were not recovered.
        plain_value = fn(y_true, tf.constant(model(logits).numpy()))
        on_batch = model.test_on_batch(logits, y_true)
    return {
        "kind": "through_model",
        "end": end,
        "loss": loss,
        "args": args,
        "x": tensor(logits),
        "y_true": tensor(y_true),
        "value": tensor(value.numpy()),
        "dx": tensor(grad.numpy()),
        "value_of_bare_predictions": tensor(plain_value.numpy()),
        "eager_value": tensor(eager.numpy()),
        "eager_dx": tensor(eager_grad.numpy()),
        "test_on_batch": plain(on_batch),
    }


def behind_models(r):
    L = keras.layers
    softmaxes = [
        ("Activation(softmax)", lambda: [L.Activation("softmax")]),
        ("Softmax()", lambda: [L.Softmax()]),
        ("Dense(softmax)", lambda: [L.Dense(4, activation="softmax", kernel_initializer="identity")]),
        ("Activation(softmax), Activation(linear)", lambda: [L.Activation("softmax"), L.Activation("linear")]),
        ("Activation(softmax), Reshape", lambda: [L.Activation("softmax"), L.Reshape((4,))]),
        ("Activation(softmax), Flatten", lambda: [L.Activation("softmax"), L.Flatten()]),
        ("Activation(softmax), Dropout(0)", lambda: [L.Activation("softmax"), L.Dropout(0.0)]),
        ("Activation(sigmoid)", lambda: [L.Activation("sigmoid")]),
        ("Activation(exponential)", lambda: [L.Activation("exponential")]),
    ]
    x = np.concatenate([normal(r, 3, 4), [[50.0, -50.0, 0.0, 1.0], [-50.0, 50.0, 45.0, 49.0]]]).astype("float32")
    hot = np.eye(4, dtype="float32")[[0, 1, 2, 1, 0]]
    ints = np.array([0, 1, 2, 1, 0], "int32")
    for end, layers in softmaxes:
        yield through(end, layers, "CategoricalCrossentropy", {}, x, hot)
        yield through(end, layers, "SparseCategoricalCrossentropy", {}, x, ints)
    for end, layers in softmaxes[:1]:
        yield through(end, layers, "CategoricalCrossentropy", {"label_smoothing": 0.1}, x, hot)
        yield through(end, layers, "CategoricalCrossentropy", {"from_logits": True}, x, hot)
        yield through(end, layers, "SparseCategoricalCrossentropy", {"from_logits": True}, x, ints)
        yield through(end, layers, "SparseCategoricalCrossentropy", {}, x, ints[:, None])
        yield through(end, layers, "SparseCategoricalCrossentropy", {"ignore_class": 2}, x, ints)
        yield through(end, layers, "MeanSquaredError", {}, x, hot)
    b = np.array([[0.3], [-1.2], [50.0], [-50.0], [20.0]], "float32")
    t = np.array([1, 0, 0, 1, 0], "float32")
    sigmoids = [
        ("Activation(sigmoid)", lambda: [L.Activation("sigmoid")]),
        ("Dense(sigmoid)", lambda: [L.Dense(1, activation="sigmoid", kernel_initializer="identity")]),
        ("Activation(sigmoid), Reshape", lambda: [L.Activation("sigmoid"), L.Reshape((1,))]),
        ("Activation(hard_sigmoid)", lambda: [L.Activation("hard_sigmoid")]),
    ]
    for end, layers in sigmoids:
        yield through(end, layers, "BinaryCrossentropy", {}, b, t[:, None])
        yield through(end, layers, "BinaryCrossentropy", {}, b, t)
        yield through(end, layers, "BinaryCrossentropy", {"label_smoothing": 0.1}, b, t)
        yield through(end, layers, "BinaryCrossentropy", {"from_logits": True}, b, t)
    yield through("Activation(softmax)", softmaxes[0][1], "BinaryCrossentropy", {}, x, hot)
    yield through("Activation(sigmoid)", sigmoids[0][1], "BinaryCrossentropy", {}, x, hot)


def aliases():
    from keras.src.losses import ALL_OBJECTS_DICT

    return {k: v.__name__ for k, v in sorted(ALL_OBJECTS_DICT.items())}


def main():
    fresh()
    r = rng(2)
    cases = [*regression(r), *binary(r), *categorical(r), *sparse(r), *behind_models(r)]
    notes = [
        "dy_pred is the gradient of the sum of `value` with respect to y_pred.",
        "through_model: value and dx come from the compiled step (tf.function), as in fit; dx is with respect to x, the logits.",
        "The logits were recovered where value differs from value_of_bare_predictions: see `_keras_logits` in oracle/README.md.",
    ]
    write("losses.json", cases, notes, aliases=aliases())
