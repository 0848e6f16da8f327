import type { ComponentChildren, TargetedKeyboardEvent } from 'preact'

export interface Tab<Name extends string> {
  readonly name: Name
  readonly title: string
}

interface TabsProps<Name extends string> {
  /** What the tabs choose, for screen readers. */
  readonly label: string
  readonly tabs: readonly Tab<Name>[]
  readonly selected: Name
  readonly select: (name: Name) => void
}

const tabId = (name: string): string => `tab-${name}`
const panelId = (name: string): string => `panel-${name}`

const moves: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Tabs as the ARIA practices describe them: one is in the tab order, arrows move between them. */
export function Tabs<Name extends string>({ label, tabs, selected, select }: TabsProps<Name>) {
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    const next =
      tabs[
        move(
          tabs.findIndex(({ name }) => name === selected),
          tabs.length,
        )
      ]
    select(next.name)
    document.getElementById(tabId(next.name))?.focus()
  }
  return (
    <div role="tablist" aria-label={label} class="tabs" onKeyDown={onKeyDown}>
      {tabs.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(name)}
          aria-controls={panelId(name)}
          aria-selected={name === selected}
          tabIndex={name === selected ? 0 : -1}
          onClick={() => select(name)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}

interface PanelProps {
  readonly name: string
  readonly hidden: boolean
  readonly children: ComponentChildren
}

/** What a tab shows. */
export const Panel = ({ name, hidden, children }: PanelProps) => (
  <section role="tabpanel" id={panelId(name)} aria-labelledby={tabId(name)} hidden={hidden}>
    {children}
  </section>
)
