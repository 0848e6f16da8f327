import type { maskedSchemas } from '@sconce/core'
import { defineNonDifferentiable } from './row.ts'

// Positions, though in the dtype of the input.
defineNonDifferentiable<typeof maskedSchemas>(['masked_argmax', 'masked_argmin'])
