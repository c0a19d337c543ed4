export type Paint = (colour: 'red' | 'yellow' | 'blue' | 'bold' | 'dim', text: string) => string;

const codes = { red: 31, yellow: 33, blue: 36, bold: 1, dim: 2 } as const;

/** Colours as SGR sequences (ECMA-48), or plain text. */
export function painter(colour: boolean): Paint {
  return (name, text) => (colour ? `\u001b[${codes[name]}m${text}\u001b[0m` : text);
}
