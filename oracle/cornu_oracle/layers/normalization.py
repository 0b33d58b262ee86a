"""Layers that bring their input to a common scale."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family


def batch_normalization(r):
    B = keras.layers.BatchNormalization
    x2, x3, x4 = normal(r, 6, 3, scale=2.0), normal(r, 2, 4, 3, scale=2.0), normal(r, 2, 3, 2, 4, scale=2.0)
    x2 = x2 + np.float32(1.5)
    for training in [False, True]:
        yield case(lambda: B(), x2, r, training=training)
        yield case(lambda: B(), x2, r, training=training, initial=True)
        yield case(lambda: B(center=False), x2, r, training=training)
        yield case(lambda: B(scale=False), x2, r, training=training)
        yield case(lambda: B(center=False, scale=False), x2, r, training=training)
        yield case(lambda: B(momentum=0.8, epsilon=0.1), x2, r, training=training)
        yield case(lambda: B(), x3, r, training=training)
        yield case(lambda: B(), x4, r, training=training)
        yield case(lambda: B(axis=1), x4, r, training=training)
        yield case(lambda: B(axis=1), x3, r, training=training)
        yield case(lambda: B(axis=2, name="bn"), x4, r, training=training)
        yield case(lambda: B(trainable=False), x2, r, training=training)
    yield case(lambda: B(), x2, r)
    yield case(lambda: B(momentum=0.9), x2, r, training=True, calls=5, initial=True)
    yield case(lambda: B(momentum=0.5, axis=1), x4, r, training=True, calls=3, initial=True)
    yield case(lambda: B(), normal(r, 1, 3), r, training=True)
    yield case(lambda: B(), np.full((4, 3), 1e3, "float32"), r, training=True, tolerance=0.1, kinks=True, fit=False)
    full = dict(
        beta_initializer="ones",
        gamma_initializer=keras.initializers.Constant(0.5),
        moving_mean_initializer="ones",
        moving_variance_initializer=keras.initializers.Constant(2.0),
        beta_regularizer="l1",
        gamma_regularizer=keras.regularizers.L2(0.02),
        beta_constraint="non_neg",
        gamma_constraint=keras.constraints.MaxNorm(1.0),
    )
    yield case(lambda: B(**full), x2, r, training=True, initial=True)


def masked(r):
    B = keras.layers.BatchNormalization
    mask = np.array([[True, False, True], [True, True, False]])
    for training in [False, True]:
        yield case(lambda: B(), normal(r, 2, 3, 2), r, training=training, masks=[mask])
    yield case(lambda: B(axis=1), normal(r, 2, 3, 2), r, training=True, masks=[mask])
    yield case(lambda: B(momentum=0.5), normal(r, 2, 3, 2), r, training=True, calls=2, masks=[mask], initial=True)


def layer_normalization(r):
    N = keras.layers.LayerNormalization
    x2, x3, x4 = normal(r, 3, 4), normal(r, 2, 3, 4), normal(r, 2, 2, 3, 2)
    yield case(lambda: N(), x2, r)
    yield case(lambda: N(), x3, r, unknown=(1,))
    yield case(lambda: N(axis=1), x3, r)
    yield case(lambda: N(axis=[1, 2]), x3, r)
    yield case(lambda: N(axis=(2, 1)), x3, r)
    yield case(lambda: N(axis=[-1, -2]), x3, r)
    yield case(lambda: N(axis=[1, 3]), x4, r)
    yield case(lambda: N(axis=[-1, 1]), normal(r, 2, 2, 3, 2), r)
    yield case(lambda: N(center=False), x2, r)
    yield case(lambda: N(scale=False), x2, r)
    yield case(lambda: N(center=False, scale=False, epsilon=0.1), x2, r)
    yield case(lambda: N(rms_scaling=True), x2, r)
    yield case(lambda: N(), x3, r, masks=[np.array([[True, False, True], [True, True, False]])])
    full = dict(
        beta_initializer="ones",
        gamma_initializer=keras.initializers.Constant(0.5),
        beta_regularizer="l1",
        gamma_regularizer=keras.regularizers.L2(0.02),
        beta_constraint="non_neg",
        gamma_constraint=keras.constraints.MaxNorm(1.0),
    )
    yield case(lambda: N(**full), x2, r, initial=True)


def group_normalization(r):
    N = keras.layers.GroupNormalization
    x2, x3, x4 = normal(r, 2, 6), normal(r, 2, 3, 4), normal(r, 2, 2, 3, 4)
    yield case(lambda: N(groups=2), x2, r)
    yield case(lambda: N(groups=2), x3, r, unknown=(1,))
    yield case(lambda: N(groups=4), x4, r)
    yield case(lambda: N(groups=1), x3, r)
    yield case(lambda: N(groups=-1), x3, r)
    yield case(lambda: N(groups=2, axis=1), normal(r, 2, 4, 3), r)
    yield case(lambda: N(groups=3, axis=2), x4, r)
    yield case(lambda: N(groups=2, center=False, epsilon=0.01), x2, r)
    yield case(lambda: N(groups=2, scale=False), x2, r)
    yield case(lambda: N(groups=2), x3, r, masks=[np.array([[True, False, True], [True, True, False]])])
    yield case(lambda: N(groups=3, gamma_regularizer="l2", beta_constraint="non_neg"), x2, r, initial=True)


def scale(r):
    R, U = keras.layers.RMSNormalization, keras.layers.UnitNormalization
    x2, x3 = normal(r, 3, 4), normal(r, 2, 3, 4)
    yield case(lambda: R(), x2, r)
    yield case(lambda: R(epsilon=0.1), x3, r, unknown=(1,))
    yield case(lambda: R(axis=[1, 2]), x3, r)
    yield case(lambda: R(axis=1), normal(r, 2, 3, 3), r)
    yield case(lambda: U(), x2, r)
    yield case(lambda: U(axis=1), x3, r)
    yield case(lambda: U(axis=[1, 2]), x3, r, unknown=(1,))
    yield case(lambda: U(), np.zeros((2, 3), "float32"), r, kinks=True, fit=False, tolerance=1e-3)


def spectral(r):
    S = keras.layers.SpectralNormalization
    x = normal(r, 3, 4)
    # The vectors of the power method pass no gradient on: differences see another function.
    yield case(lambda: S(keras.layers.Dense(2)), x, r, training=False, kinks=True, fit=False)
    yield case(lambda: S(keras.layers.Dense(2)), x, r, training=True, kinks=True)
    twice = lambda: S(keras.layers.Dense(3, activation="tanh", name="inner"), power_iterations=2, name="outer")
    yield case(twice, x, r, training=True, kinks=True)
    yield case(lambda: S(keras.layers.Dense(2, use_bias=False)), x, r, training=True, calls=3, kinks=True)
    # Keras casts the output to the type of the input: integers would cut it off.
    words = r.integers(0, 5, (2, 3)).astype("float32")
    yield case(lambda: S(keras.layers.Embedding(5, 2)), words, r, training=True, kinks=True)
    yield case(lambda: S(keras.layers.Conv2D(2, 2)), normal(r, 1, 3, 3, 2), r, training=True, kinks=True, scale=0.5)


def rejected():
    L = keras.layers
    yield refused(L.BatchNormalization, {"axis": 3}, (None, 6))
    yield refused(L.LayerNormalization, {"axis": 3}, (None, 6))
    yield refused(L.LayerNormalization, {"axis": [1, 2]}, (None, None, 6))
    yield refused(L.GroupNormalization, {"groups": 4}, (None, 6))
    yield refused(L.GroupNormalization, {"groups": 8}, (None, 6))
    yield refused(L.GroupNormalization, {"groups": 0}, (None, 6))
    yield refused(L.GroupNormalization, {"groups": 2}, (None, 6, None))
    yield refused(L.RMSNormalization, {"axis": 2}, (None, 6))
    dense = keras.layers.Dense(2)
    yield refused(L.SpectralNormalization, {"layer": dense, "power_iterations": 0}, (None, 6))
    yield refused(L.SpectralNormalization, {"layer": L.Activation("relu")}, (None, 6))
    yield refused(L.UnitNormalization, {"axis": 2}, (None, 6))


def main():
    r = rng(7)
    cases = [*batch_normalization(r), *masked(r), *layer_normalization(r), *group_normalization(r), *scale(r), *spectral(r)]
    write_family("normalization", cases, rejected())
