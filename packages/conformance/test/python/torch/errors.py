x = torch.ones(2, 3)
for fn in [lambda: x @ torch.ones(4, 5), lambda: x.view(4, 2), lambda: x[5], lambda: x[0, 0, 0], lambda: x[:, 7], lambda: x.sum(5), lambda: torch.cat([x, torch.ones(3, 2)]), lambda: x + torch.ones(4), lambda: x.item(), lambda: bool(x), lambda: int(x), lambda: float(x), lambda: len(torch.tensor(1)), lambda: list(torch.tensor(1)), lambda: x.nope, lambda: x[0.5], lambda: x['a'], lambda: torch.tensor([[1], [1, 2]]), lambda: [1, 2][torch.tensor(1.)], lambda: range(torch.tensor([1, 2])), lambda: x[::-1], lambda: x.transpose(0, 5), lambda: x.reshape(-1, -1), lambda: torch.tensor(None), lambda: x + 'a', lambda: x + None, lambda: x < 'a', lambda: x(), lambda: bool(torch.ones(0)), lambda: x.expand(4, 3), lambda: x.squeeze(9), lambda: F.nll_loss(x, torch.tensor([0., 1.])), lambda: torch.arange(0, 5, -1), lambda: x.split([2, 2]), lambda: x.to(torch.int64).mean(), lambda: setattr(x, 'shape', 1), lambda: x.unsqueeze(7), lambda: x.permute(0), lambda: torch.stack([x, x[0]]), lambda: torch.ones(2, -1)]:
    try: print('no error', fn())
    except Exception as e: print(type(e).__name__ + ':', e)
y = torch.ones(2)
try: y[5] = 1
except IndexError as e: print(e)
try: y.add_(torch.ones(3, 2))
except RuntimeError as e: print(e)
i = torch.ones(2, dtype=torch.int64)
try: i += 0.5
except RuntimeError as e: print(e)
print(y, i)
