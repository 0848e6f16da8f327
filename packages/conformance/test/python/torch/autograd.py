x = torch.ones(2, 2, requires_grad=True)
print(x, x.requires_grad, x.is_leaf, x.grad, x.grad_fn)
y = x * 3 + 1; z = (y ** 2).mean(); print(y, z, y.grad_fn.name(), type(z.grad_fn).__name__, y.requires_grad, y.is_leaf)
print(z.grad_fn.next_functions[0][0].name(), len(y.grad_fn.next_functions), y.grad_fn.next_functions[1], z.grad_fn.next_functions[0][1], graph(z.grad_fn))
y.retain_grad(); print(y.retains_grad); z.backward(); print(x.grad, y.grad)
x.grad.zero_(); print(x.grad); x.grad = None; print(x.grad)
g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True); print(g.detach()); h, = torch.autograd.grad(g.sum(), [x]); print(h)
print(torch.autograd.grad((x * 2).sum(), [x, torch.ones(1, requires_grad=True)], allow_unused=True))
print(torch.autograd.grad(x * 2, x, grad_outputs=torch.full((2, 2), 5.)), torch.autograd.grad(outputs=(x * 2).sum(), inputs=x)[0])
with torch.no_grad():
    n = x * 2; print(n.requires_grad, torch.is_grad_enabled())
    with torch.enable_grad(): print((x * 2).requires_grad)
print(torch.is_grad_enabled())
@torch.no_grad()
def frozen(t):
    return t * 2
print(frozen(x).requires_grad, frozen.__name__)
with torch.set_grad_enabled(False): print((x * 2).requires_grad)
torch.set_grad_enabled(False); print((x * 2).requires_grad); torch.set_grad_enabled(True); print((x * 2).requires_grad)
with torch.inference_mode(): print((x * 2).requires_grad, torch.is_inference_mode_enabled())
print(x.detach().requires_grad, x.detach() is x, x.clone().requires_grad, x.requires_grad_(False).requires_grad, x.requires_grad_().requires_grad)
x.requires_grad = False; print(x.requires_grad); x.requires_grad = True
log = []
hook = x.register_hook(lambda g: log.append(g.sum().item())); w = x * 2
w.register_hook(lambda g: g * 10); w.sum().backward(); print(log, x.grad); hook.remove(); x.grad = None; (x * 2).sum().backward(); print(log, x.grad)
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, scale, tag=None):
        ctx.save_for_backward(a); ctx.scale = scale; ctx.tag = [tag]
        return a * a * scale
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        print('backward', ctx.needs_input_grad, ctx.scale, ctx.tag)
        return 2 * a * ctx.scale * g, None, None
x.grad = None; s = Square.apply(x, 3.0, 'tag'); print(s, s.grad_fn.name(), type(s.grad_fn).__name__); s.sum().backward(); print(x.grad)
class Split(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a): return a * 2, a * 3
    @staticmethod
    def backward(ctx, g1, g2): return g1 * 2 + g2 * 3
p, q = Split.apply(x); (p + q * 2).sum().backward(); print(x.grad, isinstance(Split.apply(x), tuple))
try: torch.autograd.Function.apply(x)
except NotImplementedError as e: print(type(e).__name__, e)
class Raises(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a): return a.clone()
    @staticmethod
    def backward(ctx, g): raise ValueError('in backward')
try: Raises.apply(x).sum().backward()
except ValueError as e: print('caught', e)
f = lambda t: (t ** 2).sum()
print(torch.autograd.functional.jacobian(lambda t: t ** 2, torch.tensor([1., 2.])), torch.autograd.functional.hessian(f, torch.tensor([1., 2.])), torch.autograd.functional.vjp(f, torch.tensor([1., 2.]))[1], torch.autograd.functional.jvp(f, torch.tensor([1., 2.]), torch.tensor([1., 0.])), torch.autograd.functional.hvp(f, torch.tensor([1., 2.]), torch.tensor([1., 0.]))[1])
x.grad = None; torch.autograd.backward([(x * 2).sum(), (x * 3).sum()]); print(x.grad); torch.autograd.backward(x * 2, grad_tensors=torch.ones(2, 2)); print(x.grad)
import torch.utils.checkpoint as cp
x.grad = None; cp.checkpoint(lambda t: (t * 2).exp(), x).sum().backward(); print(x.grad)
a = torch.zeros(2); v0 = a._version; a.add_(1); print(v0, a._version, a.data._version)
p = torch.ones(2, requires_grad=True); p.data -= 0.5; print(p); p.data = torch.full((2,), 9.); print(p)
for bad in [lambda: x.sum(0).backward(), lambda: torch.ones(1).backward(), lambda: x.add_(1), lambda: torch.tensor([1], requires_grad=True), lambda: torch.tensor([1]).requires_grad_(), lambda: x.numpy(), lambda: setattr(x * 2, 'requires_grad', False), lambda: torch.ones(1).retain_grad()]:
    try: bad(); print('no error')
    except RuntimeError as e: print(type(e).__name__, e)
k = torch.ones(3, requires_grad=True); l = (k * k).sum(); l.backward()
try: l.backward()
except RuntimeError as e: print(str(e)[:60])
k.grad = None; l = (k * 2).sum(); l.backward(retain_graph=True); l.backward(); print(k.grad); (k * 2).backward(torch.tensor([1., 2., 3.])); print(k.grad); (k * 2).backward(gradient=torch.ones(3)); print(k.grad)
c = torch.ones(2, requires_grad=True); d = torch.ones(2, requires_grad=True); (c * d).sum().backward(inputs=[c]); print(c.grad, d.grad); (c * d).sum().backward(inputs=d); print(d.grad)
