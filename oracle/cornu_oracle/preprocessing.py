"""Layers that learn from data or work on strings: what they learn, give and write; a file with all of them."""

from .common import fresh, normal, plain, rng, save_keras, tensor, tensors, write

import numpy as np
import tensorflow as tf
import keras

L = keras.layers

NOTES = [
    "`made` is the layer as Keras writes it when it is made, `learned` after `adapt` to `adapt` or `set_vocabulary` to `set`.",
    "Strings are tensors of dtype `string`. `inputs` is a list, also of one; `output` is what the layer gives for them.",
    "`vocabulary` is get_vocabulary(), with and without special tokens; `statistics` are mean and variance.",
    "refused: Keras raises `error` where the layer is made, adapted or called.",
]


def data(value):
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        text = [x.decode() if isinstance(x, bytes) else str(x) for x in array.reshape(-1)]
        return {"shape": list(array.shape), "dtype": "string", "data": text}
    return tensor(array)


def written(layer):
    return plain(keras.saving.serialize_keras_object(layer))


def case(make, *inputs, adapt=None, vocabulary=None, named=None):
    fresh()
    layer = make()
    found = {"class": type(layer).__name__, "made": written(layer)}
    if adapt is not None:
        layer.adapt(tf.constant(adapt) if np.asarray(adapt).dtype.kind in "OSU" else np.asarray(adapt))
        found["adapt"] = data(adapt)
    if vocabulary is not None:
        layer.set_vocabulary(*vocabulary)
        found["set"] = plain(list(vocabulary))
    found["learned"] = written(layer)
    if hasattr(layer, "get_vocabulary"):
        kind = "int64" if isinstance(layer, L.IntegerLookup) else object
        get = lambda special: data(np.array(layer.get_vocabulary(include_special_tokens=special), dtype=kind))
        found["vocabulary"] = [get(True), get(False)]
    values = [tf.constant(x) for x in inputs]
    named = named or {}
    y = layer(values if len(values) > 1 else values[0], **{name: tf.constant(value) for name, value in named.items()})
    if isinstance(layer, L.Normalization):
        found["statistics"] = tensors([layer.mean.numpy().reshape(-1), layer.variance.numpy().reshape(-1)])
    found["inputs"] = [data(x) for x in inputs]
    found["named"] = {name: data(value) for name, value in named.items()}
    found["output"] = data(y.numpy())
    return found


def refused(make, x, adapt=None):
    """A layer that Keras refuses to adapt or call."""
    fresh()
    layer = make()
    found = {"class": type(layer).__name__, "config": plain(layer.get_config()), "inputs": [data(x)]}
    try:
        if adapt is not None:
            found["adapt"] = data(adapt)
            layer.adapt(tf.constant(adapt))
        layer(tf.constant(x))
    except Exception as error:
        return {**found, "error": str(error)[:200]}
    raise AssertionError(f"Keras takes {found}")


def unmade(cls, **config):
    """A layer that Keras refuses to make."""
    fresh()
    try:
        cls(**config)
    except (ValueError, TypeError) as error:
        return {"class": cls.__name__, "config": plain(config), "inputs": [], "error": str(error)[:200]}
    raise AssertionError(f"Keras makes {cls.__name__} of {config}")


WORDS = [["a", "c", "d"], ["d", "z", "b"], ["a", "a", ""]]
TEXTS = ["The cat sat.", "the dog  sat; THE dog!", "", "Über\tden Wolken, don't", "cat"]


