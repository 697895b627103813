import type { EpochMs } from '@/lib/domain/market/timeframe'
import { offsetFrom, type ClockSample } from '@/lib/domain/market/exchange-clock'
import type { Clock } from '@/lib/platform/clock'

// The offset between this machine's clock and an exchange's (GW-10), for signing. Measured on first use, every ten
// minutes, and when the exchange refuses a timestamp.

const SAMPLES = 5
const RESYNC_MS = 600_000
const RETRY_MS = 10_000

export interface ServerClockState {
  offsetMs: number
  uncertaintyMs: number
  /** Undefined before the first measurement: the local clock is used as it is. */
  syncedAt: EpochMs | undefined
}

export class ServerClock {
  readonly #clock: Clock
  readonly #askServerTime: () => Promise<EpochMs>
  #state: ServerClockState = { offsetMs: 0, uncertaintyMs: 0, syncedAt: undefined }
  #nextSyncAt = 0
  #running: Promise<void> | undefined

  constructor(clock: Clock, askServerTime: () => Promise<EpochMs>) {
    this.#clock = clock
    this.#askServerTime = askServerTime
  }

  /** The exchange's time now, as far as it is known. */
  now(): EpochMs {
    return this.#clock() + this.#state.offsetMs
  }

  get state(): ServerClockState {
    return this.#state
  }

  /**
   * Measures when it is time to. The first measurement is awaited; later ones run beside the request that found them due,
   * because a stale offset is still a good one. A failed measurement keeps the old offset.
   */
  async keepFresh(): Promise<void> {
    if (this.#clock() < this.#nextSyncAt) return
    const sync = this.sync().catch(() => undefined)
    if (this.#state.syncedAt === undefined) await sync
  }

  /** Measures now; callers at the same time share one measurement. */
  sync(): Promise<void> {
    this.#running ??= this.#measure().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #measure(): Promise<void> {
    this.#nextSyncAt = this.#clock() + RETRY_MS
    const samples: ClockSample[] = []
    for (let i = 0; i < SAMPLES; i += 1) {
      const sentAt = this.#clock()
      const serverTime = await this.#askServerTime()
      samples.push({ sentAt, receivedAt: this.#clock(), serverTime })
    }
    this.#state = { ...offsetFrom(samples), syncedAt: this.#clock() }
    this.#nextSyncAt = this.#clock() + RESYNC_MS
  }
}
