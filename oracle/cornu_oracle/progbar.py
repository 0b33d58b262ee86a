"""What Keras' progress bar draws on a terminal, look by look, on a clock of ours."""

import contextlib
import io

from keras.src.utils import progbar

from .common import number, write


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    def __init__(self, now):
        self.now = now

    def time(self):
        return self.now


def case(name, target, times, logs, verbose=1):
    """`times` are those of the beginning, of each step, and of the end; `logs` those of a step number."""
    real, out = progbar.time, Terminal()
    progbar.time = clock = Clock(times[0])
    looks = []
    try:
        with contextlib.redirect_stdout(out):
            bar = progbar.Progbar(target, verbose=verbose, stateless_metrics=set())
            for at, now in enumerate(times[1:]):
                done, finalize = min(at + 1, target), at == target
                if verbose == 2 and not finalize:
                    continue
                clock.now = now
                out.seek(0)
                out.truncate()
                values = logs(at)
                bar.update(done, values, finalize=finalize)
                shown = [[k, number(v)] for k, v in values]
                looks.append({"done": done, "now": now, "finalize": finalize, "logs": shown, "text": out.getvalue()})
    finally:
        progbar.time = real
    return {"name": name, "target": target, "verbose": verbose, "start": times[0], "looks": looks}


def even(steps, tick):
    return [1000.0 + tick * at for at in range(steps + 2)]


def falling(at):
    return [("accuracy", 0.25 * at), ("loss", 10.0 ** (2 - at))]


def main():
    cases = []
    for verbose in [1, 2]:
        for tick in [0.004, 0.06, 0.5, 1.5, 90.0, 4000.0]:
            cases.append(case(f"every {tick} s", 3, even(3, tick), falling, verbose))
        cases.append(case("one step", 1, even(1, 0.25), falling, verbose))
        cases.append(case("in an instant", 2, even(2, 0.0), falling, verbose))
        cases.append(case("not a number", 2, even(2, 0.3), lambda at: [("loss", float("nan"))], verbose))
        cases.append(case("infinite and nothing", 2, even(2, 0.3), lambda at: [("a", float("inf")), ("b", 0.0)], verbose))
    cases.append(case("below nothing", 2, even(2, 0.3), lambda at: [("loss", -0.5 + at)]))
    cases.append(case("no logs", 25, even(25, 0.04), lambda at: []))
    cases.append(case("shorter and shorter", 12, even(12, 0.1), lambda at: [("loss", 10.0 ** (6 - at))]))
    cases.append(case("a slow first step", 4, [1000.0, 1030.0, 1030.5, 1031.0, 1031.5, 1031.5], falling))
    write("histories/progbar.json", cases)