def strings():
    S = L.StringLookup
    vocabulary = ["a", "b", "c", "d"]
    idf = [0.25, 0.75, 0.6, 0.4]
    x = np.array(WORDS)
    yield case(lambda: S(vocabulary=vocabulary), x)
    yield case(lambda: S(vocabulary=["[UNK]", *vocabulary], name="letters"), x)
    yield case(lambda: S(vocabulary=vocabulary, mask_token=""), x)
    yield case(lambda: S(vocabulary=["", "[UNK]", *vocabulary], mask_token=""), x)
    yield case(lambda: S(vocabulary=vocabulary, num_oov_indices=0), np.array([["a", "d"], ["c", "b"]]))
    yield case(lambda: S(vocabulary=vocabulary, num_oov_indices=3), np.array([["x", "yy", "zzz"], ["a", "uvw", "Ü"]]))
    yield case(lambda: S(vocabulary=vocabulary, num_oov_indices=3, salt=7), np.array([["x", "yy", "zzz"], ["a", "uvw", "Ü"]]))
    yield case(lambda: S(vocabulary=vocabulary, num_oov_indices=5, salt=[3, 9], mask_token="m"), np.array([["x", "m"], ["a", "uvw"]]))
    for mode in ["one_hot", "multi_hot", "count"]:
        yield case(lambda: S(vocabulary=vocabulary, output_mode=mode), x)
        yield case(lambda: S(vocabulary=vocabulary, output_mode=mode, mask_token="", num_oov_indices=2), x)
        yield case(lambda: S(vocabulary=vocabulary, output_mode=mode, max_tokens=7, pad_to_max_tokens=True), x)
    yield case(lambda: S(vocabulary=vocabulary, output_mode="one_hot"), x[:, :1])
    yield case(lambda: S(vocabulary=vocabulary, output_mode="tf_idf", idf_weights=idf), x)
    yield case(lambda: S(vocabulary=["[UNK]", *vocabulary], output_mode="tf_idf", idf_weights=[0.9, *idf]), x)
    yield case(lambda: S(vocabulary=vocabulary, output_mode="tf_idf", idf_weights=idf, max_tokens=8, pad_to_max_tokens=True), x)
    yield case(lambda: S(vocabulary=vocabulary, invert=True), np.array([[1, 3, 4], [4, 0, 9]]))
    yield case(lambda: S(vocabulary=vocabulary, invert=True, mask_token="", oov_token="?", num_oov_indices=2), np.array([[0, 1, 2], [3, 6, 7]]))
    yield case(lambda: S(), x, adapt=x)
    yield case(lambda: S(mask_token="", num_oov_indices=2), x, adapt=x)
    yield case(lambda: S(max_tokens=3), x, adapt=np.array(["z", "y", "y", "x", "x", "é"]))
    yield case(lambda: S(output_mode="multi_hot", max_tokens=9, pad_to_max_tokens=True), x, adapt=x)
    yield case(lambda: S(output_mode="tf_idf"), x, adapt=x)
    yield case(lambda: S(output_mode="tf_idf", mask_token="a", max_tokens=8, pad_to_max_tokens=True), x, adapt=x)
    yield case(lambda: S(output_mode="tf_idf"), x, adapt=np.array(["a", "b", "a"]))
    yield case(lambda: S(oov_token="[OOV]", invert=True), np.array([[0, 1, 2]]), adapt=np.array(["[OOV]", "b", "b", "a"]))
    yield case(lambda: S(), x, vocabulary=(["d", "c"],))
    yield case(lambda: S(output_mode="tf_idf"), x, vocabulary=(["d", "c"], [0.5, 1.5]))


def integers():
    I = L.IntegerLookup
    vocabulary = [12, 36, 1138, 42]
    x = np.array([[12, 1138, 42], [42, 1000, 36]])
    large = 2**53
    yield case(lambda: I(vocabulary=vocabulary), x)
    yield case(lambda: I(vocabulary=[large + 1, large + 3, -(2**40)]), np.array([[large + 1, large + 2], [large + 3, -(2**40)]]))
    yield case(lambda: I(vocabulary=vocabulary, mask_token=0), np.array([[0, 12], [42, 7]]))
    yield case(lambda: I(vocabulary=[0, -1, *vocabulary], mask_token=0, name="ids"), np.array([[0, 12], [42, 7]]))
    yield case(lambda: I(vocabulary=vocabulary, num_oov_indices=2), np.array([[37, 1000], [-3, 12]]))
    yield case(lambda: I(vocabulary=vocabulary, num_oov_indices=4, oov_method="farmhash"), np.array([[100, 104], [-108, 12]]))
    yield case(lambda: I(vocabulary=vocabulary, num_oov_indices=4, oov_method="farmhash", salt=[1, 2]), np.array([[100, 104], [-108, 12]]))
    for mode in ["one_hot", "multi_hot", "count"]:
        yield case(lambda: I(vocabulary=vocabulary, output_mode=mode), x)
    yield case(lambda: I(vocabulary=vocabulary, output_mode="tf_idf", idf_weights=[0.25, 0.75, 0.6, 0.4]), x)
    yield case(lambda: I(vocabulary=vocabulary, invert=True), np.array([[1, 3, 4], [4, 0, 2]]))
    yield case(lambda: I(), x, adapt=np.array([[12, 1138, 42], [42, 1000, 36]]))
    yield case(lambda: I(max_tokens=4, mask_token=0), np.array([[0, 7, 3]]), adapt=np.array([0, 7, 3, 3, 7, 7, -5]))
    yield case(lambda: I(output_mode="tf_idf"), x, adapt=x)


