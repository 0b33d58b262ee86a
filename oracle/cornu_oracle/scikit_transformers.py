"""What scikit-learn's scalers, encoders, imputers and column transformers make of tables."""

import numpy as np
import pandas as pd
import sklearn
from sklearn import impute as I
from sklearn import preprocessing as P
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline

from .common import number, rng, tensor, write

NAN = float("nan")


def column(values):
    values = np.asarray(values, dtype=object if any(isinstance(v, str) for v in values) else None)
    if values.dtype.kind == "O":
        return {"strings": [v if isinstance(v, str) else None for v in values]}
    return {"ints" if values.dtype.kind == "i" else "floats": [number(v) for v in values]}


def table(frame):
    return {"names": list(frame.columns), "columns": [column(frame[c].tolist()) for c in frame.columns]}


def case(name, make, args, train, other=None, inverse=False, names=True):
    transformer = make(args)
    transformer.fit(train)
    out = {"name": name, "args": args, "train": table(train), "outputs": []}
    for x in [train] + ([] if other is None else [other]):
        y = transformer.transform(x)
        y = y.toarray() if hasattr(y, "toarray") else np.asarray(y)
        strings = y.dtype.kind == "O" and any(isinstance(v, str) for v in y.ravel())
        columns = [column(y[:, i].tolist()) for i in range(y.shape[1])] if strings else None
        out["outputs"].append({
            "x": table(x),
            "names": list(transformer.get_feature_names_out()) if names else None,
            "columns": columns,
            "y": None if strings else tensor(y.astype("float64")),
            "inverse": tensor(transformer.inverse_transform(y).astype("float64")) if inverse else None,
        })
    return out


def numbers(seed, n=12, missing=True):
    r = rng(seed)
    x = pd.DataFrame({
        "a": r.normal(3, 2, n),
        "b": np.round(r.exponential(100, n), 1),
        "constant": np.full(n, 7.3),
        "count": r.integers(0, 5, n),
        "zero": np.zeros(n),
    })
    if missing:
        x.loc[[1, 4], "a"] = NAN
        x.loc[0, "b"] = NAN
    return x


def words(n=14, seed=3, missing=True):
    r = rng(seed)
    x = pd.DataFrame({
        "city": r.choice(["Oslo", "Paris", "Rome", "Århus"], n, p=[0.5, 0.25, 0.15, 0.1]).astype(object),
        "size": r.choice([1, 2, 3], n),
        "weight": r.choice([0.5, 1.5], n),
    })
    if missing:
        x.loc[2, "city"] = NAN
        x.loc[5, "weight"] = NAN
    return x


def scalers():
    train, other = numbers(1), numbers(2)
    for args in [{}, {"with_mean": False}, {"with_std": False}]:
        yield case("StandardScaler", lambda a: P.StandardScaler(**a), args, train, other, inverse=True)
    for args in [{}, {"feature_range": (-1, 3)}, {"clip": True}]:
        yield case("MinMaxScaler", lambda a: P.MinMaxScaler(**a), args, train, other, inverse=True)
    yield case("MaxAbsScaler", lambda a: P.MaxAbsScaler(**a), {}, train, other, inverse=True)
    for args in [{}, {"with_centering": False}, {"with_scaling": False}, {"quantile_range": (10.0, 90.0)}]:
        yield case("RobustScaler", lambda a: P.RobustScaler(**a), args, train, other, inverse=True)
    whole = numbers(5, missing=False)
    for norm in ["l1", "l2", "max"]:
        yield case("Normalizer", lambda a: P.Normalizer(**a), {"norm": norm}, whole, numbers(6, missing=False))


