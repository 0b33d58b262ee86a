"""Preprocessing layers that are part of the graph."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family

L = keras.layers


def rescaling(r):
    yield case(lambda: L.Rescaling(1 / 255.0), r.integers(0, 256, (2, 3)).astype("uint8"), r, fit=False)
    yield case(lambda: L.Rescaling(2.0, offset=-1.0), normal(r, 2, 3), r)
    yield case(lambda: L.Rescaling([2.0, 0.5], offset=[1.0, -1.0], name="scaled"), normal(r, 2, 3, 2), r, unknown=(1,))
    yield case(lambda: L.Rescaling(3), normal(r, 2, 3), r, masks=[np.array([[True, False, True], [True, True, False]])])


def normalization(r):
    N = L.Normalization
    # Weights set by hand do not reach what Keras computes with, so that their training would be another.
    yield case(lambda: N(), normal(r, 3, 2), r, initial=True, fit=False)
    yield case(lambda: N(axis=None), normal(r, 3, 2), r, initial=True, fit=False)
    yield case(lambda: N(axis=[1, -1]), normal(r, 2, 3, 2), r, initial=True, fit=False)
    yield case(lambda: N(mean=3.0, variance=2.0), normal(r, 3, 2), r)
    yield case(lambda: N(mean=[1.0, 2.0], variance=[4.0, 0.0]), normal(r, 2, 2), r, fit=False, tolerance=1e-4)
    yield case(lambda: N(mean=[1.0, 2.0], variance=[4.0, 9.0], invert=True), normal(r, 2, 3, 2), r, unknown=(1,))
    yield case(lambda: N(axis=(1, 2), mean=[[1.0, 2.0]] * 3, variance=[[4.0, 9.0]] * 3), normal(r, 2, 3, 2), r)
    yield case(lambda: N(axis=(1, 2), mean=[1.0, 2.0], variance=[4.0, 9.0]), normal(r, 2, 3, 2), r)
    yield case(lambda: N(axis=1, mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 1.0]), normal(r, 2, 3, 2), r)
    yield case(lambda: N(axis=None, mean=0.5, variance=0.25, trainable=False), normal(r, 3, 2), r)


def encoding(r):
    C = L.CategoryEncoding
    x = np.array([[0, 2, 2], [3, 1, 0]], "int32")
    yield case(lambda: C(4), x, r)
    yield case(lambda: C(4, output_mode="count"), x, r, unknown=(1,), fit=False)
    yield case(lambda: C(4, output_mode="one_hot"), x, r)
    yield case(lambda: C(4, output_mode="one_hot", name="hot"), x[:, :1], r)
    yield case(lambda: C(5, output_mode="multi_hot"), x.astype("int64"), r)
    yield case(lambda: C(3, output_mode="one_hot"), np.array([[0, 5], [2, 1]], "int64"), r, fit=False)
    yield case(lambda: C(4, output_mode="count"), np.array([[0, 5], [2, 2]], "int64"), r, fit=False)


def discretization(r):
    D = L.Discretization
    x = np.array([[-1.5, 1.0, 3.4], [0.0, 3.0, 0.5]], "float32")
    bounds = [0.0, 1.0, 2.0]
    yield case(lambda: D(bin_boundaries=bounds), x, r)
    yield case(lambda: D(bin_boundaries=bounds, output_mode="one_hot", name="bins"), x, r, kinks=True)
    yield case(lambda: D(bin_boundaries=bounds, output_mode="one_hot"), x[:, :1], r, kinks=True)
    yield case(lambda: D(bin_boundaries=[1.0]), np.array([[float("nan"), float("inf")], [-float("inf"), 1.0]], "float32"), r)


def rejected():
    yield refused(L.Normalization, {"mean": 1.0}, (None, 2))
    yield refused(L.Normalization, {"mean": [1.0, 2.0], "variance": [1.0]}, (None, 2))
    yield refused(L.Normalization, {"axis": 2}, (None, 2))
    yield refused(L.Normalization, {"axis": -1}, (None, None))
    yield refused(L.Normalization, {"mean": [[1.0]], "variance": [[1.0]]}, (None, 1))
    yield refused(L.CategoryEncoding, {"num_tokens": 0}, (None, 2))
    yield refused(L.CategoryEncoding, {"num_tokens": 2, "output_mode": "int"}, (None, 2))
    yield refused(L.Discretization, {}, (None, 2))
    yield refused(L.Discretization, {"bin_boundaries": [0.0], "output_mode": "tf_idf"}, (None, 2))


def main():
    r = rng(41)
    cases = [*rescaling(r), *normalization(r), *encoding(r), *discretization(r)]
    write_family("preprocessing", cases, rejected())
