import { hkdfSync, timingSafeEqual } from 'node:crypto'

/** What processes of this installation show to the paper exchange's control interface; follows from SECRET_KEY. */
export const controlToken = (secretKey: string): string =>
  Buffer.from(hkdfSync('sha256', secretKey, 'aristobot', 'simulator-control', 32)).toString('hex')

/** True for the value of an `Authorization` header that carries the token. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
