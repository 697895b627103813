import { ColorType, type DeepPartial, type TimeChartOptions, TickMarkType } from 'lightweight-charts'
import { formatAmount, type NumberLocale } from '@/lib/view/format-amount'
import { formatClock, formatJournalTime } from '@/lib/view/format-time'

export interface ChartColors {
  accent: string
  up: string
  down: string
  text: string
  grid: string
}

/** A built style sheet shortens #00ff88 to #0f8; the library and `translucent` want all six digits. */
const sixDigits = (color: string): string => (/^#[\da-f]{3}$/i.test(color) ? color.replace(/[\da-f]/gi, '$&$&') : color)

/** A token's color with an opacity of two hexadecimal digits. */
export const translucent = (color: string, opacity: string): string => `${color}${opacity}`

/** The design tokens in force where the chart stands. The library paints on a canvas and knows no CSS variables. */
export function readChartColors(element: Element): ChartColors {
  const style = getComputedStyle(element)
  const token = (name: string) => sixDigits(style.getPropertyValue(name).trim())
  return {
    accent: token('--accent'),
    up: token('--up'),
    down: token('--down'),
    text: token('--ink-mute'),
    grid: token('--line'),
  }
}

const millisecondsOf = (time: unknown): number => (typeof time === 'number' ? time * 1000 : 0)

/** Look of a price chart, with times in the user's zone and prices in the user's notation. */
export function chartOptions(
  colors: ChartColors,
  { locale, timeZone, priceDecimals }: { locale: NumberLocale; timeZone: string; priceDecimals: number },
): DeepPartial<TimeChartOptions> {
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: colors.text,
      fontSize: 11,
      attributionLogo: true,
    },
    grid: {
      vertLines: { color: translucent(colors.grid, '80') },
      horzLines: { color: translucent(colors.grid, '80') },
    },
    rightPriceScale: { borderColor: colors.grid, scaleMargins: { top: 0.08, bottom: 0.08 } },
    timeScale: {
      borderColor: colors.grid,
      timeVisible: true,
      secondsVisible: false,
      tickMarkFormatter: (time: unknown, kind: TickMarkType) => {
        const shown = formatJournalTime(millisecondsOf(time), timeZone)
        return kind === TickMarkType.Time || kind === TickMarkType.TimeWithSeconds
          ? shown.slice(9, 14)
          : shown.slice(3, 8)
      },
    },
    localization: {
      priceFormatter: (price: number) => formatAmount(price.toFixed(priceDecimals), locale),
      timeFormatter: (time: unknown) =>
        `${formatJournalTime(millisecondsOf(time), timeZone).slice(0, 8)} ${formatClock(millisecondsOf(time), timeZone).slice(0, 5)}`,
    },
    crosshair: { vertLine: { labelBackgroundColor: colors.accent }, horzLine: { labelBackgroundColor: colors.accent } },
  }
}
