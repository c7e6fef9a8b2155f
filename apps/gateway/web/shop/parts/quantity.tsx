import type { Signal } from '@preact/signals';

/** The quantity, with a button on each side. */
export function Quantity({ value, max }: { value: Signal<number>; max: number }) {
  const set = (n: number) => (value.value = Math.min(Math.max(1, n), Math.max(1, max)));
  const now = Math.min(value.value, Math.max(1, max));
  return (
    <div class="quantity" role="group" aria-labelledby="quantity-label">
      <span id="quantity-label">Quantity</span>
      <div class="stepper">
        <button type="button" aria-label="Decrease quantity" disabled={now <= 1} onClick={() => set(now - 1)}>
          −
        </button>
        <output aria-live="polite">{now}</output>
        <button
          type="button"
          aria-label="Increase quantity"
          disabled={now >= max}
          onClick={() => set(now + 1)}
        >
          +
        </button>
      </div>
    </div>
  );
}
