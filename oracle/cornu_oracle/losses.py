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


def around(r, loss, args, y_true, y_pred):
    """A loss of one value a sample: with and without weights, unreduced, as one vector."""
    w = np.abs(normal(r, len(y_pred)))
    yield case(loss, args | {"reduction": "none"}, y_true, y_pred)
    yield case(loss, args, y_true, y_pred)
    yield case(loss, args, y_true, y_pred, w)
    yield case(loss, args | {"reduction": "mean_with_sample_weight"}, y_true, y_pred, w)


def like_output(r, loss, draw, arguments=({},)):
    """A loss that compares element by element; `draw(kind, *shape)` gives targets or predictions."""
    for args in arguments:
        if args.get("axis") == 0:
            # One value a feature.
            yield case(loss, args | {"reduction": "none"}, draw("y_true", 5, 3), draw("y_pred", 5, 3))
            continue
        yield from around(r, loss, args, draw("y_true", 5, 3), draw("y_pred", 5, 3))
    yield case(loss, {"reduction": "none"}, draw("y_true", 5), draw("y_pred", 5, 1))
    yield case(loss, {"reduction": "none"}, draw("y_true", 5, 1), draw("y_pred", 5))
    yield case(loss, {}, r.integers(0, 3, (5, 3)).astype("int64"), draw("y_pred", 5, 3))
    x, y = draw("y_true", 2, 3, 4), draw("y_pred", 2, 3, 4)
    yield case(loss, {"reduction": "none"}, x, y, np.abs(normal(r, 2, 3)))
    yield case(loss, {}, x, y, np.abs(normal(r, 2, 1)))


def elementwise(r):
    signed = lambda kind, *shape: normal(r, *shape, scale=2.0)  # noqa: E731
    positive = lambda kind, *shape: r.uniform(0.05, 4.0, shape).astype("float32")  # noqa: E731
    shares = lambda kind, *shape: r.uniform(0.02, 0.98, shape).astype("float32")  # noqa: E731
    signs = lambda kind, *shape: signed(kind, *shape) if kind == "y_pred" else r.choice([-1.0, 1.0], shape).astype("float32")  # noqa: E731
    edge = np.array([[0.0, 1.0, -1.0], [2.0, -3.0, 100.0]], "float32")
    zero = np.zeros((2, 3), "float32")
    small = np.array([[0.0, -1.0, 1e-7], [1e-8, 1.0, 2.0]], "float32")

    yield from like_output(r, "MeanAbsolutePercentageError", signed)
    yield case("MeanAbsolutePercentageError", {}, small, edge)
    yield from like_output(r, "MeanSquaredLogarithmicError", positive)
    yield case("MeanSquaredLogarithmicError", {"reduction": "none"}, edge, small)
    yield from like_output(r, "Huber", signed, [{}, {"delta": 0.5}, {"delta": 3.0}])
    yield case("Huber", {"reduction": "none"}, zero, edge)
    yield from like_output(r, "LogCosh", signed)
    yield case("LogCosh", {"reduction": "none"}, zero, edge)
    yield from like_output(r, "CosineSimilarity", signed, [{}, {"axis": 0}, {"axis": 1}])
    yield case("CosineSimilarity", {"reduction": "none"}, zero, edge)
    yield from like_output(r, "Poisson", positive)
    yield case("Poisson", {"reduction": "none"}, np.abs(edge), np.array([[0.0, 1e-7, 1e-3], [1.0, 5.0, 1.0]], "float32"))
    yield from like_output(r, "KLDivergence", shares)
    yield case("KLDivergence", {"reduction": "none"}, np.array([[0.0, 1.0, 0.0], [0.5, 0.5, 0.0]], "float32"), np.array([[0.0, 1.0, 1e-9], [0.1, 0.9, 2.0]], "float32"))
    for loss in ["Hinge", "SquaredHinge", "CategoricalHinge"]:
        yield from like_output(r, loss, signs)
        # Targets of zeros and ones alone become signs, one 2 among them and they stay.
        bits = r.integers(0, 2, (2, 3)).astype("float32")
        yield case(loss, {"reduction": "none"}, bits, edge)
        yield case(loss, {"reduction": "none"}, bits.astype("int32"), edge)
        yield case(loss, {"reduction": "none"}, np.array([[0, 1, 2], [1, 0, 0]], "float32"), edge)
    tied = np.array([[1.0, 2.0, 2.0], [0.5, 0.5, 0.5]], "float32")
    yield case("CategoricalHinge", {"reduction": "none"}, np.eye(3, dtype="float32")[[0, 1]], tied)


