import { describe, expect, it } from 'vitest'
import type { Balance } from '@/lib/domain/account/balance'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { createFundsBooks, type FundsAsker, type FundsBook } from '@/lib/use-cases/shared-funds'

const isWritten = () => Promise.resolve(true)
const purchase = (usdt: string, webhookId = '1') => ({ webhookId, asset: 'USDT', amount: d(usdt), brings: 'BTC' })

/** Books over an exchange that answers when it is told to. */
function openBooks() {
  const asked: ((usdt: string) => void)[] = []
  const books = createFundsBooks(
    () =>
      new Promise<Balance[]>((resolve) => {
        asked.push((usdt) => resolve([{ asset: 'USDT', free: d(usdt), locked: d('0'), total: d(usdt) }]))
      }),
  )
  const open = (asker: Partial<FundsAsker> = {}) =>
    books.open('broker', {
      isBusy: false,
      lookedAt: performance.now(),
      before: [],
      notBefore: -Infinity,
      known: null,
      asset: 'USDT',
      ...asker,
    })
  const openBook = async (asker: Partial<FundsAsker> = {}): Promise<FundsBook> => {
    const book = await open(asker)
    if (typeof book === 'string') throw new Error(book)
    return book
  }
  return { asked, books, open, openBook }
}
const later = () => new Promise((resolve) => setTimeout(resolve, 2))

