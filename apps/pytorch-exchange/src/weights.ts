import { join } from 'node:path'
import { loadNpz, loadTorchStateDict, saveNpz, saveSafetensors, saveTorch } from '@sconce/io/node'
import { manualSeed, noGrad, randn } from 'sconce'
import { type Exchanged, type ModelName, models } from './models.ts'
import { difference, having, pass } from './pass.ts'
import { runPython } from './python.ts'

/** How far the same pass is apart on both sides. */
export interface Apart {
  readonly output: number
  readonly gradients: number
}

/** Weights made here go to PyTorch, as safetensors and as a PyTorch file, which compares the same pass. */
export async function toTorch(name: ModelName, folder: string): Promise<Apart> {
  manualSeed(3)
  const { make, inputShape }: Exchanged = models[name]
  const model = make()
  const x = randn([...inputShape])
  // So that statistics are not what they start as.
  noGrad(() => model.call(x))
  const state = model.stateDict()
  await saveSafetensors(join(folder, 'sconce.safetensors'), state, { metadata: { format: 'pt' } })
  await saveTorch(join(folder, 'sconce.pt'), state)
  await saveNpz(join(folder, 'sconce.npz'), new Map([['x', x], ...pass(model, x)]))
  const { output, gradients } = (await runPython('exchange.py', 'load', name, folder)) as Apart
  return { output, gradients }
}

/** Weights made by PyTorch come here. */
export async function fromTorch(name: ModelName, folder: string): Promise<Apart> {
  await runPython('exchange.py', 'save', name, folder)
  const { make }: Exchanged = models[name]
  const model = make()
  model.loadStateDict(await loadTorchStateDict(join(folder, 'torch.pt')))
  const theirs = await loadNpz(join(folder, 'torch.npz'))
  const x = theirs.get('x')
  if (!x) throw new Error('torch.npz has no input')
  theirs.delete('x')
  const ours = pass(model, x)
  return {
    output: await difference(having(ours, 'output'), having(theirs, 'output')),
    gradients: await difference(having(ours, 'grad.'), having(theirs, 'grad.')),
  }
}
