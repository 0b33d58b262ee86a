"""Layers every model is made of, and its inputs."""

from ..layer_case import case, keras, normal, np, plain, refused, rng, write_family
from ..common import fresh


def dense(r):
    D = keras.layers.Dense
    x2, x3, x4 = normal(r, 5, 3), normal(r, 2, 4, 3), normal(r, 2, 2, 2, 3)
    yield case(lambda: D(4), x2, r)
    for activation in ["relu", "tanh", "sigmoid", "softmax", "elu", "gelu", "linear", "swish"]:
        yield case(lambda: D(4, activation=activation), x2, r)
    yield case(lambda: D(4, use_bias=False), x2, r)
    yield case(lambda: D(4, activation="relu", name="hidden"), x3, r)
    yield case(lambda: D(2, activation="softmax"), x4, r)
    yield case(lambda: D(1), normal(r, 1, 1), r)
    full = dict(
        kernel_initializer=keras.initializers.HeNormal(seed=3),
        bias_initializer=keras.initializers.Constant(0.5),
        kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02),
        bias_regularizer="l2",
        activity_regularizer=keras.regularizers.L2(0.03),
        kernel_constraint=keras.constraints.MaxNorm(2.0, axis=0),
        bias_constraint="non_neg",
    )
    yield case(lambda: D(4, **full), x2, r)
    yield case(lambda: D(4, trainable=False), x2, r)


def activation(r):
    x = normal(r, 2, 3, 4)
    for name in ["relu", "softmax", "tanh", "linear", "leaky_relu"]:
        yield case(lambda: keras.layers.Activation(name), x, r)
    mask = np.array([[True, False, True], [True, True, False]])
    yield case(lambda: keras.layers.Activation("tanh"), x, r, masks=[mask])
    yield case(lambda: keras.layers.Dense(2), x, r, masks=[mask])


def embedding(r):
    E = keras.layers.Embedding
    words = r.integers(0, 5, (2, 3)).astype("int32")
    words[0, 1] = 0
    yield case(lambda: E(5, 2), words, r)
    yield case(lambda: E(5, 3, mask_zero=True, name="words"), words, r)
    # Where a number falls to the next integer there is no derivative.
    yield case(lambda: E(5, 2), words.astype("float32"), r, kinks=True)
    yield case(lambda: E(5, 2, mask_zero=True), words.astype("float32"), r, kinks=True)
    yield case(lambda: E(5, 2), words.astype("uint8"), r)
    yield case(lambda: E(6, 2), np.array([3, -1, 0, 5], "int32"), r, fit=False)
    yield case(lambda: E(5, 2), r.integers(0, 5, (2, 2, 2)).astype("int32"), r, unknown=(1,))
    full = dict(
        embeddings_initializer=keras.initializers.Constant(0.25),
        embeddings_regularizer="l2",
        embeddings_constraint="unit_norm",
    )
    yield case(lambda: E(5, 2, **full), words, r, initial=True)
    yield case(lambda: E(4, 3, trainable=False), words % 4, r)


def masking(r):
    x = normal(r, 2, 3, 2)
    x[0, 1] = 0.0
    x[1, 2, 0] = 0.0
    x[1, 0] = -1.0
    # Whether a step counts is no matter of degree.
    yield case(lambda: keras.layers.Masking(), x, r, kinks=True)
    yield case(lambda: keras.layers.Masking(mask_value=-1.0), x, r, kinks=True)
    yield case(lambda: keras.layers.Masking(), normal(r, 2, 3, 2), r)
    yield case(lambda: keras.layers.Masking(), normal(r, 3, 2), r, unknown=(1,))
    yield case(lambda: keras.layers.Identity(), x, r, masks=[np.array([[True, False, True], [True, True, False]])])
    yield case(lambda: keras.layers.Identity(name="same"), normal(r, 3, 2), r)


