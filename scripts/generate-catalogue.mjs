// Writes lib/domain/account/exchange-catalogue.json: the exchanges of the ccxt package with the credentials that each asks
// for. Names and credentials only: no connection is ever made through ccxt, and no running process imports it.
import { writeFileSync } from 'node:fs'
import ccxt from 'ccxt'

const CREDENTIALS = ['apiKey', 'secret', 'password', 'uid', 'walletAddress', 'privateKey', 'login', 'twofa', 'token']

export const catalogue = ccxt.exchanges.map((id) => {
  const exchange = new ccxt[id]()
  const credentials = CREDENTIALS.filter((name) => exchange.requiredCredentials[name] === true)
  return { id, name: exchange.name, hasSpot: exchange.has.spot === true, credentials }
})
if (process.argv[2] === '--write')
  writeFileSync(
    new URL('../lib/domain/account/exchange-catalogue.json', import.meta.url),
    `${JSON.stringify(catalogue, null, 2)}\n`,
  )
