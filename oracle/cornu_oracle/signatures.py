"""Arguments, defaults, and default configs of everything Keras exports by name."""

import inspect

import keras

from .common import fresh, plain, write

FAMILIES = [
    "layers",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "callbacks",
]


def default(value):
    """A default as JSON where JSON has it, else the source-like text of it."""
    if value is inspect.Parameter.empty:
        return {"required": True}
    if value is None or isinstance(value, (bool, int, float, str, list, tuple)):
        return {"value": plain(value)}
    return {"repr": repr(value).split(" at 0x")[0]}


def parameters(obj):
    target = obj.__init__ if inspect.isclass(obj) else obj
    if inspect.isclass(obj) and target is object.__init__:
        return []
    out = []
    for p in inspect.signature(target).parameters.values():
        if p.name == "self":
            continue
        if p.kind is p.VAR_KEYWORD or p.kind is p.VAR_POSITIONAL:
            out.append({"name": p.name, "kind": p.kind.name})
        else:
            keyword_only = {"kind": "KEYWORD_ONLY"} if p.kind is p.KEYWORD_ONLY else {}
            out.append({"name": p.name, **default(p.default), **keyword_only})
    return out


def config(cls):
    fresh()
    try:
        instance = cls()
        return {"config": plain(instance.get_config())}
    except Exception as error:
        return {"no_default_instance": f"{type(error).__name__}: {error}".split(" at 0x")[0].splitlines()[0]}


def main():
    cases = []
    for family in FAMILIES:
        module = keras
        for part in family.split("."):
            module = getattr(module, part)
        for name in sorted(n for n in dir(module) if not n.startswith("_")):
            obj = getattr(module, name)
            if inspect.ismodule(obj) or not callable(obj):
                continue
            case = {"family": family, "name": name, "kind": "class" if inspect.isclass(obj) else "function", "parameters": parameters(obj)}
            if inspect.isclass(obj):
                case["class_name"] = obj.__name__
                if hasattr(obj, "get_config"):
                    case |= config(obj)
            cases.append(case)
    for name in "compile fit evaluate predict train_on_batch test_on_batch predict_on_batch summary save save_weights load_weights get_layer".split():
        cases.append({"family": "Model", "name": name, "kind": "method", "parameters": parameters(getattr(keras.Model, name))})
    for name in ["Input", "Sequential", "Model"]:
        cases.append({"family": "keras", "name": name, "kind": "class", "parameters": parameters(getattr(keras, name))})
    for path in ["utils.set_random_seed", "utils.to_categorical", "utils.normalize", "saving.load_model", "saving.save_model"]:
        obj = keras
        for part in path.split("."):
            obj = getattr(obj, part)
        cases.append({"family": path.split(".")[0], "name": path.split(".")[1], "kind": "function", "parameters": parameters(obj)})
    notes = [
        "a parameter holds `value` (JSON), `repr` (no JSON for it) or `required`; **kwargs and *args have only a kind.",
        "config is get_config() of the instance made without arguments; an alias has its class's own name in class_name.",
    ]
    write("signatures.json", cases, notes)
