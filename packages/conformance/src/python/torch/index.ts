/** PyTorch programs, run on the library. */
import { getDevice } from '@sconce/core'
import { Interpreter } from '../interpreter.ts'
import { native } from '../values/functions.ts'
import type { Binding } from './binding.ts'
import { torchHost } from './host.ts'
import { graph } from './nodes.ts'
import { torchNamespaces } from './torch.ts'

export interface TorchOptions {
  /** The device that programs call `cpu`. */
  device: string
  /** What programs find in `torch.nn` and `torch.optim`: the packages, as modules. */
  nn?: object
  optim?: object
  /** Where `print` goes. */
  write?: (text: string) => void
}

/**
 * An interpreter in which `torch`, `nn`, `F`, `optim`, `math` and `graph` are defined, as the recorded
 * programs expect it.
 */
export function torchInterpreter({ device, nn, optim, write }: TorchOptions): Interpreter {
  const { dtypes } = getDevice(device).backend.info
  const binding: Binding = {
    device,
    holdsInt64: dtypes.int64?.storage === true,
    packages: { nn, optim },
    get interpreter() {
      return interpreter
    },
  }
  const host = torchHost(binding, () => namespaces)
  const interpreter = new Interpreter({ host, write })
  const namespaces = torchNamespaces(binding)
  const globals = { torch: '', nn: 'nn', optim: 'optim' }
  for (const [name, path] of Object.entries(globals)) {
    const module = namespaces.get(path)
    if (module) interpreter.set(name, module)
  }
  interpreter.run('import math\nimport torch.nn.functional as F')
  interpreter.set(
    'graph',
    native('graph', 'node', ([node]) => graph(node)),
  )
  return interpreter
}