describe('funds shared by a burst', () => {
  it('one question serves all, and each finds what those before it have left', async () => {
    const { asked, openBook } = openBooks()
    const opening = [openBook(), openBook()] as const
    asked[0]?.('100')
    const [first, second] = await Promise.all(opening)
    await first.spend(purchase('50'), isWritten)
    expect(second.freeOf('USDT').toFixed()).toBe('50')
    // One that comes while the first has no answer yet: the reading from before it is known to be without it.
    expect((await openBook({ isBusy: true })).freeOf('USDT').toFixed()).toBe('50')
    await second.spend(purchase('25'), () => Promise.resolve(false))
    expect(first.freeOf('USDT').toFixed()).toBe('50')
    expect(first.freeOf('BTC').toFixed()).toBe('0')
    expect(asked).toHaveLength(1)
  })

  it('who looked before an order was written sizes from the reading before that order, or looks again', async () => {
    const { asked, open, openBook } = openBooks()
    const lookedAt = performance.now()
    const opening = openBook()
    asked[0]?.('100')
    const first = await opening
    await first.spend(purchase('50'), isWritten)
    first.close()
    expect((await openBook({ lookedAt })).freeOf('USDT').toFixed()).toBe('50')
    expect(await open({ lookedAt, notBefore: performance.now() })).toBe('LOOK_AGAIN')
    await later()
    void open({ notBefore: performance.now() })
    expect(asked).toHaveLength(2)
  })

  it('an order that is being written is neither answered nor on record: who comes meanwhile looks again', async () => {
    const { asked, open, openBook } = openBooks()
    const opening = openBook()
    asked[0]?.('100')
    let written = (_: boolean): void => undefined
    const spending = (await opening).spend(purchase('50'), () => new Promise((resolve) => (written = resolve)))
    expect(await open({ notBefore: performance.now() })).toBe('LOOK_AGAIN')
    expect((await openBook()).freeOf('USDT').toFixed()).toBe('50')
    written(true)
    expect(await spending).toBe(true)
  })

  it('a reading from before a purchase is for nobody who sells what that one brings', async () => {
    const { asked, open, openBook } = openBooks()
    const lookedAt = performance.now()
    const opening = [openBook(), openBook({ asset: 'BTC' })] as const
    asked[0]?.('100')
    const [buyer, seller] = await Promise.all(opening)
    await buyer.spend(purchase('50'), isWritten)
    // Nobody knows yet whether the purchase is executed, nor when it is.
    expect(await open({ asset: 'BTC', isBusy: true })).toBe('BUSY')
    expect(await open({ asset: 'BTC', lookedAt })).toBe('LOOK_AGAIN')
    expect([buyer.isSpoilt, seller.isSpoilt]).toEqual([false, true])
    await later()
    void open({ asset: 'BTC' })
    expect(asked).toHaveLength(2)
  })

  it('every reading that orders are sized from knows of what is taken', async () => {
    const { asked, openBook } = openBooks()
    const books: FundsBook[] = []
    for (const index of [0, 1, 2]) {
      const opening = openBook({ notBefore: performance.now() })
      asked[index]?.('100')
      books.push(await opening)
      await later()
    }
    await books[0]?.spend(purchase('50'), isWritten)
    expect(books.map((book) => book.freeOf('USDT').toFixed())).toEqual(['50', '50', '50'])
  })

  it('a reading during which an order was written is not used', async () => {
    const { asked, open, openBook } = openBooks()
    const opening = openBook()
    asked[0]?.('100')
    const old = await opening
    const spoilt = openBook({ notBefore: performance.now() })
    await old.spend(purchase('50'), isWritten)
    asked[1]?.('100')
    expect((await spoilt).isSpoilt).toBe(true)
    expect(await open({ isBusy: true })).toBe('BUSY')
    await later()
    const fresh = openBook()
    asked[2]?.('50')
    expect((await fresh).freeOf('USDT').toFixed()).toBe('50')
  })

  it('an alert that another process took leaves a reading of no use to those behind it; one of ours does not', async () => {
    const { books, openBook } = openBooks()
    const known = [{ asset: 'USDT', free: d('100'), locked: d('0'), total: d('100') }]
    const [first, last] = await Promise.all([
      openBook({ known, before: ['7'] }),
      openBook({ known, before: ['7', '8'] }),
    ])
    // The seventh led to no order, and this process saw to it.
    books.settled('7')
    expect(first.confirm()).toBe(true)
    let end: (isWritten: boolean) => void = () => undefined
    const written = first.spend(purchase('50', '8'), () => new Promise<boolean>((resolve) => (end = resolve)))
    expect([last.confirm(), last.freeOf('USDT').toFixed()]).toEqual([true, '50'])
    end(true)
    await written
    // This one shares what was read for the others: what became of the sixth, they never knew.
    const other = await openBook({ known, lookedAt: performance.now() + 1000, before: ['6'] })
    expect([other.confirm(), other.isSpoilt]).toEqual([false, true])
  })

  it('an alert whose order was not written by us was written by somebody else', async () => {
    const { openBook } = openBooks()
    const known = [{ asset: 'USDT', free: d('100'), locked: d('0'), total: d('100') }]
    const [first, second] = await Promise.all([openBook({ known }), openBook({ known, before: ['1'] })])
    await first.spend(purchase('50', '1'), () => Promise.resolve(false))
    expect([first.isSpoilt, second.confirm(), second.isSpoilt]).toEqual([false, false, true])
  })

  it('after a write that failed, whether it was written is asked before anything is sized', async () => {
    const { asked, open, openBook } = openBooks()
    const opening = [openBook(), openBook()] as const
    asked[0]?.('100')
    const [first, second] = await Promise.all(opening)
    await expect(first.spend(purchase('100'), () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    expect(second.isSpoilt).toBe(true)
    await later()
    void open()
    expect(asked).toHaveLength(2)
  })

  it('asks anew when nobody uses the last reading any more, or the caller waited for an answer', async () => {
    const { asked, open, openBook } = openBooks()
    const opening = openBook()
    asked[0]?.('100')
    ;(await opening).close()
    void open()
    await later()
    void open({ notBefore: performance.now() })
    expect(asked).toHaveLength(3)
  })

  it('orders that follow closely go on from one reading, until one of the other side may have brought something', async () => {
    const { asked, open, openBook } = openBooks()
    const opening = openBook()
    asked[0]?.('100')
    const first = await opening
    await first.spend(purchase('50'), isWritten)
    first.close()
    await later()
    const second = await openBook()
    expect(second.freeOf('USDT').toFixed()).toBe('50')
    second.close()
    expect(asked).toHaveLength(1)
    void open({ asset: 'BTC' })
    expect(asked).toHaveLength(2)
  })

  it('with orders under way and nothing read before them, nothing is answered', async () => {
    const { asked, open } = openBooks()
    expect(await open({ isBusy: true })).toBe('BUSY')
    expect(asked).toHaveLength(0)
  })

  it('funds on record are used without a question, and shared like an answer', async () => {
    const { asked, open, openBook } = openBooks()
    const known = [{ asset: 'USDT', free: d('100'), locked: d('0'), total: d('100') }]
    const lookedAt = performance.now()
    const [first, second] = await Promise.all([openBook({ known, lookedAt }), openBook({ known, lookedAt })])
    await first.spend(purchase('40'), isWritten)
    expect(second.freeOf('USDT').toFixed()).toBe('60')
    expect(second.isSpoilt).toBe(false)
    // What was on record before an order was written is without it.
    expect((await openBook({ known, lookedAt })).freeOf('USDT').toFixed()).toBe('60')
    second.close()
    first.close()
    // What is on record since says more than an older reading less what was taken of it.
    await later()
    const grown = [{ asset: 'USDT', free: d('500'), locked: d('0'), total: d('500') }]
    expect((await openBook({ known: grown })).freeOf('USDT').toFixed()).toBe('500')
    expect(await open({ known, lookedAt, notBefore: performance.now() })).toBe('LOOK_AGAIN')
    expect(asked).toHaveLength(0)
  })

  it('nothing is sized from a reading of before orders that no reading knows of', async () => {
    const { asked, books, openBook } = openBooks()
    const [opening] = [openBook()]
    asked[0]?.('1000')
    const book = await opening
    books.forget('broker')
    expect(book.isSpoilt).toBe(true)
    const again = openBook()
    asked[1]?.('3000')
    expect((await again).freeOf('USDT').toFixed()).toBe('3000')
  })
})
