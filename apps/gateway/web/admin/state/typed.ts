/** As a form gives back what a field was given. */
export const asTyped = (value: string): string => value.replace(/\r\n?/g, '\n').trim();
