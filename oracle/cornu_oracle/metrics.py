"""Running results of the metrics, and what the short names resolve to for which shapes."""

import warnings

import numpy as np
import keras
from keras.src.backend import KerasTensor
from keras.src.trainers import compile_utils

from .common import fresh, normal, plain, rng, tensor, write


def case(metric, args, updates):
    fresh()
    m = getattr(keras.metrics, metric)(**args)
    results = []
    recorded = []
    for update in updates:
        weight = update[-1]
        values = update[:-1]
        m.update_state(*values, sample_weight=weight)
        results.append(float(m.result()))
        recorded.append(
            {
                "values": [tensor(v) for v in values],
                "sample_weight": None if weight is None else tensor(weight),
            }
        )
    m.reset_state()
    return {
        "metric": metric,
        "args": args,
        "name": m.name,
        "config": plain(m.get_config()),
        "variables": [{"name": v.name, "path": v.path, "shape": list(v.shape)} for v in m.variables],
        "updates": recorded,
        "results": results,
        "after_reset": float(m.result()),
    }


def metrics(r):
    w = np.abs(normal(r, 6))
    ints = lambda *s, n=4: r.integers(0, n, s).astype("int32")  # noqa: E731
    p = r.uniform(0, 1, (6, 4)).astype("float32")
    tied = np.array([[0.25] * 4, [0.4, 0.4, 0.1, 0.1], [0.1, 0.3, 0.3, 0.3], [0, 0, 0, 1], [1, 1, 0, 0], [0, 1, 1, 0]], "float32")
    hot = np.eye(4, dtype="float32")[ints(6)]
    y = ints(6)
    yield case("Accuracy", {}, [(ints(6), ints(6), None), (ints(6), ints(6), w)])
    yield case("Accuracy", {}, [(ints(6, 1), ints(6, 1), w), (ints(6), ints(6, 1), None), (ints(6, 3), ints(6, 3), w)])
    half = np.array([[0.5], [0.50001], [0.49999], [1.0], [0.0], [0.75]], "float32")
    b = ints(6, 1, n=2)
    yield case("BinaryAccuracy", {}, [(b, half, None), (b, half, w), (b[:, 0], half, None), (b.astype("float32"), half, w)])
    yield case("BinaryAccuracy", {"threshold": 0.7}, [(b, half, None)])
    yield case("BinaryAccuracy", {}, [(ints(6, 4, n=2), p, None), (ints(6, 4, n=2), p, w)])
    yield case("BinaryAccuracy", {}, [(np.full((6, 1), 0.3, "float32"), half, None)])
    yield case("CategoricalAccuracy", {}, [(hot, p, None), (hot, p, w), (hot, tied, None), (tied, tied, None)])
    y3 = np.eye(4, dtype="float32")[ints(2, 3)]
    p3 = r.uniform(0, 1, (2, 3, 4)).astype("float32")
    yield case("CategoricalAccuracy", {}, [(y3, p3, None), (y3, p3, w[:2]), (y3, p3, w.reshape(2, 3))])
    yield case("SparseCategoricalAccuracy", {}, [(y, p, None), (y, p, w), (y[:, None], p, w), (y, tied, None), (y.astype("float32"), p, None)])
    yield case("SparseCategoricalAccuracy", {}, [(ints(2, 3), p3, None), (ints(2, 3), p3, w[:2]), (ints(2, 3), p3, w.reshape(2, 3))])
    for k in [1, 2, 3, 5]:
        yield case("TopKCategoricalAccuracy", {"k": k}, [(hot, p, None), (hot, tied, None), (hot, tied, w)])
        yield case("SparseTopKCategoricalAccuracy", {"k": k}, [(y, p, None), (y, tied, None), (y, tied, w), (y[:, None], p, None)])
    yield case("TopKCategoricalAccuracy", {"k": 2}, [(y3, p3, None), (y3, p3, w[:2])])
    yield case("SparseTopKCategoricalAccuracy", {"k": 2}, [(ints(2, 3), p3, None)])
    for name in ["MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError"]:
        a, c = normal(r, 6, 3), normal(r, 6, 3)
        yield case(name, {}, [(a, c, None), (a, c, w), (c, a, None)])
        yield case(name, {"name": "mine"}, [(normal(r, 6), normal(r, 6, 1), None), (normal(r, 6), normal(r, 6, 1), w)])
        yield case(name, {}, [(normal(r, 2, 3, 4), normal(r, 2, 3, 4), w[:2]), (normal(r, 2, 3, 4), normal(r, 2, 3, 4), w.reshape(2, 3))])
    for name in ["Mean", "Sum"]:
        yield case(name, {}, [(normal(r, 6), None), (normal(r, 6), w), (np.float32(3.5), None), (np.float32(1.5), np.float32(2.0))])
        yield case(name, {}, [(normal(r, 6, 3), None), (normal(r, 6, 3), w), (normal(r, 6, 3), np.abs(normal(r, 6, 3)))])
        yield case(name, {}, [(normal(r, 6), np.zeros(6, "float32"))])
    p2 = (p / p.sum(-1, keepdims=True)).astype("float32")
    for args in [{}, {"from_logits": True}, {"label_smoothing": 0.1}]:
        yield case("CategoricalCrossentropy", args, [(hot, p2, None), (hot, p2, w)])
        yield case("BinaryCrossentropy", args, [(b, half, None), (b, half, w)])
    for args in [{}, {"from_logits": True}, {"ignore_class": 1}]:
        yield case("SparseCategoricalCrossentropy", args, [(y, p2, None), (y, p2, w)])


