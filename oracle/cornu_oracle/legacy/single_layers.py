"""One model for each layer, in the words that Keras 3 and tf-keras share."""

import numpy as np

from whole_models import listed

IMAGE, STEPS, FLAT, VOLUME = (6, 6, 2), (5, 3), (4,), (4, 4, 4, 2)


def layers(L):
    """(name, layer, shapes of the inputs)."""
    yield "Dense", L.Dense(3, activation="relu"), [FLAT]
    yield "Activation", L.Activation("tanh"), [FLAT]
    yield "Embedding", L.Embedding(9, 3), [("int", 4)]
    yield "Masking", L.Masking(0.0), [STEPS]
    yield "EinsumDense", L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d"), [STEPS]
    for name in ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]:
        yield name, getattr(L, name)(), [FLAT, FLAT]
    yield "Dot", L.Dot(axes=1, normalize=True), [FLAT, FLAT]
    yield "Flatten", L.Flatten(), [IMAGE]
    yield "Reshape", L.Reshape((2, -1)), [FLAT]
    yield "Permute", L.Permute((2, 1)), [STEPS]
    yield "RepeatVector", L.RepeatVector(3), [FLAT]
    yield "Cropping1D", L.Cropping1D((1, 2)), [STEPS]
    yield "Cropping2D", L.Cropping2D(((1, 0), (2, 1))), [IMAGE]
    yield "Cropping3D", L.Cropping3D(1), [VOLUME]
    yield "ZeroPadding1D", L.ZeroPadding1D(2), [STEPS]
    yield "ZeroPadding2D", L.ZeroPadding2D((1, 2)), [IMAGE]
    yield "ZeroPadding3D", L.ZeroPadding3D(1), [VOLUME]
    yield "UpSampling1D", L.UpSampling1D(2), [STEPS]
    yield "UpSampling2D", L.UpSampling2D((2, 3)), [IMAGE]
    yield "UpSampling2D_bilinear", L.UpSampling2D(2, interpolation="bilinear"), [IMAGE]
    yield "UpSampling3D", L.UpSampling3D(2), [VOLUME]
    yield "ReLU", L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2), [FLAT]
    yield "LeakyReLU", L.LeakyReLU(), [FLAT]
    yield "PReLU", L.PReLU(alpha_initializer="glorot_uniform"), [STEPS]
    yield "ELU", L.ELU(0.7), [FLAT]
    yield "Softmax", L.Softmax(axis=1), [STEPS]
    yield "Dropout", L.Dropout(0.3, noise_shape=(None, 1)), [FLAT]
    yield "SpatialDropout1D", L.SpatialDropout1D(0.3), [STEPS]
    yield "SpatialDropout2D", L.SpatialDropout2D(0.3), [IMAGE]
    yield "SpatialDropout3D", L.SpatialDropout3D(0.3), [VOLUME]
    yield "GaussianDropout", L.GaussianDropout(0.3), [FLAT]
    yield "GaussianNoise", L.GaussianNoise(0.3), [FLAT]
    yield "AlphaDropout", L.AlphaDropout(0.3), [FLAT]
    yield "ActivityRegularization", L.ActivityRegularization(l1=0.1, l2=0.2), [FLAT]
    yield "BatchNormalization", L.BatchNormalization(axis=1, moving_mean_initializer="ones"), [STEPS]
    yield "LayerNormalization", L.LayerNormalization(axis=[1, 2]), [STEPS]
    yield "GroupNormalization", L.GroupNormalization(groups=2), [(5, 4)]
    yield "UnitNormalization", L.UnitNormalization(), [STEPS]
    yield "Attention", L.Attention(), [STEPS, STEPS]
    yield "AdditiveAttention", L.AdditiveAttention(), [STEPS, STEPS]
    yield "Conv1D", L.Conv1D(3, 2, padding="causal", activation="relu"), [STEPS]
    yield "Conv2D", L.Conv2D(4, (2, 3), strides=2, groups=2), [IMAGE]
    yield "Conv3D", L.Conv3D(2, 2), [VOLUME]
    yield "Conv1DTranspose", L.Conv1DTranspose(2, 3, strides=2), [STEPS]
    yield "Conv2DTranspose", L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1), [IMAGE]
    yield "Conv3DTranspose", L.Conv3DTranspose(2, 2), [VOLUME]
    yield "DepthwiseConv1D", L.DepthwiseConv1D(2, depth_multiplier=2), [STEPS]
    yield "DepthwiseConv2D", L.DepthwiseConv2D((2, 3)), [IMAGE]
    yield "SeparableConv1D", L.SeparableConv1D(3, 2), [STEPS]
    yield "SeparableConv2D", L.SeparableConv2D(3, (3, 2), depth_multiplier=2), [IMAGE]
    for kind in ["Max", "Average"]:
        yield f"{kind}Pooling1D", getattr(L, f"{kind}Pooling1D")(2, padding="same"), [STEPS]
        yield f"{kind}Pooling2D", getattr(L, f"{kind}Pooling2D")((2, 3), strides=1), [IMAGE]
        yield f"{kind}Pooling3D", getattr(L, f"{kind}Pooling3D")(2), [VOLUME]
        for axes, shape in [(1, STEPS), (2, IMAGE), (3, VOLUME)]:
            name = f"Global{kind}Pooling{axes}D"
            yield name, getattr(L, name)(keepdims=axes == 2), [shape]
    for name in ["SimpleRNN", "LSTM", "GRU"]:
        yield name, getattr(L, name)(3, return_sequences=True), [STEPS]
        yield f"{name}_cell", L.RNN(getattr(L, f"{name}Cell")(3)), [STEPS]
    yield "LSTM_hard_sigmoid", L.LSTM(3, recurrent_activation="hard_sigmoid"), [STEPS]
    yield "GRU_before", L.GRU(3, reset_after=False, use_bias=False), [STEPS]
    yield "LSTM_state", L.LSTM(3, return_state=True), [STEPS]
    yield "StackedRNNCells", L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(2)])), [STEPS]
    yield "Bidirectional", L.Bidirectional(L.GRU(2), merge_mode="ave"), [STEPS]
    yield "TimeDistributed", L.TimeDistributed(L.Dense(2)), [STEPS]
    yield "ConvLSTM1D", L.ConvLSTM1D(2, 2), [(3, 4, 2)]
    yield "ConvLSTM2D", L.ConvLSTM2D(2, 2, return_sequences=True), [(3, 4, 4, 1)]
    yield "ConvLSTM3D", L.ConvLSTM3D(1, 2), [(2, 3, 3, 3, 1)]
    yield "Rescaling", L.Rescaling(0.5, offset=0.1), [IMAGE]
    yield "CenterCrop", L.CenterCrop(3, 4), [IMAGE]
    yield "Resizing", L.Resizing(4, 5), [IMAGE]
    yield "RandomFlip", L.RandomFlip(), [IMAGE]
    yield "RandomRotation", L.RandomRotation(0.1), [IMAGE]
    yield "RandomZoom", L.RandomZoom(0.1), [IMAGE]
    yield "RandomTranslation", L.RandomTranslation(0.1, 0.1), [IMAGE]
    yield "RandomContrast", L.RandomContrast(0.1), [IMAGE]
    yield "Normalization", L.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 1.0]), [FLAT]
    yield "Discretization", L.Discretization(bin_boundaries=[-0.5, 0.0, 0.5]), [FLAT]
    yield "CategoryEncoding", L.CategoryEncoding(num_tokens=9, output_mode="multi_hot"), [("int", 4)]
    yield "Hashing", L.Hashing(7), [("int", 4)]
    yield "IntegerLookup", L.IntegerLookup(vocabulary=[3, 5, 8]), [("int", 4)]


