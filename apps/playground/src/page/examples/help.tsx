const entries = [
  ['plot(title, x, value)', 'adds a point to a chart; an object of values adds to several lines'],
  ['curves(title, x, { name: y })', 'draws lines over the same numbers, in place of the last'],
  ['show(title, tensor, options?)', 'a tensor as a picture; 3 and more dims are tiles'],
  ['showGraph(tensor, { name: leaf })', 'the graph that autograd recorded behind a tensor'],
] as const

/** What a program can import beside the library. */
export const Help = () => (
  <details class="help">
    <summary>
      What <code>playground</code> has
    </summary>
    <dl>
      {entries.map(([call, about]) => (
        <div key={call}>
          <dt>
            <code>{call}</code>
          </dt>
          <dd>{about}</dd>
        </div>
      ))}
    </dl>
    <p>
      The same title means the same place on the page. Programs import <code>sconce</code> and{' '}
      <code>playground</code>, may <code>await</code> anywhere, and start on the backend that is
      chosen above.
    </p>
  </details>
)