def texts():
    T = L.TextVectorization
    x = np.array(TEXTS)
    column = x.reshape(-1, 1)
    yield case(lambda: T(), column, adapt=x)
    yield case(lambda: T(), x, adapt=column)
    yield case(lambda: T(max_tokens=5, output_sequence_length=4, name="words"), column, adapt=x)
    yield case(lambda: T(output_sequence_length=2, vocabulary=["the", "cat"]), column)
    yield case(lambda: T(vocabulary=["", "[UNK]", "the", "cat"]), column)
    for standardize in [None, "lower", "strip_punctuation"]:
        yield case(lambda: T(standardize=standardize), column, adapt=x)
    yield case(lambda: T(split="character", output_sequence_length=9), column, adapt=x)
    yield case(lambda: T(split=None, standardize="lower"), np.array([["A", "b"], ["c", "B"]]), adapt=np.array([["a", "B"], ["b", "b"]]))
    yield case(lambda: T(split=None, ngrams=2), np.array([["A", "b"], ["c", "B"]]), adapt=np.array([["a", "B"], ["b", "b"]]))
    yield case(lambda: T(ngrams=2), column, adapt=x)
    yield case(lambda: T(ngrams=(3, 1), output_sequence_length=6), column, adapt=x)
    for mode in ["multi_hot", "count", "tf_idf"]:
        yield case(lambda: T(output_mode=mode), column, adapt=x)
        yield case(lambda: T(output_mode=mode, max_tokens=20, pad_to_max_tokens=True, ngrams=2), column, adapt=x)
    yield case(lambda: T(output_mode="tf_idf", vocabulary=["the", "cat"], idf_weights=[0.5, 2.0]), column)
    yield case(lambda: T(), column, vocabulary=(["dog", "cat"],))
    yield case(lambda: T(), np.array(["a\x0bb\x0cc\x1cd\u00a0e f"]), adapt=np.array(["a b c d e f"]))


def hashes():
    H, C = L.Hashing, L.HashedCrossing
    x = np.array([["A"], ["B"], ["C"], ["D"], ["E"]])
    # Every branch of FarmHash: lengths around 0, 4, 8, 16, 32, 64, 128.
    lengths = np.array([("abcdefghijklmnopqrstuvwxyz0123456789" * 8)[:n] for n in [0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 31, 32, 33, 63, 64, 65, 66, 127, 128, 129, 191, 192, 193, 250]])
    yield case(lambda: H(num_bins=3), x)
    yield case(lambda: H(num_bins=2**31 - 1), lengths)
    yield case(lambda: H(num_bins=2**31 - 1, salt=[133, 137]), lengths)
    yield case(lambda: H(num_bins=3, mask_value="", name="bins"), np.array([["A"], ["B"], [""], ["C"]]))
    yield case(lambda: H(num_bins=7, salt=133), x)
    yield case(lambda: H(num_bins=1, mask_value="A"), x)
    yield case(lambda: H(num_bins=1000), np.array([[1, -2], [2**40, 0]]))
    yield case(lambda: H(num_bins=5, mask_value=0), np.array([[1, 0], [3, 0]]))
    yield case(lambda: H(num_bins=5, salt=9), np.array([[1, 0], [3, 0]], "int32"))
    for mode in ["one_hot", "multi_hot", "count"]:
        yield case(lambda: H(num_bins=4, output_mode=mode), np.array([["A", "B", "A"], ["C", "D", "E"]]))
    yield case(lambda: H(num_bins=4, output_mode="one_hot"), x)
    one, two = np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])
    yield case(lambda: C(num_bins=5), one, two)
    yield case(lambda: C(num_bins=2**31 - 1), one, two)
    yield case(lambda: C(num_bins=2**31 - 1, name="crossed"), one.reshape(-1, 1), two.reshape(-1, 1), one.reshape(-1, 1))
    yield case(lambda: C(num_bins=5, output_mode="one_hot"), one, two)
    yield case(lambda: C(num_bins=5, output_mode="one_hot"), one.reshape(-1, 1), two.reshape(-1, 1))