def focal(r):
    loss = "BinaryFocalCrossentropy"
    t = r.integers(0, 2, (4, 3)).astype("float32")
    p, z = r.uniform(0.02, 0.98, (4, 3)).astype("float32"), normal(r, 4, 3, scale=3.0)
    for args in [{}, {"gamma": 1.5}, {"apply_class_balancing": True}, {"apply_class_balancing": True, "alpha": 0.6, "label_smoothing": 0.1}, {"label_smoothing": 0.2, "gamma": 3.0}]:
        yield from around(r, loss, args, t, p)
        yield case(loss, args | {"from_logits": True}, t, z)
    yield case(loss, {"from_logits": True, "reduction": "none"}, t[:2], np.array([[-50.0, 50.0, 0.0], [30.0, -30.0, 1.0]], "float32"))
    yield case(loss, {"axis": 0, "reduction": "none"}, t, p)
    yield case(loss, {}, t[:, 0].astype("int32"), p[:, :1])
    yield case(loss, {}, t.reshape(2, 2, 3), p.reshape(2, 2, 3), np.abs(normal(r, 2, 2)))
    loss = "CategoricalFocalCrossentropy"
    t = np.eye(4, dtype="float32")[r.integers(0, 4, 5)]
    p, z = probabilities(r, 5, 4), normal(r, 5, 4, scale=3.0)
    for args in [{}, {"gamma": 1.5, "alpha": 0.5}, {"label_smoothing": 0.1}]:
        yield from around(r, loss, args, t, p)
        yield case(loss, args | {"from_logits": True}, t, z)
    yield case(loss, {"reduction": "none"}, t, r.uniform(0.0, 2.0, (5, 4)).astype("float32"))
    yield case(loss, {"axis": 0, "reduction": "none"}, t, r.uniform(0.1, 2.0, (5, 4)).astype("float32"))
    yield case(loss, {"axis": 1, "from_logits": True}, t[:4].reshape(2, 2, 4), z[:4].reshape(2, 2, 4))
    yield case(loss, {}, t.astype("int32"), p)
    loss = "CategoricalGeneralizedCrossEntropy"
    for q in [0.5, 0.1, 0.9]:
        yield from around(r, loss, {"q": q}, r.integers(0, 4, 5), p)
    yield case(loss, {"reduction": "none"}, r.integers(0, 4, (2, 3)).astype("float32"), probabilities(r, 2, 3, 4), np.abs(normal(r, 2, 3)))


def regions(r):
    for loss, arguments in [("Dice", [{}]), ("Tversky", [{}, {"alpha": 0.2, "beta": 0.7}])]:
        for args in arguments:
            shape = (3, 2, 2, 1)
            t, p = r.integers(0, 2, shape).astype("float32"), r.uniform(0, 1, shape).astype("float32")
            w = np.abs(normal(r, 3))
            yield case(loss, args, t, p)
            yield case(loss, args, t, p, w)
            yield case(loss, args | {"reduction": "sum"}, t, p, w)
            yield case(loss, args | {"axis": [1, 2, 3]}, t, p)
            yield case(loss, args | {"axis": [1, 2, 3], "reduction": "none"}, t, p)
            yield case(loss, args | {"axis": [1, 2, 3]}, t, p, w)
            yield case(loss, args | {"axis": -1, "reduction": "none"}, t, p)
        yield case(loss, {}, t.astype("int32")[..., 0], p)
        yield case(loss, {}, np.zeros((2, 3), "float32"), np.zeros((2, 3), "float32"))


def unit(x):
    return (x / np.linalg.norm(x, axis=-1, keepdims=True)).astype("float32")


def circle(r):
    e = unit(normal(r, 6, 3))
    labels = np.array([0, 1, 0, 2, 1, 1])
    for args in [{}, {"gamma": 4.0, "margin": 0.25}, {"gamma": 4.0, "remove_diagonal": False}]:
        yield case("Circle", args, labels, e)
        yield case("Circle", args | {"reduction": "none"}, labels.astype("int32"), e)
        yield case("Circle", args, labels[:, None].astype("float32"), e, np.abs(normal(r, 6)))
        yield case("Circle", args | {"reduction": "sum"}, labels, e, np.abs(normal(r, 6)))


def ctc(r):
    labels = np.array([[1, 2, 3], [2, 2, 0], [3, 0, 0], [0, 0, 0], [1, 1, 1]], "int32")
    z = normal(r, 5, 6, 4, scale=2.0)
    yield from around(r, "CTC", {}, labels, z)
    yield case("CTC", {"reduction": "sum"}, labels.astype("int64"), z)
    yield case("CTC", {"reduction": "none"}, labels.astype("float32"), z * 20)
    # One step for each label, and one more for the blank between equal ones.
    yield case("CTC", {"reduction": "none"}, labels[:3], z[:3, :3])
    yield case("CTC", {"reduction": "none"}, np.array([[1], [0]]), z[:2, :1])
    yield case("CTC", {"reduction": "none"}, r.integers(1, 6, (2, 5)), normal(r, 2, 12, 6))


def unfeasible_ctc(r):
    """Labels for which there are too few steps."""
    out = case("CTC", {"reduction": "none"}, np.array([[1, 1, 1], [1, 2, 3]]), normal(r, 2, 2, 4))
    return out | {"kind": "value"}


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


def focal_behind_models(r):
    L = keras.layers
    x = np.concatenate([normal(r, 3, 2), [[20.0, -20.0], [-50.0, 50.0]]]).astype("float32")
    t = r.integers(0, 2, (5, 2)).astype("float32")
    for args in [{}, {"from_logits": True}]:
        yield through("Activation(sigmoid)", lambda: [L.Activation("sigmoid")], "BinaryFocalCrossentropy", args, x, t)
        yield through("Activation(softmax)", lambda: [L.Activation("softmax")], "CategoricalFocalCrossentropy", args, x, np.eye(2, dtype="float32")[[0, 1, 0, 1, 1]])


def aliases():
    from keras.src.losses import ALL_OBJECTS_DICT

    return {k: v.__name__ for k, v in sorted(ALL_OBJECTS_DICT.items())}


def main():
    fresh()
    r = rng(2)
    cases = [*regression(r), *binary(r), *categorical(r), *sparse(r), *behind_models(r)]
    cases += [*elementwise(r), *focal(r), *regions(r), *circle(r), *ctc(r), unfeasible_ctc(r), *focal_behind_models(r)]
    notes = [
        "dy_pred is the gradient of the sum of `value` with respect to y_pred.",
        "value: no gradient, for Keras gives one that is not the slope of its value.",
        "through_model: value and dx come from the compiled step (tf.function), as in fit; dx is with respect to x, the logits.",
        "The logits were recovered where value differs from value_of_bare_predictions: see `_keras_logits` in oracle/README.md.",
    ]
    write("losses.json", cases, notes, aliases=aliases())
