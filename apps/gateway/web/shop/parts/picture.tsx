import { useState } from 'preact/hooks';

/** The picture of a drop or an item; where there is none, or it does not load, a quiet field with the first letters of the name. */
export function Picture({
  src,
  name,
  eager = false,
}: {
  src: string | null | undefined;
  name: string;
  eager?: boolean;
}) {
  const [broken, setBroken] = useState<string | null>(null);
  if (!src || broken === src) {
    return (
      <div class="picture picture-none" aria-hidden="true">
        <span>{initials(name)}</span>
      </div>
    );
  }
  return (
    <div class="picture">
      <img
        src={src}
        alt={`Picture of ${name}`}
        loading={eager ? 'eager' : 'lazy'}
        decoding="async"
        onError={() => setBroken(src)}
      />
    </div>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
