/** Style of the HTML report. Colours differ in lightness too, for those who don't tell red from green. */
export const style = `
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif }
body { margin: 2rem; max-width: 100% }
table { border-collapse: collapse; margin: .5rem 0 1rem }
th, td { padding: .15rem .5rem; border: 1px solid #8884; text-align: left; vertical-align: top }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
thead th { position: sticky; top: 0; background: Canvas }
#matrix thead tr:nth-child(2) th { top: 1.7rem }
#matrix tbody th { position: sticky; left: 0; background: Canvas; font-weight: normal }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 }
dt { opacity: .7 }
dd { margin: 0 }
i { opacity: .6 }
.pass { background: #3c9a4a33 }
.unclaimed { background: #8882 }
.knownFailure { background: #d9a40055 }
.blocked { background: #8a63d266 }
.fail, .error, .timeout, .unexpectedPass { background: #d1242fa0; color: white }
summary { padding: .15rem .5rem; cursor: pointer }
`

/** Hides rows of the matrix by name and by state. */
export const script = `
const filter = document.getElementById('filter')
const problems = document.getElementById('problems')
const update = () => {
  for (const row of document.querySelectorAll('#matrix tbody tr')) {
    const named = row.firstChild.textContent.includes(filter.value)
    const wrong = row.querySelector('.fail, .error, .timeout, .unexpectedPass, .blocked, .knownFailure')
    row.hidden = !named || (problems.checked && !wrong)
  }
}
filter.oninput = problems.onchange = update
`
