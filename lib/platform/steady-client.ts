import pg from 'pg'

/**
 * A connection to PostgreSQL whose loss its statements tell of, and nothing else. Between two statements of a transaction
 * nobody listens to it: the server's end would otherwise be an error that nobody caught, and end the process with it.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    this.on('error', () => undefined)
  }
}