def encoders():
    train = words()
    rare = words(40, 8)
    hot = lambda a: P.OneHotEncoder(**a)  # noqa: E731
    yield case("OneHotEncoder", hot, {}, train, train.iloc[::-1])
    yield case("OneHotEncoder", hot, {"drop": "first"}, train)
    yield case("OneHotEncoder", hot, {"drop": "if_binary"}, words(9, 1, missing=False))
    new = pd.DataFrame({"city": ["Bonn", "Oslo"], "size": [9, 1], "weight": [0.25, 0.5]})
    yield case("OneHotEncoder", hot, {"handle_unknown": "ignore"}, train, new)
    for args in [{"min_frequency": 8}, {"min_frequency": 0.2}, {"max_categories": 2}, {"max_categories": 3, "min_frequency": 4}, {"max_categories": 1}]:
        yield case("OneHotEncoder", hot, {"handle_unknown": "infrequent_if_exist"} | args, rare, new)
    ordinal = lambda a: P.OrdinalEncoder(**a)  # noqa: E731
    yield case("OrdinalEncoder", ordinal, {}, train, train.iloc[::-1])
    yield case("OrdinalEncoder", ordinal, {"handle_unknown": "use_encoded_value", "unknown_value": -1}, train, new)
    yield case("OrdinalEncoder", ordinal, {"encoded_missing_value": -2}, train)


def imputers():
    train, other = numbers(1), numbers(2)
    other.loc[3, "a"] = NAN
    for strategy in ["mean", "median", "most_frequent", "constant"]:
        for extra in [{}, {"add_indicator": True}]:
            yield case("SimpleImputer", lambda a: I.SimpleImputer(**a), {"strategy": strategy} | extra, train, other)
    yield case("SimpleImputer", lambda a: I.SimpleImputer(**a), {"strategy": "constant", "fill_value": -1.5}, train)
    empty = train.assign(a=NAN)
    yield case("SimpleImputer", lambda a: I.SimpleImputer(**a), {}, empty)
    yield case("SimpleImputer", lambda a: I.SimpleImputer(**a), {"keep_empty_features": True}, empty)
    cities = words()[["city"]]
    for args in [{"strategy": "most_frequent"}, {"strategy": "constant"}, {"strategy": "constant", "fill_value": "?"}]:
        yield case("SimpleImputer", lambda a: I.SimpleImputer(**a), args, cities)


def several():
    both = pd.concat([numbers(1, 14), words()], axis=1)
    other = pd.concat([numbers(4, 14), words(14, 3)], axis=1)[["city", "count", "zero", "b", "size", "a", "constant", "weight"]]
    make = lambda a: ColumnTransformer(  # noqa: E731
        [
            ("num", Pipeline([("fill", I.SimpleImputer(strategy="median", add_indicator=True)), ("scale", P.StandardScaler())]), ["b", "a"]),
            ("cat", P.OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("kept", "passthrough", ["count"]),
        ],
        **a,
    )
    yield case("ColumnTransformer", make, {}, both, other)
    yield case("ColumnTransformer", make, {"verbose_feature_names_out": False}, both)
    yield case("ColumnTransformer", make, {"remainder": "passthrough"}, both)


TEXTS = ["A red fish, a blue fish!", "One fish two fish", "Red_wine and 42 fish", "", "BLUE moon über alles", "moon moon"]


def tfidf(args):
    vectorizer = TfidfVectorizer(**args).fit(TEXTS)
    return {
        "name": "TfidfVectorizer",
        "args": args,
        "texts": TEXTS,
        "words": list(vectorizer.get_feature_names_out()),
        "y": tensor(vectorizer.transform(TEXTS).toarray()),
    }


def main():
    cases = [*scalers(), *encoders(), *imputers(), *several()]
    cases += [tfidf(a) for a in [{}, {"lowercase": False}, {"min_df": 2}, {"min_df": 0.34}, {"use_idf": False}, {"max_features": 2}]]
    notes = ["Each transformer is fitted to `train`; `outputs` are what it makes of tables `x`, the first of which is `train`."]
    write("scikit_transformers.json", cases, notes, scikit_learn=sklearn.__version__)
