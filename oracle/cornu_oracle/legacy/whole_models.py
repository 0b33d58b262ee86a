"""Whole models in the words that Keras 3 and tf-keras share; nothing here imports either."""

import numpy as np


def models(keras, mean):
    """(name, builder, optimizer, loss, targets) of each; `mean` takes the mean along axis 1 between layers."""
    L, O, K = keras.layers, keras.optimizers, keras
    Input, Seq, Model = K.Input, K.Sequential, K.Model
    all_models = []

    def model(optimizer, loss, targets):
        def note(build):
            all_models.append((build.__name__, build, optimizer, loss, targets))
            return build

        return note

    classes, binary, real = "classes", "binary", "real"
    scc = "sparse_categorical_crossentropy"

    @model(lambda: O.SGD(0.05), scc, classes)
    def mlp():
        return Seq([Input((5,)), L.Dense(6, activation="relu"), L.Dense(5, activation="tanh"), L.Dense(3, activation="softmax")])

    @model(lambda: O.Adam(0.01), "binary_crossentropy", binary)
    def mlp_binary():
        return Seq([Input((4,), name="features"), L.Dense(6, activation="sigmoid", name="hidden"), L.Dropout(0.0), L.Dense(1, activation="sigmoid")], name="binary")

    @model(lambda: O.RMSprop(0.01, momentum=0.5, centered=True), "mse", real)
    def mlp_regularized():
        return Seq(
            [
                Input((4,)),
                L.Dense(5, activation="elu", kernel_initializer="he_normal", kernel_regularizer=K.regularizers.L2(0.01)),
                L.Dense(4, kernel_constraint=K.constraints.MaxNorm(1.5), bias_regularizer=K.regularizers.L1(0.01)),
                L.LeakyReLU(),
                L.Dense(2),
            ]
        )

    @model(lambda: O.Adam(0.01, amsgrad=True), scc, classes)
    def batch_normalized():
        return Seq([Input((4,)), L.Dense(6, use_bias=False), L.BatchNormalization(), L.Activation("relu"), L.Dense(5), L.BatchNormalization(scale=False), L.Dense(3, activation="softmax")])

    @model(lambda: O.SGD(0.02, momentum=0.9, nesterov=True), "mae", real)
    def deep_selu():
        layers = [L.Dense(4, activation="selu", kernel_initializer="lecun_normal") for _ in range(4)]
        return Seq([Input((3,)), *layers, L.Dense(1)])

    @model(lambda: O.Adagrad(0.05), scc, classes)
    def convnet():
        return Seq([Input((8, 8, 2)), L.Conv2D(3, 3, activation="relu"), L.MaxPooling2D(), L.Conv2D(4, (2, 2), padding="same"), L.Flatten(), L.Dense(3, activation="softmax")])

    @model(lambda: O.Adam(0.01), scc, classes)
    def convnet_normalized():
        return Seq([Input((8, 8, 2)), L.Conv2D(4, 3, strides=2, use_bias=False), L.BatchNormalization(), L.ReLU(max_value=6.0), L.DepthwiseConv2D(2, padding="same"), L.SeparableConv2D(5, 2), L.GlobalAveragePooling2D(), L.Dense(3, activation="softmax")])

    # TensorFlow takes the gradients of a word that comes twice one by one, others (JAX, torch, Cornu) their sum. To SGD it is the same.
    @model(lambda: O.SGD(0.05), "binary_crossentropy", binary)
    def text_convolutional():
        return Seq([Input((9,), dtype="int32"), L.Embedding(20, 4), L.Conv1D(5, 3, activation="relu"), L.GlobalMaxPooling1D(), L.Dense(1, activation="sigmoid")])

    @model(lambda: O.Adadelta(0.5), "mse", "image")
    def autoencoder():
        return Seq([Input((6, 6, 1)), L.Conv2D(3, 3, strides=2, padding="same", activation="relu"), L.Conv2DTranspose(2, 3, strides=2, padding="same"), L.ZeroPadding2D(1), L.Cropping2D(1), L.AveragePooling2D(1), L.Conv2D(1, 1)])

    @model(lambda: O.Adam(0.01), "mse", real)
    def lstm():
        return Seq([Input((5, 3)), L.LSTM(4), L.Dense(1)])

    @model(lambda: O.Adamax(0.01), "mse", real)
    def gru():
        return Seq([Input((5, 3)), L.GRU(4, return_sequences=True), L.GRU(3, reset_after=False), L.Dense(1)])

    @model(lambda: O.SGD(0.05), "mse", real)
    def simple_rnn():
        return Seq([Input((None, 3)), L.SimpleRNN(4, return_sequences=True), L.SimpleRNN(3), L.Dense(1)])

    @model(lambda: O.Adam(0.01), "mse", real)
    def lstm_hard():
        return Seq([Input((5, 3)), L.LSTM(4, recurrent_activation="sigmoid", unit_forget_bias=False, go_backwards=True), L.Dense(1)])

    @model(lambda: O.Adam(0.01), scc, classes)
    def bidirectional():
        return Seq([Input((5, 3)), L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Bidirectional(L.GRU(2), merge_mode="sum"), L.Dense(3, activation="softmax")])

    @model(lambda: O.RMSprop(0.01), "mse", "steps")
    def time_distributed():
        return Seq([Input((4, 6, 1)), L.TimeDistributed(L.Conv1D(2, 3)), L.TimeDistributed(L.Flatten()), L.TimeDistributed(L.Dense(1))])

    @model(lambda: O.SGD(0.05, momentum=0.9), "binary_crossentropy", binary)
    def text_masked():
        return Seq([Input((6,), dtype="int32"), L.Embedding(20, 4, mask_zero=True), L.LSTM(3), L.Dense(1, activation="sigmoid")])

    @model(lambda: O.Adam(0.01), "mse", real)
    def two_inputs():
        a, b = Input((4,), name="a"), Input((3,), name="b")
        x = L.Concatenate()([L.Dense(3, activation="relu")(a), L.Dense(3, activation="tanh")(b)])
        return Model([a, b], L.Dense(1)(x))

    @model(lambda: O.Adam(0.01), {"price": "mse", "kind": scc}, {"price": real, "kind": classes})
    def two_outputs():
        x = Input((4,), name="x")
        h = L.Dense(6, activation="relu", name="hidden")(x)
        return Model(x, [L.Dense(1, name="price")(h), L.Dense(3, activation="softmax", name="kind")(h)], name="two_outputs")

    @model(lambda: O.SGD(0.05, momentum=0.5), "binary_crossentropy", binary)
    def siamese():
        a, b = Input((4,), name="left"), Input((4,), name="right")
        shared = L.Dense(5, activation="relu", name="shared")
        return Model([a, b], L.Dense(1, activation="sigmoid")(L.Subtract()([shared(a), shared(b)])))

    @model(lambda: O.Adam(0.01), "mse", real)
    def nested_sequential():
        encoder = Seq([Input((4,)), L.Dense(3, activation="relu"), L.BatchNormalization()], name="encoder")
        decoder = Seq([Input((3,)), L.Dense(2), L.Dense(2)], name="decoder")
        return Seq([Input((4,)), encoder, decoder], name="whole")

    @model(lambda: O.Adam(0.01), "mse", real)
    def nested_functional():
        u = Input((4,))
        inner = Model(u, L.Add()([L.Dense(4)(u), u]), name="inner")
        a, b = Input((4,), name="a"), Input((4,), name="b")
        return Model([a, b], L.Dense(1)(L.Multiply()([inner(a), inner(b)])))

    @model(lambda: O.Nadam(0.01), "mse", real)
    def wide_and_deep():
        x = Input((6,))
        h = L.Dense(5, activation="relu")(L.Dense(5, activation="relu")(x))
        return Model(x, L.Dense(1)(L.Concatenate()([x, h])))

    @model(lambda: O.Adam(0.01), scc, "tokens")
    def seq2seq():
        source, target = Input((5, 2), name="source"), Input((4, 3), name="target")
        _, h, c = L.LSTM(4, return_state=True, name="encoder")(source)
        y = L.LSTM(4, return_sequences=True, name="decoder")(target, initial_state=[h, c])
        return Model([source, target], L.Dense(3, activation="softmax")(y))

    @model(lambda: O.Adam(0.01), "mse", real)
    def transformer():
        x = Input((5, 4))
        a = L.MultiHeadAttention(num_heads=2, key_dim=3)(x, x)
        h = L.LayerNormalization()(L.Add()([x, a]))
        f = L.Dense(4)(L.Dense(6, activation="gelu")(h))
        return Model(x, L.Dense(1)(L.GlobalAveragePooling1D()(L.LayerNormalization()(L.Add()([h, f])))))

    @model(lambda: O.SGD(0.02, momentum=0.9), scc, classes)
    def residual():
        x = Input((6, 6, 3))
        y = L.Activation("relu")(L.BatchNormalization()(L.Conv2D(3, 3, padding="same")(x)))
        y = L.Add()([x, L.Conv2D(3, 3, padding="same")(y)])
        return Model(x, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(y)))

    @model(lambda: O.Adam(0.01), "mse", real)
    def operators():
        a, b = Input((4,), name="a"), Input((4,), name="b")
        x = 1.0 - L.Dense(4)(a) * 2.0 + b / 4.0
        return Model([a, b], L.Dense(1)(L.Concatenate()([x[:, 1:3], x * b])))

    @model(lambda: O.Adam(0.01), "mse", real)
    def reduced():
        x = Input((5, 4))
        return Model(x, L.Dense(1)(mean(L.Dense(3, activation="relu")(x))))

    @model(lambda: O.SGD(0.05), scc, classes)
    def inception():
        x = Input((6, 6, 2))
        towers = [L.Conv2D(2, 1, activation="relu")(x), L.Conv2D(2, 3, padding="same")(x), L.MaxPooling2D(3, strides=1, padding="same")(x)]
        return Model(x, L.Dense(3, activation="softmax")(L.Flatten()(L.Concatenate(axis=-1)(towers))))

    @model(lambda: O.Adam(0.01), "mse", real)
    def attention():
        q, v = Input((3, 4), name="q"), Input((5, 4), name="v")
        x = L.Attention(use_scale=True)([L.Dense(4)(q), v])
        return Model([q, v], L.Dense(1)(L.Flatten()(L.Concatenate()([q, x]))))

    @model(lambda: O.Adam(0.01), "mse", real)
    def conv_lstm():
        return Seq([Input((3, 5, 5, 1)), L.ConvLSTM2D(2, 3), L.Flatten(), L.Dense(1)])

    @model(lambda: O.Adam(0.01), "mse", real)
    def frozen():
        inner = Seq([Input((4,)), L.Dense(4, trainable=False), L.BatchNormalization(), L.Dense(3)], name="inner")
        return Seq([Input((4,)), inner, L.Dense(3, trainable=False), L.BatchNormalization(trainable=False), L.Dense(1)])

    @model(lambda: O.Ftrl(0.05), "mse", real)
    def pointwise():
        return Seq([Input((7, 2)), L.Conv1D(3, 3, dilation_rate=2), L.PReLU(shared_axes=[1]), L.MaxPooling1D(2), L.Permute((2, 1)), L.Reshape((3,)), L.RepeatVector(2), L.Flatten(), L.Dense(1)])

    return all_models