def arrays(keras, save):
    """The arrays of the fixture: for each layer its model's file, inputs and predictions."""
    found = {}
    for number, (name, layer, shapes) in enumerate(layers(keras.layers)):
        rng = np.random.default_rng(number)
        whole = [shape[0] == "int" for shape in shapes]
        feeds = [keras.Input(shape[1:], dtype="int64") if is_int else keras.Input(shape) for shape, is_int in zip(shapes, whole)]
        model = keras.Model(feeds, layer(feeds if len(feeds) > 1 else feeds[0]))
        # The first weights of many layers are zeros, which any order fits.
        model.set_weights([rng.uniform(0.1, 0.9, w.shape).astype(w.dtype) for w in model.get_weights()]) if name != "Normalization" else None
        x = [rng.integers(0, 9, (3, *shape[1:])).astype("int64") if is_int else rng.standard_normal((3, *shape)).astype("float32") for shape, is_int in zip(shapes, whole)]
        y = listed(model.predict(x if len(x) > 1 else x[0], verbose=0))
        found[f"{name}/file"] = np.frombuffer(save(model)[0], np.uint8)
        found |= {f"{name}/x{at}": value for at, value in enumerate(x)}
        found |= {f"{name}/y{at}": np.asarray(value) for at, value in enumerate(y)}
    return found
