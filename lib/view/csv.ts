import type { NumberLocale } from '@/lib/view/format-amount'

/** Spreadsheets take a file for UTF-8 by this mark. */
export const BYTE_ORDER_MARK = '\ufeff'

const DIALECT = { fr: { separator: ';', decimal: ',' }, en: { separator: ',', decimal: '.' } }

/** A cell that is a number, given as a plain decimal. */
export interface NumberCell {
  number: string | null
}

/**
 * One line of a CSV file as spreadsheets of the language read it. Text that a spreadsheet would compute as a formula is
 * marked as text.
 */
export function csvLine(cells: (string | null | NumberCell)[], locale: NumberLocale): string {
  const { separator, decimal } = DIALECT[locale]
  const written = cells.map((cell) => {
    if (cell === null) return ''
    if (typeof cell !== 'string') return (cell.number ?? '').replace('.', decimal)
    const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
    return /[";,\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  // English numbers hold no separator; French ones are separated by semicolons.
  return `${written.join(separator)}\r\n`
}
