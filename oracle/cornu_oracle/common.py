"""What every family needs: a quiet deterministic Keras, tensors as JSON, and files without timestamps."""

import io
import json
import math
import os
import re
import sys
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
# The table of summary() is cropped at the width of the console.
os.environ["COLUMNS"] = "80"
# oneDNN reorders sums; plain kernels give the same bits on every machine we tried.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.get_logger().setLevel("ERROR")

import keras  # noqa: E402

FIXTURES = Path(__file__).resolve().parents[2] / "crates" / "cornu" / "tests" / "fixtures"
KERAS_VERSION = "3.15.1"
if keras.__version__ != KERAS_VERSION:
    sys.exit(f"the fixtures are those of Keras {KERAS_VERSION}, this is {keras.__version__}")


def number(value):
    """A Python number whose shortest decimal form is that of the value in its own dtype."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(str(value)) if isinstance(value, np.floating) else float(value)


def tensor(value):
    """The fixture form of an array: shape, dtype, flat data in row-major order."""
    array = np.asarray(value)
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "data": [number(x) for x in array.reshape(-1)],
    }


def tensors(values):
    return [tensor(v) for v in values]


def variables(vs):
    """Weights in Keras' order, each with the names a file or a message may show."""
    return [
        {"name": v.name, "path": v.path, "trainable": bool(v.trainable), "value": tensor(v.numpy())}
        for v in vs
    ]


def rng(seed):
    return np.random.default_rng(seed)


def normal(r, *shape, scale=1.0):
    return (r.standard_normal(shape) * scale).astype("float32")


def plain(value):
    """Turns what Keras configs hold into what JSON holds."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, float, np.integer, np.floating)):
        return number(value)
    if isinstance(value, np.ndarray):
        return tensor(value)
    return repr(value)


def fresh():
    """Forgets every automatic name, so that a case does not depend on those before it."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(812)


def write(name, cases, notes=(), **more):
    """Writes one family: a header, then one case a line so that a diff shows what moved."""
    head = {"keras": KERAS_VERSION, "notes": list(notes), **more}
    lines = [f"{json.dumps(k)}: {dump(v)}" for k, v in head.items()]
    body = ",\n".join(dump(c) for c in cases)
    text = "{\n" + ",\n".join(lines) + ',\n"cases": [\n' + body + "\n]\n}\n"
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def dump(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def renumber(config):
    seen = {}

    def replace(match):
        return f'"shared_object_id": {seen.setdefault(match[1], 140000000000000 + 16 * len(seen))}'

    return re.sub(r'"shared_object_id": (\d+)', replace, config)


def save_keras(model, name):
    """Saves with Keras, then rewrites the archive with a fixed date and counted shared_object_ids.

    Keras uses the address of an object as its id, which differs in every run; nothing else is changed.
    """
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = [(i, archive.read(i)) for i in archive.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, data in members:
            if info.filename == "metadata.json":
                meta = json.loads(data)
                meta["date_saved"] = "2026-01-01@00:00:00"
                data = json.dumps(meta).encode()
            if info.filename == "config.json":
                data = renumber(data.decode()).encode()
            fixed = zipfile.ZipInfo(info.filename, date_time=(2026, 1, 1, 0, 0, 0))
            fixed.compress_type = info.compress_type
            fixed.external_attr = info.external_attr
            archive.writestr(fixed, data)
    path.write_bytes(buffer.getvalue())
