"""Dense, Activation and the inputs of models."""

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
    rejected = [refused(keras.layers.Dense, {"units": 2}, (None,))]
    write_family("core", [*dense(r), *activation(r)], rejected, inputs=inputs())
