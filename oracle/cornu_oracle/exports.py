"""Every public name the real Keras exports in the modules that SUPPORT.md lists."""

import inspect

import keras

from .common import write

MODULES = {
    "activations": keras.activations,
    "callbacks": keras.callbacks,
    "constraints": keras.constraints,
    "datasets": keras.datasets,
    "initializers": keras.initializers,
    "layers": keras.layers,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "optimizers": keras.optimizers,
    "optimizers.schedules": keras.optimizers.schedules,
    "regularizers": keras.regularizers,
    "utils": keras.utils,
}


def kind(thing):
    if inspect.isclass(thing):
        return "class"
    return "module" if inspect.ismodule(thing) else "function"


def exported(module):
    """(name, kind, the name it is another name of)."""
    out = []
    for name in sorted(vars(module)):
        thing = getattr(module, name)
        if name.startswith("_") or (inspect.ismodule(thing) and module is not keras.datasets):
            continue
        own = getattr(thing, "__name__", name).split(".")[-1]
        out.append({"name": name, "kind": kind(thing), "is": own})
    return out


def main():
    cases = [{"module": module, "exports": exported(of)} for module, of in MODULES.items()]
    write("exports.json", cases, ["exports: every public name, its kind, and the name of what it is (aliases differ)."])
