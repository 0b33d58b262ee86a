"""Saves Keras Applications with random weights, each as `.keras` and `.h5`, beside what they predict.

    python applications.py FOLDER [NAME...]

Then `CORNU_APPLICATIONS=FOLDER cargo test -p cornu --test suite applications -- --ignored --nocapture` says how Cornu reads them. Each NAME.npz holds `x`, `y`, and how
many seconds Keras took: `predict` (the second call), `load_keras` and `load_h5`.
"""

import os
import sys
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras  # noqa: E402
import numpy as np  # noqa: E402

NAMES = ["MobileNetV2", "ResNet50", "EfficientNetB0", "VGG16", "DenseNet121", "Xception", "InceptionV3"]


def seconds(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(NAMES):
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        keras.utils.clear_session()
        keras.utils.set_random_seed(number)
        model = getattr(keras.applications, name)(weights=None)
        rng = np.random.default_rng(number)
        # Statistics of batches that no batch had, so that normalization does something.
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                shape = layer.moving_mean.shape
                layer.moving_mean.assign(rng.normal(0, 0.1, shape))
                layer.moving_variance.assign(rng.uniform(0.8, 1.2, shape))
        x = rng.uniform(0, 255 if name == "EfficientNetB0" else 1, (2, *model.input_shape[1:])).astype("float32")
        model.predict(x, verbose=0)
        taken, y = seconds(lambda: model.predict(x, verbose=0))
        paths = {form: folder / f"{name}.{form}" for form in ["keras", "h5"]}
        loads = {}
        for form, path in paths.items():
            model.save(path)
            loads[f"load_{form}"], _ = seconds(lambda: keras.saving.load_model(path))
        np.savez(folder / f"{name}.npz", x=x, y=y, predict=taken, **loads)
        print(name, model.count_params(), f"predict {taken:.2f} s", {key: round(value, 2) for key, value in loads.items()}, flush=True)


main()