SHAPES = [(None,), (4,), (1,), (32,), (4, 1), (4, 2), (4, 3), (4, 10), (4, 5, 1), (4, 5, 3), (4, 5), (4, 1, 1), (4, 3, 3)]


def resolution():
    """`accuracy` and `crossentropy` by shapes, as a table of every pair of the shapes above."""
    out = []
    for y_true in SHAPES[1:]:
        for y_pred in SHAPES[1:]:
            a, b = KerasTensor(y_true, "float32"), KerasTensor(y_pred, "float32")
            row = {"y_true": list(y_true), "y_pred": list(y_pred)}
            for word in ["accuracy", "acc", "ACC"]:
                m = compile_utils.get_metric(word, a, b)
                row[word] = [type(m).__name__, m.name]
            for word in ["crossentropy", "ce"]:
                loss = compile_utils.get_loss(word, a, b)
                row["loss:" + word] = [loss.fn.__name__, loss.name]
            for word in ["crossentropy", "ce"]:
                try:
                    compile_utils.get_metric(word, a, b)
                    row["metric:" + word] = "resolved"
                except ValueError as error:
                    row["metric:" + word] = str(error)
            out.append(row)
    return out


def names():
    """What each string resolves to, as a loss and as a metric, whatever the shapes."""
    from keras.src.losses import ALL_OBJECTS_DICT as losses
    from keras.src.metrics import ALL_OBJECTS_DICT as metrics

    a, b = KerasTensor((4, 3), "float32"), KerasTensor((4, 3), "float32")
    out = []
    for word in sorted({*losses, *metrics}):
        row = {"string": word}
        try:
            loss = compile_utils.get_loss(word, a, b)
            row["loss"] = {"class": type(loss).__name__, "fn": loss.fn.__name__ if hasattr(loss, "fn") else None, "name": loss.name}
        except Exception as error:
            row["loss_error"] = f"{type(error).__name__}: {error}"
        try:
            m = compile_utils.get_metric(word, a, b)
            row["metric"] = {"class": type(m).__name__, "fn": getattr(getattr(m, "_fn", None), "__name__", None), "name": m.name}
        except Exception as error:
            row["metric_error"] = f"{type(error).__name__}: {error}"
        out.append(row)
    return out


