"""The models of src/models.ts in PyTorch, with the same names for the same parameters."""
from torch import nn


class Picture(nn.Module):
    """Convolutions, batch norm, pooling."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1, stride=2)
        self.norm = nn.BatchNorm2d(4)
        self.deep = nn.Conv2d(4, 6, 3, groups=2, bias=False)
        self.out = nn.Linear(24, 3)

    def forward(self, x):
        x = nn.functional.relu(self.norm(self.conv(x)))
        x = nn.functional.max_pool2d(self.deep(x), 2)
        return self.out(x.flatten(1))


class Rows(nn.Module):
    """Linear layers, layer norm, smooth activations."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 16)
        self.norm = nn.LayerNorm(16)
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        return self.out(nn.functional.gelu(self.norm(self.hidden(x)).tanh()))


MODELS = {'picture': Picture, 'rows': Rows}
SHAPES = {'picture': (6, 2, 12, 12), 'rows': (6, 5)}
