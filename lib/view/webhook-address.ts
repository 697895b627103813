/** Where TradingView sends a user's alerts: at the web application, or at the receiver on a port of its own. */
export interface WebhookAddress {
  path: string
  receiverPort: number
  receiverPath: string
}

export type AddressAnswer = { isDone: true; address: WebhookAddress } | { isDone: false }

/** Text as a Pine string literal. */
const literal = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
/** Text inside a JSON string inside a Pine string literal. */
const inJson = (text: string): string => literal(JSON.stringify(text).slice(1, -1)).slice(1, -1)

/**
 * A Pine script (version 6) that builds the message as the receiver reads it and sends it at each closed bar: a PING, or an
 * order where its condition holds. To be pasted into TradingView and given conditions of one's own.
 */
export function pineSnippet({ userId, brokerNumber }: { userId: string; brokerNumber: number | null }): string {
  const broker = brokerNumber === null ? '' : `,\\"UserExchangeID\\":${brokerNumber}`
  return `//@version=6
indicator("Aristobot", overlay = true)

fast = ta.ema(close, 12)
slow = ta.ema(close, 26)
buySignal = ta.crossover(fast, slow)
sellSignal = ta.crossunder(fast, slow)
percent = input.float(50, "PourCent", minval = 0, maxval = 100)

number(float value) =>
    na(value) ? "null" : str.tostring(value)

message(string action, float size, float price, float stopLoss, float takeProfit) =>
    "{\\"Symbol\\":\\"" + syminfo.ticker + "\\",\\"Exchange\\":\\"" + syminfo.prefix + "\\"" +
     ",\\"Currency\\":\\"" + syminfo.currency + "\\",\\"BaseCurrency\\":\\"" + syminfo.basecurrency + "\\"" +
     ",\\"Interval\\":\\"" + timeframe.period + "\\",\\"BarTime\\":" + str.tostring(time) +
     ",\\"Open\\":" + number(open) + ",\\"High\\":" + number(high) + ",\\"Low\\":" + number(low) +
     ",\\"Close\\":" + number(close) + ",\\"Volume\\":" + number(volume) +
     ",\\"Action\\":\\"" + action + "\\",\\"PourCent\\":" + number(size) + ",\\"Prix\\":" + number(price) +
     ",\\"PrixSL\\":" + number(stopLoss) + ",\\"PrixTP\\":" + number(takeProfit) +
     ",\\"IndicateurName\\":\\"Aristobot EMA\\",\\"UserID\\":\\"${inJson(userId)}\\"${broker}}"

plot(fast, color = color.aqua)
plot(slow, color = color.orange)

if barstate.isconfirmed
    if buySignal
        alert(message("BuyMarket", percent, na, na, na), alert.freq_once_per_bar_close)
    else if sellSignal
        alert(message("SellMarket", 100, na, na, na), alert.freq_once_per_bar_close)
    else
        alert(message("PING", 0, na, na, na), alert.freq_once_per_bar_close)
`
}
