"""Running results of the metrics, and what the short names resolve to for which shapes."""

import warnings

import numpy as np
import keras
from keras.src.backend import KerasTensor
from keras.src.trainers import compile_utils

from .common import fresh, normal, plain, rng, tensor, write


def said(metric):
    """What a metric says, a number or several."""
    result = np.asarray(metric.result())
    return plain(list(result.astype("float32"))) if result.ndim else plain(np.float32(result))


def case(metric, args, updates):
    fresh()
    m = getattr(keras.metrics, metric)(**args)
    results = []
    recorded = []
    for update in updates:
        weight = update[-1]
        values = update[:-1]
        m.update_state(*values, sample_weight=weight)
        results.append(said(m))
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
        "config": plain(keras.saving.serialize_keras_object(m)["config"]),
        "variables": [{"name": v.name, "path": v.path, "shape": list(v.shape)} for v in m.variables],
        "updates": recorded,
        "results": results,
        "after_reset": said(m),
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


def means(r):
    """Metrics that are the mean of a function."""
    w = np.abs(normal(r, 5))
    signed = lambda *shape: normal(r, *shape, scale=2.0)  # noqa: E731
    positive = lambda *shape: r.uniform(0.05, 4.0, shape).astype("float32")  # noqa: E731
    signs = lambda *shape: r.choice([-1.0, 1.0], shape).astype("float32")  # noqa: E731
    for name, args, truth, guess in [
        ("MeanAbsolutePercentageError", [{}], signed, signed),
        ("MeanSquaredLogarithmicError", [{}], positive, positive),
        ("LogCoshError", [{}, {"name": "mine"}], signed, signed),
        ("CosineSimilarity", [{}, {"axis": 1}], signed, signed),
        ("PearsonCorrelation", [{}, {"axis": 0}], signed, signed),
        ("ConcordanceCorrelation", [{}, {"axis": 0}], signed, signed),
        ("Hinge", [{}], signs, signed),
        ("SquaredHinge", [{}], signs, signed),
        ("CategoricalHinge", [{}], signs, signed),
        ("Poisson", [{}], positive, positive),
        ("KLDivergence", [{}], positive, positive),
    ]:
        for arguments in args:
            weight = None if arguments.get("axis") == 0 else w
            yield case(name, arguments, [(truth(5, 3), guess(5, 3), None), (truth(5, 3), guess(5, 3), weight)])
        x = [(truth(2, 3, 4), guess(2, 3, 4), v) for v in [None, w[:2], np.abs(normal(r, 2, 3))]]
        yield case(name, {}, x)
    bits = r.integers(0, 2, (5, 3))
    yield case("Hinge", {}, [(bits, signed(5, 3), None), (bits.astype("float32"), signed(5, 3), w)])
    p = r.uniform(0.1, 1.0, (6, 4)).astype("float32")
    ids = np.argsort(-p, axis=-1).astype("int32")
    labels = r.integers(0, 4, 6).astype("int32")
    yield case("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, [(labels, ids, None), (labels, ids, np.abs(normal(r, 6)))])


def answers(r, *shape):
    """Truths and predictions on and between the thresholds of ten steps."""
    y = r.integers(0, 2, shape)
    p = np.where(r.random(shape) < 0.5, r.integers(0, 11, shape) / 10, r.random(shape)).astype("float32")
    return y, p


def confusions(r):
    few = [[], [0.5], [0.2, 0.7], [0.7, 0.1, 0.7], [0.0, 0.5, 1.0], [0.0, 0.25, 0.5, 0.75, 1.0]]
    counts = ["TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"]
    for metric in [*counts, "Precision", "Recall"]:
        for thresholds in few:
            args = {"thresholds": thresholds} if thresholds else {}
            flat, wide = [answers(r, 8) for _ in range(2)], answers(r, 6, 3)
            yield case(metric, args, [(*flat[0], None), (*flat[1], np.abs(normal(r, 8))), (*wide, None), (*wide, np.abs(normal(r, 6)))])
        y, p = answers(r, 8)
        yield case(metric, {"thresholds": 0.3, "name": "mine"}, [(y, p[:, None], None), (y[:, None], p, None), (y.astype("float32"), p, None), (y.astype(bool), p, None)])
        y, p = answers(r, 4, 3)
        yield case(metric, {}, [(y, p, np.abs(normal(r, 4, 3))), (y, p, np.abs(normal(r, 4, 1))), (*answers(r, 2, 3, 2), np.abs(normal(r, 2, 3)))])
        yield case(metric, {}, [(y, p * 0, None)])
    tied = np.array([[0.5, 0.5, 0.2], [0.1, 0.1, 0.1], [0.9, 0.3, 0.9], [0.0, 0.0, 0.0]], "float32")
    for metric in ["Precision", "Recall"]:
        y, p = answers(r, 6, 4)
        w = np.abs(normal(r, 6))
        for args in [{"top_k": 1}, {"top_k": 2}, {"top_k": 4}, {"top_k": 2, "thresholds": 0.5}, {"top_k": 2, "thresholds": [0.0, 0.5, 1.0]}]:
            yield case(metric, args, [(y, p, None), (y, p, w)])
        yield case(metric, {"top_k": 2}, [(y[:4, :3], tied, None)])
        for args in [{"class_id": 0}, {"class_id": 3, "thresholds": [0.2, 0.6]}, {"class_id": 1, "top_k": 2}]:
            yield case(metric, args, [(y, p, None), (y, p, w)])


def curves(r):
    y, p = answers(r, 12)
    z = (y + normal(r, 12)).astype("float32")
    w = np.abs(normal(r, 12))
    yy, pp = answers(r, 6, 3)
    ww = np.abs(normal(r, 6))
    for curve in ["ROC", "PR", "PRGAIN"]:
        for method in ["interpolation", "minoring", "majoring"]:
            args = {"curve": curve, "summation_method": method}
            yield case("AUC", args | {"num_thresholds": 11}, [(y, p, None), (y, p, w), (y, p[:, None], None)])
            yield case("AUC", args | {"num_thresholds": 11, "multi_label": True}, [(yy, pp, None), (yy, pp, ww)])
        yield case("AUC", {"curve": curve}, [(y, p, None), (yy, pp, ww)])
        yield case("AUC", {"curve": curve, "num_thresholds": 5, "thresholds": [0.1, 0.15, 0.8]}, [(y, p, None), (y, p, w)])
        yield case("AUC", {"curve": curve, "num_thresholds": 11, "from_logits": True}, [(y, z, None), (y, z, w)])
    yield case("AUC", {"num_thresholds": 2}, [(y, p, None)])
    yield case("AUC", {"num_thresholds": 4, "thresholds": [1 / 3, 2 / 3]}, [(y, p, None)])
    yield case("AUC", {"num_thresholds": 11, "multi_label": True, "num_labels": 3, "label_weights": [0.5, 2.0, 1.0]}, [(yy, pp, None), (yy, pp, ww)])
    yield case("AUC", {"num_thresholds": 11, "label_weights": [0.5, 2.0, 1.0]}, [(yy, pp, None), (yy, pp, ww)])
    yield case("AUC", {"num_thresholds": 5, "thresholds": [0.1, 0.15, 0.8], "multi_label": True}, [(yy, pp, None), (yy, pp, ww)])
    yield case("AUC", {}, [(np.ones(3), p[:3], None), (np.zeros(3), p[:3], None)])
    # Outside of 0 and 1, where the last place of a threshold decides, and one step off it.
    step = np.arange(12, dtype="float32") / np.float32(11)
    edge = np.concatenate([step, np.nextafter(step, 2), np.nextafter(step, -2), [-1.0, 2.0]]).astype("float32")
    bits = r.integers(0, 2, edge.shape)
    for thresholds in [12, 200, 2]:
        yield case("AUC", {"num_thresholds": thresholds}, [(bits, edge, None)])
        yield case("SensitivityAtSpecificity", {"specificity": 0.6, "num_thresholds": thresholds}, [(bits, edge, None)])
    for metric, value in [("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity"), ("PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision")]:
        for at in [0.0, 0.4, 0.8, 1.0]:
            yield case(metric, {value: at}, [(y, p, None), (y, p, w)])
        yield case(metric, {value: 0.5, "num_thresholds": 1, "name": "mine"}, [(y, p, None)])
        yield case(metric, {value: 0.5, "num_thresholds": 11, "class_id": 1}, [(yy, pp, None), (yy, pp, ww)])


def scores(r):
    y, p = answers(r, 6, 3)
    hot = np.eye(3, dtype="float32")[r.integers(0, 3, 6)]
    w = np.abs(normal(r, 6))
    nothing = np.zeros((2, 3), "float32")
    for average in [None, "micro", "macro", "weighted"]:
        for more in [{}, {"threshold": 0.4}]:
            args = {"average": average} | more
            yield case("F1Score", args, [(y, p, None), (hot, p, w), (y[:2], nothing, None)])
            yield case("FBetaScore", args | {"beta": 0.5}, [(y, p, None), (hot, p, w)])
            yield case("FBetaScore", args | {"beta": 2.0}, [(y, p, w)])
    for aggregation in ["uniform_average", "variance_weighted_average", None]:
        a, b = normal(r, 8, 2), normal(r, 8, 2)
        args = {"class_aggregation": aggregation}
        updates = [(a, a + b * 0.3, None), (b, a * 0.1 + b, np.abs(normal(r, 8)))]
        yield case("R2Score", args, updates)
        yield case("R2Score", args | {"num_regressors": 3}, updates)
        yield case("R2Score", args | {"num_regressors": 40}, updates)
    yield case("R2Score", {}, [(normal(r, 5), normal(r, 5, 1), None), (normal(r, 5, 1), normal(r, 5, 1), np.abs(normal(r, 5, 1)))])
    # A target that does not vary: minus infinity counts as 0, nothing of nothing is not a number.
    yield case("R2Score", {"class_aggregation": None}, [(np.full((3, 2), 2.0, "float32"), np.array([[2, 1], [2, 2], [2, 3]], "float32"), None)])


def regions(r):
    n = 9
    y, p = r.integers(0, 3, n), r.integers(0, 3, n)
    w = r.integers(0, 4, n).astype("float32")
    half = (w / 2).astype("float32")
    images = [r.integers(0, 3, (2, 2, 2)) for _ in range(2)]
    soft = r.random((n, 3)).astype("float32")
    hot = np.eye(3, dtype="float32")[y]
    for dtype in [{}, {"dtype": "float32"}]:
        yield case("IoU", {"num_classes": 3, "target_class_ids": [0, 2]} | dtype, [(y, p, None), (y, p, w), (y, p, half), (*images, None)])
    yield case("IoU", {"num_classes": 4, "target_class_ids": [3]}, [(y, p, None)])
    yield case("IoU", {"num_classes": 2, "target_class_ids": [0, 1]}, [(y, p, None), (y - 1, p, None), (y + 0.9, p, None)])
    yield case("MeanIoU", {"num_classes": 3}, [(y, p, None), (y, p, w), (y[:, None], p, None), (y[:, None], p[:, None], w[:, None])])
    yield case("MeanIoU", {"num_classes": 3, "ignore_class": 1}, [(y, p, None), (y, p, w)])
    yield case("MeanIoU", {"num_classes": 3, "ignore_class": -1, "sparse_y_pred": False}, [(y - 1, soft, None), (y, soft, w)])
    yield case("MeanIoU", {"num_classes": 5, "sparse_y_true": False}, [(hot, p, None)])
    for dtype in [{}, {"dtype": "float32"}]:
        yield case("BinaryIoU", {"threshold": 0.4} | dtype, [(*answers(r, 9), None), (*answers(r, 9), half), (*answers(r, 9, 1), None)])
    yield case("BinaryIoU", {"target_class_ids": [1]}, [(*answers(r, 2, 3, 1), None)])
    yield case("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}, [(hot, soft, None), (hot, soft, w)])
    yield case("OneHotIoU", {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": True, "name": "mine"}, [(hot, p, None)])
    yield case("OneHotMeanIoU", {"num_classes": 3}, [(hot, soft, None), (hot.reshape(3, 3, 3), soft.reshape(3, 3, 3), None), (hot, soft, w)])
    yield case("OneHotMeanIoU", {"num_classes": 3, "ignore_class": 0, "axis": 0}, [(hot.T, soft.T, None)])


def wrapped(r):
    """Functions as metrics."""
    a, b, w = normal(r, 5, 3), normal(r, 5, 3), np.abs(normal(r, 5))
    for function, args in [("huber", {}), ("huber", {"delta": 0.5}), ("mean_absolute_error", {"name": "mine"}), ("cosine_similarity", {"axis": 0})]:
        weight = None if "axis" in args else w
        made = case("MeanMetricWrapper", {"fn": getattr(keras.losses, function)} | args, [(a, b, None), (b, a, weight)])
        yield made | {"args": {"fn": function} | args}


REFUSED = [
    ("Precision", {"thresholds": 1.5}),
    ("Recall", {"thresholds": [0.5, -0.1]}),
    ("TruePositives", {"thresholds": [0.5, 2]}),
    ("AUC", {"num_thresholds": 1}),
    ("AUC", {"curve": "ROCK"}),
    ("AUC", {"summation_method": "mean"}),
    ("AUC", {"num_labels": 2}),
    ("SensitivityAtSpecificity", {"specificity": 1.1}),
    ("SpecificityAtSensitivity", {"sensitivity": -0.1}),
    ("PrecisionAtRecall", {"recall": 2.0}),
    ("RecallAtPrecision", {"precision": -1.0}),
    ("RecallAtPrecision", {"precision": 0.5, "num_thresholds": 0}),
    ("SensitivityAtSpecificity", {}),
    ("F1Score", {"average": "mean"}),
    ("F1Score", {"threshold": 0.0}),
    ("FBetaScore", {"beta": 0.0}),
    ("FBetaScore", {"threshold": 1.5}),
    ("R2Score", {"class_aggregation": "mean"}),
    ("R2Score", {"num_regressors": -1}),
    ("IoU", {"num_classes": 2, "target_class_ids": [2]}),
    ("IoU", {"num_classes": 2}),
    ("MeanIoU", {}),
    ("BinaryIoU", {"target_class_ids": [2]}),
    ("MeanMetricWrapper", {}),
]


def refusals():
    out = []
    for metric, args in REFUSED:
        try:
            getattr(keras.metrics, metric)(**args)
            raise AssertionError(f"{metric} accepts {args}")
        except (ValueError, TypeError) as error:
            out.append({"metric": metric, "args": args, "message": str(error)})
    return out


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
    r = rng(9)
    cases = [*metrics(rng(5)), *means(r), *confusions(r), *curves(r), *scores(r), *regions(r), *wrapped(r)]
    notes = [
        "results[i] is result() after update i; values are (y_true, y_pred), for Mean and Sum (values,).",
        "resolution: `accuracy` and `crossentropy` by shapes, each [class or function, name in the logs].",
        "logs: pairs in the order Keras gives them; evaluate runs batches of 3 over 8 samples.",
    ]
    write("metrics.json", cases, notes, refused=refusals(), resolution=resolution(), names=names(), logs=logs())
