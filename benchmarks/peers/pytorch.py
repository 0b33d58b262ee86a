"""PyTorch, eager: tensors in memory, batches by index_select over a random permutation.

    python pytorch.py mlp128
"""

import time

import torch
from torch import nn

import workloads


def mlp128():
    return nn.Sequential(
        nn.Linear(784, 256), nn.Sigmoid(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )


def mlp32():
    return nn.Sequential(
        nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10)
    )


def reg():
    return nn.Sequential(nn.Linear(8, 30), nn.ReLU(), nn.Linear(30, 1))


def bn():
    def norm(n):
        return nn.BatchNorm1d(n, eps=1e-3, momentum=0.01)  # as Keras' epsilon and momentum 0.99

    return nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(784, 300, bias=False),
        norm(300),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(300, 100, bias=False),
        norm(100),
        nn.ReLU(),
        nn.Linear(100, 10),
    )


MODELS = {f.__name__: f for f in (mlp128, mlp32, reg, bn)}


def keras_start(module):
    """Keras' starting weights, so that the losses of all peers may be compared."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def optimizer(work, parameters):
    """Keras' hyperparameters, in the fastest form each optimizer has on a CPU."""
    if work.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=work.learning_rate, fused=True)
    if work.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=work.learning_rate, eps=1e-7, fused=True)
    if work.optimizer == "rmsprop":
        return torch.optim.RMSprop(
            parameters, lr=work.learning_rate, alpha=0.9, eps=1e-7, foreach=True
        )
    raise ValueError(f"no optimizer {work.optimizer!r} here")


def train(model, x, y, work, epochs):
    """(seconds from the start to the end of each epoch, loss of the last epoch)."""
    classify = work.loss == workloads.CROSSENTROPY
    loss_of = nn.functional.cross_entropy if classify else nn.functional.mse_loss
    start, ends = time.perf_counter(), []
    steps = optimizer(work, model.parameters())
    model.train()
    for _ in range(epochs):
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.long)
        for batch in torch.randperm(len(x)).split(work.batch):
            inputs, targets = x.index_select(0, batch), y.index_select(0, batch)
            outputs = model(inputs)
            loss = loss_of(outputs, targets)
            steps.zero_grad()
            loss.backward()
            steps.step()
            loss_sum += loss.detach() * len(batch)
            if classify:
                correct += (outputs.detach().argmax(1) == targets).sum()
        mean_loss, _accuracy = loss_sum.item() / len(x), correct.item() / len(x)
        ends.append(time.perf_counter() - start)
    return ends, mean_loss


def main():
    args = workloads.arguments(__doc__)
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    work = workloads.WORKLOADS[args.workload]
    x, y = (torch.from_numpy(array) for array in work.data())
    classify = work.loss == workloads.CROSSENTROPY
    if classify:
        y = y.long()
    model = MODELS[args.workload]().apply(keras_start)
    ends, loss = train(model, x, y, work, 1 + args.epochs)

    # Trained on logits, asked for probabilities: the fast form of each in PyTorch.
    answer = nn.Sequential(model, nn.Softmax(1)) if classify else model
    answer.eval()
    rows, many = [x[i : i + 1] for i in range(100)], x[:10_000]
    with torch.inference_mode():
        workloads.report(
            fw="pytorch",
            name=args.workload,
            samples=len(x),
            epoch=workloads.best_epoch(ends),
            first_epoch=ends[0],
            loss=loss,
            predict_10k={
                f"model(x), {n} rows at a time": workloads.best_seconds(
                    lambda: torch.cat([answer(part) for part in many.split(n)]).numpy()
                )
                for n in (1000, 2500, 10_000)
            },
            predict_1={
                "model(x)": workloads.median_latency(lambda row: answer(row).numpy(), rows)
            },
            settings=f"eager, {torch.get_num_threads()} threads",
            version=torch.__version__,
        )


if __name__ == "__main__":
    main()
