"""Fans, spreads, configs, exact values where there is no chance in them, statistics where there is."""

import math

import numpy as np
import keras
from keras.src.initializers.random_initializers import compute_fans

from .common import fresh, plain, tensor, write

I = keras.initializers

SHAPES = [(), (7,), (1,), (3, 5), (5, 3), (1, 1), (784, 256), (2, 3, 4), (3, 4, 8), (3, 3, 1, 32), (5, 3, 16, 8), (3, 3, 3, 2, 4), (1, 4)]

FAMILY = {
    "GlorotUniform": (1.0, "fan_avg", "uniform"),
    "GlorotNormal": (1.0, "fan_avg", "truncated_normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"),
    "LecunNormal": (1.0, "fan_in", "truncated_normal"),
    "HeUniform": (2.0, "fan_in", "uniform"),
    "HeNormal": (2.0, "fan_in", "truncated_normal"),
}

MODES = ["fan_in", "fan_out", "fan_avg"]
DISTRIBUTIONS = ["uniform", "truncated_normal", "untruncated_normal", "normal"]


def fans():
    out = []
    for shape in SHAPES:
        fan_in, fan_out = compute_fans(shape)
        row = {"shape": list(shape), "fan_in": fan_in, "fan_out": fan_out, "spread": []}
        for scale in [1.0, 2.0, 0.1]:
            for mode in MODES:
                s = scale / max(1.0, {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}[mode])
                row["spread"].append(
                    {
                        "scale": scale,
                        "mode": mode,
                        "uniform_limit": math.sqrt(3.0 * s),
                        "truncated_normal_stddev": math.sqrt(s) / 0.87962566103423978,
                        "untruncated_normal_stddev": math.sqrt(s),
                    }
                )
        out.append(row)
    for shape, input_axes, output_axes in [((3, 4, 5), (0,), (1, 2)), ((3, 4, 5), (0, 1), (2,)), ((3, 4, 5, 6), (1,), (3,)), ((3, 4), (1,), (0,))]:
        fan_in, fan_out = compute_fans(shape, input_axes=input_axes, output_axes=output_axes)
        out.append({"shape": list(shape), "input_axes": list(input_axes), "output_axes": list(output_axes), "fan_in": fan_in, "fan_out": fan_out})
    return out


def statistics(name, args, shape):
    fresh()
    v = np.asarray(getattr(I, name)(**args)(shape, dtype="float32"), dtype="float64")
    return {
        "kind": "random",
        "name": name,
        "args": args,
        "shape": list(shape),
        "mean": float(v.mean()),
        "std": float(v.std()),
        "min": float(v.min()),
        "max": float(v.max()),
        "share_within_one_std": float((np.abs(v - v.mean()) < v.std()).mean()),
    }


def exact(name, args, shape, dtype="float32"):
    fresh()
    v = getattr(I, name)(**args)(shape, dtype=dtype)
    return {"kind": "exact", "name": name, "args": args, "dtype": dtype, "value": tensor(np.asarray(v))}


def orthogonal(args, shape):
    fresh()
    v = np.asarray(I.Orthogonal(**args)(shape, dtype="float32"), dtype="float64")
    flat = v.reshape(-1, shape[-1])
    gram = flat.T @ flat if flat.shape[0] >= flat.shape[1] else flat @ flat.T
    return {
        "kind": "orthogonal",
        "name": "Orthogonal",
        "args": args,
        "shape": list(shape),
        "gram_of": "columns" if flat.shape[0] >= flat.shape[1] else "rows",
        "gram_diagonal": float(np.diag(gram).mean()),
        "largest_error": float(np.abs(gram - args.get("gain", 1.0) ** 2 * np.eye(len(gram))).max()),
    }


def configs():
    out = {}
    for name, args in [
        ("Zeros", {}), ("Ones", {}), ("Constant", {}), ("Constant", {"value": 0.25}), ("Identity", {}), ("Identity", {"gain": 2.0}),
        ("RandomNormal", {}), ("RandomUniform", {"seed": 4}), ("TruncatedNormal", {"mean": 1.0, "stddev": 0.5}), ("VarianceScaling", {}),
        ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "normal"}), ("GlorotUniform", {}), ("GlorotNormal", {"seed": 1}),
        ("HeNormal", {}), ("HeUniform", {}), ("LecunNormal", {}), ("LecunUniform", {}), ("Orthogonal", {}), ("Orthogonal", {"gain": 1.5}), ("STFT", {}),
    ]:  # fmt: skip
        fresh()
        key = name + (" " + " ".join(f"{k}={v}" for k, v in args.items()) if args else "")
        out[key] = plain(keras.saving.serialize_keras_object(getattr(I, name)(**args)))
    return out


def main():
    from keras.src.initializers import ALL_OBJECTS_DICT

    cases = [exact("Zeros", {}, s) for s in [(), (3,), (2, 3)]] + [exact("Ones", {}, (2, 3)), exact("Ones", {}, (2,), "int32")]
    cases += [exact("Constant", {"value": v}, (2, 3)) for v in [0.0, 0.25, -3.0]]
    cases += [exact("Identity", a, s) for a in [{}, {"gain": 2.5}] for s in [(3, 3), (2, 4), (4, 2)]]
    for args in [{}, {"side": "imag"}, {"scaling": "spectrum"}, {"window": None, "scaling": None}, {"periodic": True}, {"window": "hamming"}]:
        cases.append(exact("STFT", args, (8, 1, 5)))
    large = (300, 400)
    for name in ["RandomNormal", "RandomUniform", "TruncatedNormal"]:
        cases.append(statistics(name, {"seed": 1}, large))
    cases.append(statistics("RandomNormal", {"mean": 2.0, "stddev": 0.5, "seed": 2}, large))
    cases.append(statistics("TruncatedNormal", {"mean": 2.0, "stddev": 0.5, "seed": 2}, large))
    cases.append(statistics("RandomUniform", {"minval": -2.0, "maxval": 1.0, "seed": 2}, large))
    for name in FAMILY:
        cases.append(statistics(name, {"seed": 3}, large))
        cases.append(statistics(name, {"seed": 3}, (3, 3, 64, 128)))
    for mode in MODES:
        for distribution in DISTRIBUTIONS:
            cases.append(statistics("VarianceScaling", {"scale": 2.0, "mode": mode, "distribution": distribution, "seed": 5}, large))
    for args in [{"seed": 1}, {"gain": 1.5, "seed": 1}]:
        for shape in [(4, 4), (6, 3), (3, 6), (3, 3, 2, 8), (64, 64)]:
            cases.append(orthogonal(args, shape))
    write(
        "initializers.json",
        cases,
        ["fans: compute_fans and the spread each mode and distribution implies; `random` cases are one large sample each."],
        fans=fans(),
        variance_scaling_family={k: list(v) for k, v in FAMILY.items()},
        configs=configs(),
        strings={k: v.__name__ for k, v in sorted(ALL_OBJECTS_DICT.items())},
    )
