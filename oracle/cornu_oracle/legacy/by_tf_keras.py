"""Writes the files of tf-keras: `python -m cornu_oracle.legacy.by_tf_keras FOLDER`, in an environment with tf-keras.

The family `legacy_files` starts it where the variable CORNU_TF_KERAS names the Python of that environment.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras as keras  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent))
import old_layouts  # noqa: E402
import single_layers  # noqa: E402
import whole_models  # noqa: E402


def save(suffix):
    def bytes_of(model):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"model{suffix}"
            model.save(path)
            # Some optimizers forget a number in the file.
            return path.read_bytes(), keras.models.load_model(path)

    return bytes_of


def whole(suffix):
    mean = lambda x: tf.reduce_mean(x, axis=1)  # noqa: E731
    found = whole_models.arrays(keras, mean, save(suffix))
    # tf-keras saves neither Nadam's product of momenta nor how many of them are in it, and goes on wrongly.
    keras.backend.clear_session()
    return {name: value for name, value in found.items() if not name.startswith(("wide_and_deep/t", "wide_and_deep/after"))}


def main():
    folder = Path(sys.argv[1])
    np.savez_compressed(folder / "tf_keras.npz", **whole(".h5"))
    np.savez_compressed(folder / "tf_keras_archive.npz", **whole(".keras"))
    np.savez_compressed(folder / "tf_keras_layers.npz", **single_layers.arrays(keras, save(".h5")))
    np.savez_compressed(folder / "keras_2.npz", **old_layouts.keras_2(keras))
    np.savez_compressed(folder / "keras_1.npz", **old_layouts.keras_1(keras))


if __name__ == "__main__":
    main()
