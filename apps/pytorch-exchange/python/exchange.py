"""PyTorch's side of the exchange: `exchange.py COMMAND MODEL FOLDER`; prints its results as JSON."""
import json
import os
import struct
import sys

import numpy as np
import torch

from models import MODELS, SHAPES


def load_safetensors(path):
    """What safetensors.torch.load_file does, for machines that have no safetensors."""
    types = {'F32': np.float32, 'I64': np.int64}
    with open(path, 'rb') as file:
        header = json.loads(file.read(struct.unpack('<Q', file.read(8))[0]))
        data = file.read()
    state = {}
    for name, info in header.items():
        if name != '__metadata__':
            begin, end = info['data_offsets']
            array = np.frombuffer(data[begin:end], types[info['dtype']]).reshape(info['shape'])
            state[name] = torch.from_numpy(array.copy())
    return state


def run(model, x):
    """Output and gradients, all of one forward and backward pass."""
    model.zero_grad()
    output = model(x)
    output.pow(2).mean().backward()
    results = {'output': output.detach()}
    results.update({'grad.' + name: p.grad for name, p in model.named_parameters()})
    return {name: t.numpy() for name, t in results.items()}


def difference(a, b):
    assert a.keys() == b.keys(), (sorted(a), sorted(b))
    return max(float(np.abs(a[name] - b[name]).max()) for name in a)


def load(kind, folder):
    """Loads what Sconce wrote, and compares the results of the same pass."""
    model = MODELS[kind]()
    state = load_safetensors(os.path.join(folder, 'sconce.safetensors'))
    same = torch.load(os.path.join(folder, 'sconce.pt'))
    assert list(same) == list(model.state_dict()), list(same)
    assert all(torch.equal(state[name], same[name]) for name in same)
    model.load_state_dict(state)
    with np.load(os.path.join(folder, 'sconce.npz')) as file:
        theirs = {name: file[name] for name in file.files}
    ours = run(model, torch.from_numpy(theirs.pop('x')))
    return {'output': difference({'': ours.pop('output')}, {'': theirs.pop('output')}),
            'gradients': difference(ours, theirs)}


def save(kind, folder):
    """Writes a model, and the results of a pass, for Sconce to compare."""
    torch.manual_seed(7)
    model = MODELS[kind]()
    x = torch.randn(SHAPES[kind])
    with torch.no_grad():
        model(x)  # so that statistics are not what they start as
    torch.save(model.state_dict(), os.path.join(folder, 'torch.pt'))
    np.savez(os.path.join(folder, 'torch.npz'), x=x.numpy(), **run(model, x))
    return {}


if __name__ == '__main__':
    torch.set_num_threads(1)
    command, kind, folder = sys.argv[1:]
    print(json.dumps({'load': load, 'save': save}[command](kind, folder)))
