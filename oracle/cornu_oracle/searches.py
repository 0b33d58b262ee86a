"""scikit-learn's grids in their order, and what GridSearchCV reports of an estimator whose scores are known."""

import warnings

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GridSearchCV, KFold, ParameterGrid

from .common import plain, write
from .tuner import TUNER_FIXTURES

GRIDS = [
    {"b": [1, 2], "a": ["x", "y", "z"], "c": [True, False]},
    [{"a": [1, 2]}, {"b": [0.5], "a": [3]}, {}],
]


class Known(RegressorMixin, BaseEstimator):
    """Fails for a = 13; scores what whole numbers give exactly."""

    def __init__(self, a=1, b=0):
        self.a, self.b = a, b

    def fit(self, x, y):
        if self.a == 13:
            raise ValueError("13 is not to be had")
        return self

    def predict(self, x):
        return np.zeros(len(x))

    def score(self, x, y):
        return float((self.a * x.sum() + self.b) % 7)


def results(name, grid, folds, **arguments):
    x = np.arange(10.0).reshape(10, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = GridSearchCV(Known(), grid, cv=KFold(folds), **arguments).fit(x, x[:, 0])
    timed = ("fit_time", "score_time")
    columns = {k: v for k, v in search.cv_results_.items() if not k.endswith(timed) and not k.startswith("param")}
    return {
        "kind": "results",
        "name": name,
        "grid": grid,
        "folds": folds,
        "arguments": arguments,
        "order": list(search.cv_results_),
        "params": plain(search.cv_results_["params"]),
        "columns": {k: plain(list(v)) for k, v in columns.items()},
        "best_index": int(search.best_index_),
        "best_params": plain(search.best_params_),
        "best_score": plain(search.best_score_),
    }


def main():
    cases = [{"kind": "grid", "grid": g, "order": plain(list(ParameterGrid(g)))} for g in GRIDS]
    cases += [
        results("ties", {"a": [1, 8, 2, 3], "b": [0, 7]}, 2, return_train_score=True),
        results("failures", {"a": [13, 1, 2, 13, 5]}, 3),
        results("score_of_errors", {"a": [13, 1, 2]}, 5, error_score=-1.5),
    ]
    write(TUNER_FIXTURES / "searches.json", cases, scikit_learn=sklearn.__version__)


if __name__ == "__main__":
    main()
