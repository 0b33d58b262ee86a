"""`python -m cornu_oracle [FAMILY...]` asks Keras again and rewrites the fixtures of all or some families."""

import importlib
import subprocess
import sys

FAMILIES = [
    "activations",
    "losses",
    "optimizers",
    "schedules",
    "optimizer_files",
    "layers.core",
    "layers.reshaping",
    "layers.image",
    "layers.regularization",
    "layers.normalization",
    "layers.convolutional",
    "layers.pooling",
    "layers.rnn",
    "layers.wrappers",
    "layers.conv_lstm",
    "layers.merging",
    "layers.activations",
    "layers.attention",
    "layers.preprocessing",
    "metrics",
    "measures",
    "keras_files",
    "names",
    "deep_files",
    "legacy_files",
    "functional",
    "operations",
    "preprocessing",
    "scikit_splits",
    "scikit_transformers",
    "training",
    "signatures",
    "summary",
    "dot",
    "initializers",
    "regularizers_constraints",
    "progress",
    "progbar",
    "callbacks",
    "hooks",
    "tensorboard",
    "data",
    "errors",
    "exports",
    "tuner",
    "searches",
]


def main():
    # `layers` stands for all of `layers.core`, `layers.reshaping`, …
    wanted = [f for a in sys.argv[1:] for f in [x for x in FAMILIES if x.startswith(f"{a}.")] or [a]] or FAMILIES
    unknown = [f for f in wanted if f not in FAMILIES]
    if unknown:
        sys.exit(f"unknown families {unknown}; there are {FAMILIES}")
    if len(wanted) == 1:
        importlib.import_module(f"cornu_oracle.{wanted[0]}").main()
        return
    # A process each: what one family leaves in Keras' global state must not reach the next.
    for family in wanted:
        print(family, flush=True)
        subprocess.run([sys.executable, "-m", "cornu_oracle", family], check=True)


main()
