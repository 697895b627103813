import { Gauge } from 'prom-client'

interface Figures {
  prints: number
  lastMessageAt: number | undefined
  unstored: number
  unsent: number
  dropped: number
  missingMinutes: number
}

/** Shows the heartbeat's figures under /metrics, read when asked. */
export function exposeFigures(read: () => Figures): void {
  const gauge = (name: string, help: string, value: (figures: Figures) => number) =>
    new Gauge({
      name: `aristobot_heartbeat_${name}`,
      help,
      collect() {
        this.set(value(read()))
      },
    })
  gauge('prints', 'Market prints received since the start', (f) => f.prints)
  gauge('last_message_seconds', 'Local time of the last market message', (f) => (f.lastMessageAt ?? 0) / 1000)
  gauge('unstored_bars', 'Closed bars that wait for the database', (f) => f.unstored)
  gauge('unsent_signals', 'Signals that wait for the queue', (f) => f.unsent)
  gauge('dropped', 'Bars and signals dropped because a backlog was full', (f) => f.dropped)
  gauge('missing_minutes', 'Minutes that wait to be fetched from the exchange', (f) => f.missingMinutes)
}
