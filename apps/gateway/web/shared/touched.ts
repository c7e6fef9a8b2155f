let touched = false;

for (const event of ['pointerdown', 'keydown'] as const) {
  addEventListener(event, () => (touched = true), { capture: true, once: true });
}

/** Whether the shopper has done anything since the page was loaded: before that, the focus is theirs. */
export function wasTouched(): boolean {
  return touched;
}
