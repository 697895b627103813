export const PRE: string
export const P: Record<string, string>
