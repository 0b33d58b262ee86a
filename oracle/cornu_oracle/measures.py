"""Twenty steps of training by each loss, measured by each metric, with and without sample weights and masks."""

import warnings

import numpy as np
import keras

from .common import fresh, normal, plain, rng, tensor, tensors, write

L = keras.layers
N, BATCH, EPOCHS = 40, 8, 4


def data():
    r = rng(21)
    x = normal(r, N, 4)
    score = x @ normal(r, 4, 3) + normal(r, N, 3, scale=0.2)
    classes = score.argmax(-1)
    steps = normal(r, N, 6, 4)
    # Steps of zeros are masked: the last ones of some samples.
    steps[np.arange(6)[None, :] >= r.integers(3, 7, N)[:, None]] = 0.0
    spoken = steps @ normal(r, 4, 3)
    labels = r.integers(1, 4, (N, 2))
    labels[::3, 1] = 0
    return {
        "x": x,
        "steps": steps,
        "real": score.astype("float32"),
        "counts": np.floor(np.exp(np.clip(score, -2, 2))).astype("float32"),
        "shares": (np.exp(score) / np.exp(score).sum(-1, keepdims=True)).astype("float32"),
        "bits": (score > 0).astype("float32"),
        "bit": (score[:, :1] > 0).astype("int64"),
        "ints": classes.astype("int32"),
        "hot": np.eye(3, dtype="float32")[classes],
        "spoken": spoken.astype("float32"),
        "spoken_ints": spoken.argmax(-1).astype("int32"),
        "spoken_bits": (spoken > 0).astype("float32"),
        "labels": labels.astype("int32"),
        "weight": r.integers(0, 4, N).astype("float32"),
        "step_weight": (0.5 + r.uniform(0, 1.5, (N, 6))).astype("float32"),
    }


def ends(*layers):
    return lambda: keras.Sequential([keras.Input((4,)), L.Dense(5, activation="tanh"), *[make() for make in layers]])


def through_steps(units, activation=None, mask=True):
    masking = [L.Masking()] if mask else []
    return lambda: keras.Sequential([keras.Input((6, 4)), *masking, L.Dense(5, activation="tanh"), L.Dense(units, activation=activation)])


MODELS = {
    "linear": ends(lambda: L.Dense(3)),
    "softplus": ends(lambda: L.Dense(3, activation="softplus")),
    "sigmoid": ends(lambda: L.Dense(3, activation="sigmoid")),
    "single": ends(lambda: L.Dense(1, activation="sigmoid")),
    "softmax": ends(lambda: L.Dense(3, activation="softmax")),
    "unit": ends(lambda: L.Dense(3), lambda: L.UnitNormalization()),
    "steps": through_steps(4, mask=False),
    "masked": through_steps(3),
    "masked_softmax": through_steps(3, "softmax"),
    "masked_sigmoid": through_steps(3, "sigmoid"),
}

# Steps of a percentage are large.
RATES = {"MeanAbsolutePercentageError": 0.0005}

REGRESSION = "mse mae mape msle root_mean_squared_error cosine_similarity log_cosh_error r2_score pearson_correlation concordance_correlation hinge squared_hinge".split()
M = keras.metrics
BINARY = [
    lambda: M.TruePositives(),
    lambda: M.FalsePositives(thresholds=[0.3, 0.6]),
    lambda: M.TrueNegatives(),
    lambda: M.FalseNegatives(),
    lambda: M.Precision(),
    lambda: M.Recall(thresholds=[0.3, 0.5]),
    lambda: M.AUC(),
    lambda: M.AUC(name="pr", curve="PR", num_thresholds=50),
    lambda: M.AUC(name="gain", curve="PRGAIN", summation_method="majoring"),
    lambda: M.SensitivityAtSpecificity(0.5),
    lambda: M.SpecificityAtSensitivity(0.5),
    lambda: M.PrecisionAtRecall(0.5),
    lambda: M.RecallAtPrecision(0.5),
    lambda: M.BinaryIoU(),
]
BITS = ["binary_accuracy", "binary_crossentropy", lambda: M.Accuracy(), *BINARY, lambda: M.F1Score(threshold=0.5), lambda: M.FBetaScore(beta=2.0, average="macro", threshold=0.5), lambda: M.AUC(name="labels", multi_label=True, num_labels=3)]
CLASSES = [
    "categorical_accuracy",
    "categorical_crossentropy",
    lambda: M.Precision(top_k=2, name="top"),
    lambda: M.Recall(class_id=1, name="one"),
    lambda: M.F1Score(),
    lambda: M.FBetaScore(average="weighted", beta=0.5),
    lambda: M.OneHotIoU(3, [0, 2]),
    lambda: M.OneHotMeanIoU(3),
    lambda: M.TopKCategoricalAccuracy(k=2),
]
SPARSE = ["sparse_categorical_accuracy", "sparse_categorical_crossentropy", lambda: M.IoU(3, [0, 1], sparse_y_pred=False), lambda: M.MeanIoU(3, sparse_y_pred=False), lambda: M.SparseTopKCategoricalAccuracy(k=2)]