def statistics():
    r = rng(43)
    x = normal(r, 20, 3) * np.array([1, 5, 0.1], "float32") + np.array([0, 3, -2], "float32")
    y = normal(r, 4, 3)
    N, D = L.Normalization, L.Discretization
    yield case(lambda: N(), y, adapt=x)
    yield case(lambda: N(axis=None, invert=True), y, adapt=x)
    yield case(lambda: N(axis=(1, 2)), x.reshape(5, 4, 3), adapt=x.reshape(5, 4, 3))
    yield case(lambda: N(axis=1), x.reshape(5, 4, 3), adapt=x.reshape(5, 4, 3))
    yield case(lambda: N(axis=-1), np.array([[1, 5], [3, 5]]), adapt=np.array([[1, 5], [3, 5]]))
    yield case(lambda: D(num_bins=4), y, adapt=x)
    yield case(lambda: D(num_bins=3, epsilon=0.05), y, adapt=normal(r, 333, 1))
    yield case(lambda: D(num_bins=7, epsilon=0.01, name="bins"), y, adapt=normal(r, 251))
    yield case(lambda: D(num_bins=4, output_mode="one_hot"), y, adapt=np.array([-1.5, 1.0, 3.4, 0.5, 0.0, 3.0, 1.3, 0.0], "float32"))
    yield case(lambda: D(num_bins=10, output_mode="multi_hot"), y, adapt=np.array([1.0, 2.0, 3.0], "float32"))
    yield case(lambda: D(num_bins=1, output_mode="count"), y, adapt=x)
    bounds = [0.0, 1.0, 2.0]
    for mode in ["multi_hot", "count"]:
        yield case(lambda: D(bin_boundaries=bounds, output_mode=mode), y)
    ids, weights = np.array([[0, 2, 2], [3, 1, 0]]), np.array([[0.5, 1.0, 2.0], [0.25, 3.0, 1.0]], "float32")
    yield case(lambda: L.CategoryEncoding(4, output_mode="count"), ids, named={"count_weights": weights})


def rejected():
    S, I, T, H, C = L.StringLookup, L.IntegerLookup, L.TextVectorization, L.Hashing, L.HashedCrossing
    yield unmade(S, max_tokens=1)
    yield unmade(S, pad_to_max_tokens=True)
    yield unmade(S, vocabulary=["a", "a"])
    yield unmade(S, vocabulary=["a", "b", "c"], max_tokens=3)
    yield unmade(S, vocabulary=["a", ""], mask_token="")
    yield unmade(S, vocabulary=["a", "[UNK]"], invert=True)
    yield unmade(S, vocabulary=["a"], output_mode="tf_idf")
    yield unmade(S, vocabulary=["a"], output_mode="tf_idf", idf_weights=[1.0, 2.0])
    yield unmade(S, vocabulary=["a"], idf_weights=[1.0])
    yield unmade(S, vocabulary=["a"], output_mode="count", invert=True)
    yield unmade(S, output_mode="words")
    yield unmade(S, oov_method="modulo")
    yield unmade(I, vocabulary=[1, 2], salt=3)
    yield unmade(I, vocabulary=[1, 2], vocabulary_dtype="int32")
    yield unmade(T, standardize="upper")
    yield unmade(T, split="sentence")
    yield unmade(T, output_mode="count", output_sequence_length=3)
    yield unmade(H, num_bins=0)
    yield unmade(H, num_bins=3, output_mode="words")
    yield unmade(C, num_bins=3, output_mode="count")
    yield refused(lambda: S(vocabulary=["a"], num_oov_indices=0), np.array([["b"]]))
    yield refused(lambda: S(vocabulary=["a"]), np.array([["a"]]), adapt=np.array([["a"]]))
    yield refused(lambda: S(output_mode="count"), np.array([["b"]]))
    yield refused(lambda: T(vocabulary=["a"]), np.array(["a"]), adapt=np.array(["a"]))
    yield refused(lambda: T(vocabulary=["a"]), np.array([["a", "b"]]))
    yield refused(lambda: L.Discretization(num_bins=3), np.array([[1.0]], "float32"))


