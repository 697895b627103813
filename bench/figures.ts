/** One measured number. `baseline` was measured in the same run; `ratio` is value / baseline. */
export interface Figure {
  name: string
  value: number
  unit: string
  baseline?: number
  ratio?: number
}

const round = (value: number): number => +value.toPrecision(4)

export const figure = (name: string, value: number, unit: string): Figure => ({ name, value: round(value), unit })

/** A figure beside its baseline of the same run. */
export const compared = (name: string, value: number, unit: string, baseline: number): Figure => ({
  name,
  value: round(value),
  unit,
  baseline: round(baseline),
  ratio: round(value / baseline),
})

/** Prints figures as they come: one JSON object a line, or a row of an aligned table. */
export function printer(isJson: boolean): (figures: Figure[]) => void {
  if (isJson)
    return (figures) => {
      for (const each of figures) console.log(JSON.stringify(each))
    }
  console.log(row('figure', 'value', 'unit', 'baseline', 'ratio'))
  return (figures) => {
    for (const { name, value, unit, baseline, ratio } of figures)
      console.log(row(name, text(value), unit, text(baseline), ratio === undefined ? '' : `${ratio.toFixed(2)}x`))
  }
}

const text = (value: number | undefined): string =>
  value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: 3 })

const row = (name: string, value: string, unit: string, baseline: string, ratio: string): string =>
  `${name.padEnd(66)}${value.padStart(12)} ${unit.padEnd(14)}${baseline.padStart(12)}${ratio.padStart(9)}`.trimEnd()