def logs():
    """Keys and values of the logs for lists of metrics, as train_on_batch and evaluate give them."""
    r = rng(6)
    x = normal(r, 8, 3)
    w = np.abs(normal(r, 8))
    K = keras
    out = []
    for units, activation, loss, targets, metrics, weighted in [
        (1, "sigmoid", "binary_crossentropy", "binary", ["accuracy"], None),
        (1, "sigmoid", "crossentropy", "column", ["acc", "accuracy", "binary_accuracy", "bce"], None),
        (3, "softmax", "sparse_categorical_crossentropy", "ints", ["accuracy", "acc"], None),
        (3, "softmax", "sparse_categorical_crossentropy", "ints", ["accuracy"], ["accuracy"]),
        (3, "softmax", "categorical_crossentropy", "hot", ["accuracy", "mse", "MSE", "mae", "mean_absolute_error"], None),
        (3, "softmax", "CategoricalCrossentropy", "hot", "accuracy", None),
        (3, "softmax", "ce", "hot", ["accuracy", "accuracy"], ["mse", "accuracy"]),
        (1, "linear", "mse", "real", ["mae", "mse", "root_mean_squared_error"], None),
        (1, "linear", "mse", "real", [K.metrics.MeanAbsoluteError(), K.metrics.MeanAbsoluteError(name="mine")], None),
        (1, "linear", "mse", "real", [K.losses.mean_absolute_error, K.metrics.mean_squared_error, "MeanSquaredError"], None),
        (1, "linear", "mse", "real", [K.losses.MeanAbsoluteError()], None),
        (1, "linear", "mse", "real", None, ["mse", "mae"]),
        (1, "linear", "mse", "real", {"dense": ["mae"]}, None),
    ]:
        fresh()
        model = K.Sequential([K.Input((3,)), K.layers.Dense(units, activation=activation)])
        model.set_weights([normal(rng(7), *v.shape) for v in model.weights])
        weights = [tensor(v) for v in model.get_weights()]
        y = {
            "binary": (np.arange(8) % 3 == 0).astype("float32"),
            "column": (np.arange(8) % 3 == 0).astype("float32")[:, None],
            "ints": (np.arange(8) % 3).astype("int32"),
            "hot": np.eye(3, dtype="float32")[np.arange(8) % 3],
            "real": normal(rng(8), 8),
        }[targets]
        if isinstance(metrics, str):
            try:
                model.compile("sgd", loss, metrics=metrics)
                raise AssertionError("a bare string was accepted")
            except ValueError as error:
                out.append({"metrics": metrics, "error": str(error)})
            continue
        shown = plain([keras.saving.serialize_keras_object(m) for m in (metrics if isinstance(metrics, list) else [])])
        model.compile("sgd", loss, metrics=metrics, weighted_metrics=weighted)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out.append(
                {
                    "units": units,
                    "activation": activation,
                    "loss": loss,
                    "weights": weights,
                    "x": tensor(x),
                    "y": tensor(y),
                    "sample_weight": tensor(w),
                    "metrics": shown if isinstance(metrics, list) else plain(metrics),
                    "weighted_metrics": weighted,
                    "test_on_batch": list(plain(model.test_on_batch(x, y, w, return_dict=True)).items()),
                    "test_on_batch_list": plain(model.test_on_batch(x, y, w)),
                    "evaluate_batch_3": list(plain(model.evaluate(x, y, sample_weight=w, batch_size=3, verbose=0, return_dict=True)).items()),
                    "evaluate_batch_3_list": plain(model.evaluate(x, y, sample_weight=w, batch_size=3, verbose=0)),
                    "metrics_names": model.metrics_names,
                }
            )
    return out


def main():
    fresh()
    cases = [*metrics(rng(5))]
    notes = [
        "results[i] is result() after update i; values are (y_true, y_pred), for Mean and Sum (values,).",
        "resolution: `accuracy` and `crossentropy` by shapes, each [class or function, name in the logs].",
        "logs: pairs in the order Keras gives them; evaluate runs batches of 3 over 8 samples.",
    ]
    write("metrics.json", cases, notes, resolution=resolution(), names=names(), logs=logs())
