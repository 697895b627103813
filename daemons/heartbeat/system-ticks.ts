import { type EpochMs, openTimeOf } from '@/lib/domain/market/timeframe'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { HeartbeatPorts } from '@/daemons/heartbeat/ports'

export interface SystemTicksOptions {
  ports: Pick<HeartbeatPorts, 'publishTick'>
  clock: Clock
  /** The exchange's time, or the local one while it is not known: the tracker needs its tick in any case. */
  exchangeNow: () => EpochMs
  everyMs: number
  log: Logger
}

/**
 * The system clock (HB-10): a tick every 10 s for the tracker, and one a minute that carries the exchange's time for the webhook
 * audit. A minute that was slept through is not made up for.
 */
export class SystemTicks {
  readonly #options: SystemTicksOptions
  readonly #timer: NodeJS.Timeout
  #minute: EpochMs
  #nextTickAt: EpochMs

  constructor(options: SystemTicksOptions) {
    this.#options = options
    this.#minute = openTimeOf('1m', options.exchangeNow())
    this.#nextTickAt = nextMultiple(options.clock(), options.everyMs)
    this.#timer = setInterval(
      () => {
        this.#look()
      },
      Math.min(250, options.everyMs / 4),
    )
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { clock, exchangeNow, everyMs } = this.#options
    const minute = openTimeOf('1m', exchangeNow())
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#publish(minute, true)
    }
    if (clock() < this.#nextTickAt) return
    this.#nextTickAt = nextMultiple(clock(), everyMs)
    this.#publish(exchangeNow(), false)
  }

  #publish(exchangeTime: EpochMs, isMinute: boolean): void {
    const { ports, clock, log } = this.#options
    ports.publishTick({ exchangeTime, publishedAt: clock(), isMinute }).catch((error: unknown) => {
      log.warn({ reason: String(error), isMinute }, 'tick could not be sent')
    })
  }
}

const nextMultiple = (time: EpochMs, step: number): EpochMs => time - (time % step) + step
