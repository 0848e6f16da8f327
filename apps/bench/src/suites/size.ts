import type { Suite } from './suite.ts'
export const size: Suite = async () => ({ contestants: [], duels: [], rows: [], figures: [] })
