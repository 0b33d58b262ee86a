"""Pools: of moving windows, adaptive ones, and of everything."""

import functools

from .. import layer_case
from ..layer_case import keras, normal, np, refused, rng, write_family

case = functools.partial(layer_case.case, scale=0.2)

PLAIN = {1: (2, 6, 2), 2: (2, 5, 4, 2), 3: (1, 3, 4, 3, 2)}
SMALL = {1: (2, 5, 2), 2: (1, 4, 3, 2), 3: (1, 2, 3, 2, 2)}


def first(shape):
    """The shape with its channels moved behind the batch."""
    return (shape[0], shape[-1], *shape[1:-1])


def sliding(r):
    L = keras.layers
    for n in (1, 2, 3):
        x = normal(r, *PLAIN[n])
        for P in [getattr(L, f"{kind}Pooling{n}D") for kind in ("Max", "Average")]:
            yield case(lambda: P(2), normal(r, *SMALL[n]), r)
            yield case(lambda: P(3, padding="same"), x, r, unknown=(1,), fit=n < 3)
            yield case(lambda: P(2, strides=1), x, r, unknown=(1, 2), fit=False)
            yield case(lambda: P(3, strides=2, padding="same"), x, r, fit=n < 3)
            yield case(lambda: P(2, data_format="channels_first"), normal(r, *first(PLAIN[n])), r, fit=n < 3)
    x2 = normal(r, *PLAIN[2])
    yield case(lambda: L.MaxPooling2D(), x2, r)
    yield case(lambda: L.MaxPooling2D((3, 1), strides=(1, 2)), x2, r)
    yield case(lambda: L.AveragePooling2D((5, 4), strides=(2, 3), padding="same", name="pool"), x2, r)
    yield case(lambda: L.MaxPooling2D(1, strides=2), x2, r)
    # Equal elements: the first of a window gets the gradient.
    ties = r.integers(0, 2, (2, 5, 4, 2)).astype("float32")
    yield case(lambda: L.MaxPooling2D(2), ties, r, kinks=True, fit=False)
    yield case(lambda: L.MaxPooling2D(3, strides=1, padding="same"), ties, r, kinks=True, fit=False)
    yield case(lambda: L.MaxPooling1D(3, strides=2, padding="same"), ties[0], r, kinks=True, fit=False)


def everything(r):
    L = keras.layers
    for n in (1, 2, 3):
        x = normal(r, *PLAIN[n])
        for P in [getattr(L, f"Global{kind}Pooling{n}D") for kind in ("Max", "Average")]:
            yield case(lambda: P(), normal(r, *SMALL[n]), r, unknown=(1,))
            yield case(lambda: P(keepdims=True), x, r)
            yield case(lambda: P(data_format="channels_first", keepdims=n == 2), normal(r, *first(PLAIN[n])), r, fit=n < 3)
    x = normal(r, 3, 4, 2)
    mask = np.array([[1, 1, 0, 0], [1, 0, 1, 1], [1, 1, 1, 1]], "bool")
    G = L.GlobalAveragePooling1D
    yield case(lambda: G(), x, r, masks=[mask])
    yield case(lambda: G(keepdims=True), x, r, masks=[mask])
    yield case(lambda: G(data_format="channels_first"), normal(r, 3, 2, 4), r, masks=[mask])
    yield case(lambda: L.GlobalMaxPooling1D(), x, r, masks=[mask])


def adaptive(r):
    L = keras.layers
    sizes = {1: [4, 3], 2: [(3, 2), 5], 3: [(2, 3, 2), 1]}
    for n in (1, 2, 3):
        for kind in ("Max", "Average"):
            P = getattr(L, f"Adaptive{kind}Pooling{n}D")
            yield case(lambda: P(2), normal(r, *SMALL[n]), r)
            for size in sizes[n]:
                yield case(lambda: P(size), normal(r, *PLAIN[n]), r, fit=n < 3)
            yield case(lambda: P(2, data_format="channels_first"), normal(r, *first(PLAIN[n])), r, fit=n < 3)


def rejected():
    L = keras.layers
    image = (None, 3, 3, 2)
    yield refused(L.MaxPooling2D, {"pool_size": 4}, image)
    yield refused(L.MaxPooling2D, {"pool_size": 0}, image)
    yield refused(L.MaxPooling2D, {"pool_size": (2, 2, 2)}, image)
    yield refused(L.MaxPooling2D, {"pool_size": 2, "padding": "causal"}, image)
    yield refused(L.MaxPooling2D, {"pool_size": 2, "data_format": "last"}, image)
    yield refused(L.MaxPooling2D, {"pool_size": 2}, (None, 3, 3))
    yield refused(L.AveragePooling1D, {"pool_size": 2}, image)
    yield refused(L.AveragePooling1D, {"pool_size": 5}, (None, 4, 2))
    yield refused(L.AveragePooling3D, {"pool_size": 3}, (None, 3, 3, 2, 1))
    yield refused(L.GlobalMaxPooling1D, {}, image)
    yield refused(L.GlobalAveragePooling2D, {"data_format": "last"}, image)
    yield refused(L.AdaptiveMaxPooling2D, {"output_size": (2, 2, 2)}, image)
    yield refused(L.AdaptiveAveragePooling1D, {"output_size": (2, 2)}, (None, 4, 2))
    yield refused(L.AdaptiveAveragePooling1D, {"output_size": 2, "data_format": "last"}, (None, 4, 2))


def main():
    r = rng(12)
    write_family("pooling", [*sliding(r), *everything(r), *adaptive(r)], rejected())
