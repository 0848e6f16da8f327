import { installAutograd } from '@sconce/core'
import './derivatives/index.ts'
import { backwardOf } from './backward.ts'
import { metaOf, needsGrad } from './meta.ts'
import { mode } from './mode.ts'
import { gradFnOf } from './record/edges.ts'
import { observe, records, run, runInplace } from './record/record.ts'
import {
  detachInplace,
  isLeaf,
  registerHook,
  retainGrad,
  setGrad,
  setRequiresGrad,
} from './tensor-members.ts'

installAutograd({
  records,
  run,
  observe,
  runInplace,
  isEnabled: () => mode.enabled,
  setEnabled: (on) => {
    mode.enabled = on
  },
  requiresGrad: needsGrad,
  setRequiresGrad,
  isLeaf,
  grad: (t) => metaOf(t)?.grad ?? null,
  setGrad,
  gradFn: gradFnOf,
  retainGrad,
  retainsGrad: (t) => metaOf(t)?.retains ?? false,
  registerHook,
  detach: (t) => t.alias(),
  detachInplace,
  backward: backwardOf,
})
