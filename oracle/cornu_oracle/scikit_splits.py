"""Splits, cross-validation and scores as scikit-learn makes them."""

import numpy as np
import sklearn
from sklearn import metrics as M
from sklearn import model_selection as S
from sklearn.linear_model import LinearRegression

from .common import number, rng, tensor, write

WORDS = ["no", "yes", "maybe", "ä"]


def labels(kind, n, classes, seed):
    drawn = rng(seed).choice(classes, size=n, p=(p := np.arange(classes, 0, -1)) / p.sum())
    drawn[: 2 * classes] = np.repeat(np.arange(classes), 2)
    return np.array(WORDS)[drawn] if kind == "str" else drawn.astype(kind)


def plain(y):
    return {"strings": y.tolist()} if y.dtype.kind == "U" else tensor(y)


def indices(array):
    return np.asarray(array).tolist()


def splitter(name, y, **args):
    splits = getattr(S, name)(**args).split(np.zeros(len(y)), y)
    return {
        "kind": "splitter",
        "name": name,
        "args": args,
        "y": plain(y),
        "splits": [{"train": indices(a), "test": indices(b)} for a, b in splits],
    }


def train_test(n, stratify=None, **args):
    train, test = S.train_test_split(np.arange(n), stratify=stratify, **args)
    return {
        "kind": "train_test_split",
        "n": n,
        "args": args,
        "stratify": None if stratify is None else plain(stratify),
        "train": indices(train),
        "test": indices(test),
    }


def splits():
    for n, k in [(10, 2), (11, 3), (23, 5), (7, 7)]:
        y = labels("int64", n, 2, n)
        yield splitter("KFold", y, n_splits=k)
        yield splitter("KFold", y, n_splits=k, shuffle=True, random_state=k)
    for kind, n, classes, k in [("int64", 20, 2, 3), ("float64", 31, 3, 5), ("str", 40, 4, 4), ("int64", 17, 3, 2)]:
        y = labels(kind, n, classes, n)
        yield splitter("StratifiedKFold", y, n_splits=k)
        yield splitter("StratifiedKFold", y[::-1].copy(), n_splits=k)
        yield splitter("StratifiedKFold", y, n_splits=k, shuffle=True, random_state=42)
        for args in [{}, {"test_size": 0.3}, {"train_size": 6, "test_size": 7}, {"train_size": 0.5}]:
            yield splitter("ShuffleSplit", y, n_splits=3, random_state=n, **args)
            if args:
                yield splitter("StratifiedShuffleSplit", y, n_splits=3, random_state=n, **args)
    for n, args in [
        (10, {}),
        (150, {"test_size": 0.2, "random_state": 42}),
        (13, {"test_size": 5, "random_state": 0}),
        (13, {"train_size": 0.4, "test_size": 0.3, "random_state": 1}),
        (13, {"train_size": 4, "random_state": 4294967295}),
        (9, {"shuffle": False}),
        (9, {"shuffle": False, "test_size": 4, "train_size": 3}),
    ]:
        yield train_test(n, **({"random_state": 7} | args if args.get("shuffle", True) else args))
    for kind, n, classes in [("int64", 150, 3), ("str", 41, 4), ("float64", 30, 2)]:
        for args in [{}, {"test_size": 0.2}, {"train_size": 10, "test_size": 9}]:
            yield train_test(n, stratify=labels(kind, n, classes, n + 1), random_state=n, **args)


def cross_validation():
    r = rng(5)
    x = r.normal(size=(30, 3))
    y = x @ [1.0, -2.0, 0.5] + 0.3 * r.normal(size=30)
    for scoring in [None, "r2", "neg_mean_squared_error", "neg_root_mean_squared_error", "neg_mean_absolute_error"]:
        scores = S.cross_val_score(LinearRegression(), x, y, cv=4, scoring=scoring)
        predicted = S.cross_val_predict(LinearRegression(), x, y, cv=S.KFold(4, shuffle=True, random_state=3))
        yield {
            "kind": "cross_validation",
            "x": tensor(x),
            "y": tensor(y),
            "scoring": scoring,
            "scores": [number(s) for s in scores],
            "predicted": tensor(predicted),
        }


