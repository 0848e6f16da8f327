import autograd from './autograd.ts?raw'
import characters from './characters.ts?raw'
import curve from './curve.ts?raw'
import customFunction from './custom-function.ts?raw'
import modules from './modules.ts?raw'
import optimizers from './optimizers.ts?raw'
import rosenbrock from './rosenbrock.ts?raw'
import spirals from './spirals.ts?raw'
import tensors from './tensors.ts?raw'

/** A program that the page offers. */
export interface Example {
  /** What the address names it. */
  readonly name: string
  readonly title: string
  readonly about: string
  readonly source: string
}

/** In the order in which they are read. */
export const examples: readonly Example[] = [
  {
    name: 'tensors',
    title: 'Tensors',
    about: 'A network with gradients by hand',
    source: tensors,
  },
  {
    name: 'autograd',
    title: 'Autograd',
    about: 'The graph, and the same network',
    source: autograd,
  },
  { name: 'modules', title: 'Modules', about: 'The network as a module', source: modules },
  {
    name: 'optimizers',
    title: 'Optimizers',
    about: 'A loss function and an optimizer',
    source: optimizers,
  },
  { name: 'curve', title: 'Curve fitting', about: 'A wave from noisy samples', source: curve },
  {
    name: 'spirals',
    title: 'Spirals',
    about: 'A classifier, and what it sees',
    source: spirals,
  },
  {
    name: 'custom-function',
    title: 'Custom function',
    about: 'A derivative of one’s own, checked',
    source: customFunction,
  },
  {
    name: 'rosenbrock',
    title: 'Rosenbrock',
    about: 'A valley, walked down with LBFGS',
    source: rosenbrock,
  },
  {
    name: 'characters',
    title: 'Characters',
    about: 'A transformer learns a poem by heart',
    source: characters,
  },
]
