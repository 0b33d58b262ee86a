"""The layouts of Keras 2.2 and 1.2, written by h5py as those versions did; tf-keras says what they compute."""

import io
import json

import h5py
import numpy as np

from whole_models import listed

UNIFORM = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}}
ORTHOGONAL = {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}}
ZEROS, ONES = {"class_name": "Zeros", "config": {}}, {"class_name": "Ones", "config": {}}


def names(group, attribute, values, room=64512):
    """Names as bytes of one length, cut in pieces where they take too much room."""
    array = np.array([value.encode() for value in values])
    pieces = max(1, -(-array.nbytes // room))
    if pieces == 1:
        group.attrs[attribute] = array
    else:
        for at, piece in enumerate(np.array_split(array, pieces)):
            group.attrs[f"{attribute}{at}"] = piece


def put(group, values, room=64512):
    names(group, "weight_names", [name for name, _ in values], room)
    for name, value in values:
        group[name] = value


def file(version, backend, config, layers, training=None, optimizer=None, room=64512):
    """The bytes of a whole model: layers are (name, [(weight, value)])."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        weights = root.create_group("model_weights")
        for group in [root, weights]:
            group.attrs["keras_version"] = version.encode()
            if backend:
                group.attrs["backend"] = backend.encode()
        root.attrs["model_config"] = json.dumps(config).encode()
        if training:
            root.attrs["training_config"] = json.dumps(training).encode()
        names(weights, "layer_names", [name for name, _ in layers], room)
        for name, values in layers:
            put(weights.create_group(name), values, room)
        if optimizer:
            put(root.create_group("optimizer_weights"), optimizer)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def case(name, data, x, y):
    return {f"{name}/file": data} | {f"{name}/x{at}": v for at, v in enumerate(x)} | {f"{name}/y{at}": v for at, v in enumerate(y)}


def predict(model, x):
    return [np.asarray(y) for y in listed(model.predict(x if len(x) > 1 else x[0], verbose=0))]


def randomize(model, rng):
    model.set_weights([rng.uniform(-0.7, 0.9, w.shape).astype(w.dtype) for w in model.get_weights()])


def common_2(name, **more):
    return {"name": name, "trainable": True, **more}


def dense_2(name, units, activation, **more):
    return {
        "class_name": "Dense",
        "config": common_2(name, **more, units=units, activation=activation, use_bias=True, kernel_initializer=UNIFORM, bias_initializer=ZEROS)
        | {key: None for key in ["kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint"]},
    }


def recurrent_2(kind, name, units, **more):
    config = common_2(name, **more, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, units=units)
    config |= {"activation": "tanh", "recurrent_activation": "hard_sigmoid", "use_bias": True, "kernel_initializer": UNIFORM}
    config |= {"recurrent_initializer": ORTHOGONAL, "bias_initializer": ZEROS, "dropout": 0.0, "recurrent_dropout": 0.0, "implementation": 1}
    config |= {key: None for key in ["kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "recurrent_constraint", "bias_constraint"]}
    return {"class_name": kind, "config": config | ({"unit_forget_bias": True} if kind == "LSTM" else {})}


def embedding_2(name, words, units, length):
    config = common_2(name, batch_input_shape=[None, length], dtype="float32", input_dim=words, output_dim=units)
    config |= {"embeddings_initializer": {"class_name": "RandomUniform", "config": {"minval": -0.05, "maxval": 0.05, "seed": None}}}
    config |= {"embeddings_regularizer": None, "activity_regularizer": None, "embeddings_constraint": None, "mask_zero": False, "input_length": length}
    return {"class_name": "Embedding", "config": config}


def keras_2(keras):
    """Keras 2.2.4: a list of layers without an input, old optimizers, a chunked list of names, functional models, states as inputs."""
    L, found = keras.layers, {}
    rng = np.random.default_rng(22)

    # A model trained by Adam with a decay, whose variables have names that say nothing.
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu"), L.Dense(2)])
    randomize(model, rng)
    model.compile(keras.optimizers.legacy.Adam(0.01, decay=0.1), "mse")
    x, t = rng.standard_normal((5, 4)).astype("float32"), rng.standard_normal((5, 2)).astype("float32")
    for _ in range(3):
        model.train_on_batch(x, t)
    slots = model.optimizer.get_weights()
    variables = [("Adam/iterations:0", np.int64(slots[0]))]
    variables += [(f"training/Adam/Variable{f'_{at}' if at else ''}:0", value) for at, value in enumerate(slots[1:])]
    variables += [(f"training/Adam/Variable_{len(slots) - 1 + at}:0", np.zeros(1, "float32")) for at in range(4)]
    config = {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": [dense_2("dense_1", 3, "relu", batch_input_shape=[None, 4], dtype="float32"), dense_2("dense_2", 2, "linear")]}}
    w = model.get_weights()
    layers = [("dense_1", [("dense_1/kernel:0", w[0]), ("dense_1/bias:0", w[1])]), ("dense_2", [("dense_2/kernel:0", w[2]), ("dense_2/bias:0", w[3])])]
    training = {
        "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.1, "epsilon": 1e-07, "amsgrad": False}},
        "loss": "mean_squared_error",
        "metrics": ["mae"],
        "sample_weight_mode": None,
        "loss_weights": None,
    }
    found |= case("trained", file("2.2.4", "tensorflow", config, layers, training, variables), [x], predict(model, [x]))
    model.train_on_batch(x, t)
    found |= {"trained/t0": t, "trained/after0": predict(model, [x])[0]}

    # Recurrent layers of their time.
    for kind in ["LSTM", "GRU"]:
        made = getattr(L, kind)(3, recurrent_activation="hard_sigmoid", **({"reset_after": False} if kind == "GRU" else {}))
        model = keras.Sequential([keras.Input((5,)), L.Embedding(9, 4), made, L.Dense(1, activation="sigmoid")])
        randomize(model, rng)
        e, k, r, b, dk, db = model.get_weights()
        own = kind.lower()
        config = {"class_name": "Sequential", "config": [embedding_2("embedding_1", 9, 4, 5), recurrent_2(kind, f"{own}_1", 3), dense_2("dense_1", 1, "sigmoid")]}
        layers = [
            ("embedding_1", [("embedding_1/embeddings:0", e)]),
            (f"{own}_1", [(f"{own}_1/kernel:0", k), (f"{own}_1/recurrent_kernel:0", r), (f"{own}_1/bias:0", b)]),
            ("dense_1", [("dense_1/kernel:0", dk), ("dense_1/bias:0", db)]),
        ]
        x = rng.integers(0, 9, (4, 5)).astype("int32")
        # So few bytes an attribute that the lists of names come in pieces.
        found |= case(kind.lower(), file("2.1.6", "tensorflow", config, layers, room=20), [x], predict(model, [x]))

    # A functional model with the states of an LSTM among its inputs, and a convolution by Theano.
    a, h, c = keras.Input((5, 2)), keras.Input((3,)), keras.Input((3,))
    lstm = L.LSTM(3, recurrent_activation="hard_sigmoid")
    model = keras.Model([a, h, c], L.Dense(2)(lstm(a, initial_state=[h, c])))
    randomize(model, rng)
    k, r, b, dk, db = model.get_weights()

    def input_2(name, *shape):
        config = {"batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False, "name": name}
        return {"name": name, "class_name": "InputLayer", "config": config, "inbound_nodes": []}

    nodes = [[["a", 0, 0, {}], ["h", 0, 0, {}], ["c", 0, 0, {}]]]
    config = {
        "class_name": "Model",
        "config": {
            "name": "model_1",
            "layers": [input_2("a", 5, 2), input_2("h", 3), input_2("c", 3), recurrent_2("LSTM", "lstm_1", 3) | {"name": "lstm_1", "inbound_nodes": nodes}, dense_2("dense_1", 2, "linear") | {"name": "dense_1", "inbound_nodes": [[["lstm_1", 0, 0, {}]]]}],
            "input_layers": [["a", 0, 0], ["h", 0, 0], ["c", 0, 0]],
            "output_layers": [["dense_1", 0, 0]],
        },
    }
    layers = [(name, []) for name in "ahc"] + [("lstm_1", [("lstm_1/kernel:0", k), ("lstm_1/recurrent_kernel:0", r), ("lstm_1/bias:0", b)]), ("dense_1", [("dense_1/kernel:0", dk), ("dense_1/bias:0", db)])]
    x = [rng.standard_normal(shape).astype("float32") for shape in [(4, 5, 2), (4, 3), (4, 3)]]
    found |= case("states", file("2.2.4", "tensorflow", config, layers), x, predict(model, x))

    model = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(3, (2, 3)), L.GlobalMaxPooling2D()])
    randomize(model, rng)
    k, b = model.get_weights()
    conv = {
        "class_name": "Conv2D",
        "config": common_2("conv2d_1", batch_input_shape=[None, 6, 6, 2], dtype="float32", filters=3, kernel_size=[2, 3], strides=[1, 1], padding="valid", data_format="channels_last", dilation_rate=[1, 1], activation="linear", use_bias=True, kernel_initializer=UNIFORM, bias_initializer=ZEROS)
        | {key: None for key in ["kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint"]},
    }
    pool = {"class_name": "GlobalMaxPooling2D", "config": common_2("global_max_pooling2d_1", data_format="channels_last")}
    config = {"class_name": "Sequential", "config": [conv, pool]}
    layers = [("conv2d_1", [("conv2d_1/kernel:0", k[::-1, ::-1]), ("conv2d_1/bias:0", b)]), ("global_max_pooling2d_1", [])]
    x = [rng.standard_normal((2, 6, 6, 2)).astype("float32")]
    found |= case("theano", file("2.0.8", "theano", config, layers), x, predict(model, x))

    # A layer of cuDNN's, whose gates are turned.
    model = keras.Sequential([keras.Input((4, 2)), L.LSTM(3)])
    randomize(model, rng)
    k, r, b = model.get_weights()
    turn = lambda w, func: np.hstack([func(gate) for gate in np.hsplit(w, 4)])  # noqa: E731
    cudnn = [turn(k, lambda g: g.T.reshape(g.shape)), turn(r, lambda g: g.T), np.tile(0.5 * b, 2)]
    config = common_2("cu_dnnlstm_1", batch_input_shape=[None, 4, 2], dtype="float32", return_sequences=False, return_state=False, go_backwards=False, stateful=False, units=3)
    config |= {"kernel_initializer": UNIFORM, "recurrent_initializer": ORTHOGONAL, "bias_initializer": ZEROS, "unit_forget_bias": True}
    config |= {key: None for key in ["kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "recurrent_constraint", "bias_constraint"]}
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "CuDNNLSTM", "config": config}]}}
    layers = [("cu_dnnlstm_1", [(f"cu_dnnlstm_1/{name}:0", value) for name, value in zip(["kernel", "recurrent_kernel", "bias"], cudnn)])]
    x = [rng.standard_normal((3, 4, 2)).astype("float32")]
    found |= case("cudnn", file("2.2.4", "tensorflow", config, layers), x, predict(model, x))
    return found


def layer_1(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, "trainable": True, **config}}


def dense_1(name, units, inputs, activation, **more):
    config = {"output_dim": units, "init": "glorot_uniform", "activation": activation, "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None}
    return layer_1("Dense", name, **more, **config, W_constraint=None, b_constraint=None, bias=True, input_dim=inputs)


def recurrent_1(kind, name, units, inputs):
    config = {"return_sequences": False, "go_backwards": False, "stateful": False, "unroll": False, "consume_less": "cpu", "input_dim": inputs, "input_length": None}
    config |= {"output_dim": units, "init": "glorot_uniform", "inner_init": "orthogonal", "activation": "tanh", "inner_activation": "hard_sigmoid"}
    config |= {"W_regularizer": None, "U_regularizer": None, "b_regularizer": None, "dropout_W": 0.0, "dropout_U": 0.0}
    return layer_1(kind, name, **config, **({"forget_bias_init": "one"} if kind == "LSTM" else {}))


def keras_1(keras):
    """Keras 1.2.2: other names of all arguments, gates with weights of their own, kernels as Theano had them."""
    L, found = keras.layers, {}
    rng = np.random.default_rng(12)

    model = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu"), L.BatchNormalization(), L.Dense(2, activation="softmax")])
    randomize(model, rng)
    weights = model.get_weights()
    weights[5] = np.abs(weights[5])
    model.set_weights(weights)
    w1, b1, g, b, m, v, w2, b2 = weights
    config = [
        dense_1("dense_1", 3, 4, "relu", batch_input_shape=[None, 4], input_dtype="float32"),
        layer_1("BatchNormalization", "batchnormalization_1", epsilon=0.001, mode=0, axis=-1, momentum=0.99, gamma_regularizer=None, beta_regularizer=None),
        layer_1("Dropout", "dropout_1", p=0.3),
        dense_1("dense_2", 2, 3, "softmax"),
    ]
    config[0]["config"]["W_regularizer"] = {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}
    config[3]["config"]["W_constraint"] = {"name": "MaxNorm", "m": 2, "axis": 0}
    layers = [
        ("dense_1", [("dense_1_W:0", w1), ("dense_1_b:0", b1)]),
        ("batchnormalization_1", [(f"batchnormalization_1_{n}:0", a) for n, a in [("gamma", g), ("beta", b), ("running_mean", m), ("running_std", v)]]),
        ("dropout_1", []),
        ("dense_2", [("dense_2_W:0", w2), ("dense_2_b:0", b2)]),
    ]
    training = {"optimizer_config": {"class_name": "SGD", "config": {"lr": 0.1, "momentum": 0.0, "decay": 0.0, "nesterov": False}}, "loss": "categorical_crossentropy", "metrics": ["accuracy"], "sample_weight_mode": None, "loss_weights": None}
    x = [rng.standard_normal((5, 4)).astype("float32")]
    found |= case("mlp", file("1.2.2", None, {"class_name": "Sequential", "config": config}, layers, training), x, predict(model, x))

    model = keras.Sequential([keras.Input((6, 5, 2)), L.ZeroPadding2D(1), L.Conv2D(3, (3, 2), strides=2, activation="relu"), L.MaxPooling2D(2), L.Flatten(), L.Dense(1)])
    randomize(model, rng)
    k, b, dk, db = model.get_weights()
    convolution = {"nb_filter": 3, "nb_row": 3, "nb_col": 2, "init": "glorot_uniform", "activation": "relu", "border_mode": "valid", "subsample": [2, 2], "dim_ordering": "tf"}
    config = [
        layer_1("ZeroPadding2D", "zeropadding2d_1", batch_input_shape=[None, 6, 5, 2], input_dtype="float32", padding=[1, 1], dim_ordering="tf"),
        layer_1("Convolution2D", "convolution2d_1", **convolution, W_regularizer=None, b_regularizer=None, activity_regularizer=None, W_constraint=None, b_constraint=None, bias=True),
        layer_1("MaxPooling2D", "maxpooling2d_1", pool_size=[2, 2], strides=[2, 2], border_mode="valid", dim_ordering="tf"),
        layer_1("Flatten", "flatten_1"),
        dense_1("dense_1", 1, None, "linear"),
    ]
    layers = [("zeropadding2d_1", []), ("convolution2d_1", [("convolution2d_1_W:0", k), ("convolution2d_1_b:0", b)]), ("maxpooling2d_1", []), ("flatten_1", []), ("dense_1", [("dense_1_W:0", dk), ("dense_1_b:0", db)])]
    x = [rng.standard_normal((3, 6, 5, 2)).astype("float32")]
    found |= case("convnet", file("1.2.2", None, {"class_name": "Sequential", "config": config}, layers), x, predict(model, x))

    model = keras.Sequential([keras.Input((7, 3)), L.Conv1D(4, 3, activation="relu"), L.GlobalMaxPooling1D(), L.Dense(1)])
    randomize(model, rng)
    k, b, dk, db = model.get_weights()
    config = [
        layer_1("Convolution1D", "convolution1d_1", batch_input_shape=[None, 7, 3], input_dtype="float32", nb_filter=4, filter_length=3, init="glorot_uniform", activation="relu", border_mode="valid", subsample_length=1, W_regularizer=None, b_regularizer=None, activity_regularizer=None, W_constraint=None, b_constraint=None, bias=True, input_dim=3, input_length=7),
        layer_1("GlobalMaxPooling1D", "globalmaxpooling1d_1"),
        dense_1("dense_1", 1, 4, "linear"),
    ]
    # (filters, inputs, length, 1), as Keras 1.1 had it.
    layers = [("convolution1d_1", [("convolution1d_1_W:0", k[:, None].transpose(3, 2, 0, 1)), ("convolution1d_1_b:0", b)]), ("globalmaxpooling1d_1", []), ("dense_1", [("dense_1_W:0", dk), ("dense_1_b:0", db)])]
    x = [rng.standard_normal((3, 7, 3)).astype("float32")]
    found |= case("convolution_1d", file("1.1.2", None, {"class_name": "Sequential", "config": config}, layers), x, predict(model, x))

    for kind in ["LSTM", "GRU"]:
        made = getattr(L, kind)(3, recurrent_activation="hard_sigmoid", **({"reset_after": False} if kind == "GRU" else {}))
        model = keras.Sequential([keras.Input((5,)), L.Embedding(9, 4), made])
        randomize(model, rng)
        e, k, r, b = model.get_weights()
        gates = "zrh" if kind == "GRU" else "ifco"
        parts = {g: (k[:, at], r[:, at], b[at]) for g, at in zip(gates, [slice(3 * n, 3 * n + 3) for n in range(len(gates))])}
        own = kind.lower()
        stored = [(f"{own}_1_{w}_{g}:0", part) for g in ("zrh" if kind == "GRU" else "icfo") for w, part in zip("WUb", parts[g])]
        config = [
            layer_1("Embedding", "embedding_1", batch_input_shape=[None, 5], input_dtype="int32", input_dim=9, output_dim=4, init="uniform", input_length=5, mask_zero=False, activity_regularizer=None, W_regularizer=None, W_constraint=None, dropout=0.0),
            recurrent_1(kind, f"{own}_1", 3, 4),
        ]
        x = [rng.integers(0, 9, (4, 5)).astype("int32")]
        found |= case(own, file("1.2.2", None, {"class_name": "Sequential", "config": config}, [("embedding_1", [("embedding_1_W:0", e)]), (f"{own}_1", stored)]), x, predict(model, x))

    # A functional model that merges.
    a, b = keras.Input((4,)), keras.Input((3,))
    model = keras.Model([a, b], L.Dense(2)(L.Concatenate()([L.Dense(3, activation="tanh")(a), b])))
    randomize(model, rng)
    w1, b1, w2, b2 = model.get_weights()

    def input_1(name, *shape):
        return {"name": name, **layer_1("InputLayer", name, batch_input_shape=[None, *shape], input_dtype="float32", sparse=False), "inbound_nodes": []}

    def called(layer, *sources):
        return {"name": layer["config"]["name"], **layer, "inbound_nodes": [[[source, 0, 0] for source in sources]]}

    merge = layer_1("Merge", "merge_1", mode="concat", mode_type="raw", concat_axis=-1, dot_axes=-1, output_shape=None, output_shape_type="raw", output_mask=None, output_mask_type="raw", arguments={})
    config = {
        "name": "model_1",
        "layers": [input_1("input_1", 4), input_1("input_2", 3), called(dense_1("dense_1", 3, 4, "tanh"), "input_1"), called(merge, "dense_1", "input_2"), called(dense_1("dense_2", 2, 6, "linear"), "merge_1")],
        "input_layers": [["input_1", 0, 0], ["input_2", 0, 0]],
        "output_layers": [["dense_2", 0, 0]],
    }
    layers = [("input_1", []), ("input_2", []), ("dense_1", [("dense_1_W:0", w1), ("dense_1_b:0", b1)]), ("merge_1", []), ("dense_2", [("dense_2_W:0", w2), ("dense_2_b:0", b2)])]
    x = [rng.standard_normal((3, 4)).astype("float32"), rng.standard_normal((3, 3)).astype("float32")]
    found |= case("merged", file("1.2.2", None, {"class_name": "Model", "config": config}, layers), x, predict(model, x))
    return found
