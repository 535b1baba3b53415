/** Types of words.mjs. */

export function texts(lang: string): Record<string, string>;