def inputs(model, rng, rows=6):
    """Data for each input, integers for those of whole numbers; `None` lengths become 5."""
    made = []
    for tensor in model.inputs:
        shape = (rows, *[5 if n is None else int(n) for n in tensor.shape[1:]])
        if "int" in str(tensor.dtype):
            made.append(rng.integers(0, 20, shape).astype("int32"))
        else:
            made.append(rng.standard_normal(shape).astype("float32"))
    return made


def targets(kind, output, rng):
    """Targets for an output of this shape."""
    if kind == "classes":
        return rng.integers(0, 3, output.shape[:1]).astype("int32")
    if kind == "tokens":
        return rng.integers(0, 3, output.shape[:2]).astype("int32")
    if kind == "binary":
        return rng.integers(0, 2, output.shape).astype("float32")
    return rng.standard_normal(output.shape).astype("float32")


def listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def arrays(keras, mean, save):
    """The arrays of the fixture: for each model its file, inputs, predictions, targets, and predictions after another step.

    `save` gives the bytes of the model's file, with the model to go on with.
    """
    found = {}
    for number, (name, build, optimizer, loss, kind) in enumerate(models(keras, mean)):
        keras.utils.set_random_seed(number)
        rng = np.random.default_rng(number)
        model = build()
        x = inputs(model, rng)
        y = [np.asarray(t) for t in listed(model.predict(x if len(x) > 1 else x[0], verbose=0))]
        kinds = list(kind.values()) if isinstance(kind, dict) else [kind]
        t = [targets(one, output, rng) for one, output in zip(kinds, y, strict=True)]
        feed, goal = (x if len(x) > 1 else x[0]), (t if len(t) > 1 else t[0])
        metrics = ["accuracy" if kind in ("classes", "binary", "tokens") else "mae"]
        model.compile(optimizer(), loss, metrics=None if len(t) > 1 else metrics)
        model.fit(feed, goal, batch_size=3, epochs=2, shuffle=False, verbose=0)
        data, going_on = save(model)
        found[f"{name}/file"] = np.frombuffer(data, np.uint8)
        for stem, values in [("x", x), ("t", t), ("y", listed(model.predict(feed, verbose=0)))]:
            found |= {f"{name}/{stem}{at}": np.asarray(value) for at, value in enumerate(values)}
        going_on.train_on_batch(feed, goal)
        after = listed(going_on.predict(feed, verbose=0))
        found |= {f"{name}/after{at}": np.asarray(value) for at, value in enumerate(after)}
        print(name, flush=True)
    return found