def model():
    """Every way to read strings and integers, in one model."""
    city, plan = keras.Input((1,), dtype="string", name="city"), keras.Input((2,), dtype="string", name="plan")
    text, note = keras.Input((1,), dtype="string", name="text"), keras.Input((), dtype="string", name="note")
    zone, age = keras.Input((1,), dtype="int64", name="zone"), keras.Input((2,), name="age")
    cities = L.StringLookup(name="cities", output_mode="one_hot")
    cities.adapt(tf.constant([["Oslo"], ["Rome"], ["Oslo"]]))
    plans = L.StringLookup(vocabulary=["free", "paid"], output_mode="multi_hot", name="plans")
    weighed = L.StringLookup(output_mode="tf_idf", name="weighed")
    weighed.adapt(tf.constant([["free", "paid"], ["free", "free"]]))
    words = L.TextVectorization(output_sequence_length=4, name="words")
    words.adapt(tf.constant(TEXTS))
    bag = L.TextVectorization(output_mode="tf_idf", name="bag")
    bag.adapt(tf.constant(TEXTS))
    zones = L.IntegerLookup(name="zones")
    zones.adapt(np.array([[2**40 + 1], [2**40], [2**40 + 1]]))
    ages = L.Normalization(name="ages")
    ages.adapt(np.array([[20.0, 1.0], [40.0, 3.0]], "float32"))
    bins = L.Discretization(num_bins=3, output_mode="count", name="bins")
    bins.adapt(np.array([[20.0, 1.0], [40.0, 3.0]], "float32"))
    embedded = L.Flatten()(L.Embedding(20, 2, name="embedding")(words(text)))
    zone_vector = L.Flatten()(L.Embedding(4, 2, name="zone_embedding")(zones(zone)))
    crossed = L.HashedCrossing(6, output_mode="one_hot", name="crossed")([city, zone])
    hashed = L.Hashing(5, output_mode="one_hot", name="hashed")(city)
    encoded = L.CategoryEncoding(4, output_mode="one_hot", name="encoded")(zones(zone))
    parts = [cities(city), plans(plan), weighed(plan), embedded, bag(note), zone_vector, ages(age), bins(age), crossed, hashed, encoded]
    both = L.Concatenate(name="both")([L.Rescaling(0.5, name="half")(parts[0]), *parts[1:]])
    return keras.Model([city, plan, text, note, zone, age], L.Dense(1, name="price")(both))


def file():
    fresh()
    r = rng(47)
    built = model()
    built.compile(keras.optimizers.SGD(0.05), "mse")
    x = {
        "city": np.array([["Oslo"], ["Rome"], ["Bonn"], ["Oslo"]]),
        "plan": np.array([["free", "paid"], ["paid", "paid"], ["none", "free"], ["free", "x"]]),
        "text": np.array([["The cat."], ["a dog sat"], [""], ["dog dog cat the sat the"]]),
        "note": np.array(["the dog", "", "cat cat", "x"]),
        "zone": np.array([[2**40], [2**40 + 1], [7], [2**40 + 1]]),
        "age": np.array([[20, 1], [50, 2], [30, 3], [40, 0]], "float32"),
    }
    y = normal(r, 4, 1)
    save_keras(built, "keras_files/preprocessing.keras")
    fed = {name: tf.constant(value) for name, value in x.items()}
    predicted = built(fed).numpy()
    history = built.fit(tf.data.Dataset.from_tensor_slices((fed, y)).batch(2), epochs=2, verbose=0)
    return {
        "file": "keras_files/preprocessing.keras",
        "x": {name: data(value) for name, value in x.items()},
        "y": tensor(y),
        "predicted": tensor(predicted),
        "loss": plain(history.history["loss"]),
        "weights": tensors(built.get_weights()),
    }


def main():
    cases = [*strings(), *integers(), *texts(), *hashes(), *statistics()]
    write("preprocessing.json", cases, NOTES, refused=[*rejected()], model=file())
