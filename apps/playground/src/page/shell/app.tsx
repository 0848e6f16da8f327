import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import { ConformanceView } from '../conformance/view.tsx'
import { DigitsView } from '../digits/view.tsx'
import { DoctorView } from '../doctor/view.tsx'
import { ExamplesView } from '../examples/view.tsx'
import { BackendSwitch } from './backend-switch.tsx'
import { goTo, route, type View, views } from './route.ts'
import { Panel, Tabs } from './tabs.tsx'

const parts: Readonly<Record<View, { title: string; content: ComponentType }>> = {
  examples: { title: 'Examples', content: ExamplesView },
  digits: { title: 'Digits', content: DigitsView },
  conformance: { title: 'Conformance', content: ConformanceView },
  doctor: { title: 'Doctor', content: DoctorView },
}

const Header = () => (
  <header class="top">
    <h1 class="brand">
      <img src="./icon.svg" alt="" width="28" height="28" />
      Sconce <span>playground</span>
    </h1>
    <Tabs
      label="Parts of the playground"
      tabs={views.map((name) => ({ name, title: parts[name].title }))}
      selected={route.value.view}
      select={(view) => goTo(view)}
    />
    <BackendSwitch />
  </header>
)

/** The page: a header, and the part that the address names. A part stays as it was left. */
export function App() {
  const { view } = route.value
  const [visited, setVisited] = useState<readonly View[]>([view])
  if (!visited.includes(view)) setVisited([...visited, view])
  return (
    <>
      <Header />
      <main>
        {views.map((name) => {
          const Content = parts[name].content
          return (
            <Panel key={name} name={name} hidden={name !== view}>
              {(visited.includes(name) || name === view) && <Content />}
            </Panel>
          )
        })}
      </main>
    </>
  )
}
