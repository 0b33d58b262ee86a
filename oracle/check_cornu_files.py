"""Opens `.keras` and `.h5` files that Cornu wrote with the real Keras, and says whether it reads them as meant.

    python check_cornu_files.py FOLDER

FOLDER holds NAME.keras or NAME.h5 beside NAME.npz. The npz holds `x` (inputs), `y_pred` (what Cornu predicts for them) or,
where there are several, `x0`, `x1`, ..., `y_pred0`, ...,
and, for a compiled model that is to be trained on, `y` (targets), or `y0`, `y1`, .... For each file, in this order:

1. Keras loads it, without a warning that weights or optimizer state were skipped;
2. its predictions agree with `y_pred` within 1e-4 (absolute and relative);
3. a `.keras` file is saved again, loaded again, and predicts the same bits;
4. with `y`, of a `.keras` file: one epoch of training goes on from the optimizer's state; where the npz holds `loss` (one number) or
   `w0`, `w1`, ... (get_weights() after one epoch of `fit(x, y, batch_size=8, shuffle=False)` by Cornu), they agree
   within 1e-3.

Where NAME.json lies beside them, it holds `x` instead: a dictionary of inputs, each with `shape`, `dtype` (also
"string") and flat `data`.

One line a file; the exit code is 1 when any file disagrees.
"""

import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.get_logger().setLevel("ERROR")


class Mismatch(Exception):
    pass


def agree(what, got, wanted, tolerance):
    got, wanted = np.asarray(got), np.asarray(wanted)
    if got.shape != wanted.shape:
        raise Mismatch(f"{what}: Keras has shape {got.shape}, Cornu {wanted.shape}")
    if not np.allclose(got, wanted, rtol=tolerance, atol=tolerance, equal_nan=True):
        raise Mismatch(f"{what}: largest difference {np.abs(got - wanted).max():.3g}")


def several(data, name):
    """The one array of this name, or the list of those that are numbered."""
    if name in data:
        return data[name]
    found = [data[f"{name}{at}"] for at in range(len(data.files)) if f"{name}{at}" in data]
    return found[0] if name == "y" and len(found) == 1 else found


def inputs(path, data):
    named = path.with_suffix(".json")
    if not named.exists():
        return several(data, "x")
    kind = lambda x: object if x["dtype"] == "string" else x["dtype"]
    arrays = {name: np.array(x["data"], kind(x)).reshape(x["shape"]) for name, x in json.loads(named.read_text()).items()}
    return {name: tf.constant(array) for name, array in arrays.items()}


def check(path):
    data = np.load(path.with_suffix(".npz"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # An argument that Keras is about to drop is still an argument.
        warnings.filterwarnings("ignore", message=".*deprecated.*")
        model = keras.saving.load_model(path)
    done = ["loads"]
    x, wanted = inputs(path, data), several(data, "y_pred")
    # A stateful layer, or one of a fixed batch, wants it whole.
    size = len(x[0]) if isinstance(x, list) else None
    predictions = model.predict(x, verbose=0, batch_size=size)
    found = keras.tree.flatten(predictions)
    for one, want in zip(found, wanted if isinstance(wanted, list) else [wanted], strict=True):
        agree("predictions", one, want, 1e-4)
    done.append("predicts")
    # Of an `.h5` file Keras does not always understand what it writes itself: `score_mode: "dot"`, operators.
    if path.suffix == ".keras":
        with tempfile.TemporaryDirectory() as folder:
            again = Path(folder) / path.name
            model.save(again)
            repeated = keras.tree.flatten(keras.saving.load_model(again).predict(x, verbose=0, batch_size=size))
            if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(repeated, found, strict=True)):
                raise Mismatch("the file Keras saved again predicts otherwise")
        done.append("saves")
    y = several(data, "y")
    # Keras 3.15.1 cannot train a model from an `.h5` file, its own neither: it builds the optimizer for no variable.
    if len(y) and path.suffix == ".keras":
        if not model.compiled:
            raise Mismatch("the npz has targets, but the model came without its compile config")
        steps = int(model.optimizer.iterations)
        history = model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0).history
        done.append(f"trains on from step {steps}")
        if "loss" in data:
            agree("loss", history["loss"][0], float(data["loss"]), 1e-3)
            done.append("same loss")
        if "w0" in data:
            for i, w in enumerate(model.get_weights()):
                agree(f"weight {i} after one epoch", w, data[f"w{i}"], 1e-3)
            done.append("same weights")
    return ", ".join(done)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    files = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix in (".keras", ".h5"))
    if not files:
        sys.exit(f"no .keras or .h5 file in {sys.argv[1]}")
    failed = 0
    for path in files:
        try:
            print(f"ok    {path.name}: {check(path)}", flush=True)
        except Exception as error:  # whatever Keras says about a file is the finding
            failed += 1
            print(f"FAIL  {path.name}: {type(error).__name__}: {' '.join(str(error).split())[:300]}", flush=True)
    sys.exit(1 if failed else 0)


main()
