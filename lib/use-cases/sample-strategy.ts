/** The strategy that every new user finds: a crossing of two exponential moving averages. */
export const SAMPLE_STRATEGY = {
  name: 'EMA cross',
  description:
    'Achète quand la moyenne rapide croise au-dessus de la lente, vend quand elle repasse dessous. 10 % du solde, stop 1 %, objectif 2 %.',
  timeframe: '1m',
  code: `// Buys when the fast average crosses above the slow one and sells when it crosses back.
// Sizes are in quote currency; stop and target are fractions (0.01 is 1 %).
export default class EmaCross extends Strategy {
  fast = this.ta.ema(3)
  slow = this.ta.ema(8)

  shouldLong() {
    return crossesOver(this.fast, this.slow)
  }

  // On a spot account nothing can be sold short: this closes a long position.
  shouldShort() {
    return crossesUnder(this.fast, this.slow)
  }

  calculatePositionSize() {
    return this.balance * 0.1
  }

  calculateStopLoss() {
    return 0.01
  }

  calculateTakeProfit() {
    return 0.02
  }
}
`,
} as const
