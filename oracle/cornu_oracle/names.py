"""Default names, variable paths, and the addresses of both inside a file."""

import keras
from keras.src.utils.naming import to_snake_case

from .common import FIXTURES, fresh, plain, save_keras, write
from .keras_files import layout

L = keras.layers

CLASSES = (
    "Dense BatchNormalization Activation Dropout Flatten Reshape InputLayer Input Conv1D Conv2D Conv3D Conv2DTranspose DepthwiseConv2D "
    "SeparableConv2D MaxPooling2D AveragePooling1D GlobalMaxPooling2D GlobalAveragePooling1D UpSampling2D ZeroPadding2D Cropping1D "
    "LSTM GRU SimpleRNN LSTMCell GRUCell ConvLSTM2D Bidirectional TimeDistributed Embedding LayerNormalization GroupNormalization "
    "RMSNormalization UnitNormalization SpectralNormalization MultiHeadAttention GroupedQueryAttention AdditiveAttention Attention "
    "LeakyReLU PReLU ELU ReLU Softmax GaussianNoise GaussianDropout AlphaDropout SpatialDropout2D ActivityRegularization Add Concatenate "
    "Dot Lambda Masking RepeatVector Permute EinsumDense Identity Wrapper RNN StackedRNNCells Rescaling Normalization Resizing "
    "CategoryEncoding TextVectorization STFTSpectrogram MelSpectrogram Sequential Functional Model MyModel HTTPServer XMLHttpRequest "
    "Layer2D A AB ABc Abc aBc abc Abc2Def RMSprop SGD Adam AdamW Adadelta Ftrl Nadam Lion Muon Adafactor LossScaleOptimizer "
    "MeanSquaredError BinaryIoU IoU AUC F1Score FBetaScore R2Score OneHotMeanIoU KLDivergence SparseTopKCategoricalAccuracy"
).split()


def models():
    def twins():
        return keras.Sequential([keras.Input((4,)), L.Dense(3), L.Dense(3), L.Activation("relu"), L.Dense(2), L.BatchNormalization(), L.BatchNormalization()])

    def dropouts():
        return keras.Sequential([keras.Input((4,)), L.Dropout(0.5), L.Dense(3), L.Dropout(0.2, seed=1), L.Dense(2)])

    def custom():
        return keras.Sequential([keras.Input((4,), name="in"), L.Dense(3, name="dense_7"), L.Dense(3), L.Dense(2, name="out")], name="mine")

    def functional():
        a = keras.Input((4,))
        b = L.Dense(3)(a)
        return keras.Model(a, L.Dense(2, name="z")(L.Dense(3, name="a")(b)))

    def second():
        keras.Sequential([keras.Input((2,)), L.Dense(2)])
        keras.Input((2,))
        return keras.Sequential([keras.Input((2,)), L.Dense(2), L.Dropout(0.0)])

    def unbuilt():
        model = keras.Sequential([L.Dense(2), L.Dense(2)])
        model.build((None, 3))
        return model

    def frozen():
        model = keras.Sequential([keras.Input((4,)), L.Dense(3), L.BatchNormalization(), L.Dense(2)])
        model.layers[0].trainable = False
        return model

    return [twins, dropouts, custom, functional, second, unbuilt, frozen]


def refused_names():
    out = []
    for make in [
        lambda: keras.Sequential([keras.Input((2,)), L.Dense(2, name="a"), L.Dense(2, name="a")]),
        lambda: L.Dense(2, name="a/b"),
        lambda: L.Dense(2, name=3),
        lambda: L.Dense(2, name=""),
        lambda: keras.Sequential([keras.Input((2,), name="a"), L.Dense(2, name="a")]),
    ]:
        fresh()
        try:
            out.append({"accepted": make().name})
        except Exception as error:
            out.append({"error": type(error).__name__, "message": str(error)})
    return out


def main():
    cases = []
    for make in models():
        fresh()
        model = make()
        file = FIXTURES / "names_scratch.keras"
        model.compile(keras.optimizers.Adam(), "mse")
        model.optimizer.build(model.trainable_variables)
        save_keras(model, file.name)
        where = layout(file)
        file.unlink()
        cases.append(
            {
                "name": make.__name__,
                "model": model.name,
                "layers": [[type(x).__name__, x.name] for x in model.layers],
                "input": model.inputs[0].name,
                "output_names": plain(getattr(model, "output_names", None)),
                "weights": [[w.name, w.path, list(w.shape), bool(w.trainable)] for w in model.weights],
                "variables": [w.path for w in model.variables],
                "trainable_weights": [w.path for w in model.trainable_weights],
                "non_trainable_weights": [w.path for w in model.non_trainable_weights],
                "optimizer": [[v.path, list(v.shape), v.dtype] for v in model.optimizer.variables],
                "h5": [[i["path"], i["kind"], i.get("shape"), i.get("dtype"), i["attributes"]] for i in where["h5"]],
                "config_layers": [[c["class_name"], c["config"]["name"]] for c in where["config"]["config"]["layers"]],
            }
        )
    write("names.json", cases, snake_case={c: to_snake_case(c) for c in CLASSES}, refused_names=refused_names())
