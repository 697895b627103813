import type { WebSocket } from 'ws'
import type { Faults } from './control/faults'

const PING_MS = 20_000
const PONG_PATIENCE_MS = 60_000
/** Beyond this many bytes waiting in a socket its client lags. */
const LAGGING_BYTES = 1_000_000

/** One WebSocket of a client: heartbeat, and the stream faults on what goes out. */
export class Connection {
  readonly socket: WebSocket
  private readonly faults: Faults
  private readonly timer: NodeJS.Timeout
  private heldBack: string | undefined
  private lastPong = performance.now()

  constructor(socket: WebSocket, faults: Faults) {
    this.socket = socket
    this.faults = faults
    socket.on('pong', () => {
      this.lastPong = performance.now()
    })
    // What a broken client does is its own affair; the close that follows tidies up.
    socket.on('error', () => undefined)
    this.timer = setInterval(() => {
      if (performance.now() - this.lastPong > PONG_PATIENCE_MS) socket.terminate()
      else socket.ping(String(Math.round(performance.now())))
    }, PING_MS)
    socket.on('close', () => clearInterval(this.timer))
  }

  get isLagging(): boolean {
    return this.socket.readyState === this.socket.OPEN && this.socket.bufferedAmount > LAGGING_BYTES
  }

  /** Sends an answer; faults do not touch it. */
  send(text: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(text)
  }

  /** Sends a stream message: stalled, doubled, or swapped with its neighbor when tests ask so. */
  stream(text: string): void {
    const { stallStreams, reorderStreamMessages, duplicateStreamMessages } = this.faults.current
    if (stallStreams === true || this.faults.losesMessage()) return
    if (reorderStreamMessages === true && this.heldBack === undefined) {
      this.heldBack = text
      return
    }
    this.send(text)
    if (duplicateStreamMessages === true) this.send(text)
    if (this.heldBack !== undefined) {
      const earlier = this.heldBack
      this.heldBack = undefined
      this.send(earlier)
    }
  }
}
