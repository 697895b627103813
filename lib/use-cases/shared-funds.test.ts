import { describe, expect, it } from 'vitest'
import type { Balance } from '@/lib/domain/account/balance'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { createFundsBooks } from '@/lib/use-cases/shared-funds'

const FREE = { isBusy: false, isAfterWait: false }
const BUSY = { isBusy: true, isAfterWait: false }

/** Books over an exchange that answers when it is told to. */
function openBooks() {
  const asked: ((usdt: string) => void)[] = []
  const books = createFundsBooks(
    () =>
      new Promise<Balance[]>((resolve) => {
        asked.push((usdt) => resolve([{ asset: 'USDT', free: d(usdt), locked: d('0'), total: d(usdt) }]))
      }),
  )
  return { asked, open: (asker: typeof FREE) => books.open('broker', asker) }
}

describe('funds shared by a burst', () => {
  it('one question serves all, and each finds what those before it have left', async () => {
    const { asked, open } = openBooks()
    const opening = [open(FREE), open(FREE)]
    asked[0]?.('100')
    const [first, second] = await Promise.all(opening)
    first?.take('USDT', d('50'))
    expect(second?.freeOf('USDT').toFixed()).toBe('50')
    // One that comes while the first has no answer yet: the reading from before it is known to be without it.
    expect((await open(BUSY))?.freeOf('USDT').toFixed()).toBe('50')
    second?.take('USDT', d('25'))()
    expect(first?.freeOf('USDT').toFixed()).toBe('50')
    expect(first?.freeOf('BTC').toFixed()).toBe('0')
    expect(asked).toHaveLength(1)
  })

  it('a reading during which an order was written is not used', async () => {
    const { asked, open } = openBooks()
    const opening = open(FREE)
    asked[0]?.('100')
    const old = await opening
    const later = open({ isBusy: false, isAfterWait: true })
    old?.take('USDT', d('50'))
    asked[1]?.('100')
    expect((await later)?.isSpoilt).toBe(true)
    expect(await open(BUSY)).toBeNull()
    const fresh = open(FREE)
    asked[2]?.('50')
    expect((await fresh)?.freeOf('USDT').toFixed()).toBe('50')
  })

  it('asks anew when nobody uses the last reading any more, or the caller waited for an answer', async () => {
    const { asked, open } = openBooks()
    const first = open(FREE)
    asked[0]?.('100')
    ;(await first)?.close()
    void open(FREE)
    void open({ isBusy: false, isAfterWait: true })
    expect(asked).toHaveLength(3)
  })

  it('with orders under way and nothing read before them, nothing is answered', async () => {
    const { asked, open } = openBooks()
    expect(await open(BUSY)).toBeNull()
    expect(asked).toHaveLength(0)
  })
})