AVERAGES = ["micro", "macro", "weighted"]


def classification(kind, n, classes, seed, names=None):
    y, answers = labels(kind, n, classes, seed), labels(kind, n, classes, seed + 1)
    keep = rng(seed).random(n) < 0.6
    answers = np.where(keep, y, answers)
    if seed % 2:
        answers = np.where(answers == answers.max(), answers.min(), answers)
    weight = rng(seed + 2).random(n)
    averages = AVERAGES + (["binary"] if kind != "str" and set(y) | set(answers) <= {0, 1} else [])
    score = lambda f, a: number(f(y, answers, average=a, zero_division=0))  # noqa: E731
    p, r, f, s = M.precision_recall_fscore_support(y, answers, zero_division=0)
    subset = np.unique(y)[::-1][:2]
    return {
        "kind": "classification",
        "y_true": plain(y),
        "y_pred": plain(answers),
        "sample_weight": tensor(weight),
        "accuracy": number(M.accuracy_score(y, answers)),
        "confusion_matrix": tensor(M.confusion_matrix(y, answers)),
        "weighted_matrix": tensor(M.confusion_matrix(y, answers, sample_weight=weight)),
        "normalized": {k: tensor(M.confusion_matrix(y, answers, normalize=k)) for k in ["true", "pred", "all"]},
        "labels": plain(subset),
        "of_labels": tensor(M.confusion_matrix(y, answers, labels=subset)),
        "precision": {a: score(M.precision_score, a) for a in averages},
        "recall": {a: score(M.recall_score, a) for a in averages},
        "f1": {a: score(M.f1_score, a) for a in averages},
        "by_class": {"precision": tensor(p), "recall": tensor(r), "f1": tensor(f), "support": tensor(s)},
        "target_names": names,
        "report": M.classification_report(y, answers, zero_division=0),
        "named_report": M.classification_report(y, answers, target_names=names, digits=4, zero_division=0) if names else None,
    }


def regression(shape, seed):
    r = rng(seed)
    y = r.normal(size=shape)
    answers = y + 0.5 * r.normal(size=shape)
    if seed == 3:
        y = np.full(shape, 2.0)
    if seed == 4:
        answers = y = np.full(shape, 2.0)
    return {
        "kind": "regression",
        "y_true": tensor(y),
        "y_pred": tensor(answers),
        "r2": number(M.r2_score(y, answers)),
        "mse": number(M.mean_squared_error(y, answers)),
        "rmse": number(M.root_mean_squared_error(y, answers)),
        "mae": number(M.mean_absolute_error(y, answers)),
    }


def roc_auc(classes, n, seed):
    y = labels("int64", n, classes, seed)
    scores = np.round(rng(seed).random((n, classes)) + np.eye(classes)[y] * 0.4, 1)
    scores = scores / scores.sum(1, keepdims=True) if classes > 2 else np.round(scores[:, 1] - scores[:, 0], 1)
    area = M.roc_auc_score(y, scores, multi_class="ovr") if classes > 2 else M.roc_auc_score(y, scores)
    return {"kind": "roc_auc", "y_true": tensor(y), "y_score": tensor(scores), "area": number(area)}


def main():
    cases = [*splits(), *cross_validation()]
    cases += [
        classification("int64", 40, 2, 10, ["no", "yes"]),
        classification("int64", 25, 3, 11, ["a", "a class with a long name", "c"]),
        classification("str", 60, 4, 12),
        classification("float64", 33, 3, 13),
        classification("bool", 21, 2, 14),
    ]
    cases += [regression(s, i) for i, s in enumerate([(9,), (12, 3), (7, 1), (5,), (6,)])]
    cases += [roc_auc(2, 30, 1), roc_auc(3, 40, 2), roc_auc(4, 60, 3), roc_auc(2, 9, 4)]
    notes = ["`kind` says which function; indices are rows. `roc_auc` of several classes is `multi_class=\"ovr\"`."]
    write("scikit_splits.json", cases, notes, scikit_learn=sklearn.__version__)