def cases():
    """(loss, its arguments, model, targets, metrics)"""
    yield "MeanSquaredError", {}, "linear", "real", REGRESSION
    yield "MeanAbsoluteError", {}, "linear", "real", []
    yield "MeanAbsolutePercentageError", {}, "linear", "shares", []
    yield "MeanSquaredLogarithmicError", {}, "softplus", "counts", ["msle", "poisson"]
    yield "Huber", {"delta": 0.5}, "linear", "real", [lambda: M.R2Score(class_aggregation=None), lambda: M.MeanMetricWrapper(keras.losses.huber, name="huber")]
    yield "LogCosh", {}, "linear", "real", []
    yield "CosineSimilarity", {}, "linear", "real", []
    yield "Poisson", {}, "softplus", "counts", []
    yield "KLDivergence", {}, "softmax", "shares", ["kl_divergence"]
    yield "Hinge", {}, "linear", "bits", ["hinge"]
    yield "SquaredHinge", {}, "linear", "bits", ["squared_hinge"]
    yield "CategoricalHinge", {}, "softmax", "hot", ["categorical_hinge"]
    yield "BinaryCrossentropy", {}, "single", "bit", ["accuracy", *BINARY]
    yield "BinaryFocalCrossentropy", {"apply_class_balancing": True}, "sigmoid", "bits", BITS
    yield "CategoricalCrossentropy", {}, "softmax", "hot", CLASSES
    yield "CategoricalFocalCrossentropy", {"label_smoothing": 0.1}, "softmax", "hot", []
    yield "CategoricalGeneralizedCrossEntropy", {"q": 0.7}, "softmax", "ints", SPARSE
    yield "SparseCategoricalCrossentropy", {"ignore_class": 1}, "softmax", "ints", []
    yield "CTC", {}, "steps", "labels", []
    yield "Dice", {}, "sigmoid", "bits", []
    yield "Tversky", {"alpha": 0.3, "beta": 0.7, "axis": [1]}, "sigmoid", "bits", []
    yield "Circle", {"gamma": 8.0}, "unit", "ints", []
    # What is masked does not count in the loss, nor in the means of functions; all else counts it.
    yield "MeanSquaredError", {}, "masked", "spoken", ["mse", "mae", "root_mean_squared_error", "cosine_similarity"]
    yield "SparseCategoricalCrossentropy", {}, "masked_softmax", "spoken_ints", ["accuracy", lambda: M.MeanIoU(3, sparse_y_pred=False)]
    yield "BinaryCrossentropy", {}, "masked_sigmoid", "spoken_bits", ["binary_accuracy", lambda: M.Precision(), lambda: M.AUC()]


def made(metrics):
    return [m if isinstance(m, str) else m() for m in metrics]


def run(case, weighted, arrays, initial):
    loss, args, model, y, metrics = case
    fresh()
    m = MODELS[model]()
    m.set_weights(initial[model])
    over_steps = model.startswith("masked")
    x = arrays["steps" if over_steps or model == "steps" else "x"]
    chosen = made(metrics)
    # Keras' IoU takes one weight an element, and none a sample of several.
    if weighted and (over_steps or model == "sigmoid"):
        chosen = [c for c in chosen if not isinstance(c, M.IoU)]
    what = "weighted_metrics" if weighted else "metrics"
    given = plain([keras.saving.serialize_keras_object(c) if not isinstance(c, str) else c for c in chosen])
    rate = RATES.get(loss, 0.05)
    m.compile(keras.optimizers.SGD(rate), getattr(keras.losses, loss)(**args), **{what: chosen})
    weight = ("step_weight" if over_steps else "weight") if weighted else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = m.fit(x, arrays[y], sample_weight=weight and arrays[weight], batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    values = {k: [plain(list(np.asarray(v))) if np.ndim(v) else plain(v) for v in vs] for k, vs in history.history.items()}
    return {
        "loss": loss,
        "args": plain(args),
        "rate": rate,
        "model": model,
        "x": "steps" if x is arrays["steps"] else "x",
        "y": y,
        what: given,
        "sample_weight": weight,
        "history": list(values.items()),
        "weights": tensors(m.get_weights()),
    }


def main():
    arrays = data()
    initial = {}
    for name, make in MODELS.items():
        fresh()
        r = rng(len(name))
        initial[name] = [normal(r, *w.shape, scale=0.5) for w in make().weights]
    out = [run(case, weighted, arrays, initial) for case in cases() for weighted in [False, True]]
    notes = [
        f"fit(batch_size={BATCH}, epochs={EPOCHS}, shuffle=False) with SGD(rate) on {N} samples: 20 steps from `initial`.",
        "history: [name, value per epoch]; a metric that says several numbers has a list per epoch. weights: after fit.",
    ]
    write("measures.json", out, notes, data={k: tensor(v) for k, v in arrays.items()}, initial={k: tensors(v) for k, v in initial.items()})
