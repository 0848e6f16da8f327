"""Times rows in PyTorch on one thread; a request is a line of JSON, and so is the answer."""
import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(0)


def make(spec):
    if spec["dtype"] == "int32":
        return torch.randint(spec["below"], spec["shape"])
    return torch.rand(spec["shape"]) * 2 - 1


def expression(work):
    names = {name: make(spec) for name, spec in work["inputs"].items()}
    call = eval("lambda: " + work["code"], {"torch": torch, "F": F, **names})
    if not work["backward"]:
        return call
    leaves = [t.requires_grad_() for t in names.values() if t.is_floating_point()]
    gradient = call().detach().clone()
    return lambda: torch.autograd.grad(call(), leaves, gradient)


def program(work):
    names = {"torch": torch, "F": F}
    exec(work["code"], names)
    return names["step"]


calls = {}


def answer(request):
    if request["do"] == "hello":
        return {"version": torch.__version__}
    if request["do"] == "prepare":
        work = request["work"]
        make_call = program if work["kind"] == "program" else expression
        calls[request["id"]] = make_call(work)
        return {}
    if request["do"] == "close":
        del calls[request["id"]]
        return {}
    call = calls[request["id"]]
    start = time.perf_counter()
    for _ in range(request["iterations"]):
        call()
    return {"ms": (time.perf_counter() - start) * 1e3}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
