"""`.h5` files, which Keras 3, tf-keras, Keras 2.2 and Keras 1.2 lay out each in its way, with what they must predict.

Each fixture is an npz of `NAME/file` (the file's bytes), `NAME/x0`, ... (inputs), `NAME/y0`, ... (predictions) and, for models that
were trained, `NAME/t0`, ... (targets) and `NAME/after0`, ... (predictions after another `train_on_batch`).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np

from .common import FIXTURES, fresh

sys.path.insert(0, str(Path(__file__).resolve().parent / "legacy"))
import single_layers  # noqa: E402
import whole_models  # noqa: E402


def save(model):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        model.save(path)
        # Keras 3.15.1 cannot train a model from such a file: it builds the optimizer for no variable.
        return path.read_bytes(), model


def main():
    folder = FIXTURES / "legacy"
    folder.mkdir(exist_ok=True)
    fresh()
    np.savez_compressed(folder / "keras_3.npz", **whole_models.arrays(keras, lambda x: keras.ops.mean(x, axis=1), save))
    fresh()
    np.savez_compressed(folder / "keras_3_layers.npz", **single_layers.arrays(keras, save))
    python = os.environ.get("CORNU_TF_KERAS")
    if python is None:
        sys.exit("CORNU_TF_KERAS names no Python with tf-keras: its files are not written anew")
    subprocess.run([python, Path(__file__).parent / "legacy" / "by_tf_keras.py", folder], check=True)
