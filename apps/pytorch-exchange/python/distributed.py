"""
Goes on training a model that came from Sconce, in two processes: `distributed.py FOLDER`.

Each process has half of every batch; DistributedDataParallel averages their gradients, so that each
step is the one that a single process takes with the whole batch.
"""
import json
import os
import sys

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from models import MODELS

PROCESSES = 2


def train(rank, folder):
    torch.set_num_threads(1)
    os.environ['GLOO_SOCKET_IFNAME'] = 'lo'
    rendezvous = 'file://' + os.path.join(os.path.abspath(folder), 'rendezvous')
    dist.init_process_group('gloo', init_method=rendezvous, rank=rank, world_size=PROCESSES)

    handed = torch.load(os.path.join(folder, 'handed-over.pt'))
    model = MODELS['rows']()
    model.load_state_dict(handed['model'])
    parallel = DistributedDataParallel(model)
    optimizer = torch.optim.AdamW(parallel.parameters())
    optimizer.load_state_dict(handed['optimizer'])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    scheduler.load_state_dict(handed['scheduler'])

    losses = []
    for x, y in handed['batches']:
        optimizer.zero_grad()
        loss = (parallel(x[rank::PROCESSES]) - y[rank::PROCESSES]).pow(2).mean()
        loss.backward()
        optimizer.step()
        scheduler.step()
        whole = loss.detach().clone()
        dist.all_reduce(whole)
        losses.append(whole.item() / PROCESSES)

    if rank == 0:
        with torch.no_grad():
            x, y = handed['batches'][-1]
            final = (model(x) - y).pow(2).mean().item()
        state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict(),
                 'scheduler': scheduler.state_dict()}
        torch.save(state, os.path.join(folder, 'brought-back.pt'))
        print(json.dumps({'losses': losses, 'final': final, 'processes': dist.get_world_size()}))
    dist.destroy_process_group()


if __name__ == '__main__':
    mp.spawn(train, args=(sys.argv[1],), nprocs=PROCESSES)
