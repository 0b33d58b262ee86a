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


def main():
    r = rng(7)
    rejected = [refused(keras.layers.BatchNormalization, {"axis": 3}, (None, 6))]
    write_family("normalization", batch_normalization(r), rejected)
