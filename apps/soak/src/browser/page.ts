/** What runs in the page: a plan, when the launcher says so. */
import { type Plan, type Trial, trials } from '../trial.ts'

declare global {
  interface Window {
    soak(plan: Plan): Promise<Trial[]>
  }
}

window.soak = async (plan) => {
  const done: Trial[] = []
  for await (const trial of trials(plan)) done.push(trial)
  return done
}
