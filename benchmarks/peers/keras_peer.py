"""Keras on the backend KERAS_BACKEND names (tensorflow or jax), as a user in a hurry would run it.

    KERAS_BACKEND=jax python keras_peer.py mlp128
"""

import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

import workloads

BACKEND = keras.backend.backend()

# Arguments of compile to train with, each from scratch; the fastest counts. "auto" is XLA on JAX
# and no XLA on TensorFlow without a GPU.
COMPILE = {
    "tensorflow": [
        {"jit_compile": "auto", "steps_per_execution": 16},
        {"jit_compile": "auto", "steps_per_execution": 64},
        {"jit_compile": True, "steps_per_execution": 64},
    ],
    "jax": [
        {"jit_compile": "auto", "steps_per_execution": 16},
        {"jit_compile": "auto", "steps_per_execution": 64},
    ],
}


def mlp128():
    return [
        keras.Input((784,)),
        layers.Dense(256, activation="sigmoid"),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def mlp32():
    return [
        keras.Input((784,)),
        layers.Dense(300, activation="relu"),
        layers.Dense(100, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def reg():
    return [keras.Input((8,)), layers.Dense(30, activation="relu"), layers.Dense(1)]


def bn():
    return [
        keras.Input((28, 28)),
        layers.Flatten(),
        layers.Dropout(0.2),
        layers.Dense(300, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Dropout(0.2),
        layers.Dense(100, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Dense(10, activation="softmax"),
    ]


MODELS = {f.__name__: f for f in (mlp128, mlp32, reg, bn)}
OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
}


class EpochEnds(keras.callbacks.Callback):
    """Seconds from fit being called to the end of each epoch, logs fetched."""

    def __init__(self):
        super().__init__()
        self.start = time.perf_counter()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter() - self.start)


def set_threads(n):
    """TensorFlow is told; XLA under JAX takes as many threads as the process may use cores."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(n)
        tf.config.threading.set_inter_op_parallelism_threads(n)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:n])


def compiled_calls(model):
    """The model behind the backend's own compiler, from a numpy row to a numpy row."""
    if BACKEND == "jax":
        import jax

        @jax.jit
        def call(trainable, non_trainable, x):
            return model.stateless_call(trainable, non_trainable, x, training=False)[0]

        # Copies: predict gives the model's own buffers away (donates them) at every call.
        state = (
            [jax.numpy.copy(v.value) for v in model.trainable_variables],
            [jax.numpy.copy(v.value) for v in model.non_trainable_variables],
        )
        return {"jax.jit(model.stateless_call)": lambda x: np.asarray(call(*state, x))}

    import tensorflow as tf

    def compiled(jit):
        call = tf.function(lambda x: model(x, training=False), jit_compile=jit)
        concrete = call.get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:])))
        return lambda x: concrete(tf.constant(x)).numpy()

    return {"tf.function(model)": compiled(False), "tf.function(model, jit_compile)": compiled(True)}


def predict_1(model, x):
    rows = [x[i : i + 1] for i in range(100)]
    calls = {
        "predict_on_batch(x)": model.predict_on_batch,
        "model(x)": lambda row: keras.ops.convert_to_numpy(model(row, training=False)),
        **compiled_calls(model),
    }
    return {how: workloads.median_latency(call, rows) for how, call in calls.items()}


def predict_10k(model, x):
    x = x[:10_000]
    return {
        f"predict(x, batch_size={n})": workloads.best_seconds(
            lambda: model.predict(x, batch_size=n, verbose=0)
        )
        for n in (1000, 2500, 10_000)
    }


def fit(name, work, x, y, epochs, settings):
    """(model, seconds to the end of each epoch, loss of the last epoch, settings)."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(MODELS[name]())
    model.compile(
        optimizer=OPTIMIZERS[work.optimizer](work.learning_rate),
        loss=work.loss,
        metrics=["accuracy"] if work.loss == workloads.CROSSENTROPY else None,
        **settings,
    )
    timer = EpochEnds()
    history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, callbacks=[timer])
    return model, timer.ends, history.history["loss"][-1], settings


def main():
    args = workloads.arguments(__doc__)
    set_threads(args.threads)
    work = workloads.WORKLOADS[args.workload]
    x, y = work.data()
    runs = [fit(args.workload, work, x, y, 1 + args.epochs, s) for s in COMPILE[BACKEND]]
    model, ends, loss, settings = min(runs, key=lambda run: workloads.best_epoch(run[1]))
    # The very first epoch of the process: later runs find much of the backend warm.
    first_epoch = runs[0][1][0]
    workloads.report(
        fw={"tensorflow": "keras-tf", "jax": "keras-jax"}[BACKEND],
        name=args.workload,
        samples=len(x),
        epoch=workloads.best_epoch(ends),
        first_epoch=first_epoch,
        loss=loss,
        predict_10k=predict_10k(model, x),
        predict_1=predict_1(model, x),
        settings="fit, " + ", ".join(f"{key}={value}" for key, value in settings.items()),
        version=keras.__version__,
    )


if __name__ == "__main__":
    main()