def einsum(r):
    E = keras.layers.EinsumDense
    yield case(lambda: E("ab,bc->ac", output_shape=4, bias_axes="c"), normal(r, 2, 3), r)
    yield case(lambda: E("abc,cd->abd", output_shape=(None, 2), bias_axes="d"), normal(r, 2, 3, 2), r, unknown=(1,), fit=False)
    yield case(lambda: E("...x,xy->...y", output_shape=2, bias_axes="y"), normal(r, 2, 3, 2), r, unknown=(1,))
    yield case(lambda: E("abc,cde->abde", output_shape=(3, 2, 2), bias_axes="de"), normal(r, 2, 3, 2), r)
    yield case(lambda: E("abcd,cde->abe", output_shape=(2, 3), bias_axes="e"), normal(r, 2, 2, 2, 2), r)
    yield case(lambda: E("abc,cbd->abd", output_shape=(3, 2), bias_axes="bd"), normal(r, 2, 3, 2), r)
    yield case(lambda: E("abc,bcd->ad", output_shape=2), normal(r, 2, 3, 2), r)
    yield case(lambda: E("abc,cd->adb", output_shape=(2, 3)), normal(r, 2, 3, 2), r)
    yield case(lambda: E("abc,bd->acd", output_shape=(2, 2), bias_axes="cd"), normal(r, 2, 3, 2), r)
    yield case(lambda: E("abc,d->abcd", output_shape=(3, 2, 2)), normal(r, 2, 3, 2), r)
    yield case(lambda: E("abc,c->ab", output_shape=(3,)), normal(r, 2, 3, 2), r)
    yield case(lambda: E("...bc,cd->...bd", output_shape=(3, 2), bias_axes="d"), normal(r, 2, 2, 3, 2), r)
    full = dict(
        activation="tanh",
        bias_axes="b",
        kernel_initializer="ones",
        bias_initializer=keras.initializers.Constant(0.5),
        kernel_regularizer="l1",
        bias_regularizer="l2",
        activity_regularizer=keras.regularizers.L2(0.03),
        kernel_constraint="non_neg",
        bias_constraint="max_norm",
    )
    yield case(lambda: E("abc,cd->abd", output_shape=(3, 2), **full), normal(r, 2, 3, 2), r, initial=True)


def rejected():
    L = keras.layers
    yield refused(L.Dense, {"units": 2}, (None,))
    yield refused(L.Dense, {"units": 0}, (None, 3))
    yield refused(L.Dense, {"units": 2}, (None, None))
    yield refused(L.Embedding, {"input_dim": 0, "output_dim": 2}, (None, 3))
    yield refused(L.Embedding, {"input_dim": 3, "output_dim": 0}, (None, 3))
    for equation, shape, given in [
        ("ab,bc", [3], (None, 2)),
        ("ab,bc->a", [3], (None, 2)),
        ("ab,bc->ad", [3], (None, 2)),
        ("abc,cd->abd", [4, 2], (None, 3, 2)),
        ("ab,bcd->ac", [3], (None, 2)),
        ("ab...,bc->...ac", [3], (None, 2, 2)),
    ]:
        yield refused(L.EinsumDense, {"equation": equation, "output_shape": shape}, given)
    bias = {"equation": "ab,bc->ac", "output_shape": [3], "bias_axes": "d"}
    yield refused(L.EinsumDense, bias, (None, 2))


def inputs():
    out = []
    for args in [
        {"shape": (3,)},
        {"shape": (28, 28), "name": "image"},
        {"shape": (None, 4)},
        {"shape": ()},
        {"shape": (3,), "batch_size": 8},
        {"shape": (2,), "dtype": "int32"},
    ]:
        fresh()
        t = keras.Input(**args)
        layer = t._keras_history.operation
        out.append(
            {
                "args": plain(args),
                "shape": plain(t.shape),
                "dtype": t.dtype,
                "name": layer.name,
                "config": plain(layer.get_config()),
                "serialized": plain(keras.saving.serialize_keras_object(layer)),
            }
        )
    return out


def main():
    r = rng(4)
    cases = [*dense(r), *activation(r), *embedding(r), *masking(r), *einsum(r)]
    write_family("core", cases, rejected(), inputs=inputs())
