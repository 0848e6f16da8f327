import { examples } from '../../examples/index.ts'
import { hrefOf } from '../shell/route.ts'
import { drafts } from './drafts.ts'

/** The programs to choose from. */
export const ExampleList = ({ selected }: { selected: string }) => (
  <nav class="list" aria-label="Examples">
    <ul>
      {examples.map(({ name, title, about }) => (
        <li key={name}>
          <a href={hrefOf('examples', name)} aria-current={name === selected ? 'page' : undefined}>
            <b>
              {title}
              {drafts.value[name] !== undefined && <em> edited</em>}
            </b>
            <span>{about}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
